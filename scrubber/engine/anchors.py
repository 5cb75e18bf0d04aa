"""The text that a finding is known by, and the fingerprint made of it (DESIGN.md §11)."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from functools import lru_cache

from scrubber.model.document import Document
from scrubber.model.finding import Finding, fingerprint_of

#: A longer folded line stands in an anchor as its checksum, in code points: it may hold thousands of repairs.
_LONG_LINE = 1000


def anchor_of(document: Document, finding: Finding) -> tuple[str, int]:
    """The folded anchor text of a finding, and how many equal anchors stand before it in `document`.

    The finding is in the coordinates of `document`, the decoded original. Equal anchors are counted by the anchor's
    first line; those of a `fix` also by what is replaced inside the line.
    """
    anchor = finding.anchor or finding.span
    first, last = document.lines_of(anchor)
    if not document.bounds:
        return "", 0
    before = bisect_left(document.places_of_key.get(document.keys[first], []), first)
    if finding.rule.kind == "fix":
        repaired = document.text[anchor.start : anchor.end]
        nth = document.equal_before(first, repaired, anchor.start)
        return f"{_condensed(document.keys[first])}\x1f{repaired}\x1f{nth}", before
    return " ".join(key for key in document.keys[first : last + 1] if key), before


@lru_cache(maxsize=8)
def _condensed(key: str) -> str:
    return key if len(key) <= _LONG_LINE else hashlib.sha256(key.encode("utf-8")).hexdigest()


def fingerprint_in(document: Document, finding: Finding, rule_id: str = "") -> str:
    """The fingerprint of a finding under its own rule id, or under another (an alias)."""
    text, before = anchor_of(document, finding)
    return fingerprint_of(rule_id or finding.rule.id, text, before)


def standing_fingerprints(document: Document, rule_id: str) -> frozenset[str]:
    """The fingerprints that findings of a rule on any one line, or any one paragraph, of a document would have.

    For telling whether the text of a recorded finding still stands although nothing finds it now. Repairs inside a line
    (`fix`) are not among them. O(text): a checksum for each line and paragraph.
    """
    found: set[str] = set()
    before: dict[str, int] = {}
    for key in document.keys:
        nth = before[key] = before.get(key, -1) + 1
        found.add(fingerprint_of(rule_id, key, nth))
    for first, last in document.paragraph_lines():
        if first < last:
            key = document.keys[first]
            nth = bisect_left(document.places_of_key[key], first)
            found.add(fingerprint_of(rule_id, " ".join(filter(None, document.keys[first : last + 1])), nth))
    return frozenset(found)
