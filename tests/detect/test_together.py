"""Lines that the line model lets go in company only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.detect.opinion import BARE_RUN_ODDS, BETWEEN_ODDS, RUN_LINES, RUN_ODDS, together

#: One letter for each line: `c` cut by a rule, `b` below the threshold, `k` may not go, `r` reads like boilerplate, `s`
#: reads so surely, `t` is text.
ODDS = {"c": 0, "b": -1200, "k": -1200, "r": RUN_ODDS - 1, "s": BETWEEN_ODDS - 1, "t": 500}


def gone(lines: str) -> str:
    found = together(
        [ODDS[line] for line in lines],
        [line == "c" for line in lines],
        [line in "bk" for line in lines],
        [line == "k" for line in lines],
    )
    return "".join("-" if flag else line for line, flag in zip(lines, found, strict=True))


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        ("tttcrrrctt", "tttc---ctt"),  # a run between lines that a rule takes
        ("tttbrrrbtt", "tttb---btt"),  # or that go alone
        ("tcrcrrctt", "tc-c--ctt"),  # lines that go anyway do not part it
        ("tttrrrtt", "tttrrrtt"),  # nothing in it goes for sure
        ("tttcrrctt", "tttcrrctt"),  # too short
        ("tttcrrrtt", "tttcrrrtt"),  # beside text it may be a signature, or headings
        ("tttrrrctt", "tttrrrctt"),
        ("tttcrrrrrrtt", "tttc------tt"),  # but not six lines
        ("tttrrrrrrctt", "ttt------ctt"),
        ("rrrctt", "---ctt"),  # nor at the page's own edge
        ("tttcrrr", "tttc---"),
        ("tcrrkrrct", "tcrrkrrct"),  # a line that may not go parts it
        ("tcrrtrrct", "tcrrtrrct"),
        ("tcsct", "tc-ct"),  # between two lines that go
        ("tcssct", "tc--ct"),
        ("tcrct", "tcrct"),
        ("tcst", "tcst"),  # text on one side
        ("scc", "scc"),  # the page's edge on one side
        ("kkk", "kkk"),
        ("", ""),
    ],
)
def test_lines_go_together(lines: str, left: str) -> None:
    assert gone(lines) == left


@given(st.text("cbkrst", max_size=40))
def test_only_open_lines_go_and_some_line_beside_them_goes_anyway(lines: str) -> None:
    left = gone(lines)
    for place, mark in enumerate(left):
        assert mark == lines[place] or (mark == "-" and lines[place] in "rs")
    if "-" in left:
        assert "c" in lines or "b" in lines
        assert left.count("-") >= RUN_LINES or "s" in lines


@given(st.text("cbkrst", max_size=40))
def test_the_order_of_lines_does_not_matter(lines: str) -> None:
    assert gone(lines[::-1]) == gone(lines)[::-1]


def test_a_run_may_have_to_be_surer() -> None:
    odds = [500, 0, -400, -400, -400, 0, 500]
    cut = [False, True, False, False, False, True, False]
    none = [False] * len(odds)
    assert sum(together(odds, cut, none, none)) == 3
    assert sum(together(odds, cut, none, none, BARE_RUN_ODDS)) == 0
