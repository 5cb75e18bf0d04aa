"""A plan as one line of JSON, and back: for results that wait on disk until they are wanted again.

Rules stand as their ids, and are taken from those in force. What comes back equals what went in. Refuses what it does
not know with ValueError, so that whoever asks can make the plan anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from scrubber.model.edit import Edit, Plan
from scrubber.model.finding import Action, Confidence, Evidence, Finding, Kin, Outcome, RuleInfo, Span, Verdict


def coded_plan(plan: Plan, rules: Mapping[str, RuleInfo]) -> bytes:
    """A plan as JSON. Raises ValueError for one that speaks of rules that are not among `rules`. O(verdicts + edits)."""
    for verdict in plan.verdicts:
        rule = verdict.finding.rule
        if rules.get(rule.id) != rule:
            raise ValueError(f"{rule.id} is no rule that is known")
    verdicts = [_verdict_row(verdict) for verdict in plan.verdicts]
    edits = [[*edit.span, edit.replacement, edit.rules, edit.verdicts] for edit in plan.edits]
    return json.dumps([plan.document_id, edits, verdicts, plan.note], separators=(",", ":")).encode("ascii")


def plan_from(coded: bytes, rules: Mapping[str, RuleInfo]) -> Plan:
    """What `coded_plan` was given. Raises ValueError, LookupError or TypeError for anything else."""
    document_id, edits, verdicts, note = json.loads(coded)
    return Plan(
        document_id,
        tuple(
            Edit(Span(start, end), replacement, tuple(ids), tuple(numbers))
            for start, end, replacement, ids, numbers in edits
        ),
        tuple(_verdict(row, rules) for row in verdicts),
        note,
    )


def _verdict_row(verdict: Verdict) -> list[Any]:
    finding = verdict.finding
    evidence = finding.evidence
    return [
        finding.rule.id,
        finding.span,
        finding.action.value,
        int(finding.confidence),
        [evidence.summary, evidence.facts, _kin_row(evidence.kin) if evidence.kin is not None else None],
        finding.score,
        finding.replacement,
        finding.rights,
        finding.anchor,
        finding.fingerprint,
        verdict.outcome.value,
        verdict.reason,
    ]


def _kin_row(kin: Kin) -> list[Any]:
    return [kin.document_id, kin.first_line, kin.last_line, kin.measure, kin.score, kin.span, kin.differing]


def _verdict(row: Any, rules: Mapping[str, RuleInfo]) -> Verdict:
    rule, span, action, confidence, evidence, score, replacement, rights, anchor, fingerprint, outcome, reason = row
    summary, facts, kin = evidence
    finding = Finding(
        rule=rules[rule],
        span=Span(*span),
        action=Action(action),
        confidence=Confidence(confidence),
        evidence=Evidence(summary, tuple((name, told) for name, told in facts), _kin(kin) if kin is not None else None),
        score=score,
        replacement=replacement,
        rights=rights,
        anchor=Span(*anchor) if anchor is not None else None,
        fingerprint=fingerprint,
    )
    return Verdict(finding, Outcome(outcome), reason)


def _kin(row: Any) -> Kin:
    document_id, first, last, measure, score, span, differing = row
    marks = tuple((Span(*own), Span(*other)) for own, other in differing)
    return Kin(document_id, first, last, measure, score, Span(*span) if span is not None else None, marks)
