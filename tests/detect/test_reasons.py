"""Reasons in words: every feature has a family, every family two sentences, and the strongest comes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_models import model_with
from scrubber.detect.line_features import FEATURES
from scrubber.detect.line_model import LineModel
from scrubber.detect.line_reading import Row
from scrubber.detect.reasons import SENTENCES, family_of, reasons

#: The features that say how the line itself is written: what no beginning claims.
FORM = {
    "weight", "wide share", "digit share", "sentence marks", "commas", "separator share", "mark density", "closed",
    "sentence end", "function words", "capital share", "capitalised words", "colons", "quote share", "space share",
    "colon at end", "address",
}  # fmt: skip


def row_with(**cells: int) -> Row:
    named = {name.replace("_", " "): cell for name, cell in cells.items()}
    return tuple(named.get(feature, 0) for feature in FEATURES)


def reading(**weights: int) -> LineModel:
    return model_with(reading=row_with(**weights))


def test_every_feature_has_a_family_and_every_family_features() -> None:
    assert {family_of(feature) for feature in FEATURES} == set(SENTENCES)


def test_only_what_says_how_a_line_is_written_is_of_its_form() -> None:
    assert {feature for feature in FEATURES if family_of(feature) == "form"} == FORM


@pytest.mark.parametrize(
    ("feature", "family"),
    [
        ("in run 25", "run"),
        ("place in run", "run"),
        ("place", "place"),
        ("from start", "place"),
        ("from body start", "body"),
        ("text above", "text"),
        ("text 12 below", "text"),
        ("text of page", "page"),
        ("share of text", "block"),
        ("lines of this shape", "copies"),
        ("lines of page", "page"),
        ("date or source 3 above", "source"),
        ("nearest date or source below", "source"),
        ("nearest cue of legal above", "cues"),
        ("cued share of page", "cues"),
        ("cut by a rule, all above", "rules"),
        ("nearest known to a rule below", "rules"),
        ("closed 10 above", "lines"),
        ("closed share of page", "page"),
    ],
)
def test_features_that_share_words_are_told_apart(feature: str, family: str) -> None:
    assert feature in FEATURES
    assert family_of(feature) == family


def test_all_sentences_differ_and_none_ends_as_a_sentence() -> None:
    said = [sentence for pair in SENTENCES.values() for sentence in pair]
    assert len(set(said)) == len(said)
    assert all(sentence and sentence[0].islower() and sentence[-1].isalpha() for sentence in said)


@pytest.mark.parametrize("family", SENTENCES)
def test_each_family_can_be_said_for_both_sides(family: str) -> None:
    feature = next(feature for feature in FEATURES if family_of(feature) == family)
    cells = {feature.replace(" ", "_"): 5}
    model = reading(**cells)
    boilerplate, text = SENTENCES[family]
    row = row_with(**cells)
    against = tuple(-cell for cell in row)
    assert reasons(model, [row], for_text=True) == (text,)
    assert reasons(model, [row], for_text=False) == ()
    assert reasons(model, [against], for_text=False) == (boilerplate,)


def test_the_strongest_reason_comes_first_and_three_are_told() -> None:
    model = reading(commas=1, place=1, copies=1, rarity=1, title=1)
    row = row_with(commas=-10, place=-40, copies=-30, rarity=-20, title=50)
    assert reasons(model, [row], for_text=False) == tuple(SENTENCES[name][0] for name in ("place", "copies", "topic"))
    assert reasons(model, [row], for_text=False, most=1) == (SENTENCES["place"][0],)
    assert reasons(model, [row], for_text=True) == (SENTENCES["body"][1],)


def test_what_features_of_one_family_bring_is_added_up() -> None:
    model = reading(commas=1, colons=1, place=1)
    assert reasons(model, [row_with(commas=-6, colons=-6, place=-10)], for_text=False)[0] == SENTENCES["form"][0]
    assert reasons(model, [row_with(commas=-6, colons=6, place=-10)], for_text=False) == (SENTENCES["place"][0],)


def test_rows_of_a_run_are_added_up() -> None:
    model = reading(commas=1, place=1)
    rows = [row_with(commas=-9, place=-1), row_with(commas=0, place=-10)]
    assert reasons(model, rows, for_text=False) == (SENTENCES["place"][0], SENTENCES["form"][0])


def test_features_count_from_their_mean_and_within_their_limits() -> None:
    weights, means = row_with(commas=1, place=1), row_with(commas=10, place=10)
    highest = tuple(30 if cell else 1 << 20 for cell in means)
    model = model_with(reading=weights, means=means, highest=highest)
    assert reasons(model, [row_with(commas=10, place=9)], for_text=False) == (SENTENCES["place"][0],)
    assert reasons(model, [row_with(commas=1000, place=31)], for_text=True) == (
        SENTENCES["form"][1],
        SENTENCES["place"][1],
    )


@given(
    st.lists(st.integers(-50, 50), min_size=len(FEATURES), max_size=len(FEATURES)), st.booleans(), st.integers(0, 20)
)
def test_reasons_are_few_and_each_is_said_once(row: list[int], for_text: bool, most: int) -> None:
    model = model_with(reading=tuple((number * 7919) % 101 - 50 for number in range(len(FEATURES))))
    found = reasons(model, [tuple(row)], for_text=for_text, most=most)
    assert len(found) <= min(most, len(SENTENCES))
    assert len(set(found)) == len(found)
    assert set(found) <= {pair[int(for_text)] for pair in SENTENCES.values()}
