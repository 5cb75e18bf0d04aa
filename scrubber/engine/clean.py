"""One document from text to plan: passes to a fixpoint, in two stages, with the document's guards between them.

1. Decisions, fixes, certain cuts, and copies whose twin stays, until nothing changes: the *base*.
2. All findings that are applied, until nothing changes.

The guards compare the second with the base and take or refuse it as a whole. Where none could refuse it whatever the base
is, no base is worked out. Refused, what can be found in the base alone is tried; refused again, the base is the output. A
base that eats the document is refused in turn, and the input is the output. Cleaning any of these results again gives
itself: each is a fixpoint, or what made the guards refuse is found again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scrubber.detect import DETECTORS, SECTION_KINDS, Scan, detector_of
from scrubber.engine.anchors import fingerprint_in
from scrubber.engine.builtin import encoding_verdicts
from scrubber.engine.draft import Change, Draft
from scrubber.engine.guards import Limits, base_refusal, passes_any_base, refusal
from scrubber.engine.rulings import Rulings
from scrubber.engine.select import Selection, select
from scrubber.model.document import Document
from scrubber.model.edit import CleanResult, Edit, Plan
from scrubber.model.finding import Finding, Kin, Outcome, Span, Verdict
from scrubber.model.known import KnownParagraphs
from scrubber.rules.builtin import KEEP_COMMENT, KNOWN_PARAGRAPH
from scrubber.rules.decisions import Decisions
from scrubber.rules.match import CompiledRules
from scrubber.rules.schema import NeardupRule, Rule, Ruleset, TemplateRule

if TYPE_CHECKING:
    from scrubber.corpus.line_counts import SharedLines
    from scrubber.model.copies import FrozenCopies

#: What has not settled after so many passes is left as it was, and flagged. The learned model may take a line more in
#: each pass, as the lines around it go.
MAX_PASSES = 16

_APPLIED = (Outcome.REMOVED, Outcome.REPLACED, Outcome.OVERLAPPED)


class _Applied(Struct, frozen=True):
    """A finding of some pass, in the coordinates of the first text, with what became of it."""

    finding: Finding
    outcome: Outcome
    reason: str


@dataclass(frozen=True)
class _Stage:
    """Where a stage ended: its draft, what it applied so far, its last selection, and whether it settled.

    `shown` are flags with kin of all its passes: once the copy around them is gone, the lines of it that differ from
    the kept one would not be known any more.
    """

    draft: Draft
    applied: tuple[_Applied, ...]
    last: Selection
    settled: bool
    shown: tuple[_Applied, ...] = ()
    #: Whether no pass has left anything for the second stage, which would then end here too.
    whole: bool = False


class Cleaner:
    """Cleans documents under one rule set, one set of decisions and one set of limits. Keeps no state of documents.

    `skip_builtin` names built-in rules (`core/encoding`, `core/bad-bytes`, `core/keep-comment`, `core/known-paragraph`)
    that are switched off. `known` is a corpus that paragraphs are looked up in.
    `shared` is what documents of the whole dump share; without it `template` rules are silent. `copies` is what was decided
    about each document of the run; without it rules that compare documents are. `leaves_out`: whether a document that is
    a copy of another one may have no output.
    """

    def __init__(
        self,
        ruleset: Ruleset,
        *,
        decisions: Decisions | None = None,
        limits: Limits | None = None,
        skip_builtin: Collection[str] = (),
        shared: SharedLines | None = None,
        known: KnownParagraphs | None = None,
        copies: FrozenCopies | None = None,
        leaves_out: bool = True,
    ) -> None:
        self.ruleset = ruleset
        self.limits = limits or Limits()
        self.decisions = decisions
        self.skip_builtin = frozenset(skip_builtin)
        self.compiled = CompiledRules(ruleset)
        by_kind = {kind: [rule for rule in ruleset.rules if rule.kind == kind] for kind in DETECTORS}
        self.detectors = {kind: detector_of(kind, rules) for kind, rules in by_kind.items() if rules}
        templates = [rule for rule in ruleset.rules if isinstance(rule, TemplateRule)]
        if templates and shared is not None:
            from scrubber.detect.template import TemplateDetector

            self.detectors["template"] = TemplateDetector(templates, shared)
        self.copies = copies
        self.leaves_out = leaves_out
        if copies is not None:
            from scrubber.detect.copies import CopiesDetector

            compared = [rule for rule in by_kind["neardup"] if isinstance(rule, NeardupRule)]
            self.detectors["copies"] = CopiesDetector(compared, copies)
        if known is not None:
            self._look_up(known, by_kind["neardup"])

    def _look_up(self, known: KnownParagraphs, rules: Sequence[Rule]) -> None:
        """Have the rules of corpus scope heard; where there is none, the built-in one."""
        from scrubber.detect.known import KnownDetector, built_in_rule

        chosen = [rule for rule in rules if isinstance(rule, NeardupRule) and rule.scope == "corpus"]
        if not chosen and KNOWN_PARAGRAPH.id not in self.skip_builtin:
            chosen.append(built_in_rule(known))
        if chosen:
            self.detectors["known"] = KnownDetector(chosen, known)

    def scan(self, document: Document) -> Scan:
        """The scan of a text under this cleaner's rules, for `explain` and for tests."""
        return Scan(document, self.compiled, heeds_comments=KEEP_COMMENT.id not in self.skip_builtin)

    def findings(self, scan: Scan) -> tuple[Finding, ...]:
        """Everything that the detectors claim about one text, in the order of the kinds.

        Sections are looked for first: what they take is evidence for rules that act among lines that others cut. The
        statistic comes last: what all others take is evidence for it.
        """
        kinds = sorted(self.detectors, key=lambda kind: (kind == "statistic", kind not in SECTION_KINDS))
        found: dict[str, tuple[Finding, ...]] = {}
        for kind in kinds:
            found[kind] = self.detect(kind, scan)
            if kind in SECTION_KINDS:
                scan.note_sections(found[kind])
            scan.note_removals(found[kind])
        return tuple(finding for kind in self.detectors for finding in found[kind])

    def detect(self, kind: str, scan: Scan) -> tuple[Finding, ...]:
        """What the detector of one kind claims about one text."""
        return tuple(self.detectors[kind].find(scan))

    def clean(self, document: Document) -> CleanResult:
        """The clean text of one document, and the plan that leads to it. Pure: equal documents give equal results."""
        decided = self.copies.of(document.id) if self.copies is not None else None
        if decided is None or not decided.copies:
            return _Run(self, document).result()
        from scrubber.engine.copies import with_copies

        return with_copies(self, document, decided, lambda cleaner: _Run(cleaner, document).result())


