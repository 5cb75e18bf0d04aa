"""Detectors: they find and never edit. One file for each rule kind (`keep` is read by the scan itself).

To add a kind, write `detect/<kind>.py`, its dataclass in `rules/schema.py`, and a line in `DETECTORS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from scrubber.detect.fix import FixDetector
from scrubber.detect.licence import LicenceDetector
from scrubber.detect.line import LineDetector
from scrubber.detect.listing import ListingDetector
from scrubber.detect.neardup import NeardupDetector
from scrubber.detect.repeat import RepeatDetector
from scrubber.detect.scan import Scan
from scrubber.detect.section import BetweenDetector, HeadDetector, TailDetector
from scrubber.detect.statistic import StatisticDetector
from scrubber.model.finding import Finding


class DocumentDetector(Protocol):
    """Finds what one kind of rule claims about one text. Pure: equal scans give equal findings."""

    def find(self, scan: Scan) -> Iterable[Finding]: ...


#: Rule kind to detector; a detector is made with all active rules of its kind, in rule order.
DETECTORS: dict[str, Callable[[Sequence[Any]], DocumentDetector]] = {
    "fix": FixDetector,
    "line": LineDetector,
    "licence": LicenceDetector,
    "head": HeadDetector,
    "between": BetweenDetector,
    "tail": TailDetector,
    "listing": ListingDetector,
    "repeat": RepeatDetector,
    "neardup": NeardupDetector,
    "statistic": StatisticDetector,
}

#: Kinds that take lines in a row because of what stands among them; they need no other finding.
SECTION_KINDS = frozenset(("head", "between", "tail", "listing"))

__all__ = ["DETECTORS", "SECTION_KINDS", "DocumentDetector", "Scan"]
