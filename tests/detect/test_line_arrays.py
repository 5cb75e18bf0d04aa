"""Both ways of making rows: numpy says of every line what the plain way says, of whatever text, and so does the cut."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_models import model_by_weight
from scrubber.detect.context_arrays import context_arrays
from scrubber.detect.line_arrays import line_arrays, scales_of
from scrubber.detect.line_context import line_context
from scrubber.detect.line_features import FEATURES, line_features, line_shapes
from scrubber.detect.line_reading import scale_of
from scrubber.detect.page_cut import BLOCKS, LINES, Worth, array_cut, page_cut
from scrubber.detect.scan import Scan
from scrubber.engine.clean import Cleaner
from scrubber.model import Document
from scrubber.rules.load import load_rules
from scrubber.rules.match import CompiledRules
from scrubber.rules.schema import Ruleset
from strategies import documents

np = pytest.importorskip("numpy")
NO_RULES = CompiledRules(Ruleset(()))
MODEL = model_by_weight()
TRUNKS = (
    "The ferry returned at noon, and the harbour office said that it will sail again on Monday.",
    "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行。",
    "Home | News | About us", "Share this story", "相关阅读：", "2021-03-04 10:12 来源：港口日报", "[3] 12 % of 40", "", "· · ·",
    "Copyright 2021 The Pier. All rights reserved.", "上一篇 下一篇", "w" * 700, "渡" * 5000,
)  # fmt: skip


def assert_equal(scan: Scan, cut: Callable[[int], bool]) -> None:
    flags = [cut(index) for index in range(len(scan.document.bounds))]
    indexes, rows = line_features(scan, flags)
    found = line_arrays(scan, flags)
    assert found.indexes == indexes
    assert found.shapes == line_shapes(scan, indexes)
    assert found.rows.shape == (len(rows), len(FEATURES))
    assert found.rows.tolist() == list(map(list, rows))


@given(documents(), st.integers(1, 5))
def test_rows_of_any_text_are_those_of_the_plain_way(text: str, step: int) -> None:
    assert_equal(Scan(Document("d", text), NO_RULES), lambda index: index % step == 0)


@given(st.lists(st.sampled_from(TRUNKS), max_size=90), st.integers(1, 9))
def test_rows_of_pages_are_those_of_the_plain_way(lines: list[str], step: int) -> None:
    cleaner = _bundled()
    scan = cleaner.scan(Document("d", "\n".join(lines)))
    cleaner.findings(scan)
    assert_equal(scan, lambda index: scan.cut_by_rules[index] or index % step == 0)


_CLEANERS: list[Cleaner] = []


def _bundled() -> Cleaner:
    """One cleaner with the bundled rules for all texts."""
    if not _CLEANERS:
        _CLEANERS.append(Cleaner(load_rules([])))
    return _CLEANERS[0]


@given(st.lists(st.integers(0, 1 << 60), max_size=50))
def test_scales_of_arrays_are_those_of_their_numbers(numbers: list[int]) -> None:
    assert scales_of(np.array(numbers, dtype=np.int64)).tolist() == list(map(scale_of, numbers))


pages = st.lists(
    st.tuples(st.integers(-3000, 3000), st.integers(0, 500), st.sampled_from(("", "a", "0 a"))), min_size=1, max_size=90
)


@given(pages)
def test_the_second_looks_columns_are_those_of_the_plain_way(page: list[tuple[int, int, str]]) -> None:
    odds, lengths, shapes = (list(part) for part in zip(*page, strict=True))
    found = context_arrays(np.array(odds), lengths, shapes, MODEL.probabilities)
    assert found.tolist() == list(map(list, line_context(odds, lengths, shapes, MODEL.probability)))


@given(pages, st.sampled_from((LINES, BLOCKS)))
def test_the_cut_of_a_page_is_that_of_the_plain_way(page: list[tuple[int, int, str]], worths: Worth) -> None:
    odds, lengths, _ = (list(part) for part in zip(*page, strict=True))
    assert array_cut(odds, lengths, MODEL.probability, MODEL.probabilities, worths) == page_cut(
        odds, lengths, MODEL.probability, worths
    )


def test_sums_that_might_not_fit_are_left_to_the_plain_way() -> None:
    source = random.Random(5)
    odds = [source.randint(-900, 900) for _ in range(40)]
    lengths = [source.randint(1 << 30, 1 << 40) for _ in odds]
    assert array_cut(odds, lengths, MODEL.probability, MODEL.probabilities) == page_cut(
        odds, lengths, MODEL.probability
    )
