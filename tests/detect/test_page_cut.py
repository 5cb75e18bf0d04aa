"""Where a page is parted: against the plain definition, and what that means for clear, doubtful and empty pages."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from line_models import model_by_weight
from scrubber.detect.page_cut import HIGHEST_CUT, LOWEST_CUT, page_cut

CHANCE = model_by_weight().probability
lines = st.lists(st.tuples(st.integers(-2500, 2500), st.integers(1, 300)), min_size=1, max_size=30)


def worth(odds: list[int], lengths: list[int], kept: list[int]) -> Fraction:
    """What keeping some lines brings, by exact fractions: F1 less a tenth where much text is lost, over five pages.

    Keeping all of them is worth a hundredth more on each.
    """
    sums = Fraction(0)
    for shift, count in ((-896, 1), (-448, 4), (0, 6), (448, 4), (896, 1)):
        text = [Fraction(CHANCE(cell + shift) * length, 65536) for cell, length in zip(odds, lengths, strict=True)]
        right, whole = sum(text[place] for place in kept), sum(text)
        short = min(Fraction(1, 10), max(Fraction(0), Fraction(95, 100) - right / whole))
        sums += count * (2 * right / (sum(lengths[place] for place in kept) + whole) - short)
    return sums + Fraction(16, 100) * (len(kept) == len(odds))


@given(lines)
def test_no_other_cut_is_worth_more(page: list[tuple[int, int]]) -> None:
    odds, lengths = [cell for cell, _ in page], [length for _, length in page]
    cut = page_cut(odds, lengths, CHANCE)
    order = sorted(range(len(page)), key=lambda place: -odds[place])
    worths = [worth(odds, lengths, order[: count + 1]) for count in range(len(order))]
    chosen = [place for place in range(len(page)) if odds[place] >= cut]
    if LOWEST_CUT < cut < HIGHEST_CUT and cut not in odds:
        assert max(worths) - worth(odds, lengths, chosen) < Fraction(1, 100), "but for what is rounded"


@given(lines)
def test_the_cut_stays_within_its_bounds_and_the_order_of_lines_does_not_matter(page: list[tuple[int, int]]) -> None:
    odds, lengths = [cell for cell, _ in page], [length for _, length in page]
    cut = page_cut(odds, lengths, CHANCE)
    assert LOWEST_CUT <= cut <= HIGHEST_CUT
    if len(set(odds)) == len(odds):
        assert page_cut(odds[::-1], lengths[::-1], CHANCE) == cut


def test_a_clear_page_is_parted_between_its_two_kinds_of_lines() -> None:
    odds, lengths = [1500] * 6 + [-1500] * 20, [200] * 6 + [12] * 20
    assert -1500 < page_cut(odds, lengths, CHANCE) <= HIGHEST_CUT


def test_a_doubtful_page_keeps_what_would_be_much_of_its_text() -> None:
    assert page_cut([100] * 10 + [-100] * 10, [100] * 20, CHANCE) < -100


def test_a_page_that_little_can_be_won_on_stays_whole() -> None:
    assert page_cut([1500] * 10 + [-600], [200] * 10 + [20], CHANCE) < -600
    assert page_cut([1500] * 10 + [-600] * 10, [200] * 10 + [90] * 10, CHANCE) > -600


def test_a_page_without_lines_has_a_cut() -> None:
    assert page_cut([], [], CHANCE) == 0
