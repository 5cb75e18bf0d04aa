"""What a block's row says, and that rows need nothing but the page as it was read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from page_models import page_of
from scrubber.detect.block_features import FAMILIES, FEATURES, block_features, block_texts
from scrubber.detect.block_opinion import SENTENCES
from scrubber.detect.block_tree import ANCESTORS, CUES, FAR, MOST_DEPTH, cues_in, tree_of
from scrubber.detect.block_writing import scaled
from scrubber.detect.line_reading import scale_of

PAGE = """<html><head><title>The ferry is back</title></head><body>
<nav class="top-menu"><ul><li><a href=1>Home</a><li><a href=2>Timetable</a></ul></nav>
<div id="content"><h1>The ferry is back</h1>
<p>The ferry returned at noon, and the harbour office said that it will sail again.</p>
<p>All passengers were safe, the captain told the reporters on the pier that day.</p>
<blockquote><p>渡轮今天中午返航，港口办公室说它星期一再次启航。</p></blockquote></div>
<div class="footer">© Harbour office</div><div class="footer">© Harbour office</div></body></html>
"""


def cells(markup: str, feature: str) -> dict[str, int]:
    document = page_of(markup)
    column = block_features(document).rows[:, FEATURES.index(feature)].tolist()
    return dict(zip(block_texts(document), column, strict=True))


def test_features_are_named_once_and_have_a_family_with_sentences() -> None:
    assert len(set(FEATURES)) == len(FEATURES) == len(FAMILIES)
    assert set(FAMILIES) == set(SENTENCES)


@pytest.mark.parametrize(
    ("feature", "block", "cell"),
    [
        ("link density", "Home", 64),
        ("link density", "The ferry is back", 0),
        ("kind title", "The ferry is back", 1),
        ("kind item", "Timetable", 1),
        ("within nav", "Home", 2),
        ("within blockquote", "渡轮今天中午返航，港口办公室说它星期一再次启航。", 1),
        ("within nav", "© Harbour office", FAR),
        ("named nav", "Home", 2),
        ("named body", "© Harbour office", FAR),
        ("named foot", "© Harbour office", 0),
        ("copies", "© Harbour office", 16),
        ("copyright", "© Harbour office", 1),
        ("tokens", "Home", 16),
        ("ends in a mark", "All passengers were safe, the captain told the reporters on the pier that day.", 1),
        ("wide share", "渡轮今天中午返航，港口办公室说它星期一再次启航。", 58),
    ],
)
def test_what_a_row_says(feature: str, block: str, cell: int) -> None:
    assert cells(PAGE, feature)[block] == cell


def test_tokens_are_words_and_wide_characters_one_by_one() -> None:
    document = page_of("<p>The ferry<p>渡轮 is back<p>99 boats")
    assert block_features(document).tokens == (2, 4, 2)


def test_the_title_and_what_is_dated_is_spared() -> None:
    document = page_of("<title>The ferry is back</title><h1>The ferry is back</h1><p>2031-03-04<p>Share")
    assert block_features(document).spared == (True, True, False)


def test_the_lines_of_a_pre_are_one_block() -> None:
    assert block_texts(page_of("<p>a<pre>b\nc</pre><p>d")) == ["a", "b\nc", "d"]


def test_scaled_is_scale_of() -> None:
    numbers = [0, 1, 2, 3, 100, 4095, 4096, 70_000, 1 << 40]
    assert scaled(numbers).tolist() == [scale_of(number) for number in numbers]


def test_cues_are_told_from_parts_of_names() -> None:
    assert cues_in("") == ()
    assert {CUES[place] for place in cues_in("Article-Comments")} == {"body", "comment"}
    assert CUES.index("ad") not in cues_in("loading header shadow")
    assert CUES.index("ad") in cues_in("box-ad-300")


def test_a_deep_page_costs_no_more_than_its_blocks() -> None:
    depth = 50_000
    document = page_of("<div>" * depth + "".join(f"<p>deep {number}" for number in range(200)))
    assert document.page is not None
    tree = tree_of(document.page.containers, [known.container for known in document.markup])
    assert len(tree.parents) <= MOST_DEPTH + 1
    assert tree.depth.max() == MOST_DEPTH
    assert len(block_features(document).rows) == 200


def test_containers_that_share_tags_and_first_names_are_of_one_path() -> None:
    document = page_of("".join(f'<div class="post p{number}"><p>a {number}</div>' for number in range(5)) + "<p>b")
    assert document.page is not None
    tree = tree_of(document.page.containers, [known.container for known in document.markup])
    paths = tree.paths[tree.owners].tolist()
    assert len(set(paths[:5])) == 1
    assert paths[5] != paths[0]
    assert tree.ranks[tree.owners].tolist() == [0, 1, 2, 3, 4, 0]


MARKUP = st.lists(
    st.sampled_from(
        ["<div class='a nav'>", "</div>", "<p>", "<ul><li>", "</ul>", "<table><tr><td>", "</table>", "<br>", "<h2>",
         "<article>", "</article>", "<a href=1>", "</a>", "The ferry is back. ", "渡轮返航。", "12:30 ", "&nbsp;", "<pre>x\ny</pre>"]
    ),
    max_size=60,
).map("".join)  # fmt: skip


@given(MARKUP)
def test_every_page_has_rows_of_whole_numbers_within_bounds(markup: str) -> None:
    document = page_of(markup)
    if not document.markup:
        return
    found = block_features(document)
    texts = block_texts(document)
    assert found.rows.shape == (len(texts), len(FEATURES))
    assert found.rows.dtype == np.int64
    assert abs(found.rows).max() <= 1000
    assert len(found.tokens) == len(found.spared) == len(texts)
    assert (block_features(page_of(markup)).rows == found.rows).all()


def test_ancestors_are_tags() -> None:
    assert len(set(ANCESTORS)) == len(ANCESTORS)
