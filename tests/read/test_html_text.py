"""What a page reads as: its title first, one block a line, readable lists, tables, quotations and code."""

from __future__ import annotations

import pytest

from scrubber.read import READERS, reader_for
from scrubber.read.html import page_text
from scrubber.read.html_guard import Route

#: Pages with the text that they read as, whichever way they are read.
CASES = {
    "one block a line": ("<p>One<p>Two<div>Three <b>and</b> <i>more</i></div>", ["One", "Two", "Three and more"]),
    "a break ends a line": ("<p>One<br>Two<br/><br>Three", ["One", "Two", "Three"]),
    "white space is folded": ("<p>  One \n\t two  </p>", ["One two"]),
    "no-break and ideographic spaces are text": ("<p>\u3000\u3000一&nbsp;二", ["\u3000\u3000一\xa0二"]),
    "a block of nothing but spaces is none": ("<p>&nbsp;<p>\u200b<p>x", ["x"]),
    "entities are resolved": ("<p>&lt;a&gt; &amp;amp; &#19968;&#x4e8c;", ["<a> &amp; 一二"]),
    "links that touch are parted": ("<p><a href=1>Home</a><a href=2>News</a>", ["Home News"]),
    "a word with a link in it stays whole": ("<p>The <a href=1>ferr</a>y", ["The ferry"]),
    "menus stay as they are": (
        "<ul><li><a href=1>Home</a><li><a href=2>News</a></ul>",
        ["Home", "News"],
    ),
    "items of content have a hyphen": (
        "<ul><li>Tie the boat to the third post.</li><li>Then wind the rope round it once.</li></ul>",
        ["- Tie the boat to the third post.", "- Then wind the rope round it once."],
    ),
    "numbered items have their number": (
        "<ol start=4><li>Tie the boat to the third post.</li><li value=9>Then wind the rope round it.</li>"
        "<li>And wait there a while.</li></ol>",
        ["4. Tie the boat to the third post.", "9. Then wind the rope round it.", "10. And wait there a while."],
    ),
    "a row of facts is a line": (
        "<table><tr><th>Day</th><th>High</th><th>Low</th></tr><tr><td>Mon</td><td></td><td>3:10</td></tr></table>",
        ["Day\tHigh\tLow", "Mon\t\t3:10"],
    ),
    "a table that lays out a page is not": (
        "<table><tr><td><p>One<p>Two</td><td>Three</td></tr><tr><td><a href=1>a</a></td><td><a href=2>b</a></td></tr></table>",
        ["One", "Two", "Three", "a", "b"],
    ),
    "code keeps its lines": ("<pre>\nif a:\n    b\n\nend\n</pre>", ["if a:", "    b", "", "end"]),
    "a quotation is a block": ("<p>He said<blockquote>No.</blockquote>and left", ["He said", "No.", "and left"]),
    "scripts, styles and templates are no text": (
        "<p>x<script>var a='<p>y</p>'</script><style>p{}</style><template><p>z</p></template>",
        ["x"],
    ),
    "form controls are no text": (
        "<p>x</p><select><option>y</option></select><textarea>z</textarea><p>w",
        ["x", "w"],
    ),
    "what is hidden does not come out": (
        "<p>xxxxxxxx<p hidden>a</p><p style='color:red; DISPLAY : none'>b</p><span style=visibility:hidden>c</span>"
        "<dialog>d</dialog><noscript>e</noscript>",
        ["xxxxxxxx"],
    ),
    "what only machines shall not read comes out": ("<p aria-hidden=true>x", ["x"]),
    "a drawing is no text": ("<p>x<svg><title>y</title><text>z</text></svg>w", ["xw"]),
    "formulas are read once": ("<p><math><mi>x</mi><annotation>\\x</annotation></math>", ["x"]),
    "line ends in text end no line": ("<p>a&#13;b&#10;c", ["a b c"]),
    "the title comes first": ("<title>Pier</title><p>x", ["Pier", "x"]),
    "its heading is not told twice": (
        "<title>The ferry is back | Pier News</title><p>Menu<h1>The ferry is back</h1><p>x",
        ["The ferry is back", "Menu", "x"],
    ),
    "without one the first heading is the title": ("<p>Menu<h1>The ferry</h1><p>x", ["The ferry", "Menu", "x"]),
}


