"""Keeps a review true: what was answered or changed on disk is looked at again, and superfluous answers go at the end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from msgspec import Struct, field

from scrubber.cli.decisions_file import DecisionsFile
from scrubber.cli.review_findings import MAX_FRESH_BYTES, Findings
from scrubber.cli.review_state import Review
from scrubber.errors import ScrubberError
from scrubber.rules.decisions import Decisions
from scrubber.rules.decisions_write import Key, key_of

#: More documents than these are not read again without being asked to, when all is answered.
MAX_READ_AGAIN = 50
#: At the end, superfluous answers are looked for by so many trials; each is the cleaning of one document.
MAX_TRIALS = 60


class Freshness(Struct):
    """Which inputs of a review have answers that they were not looked at with."""

    review: Review
    findings: Findings
    file: DecisionsFile
    #: Numbers of the sources that answers were given for, in this session.
    _answered: set[int] = field(default_factory=set)

    def note_answers(self, sources: Iterable[int]) -> None:
        """Answers were given for these sources, or taken back."""
        for number in sources:
            self._answered.add(number)
            self.findings.sources[number].touched = True

    def is_heavy(self, number: int) -> bool:
        """Whether a source is too much to look at again after each answer: it is large, or holds many documents."""
        source = self.findings.sources[number]
        return source.many or source.stamp is None or source.stamp[0] > MAX_FRESH_BYTES

    def few_touched(self) -> list[int]:
        """All sources that answers were given for since, where looking at them again is little; else nothing."""
        few = [number for number, source in enumerate(self.findings.sources) if source.touched]
        return [] if len(few) > MAX_READ_AGAIN or any(map(self.is_heavy, few)) else few

    def look_again(self, number: int) -> str:
        """Bring the review up to date with one source; why that cannot be read any more, if so."""
        look = self.findings.again(number, self.file.decisions())
        self.review.renew(number, look.items)
        return look.problem

    def tidy(self) -> None:
        """Take out answers of this session that later ones have made superfluous, so that none is left unused.

        Two answers can each make the other superfluous. So they go one by one, and only where nothing that would have
        to be answered comes up without them. Where much was answered, what is unused is left to be reported.
        """
        if len(self._answered) > MAX_READ_AGAIN:
            return
        gone: list[Key] = []
        trials = MAX_TRIALS
        for number in sorted(self._answered):
            if trials <= 0 or self.is_heavy(number):
                continue
            decisions = self.file.decisions()
            look = self.findings.again(number, decisions)
            known = {item.keys for item in look.items}
            for key in self.review.unmet(look.met):
                trials -= 1
                fewer = Decisions(tuple(each for each in decisions.decisions if key_of(each) != key))
                if trials >= 0 and all(item.keys in known for item in self.findings.again(number, fewer).items):
                    decisions = fewer
                    gone.append(key)
        if gone:
            before = {key: self.review.decided[key] for key in gone}
            with contextlib.suppress(ScrubberError):
                self.review.forget(gone, self.file.record(before, dict.fromkeys(gone)))
