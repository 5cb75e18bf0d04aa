"""Cue words: families are told in every script, counts are bounded, and a word inside another is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.detect.cues import FAMILIES, cues_of
from scrubber.text.fold import fold


def families(line: str, *, is_wide: bool) -> set[str]:
    counts = cues_of(fold(line), is_wide=is_wide)
    return {family for family, count in zip(FAMILIES, counts, strict=True) if count}


@pytest.mark.parametrize(
    ("line", "is_wide", "expected"),
    [
        ("Home | Search", False, {"navigation"}),
        ("返回首页", True, {"navigation"}),
        ("前へ　次へ", True, {"action"}),
        ("로그인 회원", True, {"navigation"}),
        ("Все права защищены", False, {"legal"}),
        ("版权所有", True, {"legal"}),
        ("TWEET!", False, {"share"}),
        ("(Comments)", False, {"comment"}),
        ("记者：林一", True, {"byline"}),
        ("A ferry is a boat", False, set()),
        ("渡轮返航", True, set()),
    ],
)
def test_families_are_told_in_many_languages(line: str, is_wide: bool, expected: set[str]) -> None:
    assert families(line, is_wide=is_wide) == expected


def test_words_with_spaces_around_them_are_whole_words() -> None:
    assert families("homely shareholders tagged", is_wide=False) == set()
    assert families("home shares? share!", is_wide=False) == {"navigation", "share"}


def test_a_family_counts_three_at_most() -> None:
    counts = cues_of("home " * 1000 + "share", is_wide=False)
    assert counts[FAMILIES.index("navigation")] == 3
    assert counts[FAMILIES.index("share")] == 1
    assert max(cues_of("首页" * 1000, is_wide=True)) == 3


def test_words_without_spaces_are_only_looked_for_in_wide_lines() -> None:
    assert families("the board shows 首页 in chinese", is_wide=False) == set()


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=80), st.booleans())
def test_there_is_a_small_count_for_each_family(text: str, is_wide: bool) -> None:
    counts = cues_of(fold(text), is_wide=is_wide)
    assert len(counts) == len(FAMILIES)
    assert all(type(count) is int and 0 <= count <= 3 for count in counts)


@given(st.lists(st.sampled_from(("home", "share", "ferry", "首页", "分享", "by", "船")), max_size=8), st.booleans())
def test_the_order_of_words_does_not_matter_between_spaces(words: list[str], is_wide: bool) -> None:
    assert cues_of(" ".join(words), is_wide=is_wide) == cues_of(" ".join(reversed(words)), is_wide=is_wide)
