"""On every sample: `check`, `diff` and `clean` agree, a baseline quiets what it records and nothing else, and findings
keep their fingerprints when the text changes elsewhere."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from scrubber.api import cleaner
from scrubber.cli.account import Account
from scrubber.cli.inputs import Input
from scrubber.cli.options import FailOn
from scrubber.cli.tasks import Done
from scrubber.engine.anchors import fingerprint_in
from scrubber.engine.quiet import IN_BASELINE, OPEN, quieted
from scrubber.model import CleanResult, Document, Outcome, Span, apply_edits
from scrubber.read import reader_for
from scrubber.report import REPORTS, ReportOptions
from scrubber.report.hunks import GUESSED, outcome_word
from scrubber.rules.baseline import BaselineEntry, baseline_of

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "dirty"
each_sample = pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir()))
#: Findings that are left out of a baseline one by one; more would only take longer.
MOST_LEFT_OUT = 6
NEW = "The pilot who came aboard at dawn had no name for the place."


@cache
def cleaned(name: str) -> CleanResult:
    return cleaner().clean(reader_for(name)((SAMPLES / name).read_bytes(), id=name, path=name))


def fails(result: CleanResult, on: FailOn = FailOn.ANY) -> bool:
    """What `check` says of a result."""
    account = Account(hunks_wanted=True)
    account.add(Done(Input("a", "", "a", "a", "a"), result))
    return account.fails(on)


def shown(result: CleanResult, *, everything: bool = False) -> str:
    """What `diff` shows of a result, with `--all` or without."""
    out = io.StringIO(newline="")
    REPORTS["terminal"]([result], out, ReportOptions(width=100, color=False, show_all=everything))
    return out.getvalue()


def entries(result: CleanResult) -> list[BaselineEntry]:
    """What a baseline of today records."""
    return [
        BaselineEntry(verdict.finding.fingerprint, result.document.id, verdict.finding.rule.id)
        for verdict in result.plan.verdicts
        if verdict.outcome in OPEN and outcome_word(verdict) != GUESSED
    ]


@each_sample
def test_check_passes_exactly_when_nothing_is_shown_and_nothing_would_be_written(name: str) -> None:
    result = cleaned(name)
    assert fails(result) is bool(shown(result))
    if result.document.page is None:  # pages are not replaced in place
        written = result.text.encode("utf-8") != (SAMPLES / name).read_bytes()
        assert fails(result, FailOn.REMOVE) is written


@each_sample
def test_under_a_baseline_of_today_check_passes(name: str) -> None:
    result = cleaned(name)
    recorded = baseline_of(entries(result))
    found = quieted(result, recorded, {})
    assert not fails(found.result)
    assert shown(found.result) == ""
    assert found.result.text == result.document.text
    assert found.met == {entry.fingerprint for entry in recorded.entries}
    assert found.quiet == sum(
        verdict.outcome is Outcome.DECIDED and verdict.reason == IN_BASELINE for verdict in found.result.plan.verdicts
    )
    if recorded.entries:
        assert IN_BASELINE in shown(found.result, everything=True)
    assert quieted(found.result, recorded, {}).quiet == 0


@each_sample
def test_what_is_not_recorded_still_fails(name: str) -> None:
    result = cleaned(name)
    today = sorted(set(entries(result)))
    for left_out in today[:MOST_LEFT_OUT]:
        found = quieted(result, baseline_of(entry for entry in today if entry != left_out), {}).result
        assert fails(found)
        assert left_out.rule in shown(found)
        assert found.text == apply_edits(found.document.text, found.plan.edits)
    assert quieted(result, baseline_of([replace_path(entry) for entry in today]), {}).result == result


def replace_path(entry: BaselineEntry) -> BaselineEntry:
    """The same finding in another document."""
    return entry._replace(path=f"other/{entry.path}")


@each_sample
def test_fingerprints_survive_changes_elsewhere_in_the_text(name: str) -> None:
    result = cleaned(name)
    document = result.document
    findings = [verdict.finding for verdict in result.plan.verdicts if verdict.finding.rule.kind != "builtin"]
    bounds = document.bounds
    for place in sorted({0, len(bounds) // 3, len(bounds) // 2, len(bounds)}):
        at = bounds[place].start if place < len(bounds) else len(document.text)
        ended = place < len(bounds) or document.text.endswith(("\n", "\r"))
        added = f"{NEW}\n" if ended else f"\n{NEW}"
        edited = Document("edited", document.text[:at] + added + document.text[at:])
        for finding in findings:
            anchor = finding.anchor or finding.span
            if anchor.start < at < anchor.end:
                continue  # the anchor itself has changed
            moved = len(added) if anchor.start >= at else 0
            there = Span(anchor.start + moved, anchor.end + moved)
            again = replace(finding, anchor=there, span=there)
            assert fingerprint_in(edited, again) == finding.fingerprint
    assert result.document.id == name
