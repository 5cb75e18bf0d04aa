"""Pages that were made to break their readers: no crash, no text lost, and cost that stays linear.

Nothing is timed here: `benchmarks/html_pages.py --hostile` does that. A quadratic way would not end.
"""

from __future__ import annotations

import pytest

from scrubber.read.html import page_text
from scrubber.read.html_guard import Route, route_of
from scrubber.read.html_scan import mended

TEXT = "the ferry is back"

#: Pages that end in `TEXT`, and how they are read.
PAGES = {
    "nested": ("<div>" * 100_000, "tokens"),
    "nested less": ("<div>" * 12_000, "bs4"),
    "attributes": ("<p " + " ".join(f"a{number}=1" for number in range(200_000)) + ">", "tokens"),
    "attributes with brackets": ("<p " + " ".join(f"a{number}='>'" for number in range(5_000)) + ">", "tokens"),
    "attributes behind quotation marks in names": (
        '<b x"><i ="><a="><p ' + " ".join(f"a{number}=1" for number in range(5_000)) + ' q=">">',
        "tokens",
    ),
    "a long attribute": ("<p title='" + "x" * 20_000_000 + "'>", "lexbor"),
    "entities": ("<p>" + "&amp;" * 1_400_000, "lexbor"),
    "NULs": ("<p>\0</p>\0" * 100_000, "lexbor"),
    "surrogates": ("<p>\ud800 \udfff", "lexbor"),
    "an open comment": ("<p>x<!-- " * 10_000, "lexbor"),
    "an open title": ("<title>x<p>", "lexbor"),
    "an open style": ("<style>p { } <div>", "lexbor"),
    "an open quotation mark": ('<p><a href="x>', "lexbor"),
    "formatting left open": ("".join(f"<p><b id={number}>x" for number in range(10_000)), "bs4"),
    "many siblings, deep": ("<div>" * 1_900 + "<div></div>" * 60_000, "tokens"),
    "end tags behind a table": (("<div>" * 1_900 + "<table><td>" + "</div>" * 1_900) * 20, "tokens"),
    "end tags in comments": (("<div>" * 1_900 + "<!--" + "</div>" * 1_900 + "-->") * 20, "tokens"),
    "end tags in scripts": (
        ("<div>" * 1_900 + "<script><!--<script></script>" + "</div>" * 1_900 + "--></script>") * 20,
        "tokens",
    ),
    "brackets": ("<p>" + "< " * 300_000, "lexbor"),
    "tables": ("<table><tr><td>" * 20_000, "tokens"),
    "tags enough for trouble, and no more": ("<div>" * 9_999, "lexbor"),
    "formatting for all that follows": ("".join(f"<p><b id={number}>x" for number in range(400)) + "<p>x" * 8_000, "bs4"),
    "open drawings": ("<svg><g>" * 10 + "<p>", "lexbor"),
}  # fmt: skip


@pytest.mark.parametrize("case", PAGES)
def test_the_text_comes_through(case: str) -> None:
    head, parser = PAGES[case]
    found = page_text(f"{head}{TEXT}")
    assert found.text.rstrip("\n").endswith(TEXT)
    assert found.page.parser == parser


@pytest.mark.parametrize("piece", ["<a", "<a ", "<!", "<a b='", "</", "<a b=", "<!--<", "<?", "<a/", "<![CDATA[", "&#"])
def test_pieces_of_tags_are_scanned_in_linear_time(piece: str) -> None:
    page_text(piece * 200_000)


def test_what_the_end_of_a_page_takes_is_counted() -> None:
    assert page_text("<p>x<script>" + "y" * 100).page.hidden_chars >= 100
    assert page_text("<p>x<!y" + "z" * 100).page.hidden_chars >= 100


def test_whole_pages_are_not_mended() -> None:
    page = "<!DOCTYPE html><title>a</title><!-- b --><script>'<!--'</script><p title='>'>x < y<br/></p>"
    assert mended(page).text is page


def test_a_script_ends_where_the_standard_says() -> None:
    page = "<script><!-- <script>a</script> --></script><p>x"
    assert page_text(page).text == page_text(page, Route.TOKENS).text == "x\n"


def test_ordinary_pages_go_the_fast_way() -> None:
    page = "<ul>" + "<li>x<p>y" * 3_000 + "</ul>" + "<p>z<br>" * 3_000 + "<svg>" + "<path/>" * 5_000 + "</svg>"
    assert route_of(page) is Route.FAST
