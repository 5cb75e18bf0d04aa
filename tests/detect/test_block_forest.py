"""The block model's arithmetic: equal to walking down each tree, exact, and refused where it does not fit the features."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_models import ODDS
from scrubber.detect.block_features import FEATURES
from scrubber.detect.block_forest import LEAF_UNIT, MOST_LEAVES, UNIT, BlockModel, Tree, model_of
from scrubber.detect.block_opinion import block_model
from scrubber.errors import ScrubberError

WIDTH = 5
#: A node of a tree: a leaf's value, or feature, threshold, left and right.
Node = int | tuple[int, int, "Node", "Node"]


def grown(source: random.Random, leaves: int) -> Node:
    if leaves == 1:
        return source.randint(-LEAF_UNIT, LEAF_UNIT)
    left = source.randint(1, leaves - 1)
    return source.randrange(WIDTH), source.randint(-5, 5), grown(source, left), grown(source, leaves - left)


def flat(node: Node) -> Tree:
    features: list[int] = []
    thresholds: list[int] = []
    left: list[int] = []
    leaves: list[int] = []

    def add(node: Node) -> int:
        if isinstance(node, int):
            leaves.append(node)
            return 1 << (len(leaves) - 1)
        feature, threshold, below, above = node
        place = len(features)
        features.append(feature)
        thresholds.append(threshold)
        left.append(0)
        left[place] = add(below)
        return left[place] | add(above)

    add(node)
    return Tree(tuple(features), tuple(thresholds), tuple(left), tuple(leaves))


def walked(node: Node, row: list[int]) -> int:
    while not isinstance(node, int):
        feature, threshold, below, above = node
        node = below if row[feature] <= threshold else above
    return node


def model_with(trees: list[Tree]) -> BlockModel:
    return BlockModel("test", tuple(trees), ODDS, 0, 0, (0,) * WIDTH, (0,) * WIDTH)


@given(
    st.integers(0, 10_000),
    st.lists(st.integers(1, MOST_LEAVES), min_size=1, max_size=8),
    st.lists(st.lists(st.integers(-7, 7), min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=20),
)
def test_the_answer_is_that_of_walking_down_every_tree(seed: int, sizes: list[int], rows: list[list[int]]) -> None:
    source = random.Random(seed)
    nodes = [grown(source, size) for size in sizes]
    model = model_with([flat(node) for node in nodes])
    expected = [sum(walked(node, row) for node in nodes) * UNIT // LEAF_UNIT for row in rows]
    assert model.log_odds(np.array(rows)) == expected


def test_many_rows_and_trees_are_taken_in_parts_with_the_same_answers() -> None:
    source = random.Random(1)
    nodes = [grown(source, 1 + number % MOST_LEAVES) for number in range(150)]
    rows = [[source.randint(-7, 7) for _ in range(WIDTH)] for _ in range(1100)]
    model = model_with([flat(node) for node in nodes])
    whole = model.log_odds(np.array(rows))
    assert whole == [sum(walked(node, row) for node in nodes) * UNIT // LEAF_UNIT for row in rows]
    assert whole[700:710] == model.log_odds(np.array(rows[700:710]))


def test_numbers_beyond_sixteen_bits_are_as_the_greatest() -> None:
    model = model_with([Tree((0,), (5,), (1,), (0, LEAF_UNIT))])
    assert model.log_odds(np.array([[1 << 40] * WIDTH, [-(1 << 40)] * WIDTH])) == [UNIT, 0]


def test_a_model_for_other_features_is_refused() -> None:
    with pytest.raises(ScrubberError, match="other features"):
        model_of({"features": ["weight"]}, FEATURES)


def test_the_shipped_model_fits_and_its_thresholds_are_in_order() -> None:
    model = block_model()
    assert len(model.reading) == len(model.means) == len(FEATURES)
    assert -8 * UNIT < model.certain < model.likely < 0
    for tree in model.trees:
        assert len(tree.leaves) == len(tree.features) + 1 <= MOST_LEAVES
        assert len(tree.features) == len(tree.thresholds) == len(tree.left)
        assert all(0 <= feature < len(FEATURES) for feature in tree.features)
