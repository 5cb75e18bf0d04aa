"""Odd documents come out untouched, and the laws hold, with all bundled rules and the shipped model at the standard profile."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odd_documents import ODD
from scrubber.engine.clean import Cleaner
from scrubber.model import Document, apply_edits, invert_edits
from strategies import CHROME, SENTENCES, SHORT, documents

ROOT = Path(__file__).resolve().parent.parent.parent
#: A sample, to stay quick: `tests/engine/test_laws.py` takes all of them.
TEXTS = [
    *sorted((ROOT / "samples" / "dirty").glob("*.txt"))[::3],
    *sorted((ROOT / "tests" / "labelled" / "dev").glob("*.txt"))[::6],
]

#: What the model still gets wrong: name to why. Each must fail for now; the run fails once it passes.
KNOWN: dict[str, str] = {}


def test_the_model_is_in_force(bundled: Cleaner) -> None:
    assert "statistic" in bundled.detectors


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.xfail(reason=KNOWN[name])] if name in KNOWN else []) for name in ODD],
)
def test_an_odd_document_is_left_alone(bundled: Cleaner, name: str) -> None:
    result = bundled.clean(Document(name, ODD[name]))
    assert result.text == ODD[name], [
        (edit.rules, ODD[name][edit.span.start : edit.span.end]) for edit in result.plan.edits
    ]


def assert_laws(scrub: Cleaner, text: str) -> None:
    result = scrub.clean(Document("d", text))
    assert apply_edits(text, result.plan.edits) == result.text
    assert apply_edits(result.text, invert_edits(text, result.plan.edits)) == text
    assert scrub.clean(Document("d", result.text)).text == result.text
    assert scrub.clean(Document("d", text)).plan == result.plan


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_the_laws_hold_with_the_model_on(bundled: Cleaner, path: Path) -> None:
    assert_laws(bundled, path.read_bytes().decode("utf-8"))


pages = st.lists(st.sampled_from((*SENTENCES, *SENTENCES, *CHROME, *SHORT)), min_size=8, max_size=60)


@settings(max_examples=40)
@given(lines=pages)
def test_the_laws_hold_on_random_pages(bundled: Cleaner, lines: list[str]) -> None:
    assert_laws(bundled, "\n".join(lines) + "\n")


@settings(max_examples=30)
@given(text=documents())
def test_the_laws_hold_on_random_texts(bundled: Cleaner, text: str) -> None:
    assert_laws(bundled, text)


@settings(max_examples=30)
@given(text=documents(), seed=st.integers(0, 3))
def test_other_texts_cleaned_before_change_nothing(bundled: Cleaner, text: str, seed: int) -> None:
    first = bundled.clean(Document("d", text)).plan
    bundled.clean(Document("e", list(ODD.values())[seed]))
    assert bundled.clean(Document("d", text)).plan == first
