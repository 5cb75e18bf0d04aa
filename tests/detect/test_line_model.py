"""The network's arithmetic and the decisions over a page, each against a plain definition of it."""

from __future__ import annotations

import random
from dataclasses import asdict
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_models import ODDS, WHOLE_RANGE, model_by_weight, model_with, random_network
from scrubber.detect.line_features import FEATURES
from scrubber.detect.line_model import (
    CEILING,
    UNIT,
    Dense,
    Layer,
    LineModel,
    Network,
    model_of,
    runs_of,
    smoothed,
)
from scrubber.errors import ScrubberError

FEW = 9


def both_ways(model: LineModel, rows: list[tuple[int, ...]]) -> tuple[list[int], list[int]]:
    return model.log_odds(rows, plain_lines=len(rows)), model.log_odds(rows, plain_lines=0)


def random_rows(seed: int, count: int, features: int = FEW, largest: int = 400) -> list[tuple[int, ...]]:
    source = random.Random(seed)
    return [tuple(source.randint(-largest, largest) for _ in range(features)) for _ in range(count)]


@given(st.integers(0, 1 << 32), st.integers(1, 40), st.sampled_from(((-300, 300), (-4000, 4000), WHOLE_RANGE)))
def test_both_ways_through_a_network_give_equal_answers(seed: int, count: int, limits: tuple[int, int]) -> None:
    networks = [random_network(seed + number, features=FEW, limits=limits) for number in range(2)]
    plain, array = both_ways(model_with(*networks, features=FEW), random_rows(seed, count))
    assert plain == array
    assert all(type(cell) is int for cell in plain + array)


@pytest.mark.parametrize("count", [1, 2, 31, 64, 65, 300])
def test_both_ways_agree_on_networks_of_full_size(count: int) -> None:
    network = random_network(count, features=len(FEATURES), width=32, dilations=(1, 2, 4, 8, 16), limits=(-400, 400))
    plain, array = both_ways(model_with(network), random_rows(count, count, len(FEATURES)))
    assert plain == array


@pytest.mark.parametrize("weight", WHOLE_RANGE)
@pytest.mark.parametrize("cell", [-(1 << 20), (1 << 20) - 1])
def test_extremes_do_not_overflow(weight: int, cell: int) -> None:
    width, features = 32, 40
    even = (weight,) * width
    bias = ((1 << 31) - 1,) * width
    network = Network(
        Dense(((weight,) * features,) * width, bias),
        tuple(
            Layer(reach, Dense((even * 3,) * width, bias), Dense((even,) * width, bias), (even,) * width)
            for reach in (1, 16)
        ),
        Dense((even,), (0,)),
    )
    plain, array = both_ways(model_with(network, features=features), [(cell,) * features] * 20)
    assert plain == array
    assert set(plain) <= {0, (weight * width * CEILING) >> 10}


def test_odd_sums_of_the_page_are_divided_alike() -> None:
    """Means of states at the ceiling and one below, over counts that no power of two divides."""
    network = Network(
        Dense(((1 << 14,),), (0,)), (Layer(1, Dense(((0, 0, 0),), (0,)), Dense(((0,),), (0,)), ((1 << 10,),)),),
        Dense(((1 << 10,),), (0,)),
    )  # fmt: skip
    model = model_with(network, features=1)
    for count in (3, 7, 49, 93, 999):
        rows = [(CEILING,)] * (count - 1) + [(CEILING - 1,)]
        plain, array = both_ways(model, rows)
        assert plain == array
        rows = [(11,)] * (count - 1) + [(10,)]
        plain, array = both_ways(model, rows)
        assert plain == array
        assert plain[0] == 11 + 10


def test_rows_are_drawn_into_the_limits_of_each_feature() -> None:
    network = random_network(5, features=FEW)
    model = model_with(network, lowest=(-10,) * FEW, highest=(20,) * FEW, features=FEW)
    rows = random_rows(1, 12)
    clipped = [tuple(max(-10, min(20, cell)) for cell in row) for row in rows]
    assert model.log_odds(rows) == model.log_odds(clipped) == model_with(network, features=FEW).log_odds(clipped)


