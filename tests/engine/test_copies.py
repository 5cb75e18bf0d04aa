"""Rules that compare documents, with all bundled rules beside them, on labelled texts that repeat each other in parts."""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from scrubber.cli.corpus_pass import comparisons_of
from scrubber.corpus.decide import decide
from scrubber.corpus.observation import Observation, Observations
from scrubber.engine.clean import Cleaner
from scrubber.engine.observe import cleaned_document, observe_result
from scrubber.model import CleanResult, Document, Outcome, apply_edits, invert_edits
from scrubber.model.copies import NOTHING, DocumentCopies, text_digest
from scrubber.rules.load import load_rules

LABELLED = sorted((Path(__file__).parent.parent / "labelled").glob("*/*.txt"))
RULES = """\
[ruleset]
name = "set"
version = "1"
extends = ["core", "en", "zh"]

[[rule]]
id = "near"
kind = "neardup"
title = "Paragraph of another document"
action = "remove"
params = { scope = "corpus", threshold = 0.8, min-chars = 40 }

[[rule]]
id = "whole"
kind = "duplicate"
title = "Document of another name"
action = "remove"
"""


class Decided:
    """What was decided, in memory."""

    def __init__(self, rows: Mapping[str, DocumentCopies]) -> None:
        self.rows = rows

    def of(self, document_id: str) -> DocumentCopies:
        return self.rows.get(document_id, NOTHING)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Cleaner:
    path = tmp_path_factory.mktemp("rules") / "set.toml"
    path.write_text(RULES, "utf-8")
    return Cleaner(load_rules([path], examples=False))


def mixed(seed: int, count: int = 14) -> list[Document]:
    """Labelled texts, into some of which lines of others were put, and some of which come twice with an edit."""
    chance = random.Random(seed)
    texts = [path.read_bytes().decode("utf-8") for path in chance.sample(LABELLED, count)]
    found: list[str] = []
    for text in texts:
        lines = text.split("\n")
        if found and chance.random() < 0.6:
            other = [line for line in chance.choice(found).split("\n") if len(line) >= 60]
            at = chance.randrange(len(lines) + 1)
            lines[at:at] = chance.sample(other, min(len(other), 3))
        found.append("\n".join(lines))
        if chance.random() < 0.3:
            found.append(text.replace("a", "o", 2) if chance.random() < 0.5 else text)
    return [Document(f"d{number:02}", text) for number, text in enumerate(found)]


def compared(alone: Cleaner, documents: list[Document]) -> tuple[Cleaner, dict[str, Observation]]:
    seen = {
        document.id: observe_result(alone, alone.clean(document), min_chars=40, whole=True) for document in documents
    }
    with closing(Observations()) as observations:
        for name, observation in seen.items():
            observations.add(name, observation.coded())
        rows = dict(decide(observations, comparisons_of(alone.ruleset.rules)))
    return Cleaner(alone.ruleset, copies=Decided(rows)), seen


def digests_of(result: CleanResult) -> set[str]:
    document, _ = cleaned_document(result)
    return {text_digest(" ".join(document.keys[first : last + 1])) for first, last in document.paragraph_lines()}


@pytest.mark.parametrize("seed", range(4))
def test_what_copies_went_for_stands_in_the_end(alone: Cleaner, seed: int) -> None:
    documents = mixed(seed)
    cleaner, seen = compared(alone, documents)
    results = {document.id: cleaner.clean(document) for document in documents}
    gone = 0
    for name, result in results.items():
        assert apply_edits(result.document.text, result.plan.edits) == result.text
        inverse = invert_edits(result.document.text, result.plan.edits)
        assert apply_edits(result.text, inverse) == result.document.text
        for verdict in result.plan.verdicts:
            kin = verdict.finding.evidence.kin
            if verdict.outcome is not Outcome.REMOVED or kin is None or kin.document_id == name:
                continue
            gone += 1
            other = results[kin.document_id]
            assert not other.left_out
            if verdict.finding.rule.kind == "neardup":
                kept = [row for row in seen[kin.document_id].paragraphs if row.first_line == kin.first_line]
                assert any(text_digest(row.text) in digests_of(other) for row in kept), (name, kin)
    assert gone > 2


@pytest.mark.parametrize("seed", range(1, 2))
def test_what_is_no_copy_is_cleaned_as_if_alone(alone: Cleaner, seed: int) -> None:
    documents = mixed(seed)
    cleaner, _ = compared(alone, documents)
    for document in documents:
        if not cleaner.copies.of(document.id).copies:  # type: ignore[union-attr]
            assert cleaner.clean(document) == alone.clean(document)


@pytest.mark.parametrize("seed", range(1, 2))
def test_the_outputs_compared_again_have_no_copies_that_go(alone: Cleaner, seed: int) -> None:
    documents = mixed(seed)
    cleaner, _ = compared(alone, documents)
    results = [cleaner.clean(document) for document in documents]
    left = [Document(result.document.id, result.text) for result in results if not result.left_out]
    again, _ = compared(alone, left)
    for document in left:
        result = again.clean(document)
        assert not [edit for edit in result.plan.edits if edit.rules[0] in ("set/near", "set/whole")], document.id


def test_a_document_that_is_left_out_has_one_edit_and_one_verdict(alone: Cleaner) -> None:
    text = LABELLED[0].read_bytes().decode("utf-8")
    documents = [Document("a", text), Document("b", text)]
    cleaner, _ = compared(alone, documents)
    first, second = (cleaner.clean(document) for document in documents)
    assert (first.left_out, second.left_out) == (False, True)
    assert (second.text, len(second.plan.edits), len(second.plan.verdicts)) == ("", 1, 1)
    stays = Cleaner(alone.ruleset, copies=cleaner.copies, leaves_out=False).clean(documents[1])
    assert stays.text == first.text
    assert stays.plan.verdicts[0].outcome is Outcome.FLAGGED
    assert stays.plan.edits == tuple(
        type(edit)(edit.span, edit.replacement, edit.rules, tuple(number + 1 for number in edit.verdicts))
        for edit in first.plan.edits
    )
