"""A run of lines that stands in the document more than once, as where a page template prints the article twice.

One copy stays. A line of another copy goes only if it has its twin in the copy that stays: the same letters and
numbers, or nearly the same letters (`similarity`) and the same numbers. A line that is nearly the same but not near
enough, or whose numbers differ, is shown and stays: two facts, not one. What only one copy has always stays, and so
does what stands between the copies. `repeat_judge` says what is no copy at all: refrains, templates, quotations.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from scrubber.detect.repeat_align import Lines, align
from scrubber.detect.repeat_judge import Judgement, Page, Run, contiguous_parts
from scrubber.detect.scan import Scan
from scrubber.model.document import Document
from scrubber.model.finding import Action, Confidence, Evidence, Finding, Kin, Span
from scrubber.rules.schema import RepeatRule
from scrubber.text.anchors import MAX_GAP_LINES, MAX_OCCURRENCES, LinePair, chains, line_pairs
from scrubber.text.lines import trim
from scrubber.text.terms import is_byline, is_date

#: A cut may show further copies. What is left is looked at again, at most so often.
MAX_ROUNDS = 8

#: A chain is looked at closely if its anchors promise this share of `min_chars`: edits destroy anchors.
_PROMISED_ONE_IN = 4

#: The title of a copy stands at most so many lines above it.
TITLE_ABOVE_LINES = 5
#: It has at least this share of the code points that a copy must have.
_TITLE_ONE_IN = 30

#: A page prints its text at most so often once more: a line above more bylines is no title.
_MOST_COPIES = 3
#: A heading has running text in one of so many lines below it.
_HEADING_ABOVE_LINES = 2

#: A copy with its lines broken differently stays if more than this share of what goes would be left in pieces.
_TORN_ONE_IN = 8


class _Twin(NamedTuple):
    """The lines `begin` to `last` that stand for a line that goes, and the number of the run that says so."""

    begin: int
    last: int
    measure: str
    score: int
    run: int


class _Near(NamedTuple):
    """A line of a copy that has no twin but a counterpart, `kept`."""

    line: int
    kept: int
    score: int
    same_numbers: bool


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
    """One rule on one text. Line numbers in runs are places in `left`: the lines, blank ones aside, that are left."""

    def __init__(self, rule: RepeatRule, scan: Scan) -> None:
        self.rule = rule
        self.scan = scan
        self.document: Document = scan.document
        document = scan.document
        self.written = [index for index, blank in enumerate(document.blank) if not blank]
        self.rank = {index: rank for rank, index in enumerate(self.written)}
        self.left = self.written
        self.allowed: Callable[[int], bool] = scan.zone(rule.where)
        if rule.fold == "exact":
            self.keys = [trim(line) for line in document.line_texts]
            self.skeletons = self.keys
        else:
            self.keys = document.keys
            self.skeletons = document.skeletons
        self.gone: dict[int, _Twin] = {}
        self.near: dict[int, _Near] = {}
        self.cuts = 0

    def may_go(self, index: int) -> bool:
        """Whether the rule may take a line of the document at all."""
        return self.allowed(index) and not self.scan.protected[index]

    # --- runs of lines

    def runs(self) -> Iterator[Finding]:
        """Copies, round by round until none is left, and then what is doubtful."""
        doubtful: list[Run] = []
        for _ in range(MAX_ROUNDS):
            if len(self.left) <= self.rule.min_lines:
                break
            judged = list(self._judged())
            before = len(self.gone)
            for run in sorted((run for run, judgement in judged if judgement is Judgement.COPY), key=self._order):
                self._cut(run)
            if len(self.gone) == before:
                doubtful = [run for run, judgement in judged if judgement is Judgement.DOUBTFUL]
                break
            self._settle()
            self._take_titles()
            self.left = [index for index in self.written if index not in self.gone]
        yield from self._removals()
        yield from self._near_copies()
        shown: set[int] = set()
        for run in doubtful:
            begin, last = run.alignment.regions[1]
            if not shown.issuperset(range(begin, last + 1)):
                shown.update(range(begin, last + 1))
                yield self._doubt(run)

    def _judged(self) -> Iterator[tuple[Run, Judgement]]:
        """All runs that are no mere chance, each with its judgement."""
        rule, left = self.rule, self.left
        skeletons = [self.skeletons[index] for index in left]
        pairs = line_pairs(skeletons)
        if len(pairs) < 2 or not self._promising(pairs):
            return
        document, chrome = self.document, self.scan.chrome
        lines = Lines([self.keys[index] for index in left], skeletons, rule.similarity)
        page = Page(
            lines,
            [document.line_texts[index] for index in left],
            [document.running[index] for index in left],
            [chrome[index] for index in left],
            [place for place, index in enumerate(left) if index in self.scan.titles],
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
            return -self._torn(run, side), -lines, begin
        protected = sum(self.scan.protected[self.left[line]] for line in range(begin, last + 1))
        return -protected, -self._torn(run, side), len(foreign) - len(own), -lines, begin

    def _torn(self, run: Run, side: int) -> int:
        """Lines that would be left of this copy although the other one holds parts of them."""
        return len(run.alignment.partners[side] - run.alignment.accounted[side])

    def _going_on(self, run: Run, side: int) -> int:
        """Running lines right below a copy that stand nowhere else: a teaser stops where the body goes on.

        Nothing else stands between, or what follows may be a notice. At most as many as the copy has.
        """
        page, most = run.page, len(run.counted)
        occurrences, skeletons = page.occurrences, page.lines.skeletons
        other_begin, other_last = run.alignment.regions[1 - side]
        found = bare = 0
        for line in range(run.alignment.regions[side][1] + 1, len(self.left)):
            if found == most or bare > min(found, 1) or other_begin <= line <= other_last:
                break
            if page.running[line] and not page.chrome[line] and occurrences[skeletons[line]] == 1:
                found, bare = found + 1, 0
            else:
                bare += 1
        return found

    def _order(self, run: Run) -> tuple[int, ...]:
        """Large runs first, and then those whose copy that stays is best, so that one copy stays for all."""
        qualities = sorted(self._quality(run, side) for side in (0, 1))
        return -len(run.counted).bit_length(), *qualities[0], *qualities[1]

    def _cut(self, run: Run) -> None:
        """Take what goes of the copy that does not stay."""
        self.cuts += 1
        preferred = 1 if self._quality(run, 0) <= self._quality(run, 1) else 0
        gone = self._copy(run, preferred)
        if not gone and self.rule.keep == "cleanest":
            preferred = 1 - preferred
            gone = self._copy(run, preferred)
        if not gone or self._torn(run, preferred) * _TORN_ONE_IN > len(gone):
            return
        for match in run.alignment.matches:
            if not match.twin:
                same_numbers = run.page.lines.same_numbers(match.first, match.second)
                near = _Near(self.left[match[preferred]], self.left[match[1 - preferred]], match.score, same_numbers)
                self.near.setdefault(near.line, near)
        self.gone.update(gone)

    def _copy(self, run: Run, side: int) -> dict[int, _Twin]:
        """The lines of one place that may go, by line of the document, while their twins in the other place stay."""
        found: dict[int, _Twin] = {}
        for match in run.alignment.twins:
            line, kept = self.left[match[side]], self.left[match[1 - side]]
            if line not in self.gone and kept not in self.gone and self.may_go(line):
                measure = "equal" if match.equal else "edit"
                found[line] = _Twin(kept, kept, measure, match.score, self.cuts)
        for cover in run.alignment.covers:
            line, kept_lines = self.left[cover.line], self.left[cover.begin : cover.last + 1]
            if cover.side != side or line in self.gone or not self.may_go(line):
                continue
            if self.gone.keys().isdisjoint(kept_lines):
                measure = "containment" if cover.score == 1000 else "edit"
                found[line] = _Twin(kept_lines[0], kept_lines[-1], measure, cover.score, self.cuts)
        return found

    def _settle(self) -> None:
        """Let every line that goes name lines that stay.

        A line may have gone for the sake of one that went later. It is compared with the one that stays in the end;
        where the two are no twins it stays as well.
        """
        lines = Lines(self.keys, self.skeletons, self.rule.similarity)
        unsettled: set[int] = set()
        going = sorted(self.gone)
        later: dict[tuple[int, int, int], bool] = {}
        for line in going:
            twin = self.gone[line]
            place = twin.begin, twin.last, twin.run
            if place not in later:
                among = going[bisect_left(going, twin.begin) : bisect_right(going, twin.last)]
                later[place] = any(self.gone[other].run > twin.run for other in among)
            if not later[place]:
                continue
            begin, last = self._survivor(twin.begin), self._survivor(twin.last)
            if begin == last and (match := lines.twins(begin, line)):
                measure, score = "equal" if match.equal else "edit", match.score
            elif (
                begin <= last
                and bisect_left(going, begin) == bisect_right(going, last)
                and self.skeletons[line] in "".join(self.skeletons[begin : last + 1])
            ):
                measure, score = "containment", 1000
            else:
                unsettled.add(line)
                continue
            self.gone[line] = _Twin(begin, last, measure, score, twin.run)
        for line in unsettled:
            del self.gone[line]

    def _take_titles(self) -> None:
        """Let the title above a copy go whose like stands above what stays: bylines may stand between.

        It is one of the text's titles, or stands right above what stays.
        """
        lines, running = Lines(self.keys, self.skeletons, 1000), self.document.running
        for line in sorted(self.gone):
            twin, rank = self.gone[line], self.rank
            kept = self.written[max(0, rank[twin.begin] - TITLE_ABOVE_LINES) : rank[twin.begin]]
            titles = {
                self.skeletons[index]: index
                for index in kept
                if len(self.skeletons[index]) >= self.rule.min_chars // _TITLE_ONE_IN
                and (index in self.scan.titles or index == kept[-1])
                and not (index in self.gone or running[index] or self.scan.chrome[index])
            }
            for index in self.written[max(0, rank[line] - TITLE_ABOVE_LINES) : rank[line]] if titles else ():
                title = titles.get(self.skeletons[index], index)
                if title == index or index in self.gone or running[index] or not self.may_go(index):
                    continue
                if lines.same_numbers(title, index):
                    self.gone[index] = _Twin(title, title, "equal", 1000, twin.run)

    def _survivor(self, line: int) -> int:
        """The line that stays, at the end of the way from twin to twin."""
        while line in self.gone:
            line = self.gone[line].begin
        return line

    # --- findings

    def _removals(self) -> Iterator[Finding]:
        """One finding for each run of lines that go with nothing but blank lines between them."""
        block: list[int] = []
        going = sorted(self.gone)
        for index in going:
            if block and not self._follows(block[-1], index, going):
                yield self._removal(block, self.gone)
                block = []
            block.append(index)
        if block:
            yield self._removal(block, self.gone)

    def _follows(self, above: int, below: int, going: Sequence[int]) -> bool:
        """Whether two lines that go belong to one copy, as their twins do, and no line goes between these."""
        one, other = self.gone[above], self.gone[below]
        return (
            self.rank[below] == self.rank[above] + 1
            and one.run == other.run
            and self.rank[one.begin] <= self.rank[other.begin] <= self.rank[one.last] + MAX_GAP_LINES
            and bisect_right(going, one.last) == bisect_left(going, other.begin, bisect_right(going, one.last))
        )

    def _removal(self, block: Sequence[int], gone: dict[int, _Twin]) -> Finding:
        twins = [gone[index] for index in block]
        counts = [(name, sum(twin.measure == name for twin in twins)) for name in ("equal", "containment", "edit")]
        measure = "edit" if counts[2][1] else "containment" if counts[1][1] else "equal"
        worst = min(twin.score for twin in twins)
        begin, last = min(twin.begin for twin in twins), max(twin.last for twin in twins)
        summary = "a line that stands elsewhere in this document"
        if len(block) > 1:
            summary = f"{len(block)} lines that stand elsewhere in this document"
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

    def _near_copies(self) -> Iterator[Finding]:
        """Lines of a copy that have no twin but a counterpart: shown, and left."""
        for line, kept, score, same_numbers in self.near.values():
            if line in self.gone or kept in self.gone:
                continue
            differ = f"only {score // 10} % alike" if same_numbers else "the numbers differ"
            yield self._finding(
                (line, line), (kept, kept), Action.FLAG, Confidence.POSSIBLE,
                f"counterpart of another line in a repeated run, but {differ}",
                (("alike", f"{score // 10} %"), ("numbers", "same" if same_numbers else "differ")), "edit", score,
            )  # fmt: skip

    def _doubt(self, run: Run) -> Finding:
        """A run that repeats, but is not proved to be a copy."""
        (begin, last), (copy_begin, copy_last) = run.alignment.regions
        kept = self.left[begin], self.left[last]
        worst = min([match.score for match in run.alignment.twins] + [cover.score for cover in run.alignment.covers])
        return self._finding(
            (self.left[copy_begin], self.left[copy_last]), kept, Action.FLAG, Confidence.POSSIBLE,
            f"{len(run.counted)} lines stand elsewhere in this document too, but may belong there",
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
        """Whole lines that stand again where the rule looks, as a title printed twice; the first one stays.

        A heading that says what the text is about is a title. Other lines that stand twice above the text (rows of a
        table, a refrain, who sits in court) are left alone. Where the rule does not look, a title counts only with a
        byline right below it: so a second copy begins, but a line above many dates is the name of somebody who writes.
        """
        titles = self.scan.titles
        if self.rule.among_first:
            lines_above = [index for index in self.left if not self.scan.chrome[index]][: self.rule.among_first]
            titles = titles.intersection(lines_above) | self.scan.frame.sure_titles
        places: dict[str, list[int]] = {}
        for index in self.left:
            if len(self.keys[index]) >= self.rule.min_chars and self.skeletons[index]:
                places.setdefault(self.skeletons[index], []).append(index)
        below = {index: self.keys[after] for index, after in pairwise(self.left)}
        lines = Lines(self.keys, self.skeletons, 1000)
        for first, *others in places.values():
            above_bylines = {index for index in others if is_byline(below.get(index, ""))}
            if first not in titles or len(others) >= MAX_OCCURRENCES or len(above_bylines) > _MOST_COPIES:
                continue
            for index in others:
                if not (self.allowed(index) or index in above_bylines) or self._says_else(first, index):
                    continue
                if lines.same_numbers(first, index) and not self.scan.protected[index]:
                    self.gone[index] = _Twin(first, first, "equal", 1000, 0)
        yield from self._removals()

    def _says_else(self, title: int, index: int) -> bool:
        """Whether a line with a title's words is the value of a label, or below the text a signature, or a heading there."""
        keys, chrome = self.document.keys, self.scan.chrome
        place = self.rank[index]
        above = self.written[place - 1] if place else index
        if keys[above].endswith(":") and not chrome[above]:
            return True
        if index <= self.scan.body[1]:
            return False
        follow = [line for line in self.written[place + 1 : place + 1 + _HEADING_ABOVE_LINES] if not chrome[line]]
        if any(self.document.running[line] for line in follow):
            return not is_byline(keys[follow[0]]) or "://" in keys[follow[0]]
        return title != self.scan.frame.title and any(is_date(keys[line]) for line in follow[:1])
