"""Rows of features: their shape, what they count against plain definitions, and that hostile texts cost no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.detect.line_features import FEATURES, line_features
from scrubber.detect.line_reading import Row, scale_of
from scrubber.detect.scan import Scan
from scrubber.model import Document
from scrubber.rules.match import CompiledRules
from scrubber.rules.schema import Ruleset
from scrubber.text.fold import fold
from scrubber.text.writing import writing_of
from strategies import documents

NO_RULES = CompiledRules(Ruleset(()))
SENTENCE = "The ferry returned at noon, and the harbour office said that it will sail again on Monday."


def features_of(text: str, cut: Callable[[int], bool] = lambda index: False) -> tuple[Document, list[int], list[Row]]:
    document = Document("d", text)
    flags = [cut(index) for index in range(len(document.bounds))]
    indexes, rows = line_features(Scan(document, NO_RULES), flags)
    return document, indexes, rows


def column(rows: Sequence[Row], name: str) -> list[int]:
    place = FEATURES.index(name)
    return [row[place] for row in rows]


def test_no_feature_has_the_name_of_another() -> None:
    assert len(set(FEATURES)) == len(FEATURES)


@given(documents(), st.integers(1, 5))
def test_each_line_that_is_not_blank_has_a_row_of_whole_numbers(text: str, step: int) -> None:
    document, indexes, rows = features_of(text, lambda index: index % step == 0)
    assert indexes == [index for index, blank in enumerate(document.blank) if not blank]
    assert len(rows) == len(indexes)
    assert all(len(row) == len(FEATURES) and all(type(cell) is int for cell in row) for row in rows)


@given(documents(), documents())
def test_rows_depend_on_nothing_but_their_text(text: str, other: str) -> None:
    first = features_of(text)[1:]
    features_of(other)
    assert features_of(text)[1:] == first


@given(documents(most_lines=12))
def test_blank_lines_change_nothing_but_what_is_said_of_them(text: str) -> None:
    lines = [line for line, blank in zip(*_lines_of(text), strict=True) if not blank]
    dense = features_of("".join(line + "\n" for line in lines))[2]
    loose = features_of("".join(line + "\n \n\n" for line in lines))[2]
    place = FEATURES.index("blank above")
    assert [row[:place] + row[place + 1 :] for row in dense] == [row[:place] + row[place + 1 :] for row in loose]
    assert column(dense, "blank above") == [0] * len(lines)
    assert column(loose, "blank above") == [int(number > 0) for number in range(len(lines))]


def _lines_of(text: str) -> tuple[Sequence[str], Sequence[bool]]:
    document = Document("d", text)
    return document.line_texts, document.blank


def _around(values: Sequence[int], place: int, reach: int, side: str) -> int:
    if side == "above":
        return sum(values[max(0, place - reach) : place])
    return sum(values[place + 1 : place + 1 + reach])


def _between(flags: Sequence[int], place: int, side: str) -> int:
    """Lines between one place and the nearest flag on a side; 60 where there is none."""
    others = range(place - 1, -1, -1) if side == "above" else range(place + 1, len(flags))
    return next((min(60, abs(other - place) - 1) for other in others if flags[other]), 60)


@given(documents(), st.integers(2, 5))
def test_windows_and_distances_are_what_a_plain_count_says(text: str, step: int) -> None:
    document, indexes, rows = features_of(text, lambda index: index % step == 1)
    written = [writing_of(document.line_texts[index], fold(document.line_texts[index])) for index in indexes]
    worth = [line.weight if line.sentences + line.commas else line.weight * 4 // 10 for line in written]
    cued = [int(any(cells)) for cells in zip(*(column(rows, name) for name in FEATURES if name.startswith("cue of")),
                                             strict=True)]  # fmt: skip
    counted = {
        "closed": column(rows, "closed"),
        "short": [int(line.weight < 40) for line in written],
        "date or source": column(rows, "date or source"),
        "cut by a rule": column(rows, "cut by a rule"),
        "known to a rule": column(rows, "known to a rule"),
        "capitalised": column(rows, "capitalised words"),
        "worded": [min(64, share) for share in column(rows, "function words")],
        "cue": cued,
    }
    nearest = {
        "long": [int(own >= 80) for own in worth],
        "sentence": [int(line.ends_sentence and line.weight >= 30) for line in written],
        "cut by a rule": counted["cut by a rule"],
        "date or source": counted["date or source"],
        "cue of share": column(rows, "cue of share"),
        "cue of legal": column(rows, "cue of legal"),
    }
    places = range(len(rows))
    for side in ("above", "below"):
        for kind, flags in counted.items():
            for reach in (3, 10):
                expected = [_around(flags, place, reach, side) for place in places]
                assert column(rows, f"{kind} {reach} {side}") == expected, (kind, reach, side)
        for reach in (1, 2, 5, 12, 30):
            capped = [min(600, own) for own in worth]
            expected = [scale_of(_around(capped, place, reach, side)) for place in places]
            assert column(rows, f"text {reach} {side}") == expected, (reach, side)
        for kind, flags in nearest.items():
            expected = [scale_of(_between(flags, place, side)) for place in places]
            assert column(rows, f"nearest {kind} {side}") == expected, (kind, side)
        for kind in ("cut by a rule", "known to a rule"):
            expected = [scale_of(_around(counted[kind], place, len(rows), side)) for place in places]
            assert column(rows, f"{kind}, all {side}") == expected, (kind, side)


@given(documents())
def test_places_and_copies_are_what_a_plain_count_says(text: str) -> None:
    document, indexes, rows = features_of(text)
    keys = [document.keys[index] for index in indexes]
    count = len(rows)
    assert column(rows, "from start") == [scale_of(place) for place in range(count)]
    assert column(rows, "from end") == [scale_of(count - 1 - place) for place in range(count)]
    assert column(rows, "copies") == [scale_of(keys.count(key) - 1) for key in keys]
    assert column(rows, "is a copy") == [int(key in keys[:place]) for place, key in enumerate(keys)]
    assert all(0 <= cell <= 64 for name in ("place", "text above", "block share", "block rank", "topic share")
               for cell in column(rows, name))  # fmt: skip


@given(st.integers(0, 1 << 40))
def test_the_scale_grows_and_is_a_sixteenth_of_a_power_of_two(number: int) -> None:
    assert scale_of(number) <= scale_of(number + 1)
    if number < 4096:
        assert (1 << scale_of(number)) <= (number + 1) ** 16 < (1 << (scale_of(number) + 1))


def test_the_densest_run_is_the_text_between_labels() -> None:
    text = "Home\nNews\nContact\n" + f"{SENTENCE}\n" * 3 + "Share\n" + f"{SENTENCE}\n" * 2 + "About\nTerms\n"
    rows = features_of(text)[2]
    for cost in (25, 60):
        assert column(rows, f"in run {cost}") == [0] * 3 + [1] * 6 + [0] * 2
        assert column(rows, f"from run start {cost}")[:4] == [-scale_of(3), -scale_of(2), -scale_of(1), 0]
        assert column(rows, f"to run end {cost}")[-3:] == [0, -scale_of(1), -scale_of(2)]
    assert column(rows, "block rank") == [0] * 3 + [64] * 6 + [0] * 2


def test_the_densest_run_is_worth_what_no_other_run_exceeds() -> None:
    lines = ["Menu", SENTENCE, "Ad", "Ad", SENTENCE + SENTENCE, "More", "More", "More", SENTENCE, "End"]
    rows = features_of("\n".join(lines))[2]
    worth = []
    for line in lines:
        found = writing_of(line, fold(line))
        worth.append(found.weight if found.sentences + found.commas else found.weight * 4 // 10)
    for cost, most in ((25, 800), (60, 400)):
        gains = [min(most, own) - cost for own in worth]
        best = max(sum(gains[first:stop]) for first in range(len(gains)) for stop in range(first, len(gains) + 1))
        assert sum(gain for gain, flag in zip(gains, column(rows, f"in run {cost}"), strict=True) if flag) == best


def test_an_empty_text_and_a_blank_one_have_no_rows() -> None:
    assert features_of("")[1:] == ([], [])
    assert features_of("\n \n\u3000\n\u200b\n")[1:] == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "渡轮，" * 333_333,
        "a b " * 250_000,
        "\x00\x1b[31m\x07" * 100_000,
        "Home\n" * 20_000,
        "".join(f"{number} 渡轮 ferry {number * 7919 % 10_007}。\n" for number in range(20_000)),
    ],
    ids=["one word", "one wide line", "one line of words", "control characters", "20,000 copies", "20,000 lines"],
)
def test_hostile_texts_have_rows_too(text: str) -> None:
    rows = features_of(text)[2]
    assert len(rows) == max(1, text.count("\n"))
    assert max(max(map(abs, row)) for row in rows) < 1 << 20


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=200))
def test_any_characters_have_rows(text: str) -> None:
    document, indexes, rows = features_of(text)
    assert len(rows) == len(indexes) == len(document.blank) - sum(document.blank)
