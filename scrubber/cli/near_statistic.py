"""What the learned model says of a line that it leaves: for `explain`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from scrubber.detect import Scan
from scrubber.detect.statistic import opinion_of, spared_lines
from scrubber.model.finding import Confidence

if TYPE_CHECKING:
    from scrubber.detect.block_opinion import BlockOpinion
    from scrubber.detect.opinion import Opinion

#: Whole probability, in the model's unit.
_WHOLE = 65536


class NearStatistic:
    """The model's opinion on the lines of one text. What rules take there must be noted in the scan."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan

    @cached_property
    def _opinion(self) -> Opinion | BlockOpinion | None:
        return opinion_of(self._scan)

    @cached_property
    def _places(self) -> dict[int, int]:
        return {} if self._opinion is None else {index: at for at, index in enumerate(self._opinion.indexes)}

    @cached_property
    def _verse(self) -> frozenset[int]:
        return spared_lines(self._scan)

    def reason(self, index: int, *, asked: bool) -> str:
        """Why the line stays as far as the model goes; empty for lines that are surely text and were not asked for."""
        opinion = self._opinion
        if opinion is None:
            return "which leaves texts of so few or so many lines alone" if asked else ""
        place = self._places.get(index)
        if place is None:
            return ""
        model = opinion.model
        chance = model.probability(opinion.log_odds[place])
        if not asked and 2 * chance >= _WHOLE:
            return ""
        said = "; ".join(opinion.said(place, place + 1, for_text=2 * chance >= _WHOLE))
        verse = " It stands among lines that may be verse, which the model leaves." if index in self._verse else ""
        unsure = "" if opinion.can_tell else " The page holds too little running text to be sure of anything."
        return (
            f"which takes it for text with {_percent(chance)}: {said}.{unsure}{verse} Alone it would go as "
            f"{_level(opinion.alone(place))}, among its neighbours as {_level(opinion.confidences[place])}"
        )


def _percent(chance: int) -> str:
    return f"{(100 * chance + _WHOLE // 2) // _WHOLE} %"


def _level(confidence: Confidence | None) -> str:
    return "text" if confidence is None else f"{confidence.word} boilerplate"
