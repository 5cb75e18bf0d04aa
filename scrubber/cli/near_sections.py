"""Why a section that a line would belong to was not cut: the line that refutes it, or the limit that it breaks.

It looks again at what the detectors of `head`, `tail`, `between` and `listing` have looked at, and names the first
thing that stood in the way. A rule that has a verdict in the document is silent here: the verdict speaks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct

from scrubber.detect import Scan
from scrubber.detect.section import is_box_entry, is_entry
from scrubber.model import CleanResult
from scrubber.rules.schema import BetweenRule, HeadRule, ListingRule, Rule, TailRule


class _Refusal(Struct, frozen=True):
    """Why there is no section at a marker. `line` (or -1) is what stands in the way, of which `says` tells; without a
    line `says` is the whole reason. Lines from the marker to `reach` would belong to the section.
    """

    says: str
    line: int
    reach: int

    def words(self, index: int, numbers: Sequence[int]) -> str:
        """The reason, as it is told of the line `index`."""
        if self.line < 0:
            return self.says
        return f"but {'this line' if self.line == index else f'line {numbers[self.line]:,}'} {self.says}"


class NearSections:
    """The refused sections of one text; see `Misses` for what it is given. Judged markers are remembered."""

    def __init__(self, result: CleanResult, scan: Scan, numbers: Sequence[int]) -> None:
        self.scan = scan
        self.document = scan.document
        self.numbers = numbers
        self._found = {verdict.finding.rule.id for verdict in result.plan.verdicts}
        self._refusals: dict[tuple[str, int], _Refusal | None] = {}

    def reason(self, rule: Rule, index: int) -> str:
        """Why the section of `rule` that the line would open, close or belong to is none; empty where there is none."""
        if rule.id in self._found:
            return ""
        if isinstance(rule, TailRule | BetweenRule):
            return self._below_marker(rule, index)
        if isinstance(rule, HeadRule):
            return self._above_marker(rule, index)
        return self._listing(rule, index) if isinstance(rule, ListingRule) else ""

    def _below_marker(self, rule: TailRule | BetweenRule, index: int) -> str:
        marks = self.scan.lines_hit(self.scan.compiled.matcher(rule, "start"))
        place = bisect_right(marks, index) - 1
        if place < 0:
            return ""
        mark = marks[place]
        if (rule.id, mark) not in self._refusals:
            self._refusals[rule.id, mark] = (
                self._tail(rule, mark) if isinstance(rule, TailRule) else self._box(rule, mark)
            )
        refusal = self._refusals[rule.id, mark]
        if refusal is None or index > refusal.reach:
            return ""
        opened = "which this line opens" if index == mark else f"which line {self.numbers[mark]:,} opens"
        return f"{opened}, {refusal.words(index, self.numbers)}"

    def _tail(self, rule: TailRule, mark: int) -> _Refusal | None:
        scan, document = self.scan, self.document
        last = len(document.bounds) - 1
        foreign = reach = last
        for foreign in range(mark + 1, last + 2):
            if foreign > last or scan.protected[foreign] or scan.matches(rule, "stop", foreign):
                reach, foreign = foreign - 1, -1
                break
            if not document.blank[foreign] and not (
                is_entry(scan, rule, foreign) or scan.matches(rule, "start", foreign)
            ):
                reach = foreign
                break
        if scan.protected[mark]:
            return _Refusal("is protected by a keep rule", mark, reach)
        if not self._has_text_above(mark):
            return _Refusal("but no text that stays stands above it", -1, reach)
        return _Refusal(self._says(foreign), foreign, reach) if foreign >= 0 else None

    def _has_text_above(self, mark: int) -> bool:
        document, chrome = self.document, self.scan.chrome
        if not any(document.running):
            return 3 * mark >= len(document.bounds)
        return any(document.running[index] and not chrome[index] for index in range(mark))

    def _box(self, rule: BetweenRule, mark: int) -> _Refusal | None:
        scan, document = self.scan, self.document
        lines, entries, reach = 1, 0, mark
        for index in range(mark + 1, len(document.bounds)):
            if document.blank[index]:
                continue
            lines += 1
            if rule.end and lines <= rule.max_lines and scan.matches(rule, "end", index):
                return None
            if lines > rule.max_lines:
                break
            if scan.protected[index]:
                return _Refusal("is protected by a keep rule", index, index)
            if rule.entry and not is_box_entry(scan, rule, index):
                if rule.end:
                    return _Refusal(self._says(index), index, index)
                break
            entries, reach = entries + 1, index
        if rule.end:
            return _Refusal(f"but no line closes it within {rule.max_lines:,} lines", -1, reach)
        if entries >= rule.min_entries:
            return None
        return _Refusal(f"wants {rule.min_entries:,} entries below, has {entries:,}", -1, reach)

    def _above_marker(self, rule: HeadRule, index: int) -> str:
        """A head concerns the lines down to the one that refutes it, and its marker."""
        marks = self.scan.lines_hit(self.scan.compiled.matcher(rule, "end"))
        if not marks or not marks[0] or index > marks[0]:
            return ""
        mark = marks[0]
        if (rule.id, mark) not in self._refusals:
            self._refusals[rule.id, mark] = self._head(rule, mark)
        refusal = self._refusals[rule.id, mark]
        if refusal is None or refusal.reach < index < mark:
            return ""
        closed = "which ends above this line" if index == mark else f"which ends above line {self.numbers[mark]:,}"
        return f"{closed}, {refusal.words(index, self.numbers)}"

    def _head(self, rule: HeadRule, mark: int) -> _Refusal | None:
        for index in range(mark):
            if self.scan.protected[index]:
                return _Refusal("is protected by a keep rule", index, index)
            if not self.document.blank[index] and not is_entry(self.scan, rule, index):
                return _Refusal(self._says(index), index, index)
        return None

    def _listing(self, rule: ListingRule, index: int) -> str:
        scan = self.scan
        for name in ("entry", "label"):
            if scan.matches(rule, name, index):
                lines = scan.lines_hit(scan.compiled.matcher(rule, name))
                if len(lines) < rule.min_entries:
                    return f"wants {rule.min_entries:,} such lines down to the end of the text, has {len(lines):,}"
                return "but such lines do not reach the end of the text close enough together"
        if scan.matches(rule, "start", index):
            return "whose heading this is, but no run of entries down to the end stands below it"
        return ""

    def _says(self, index: int) -> str:
        return "is running text" if self.document.running[index] else "is no entry of it"
