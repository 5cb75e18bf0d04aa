"""Odd documents come out untouched, and the laws hold, with all bundled rules and the shipped model at the standard profile."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odd_articles import ARTICLES, framed
from odd_documents import ODD
from odd_papers import PAPERS
from odd_writings import WRITINGS
from scrubber.api import decode
from scrubber.engine.clean import Cleaner
from scrubber.model import CleanResult, Document, apply_edits, invert_edits
from scrubber.rules.load import load_rules
from strategies import CHROME, SENTENCES, SHORT, documents

ROOT = Path(__file__).resolve().parent.parent.parent
#: A sample, to stay quick: `tests/engine/test_laws.py` takes all of them.
TEXTS = [
    *sorted((ROOT / "samples" / "dirty").glob("*.txt"))[::3],
    *sorted((ROOT / "tests" / "labelled" / "dev").glob("*.txt"))[::6],
]
WHOLE = {**ODD, **ARTICLES, **WRITINGS, **PAPERS}


@pytest.fixture(scope="module")
def model_alone() -> Cleaner:
    """The standard profile with nothing but statistic rules: what the model does where no rule helps it."""
    ruleset = load_rules(examples=False)
    return Cleaner(ruleset.with_rules(tuple(rule for rule in ruleset.rules if rule.kind == "statistic")))


def cuts(result: CleanResult, start: int, end: int) -> list[tuple[tuple[str, ...], str]]:
    """What went between two offsets, with the rules that took it."""
    text = result.document.text
    taken = [
        (edit.rules, text[max(start, edit.span.start) : min(end, edit.span.end)])
        for edit in result.plan.edits
        if edit.span.start < end and edit.span.end > start
    ]
    return [(rules, part) for rules, part in taken if part.strip()]


def test_the_model_is_in_force(bundled: Cleaner, model_alone: Cleaner) -> None:
    assert "statistic" in bundled.detectors
    assert list(model_alone.detectors) == ["statistic"]


@pytest.mark.parametrize("name", WHOLE)
def test_an_odd_document_is_left_alone(bundled: Cleaner, name: str) -> None:
    text = WHOLE[name]
    result = bundled.clean(Document(name, text))
    assert cuts(result, 0, len(text)) == []
    assert result.text == text


@pytest.mark.parametrize("name", WHOLE)
def test_an_odd_document_loses_nothing_where_the_model_is_alone(model_alone: Cleaner, name: str) -> None:
    assert model_alone.clean(Document(name, WHOLE[name])).text == WHOLE[name]


@pytest.mark.parametrize("name", WHOLE)
def test_an_odd_document_comes_whole_out_of_its_frame(bundled: Cleaner, model_alone: Cleaner, name: str) -> None:
    page, start = framed(WHOLE[name])
    for scrub in (bundled, model_alone):
        assert cuts(scrub.clean(Document(name, page)), start, start + len(WHOLE[name])) == []


def test_the_model_alone_takes_most_of_the_frames(model_alone: Cleaner) -> None:
    """So that the promises above do not hold because nothing is ever cut."""
    frame = left = 0
    for text in WHOLE.values():
        page, _ = framed(text)
        frame += len(page) - len(text)
        left += len(model_alone.clean(Document("d", page)).text) - len(text)
    assert 2 * left < frame


def assert_laws(scrub: Cleaner, text: str) -> None:
    result = scrub.clean(Document("d", text))
    assert apply_edits(text, result.plan.edits) == result.text
    assert apply_edits(result.text, invert_edits(text, result.plan.edits)) == text
    assert scrub.clean(Document("d", result.text)).text == result.text
    assert scrub.clean(Document("d", text)).plan == result.plan


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_the_laws_hold_with_the_model_on(bundled: Cleaner, path: Path) -> None:
    assert_laws(bundled, decode(path.read_bytes()).text)


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
