"""Recorded decisions, brought to the findings they speak about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from scrubber.engine.anchors import fingerprint_in
from scrubber.engine.select import Ruling
from scrubber.model.document import Document
from scrubber.model.finding import Finding, Outcome, Verdict
from scrubber.rules.decisions import Decision, Decisions
from scrubber.rules.schema import Ruleset

_NO_RULING = Ruling()


def _reason_of(decision: Decision) -> str:
    return f"decided: {decision.reason}" if decision.reason else "decided"


class Rulings:
    """The decisions about one document."""

    def __init__(self, decisions: Decisions | None, document: Document, ruleset: Ruleset) -> None:
        self.document = document
        self.decisions: tuple[Decision, ...] = decisions.for_path(document.id) if decisions is not None else ()
        self.by_fingerprint = {decision.fingerprint: decision for decision in self.decisions}
        self.current_ids = dict(ruleset.aliases)
        self.old_ids: dict[str, list[str]] = {}
        for old, new in ruleset.aliases.items():
            self.old_ids.setdefault(new, []).append(old)

    def of(self, findings: Sequence[Finding], in_source: Callable[[Finding], Finding]) -> Callable[[Finding], Ruling]:
        """What the decisions say about each finding of a pass.

        `in_source` brings a finding into the coordinates of the decoded original, which fingerprints are made in. A
        `keep` or `later` that matches nothing makes what its rule finds `stale`: it was meant to leave something here.
        """
        if not self.decisions:
            return lambda finding: _NO_RULING
        found = {id(finding): self._decision(in_source(finding)) for finding in findings}
        used = {decision.fingerprint for decision in found.values() if decision is not None}
        stale = {
            self.current_ids.get(decision.rule, decision.rule)
            for decision in self.decisions
            if decision.verdict in ("keep", "later") and decision.fingerprint not in used
        }

        def ruling(finding: Finding) -> Ruling:
            decision = found[id(finding)]
            if decision is not None:
                return Ruling(decision.verdict, _reason_of(decision))
            if finding.rule.id in stale:
                return Ruling("stale", "a recorded decision to leave text no longer matches what this rule finds here")
            return _NO_RULING

        return ruling

    def on_built_in(self, verdicts: Sequence[Verdict]) -> list[Verdict]:
        """Verdicts of built-in rules that only flag, settled where a decision leaves the text as it is."""
        settled: list[Verdict] = []
        for verdict in verdicts:
            decision = self.by_fingerprint.get(verdict.finding.fingerprint)
            if verdict.outcome is Outcome.FLAGGED and decision is not None and decision.verdict in ("keep", "later"):
                verdict = replace(verdict, outcome=Outcome.DECIDED, reason=_reason_of(decision))
            settled.append(verdict)
        return settled

    def _decision(self, finding: Finding) -> Decision | None:
        for rule_id in (finding.rule.id, *self.old_ids.get(finding.rule.id, ())):
            decision = self.by_fingerprint.get(fingerprint_in(self.document, finding, rule_id))
            if decision is not None:
                return decision
        return None
