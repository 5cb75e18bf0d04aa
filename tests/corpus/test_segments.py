"""Arrays that grow past memory hold the same numbers as those that do not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.corpus.segments import Buckets, Column

numbers = st.lists(st.integers(0, 2**64 - 1), max_size=20)


@given(st.lists(numbers, max_size=6), st.sampled_from((1, 3, 1000)), st.integers(1, 7))
def test_a_column_gives_back_what_was_put_in_in_order(portions: list[list[int]], memory: int, most: int) -> None:
    column = Column("<u8", memory)
    for portion in portions:
        column.append(np.array(portion, dtype=np.uint64))
    expected = [number for portion in portions for number in portion]
    assert len(column) == len(expected)
    assert [int(number) for chunk in column.chunks(most) for number in chunk] == expected
    assert column.whole().tolist() == expected
    assert all(len(chunk) <= most for chunk in column.chunks(most))
    column.close()


@pytest.mark.parametrize("memory", [1, 10_000])
def test_buckets_part_numbers_and_forget_what_was_taken(memory: int) -> None:
    buckets = Buckets(4, memory)
    expected: dict[int, list[int]] = {number: [] for number in range(4)}
    for start in (0, 100, 7):
        found = np.arange(start, start + 40, dtype=np.uint64)
        buckets.add(found, found % np.uint64(4))
        for number in found.tolist():
            expected[number % 4].append(number)
    for bucket, members in expected.items():
        assert buckets.take(bucket).tolist() == members
        assert buckets.take(bucket).tolist() == []
    buckets.close()