def test_several_networks_are_averaged_and_rounded_down() -> None:
    one, other = random_network(1, features=FEW), random_network(2, features=FEW)
    rows = random_rows(3, 10)
    alone = [model_with(network, features=FEW).log_odds(rows) for network in (one, other)]
    together = model_with(one, other, features=FEW).log_odds(rows)
    assert together == [(first + second) // 2 for first, second in zip(*alone, strict=True)]


def test_no_lines_have_no_answers() -> None:
    assert model_by_weight().log_odds([]) == []


def test_a_layer_looks_as_far_as_its_dilation_and_at_the_page() -> None:
    """A network that copies the line two above: what is there arrives, and nothing from beyond the ends."""
    nothing = ((0,),)
    network = Network(
        Dense(((1 << 14,),), (0,)), (Layer(2, Dense(((1 << 10, 0, 0),), (0,)), Dense(((1 << 10,),), (0,)), nothing),),
        Dense(((1 << 10,),), (0,)),
    )  # fmt: skip
    rows = [(number,) for number in (3, 5, 7, 11)]
    assert both_ways(model_with(network, features=1), rows) == ([3, 5, 7 + 3, 11 + 5], [3, 5, 7 + 3, 11 + 5])


def _record(model: LineModel) -> dict[str, Any]:
    return {"features": list(FEATURES), **asdict(model)}


def test_a_model_is_what_its_record_says() -> None:
    model = model_with(random_network(1, features=len(FEATURES)), model_by_weight().networks[0])
    assert model_of(_record(model)) == model


@pytest.mark.parametrize(
    "features",
    [[], list(FEATURES[:-1]), [*FEATURES, "one more"], [FEATURES[1], FEATURES[0], *FEATURES[2:]]],
    ids=["none", "one less", "one more", "another order"],
)
def test_a_model_of_other_features_is_refused(features: list[str]) -> None:
    with pytest.raises(ScrubberError, match="other features"):
        model_of({**_record(model_by_weight()), "features": features})


@given(st.integers(-5000, 5000))
def test_probability_grows_with_the_log_odds(log_odds: int) -> None:
    model = model_by_weight()
    assert model.probability(log_odds) <= model.probability(log_odds + 1)
    assert 0 < model.probability(log_odds) < 65536


@given(st.integers(0, ODDS[-1]))
def test_log_odds_of_a_probability_are_the_least_that_have_it(probability: int) -> None:
    model = model_by_weight()
    found = model.log_odds_of(probability)
    assert model.probability(found) >= probability
    assert found == -8 * UNIT or model.probability(found - 1) < probability


def test_steps_of_log_odds_come_back() -> None:
    model = model_by_weight()
    assert all(before < after for before, after in pairwise(ODDS))
    for step in range(257):
        log_odds = step * UNIT // 16 - 8 * UNIT
        assert model.log_odds_of(model.probability(log_odds)) == log_odds
    assert model.probability(0) == 32768


def _pays(scores: list[int], threshold: int, cost: int, flags: tuple[bool, ...] | list[bool]) -> int:
    kept = sum(score - threshold for score, flag in zip(scores, flags, strict=True) if flag)
    return kept - cost * sum(before != after for before, after in pairwise(flags))


@given(st.lists(st.integers(-300, 300), min_size=1, max_size=10), st.integers(-100, 100), st.integers(0, 200))
def test_no_sequence_pays_more_than_the_smoothed_one(scores: list[int], threshold: int, cost: int) -> None:
    found = smoothed(scores, threshold, cost)
    best = max(_pays(scores, threshold, cost, flags) for flags in product((False, True), repeat=len(scores)))
    assert _pays(scores, threshold, cost, found) == best


@given(st.lists(st.integers(-300, 300), max_size=50), st.integers(-100, 100))
def test_where_changes_cost_nothing_each_line_goes_by_its_score(scores: list[int], threshold: int) -> None:
    found = smoothed(scores, threshold, 0)
    assert all(
        flag == (score > threshold) for score, flag in zip(scores, found, strict=True) if score != threshold
    )  # fmt: skip


def test_a_line_near_the_threshold_follows_its_neighbours() -> None:
    assert smoothed([90, 90, -10, 90, 90], 0, 20) == [True] * 5
    assert smoothed([-90, -90, 10, -90, -90], 0, 20) == [False] * 5
    assert smoothed([90, 90, -50, 90, 90], 0, 20) == [True, True, False, True, True]
    assert smoothed([], 0, 20) == []


@given(st.lists(st.booleans(), max_size=40))
def test_runs_are_maximal_and_hold_every_flag(flags: list[bool]) -> None:
    runs = runs_of(flags)
    again = [False] * len(flags)
    for first, stop in runs:
        assert 0 <= first < stop <= len(flags)
        again[first:stop] = [True] * (stop - first)
    assert again == flags
    assert all(stop < first for (_, stop), (first, _) in pairwise(runs))
