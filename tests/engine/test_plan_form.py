"""Plans are written as plain values and come back equal; what is none of ours is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.engine.clean import Cleaner
from scrubber.engine.guards import PROFILES
from scrubber.model import CleanResult, Document, apply_edits
from scrubber.model.plan_form import plan_in, written_plan
from scrubber.read import reader_for
from strategies import documents

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "dirty"
DOCUMENT = Document("a.txt", "The ferry returned.\nShare this story\n")
INFO = ["t/r", "line", "title", "why", "t.toml:1"]


def assert_comes_back(result: CleanResult) -> None:
    plan = plan_in(json.loads(json.dumps(written_plan(result.plan))), result.document)
    assert plan == result.plan
    assert apply_edits(result.document.text, plan.edits) == result.text


@pytest.fixture(scope="module")
def thorough(bundled: Cleaner) -> Cleaner:
    return Cleaner(bundled.ruleset, limits=PROFILES["thorough"])


@settings(max_examples=20)
@given(text=documents())
def test_the_plan_of_a_generated_document_comes_back(thorough: Cleaner, text: str) -> None:
    assert_comes_back(thorough.clean(Document("a.txt", text)))


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_the_plan_of_a_sample_comes_back(bundled: Cleaner, path: Path) -> None:
    read = reader_for(path.name, None)
    document = read(path.read_bytes(), id=path.name, path=path.name, declared=None, encoding=None, undecodable="fail")
    result = bundled.clean(document)
    assert_comes_back(result)


def row(**changed: Any) -> list[Any]:
    """The written form of one verdict, with some values exchanged."""
    values = {
        "rule": 0, "start": 20, "end": 36, "action": "remove", "confidence": 3, "summary": "a bar", "facts": [["a", "b"]],
        "kin": None, "score": 1000, "replacement": "", "rights": None, "anchor": [20, 36], "fingerprint": "00",
        "outcome": "removed", "reason": "",
    }  # fmt: skip
    return list((values | changed).values())


STRANGE: dict[str, Any] = {
    "nothing": None,
    "a text": "plan",
    "too few parts": ["", []],
    "a note that is none": [1, [], [], []],
    "a rule that is not there": ["", [INFO], [row(rule=1)], []],
    "a rule counted from the end": ["", [INFO], [row(rule=-1)], []],
    "a rule with too few words": ["", [INFO[:3]], [row()], []],
    "a span behind the text": ["", [INFO], [row(end=99)], []],
    "a span before the text": ["", [INFO], [row(start=-1)], []],
    "a span that ends before it begins": ["", [INFO], [row(start=36, end=20)], []],
    "a span of truth": ["", [INFO], [row(start=True)], []],
    "an action that is none": ["", [INFO], [row(action="burn")], []],
    "an outcome that is none": ["", [INFO], [row(outcome="burnt")], []],
    "a confidence that is none": ["", [INFO], [row(confidence=9)], []],
    "facts that are none": ["", [INFO], [row(facts=[["a"]])], []],
    "a score that is none": ["", [INFO], [row(score=0.5)], []],
    "a kin with too few parts": ["", [INFO], [row(kin=["a.txt"])], []],
    "a kin that differs outside": ["", [INFO], [row(kin=["a.txt", 1, 1, "equal", 1, None, [[0, 1, 0, 99]]])], []],
    "an edit of nothing": ["", [INFO], [row()], [[20, 36, "", ["t/r"], [1]]]],
    "edits that overlap": ["", [INFO], [row()], [[20, 36, "", ["t/r"], [0]], [30, 36, "", ["t/r"], [0]]]],
    "deep lists": json.loads("[" * 50 + "]" * 50),
}


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE)
def test_a_strange_plan_is_refused(value: Any) -> None:
    with pytest.raises((LookupError, TypeError, ValueError, AttributeError)):
        plan_in(value, DOCUMENT)


def test_a_plan_of_this_form_is_taken() -> None:
    plan = plan_in(["", [INFO], [row()], [[20, 36, "", ["t/r"], [0]]]], DOCUMENT)
    assert apply_edits(DOCUMENT.text, plan.edits) == "The ferry returned.\n\n"


@given(value=st.recursive(st.none() | st.integers() | st.text(max_size=3), st.lists, max_leaves=20))
def test_any_json_is_a_plan_or_refused(value: Any) -> None:
    try:
        plan_in(value, DOCUMENT)
    except (LookupError, TypeError, ValueError, AttributeError):
        return
