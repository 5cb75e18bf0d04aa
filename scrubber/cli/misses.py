"""Why a rule that nearly applies to a line does not: for `explain`, which must answer "why is this still here?"."""

from __future__ import annotations

from collections.abc import Iterator

from scrubber.detect import Scan
from scrubber.rules.schema import BetweenRule, HeadRule, LicenceRule, LineRule, ListingRule, Rule, TailRule
from scrubber.text.lines import trim

#: So many rules are named for one line.
MAX_MISSES = 3


def misses(scan: Scan, index: int) -> list[str]:
    """Rules whose pattern hits the line with this index, each with the condition that does not hold. O(rules)."""
    found: list[str] = []
    for rule in scan.compiled.ruleset.rules:
        reason = _reason(scan, rule, index)
        if reason:
            found.append(f"{rule.id}, {reason}")
            if len(found) == MAX_MISSES:
                break
    return found


def _reason(scan: Scan, rule: Rule, index: int) -> str:
    if isinstance(rule, LineRule | LicenceRule):
        if not scan.matches(rule, "match", index) or _is_about_neighbours(rule):
            return ""
        return next(_unmet(scan, rule, index), "but not where it stands")
    if isinstance(rule, TailRule | BetweenRule | ListingRule) and scan.matches(rule, "start", index):
        return f"whose opening line this is; what follows is no {rule.kind} section within its limits"
    if isinstance(rule, HeadRule) and scan.matches(rule, "end", index):
        return "whose closing line this is; what stands above is no head section within its limits"
    return ""


def _is_about_neighbours(rule: LineRule | LicenceRule) -> bool:
    """Whether the rule judges a line by what other rules hit around it: its pattern then hits nearly any line."""
    return isinstance(rule, LineRule) and (bool(rule.enclosed) or rule.where == "above-title")


def _unmet(scan: Scan, rule: LineRule | LicenceRule, index: int) -> Iterator[str]:
    """Conditions of the rule that do not hold on a line that its `match` hits."""
    document = scan.document
    length = len(trim(document.line_texts[index]))
    if length > rule.max_chars:
        yield f"wants {rule.max_chars} characters or fewer, has {length}"
    if scan.matches(rule, "unless", index):
        yield "but its `unless` hits the line too"
    if isinstance(rule, LineRule):
        yield from _unmet_by_others(scan, rule, index)
    if scan.is_topic(rule) and document.running[index]:
        yield "but a heading says that the document is about such lines"
    if not scan.zone(rule.where)(index):
        yield f"acts {_ZONES.get(rule.where, rule.where)} only"


def _unmet_by_others(scan: Scan, rule: LineRule, index: int) -> Iterator[str]:
    """Conditions about the other lines of the document."""
    copies = scan.copies[scan.document.keys[index]]
    if copies < rule.copies:
        yield f"wants the line {rule.copies} times in the document, found {copies}"
    above = scan.lines_hit(scan.compiled.matcher(rule, "above"))
    if rule.above and (not above or index >= above[0]):
        yield "wants to stand above a line that its `above` hits"
    below = scan.lines_hit(scan.compiled.matcher(rule, "below"))
    if rule.below and (not below or index <= below[-1]):
        yield "wants to stand below a line that its `below` hits"
    if index not in scan.lines_meeting(rule):
        yield "but another line of the document speaks against it"


_ZONES = {
    "head": "in the first quarter of the lines",
    "tail": "in the last quarter of the lines",
    "before-body": "above the running text",
    "after-body": "below the running text",
    "outside-body": "above or below the running text",
}