class _Run:
    """The passes over one document."""

    def __init__(self, cleaner: Cleaner, document: Document) -> None:
        self.cleaner = cleaner
        self.limits = cleaner.limits
        self.document = document
        self.rulings = Rulings(cleaner.decisions, document, cleaner.ruleset)
        #: What was found in each draft, by its text: both stages begin with the same one.
        self.seen: dict[str, tuple[Scan, tuple[Finding, ...]]] = {}
        self.documents: dict[str, Document] = {}
        #: Copies that are left alone because a later pass takes the text that they name: rule, span, span of the kin.
        self.barred: set[tuple[str, Span, Span | None]] = set()

    def result(self) -> CleanResult:
        """The result in which every copy that goes names a text that stays."""
        result = self._attempt()
        for _ in range(MAX_PASSES):
            orphans = _orphans(result)
            if not orphans:
                break
            self.barred |= orphans
            result = self._attempt()
        return result

    def _attempt(self) -> CleanResult:
        """Both stages, and what the guards make of them. The base is worked out where a guard might refuse the second."""
        # All applied findings start from the text as it was read: what certain rules cut is evidence for others.
        full = self._stage(Draft(self.document.text), (), base_only=False)
        if full.settled and passes_any_base(self.document, self._as_document(full.draft), self.limits):
            return self._finished(full, "")
        base = self._stage(Draft(self.document.text), (), base_only=True)
        base_document = self._as_document(base.draft)
        if not base.settled:
            return self._untouched(f"the base did not settle after {MAX_PASSES} passes")
        note = base_refusal(self.document, base_document, _decided_chars(base) + _mended_chars(base.draft), self.limits)
        if note:
            return self._untouched(note)
        if base.whole:
            return self._finished(base, "")
        note = self._why_not(full, base_document)
        if note and base.draft.changes:
            # Refused. What can be found in the base alone may pass; if not, cleaning the base again would say so too.
            shorter = self._stage(base.draft, base.applied, base_only=False)
            if not self._why_not(shorter, base_document):
                return self._finished(shorter, note)
        return self._finished(base if note else full, note)

    def _why_not(self, full: _Stage, base_document: Document) -> str:
        """Why the guards refuse what all applied findings leave, or an empty string."""
        if not full.settled:
            return f"further cuts did not settle after {MAX_PASSES} passes"
        return refusal(base_document, self._as_document(full.draft), self.limits)

    def _as_document(self, draft: Draft) -> Document:
        if not draft.changes:
            return self.document
        if draft.text not in self.documents:
            document = self.document

            def line_of(start: int) -> int:
                return document.line_at(draft.to_source(Span(start, start + 1)).start)

            self.documents[draft.text] = document.edited(draft.text, line_of)
        return self.documents[draft.text]

    def _select(self, draft: Draft, *, base_only: bool, with_statistic: bool = True) -> Selection:
        if draft.text not in self.seen:
            scan = self.cleaner.scan(self._as_document(draft))
            self.seen[draft.text] = scan, self.cleaner.findings(scan)
        scan, findings = self.seen[draft.text]
        if not with_statistic:
            findings = tuple(finding for finding in findings if finding.rule.kind != "statistic")
        if self.barred:
            findings = tuple(
                finding for finding in findings if _naming(_in_source(self.document, draft, finding)) not in self.barred
            )
        rulings = self.rulings.of(findings, lambda finding: _in_source(self.document, draft, finding))
        return select(scan, findings, rulings, self.limits.min_confidence, base_only=base_only)

    def _stage(self, draft: Draft, applied: tuple[_Applied, ...], *, base_only: bool) -> _Stage:
        """Passes until nothing changes; where the learned model keeps them going, without it as far as it goes.

        From there the model is heard again: what it finds there must settle, or cleaning the result once more would
        not give itself.
        """
        stage = self._passes(draft, applied, base_only=base_only)
        if stage.settled or "statistic" not in self.cleaner.detectors:
            return stage
        quiet = self._passes(draft, applied, base_only=base_only, with_statistic=False)
        if not quiet.settled:
            return quiet
        again = self._passes(quiet.draft, quiet.applied, base_only=base_only)
        return again if again.settled else quiet

    def _passes(
        self, draft: Draft, applied: tuple[_Applied, ...], *, base_only: bool, with_statistic: bool = True
    ) -> _Stage:
        """Passes until nothing changes, or too many."""
        shown: list[_Applied] = []
        whole = True
        for _ in range(MAX_PASSES):
            selection = self._select(draft, base_only=base_only, with_statistic=with_statistic)
            whole = whole and None not in selection.outcomes
            if not selection.changes:
                return _Stage(draft, applied, selection, settled=True, shown=tuple(shown), whole=whole)
            offset = len(applied)
            numbers: dict[int, int] = {}
            fresh: list[_Applied] = []
            for number, (finding, outcome) in enumerate(zip(selection.findings, selection.outcomes, strict=True)):
                if outcome is not None and outcome[0] in _APPLIED:
                    numbers[number] = offset + len(fresh)
                    fresh.append(_Applied(_in_source(self.document, draft, finding), *outcome))
                elif outcome is not None and outcome[0] is Outcome.FLAGGED and finding.evidence.kin is not None:
                    shown.append(_Applied(_in_source(self.document, draft, finding), *outcome))
            changes = [
                Change(change.span, change.replacement, tuple(numbers[number] for number in change.findings))
                for change in selection.changes
            ]
            draft, applied = draft.apply(changes), applied + tuple(fresh)
        return _Stage(draft, applied, selection, settled=False)

    def _untouched(self, note: str) -> CleanResult:
        """The input as output: everything that would have been applied is held back."""
        draft = Draft(self.document.text)
        selection = self._select(draft, base_only=False)
        return self._finished(_Stage(draft, (), selection, settled=True), note)

    def _finished(self, stage: _Stage, note: str) -> CleanResult:
        """Verdicts in the order of the text, and edits that name theirs."""
        document = self.document
        verdicts = [Verdict(item.finding, item.outcome, item.reason) for item in stage.applied]
        for finding, outcome in zip(stage.last.findings, stage.last.outcomes, strict=True):
            if outcome is None or outcome[0] in _APPLIED:
                outcome = (Outcome.LIMITED, note)
            verdicts.append(Verdict(_in_source(document, stage.draft, finding), *outcome))
        verdicts += self._still_shown(stage, verdicts)
        verdicts = [
            Verdict(
                replace(item.finding, fingerprint=fingerprint_in(document, item.finding)), item.outcome, item.reason
            )
            for item in verdicts
        ]
        order = sorted(range(len(verdicts)), key=lambda number: _verdict_order(verdicts[number], number))
        built_in = self.rulings.on_built_in(
            [item for item in encoding_verdicts(document) if item.finding.rule.id not in self.cleaner.skip_builtin]
        )
        place = {number: len(built_in) + position for position, number in enumerate(order)}
        edits = [
            Edit(
                change.span,
                change.replacement,
                tuple(dict.fromkeys(verdicts[number].finding.rule.id for number in change.findings)),
                tuple(place[number] for number in change.findings),
            )
            for change in stage.draft.changes
            if document.text[change.span.start : change.span.end] != change.replacement
        ]
        plan = Plan(document.id, tuple(edits), (*built_in, *(verdicts[number] for number in order)), note)
        return CleanResult(document, stage.draft.text, plan)

    @staticmethod
    def _still_shown(stage: _Stage, verdicts: Sequence[Verdict]) -> list[Verdict]:
        """Flags of earlier passes whose text and whose kin are both untouched, each once."""
        known = {(verdict.finding.rule.id, verdict.finding.span) for verdict in verdicts}
        spans = [change.span for change in stage.draft.changes]
        starts = [span.start for span in spans]
        found: list[Verdict] = []
        for item in stage.shown:
            kin = item.finding.evidence.kin
            key = item.finding.rule.id, item.finding.span
            if key in known or kin is None or _touched(item.finding.span, spans, starts):
                continue
            if kin.span is None or not _touched(kin.span, spans, starts):
                known.add(key)
                found.append(Verdict(item.finding, item.outcome, item.reason))
        return found


