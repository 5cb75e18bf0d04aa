"""Whole lines that match a rule, in the part of the document where the rule may act."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scrubber.detect.scan import Scan
from scrubber.model.finding import Evidence, Finding, Span
from scrubber.rules.schema import FRAME_WHERE, LineRule, leans_on_others


class LineDetector:
    """Findings of `line` rules: one for each line and rule."""

    def __init__(self, rules: Sequence[LineRule]) -> None:
        self.rules = tuple(rules)
        self._places = {rule.id: place for place, rule in enumerate(self.rules)}
        self._leaning = [place for place, rule in enumerate(self.rules) if leans_on_others(rule)]

    def find(self, scan: Scan) -> Iterator[Finding]:
        """Each hit line that stands where the rule may act. O(hits)."""
        document = scan.document
        hit = (self._places[rule_id] for rule_id in scan.rule_lines if rule_id in self._places)
        for rule in [self.rules[place] for place in sorted({*hit, *self._leaning})]:
            indexes = _lines_of(scan, rule)
            if not indexes:
                continue
            allowed = scan.zone(rule.where)
            for index in indexes:
                if not allowed(index) or scan.spares(rule, index):
                    continue
                start, stop, after = document.bounds[index]
                yield Finding(
                    rule=rule.info,
                    span=Span(start, after),
                    action=rule.action,
                    confidence=rule.confidence,
                    evidence=Evidence(rule.info.why or rule.info.title, _facts(rule, scan, index)),
                    anchor=Span(start, stop),
                )


def _lines_of(scan: Scan, rule: LineRule) -> list[int]:
    if rule.enclosed:
        return scan.enclosed_lines(rule)
    if rule.where in FRAME_WHERE:
        return scan.lines_meeting(rule)
    return scan.rule_lines.get(rule.id, [])


def _facts(rule: LineRule, scan: Scan, index: int) -> tuple[tuple[str, str], ...]:
    facts: list[tuple[str, str]] = []
    if rule.where != "anywhere":
        facts.append(("stands", rule.where))
    if rule.copies > 1:
        facts.append(("copies", str(scan.copies[scan.document.keys[index]])))
    return tuple(facts)
