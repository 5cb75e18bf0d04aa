"""A run of lines that stands in the document more than once, as where a page template prints the article twice.

One copy stays. A line of another copy goes only if it has its twin in the copy that stays: the same letters and
numbers, or nearly the same letters (`similarity`) and the same numbers. A line that is nearly the same but not near
enough, or whose numbers differ, is shown and stays: two facts, not one. What only one copy has always stays, and so
does what stands between the copies. `repeat_judge` says what is no copy at all: refrains, templates, quotations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from scrubber.detect.repeat_align import Lines, align
from scrubber.detect.repeat_judge import Judgement, Page, Run, contiguous_parts
from scrubber.detect.scan import Scan
from scrubber.model.document import Document
from scrubber.model.finding import Action, Confidence, Evidence, Finding, Kin, Span
from scrubber.rules.schema import RepeatRule
from scrubber.text.anchors import MAX_OCCURRENCES, LinePair, chains, line_pairs
from scrubber.text.fold import skeleton
from scrubber.text.lines import trim

#: A cut may show further copies. What is left is looked at again, at most so often.
MAX_ROUNDS = 8

#: A chain is looked at closely if its anchors promise this share of `min_chars`: edits destroy anchors.
_PROMISED_ONE_IN = 4


@dataclass(slots=True)
class _Copy:
    """Lines of one copy that go, each with its twins, and what only nearly has one. Line indexes of the document."""

    gone: dict[int, _Twin] = field(default_factory=dict)
    near: list[tuple[int, int, int, bool]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Twin:
    """The kept lines that stand for a line that goes."""

    begin: int
    last: int
    measure: str
    score: int


class RepeatDetector:
    """Findings of `repeat` rules."""

    def __init__(self, rules: Sequence[RepeatRule]) -> None:
        self.rules = tuple(rules)

    def find(self, scan: Scan) -> Iterator[Finding]:
        """Copies to remove and near copies to show, by position, for each rule. O(n log n) in code points.

        Applied to the text without what it removes, it removes nothing.
        """
        for rule in self.rules:
            search = _Search(rule, scan)
            found = search.single_lines() if rule.min_lines == 1 else search.runs()
            yield from sorted(found, key=lambda finding: (finding.span, finding.action))


class _Search:
    """One rule on one text. Line numbers inside are places in `self.left`, the lines not blank that are left."""

    def __init__(self, rule: RepeatRule, scan: Scan) -> None:
        self.rule = rule
        self.scan = scan
        self.document: Document = scan.document
        document = scan.document
        self.left = [index for index, blank in enumerate(document.blank) if not blank]
        self.rank = {index: rank for rank, index in enumerate(self.left)}
        self.allowed: Callable[[int], bool] = scan.zone(rule.where)
        if rule.fold == "exact":
            self.keys = [trim(line) for line in document.line_texts]
            self.skeletons = self.keys
        else:
            self.keys = document.keys
            self.skeletons = [
                "" if blank else skeleton(key) for key, blank in zip(self.keys, document.blank, strict=True)
            ]
        self.staying: set[int] = set()
        self.shown: set[int] = set()

    def may_go(self, index: int) -> bool:
        """Whether the rule may take a line of the document at all."""
        return self.allowed(index) and not self.scan.protected[index]

    # --- runs of lines

    def runs(self) -> Iterator[Finding]:
        """Copies, round by round until none is left, and then what is doubtful."""
        for _ in range(MAX_ROUNDS):
            if len(self.left) <= self.rule.min_lines:
                return
            judged = list(self._judged())
            gone: set[int] = set()
            for run in sorted((run for run, judgement in judged if judgement is Judgement.COPY), key=self._order):
                copy = self._cut(run, gone)
                gone.update(copy.gone)
                yield from self._removals(copy)
                yield from self._near(copy)
            if not gone:
                for run, judgement in judged:
                    begin, last = run.alignment.regions[1]
                    doubtful = set(self.left[begin : last + 1])
                    if judgement is Judgement.DOUBTFUL and not doubtful <= self.shown:
                        self.shown |= doubtful
                        yield self._doubt(run)
                return
            self.left = [index for index in self.left if index not in gone]

    def _judged(self) -> Iterator[tuple[Run, Judgement]]:
        """All runs that are no mere chance, each with its judgement."""
        rule, left = self.rule, self.left
        skeletons = [self.skeletons[index] for index in left]
        pairs = line_pairs(skeletons)
        if len(pairs) < 2:
            return
        document, chrome = self.document, self.scan.chrome
        lines = Lines([self.keys[index] for index in left], skeletons, rule.similarity)
        page = Page(
            lines,
            [document.line_texts[index] for index in left],
            [document.running[index] for index in left],
            [chrome[index] for index in left],
        )
        for chain in chains(pairs, list(map(len, skeletons))):
            if not self._promising(chain):
                continue
            alignment = align(chain, lines)
            if not alignment.matches and not alignment.covers:
                continue
            for part in contiguous_parts(alignment, page):
                run = Run(part, page)
                judgement = run.judge(rule.min_lines, rule.min_chars)
                if judgement is not Judgement.NATURAL:
                    yield run, judgement

    def _promising(self, chain: Sequence[LinePair]) -> bool:
        promised = sum(pair.weight for pair in chain)
        return promised * _PROMISED_ONE_IN >= self.rule.min_chars

    # --- which copy stays

    def _quality(self, run: Run, side: int) -> tuple[int, ...]:
        """What makes a copy worth keeping; the smallest stays. Last comes its place."""
        begin, last = run.alignment.regions[side]
        if self.rule.keep == "first":
            return (begin,)
        page = run.page
        foreign = page.foreign(run.alignment, side, begin, last + 1)
        own = [line for line in foreign if page.running[line]]
        lines = len(run.alignment.twins) + len(own) + self._going_on(run, side)
        if self.rule.keep == "longest":
            return -lines, begin
        protected = sum(self.scan.protected[self.left[line]] for line in range(begin, last + 1))
        return -protected, len(foreign) - len(own), -lines, begin

    def _going_on(self, run: Run, side: int) -> int:
        """Running lines right below a copy, at most as many as it has: a teaser stops where the body goes on."""
        page, most = run.page, len(run.counted)
        other_begin, other_last = run.alignment.regions[1 - side]
        found = bare = 0
        for line in range(run.alignment.regions[side][1] + 1, len(self.left)):
            if found == most or bare > 1 or other_begin <= line <= other_last:
                break
            if page.running[line] and not page.chrome[line]:
                found, bare = found + 1, 0
            else:
                bare += 1
        return found

    def _order(self, run: Run) -> tuple[int, ...]:
        """Large runs first, and then those whose copy that stays is best, so that one copy stays for all."""
        qualities = sorted(self._quality(run, side) for side in (0, 1))
        return -len(run.counted).bit_length(), *qualities[0], *qualities[1]

    def _cut(self, run: Run, gone: set[int]) -> _Copy:
        """What goes of the copy that does not stay. What an earlier run keeps stays, whichever copy it is in."""
        preferred = 1 if self._quality(run, 0) <= self._quality(run, 1) else 0
        copies = [self._copy(run, side, gone) for side in (preferred, 1 - preferred)]
        blocked = sum(1 for index in self._indexes(run, preferred) if index in self.staying)
        blocked_other = sum(1 for index in self._indexes(run, 1 - preferred) if index in self.staying)
        chosen = copies[0]
        if blocked > blocked_other or (not chosen.gone and self.rule.keep == "cleanest"):
            chosen = copies[1]
        for twin in chosen.gone.values():
            self.staying.update(index for index in range(twin.begin, twin.last + 1) if index in self.rank)
        return chosen

    def _indexes(self, run: Run, side: int) -> Iterator[int]:
        return (self.left[line] for line in run.alignment.accounted[side])

    def _copy(self, run: Run, side: int, gone: set[int]) -> _Copy:
        """The lines of one place that may go while their twins in the other place stay."""
        copy = _Copy()
        for match in run.alignment.matches:
            line, kept = self.left[match[side]], self.left[match[1 - side]]
            if line in gone or kept in gone:
                continue
            if not match.twin:
                same_numbers = run.page.lines.same_numbers(match.first, match.second)
                copy.near.append((line, kept, match.score, same_numbers))
            elif self.may_go(line) and line not in self.staying:
                copy.gone[line] = _Twin(kept, kept, "equal" if match.equal else "edit", match.score)
        for cover in run.alignment.covers:
            line = self.left[cover.line]
            kept_lines = self.left[cover.begin : cover.last + 1]
            if cover.side != side or line in gone or not gone.isdisjoint(kept_lines):
                continue
            if self.may_go(line) and line not in self.staying:
                measure = "containment" if cover.score == 1000 else "edit"
                copy.gone[line] = _Twin(kept_lines[0], kept_lines[-1], measure, cover.score)
        return copy

    # --- findings

    def _removals(self, copy: _Copy) -> Iterator[Finding]:
        """One finding for each run of lines that go with nothing but blank lines between them."""
        block: list[int] = []
        for index in sorted(copy.gone):
            if block and self.rank[index] != self.rank[block[-1]] + 1:
                yield self._removal(block, copy.gone)
                block = []
            block.append(index)
        if block:
            yield self._removal(block, copy.gone)

    def _removal(self, block: Sequence[int], gone: dict[int, _Twin]) -> Finding:
        twins = [gone[index] for index in block]
        counts = [(name, sum(twin.measure == name for twin in twins)) for name in ("equal", "containment", "edit")]
        measure = "edit" if counts[2][1] else "containment" if counts[1][1] else "equal"
        worst = min(twin.score for twin in twins)
        begin, last = min(twin.begin for twin in twins), max(twin.last for twin in twins)
        noun, verb = ("line", "repeats") if len(block) == 1 else ("lines", "repeat")
        summary = f"{len(block)} {noun} {verb} {_lines(begin, last)} of this document"
        if measure == "edit":
            summary += f", at least {worst // 10} % alike and with the same numbers"
        names = {"equal": "equal", "containment": "contained", "edit": "similar"}
        facts = [
            ("lines", str(len(block))),
            ("characters", str(sum(len(trim(self.document.line_texts[index])) for index in block))),
            *((names[name], str(count)) for name, count in counts if count),
        ]
        confidence = min(self.rule.confidence, Confidence.LIKELY) if measure == "edit" else self.rule.confidence
        return self._finding(
            (block[0], block[-1]), (begin, last), self.rule.action, confidence,
            summary, tuple(facts), measure, worst,
        )  # fmt: skip

    def _near(self, copy: _Copy) -> Iterator[Finding]:
        """Lines of a copy that have no twin but a counterpart: shown, and left."""
        if not copy.gone:
            return
        for line, kept, score, same_numbers in copy.near:
            if line in self.shown:
                continue
            self.shown.add(line)
            differ = f"only {score // 10} % alike" if same_numbers else "the numbers differ"
            yield self._finding(
                (line, line), (kept, kept), Action.FLAG, Confidence.POSSIBLE,
                f"counterpart of line {kept + 1} in a repeated run, but {differ}",
                (("alike", f"{score // 10} %"), ("numbers", "same" if same_numbers else "differ")), "edit", score,
            )  # fmt: skip

    def _doubt(self, run: Run) -> Finding:
        """A run that repeats, but is not proved to be a copy."""
        (begin, last), (copy_begin, copy_last) = run.alignment.regions
        kept = self.left[begin], self.left[last]
        worst = min([match.score for match in run.alignment.twins] + [cover.score for cover in run.alignment.covers])
        return self._finding(
            (self.left[copy_begin], self.left[copy_last]), kept, Action.FLAG, Confidence.POSSIBLE,
            f"{len(run.counted)} lines repeat {_lines(*kept)} of this document, but may belong there",
            (("lines", str(len(run.counted))), ("characters", str(run.chars))),
            "equal" if worst == 1000 else "edit", worst,
        )  # fmt: skip

    def _finding(
        self, block: tuple[int, int], kept: tuple[int, int], action: Action, confidence: Confidence,
        summary: str, facts: tuple[tuple[str, str], ...], measure: str, score: int,
    ) -> Finding:  # fmt: skip
        document = self.document
        anchor = document.bounds[block[0]]
        kin = Kin(document.id, kept[0] + 1, kept[1] + 1, measure, score, document.span_of(*kept))
        return Finding(
            rule=self.rule.info, span=document.span_of(*block), action=action, confidence=confidence,
            evidence=Evidence(summary, facts, kin), score=score, anchor=Span(anchor.start, anchor.stop),
        )  # fmt: skip

    # --- single lines

    def single_lines(self) -> Iterator[Finding]:
        """Whole lines that stand again where the rule looks, as a title printed twice; the first one stays."""
        places: dict[str, list[int]] = {}
        for index in self.left:
            if self.allowed(index) and len(self.keys[index]) >= self.rule.min_chars and self.skeletons[index]:
                places.setdefault(self.skeletons[index], []).append(index)
        copy = _Copy()
        lines = Lines(self.keys, self.skeletons, 1000)
        for group in places.values():
            if len(group) > MAX_OCCURRENCES:
                continue
            for index in group[1:]:
                if lines.same_numbers(group[0], index) and not self.scan.protected[index]:
                    copy.gone[index] = _Twin(group[0], group[0], "equal", 1000)
        yield from self._removals(copy)


def _lines(begin: int, last: int) -> str:
    """Line indexes as people read them."""
    return f"line {begin + 1}" if begin == last else f"lines {begin + 1}-{last + 1}"
