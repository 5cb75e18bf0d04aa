"""Paragraphs of a corpus that is not part of the run, as evidence: what may be asked of it, and what it answers.

Types only. `corpus.index_lookup` answers from an index file; `detect.known` asks, and confirms what it is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct


class KnownParagraph(Struct, frozen=True):
    """A paragraph elsewhere that may be like the one asked about.

    Lines count from 1 in its own document. `estimate` is their Jaccard ratio in thousandths as far as the shared bands
    tell it; `equal` is whether the folded texts have one digest. `text` is the paragraph as written, None where only
    keys are stored; `numbers_differ` then is whether their digits have other digests.
    """

    document_id: str
    first_line: int
    last_line: int
    estimate: int
    equal: bool
    numbers_differ: bool
    text: str | None = None


class KnownParagraphs(Protocol):
    """A corpus that can be asked for paragraphs. Equal questions get equal answers for as long as it is open."""

    @property
    def min_chars(self) -> int:
        """Length in folded code points of the shortest paragraph that it may know."""
        ...

    def candidates(self, texts: Sequence[str], document_id: str) -> Iterable[tuple[KnownParagraph, ...]]:
        """For each folded text what may be like it, likeliest first, bounded in number; nothing of `document_id`."""
        ...
