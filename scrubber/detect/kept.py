"""Lines that comments in the input ask to keep, as keep rules that nobody has written into a file."""

from __future__ import annotations

from msgspec.structs import replace

from scrubber.model import Document
from scrubber.rules.builtin import KEEP_COMMENT
from scrubber.rules.schema import KeepRule


def protectors_in(document: Document) -> dict[int, KeepRule]:
    """Each line that a comment keeps, with a rule that says so and why. O(lines kept)."""
    found: dict[int, KeepRule] = {}
    for first, last, reason in document.kept:
        why = f"A comment in the input keeps it: {reason}" if reason else KEEP_COMMENT.why
        rule = KeepRule(info=replace(KEEP_COMMENT, why=why))
        found.update(dict.fromkeys(range(first, last + 1), rule))
    return found
