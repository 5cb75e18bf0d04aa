"""Promises of template lines: what many documents of a group share at their edges."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from scrubber.corpus.line_counts import LineCounts
from scrubber.corpus.template_lines import Floor, group_of, masked_lines, numbers_of, template_lines
from scrubber.model import Document, Origin
from scrubber.read import html

HEAD, TAIL = ("Harbour Weekly", "Home | Tides | Ships"), ("Share this story", "Contact the harbour office")
WORDS = ["pier", "rope", "tide", "mast", "gull", "crane", "barge", "anchor", "ferry", "buoy"]


def text_of(number: int, *, head: Sequence[str] = HEAD, tail: Sequence[str] = TAIL, inside: Sequence[str] = ()) -> str:
    first = f"Report {'x' * number} says that the {WORDS[number % 10]} was repaired before the boats came back at noon."
    last = (
        f"The {WORDS[(number + 3) % 10]} of boat {'y' * number} is to follow next week, as its captain told reporters."
    )
    return "\n".join([*head, f"Read {number * 37} times", first, *inside, last, *tail]) + "\n"


def found(texts: Sequence[str], floor: Floor, folders: Sequence[str] = ()) -> list[list[tuple[str, str]]]:
    """For each text its template lines, and their edges."""
    names = folders or ["dump"] * len(texts)
    documents = [
        Document(f"{name}/{number}.txt", text) for number, (name, text) in enumerate(zip(names, texts, strict=True))
    ]
    with LineCounts() as counting:
        for document in documents:
            counting.add(numbers_of(group_of(document, "folder"), masked_lines(document)))
        counts = counting.frequent(floor.documents)
    return [
        [
            (document.line_texts[each.line], each.edge)
            for each in template_lines(document, group_of(document, "folder"), counts, floor)
        ]
        for document in documents
    ]


def test_shared_lines_at_the_edges_are_the_template() -> None:
    for number, lines in enumerate(found([text_of(number) for number in range(10)], Floor(8, 600))):
        assert lines == [
            *((line, "head") for line in HEAD),
            (f"Read {number * 37} times", "head"),
            *((line, "tail") for line in TAIL),
        ]


def test_fewer_documents_than_the_floor_share_nothing() -> None:
    texts = [text_of(number) for number in range(7)]
    assert found(texts, Floor(8, 600)) == [[]] * 7
    assert all(found(texts, Floor(7, 600)))


def test_each_group_stands_for_itself() -> None:
    texts = [text_of(number) for number in range(16)]
    assert found(texts, Floor(9, 600), ["a", "b"] * 8) == [[]] * 16


def test_a_share_of_the_group_is_needed_too() -> None:
    other = [text_of(number, head=(f"Site {'z' * number}",), tail=()) for number in range(10, 20)]
    mixed = found([*(text_of(number) for number in range(10)), *other], Floor(8, 600))
    assert all(("Share this story", "tail") not in lines for lines in mixed)


def test_a_shared_line_inside_the_text_is_told_apart() -> None:
    refrain = (
        "One line of its own.",
        "Another line of it.",
        "A third line of it.",
        "Share this story",
        "More of it.",
        "And more.",
        "The end.",
    )
    texts = [text_of(number) for number in range(9)]
    texts.append(
        text_of(9, head=(), tail=(), inside=[f"{line} {'w' * 9}" if line[-1] == "." else line for line in refrain])
    )
    lines = found(texts, Floor(8, 600))[9]
    assert ("Share this story", "") in lines


def test_copies_of_one_text_are_no_template() -> None:
    texts = [text_of(3) for _ in range(12)]
    assert found(texts, Floor(8, 600)) == [[]] * 12


def test_poems_that_share_a_refrain_only_keep_it_inside() -> None:
    poems = []
    for number in range(10):
        verses = [
            f"{word} {'o' * number} and {WORDS[(place + number) % 10]}{number}x" for place, word in enumerate(WORDS)
        ]
        poems.append("\n".join(["\n".join([*verses[:4], "and the sea goes on"]), *verses[4:]]) + "\n")
    for lines in found(poems, Floor(8, 600)):
        assert all(edge == "" for _, edge in lines)


@pytest.mark.parametrize("line", ["long " * 100, "", "   "])
def test_long_and_blank_lines_are_no_template(line: str) -> None:
    texts = [text_of(number, head=(line,), tail=(line,)) for number in range(10)]
    assert {text for lines in found(texts, Floor(8, 600)) for text, _ in lines} <= {
        f"Read {n * 37} times" for n in range(10)
    }


def test_the_host_of_a_page_groups_it() -> None:
    page = html.read(
        b'<html><head><link rel="canonical" href="https://www.pier.example/a/1.html"></head><body><p>x</p></body></html>',
        id="dump/1.html",
        path="dump/1.html",
    )
    assert group_of(page, "host") == "pier.example"
    record = Document("w.warc#https://harbour.example:8080/x", "x", Origin("w", "", 0))
    assert group_of(record, "host") == "harbour.example"
    assert group_of(Document("dump/1.txt", "x"), "host") == "dump"
    assert group_of(Document("w.warc#http://[broken/x", "x"), "host") == "w.warc"
    assert group_of(record, "all") == ""
