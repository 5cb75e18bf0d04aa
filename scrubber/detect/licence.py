"""Licence lines: rights statements that leave the text but stay on record.

A lone © proves nothing, and a statement inside a longer paragraph is part of what its author says: neither is cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scrubber.detect.scan import Scan
from scrubber.model.finding import Action, Evidence, Finding, Span
from scrubber.rules.schema import LicenceRule
from scrubber.text.wording import Wording

#: The SPDX word for a statement that names no licence.
NO_ASSERTION = "NOASSERTION"


class LicenceDetector:
    """Findings of `licence` rules: one for each line, with `rights` set where the rule records."""

    def __init__(self, rules: Sequence[LicenceRule]) -> None:
        self.rules = tuple(rules)

    def find(self, scan: Scan) -> Iterator[Finding]:
        """Each licence line that stands where a rule may act, under the rule that says most about it. O(hits)."""
        document = scan.document
        best: dict[int, tuple[tuple[bool, int], LicenceRule]] = {}
        for rule in self.rules:
            indexes = scan.rule_lines.get(rule.id)
            if indexes is None:
                continue
            allowed = scan.zone(rule.where)
            for index in indexes:
                if not allowed(index) or scan.spares(rule, index) or _inside_paragraph(scan, index):
                    continue
                says = _says(scan, rule, index)
                if index not in best or says > best[index][0]:
                    best[index] = says, rule
        for index, (_, rule) in sorted(best.items()):
            start, stop, after = document.bounds[index]
            yield Finding(
                rule=rule.info,
                span=Span(start, after),
                action=rule.action,
                confidence=rule.confidence,
                evidence=Evidence(rule.info.why or rule.info.title, (("licence", rule.spdx),)),
                rights=rule.spdx if rule.record and rule.action is Action.REMOVE else None,
                anchor=Span(start, stop),
            )


def _says(scan: Scan, rule: LicenceRule, index: int) -> tuple[bool, int]:
    """How much a rule says about a line: whether it names the licence, and how close the line comes to it.

    Licences of one family differ by a word, so that a line may be within the reach of several wordings.
    """
    key = scan.document.keys[index]
    score = max((Wording.of(wording).score(key) for wording in rule.wording), default=0)
    return rule.spdx != NO_ASSERTION, 1000 if scan.matches(rule, "match", index) else score


def _inside_paragraph(scan: Scan, index: int) -> bool:
    """Whether the line is one of several of a hard-wrapped paragraph that is more than rights statements."""
    document = scan.document
    if document.paragraphs_by_line:
        return False
    for step in (-1, 1):
        other = index + step
        if 0 <= other < len(document.bounds) and not document.blank[other] and not scan.chrome[other]:
            return True
    return False
