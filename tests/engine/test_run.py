"""Promises of a run over many items: order, back-pressure, and workers that die."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

import pytest

from scrubber.engine.run import run_in_order

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes are killed by a signal")


def double(item: int) -> int:
    return item * 2


def die_on(deadly: frozenset[int], item: int) -> int:
    if item in deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    return item * 2


def die_once(folder: Path, deadly: frozenset[int], item: int) -> int:
    """Kills its process the first time, as someone who wants the memory would."""
    mark = folder / str(item)
    if item in deadly and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return item * 2


def die_at_once() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail_on_seven(item: int) -> int:
    if item == 7:
        raise ValueError("seven")
    return item * 2


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    assert list(run_in_order(range(40), double, jobs=jobs)) == [item * 2 for item in range(40)]


def test_no_more_items_are_taken_than_are_in_flight() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(1000):
            taken.append(item)
            yield item

    results = run_in_order(items(), double, jobs=2)
    assert next(results) == 0
    assert len(taken) <= 2 * 4 + 1
    results.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("deadly", [{0}, {5}, {39}, {3, 4, 5}, {0, 20, 39}], ids=str)
def test_a_worker_that_is_killed_takes_nothing_with_it(deadly: set[int], tmp_path: Path) -> None:
    again: list[int] = []
    results = run_in_order(
        range(40), partial(die_once, tmp_path, frozenset(deadly)), jobs=2, again=again.append, lost=lambda item: -1
    )
    assert list(results) == [item * 2 for item in range(40)]
    assert deadly <= set(again)


@pytest.mark.parametrize("deadly", [{0}, {5, 6}, {39}, {0, 20, 39}], ids=str)
def test_an_item_that_kills_every_worker_is_lost_and_no_other(deadly: set[int]) -> None:
    results = run_in_order(range(40), partial(die_on, frozenset(deadly)), jobs=2, lost=lambda item: -1)
    assert list(results) == [-1 if item in deadly else item * 2 for item in range(40)]


def test_without_a_word_for_lost_items_the_run_ends() -> None:
    with pytest.raises(BrokenProcessPool):
        list(run_in_order(range(9), partial(die_on, frozenset({4})), jobs=2))


def test_workers_that_never_live_are_no_fault_of_an_item() -> None:
    with pytest.raises(BrokenProcessPool):
        list(run_in_order(range(9), double, jobs=2, prepare=die_at_once, lost=lambda item: -1))


def test_what_work_raises_is_raised_here() -> None:
    results = run_in_order(range(9), fail_on_seven, jobs=2, lost=lambda item: -1)
    assert [next(results) for _ in range(7)] == [item * 2 for item in range(7)]
    with pytest.raises(ValueError, match="seven"):
        next(results)
