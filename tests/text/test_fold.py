"""Folding makes lines that say the same equal, is idempotent, and is the same one by one and in bulk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.text.fold import digits, fold, fold_lines, skeleton
from strategies import lines

one_line = st.one_of(lines, st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\n")))


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("  Share  THIS\tstory ", "share this story"),
        ("来源：《日报》（第１期）", "来源:《日报》(第1期)"),
        ("首页\u3000>\u00a0新闻", "首页 > 新闻"),
        ("STRASSE Straße", "strasse strasse"),
        ("\u200b下\ufeff一\u00ad页", "下一页"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("e\u0301", "é"),
        ("ﬁn", "fin"),
    ],
)
def test_what_folding_does(line: str, key: str) -> None:
    assert fold(line) == key


@given(one_line)
def test_folding_is_idempotent(line: str) -> None:
    assert fold(fold(line)) == fold(line)


@given(st.lists(one_line, max_size=30))
def test_bulk_folding_equals_folding_one_by_one(many: list[str]) -> None:
    assert fold_lines(many) == [fold(line) for line in many]


@given(one_line)
def test_keys_hold_no_line_end_and_no_double_space(line: str) -> None:
    key = fold(line)
    assert not set("\n\r\t") & set(key)
    assert "  " not in key
    assert key == key.strip()


def test_skeletons_ignore_punctuation_and_keep_letters_and_digits() -> None:
    assert skeleton(fold("总监审：姚 卜成")) == skeleton(fold("总监审姚卜成"))
    assert skeleton(fold("第1期")) != skeleton(fold("第2期"))


def test_digits_are_the_numbers_in_order() -> None:
    assert digits(fold("２０２３年1月 304人")) == ("2023", "1", "304")
    assert digits("none") == ()
