"""One pass: which findings about a text are acted on, and which changes follow.

Order: keep rules, keep decisions, remove decisions, the rule's own action and confidence, copies whose twin goes,
overlaps. Removals never contradict each other: their union goes, and the change names all findings, strongest first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from scrubber.detect import SECTION_KINDS
from scrubber.detect.scan import Scan
from scrubber.engine.draft import Change
from scrubber.model.document import Document
from scrubber.model.finding import Action, Confidence, Finding, Outcome, Span
from scrubber.rules.schema import KeepRule
from scrubber.text.lines import ends_sentence

#: Kinds that remove a copy of text that stays elsewhere.
COPY_KINDS = frozenset(("repeat", "neardup", "duplicate"))
#: Kinds whose cuts the document's limits do not weigh: what stands elsewhere too, here or in most documents of the dump.
SHARED_KINDS = COPY_KINDS | {"template"}


class Ruling(Struct, frozen=True):
    """What recorded decisions say about one finding: `keep`, `remove`, `later`, `stale`, or nothing."""

    verdict: str = ""
    reason: str = ""


class Selection(Struct, frozen=True):
    """The result of a pass. `outcomes` runs parallel to `findings`; None means: left for the second stage."""

    findings: tuple[Finding, ...]
    outcomes: tuple[tuple[Outcome, str] | None, ...]
    changes: tuple[Change, ...]


def strength(finding: Finding) -> tuple[int, int, str, Span]:
    """Sort key of findings, strongest first: confidence, longer span, rule id."""
    return -finding.confidence, -(finding.span.end - finding.span.start), finding.rule.id, finding.span


def _why_protected(rule: KeepRule) -> str:
    # The reason that a comment gives stands in no rule file.
    return rule.info.why if rule.info.kind == "builtin" else f"{rule.id} protects a line of it"


def select(
    scan: Scan,
    findings: Sequence[Finding],
    rulings: Callable[[Finding], Ruling],
    min_confidence: Confidence,
    *,
    base_only: bool,
) -> Selection:
    """Decide about every finding of one pass. With `base_only`, what only the second stage may apply is left alone."""
    return _Selector(scan, findings, rulings, min_confidence, base_only).result()


class _Selector:
    def __init__(
        self,
        scan: Scan,
        findings: Sequence[Finding],
        rulings: Callable[[Finding], Ruling],
        min_confidence: Confidence,
        base_only: bool,
    ) -> None:
        self.scan = scan
        self.document: Document = scan.document
        self.findings = sorted(findings, key=lambda finding: (finding.span, finding.rule.id, finding.replacement))
        self.rulings = [rulings(finding) for finding in self.findings]
        self.min_confidence = min_confidence
        self.base_only = base_only
        self.outcomes: list[tuple[Outcome, str] | None] = [None] * len(self.findings)

    def result(self) -> Selection:
        removals, repairs = self._candidates()
        removals = self._without_void_copies(self._without_unread(removals, repairs))
        changes = self._changes(removals, repairs)
        return Selection(tuple(self.findings), tuple(self.outcomes), tuple(changes))

    def _candidates(self) -> tuple[list[int], list[int]]:
        """Numbers of the findings that may be applied in this pass: removals, and replacements."""
        removals: list[int] = []
        repairs: list[int] = []
        shields = [self.findings[number].span for number, ruling in enumerate(self.rulings) if ruling.verdict == "keep"]
        protectors = self.scan.protectors
        for number, ruling in enumerate(self.rulings):
            finding = self.findings[number]
            if ruling.verdict in ("keep", "later"):
                self.outcomes[number] = (Outcome.DECIDED, ruling.reason)
                continue
            blocked = self._blocked(finding, protectors, shields)
            if blocked:
                shorter = self._above(finding, blocked)
                if shorter is None:
                    self.outcomes[number] = (Outcome.KEPT, blocked[0][1])
                    continue
                self.findings[number] = finding = shorter
            if ruling.verdict == "remove":
                # Decided repairs repair: the rest of their line stays.
                action = Action.REPLACE if finding.rule.kind == "fix" else Action.REMOVE
                finding = replace(finding, action=action, confidence=Confidence.CERTAIN)
                self.findings[number] = finding
            elif not self._applies(number, finding, ruling):
                continue
            (repairs if finding.action is Action.REPLACE else removals).append(number)
        return removals, repairs

    def _applies(self, number: int, finding: Finding, ruling: Ruling) -> bool:
        if finding.action is Action.FLAG:
            self.outcomes[number] = (Outcome.FLAGGED, "")
        elif ruling.verdict == "stale":
            self.outcomes[number] = (Outcome.FLAGGED, ruling.reason)
        elif finding.confidence < self.min_confidence:
            self.outcomes[number] = (
                Outcome.FLAGGED,
                f"{finding.confidence.word} is below {self.min_confidence.word}",
            )
        elif self._splits_a_sentence(finding):
            self.outcomes[number] = (Outcome.LIMITED, "the cut would split a sentence")
        else:
            first_stage = (
                finding.action is Action.REPLACE
                or finding.confidence is Confidence.CERTAIN
                or finding.rule.kind in SHARED_KINDS
            )
            return first_stage or not self.base_only
        return False

    def _blocked(
        self, finding: Finding, protectors: dict[int, KeepRule], shields: Sequence[Span]
    ) -> list[tuple[int, str]]:
        """Lines of the finding that must stay, each with the reason."""
        if not protectors and not shields:
            return []
        first, last = self.document.lines_of(finding.span)
        blocked: list[tuple[int, str]] = []
        for index in range(first, last + 1):
            if index in protectors:
                blocked.append((index, _why_protected(protectors[index])))
            elif any(shield.touches(self.document.span_of(index, index)) for shield in shields):
                blocked.append((index, "a recorded decision keeps it"))
        return blocked

    def _above(self, finding: Finding, blocked: Sequence[tuple[int, str]]) -> Finding | None:
        """A section cut short above the first line that must stay; None for other kinds, or if nothing is left."""
        if finding.rule.kind not in SECTION_KINDS:
            return None
        first, _ = self.document.lines_of(finding.span)
        last = blocked[0][0] - 1
        while last >= first and self.document.blank[last]:
            last -= 1
        if last < first:
            return None
        return replace(finding, span=self.document.span_of(first, last))

    def _splits_a_sentence(self, finding: Finding) -> bool:
        """Whether a cut takes lines out of the middle of a hard-wrapped paragraph."""
        document = self.document
        if document.paragraphs_by_line or finding.action is not Action.REMOVE or finding.rule.kind in COPY_KINDS:
            return False
        first, last = document.lines_of(finding.span)
        if first == 0 or last + 1 >= len(document.bounds):
            return False
        before, behind = first - 1, last + 1
        if any(document.blank[index] or self.scan.chrome[index] for index in (before, behind)):
            return False
        return not ends_sentence(document.line_texts[before])

    def _without_unread(self, removals: list[int], repairs: Sequence[int]) -> list[int]:
        """Removals without those of lines that are replaced whole, as mojibake is: what such a line says is not known yet.

        The next pass judges it by what it then says. Recorded decisions have judged already.
        """
        document = self.document
        anew: list[int] = []
        for number in repairs:
            span = self.findings[number].span
            first, last = document.lines_of(span)
            if span.start == document.bounds[first].start and span.end == document.bounds[last].stop:
                anew += range(first, last + 1)
        if not anew:
            return removals
        anew.sort()
        read: list[int] = []
        for number in removals:
            first, last = document.lines_of(self.findings[number].span)
            place = bisect_left(anew, first)
            if self.rulings[number].verdict != "remove" and place < len(anew) and anew[place] <= last:
                self.outcomes[number] = (Outcome.VOID, "a line of it reads otherwise once it is decoded anew")
            else:
                read.append(number)
        return read

    def _without_void_copies(self, removals: list[int]) -> list[int]:
        """Removals without the copies whose kept twin would go too. Strongest copies are accepted first.

        Where another rule takes something out of the kept copy, all copies that rules of this kind find wait for the next
        pass: a copy that went in part, or lost its title, might no longer be known as one.
        """
        accepted = [number for number in removals if not self._is_copy(number)]
        gone = bytearray(len(self.document.bounds))
        twins = bytearray(len(self.document.bounds))
        for number in accepted:
            self._mark(gone, self.findings[number].span)
        copies = [number for number in removals if self._is_copy(number)]
        waiting = {
            self.findings[number].rule.kind
            for number in copies
            if (twin := self._twin(number)) is not None and self._touches(gone, twin)
        }
        for number in sorted(copies, key=lambda number: strength(self.findings[number])):
            finding, twin = self.findings[number], self._twin(number)
            if finding.rule.kind in waiting:
                self.outcomes[number] = (Outcome.VOID, "the copy that it names goes too, at least in part")
            elif twin is not None and (self._touches(gone, twin) or self._touches(twins, finding.span)):
                self.outcomes[number] = (Outcome.VOID, "the copy that it names goes too")
            else:
                accepted.append(number)
                self._mark(gone, finding.span)
                if twin is not None:
                    self._mark(twins, twin)
        return sorted(accepted)

    def _twin(self, number: int) -> Span | None:
        kin = self.findings[number].evidence.kin
        return kin.span if kin is not None else None

    def _is_copy(self, number: int) -> bool:
        return self.findings[number].rule.kind in COPY_KINDS

    def _mark(self, flags: bytearray, span: Span) -> None:
        first, last = self.document.lines_of(span)
        for index in range(first, last + 1):
            if not self.document.blank[index]:
                flags[index] = 1

    def _touches(self, flags: bytearray, span: Span) -> bool:
        first, last = self.document.lines_of(span)
        return any(flags[first : last + 1])

    def _changes(self, removals: Sequence[int], repairs: Sequence[int]) -> list[Change]:
        groups = self._groups(removals)
        changes = [Change(self.document.span_of(first, last), "", tuple(numbers)) for first, last, numbers in groups]
        starts = [change.span for change in changes]
        reached, place = 0, 0
        # Of replacements that begin together the longest: a line that is decoded anew holds no control characters.
        for number in sorted(repairs, key=lambda one: (self.findings[one].span.start, -self.findings[one].span.end)):
            span = self.findings[number].span
            while place < len(starts) and starts[place].end <= span.start:
                place += 1
            if place < len(starts) and starts[place].touches(span):
                self.outcomes[number] = (Outcome.OVERLAPPED, "inside a removal")
            elif span.start < reached:
                self.outcomes[number] = (Outcome.OVERLAPPED, "inside another replacement")
            else:
                reached = span.end
                self.outcomes[number] = (Outcome.REPLACED, "")
                changes.append(Change(span, self.findings[number].replacement, (number,)))
        return sorted(changes, key=lambda change: change.span)

    def _groups(self, removals: Sequence[int]) -> list[tuple[int, int, list[int]]]:
        """Unions of removals that share lines, blank lines that go with them included: (first, last, numbers)."""
        groups: list[tuple[int, int, list[int]]] = []
        for number in removals:
            first, last = self.document.lines_of(self.findings[number].span)
            if groups and first <= groups[-1][1]:
                before, end, numbers = groups.pop()
                groups.append((before, max(end, last), [*numbers, number]))
            else:
                groups.append((first, last, [number]))
        for _, _, numbers in groups:
            numbers.sort(key=lambda number: strength(self.findings[number]))
            self._settle(numbers)
        return self._with_blank_lines(groups)

    def _settle(self, numbers: Sequence[int]) -> None:
        """Outcomes of the removals of one group: wholly inside a stronger one is `overlapped`."""
        stronger: list[Span] = []
        for number in numbers:
            span = self.findings[number].span
            holder = any(other.holds(span) for other in stronger)
            if holder:
                self.outcomes[number] = (Outcome.OVERLAPPED, "inside a stronger finding")
            else:
                self.outcomes[number] = (Outcome.REMOVED, self.rulings[number].reason)
                if len(stronger) < _MOST_COMPARED:
                    stronger.append(span)

    def _with_blank_lines(self, groups: list[tuple[int, int, list[int]]]) -> list[tuple[int, int, list[int]]]:
        """Blank lines right behind a cut go with it if a blank line or the start stands before it (DESIGN.md §11)."""
        blank = self.document.blank
        count = len(blank)
        grown: list[tuple[int, int, list[int]]] = []
        blank_before, position = True, 0
        for number, (first, last, members) in enumerate(groups):
            if first > position:
                blank_before = blank[first - 1]
            limit = groups[number + 1][0] if number + 1 < len(groups) else count
            end = last
            if blank_before:
                while end + 1 < limit and blank[end + 1]:
                    end += 1
            grown.append((first, end, members))
            position = end + 1
        if grown and grown[-1][1] == count - 1:
            self._take_blank_lines_above(grown)
        elif grown and all(blank[grown[-1][1] + 1 :]):
            first, _, members = grown[-1]
            grown[-1] = (first, count - 1, members)
            self._take_blank_lines_above(grown)
        return grown

    def _take_blank_lines_above(self, groups: list[tuple[int, int, list[int]]]) -> None:
        """At the end of the text, the blank lines before the closing cuts go too."""
        blank = self.document.blank
        number = len(groups) - 1
        while number >= 0:
            first, last, members = groups[number]
            floor = groups[number - 1][1] + 1 if number else 0
            start = first
            while start > floor and blank[start - 1]:
                start -= 1
            groups[number] = (start, last, members)
            if start != floor or not number:
                return
            number -= 1


#: An `overlapped` verdict is looked for among so many stronger removals of one group.
_MOST_COMPARED = 64
