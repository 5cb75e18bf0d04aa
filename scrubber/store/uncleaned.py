"""Clean text and its edits into the text that was decoded. Refuses edits that do not fit."""

from __future__ import annotations

from scrubber.errors import LedgerMismatch
from scrubber.model import Edit, Span, apply_edits
from scrubber.store.ledger_form import DocumentEntry


def uncleaned_text(entry: DocumentEntry, clean: str) -> str:
    """The decoded text that `entry`'s edits turned into `clean`.

    Raises LedgerMismatch where the edits do not fit, or their text was recorded as checksums only. O(n).
    """
    inverse: list[Edit] = []
    shift = 0
    for edit in entry.edits:
        if edit.cut is None:
            raise LedgerMismatch("the removed text was recorded by checksum only.", hint="Give --source.")
        start = edit.start + shift
        span = Span(start, start + len(edit.put))
        if clean[span.start : span.end] != edit.put or span.end > len(clean):
            raise LedgerMismatch("the clean text does not hold what the edits put there.")
        inverse.append(Edit(span, edit.cut, ()))
        shift += len(edit.put) - len(edit.cut)
    try:
        return apply_edits(clean, inverse)
    except ValueError:
        raise LedgerMismatch("the edits do not fit the clean text.") from None
