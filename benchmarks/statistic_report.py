"""What a line model that saw nothing of some pages does to them: its thresholds, and the measures of text dumps.

Used by `train_statistic.py`. One pass over each page; what the other bundled rules take is counted in but for `certain`.
`textdump.py --folds` measures the whole program with the same models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from line_scores import HEADING, counts_of, row, rows_of
from scrubber.detect.line_model import UNIT
from scrubber.detect.opinion import MOST_ODDS, can_tell, lines_below, spared_lines, together
from scrubber.detect.page_cut import page_cut
from scrubber.detect.statistic import LEAST_LINES
from scrubber.model import Document
from statistic_pages import Page, Telling
from two_looks import chance_of

#: Shares of main characters, in all and of a mean page, that a confidence may cost; with `likely` the rules counted in.
MOST_LOST = {"certain": 0.0018, "likely": 0.014}
#: The same of the repository's own texts, many of which are traps: the model that is shipped has seen them, these have not.
MOST_OWN_LOST = 0.0005
#: `certain` is at least so many 256ths of log-odds below `likely`.
BETWEEN = 100
_STEPS = range(30 - MOST_ODDS, 1, 50)


@dataclass(frozen=True)
class Judged:
    """One page with what was said of its lines, in 256ths: the likeliest answer and the wary one."""

    page: Page
    telling: Telling
    odds: tuple[int, ...]
    wary: tuple[int, ...]

    @cached_property
    def spared(self) -> list[bool]:
        """Lines that never surely go."""
        return spared_lines(list(self.telling.rows))

    @cached_property
    def is_told(self) -> bool:
        """Whether the page has what boilerplate can surely be told from."""
        return len(self.odds) >= LEAST_LINES and can_tell(self.odds, self.telling.sizes)

    @cached_property
    def own_threshold(self) -> int:
        """The page's own."""
        return page_cut(self.odds, self.telling.sizes, chance_of)

    @cached_property
    def lines(self) -> list[str]:
        """The lines that are not blank."""
        document = Document(self.page.id, "\n".join(self.page.lines) + "\n")
        return [line for line, blank in zip(document.line_texts, document.blank, strict=True) if not blank]

    def kept(self, threshold: int | None, *, alone: bool = False) -> list[bool]:
        """Lines that the model leaves below one threshold for all pages, or the page's own."""
        if len(self.odds) < LEAST_LINES or (threshold is not None and not self.is_told):
            return [True] * len(self.odds)
        if threshold is None:
            return [not flag for flag in lines_below(self.odds, self.own_threshold, alone=False)]
        gone = lines_below(self.wary, threshold, alone=alone)
        if not alone:
            cut = [not stays for stays in self.telling.kept]
            joint = together(self.wary, cut, gone, self.spared)
            gone = [flag or more for flag, more in zip(gone, joint, strict=True)]
        return [not flag or spared for flag, spared in zip(gone, self.spared, strict=True)]


def judged(told: Sequence[Telling], pages: Sequence[Page], answers: Mapping[int, np.ndarray]) -> list[Judged]:
    """The pages with what was said of their lines: likeliest answers in the first row of an array, wary ones below."""
    whole = {number: np.rint(found * UNIT).astype(int).tolist() for number, found in answers.items()}
    return [
        Judged(pages[told[number].page], told[number], tuple(whole[number][0]), tuple(whole[number][1]))
        for number in sorted(whole)
    ]


def thresholds(found: Sequence[Judged]) -> dict[str, int]:
    """The highest log-odds for each confidence at which no more main text is lost than may be."""
    dumped = [one for one in found if one.page.dataset != "own"]
    own = [one for one in found if one.page.dataset == "own"]
    likely = min(
        _highest(lambda odds: lost(own, odds, ruled=False)[0] <= MOST_OWN_LOST),
        _highest(lambda odds: max(lost(dumped, odds, ruled=True)) <= MOST_LOST["likely"]),
    )
    certain = _highest(lambda odds: max(lost(dumped, odds, ruled=False, alone=True)) <= MOST_LOST["certain"])
    return {"certain": max(_STEPS[0], min(certain, likely - BETWEEN)), "likely": likely}


def _highest(fits: Callable[[int], bool]) -> int:
    """The last step up to which every one fits; the first one where none does."""
    best = _STEPS[0]
    for odds in _STEPS:
        if not fits(odds):
            break
        best = odds
    return best


def lost(found: Sequence[Judged], threshold: int, *, ruled: bool, alone: bool = False) -> tuple[float, float]:
    """Main characters lost below a threshold: of all, and of a mean page. `ruled`: what rules take is counted in."""
    cost = whole = 0
    shares = []
    for one in found:
        telling = one.telling
        gone = [
            length * (not (stays and rule) if ruled else rule and not stays)
            for length, label, stays, rule in zip(
                telling.lengths, telling.labels, one.kept(threshold, alone=alone), telling.kept, strict=True
            )
            if label
        ]
        main = sum(length for length, label in zip(telling.lengths, telling.labels, strict=True) if label)
        cost, whole = cost + sum(gone), whole + main
        if main:
            shares.append(sum(gone) / main)
    return cost / max(1, whole), float(np.mean(shares))


def report(found: Sequence[Judged], chosen: Mapping[str, int]) -> None:
    """Print what each confidence does to dumped pages of unseen sites, by language and by set."""
    dumped = [one for one in found if one.page.dataset != "own"]
    print(HEADING)
    for name in ("certain", "likely", "possible"):
        counts = []
        for one in dumped:
            kept = one.kept(chosen.get(name), alone=name == "certain")
            ruled = [stays and (rule or name == "certain") for stays, rule in zip(kept, one.telling.kept, strict=True)]
            counts.append((one.page.dataset, one.page.language, counts_of(one.lines, one.telling.labels, ruled)))
        below = f"below {chosen[name]}" if name in chosen else "below the page's own"
        for key, measures in rows_of(counts).items():
            print(row(f"`{name}` {below}" if key == "all" else f"&nbsp; {key.split(' ', 1)[1]}", measures))
