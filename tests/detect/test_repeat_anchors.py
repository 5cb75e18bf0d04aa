"""Anchors and chains: which lines of a text may repeat other lines of it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repeat_texts import prose
from scrubber.detect.repeat_align import Lines, align
from scrubber.text.anchors import MAX_GAP_LINES, MAX_OCCURRENCES, LinePair, _several, chains, line_pairs
from scrubber.text.fold import fold, skeleton
from scrubber.text.numerals import numbers, without_numbers


def skeletons(lines: list[str]) -> list[str]:
    return [skeleton(fold(line)) for line in lines]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(alphabet="abc天地", max_size=60), max_size=30))
def test_numpy_and_plain_python_propose_the_same_pairs(lines: list[str]) -> None:
    assert line_pairs(lines, vectorised=True) == line_pairs(lines, vectorised=False)


def test_both_paths_agree_past_one_chunk() -> None:
    lines = skeletons(prose(1, 1_200)) * 2
    assert line_pairs(lines, vectorised=True) == line_pairs(lines, vectorised=False)


@given(st.lists(st.integers(0, 40) | st.integers(2**40, 2**40 + 40) | st.integers(0, 2**62 - 1), max_size=80))
def test_values_that_repeat_come_as_a_stable_sort_orders_them(values: list[int]) -> None:
    # Many differ in the bits alone that the sort uses for places.
    np = pytest.importorskip("numpy")
    found = _several(np.array(values, dtype=np.uint64)).tolist()
    assert found == sorted(sorted(found), key=values.__getitem__)
    assert {place for place, value in enumerate(values) if values.count(value) > 1} <= set(found)


def test_characters_outside_the_basic_plane_count_as_one() -> None:
    lines = skeletons(["𠀀𠀁𠀂𠀃" * 12 + line for line in prose(2, 20)] * 2)
    assert line_pairs(lines, vectorised=True) == line_pairs(lines, vectorised=False)


def test_pairs_are_sorted_and_ascend() -> None:
    pairs = line_pairs(skeletons(prose(3, 40) * 3))
    assert pairs == sorted(pairs)
    assert all(pair.first < pair.second for pair in pairs)


def test_lines_that_occur_often_are_no_anchors() -> None:
    lines = ["the ferry came back at noon"] * (MAX_OCCURRENCES + 2)
    assert line_pairs(lines) == []
    assert len(line_pairs(lines[:MAX_OCCURRENCES])) == MAX_OCCURRENCES * (MAX_OCCURRENCES - 1) // 2


@pytest.mark.parametrize("lines", [[], [""], ["", "", ""], ["short"], ["short", "short"]])
def test_short_texts_are_no_trouble_on_either_path(lines: list[str]) -> None:
    assert line_pairs(lines, vectorised=True) == line_pairs(lines, vectorised=False)


def test_edited_lines_still_share_anchors() -> None:
    rng = random.Random(4)
    body = skeletons(prose(5, 30, "en"))
    copy = ["".join(c for c in line if rng.random() > 0.05) for line in body]
    found = {(pair.first, pair.second) for pair in line_pairs([*body, *copy])}
    assert sum((line, line + 30) in found for line in range(30)) >= 28


def test_a_chain_bridges_foreign_lines_but_no_more_than_the_bound() -> None:
    near = [LinePair(0, 60, 50), LinePair(1, 61, 50), LinePair(1 + MAX_GAP_LINES, 62, 50)]
    far = [*near[:2], LinePair(2 + MAX_GAP_LINES, 62, 50)]
    assert chains(near, [1] * 100) == [near]
    assert chains(far, [1] * 100) == [far[:2]]


def test_the_two_places_of_a_chain_do_not_overlap() -> None:
    body = skeletons(prose(6, 10))
    lines = body * 4
    for chain in chains(line_pairs(lines), list(map(len, lines))):
        assert max(pair.first for pair in chain) < min(pair.second for pair in chain)


def test_several_lines_may_stand_against_one_long_line() -> None:
    body = prose(7, 6)
    lines = skeletons([*body, "between", "".join(body)])
    assert max(len(chain) for chain in chains(line_pairs(lines), list(map(len, lines)))) == 6


def test_alignment_does_not_overlap_when_it_grows() -> None:
    lines = skeletons([*prose(8, 6), "a", "b", *prose(8, 6), "a", "b", *prose(8, 6)])
    compared = Lines(lines, lines, 850)
    for chain in chains(line_pairs(lines), list(map(len, lines))):
        (_, first_last), (second_begin, _) = align(chain, compared).regions
        assert first_last < second_begin


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2023年第1期", ("2023", "1")),
        ("增长1.5%", ("1", "5")),
        ("第十二条", ("12",)),
        ("第一章", ("1",)),
        ("他们一早就一起走了", ()),
        ("一百二十名", ("120",)),
        ("Twenty-one boats in March", ("20", "1", "march")),
        ("someone stood alone", ()),
        ("", ()),
    ],
)
def test_numbers_are_digits_numerals_and_number_words(line: str, expected: tuple[str, ...]) -> None:
    assert numbers(fold(line)) == expected


def test_what_is_left_without_numbers_is_equal_in_a_template() -> None:
    assert without_numbers(fold("Monday, 3 March")) == without_numbers(fold("Friday, 14 April"))
    assert without_numbers(fold("三月五日　晴")) == without_numbers(fold("四月十六日　晴"))
