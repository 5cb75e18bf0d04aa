"""The laws of the engine, on generated documents with the bundled rules and on the labelled texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from scrubber.engine.clean import Cleaner
from scrubber.engine.guards import PROFILES
from scrubber.model import Document, Outcome, apply_edits, invert_edits
from strategies import documents

LABELLED = sorted((Path(__file__).parent.parent / "labelled").glob("*/*.txt"))


@pytest.fixture(scope="module", params=sorted(PROFILES))
def scrub(request: pytest.FixtureRequest) -> Cleaner:
    from scrubber.api import cleaner

    return cleaner(profile=request.param)


def assert_laws(scrub: Cleaner, text: str) -> None:
    document = Document("d", text)
    result = scrub.clean(document)
    edits = result.plan.edits
    # Conservation: the clean text and the edits give the original back.
    assert apply_edits(text, edits) == result.text
    assert apply_edits(result.text, invert_edits(text, edits)) == text
    # Only less: without replacements, what is left is the original minus spans.
    if not any(edit.replacement for edit in edits):
        assert len(result.text) == len(text) - sum(edit.span.end - edit.span.start for edit in edits)
    # Edits take whole lines, or replace inside them.
    starts = {bound.start for bound in document.bounds} | {len(text)}
    for edit in edits:
        if not edit.replacement and any(
            result.plan.verdicts[number].outcome is Outcome.REMOVED for number in edit.verdicts
        ):
            assert edit.span.start in starts
            assert edit.span.end in starts
        # Accountability: every edit names the findings that asked for it.
        assert edit.rules
        assert edit.verdicts
        assert all(
            result.plan.verdicts[number].outcome in (Outcome.REMOVED, Outcome.REPLACED, Outcome.OVERLAPPED)
            for number in edit.verdicts
        )
    # Every finding that says it was applied has its edit.
    named = {number for edit in edits for number in edit.verdicts}
    for number, verdict in enumerate(result.plan.verdicts):
        if verdict.outcome is Outcome.REMOVED:
            assert number in named, verdict
    # No copy goes that names a kept copy which is gone.
    for verdict in result.plan.verdicts:
        kin = verdict.finding.evidence.kin
        if verdict.outcome is Outcome.REMOVED and kin is not None and kin.span is not None:
            assert not any(
                edit.span.start <= kin.span.start and kin.span.end <= edit.span.end and not edit.replacement
                for edit in edits
            ), verdict
    # Idempotence: cleaning clean text changes nothing.
    again = scrub.clean(Document("d", result.text))
    assert again.text == result.text
    # Determinism: the same text gives the same plan.
    assert scrub.clean(Document("d", text)).plan == result.plan


def assert_no_base_is_missed(scrub: Cleaner, text: str) -> None:
    result = scrub.clean(Document("d", text))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("scrubber.engine.clean.passes_any_base", lambda source, final, limits: False)
        assert scrub.clean(Document("d", text)).plan == result.plan


@given(text=documents())
def test_a_base_that_is_not_worked_out_would_change_nothing(scrub: Cleaner, text: str) -> None:
    assert_no_base_is_missed(scrub, text)


@pytest.mark.parametrize("path", LABELLED[::10], ids=lambda path: path.stem)
def test_a_base_that_is_not_worked_out_would_change_no_labelled_text(scrub: Cleaner, path: Path) -> None:
    assert_no_base_is_missed(scrub, path.read_bytes().decode("utf-8"))


@given(text=documents())
def test_the_laws_hold_on_generated_documents(scrub: Cleaner, text: str) -> None:
    assert_laws(scrub, text)


@pytest.mark.parametrize("path", LABELLED, ids=lambda path: path.stem)
def test_the_laws_hold_on_labelled_texts(bundled: Cleaner, path: Path) -> None:
    assert_laws(bundled, path.read_bytes().decode("utf-8"))


def test_the_laws_hold_on_real_dumps(scrub: Cleaner, corpus: Path) -> None:
    paths = [*sorted((corpus / "corpus" / "dumps").glob("*.txt")), *sorted((corpus / "seeds").glob("*.txt"))]
    assert paths
    for path in paths:
        assert_laws(scrub, path.read_bytes().decode("utf-8"))


def test_findings_about_a_document_do_not_depend_on_documents_before_it() -> None:
    from scrubber.api import load_rules

    texts = [path.read_bytes().decode("utf-8") for path in LABELLED[:6]]
    forward, backward = Cleaner(load_rules("core")), Cleaner(load_rules("core"))
    one = [forward.clean(Document("d", text)).plan for text in texts]
    other = [backward.clean(Document("d", text)).plan for text in reversed(texts)]
    assert one == other[::-1]
