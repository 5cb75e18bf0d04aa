"""The second look: its columns against plain definitions, both ways of multiplying, and how it is mixed in."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_models import dense, model_by_weight, model_with, random_network
from scrubber.detect.line_context import CONTEXT, MOST_FIRST, line_context
from scrubber.detect.line_model import INPUT_BITS, UNIT, Dense, LineModel, Looks
from scrubber.detect.line_reading import Row, scale_of
from scrubber.detect.second_look import Answers, answers_of

FEW = 5
CHANCE = model_by_weight().probability
pages = st.lists(
    st.tuples(st.integers(-3000, 3000), st.integers(1, 500), st.sampled_from(("", "a", "0 a"))), min_size=1, max_size=40
)


def columns_of(page: list[tuple[int, int, str]]) -> dict[str, list[int]]:
    odds, lengths, shapes = (list(part) for part in zip(*page, strict=True))
    rows = line_context(odds, lengths, shapes, CHANCE)
    return dict(zip(CONTEXT, (list(column) for column in zip(*rows, strict=True)), strict=True))


def model_with_looks(seed: int, limits: tuple[int, int] = (-900, 900)) -> LineModel:
    source = random.Random(seed)
    looks = Looks(
        dense(source, 1, FEW, limits), dense(source, 1, FEW + len(CONTEXT), limits),
        (-2000,) * len(CONTEXT), (2000,) * len(CONTEXT),
    )  # fmt: skip
    return model_with(random_network(seed, features=FEW), features=FEW, looks=looks)


def random_page(seed: int, count: int) -> tuple[list[Row], list[int], list[str]]:
    source = random.Random(seed)
    rows = [tuple(source.randint(-400, 400) for _ in range(FEW)) for _ in range(count)]
    return rows, [source.randint(1, 300) for _ in rows], [source.choice(("", "a", "0 a")) for _ in rows]


def test_no_column_has_the_name_of_another() -> None:
    assert len(set(CONTEXT)) == len(CONTEXT)


@given(pages)
def test_each_line_has_a_row_of_whole_numbers(page: list[tuple[int, int, str]]) -> None:
    columns = columns_of(page)
    assert all(len(column) == len(page) and all(type(cell) is int for cell in column) for column in columns.values())


@given(pages)
def test_neighbours_ranks_and_windows_are_what_their_names_say(page: list[tuple[int, int, str]]) -> None:
    columns = columns_of(page)
    odds = [max(-MOST_FIRST, min(MOST_FIRST, cell)) for cell, _, _ in page]
    chances = [CHANCE(cell) >> 8 for cell in odds]
    assert columns["first odds"] == odds
    assert columns["odds 2 above"] == [0, 0, *odds][: len(odds)]
    assert columns["odds 1 below"] == [*odds[1:], 0]
    for place in range(len(page)):
        above = chances[max(0, place - 3) : place]
        assert columns["mean chance 3 above"][place] == sum(above) // max(1, len(above))
        better = sum(cell > odds[place] for cell in odds) + odds[:place].count(odds[place])
        assert columns["rank"][place] == scale_of(better)
    assert columns["best chance of page"] == [max(chances)] * len(page)


@given(pages)
def test_a_line_says_nothing_of_lines_of_other_shapes(page: list[tuple[int, int, str]]) -> None:
    columns = columns_of(page)
    chances = [CHANCE(max(-MOST_FIRST, min(MOST_FIRST, cell))) >> 8 for cell, _, _ in page]
    for place, (_, _, shape) in enumerate(page):
        mates = [chance for chance, (_, _, other) in zip(chances, page, strict=True) if other == shape]
        assert columns["best chance of this shape"][place] == (max(mates) if shape else chances[place])


def test_no_lines_have_no_context() -> None:
    assert line_context([], [], [], CHANCE) == []
    assert answers_of(model_with_looks(1), [], [], []) == Answers([], [])


@given(st.integers(0, 1 << 32), st.integers(1, 60))
def test_both_ways_of_multiplying_give_equal_answers(seed: int, count: int) -> None:
    model = model_with_looks(seed, (-40000, 40000))
    page = random_page(seed, count)
    assert answers_of(model, *page, plain_lines=count) == answers_of(model, *page, plain_lines=0)


def test_the_looks_count_as_much_as_each_network() -> None:
    page = random_page(3, 12)
    networks = [random_network(seed, features=FEW) for seed in (3, 4)]
    alone = [model_with(network, features=FEW).log_odds(page[0]) for network in networks]
    one = Looks(
        Dense(((0,) * FEW,), (0,)), Dense(((0,) * (FEW + len(CONTEXT)),), (UNIT << INPUT_BITS,)),
        (0,) * len(CONTEXT), (0,) * len(CONTEXT),
    )  # fmt: skip
    found = answers_of(model_with(*networks, features=FEW, looks=one), *page)
    assert found.likeliest == [(sum(cells) + UNIT) // 3 for cells in zip(*alone, strict=True)]
    assert found.wary == list(map(max, found.likeliest, alone[-1]))


def test_the_wary_answer_is_never_below_that_of_the_last_network() -> None:
    page = random_page(4, 12)
    networks = [random_network(seed, features=FEW) for seed in (1, 2)]
    found = answers_of(model_with(*networks, features=FEW), *page)
    last = model_with(networks[1], features=FEW).log_odds(page[0])
    assert found.wary == list(map(max, found.likeliest, last))


@pytest.mark.parametrize("count", [1, 7])
def test_without_looks_the_networks_answer_alone(count: int) -> None:
    page = random_page(count, count)
    model = model_with(random_network(1, features=FEW), features=FEW)
    assert answers_of(model, *page).likeliest == model.log_odds(page[0])
