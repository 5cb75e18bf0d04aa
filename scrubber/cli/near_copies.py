"""Why a line that stands in the document twice is still there: its copy went, or the run of copies is too short."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from scrubber.detect import Scan
from scrubber.model import CleanResult, Outcome
from scrubber.rules.schema import RepeatRule

#: Shorter lines, in code points of the folded line, repeat in any text and mean nothing.
_MIN_CHARS = 8
#: So many other places of a line are looked at; a line that stands more often is chrome or a refrain.
_MAX_PLACES = 16


class NearCopies:
    """The copies that stay in one text; see `Misses` for what it is given."""

    def __init__(self, result: CleanResult, scan: Scan, numbers: Sequence[int]) -> None:
        self.result = result
        self.document = scan.document
        self.numbers = numbers

    def reason(self, rule: RepeatRule, index: int) -> str:
        """Why `rule` leaves this one of two equal lines alone, or an empty string. O(lines that the rule wants)."""
        document = self.document
        taken = self._kept_for.get((rule.id, self.numbers[index]))
        if taken is not None:
            return f"which took the copy in {taken} and keeps this one"
        key = document.keys[index]
        if len(key) < _MIN_CHARS:
            return ""
        places = [place for place in document.places_of_key[key][:_MAX_PLACES] if place != index]
        runs = [(*self._run(rule, index, place), -self.numbers[place]) for place in places]
        if not runs:
            return ""
        lines, characters, other = max(runs)
        if lines < rule.min_lines:
            return f"wants {rule.min_lines:,} lines that repeat in a row, has {lines:,} with line {-other:,}"
        if characters < rule.min_chars:
            return f"wants {rule.min_chars:,} characters that repeat in a row, has {characters:,} with line {-other:,}"
        if rule.min_lines == 1:
            return ""  # a single line that stands twice says nothing by itself
        return f"but does not take the lines around line {-other:,} for a second copy of these"

    @cached_property
    def _kept_for(self) -> dict[tuple[str, int], str]:
        """For rules and the numbers of lines that their removals name as the copy that stays, the lines that went."""
        document = self.result.document
        found: dict[tuple[str, int], str] = {}
        for verdict in self.result.plan.verdicts:
            kin = verdict.finding.evidence.kin
            if verdict.outcome is not Outcome.REMOVED or kin is None or kin.span is None:
                continue
            if kin.document_id == document.id:
                first, last = document.lines_of(verdict.finding.span)
                words = f"line {first + 1:,}" if first == last else f"lines {first + 1:,} to {last + 1:,}"
                first, last = document.lines_of(kin.span)
                for index in range(first, last + 1):
                    found.setdefault((verdict.finding.rule.id, index + 1), words)
        return found

    @cached_property
    def _written(self) -> list[int]:
        return [index for index, blank in enumerate(self.document.blank) if not blank]

    @cached_property
    def _position(self) -> dict[int, int]:
        return {index: place for place, index in enumerate(self._written)}

    def _run(self, rule: RepeatRule, here: int, there: int) -> tuple[int, int]:
        """Equal lines and characters around two equal lines, blank ones passed over, until the rule has enough."""
        keys, texts, written = self.document.keys, self.document.line_texts, self._written
        lines, characters = 1, len(texts[here])
        for step in (-1, 1):
            first, second = self._position[here] + step, self._position[there] + step
            while min(first, second) >= 0 and max(first, second) < len(written):
                met = written[first] == there or written[second] == here
                enough = lines >= rule.min_lines and characters >= rule.min_chars
                if met or enough or keys[written[first]] != keys[written[second]]:
                    break
                lines += 1
                characters += len(texts[written[first]])
                first, second = first + step, second + step
        return lines, characters
