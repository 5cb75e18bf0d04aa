"""The texts of a document that are compared with those of others: its paragraphs, or the document as one.

What a paragraph is, `neardup` within one document sees in the same way (`Document.paragraph_lines`). Refuses to judge:
whether a rule hits a paragraph, or whether it is worth comparing, is for others to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scrubber.model.document import Document


class Paragraph(NamedTuple):
    """A text of a document: the numbers of its first and its last line, from 1, and the folded lines joined by spaces."""

    first_line: int
    last_line: int
    text: str


def paragraphs_of(document: Document, min_chars: int = 1) -> Iterator[Paragraph]:
    """All paragraphs of at least `min_chars` folded code points, in order; blank lines are in none. O(n)."""
    keys = document.keys
    for first, last in document.paragraph_lines():
        text = keys[first] if first == last else " ".join(keys[first : last + 1])
        if len(text) >= min_chars:
            yield Paragraph(first + 1, last + 1, text)


def whole_document(document: Document, min_chars: int = 1) -> Iterator[Paragraph]:
    """The document as one text, from its first to its last line that is not blank; nothing if it is too short. O(n)."""
    filled = [index for index, blank in enumerate(document.blank) if not blank]
    if filled:
        text = " ".join([document.keys[index] for index in filled])
        if len(text) >= min_chars:
            yield Paragraph(filled[0] + 1, filled[-1] + 1, text)
