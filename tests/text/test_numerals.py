"""Numbers in a line are the same however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.text.numerals import numbers, without_numbers

_DIGITS = "零一二三四五六七八九"


def chinese(value: int) -> str:
    """A number below 10,000 as Chinese writes it."""
    text, pending = "", False
    for unit, name in ((1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            text += ("零" if pending and text else "") + _DIGITS[digit] + name
            pending = False
        elif text:
            pending = True
    return text


@given(st.integers(2, 9_999))
def test_chinese_and_decimal_numbers_are_equal(value: int) -> None:
    assert numbers(f"第{chinese(value)}条") == numbers(f"第{value}条") == (str(value),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("二〇二三年五月", "2023年5月"),
        ("两万四千人", "24000人"),
        ("十二个", "12个"),
        ("three of them", "3 of them"),
    ],
)
def test_one_number_in_two_ways(one: str, other: str) -> None:
    assert numbers(one) == numbers(other)
    assert without_numbers(one) == without_numbers(other)


@pytest.mark.parametrize(("one", "other"), [("二十三天", "32天"), ("3万", "3"), ("1.5", "15"), ("二百", "二千")])
def test_other_numbers_stay_apart(one: str, other: str) -> None:
    assert numbers(one) != numbers(other)


@given(st.text(alphabet="〇零一二三两十百千万亿0123 条", max_size=12))
def test_any_run_of_numerals_is_read(key: str) -> None:
    assert all(numbers(key))
