"""Hunks on disk, for a review of more findings than memory should hold the texts of.

One temporary file without a name: it is gone with the program, and nobody else can open it. Hunks go in at the end and
are read one by one; what a document has lost to a later look is not taken out.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from typing import Any

from scrubber.model import Confidence, Kin, Outcome, Span
from scrubber.report.hunks import Hunk, KinText, ShownLine


class Shelf:
    """Hunks by their place."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+b")  # noqa: SIM115  it lives as long as the shelf

    def put(self, hunk: Hunk, name: str) -> int:
        """Keep a hunk with the name of its document; its place. O(its text)."""
        place = self._file.seek(0, 2)
        self._file.write(json.dumps([_packed(hunk), name], separators=(",", ":")).encode("ascii") + b"\n")
        return place

    def get(self, place: int) -> tuple[Hunk, str]:
        """The hunk at a place, and the name of its document. O(its text)."""
        self._file.seek(place)
        packed, name = json.loads(self._file.readline())
        return _unpacked(packed), name

    def close(self) -> None:
        """Give the room back."""
        self._file.close()


def _lines(lines: Sequence[ShownLine]) -> list[Any]:
    return [[line.number, line.text, [list(mark) for mark in line.marks]] for line in lines]


def _shown(lines: Sequence[Any]) -> tuple[ShownLine, ...]:
    return tuple(ShownLine(number, text, tuple(Span(*mark) for mark in marks)) for number, text, marks in lines)


def _packed(hunk: Hunk) -> dict[str, Any]:
    kin = None
    if hunk.kin is not None:
        found = hunk.kin.kin
        kin = {
            "kin": [found.document_id, found.first_line, found.last_line, found.measure, found.score],
            "here": hunk.kin.here,
            "lines": _lines(hunk.kin.lines),
        }
    return {
        "at": [hunk.span.start, hunk.span.end, hunk.first_line, hunk.last_line],
        "rules": hunk.rules,
        "outcome": hunk.outcome.value,
        "confidence": hunk.confidence,
        "reasons": hunk.reasons,
        "rights": hunk.rights,
        "lines": [_lines(lines) for lines in (hunk.before, hunk.old, hunk.new, hunk.after)],
        "kin": kin,
        "declared_at": hunk.declared_at,
    }


def _unpacked(packed: Any) -> Hunk:
    start, end, first, last = packed["at"]
    before, old, new, after = map(_shown, packed["lines"])
    kin = packed["kin"]
    return Hunk(
        span=Span(start, end),
        first_line=first,
        last_line=last,
        rules=tuple(packed["rules"]),
        outcome=Outcome(packed["outcome"]),
        confidence=None if packed["confidence"] is None else Confidence(packed["confidence"]),
        reasons=tuple(packed["reasons"]),
        rights=packed["rights"],
        before=before,
        old=old,
        new=new,
        after=after,
        declared_at=packed["declared_at"],
        kin=None if kin is None else KinText(Kin(*kin["kin"]), kin["here"], _shown(kin["lines"])),
    )