@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize("case", CASES)
def test_a_page_reads_as(case: str, route: Route) -> None:
    markup, lines = CASES[case]
    assert page_text(markup, route).text.split("\n")[:-1] == lines


def test_a_page_that_hides_everything_is_shown() -> None:
    found = page_text("<body><div style='display:none'><p>The ferry is back.</p></div>")
    assert found.text == "The ferry is back.\n"
    assert page_text("<p>x<noscript>" + "The ferry is back. " * 80 + "</noscript>").text.count("ferry") == 80


def test_hidden_text_is_counted() -> None:
    assert page_text("<p>The ferry is back.<p hidden>four</p>").page.hidden_chars == 4


def test_lines_know_their_markup() -> None:
    found = page_text(
        "<div id=main class='post body'><h2>Head</h2><p>Some <a href=1>link</a></p><ul><li>An item</ul>"
        "<table><tr><td>a<td>b</table><pre>x\ny</pre></div>"
    )
    markup, page = found.markup, found.page
    assert [known.kind for known in markup] == ["heading", "paragraph", "item", "row", "code", "code"]
    assert [known.block for known in markup] == [0, 1, 2, 3, 4, 4]
    assert [known.level for known in markup] == [2, 0, 0, 0, 0, 0]
    assert [(known.lists, known.tables) for known in markup[1:4]] == [(0, 0), (1, 0), (0, 1)]
    assert markup[1].links == 1
    assert markup[1].link_density("Some link") == 4 * 1000 // 9
    assert page.path(markup[1].container) == "page/html/body/div/p"
    around = list(page.above(markup[1].container))[1]
    assert around.tokens == ("post", "body", "main")
    assert (around.first, around.stop) == (0, 5)


def test_documents_carry_blocks_through_edits() -> None:
    document = reader_for("a.html")(b"<h1>T</h1><p>one<p>two<pre>a\nb</pre>", id="a", path="a.html")
    assert [block.kind for block in document.blocks] == ["heading", "entry", "entry", "entry"]
    assert [block.markup is not None for block in document.blocks] == [True] * 4
    edited = document.edited("T\ntwo\na\nb\n", lambda start: {0: 0, 2: 2, 6: 3, 8: 4}[start])
    assert [known.kind for known in edited.markup] == ["title", "paragraph", "code", "code"]


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "b/c.xhtml"])
def test_pages_have_a_reader(name: str) -> None:
    reader = reader_for(name)
    assert (reader.name, reader.suffix) == ("html", ".txt")
    assert reader_for("notes.txt", as_="html").media_type == "text/html"
    assert ".html" in READERS


@pytest.mark.parametrize("charset", ["gb2312", "big5", "shift_jis"])
def test_the_declared_charset_is_heard(charset: str) -> None:
    text = {"gb2312": "渡船中午返航，港务处说它明天还会再开。", "big5": "渡船中午返航，港務處說它明天還會再開。",
            "shift_jis": "渡し船は正午に戻り、明日もまた出ると港の事務所が言った。"}[charset]  # fmt: skip
    page = f'<html><head><meta charset="{charset}"></head><body><p>{text}</p></body></html>'
    document = reader_for("a.html")(page.encode(charset), id="a", path="a.html")
    assert document.text == f"{text}\n"
    assert not document.origin.roundtrips


def test_bad_bytes_of_a_page_are_on_record() -> None:
    data = "<p>渡船中午返航，港务处说它明天还会再开。</p>".encode() + b"<p>\xff</p>"
    page = reader_for("a.html")(data, id="a", path="a.html").page
    assert page is not None
    assert (page.bad_runs, page.first_bad_byte) == (1, len(data) - 5)
