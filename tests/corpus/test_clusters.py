"""Who stays: the first, with a direct pair for each copy, and no heap without bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.corpus.clusters import clusters_of, kept_of_pairs
from scrubber.corpus.pairs import Pair


def pair(a: int, b: int, jaccard: int = 800) -> Pair:
    return Pair(a, b, jaccard, None)


CASES = [
    ("the first stays", [pair(0, 1), pair(0, 2), pair(1, 2)], 9, {0: [1, 2]}),
    ("a chain is no cluster", [pair(0, 1), pair(1, 2), pair(2, 3)], 9, {0: [1], 2: [3]}),
    ("most like wins", [pair(0, 2, 700), pair(1, 2, 900)], 9, {1: [2]}),
    ("of equally like ones the first", [pair(1, 2), pair(0, 2)], 9, {0: [2]}),
    ("a full cluster takes no more", [pair(0, 1), pair(0, 2), pair(0, 3), pair(2, 3)], 1, {0: [1], 2: [3]}),
]


@pytest.mark.parametrize(("pairs", "most", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_clusters(pairs: list[Pair], most: int, expected: dict[int, list[int]]) -> None:
    found = clusters_of(pairs, most)
    assert {cluster.kept: [each.b for each in cluster.copies] for cluster in found} == expected


def test_each_pair_says_which_of_its_texts_stays() -> None:
    pairs = [pair(0, 1), pair(1, 2), pair(2, 3), pair(0, 4), pair(1, 4)]
    assert kept_of_pairs(pairs, clusters_of(pairs, 9)) == ["a", "b", "a", "a", "a"]


edges = st.sets(st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda edge: edge[0] < edge[1]), max_size=40)


@given(edges, st.integers(1, 5))
def test_every_copy_has_a_pair_with_the_text_that_stays_in_any_order(chosen: set[tuple[int, int]], most: int) -> None:
    pairs = [pair(a, b, 500 + a + b) for a, b in sorted(chosen)]
    found = clusters_of(pairs, most)
    copies = [each.b for cluster in found for each in cluster.copies]
    assert len(copies) == len(set(copies))
    assert not {cluster.kept for cluster in found} & set(copies)
    for cluster in found:
        assert len(cluster.copies) <= most
        assert all(each in pairs and each.a == cluster.kept for each in cluster.copies)
    assert clusters_of(pairs[::-1], most) == found
