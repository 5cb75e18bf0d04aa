"""Of many, the few that matter most: for reports that may hold so many findings and no more."""

from __future__ import annotations

from typing import Generic, TypeVar

from scrubber.model import Outcome, Verdict
from scrubber.report.hunks import SETTLED

T = TypeVar("T")
#: Sort keys: those of one `Worst` have one shape, and end with what tells all items apart.
Key = tuple[int | str, ...]


def level_of(outcome: Outcome) -> int:
    """0: `clean` applies it. 1: it is shown and stays. 2: it is settled."""
    if outcome in (Outcome.REMOVED, Outcome.REPLACED):
        return 0
    return 2 if outcome in SETTLED else 1


def key_of(document_id: str, verdict: Verdict) -> Key:
    """How bad a finding is: level, rank, confidence, characters, then place. The smaller, the worse.

    Does not depend on the order of documents.
    """
    finding, span = verdict.finding, verdict.finding.span
    rank = 1 if verdict.outcome is Outcome.REPLACED else 0  # a line that goes matters more than a space that is mended
    return (
        level_of(verdict.outcome),
        rank,
        -finding.confidence,
        span.start - span.end,
        document_id,
        span.start,
        span.end,
        finding.rule.id,
        finding.fingerprint,
    )


class Worst(Generic[T]):
    """Counts what is offered, and keeps the `most` with the smallest keys. Memory: twice `most`; O(log most) each."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[tuple[Key, T]] = []
        self._limit: Key | None = None
        self.count = 0

    def wants(self, key: Key) -> bool:
        """Count one more; whether it is among the worst so far, so that it is worth making."""
        self.count += 1
        return self._limit is None or key < self._limit

    def add(self, key: Key, item: T) -> None:
        """Keep one that was wanted."""
        self._kept.append((key, item))
        if len(self._kept) >= 2 * self._most:
            self._shrink()

    def _shrink(self) -> None:
        self._kept.sort(key=lambda pair: pair[0])
        del self._kept[self._most :]
        if len(self._kept) == self._most:
            self._limit = self._kept[-1][0]

    def items(self) -> list[T]:
        """The worst, worst first."""
        self._shrink()
        return [item for _, item in self._kept]

    @property
    def left_out(self) -> int:
        """How many were counted and not kept. Right after `items`."""
        return self.count - len(self._kept)
