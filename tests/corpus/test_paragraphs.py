"""The texts that are compared across documents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.corpus.paragraphs import Paragraph, paragraphs_of, whole_document
from scrubber.model.document import Document, bulk_documents

WRAPPED = """\
The harbour office opens at nine in the morning and closes when
the last ferry has left the pier on the other side of the bay.

Tickets are sold at the kiosk, which keeps the hours of the café
next to it, and by the crew, who take coins but no bank notes.
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\u3000\n", []),
        ("首页\n\n渡轮　今天返航。\n", [Paragraph(1, 1, "首页"), Paragraph(3, 3, "渡轮 今天返航。")]),
        ("One Ferry\nTWO  ferries", [Paragraph(1, 1, "one ferry"), Paragraph(2, 2, "two ferries")]),
    ],
)
def test_lines_are_paragraphs_with_their_numbers_and_folded_text(text: str, expected: list[Paragraph]) -> None:
    assert list(paragraphs_of(Document("a", text))) == expected


def test_hard_wrapped_lines_make_one_paragraph() -> None:
    found = list(paragraphs_of(Document("a", WRAPPED)))
    assert [(each.first_line, each.last_line) for each in found] == [(1, 2), (4, 5)]
    assert found[0].text.endswith("closes when the last ferry has left the pier on the other side of the bay.")


def test_short_paragraphs_are_left_out_by_folded_length() -> None:
    assert [each.text for each in paragraphs_of(Document("a", "abc \u200b \nabcd"), min_chars=4)] == ["abcd"]


def test_a_document_is_one_text_without_its_blank_lines() -> None:
    assert list(whole_document(Document("a", "\n\nFerry\n\n\npier\n\n"))) == [Paragraph(3, 6, "ferry pier")]
    assert list(whole_document(Document("a", "\n \n"))) == []
    assert list(whole_document(Document("a", "ferry"), min_chars=6)) == []


@given(
    st.lists(st.text(alphabet="ab。　 \u200b\n\rＡé\u00a0", max_size=40), max_size=5),
    st.sampled_from(("auto", "line", "blank-line")),
)
def test_documents_made_in_bulk_are_as_those_made_one_by_one(texts: list[str], paragraphs: str) -> None:
    named = [(str(number), text) for number, text in enumerate(texts)]
    bulk = bulk_documents(named, paragraphs)
    alone = [Document(name, text, paragraphs=paragraphs) for name, text in named]
    for made, one in zip(bulk, alone, strict=True):
        assert (made.id, made.text, made.line_texts) == (one.id, one.text, one.line_texts)
        assert (made.keys, made.blank, made.bounds) == (one.keys, one.blank, one.bounds)
        assert list(paragraphs_of(made)) == list(paragraphs_of(one))
