"""A plan as plain values that JSON can hold, and back: equal to what it was, or refused.

Rules are written once and named by their places. What is read back may come from anywhere: every value is looked at, and
spans must lie inside the text.
"""

from __future__ import annotations

from typing import Any

from scrubber.model.document import Document
from scrubber.model.edit import Edit, Plan
from scrubber.model.finding import Action, Confidence, Evidence, Finding, Kin, Outcome, RuleInfo, Span, Verdict


def written_plan(plan: Plan) -> list[Any]:
    """A plan as lists, texts and numbers. Its document is not named. O(findings)."""
    rules: dict[RuleInfo, int] = {}
    verdicts = [_written_verdict(verdict, rules) for verdict in plan.verdicts]
    edits = [[*edit.span, edit.replacement, list(edit.rules), list(edit.verdicts)] for edit in plan.edits]
    infos = [[rule.id, rule.kind, rule.title, rule.why, rule.declared_at] for rule in rules]
    return [plan.note, infos, verdicts, edits]


def _written_verdict(verdict: Verdict, rules: dict[RuleInfo, int]) -> list[Any]:
    finding, evidence = verdict.finding, verdict.finding.evidence
    return [
        rules.setdefault(finding.rule, len(rules)),
        *finding.span,
        finding.action.value,
        int(finding.confidence),
        evidence.summary,
        [list(fact) for fact in evidence.facts],
        _written_kin(evidence.kin) if evidence.kin is not None else None,
        finding.score,
        finding.replacement,
        finding.rights,
        list(finding.anchor) if finding.anchor is not None else None,
        finding.fingerprint,
        verdict.outcome.value,
        verdict.reason,
    ]


def _written_kin(kin: Kin) -> list[Any]:
    span = list(kin.span) if kin.span is not None else None
    differing = [[*own, *other] for own, other in kin.differing]
    return [kin.document_id, kin.first_line, kin.last_line, kin.measure, kin.score, span, differing]


def plan_in(value: Any, document: Document) -> Plan:
    """The plan of a document that `written_plan` has made lists of. O(findings).

    Raises `LookupError`, `TypeError`, `ValueError` or `AttributeError` for what it never makes.
    """
    note, infos, verdicts, edits = value
    rules = [RuleInfo(*map(_text, info)) for info in infos]
    chars = len(document.text)
    read = tuple(_verdict(row, rules, chars) for row in verdicts)
    return Plan(document.id, tuple(_edit(row, chars, len(read)) for row in edits), read, _text(note))


def _edit(row: Any, chars: int, verdicts: int) -> Edit:
    start, end, replacement, rules, places = row
    if not all(type(place) is int and 0 <= place < verdicts for place in places):
        raise ValueError("an edit of findings that are not there")
    return Edit(_span((start, end), chars), _text(replacement), tuple(map(_text, rules)), tuple(places))


def _verdict(row: Any, rules: list[RuleInfo], chars: int) -> Verdict:
    rule, start, end, action, confidence, summary, facts, kin, score, replacement, rights, anchor, *rest = row
    fingerprint, outcome, reason = map(_text, rest)
    pairs = tuple((_text(name), _text(said)) for name, said in facts)
    finding = Finding(
        rule=rules[_number(rule)],
        span=_span((start, end), chars),
        action=Action(action),
        confidence=Confidence(confidence),
        evidence=Evidence(_text(summary), pairs, _kin(kin, chars) if kin is not None else None),
        score=_number(score),
        replacement=_text(replacement),
        rights=_text(rights) if rights is not None else None,
        anchor=_span(anchor, chars) if anchor is not None else None,
        fingerprint=fingerprint,
    )
    return Verdict(finding, Outcome(outcome), reason)


def _kin(row: Any, chars: int) -> Kin:
    document_id, first, last, measure, score, span, differing = row
    return Kin(
        _text(document_id),
        _number(first),
        _number(last),
        _text(measure),
        _number(score),
        _span(span, chars) if span is not None else None,
        tuple((_span(each[:2], chars), _span(each[2:], chars)) for each in differing),
    )


def _span(value: Any, chars: int) -> Span:
    start, end = value
    if not (type(start) is int and type(end) is int and 0 <= start <= end <= chars):
        raise ValueError("a span outside the text")
    return Span(start, end)


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("no text")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise TypeError("no number")
    return value
