"""What a baseline makes of a result: recorded findings are settled, and no edit is left that they alone ask for.

For `check` only. Refuses to quiet an edit that any new finding has a part in: a hunk is shown whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from msgspec import Struct
from msgspec.structs import replace

from scrubber.engine.anchors import fingerprint_in
from scrubber.model import CleanResult, Document, Edit, Finding, Outcome, Plan, Verdict
from scrubber.model.edit import apply_edits
from scrubber.rules.baseline import Baseline

#: What stands beside a finding that is quiet because of a baseline.
IN_BASELINE = "in the baseline"
APPLIED = frozenset((Outcome.REMOVED, Outcome.REPLACED))
#: What nobody has settled yet.
OPEN = APPLIED | {Outcome.FLAGGED, Outcome.LIMITED}


class Quieted(Struct, frozen=True):
    """A result under a baseline. `quiet` counts findings that were open, `met` names the entries that are still found.

    `met` has fingerprints as the entries have them, under whatever name of a rule.
    """

    result: CleanResult
    quiet: int = 0
    met: frozenset[str] = frozenset()


def old_names(aliases: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The former ids of each rule, by its present one."""
    names: dict[str, list[str]] = {}
    for old, new in aliases.items():
        names.setdefault(new, []).append(old)
    return {new: tuple(sorted(old)) for new, old in names.items()}


def quieted(result: CleanResult, baseline: Baseline, former: Mapping[str, tuple[str, ...]]) -> Quieted:
    """A result in which what the baseline records is `decided`, and changes nothing. O(findings + text).

    `former` are old names of rules (`old_names`): an entry of a rule that was renamed still matches.
    """
    recorded = {entry.fingerprint for entry in baseline.for_path(result.document.id)}
    if not recorded:
        return Quieted(result)
    plan = result.plan
    names = [_name_in(recorded, result.document, verdict.finding, former) for verdict in plan.verdicts]
    kept = tuple(edit for edit in plan.edits if not _is_recorded(edit, plan.verdicts, names))
    shown = {number for edit in kept for number in edit.verdicts}
    quiet = [
        name is not None and number not in shown and verdict.outcome in OPEN
        for number, (name, verdict) in enumerate(zip(names, plan.verdicts, strict=True))
    ]
    verdicts = tuple(
        replace(verdict, outcome=Outcome.DECIDED, reason=IN_BASELINE) if settled else verdict
        for settled, verdict in zip(quiet, plan.verdicts, strict=True)
    )
    text = result.text if len(kept) == len(plan.edits) else apply_edits(result.document.text, kept)
    note = plan.note if any(verdict.outcome in OPEN for verdict in verdicts) else ""
    met = frozenset(name for name in names if name is not None)
    return Quieted(CleanResult(result.document, text, Plan(plan.document_id, kept, verdicts, note)), sum(quiet), met)


def _is_recorded(edit: Edit, verdicts: Sequence[Verdict], names: Sequence[str | None]) -> bool:
    """Whether all findings that an edit acts on are recorded; what is merely overlapped asks for nothing."""
    asking = [number for number in edit.verdicts if verdicts[number].outcome in APPLIED]
    return bool(asking) and all(names[number] is not None for number in asking)


def _name_in(
    recorded: Set[str], document: Document, finding: Finding, former: Mapping[str, tuple[str, ...]]
) -> str | None:
    """The fingerprint under which a finding is recorded, or None."""
    if finding.fingerprint in recorded:
        return finding.fingerprint
    for rule_id in former.get(finding.rule.id, ()):
        fingerprint = fingerprint_in(document, finding, rule_id)
        if fingerprint in recorded:
            return fingerprint
    return None
