"""Detectors: they find and never edit. One file for each rule kind (`keep` is read by the scan itself).

To add a kind, write `detect/<kind>.py`, its record in `rules/schema.py`, and a line in `DETECTORS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any, Protocol

from scrubber.detect.scan import Scan
from scrubber.model.finding import Finding


class DocumentDetector(Protocol):
    """Finds what one kind of rule claims about one text. Pure: equal scans give equal findings."""

    def find(self, scan: Scan) -> Iterable[Finding]: ...


#: Rule kind to module and class of its detector, imported when a rule of the kind is in force. They find in this order.
DETECTORS = {
    "fix": ("fix", "FixDetector"),
    "line": ("line", "LineDetector"),
    "licence": ("licence", "LicenceDetector"),
    "head": ("section", "HeadDetector"),
    "between": ("section", "BetweenDetector"),
    "tail": ("section", "TailDetector"),
    "listing": ("listing", "ListingDetector"),
    "repeat": ("repeat", "RepeatDetector"),
    "neardup": ("neardup", "NeardupDetector"),
    "statistic": ("statistic", "StatisticDetector"),
}

#: Kinds that take lines in a row because of what stands among them; they need no other finding.
SECTION_KINDS = frozenset(("head", "between", "tail", "listing"))


def detector_of(kind: str, rules: Sequence[Any]) -> DocumentDetector:
    """The detector of a kind, with all active rules of that kind in rule order."""
    module, name = DETECTORS[kind]
    made: DocumentDetector = getattr(import_module(f"scrubber.detect.{module}"), name)(rules)
    return made


__all__ = ["DETECTORS", "SECTION_KINDS", "DocumentDetector", "Scan", "detector_of"]