def _naming(finding: Finding) -> tuple[str, Span, Span | None]:
    """What a copy claims: which rule says that which text repeats which."""
    kin = finding.evidence.kin
    return finding.rule.id, finding.span, kin.span if kin is not None else None


def _orphans(result: CleanResult) -> set[tuple[str, Span, Span | None]]:
    """Copies that went although nothing is left of the text that they name."""
    document = result.document
    spans = [edit.span for edit in result.plan.edits if not edit.replacement]
    starts = [span.start for span in spans]
    orphans: set[tuple[str, Span, Span | None]] = set()
    for verdict in result.plan.verdicts:
        kin = verdict.finding.evidence.kin
        if verdict.outcome not in _APPLIED or kin is None or kin.span is None:
            continue
        first, last = document.lines_of(kin.span)
        written = [index for index in range(first, last + 1) if not document.blank[index]]
        if all(_is_gone(document.line(index).span, spans, starts) for index in written):
            orphans.add(_naming(verdict.finding))
    return orphans


def _touched(span: Span, spans: Sequence[Span], starts: Sequence[int]) -> bool:
    """Whether one of some sorted, disjoint spans shares a code point with `span`. O(log n)."""
    place = bisect_left(starts, span.end) - 1
    return place >= 0 and spans[place].end > span.start


