"""What the rest of a run makes of one document: copies in it, texts that must stay for others, and itself as a copy.

A document that is left out has one verdict and one edit, which takes all of its text; so its line of the ledger gives it
back. Where cutting copies would leave too little, or would take along a text that copies elsewhere were cut for, copies
in this document are flagged, and everything else is as if nobody had compared it.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scrubber.detect.copies import CopiesDetector, HeldCopies, duplicate_finding, still_holds
from scrubber.engine.anchors import fingerprint_in
from scrubber.engine.rulings import Rulings
from scrubber.model.copies import DocumentCopies
from scrubber.model.document import Document
from scrubber.model.edit import CleanResult, Edit, Plan
from scrubber.model.finding import Action, Confidence, Finding, Outcome, Span, Verdict
from scrubber.rules.schema import DuplicateRule

if TYPE_CHECKING:
    from scrubber.engine.clean import Cleaner

#: Cleans the document in hand as a cleaner does.
Passes = Callable[["Cleaner"], CleanResult]

IN_PLACE = "in place no document is left out"


def with_copies(cleaner: Cleaner, document: Document, decided: DocumentCopies, passes: Passes) -> CleanResult:
    """The clean text of a document of which something was decided: by `passes`, unless it is left out as a whole."""
    whole = _whole_verdict(cleaner, document, decided)
    if whole is not None and whole.outcome is Outcome.REMOVED:
        edit = Edit(Span(0, len(document.text)), "", (whole.finding.rule.id,), (0,))
        return CleanResult(document, "", Plan(document.id, (edit,), (whole,)))
    result = passes(cleaner)
    if _asks_to_cut(cleaner, decided) and not _stands(result, decided):
        result = passes(_holding_back(cleaner))
    if whole is None:
        return result
    # It is about the whole text, so it stands first; edits name verdicts by number.
    plan = result.plan
    edits = tuple(replace(edit, verdicts=tuple(number + 1 for number in edit.verdicts)) for edit in plan.edits)
    return replace(result, plan=replace(plan, edits=edits, verdicts=(whole, *plan.verdicts)))


def _holding_back(cleaner: Cleaner) -> Cleaner:
    """The same cleaner, but copies of other documents are only flagged."""
    other, detector = copy(cleaner), cleaner.detectors["copies"]
    if isinstance(detector, CopiesDetector):
        other.detectors = cleaner.detectors | {"copies": HeldCopies(detector)}
    return other


def _asks_to_cut(cleaner: Cleaner, decided: DocumentCopies) -> bool:
    """Whether a copy in the document is to go, so that other texts may go with it."""
    detector = cleaner.detectors.get("copies")
    if not isinstance(detector, CopiesDetector):
        return False
    rules = (detector.rules.get(copy.rule) for copy in decided.copies)
    return any(rule is not None and rule.action is Action.REMOVE for rule in rules)


def _stands(result: CleanResult, decided: DocumentCopies) -> bool:
    """Whether a result may stand: no limit held its cuts back, or copies went all the same; and what must stay is there."""
    from scrubber.engine.observe import cleaned_document

    document = result.document
    cut = any(
        verdict.outcome is Outcome.REMOVED
        and verdict.finding.evidence.kin is not None
        and verdict.finding.evidence.kin.document_id != document.id
        for verdict in result.plan.verdicts
    )
    if result.plan.note and not cut:
        return False
    return not decided.kept or still_holds(cleaned_document(result)[0], decided)


def _whole_verdict(cleaner: Cleaner, document: Document, decided: DocumentCopies) -> Verdict | None:
    """What becomes of a document as a copy of another one; None where no rule in force says that it is one."""
    rules = {rule.id: rule for rule in cleaner.ruleset.rules if isinstance(rule, DuplicateRule)}
    found = [(rules[copy.rule], copy) for copy in decided.copies if not copy.text and copy.rule in rules]
    if not found:
        return None
    rule, said = min(found, key=lambda pair: (pair[0].action is not Action.REMOVE, -pair[1].score, pair[0].id))
    finding = duplicate_finding(document, rule, said)
    finding = replace(finding, fingerprint=fingerprint_in(document, finding))
    outcome, reason = _outcome(cleaner, document, finding)
    if outcome is Outcome.REMOVED:
        finding = replace(finding, action=Action.REMOVE)
    return Verdict(finding, outcome, reason)


def _outcome(cleaner: Cleaner, document: Document, finding: Finding) -> tuple[Outcome, str]:
    """In the order of all findings: what keeps, decisions, the rule's own action and confidence."""
    if any(cleaner.scan(document).protected):
        return Outcome.KEPT, "a line of it is protected"
    rulings = Rulings(cleaner.decisions, document, cleaner.ruleset)
    ruling = rulings.of((finding,), lambda one: one)(finding)
    if ruling.verdict in ("keep", "later"):
        return Outcome.DECIDED, ruling.reason
    if ruling.verdict != "remove":
        if finding.action is not Action.REMOVE or ruling.verdict == "stale":
            return Outcome.FLAGGED, ruling.reason
        least = cleaner.limits.min_confidence
        if finding.confidence < least:
            return Outcome.FLAGGED, f"{Confidence(finding.confidence).word} is below {least.word}"
    if not cleaner.leaves_out:
        return Outcome.FLAGGED, IN_PLACE
    return Outcome.REMOVED, ruling.reason
