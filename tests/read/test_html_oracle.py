"""The fast walk against bs4: the same blocks, on made pages and on real ones.

bs4 with html5lib builds the tree that the standard asks for, as lexbor does, so that blocks must be equal. html.parser
builds a simpler one: where its blocks differ, those of html5lib must not, which explains the difference.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from scrubber.read.html import PageText, page_text
from scrubber.read.html_guard import Route
from scrubber.read.html_layout import lay_out
from scrubber.read.html_meta import head_title
from scrubber.read.html_scan import mended
from scrubber.read.html_slow import walk_tree

_PAGES_OF_A_SET = 6
_LEAST_JACCARD = 0.99

words = st.text("ab一二 \n\u00a0", min_size=1, max_size=12)
inline = st.sampled_from(["b", "i", "span", "em", "code", "time"])
blocks = st.sampled_from(["div", "section", "blockquote", "article", "header", "pre", "nav", "center", "x-card"])
hiding = st.sampled_from(['hidden=""', 'style="display:none"', 'style="color:red"', 'class="a b" id="c"', ""])


def _element(name: str, attribute: str, inner: str) -> str:
    return f"<{name} {attribute}>{inner}</{name}>"


in_line = st.recursive(
    words.map(lambda text: text.replace("\n", " \n")) | st.sampled_from(["<br>", "&amp;", "&lt;p&gt;", "<img alt=x>", "<!-- c -->"]),
    lambda inner: st.builds(_element, inline, hiding, st.lists(inner, max_size=3).map("".join)),
    max_leaves=6,
)  # fmt: skip
#: Elements that may not stand in their own kind are told apart, for trees differ in what becomes of them.
links = words.map(lambda text: f"<a href=1>{text}</a>")
runs = st.lists(in_line | links, max_size=4).map("".join)


def _rows(rows: list[list[str]]) -> str:
    return "<table><tbody>" + "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows) + "</tbody></table>"  # fmt: skip


def _listed(items: list[str], name: str) -> str:
    return f"<{name}>" + "".join(f"<li>{item}</li>" for item in items) + f"</{name}>"


flow = st.recursive(
    runs.map(lambda run: f"<p>{run}</p>")
    | runs.map(lambda run: f"<h2>{run}</h2>")
    | runs.map(lambda run: f"<div>{run}</div>"),
    lambda inner: st.one_of(
        st.builds(_element, blocks, hiding, st.lists(inner, max_size=4).map("".join)),
        st.builds(_listed, st.lists(inner | runs, max_size=4), st.sampled_from(["ul", "ol"])),
        st.lists(st.lists(inner | runs, min_size=1, max_size=3), max_size=3).map(_rows),
    ),
    max_leaves=12,
)
made_pages = st.builds(
    lambda title, body: f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>",
    st.sampled_from(["", "ab", "一二 - ab"]),
    st.lists(flow, max_size=5).map("".join),
)
#: Tags in no order at all.
soups = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<a href=1>", "</a>", "<li>", "<ul>", "</ul>", "<table>", "</table>",
         "<tr>", "<td>", "</td>", "<pre>", "</pre>", "<br>", "</br>", "<h1>", "</h1>", "<svg>", "</svg>", "<path/>", "<select>",
         "</select>", "<script>", "</script>", "<!--", "-->", "<title>", "</title>", "<style", ">", "<", "'", '"', "<i hidden>",
         "</i>", "&", "&amp", "&#x0;", "\0", "\r", "<noscript>", "</noscript>", "<template>", "</template>", "<math>", "<dialog>",
         "one", "二", " ", "<p title='", "</", "<![CDATA[", "]]>", "<body>", "</body>", "</html>", "<head>", "<ol start=x>"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


def _known(found: PageText) -> list[tuple[str, ...]]:
    """Lines with what is known of them, but for the numbers of containers (trees differ in `tbody` and the like)."""
    lines = found.text.split("\n")[:-1]
    return [
        (line, known.kind, str(known.level), str(known.lists), str(known.tables), str(known.link_chars))
        for line, known in zip(lines, found.markup, strict=True)
    ]


@given(made_pages)
def test_three_ways_through_a_whole_page_are_one(page: str) -> None:
    fast = page_text(page, Route.FAST)
    assert _known(fast) == _known(page_text(page, Route.BS4))
    assert _known(fast) == _known(page_text(page, Route.TOKENS))


@given(made_pages)
def test_the_words_are_those_of_bs4(page: str) -> None:
    # Where a page shows next to nothing, what it hides is taken; here it shows enough.
    page = page.replace("<body>", f"<body><p>{'word ' * 400}</p>")
    soup = BeautifulSoup(re.sub("<br>", " ", page), "html.parser")
    for hidden in soup.select('[hidden], [style="display:none"], title'):
        hidden.extract()
    shown = soup.get_text(" ")
    found = page_text(page)
    text = "".join(re.sub(r"(?m)^(?:- |\d+\. )", "", found.text).split())
    title = "".join(found.page.metadata.title.split())
    letters = "".join(shown.split())
    assert sorted(text) in (sorted(letters), sorted(letters + title))


@given(soups)
def test_any_soup_is_read_by_every_way(soup: str) -> None:
    for route in (None, *Route):
        found = page_text(soup, route)
        assert len(found.markup) == found.text.count("\n")
        assert "\r" not in found.text
        for known in found.markup:
            assert 0 <= known.container < len(found.page.containers)
        for each in found.page.containers:
            assert 0 <= each.first <= each.stop


def _pages_of(file: Path) -> list[tuple[str, str]]:
    """Some pages of one set, decoded by what the set says of them."""
    pages: list[tuple[str, str]] = []
    with gzip.open(file, "rt", encoding="utf-8") as rows:
        for row in rows:
            record = json.loads(row)
            if "html" in record:
                pages.append((record["id"], record["html"]))
            else:
                data = base64.b64decode(record["html_b64"])
                charset = {"gb2312": "gb18030", "gbk": "gb18030"}.get(record["encoding_declared"] or "", "utf-8")
                pages.append((record["id"], data.decode(charset, "replace")))
            if len(pages) == _PAGES_OF_A_SET:
                break
    return pages


def _tree_lines(page: str, parser: str) -> set[str]:
    from scrubber.read.html import walked_by

    builder, facts = walked_by(lambda builder: walk_tree(mended(page).text, builder, parser))
    return set(lay_out(builder, head_title(facts)).lines)


def test_blocks_of_real_pages_are_those_of_bs4(corpus: Path) -> None:
    pytest.importorskip("html5lib")
    shared = everything = 0
    unexplained: list[str] = []
    for file in sorted((corpus / "corpus" / "extraction").glob("*.dev.jsonl.gz")):
        for name, page in _pages_of(file):
            fast = set(page_text(page, Route.FAST).text.split("\n")) - {""}
            tree = {line for each in _tree_lines(page, "html.parser") for line in each.split("\n")} - {""}
            shared += len(fast & tree)
            everything += len(fast | tree)
            if fast != tree:
                exact = {line for each in _tree_lines(page, "html5lib") for line in each.split("\n")} - {""}
                if fast != exact:
                    unexplained.append(name)
    assert shared >= _LEAST_JACCARD * everything
    assert unexplained == []