def _is_gone(span: Span, spans: Sequence[Span], starts: Sequence[int]) -> bool:
    """Whether sorted, disjoint spans take every code point of `span`. O(log n + spans within it)."""
    reached = span.start
    for place in range(max(0, bisect_right(starts, span.start) - 1), len(spans)):
        if reached >= span.end or spans[place].start > reached:
            break
        reached = max(reached, spans[place].end)
    return reached >= span.end


def _verdict_order(verdict: Verdict, number: int) -> tuple[Span, str, str, int]:
    return verdict.finding.span, verdict.finding.rule.id, verdict.outcome.value, number


def _mended_chars(draft: Draft) -> int:
    """By how much replacements are shorter than what they stand for: nothing of that is lost. O(changes)."""
    return sum(
        max(0, change.span.end - change.span.start - len(change.replacement))
        for change in draft.changes
        if change.replacement
    )


def _decided_chars(stage: _Stage) -> int:
    """Code points that recorded `remove` decisions took."""
    return sum(
        item.finding.span.end - item.finding.span.start for item in stage.applied if item.reason.startswith("decided")
    )


def _in_source(document: Document, draft: Draft, finding: Finding) -> Finding:
    """A finding about the draft in the coordinates of the decoded original."""
    if not draft.changes and finding.anchor is not None:
        return finding
    span = draft.to_source(finding.span)
    anchor = draft.to_source(finding.anchor or finding.span)
    evidence = finding.evidence
    if evidence.kin is not None and evidence.kin.span is not None:
        evidence = replace(evidence, kin=_kin_in_source(document, draft, evidence.kin))
    return replace(finding, span=span, anchor=anchor, evidence=evidence)


def _kin_in_source(document: Document, draft: Draft, kin: Kin) -> Kin:
    assert kin.span is not None  # noqa: S101  (the caller has looked)
    span = draft.to_source(kin.span)
    first, last = document.lines_of(span)
    return replace(kin, span=span, first_line=first + 1, last_line=last + 1)
