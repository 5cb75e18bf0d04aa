"""Comments that keep what lies between them: which lines of pages and of Markdown they reach."""

from __future__ import annotations

import pytest

from scrubber.model import Document
from scrubber.read import reader_for
from scrubber.read.html import page_text
from scrubber.read.html_guard import Route

KEEP, END = '<!-- scrubber: keep reason="An essay on buttons." -->', "<!-- scrubber: end -->"


def kept_of(document: Document) -> list[str]:
    return [document.line_texts[index] for first, last, _ in document.kept for index in range(first, last + 1)]


def page(markup: str, path: str = "a.html") -> Document:
    return reader_for(path)(markup.encode(), id=path, path=path)


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        (f"<p>one</p>{KEEP}<p>two</p><p>three</p>{END}<p>four</p>", ["two", "three"]),
        (f"<p>one {KEEP} two {END} three</p><p>four</p>", ["one two three"]),
        (f"<p>one{KEEP}</p><p>two{END}</p><p>three</p>", ["two"]),
        (f"<div>one {KEEP} <p>two</p> {END} three</div>", ["two"]),
        (f"one<br>{KEEP}two<br>{END}three", ["two"]),
        (f"<p>one</p>{KEEP}<p>two</p><p>three</p>", ["two", "three"]),
        (f"{KEEP}{END}<p>one</p>", []),
        (f"<table><tr><td>one</td><td>{KEEP}two</td><td>three{END}</td></tr></table><p>four", ["one\ttwo\tthree"]),
        (
            f"<ol><li>one and more</li>{KEEP}<li>two and more of what there is</li>{END}<li>three and yet some more</ol>",
            ["2. two and more of what there is"],
        ),
        (f"<p>zero</p><pre>{KEEP}one\n\ntwo{END}</pre>", ["one", "", "two"]),
        (f"<p>menu</p>{KEEP}<h1>one</h1>{END}<p>two</p>", ["one"]),
        (f"<title>one</title><p>menu</p>{KEEP}<h1>one</h1>{END}<p>two</p>", ["one"]),
        ("<!--scrubber:keep--><p>one</p><!--\nscrubber: end\n--><p>two</p>", ["one"]),
        ("<!-- scrubber: kept --><p>one</p><!-- Scrubber: keep --><p>two</p>", []),
        ("<p>&lt;!-- scrubber: keep --&gt; <code>one</code></p><p>two</p>", []),
        (f"<script>{KEEP}</script><template>{KEEP}</template><p>one</p>", []),
        (f"<div hidden><p>one</p>{KEEP}</div><p>two</p>{END}<p>three</p>", ["two"]),
    ],
)
@pytest.mark.parametrize("route", list(Route))
def test_what_stands_between_two_marks_of_a_page_is_kept(markup: str, kept: list[str], route: Route) -> None:
    found = page_text(markup, route)
    lines = found.text.split("\n")
    assert [lines[index] for first, last, _ in found.kept for index in range(first, last + 1)] == kept


@pytest.mark.parametrize("route", list(Route))
def test_marks_change_no_text_and_no_markup(route: Route) -> None:
    markup = (
        f"<title>t</title><p>one {KEEP} two {END} three</p><ul><li>a</li>{KEEP}<li><a href=x>b</a></ul>{END}<p>c</p>"
    )
    plain = markup.replace(KEEP, "<!-- x -->").replace(END, "<!-- y -->")
    with_marks, without = page_text(markup, route), page_text(plain, route)
    assert (with_marks.text, with_marks.markup) == (without.text, without.markup)
    assert without.kept == ()


def test_a_reason_is_shown_on_one_line_and_cut() -> None:
    found = page(f'<!-- scrubber: keep reason="one\n\u202etwo {"x" * 999}" --><p>three</p>').kept
    assert found[0].reason.startswith("one two xxx")
    assert len(found[0].reason) <= 200


def test_marks_in_markdown_stand_on_lines_of_their_own_and_are_kept_themselves() -> None:
    text = f"one\n{KEEP}\ntwo\n\n  {END}\nthree\nthe mark {KEEP} begins\nfour\n"
    assert kept_of(page(text, "a.md")) == [KEEP, "two", "", f"  {END}"]
    assert kept_of(page(text, "a.txt")) == []
    assert kept_of(page(f"one\n{KEEP}\ntwo", "a.md")) == [KEEP, "two"]
    assert kept_of(page(f"{KEEP}\r\none\r\n{END}\r\n", "a.md")) == [KEEP, "one", END]


def test_what_is_kept_stays_kept_in_an_edited_text() -> None:
    document = page(f"<p>one</p>{KEEP}<p>two</p>{END}<p>three</p>")
    edited = document.edited("two\nthree\n", lambda start: 1 if start == 0 else 2)
    assert kept_of(edited) == ["two"]
