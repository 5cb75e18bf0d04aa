"""Promises of counting lines over many documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.corpus import line_counts
from scrubber.corpus.line_counts import LineCounts, masked, number_of


@given(st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=8), max_size=30), st.integers(1, 4), st.booleans())
def test_counts_are_those_of_a_dictionary(documents: Sequence[Sequence[int]], least: int, spill: bool) -> None:
    wanted = Counter(number for document in documents for number in set(document))
    with pytest.MonkeyPatch.context() as patch, LineCounts() as counts:
        patch.setattr(line_counts, "_WAITING", 2 if spill else 1 << 14)
        for document in documents:
            counts.add(document)
        shared = counts.frequent(least)
        assert dict(zip(shared.numbers, shared.counts, strict=True)) == {
            number: count for number, count in wanted.items() if count >= least
        }
        assert list(shared.numbers) == sorted(shared.numbers)
        for number, count in wanted.items():
            assert shared.documents(number) == (count if count >= least else 0)
        assert counts.documents == len(documents)


def test_asking_twice_gives_the_same_answer() -> None:
    with LineCounts() as counts:
        counts.add([1, 2**64 - 1])
        first = counts.frequent(1)
        assert (list(first.numbers), list(first.counts), len(first)) == ([1, 2**64 - 1], [1, 1], 2)
        assert counts.frequent(1).digest == first.digest
        counts.add([2**64 - 1])
        second = counts.frequent(2)
        assert (list(second.numbers), list(second.counts)) == ([2**64 - 1], [2])
        assert second.digest != first.digest


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("read 12 times", "read 1204 times", True),
        ("第3期", "第12期", True),
        ("read 1,204 times", "read 12 times", False),
        ("page one", "page two", False),
    ],
)
def test_lines_that_differ_in_a_number_are_one(one: str, other: str, same: bool) -> None:
    assert (masked(one) == masked(other)) is same


def test_a_line_counts_apart_in_each_group_and_a_group_is_no_line() -> None:
    numbers = {number_of(group, line) for group in ("", "a", "ab") for line in ("", "b", "bc", "\ud800")}
    assert len(numbers) == 12
