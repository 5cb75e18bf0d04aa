"""What was decided about one document by comparing all of a run: which of its texts stand elsewhere, which must stay.

Types only. `corpus.decide` finds them, `corpus.evidence` keeps them in a file, `detect.copies` makes findings of them.
A text is known by the digest of its folded form, so that it is recognised in whatever pass it appears.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Protocol

from msgspec import Struct

#: Bytes of the digest of a folded text.
DIGEST_BYTES = 16


class FoundCopy(Struct, frozen=True):
    """A text of a document that repeats one of another document, on the word of the rule with that id.

    `text` is the digest of its folded form; empty where the document as a whole is meant. The kept text stands in
    `document_id` from line `first_line` to `last_line` of its decoded original, from 1. `measure` is `equal`, `jaccard`
    or `edit`; numbers are thousandths, `edit` 0 where it was not measured. `differs` counts the characters that differ, as
    far as it is known; `differing` marks them, the first ones: start and end in this text, then in the kept one.
    """

    rule: str
    text: str
    document_id: str
    first_line: int
    last_line: int
    measure: str
    jaccard: int
    edit: int
    differs: int | None = None
    differing: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def score(self) -> int:
        """How alike both are, in thousandths."""
        return max(self.jaccard, self.edit)


class DocumentCopies(Struct, frozen=True):
    """What was decided about one document: its copies, and the digests of the texts that stay because others go."""

    copies: tuple[FoundCopy, ...] = ()
    kept: tuple[str, ...] = ()


NOTHING = DocumentCopies()


class FrozenCopies(Protocol):
    """What was decided about all documents of a run. Equal questions get equal answers for as long as it is open."""

    def of(self, document_id: str) -> DocumentCopies:
        """What was decided about one of them; nothing about those that are not known."""
        ...


def text_digest(folded: str) -> str:
    """The digest of a folded text, in hex. O(n).

    >>> text_digest("the ferry returned at noon")
    'b1aad397249e3a5f8451a49adfef6a7d'
    """
    return blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).hexdigest()
