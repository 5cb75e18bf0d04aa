"""How a line is written: classes of characters, counts of them, and what both promise for any line."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.text.fold import fold
from scrubber.text.lines import is_blank, trim
from scrubber.text.writing import Writing, class_of, writing_of

any_line = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\r\n"), min_size=1, max_size=60
).filter(lambda line: not is_blank(line))


def written(line: str) -> Writing:
    return writing_of(line, fold(line))


@pytest.mark.parametrize(
    ("characters", "expected"),
    [
        ("的了のは", "F"),
        ("船港フェ한國\U00020001", "C"),
        ("09٣", "0"),
        ("AÉЖΩ", "A"),
        ("aéжωا", "a"),
        (".。!？；…।", "."),
        (",，、،", ","),
        ("|»·-_/【*", "|"),
        (":：", ":"),
        ("\"'“「（", '"'),
        (" \t\u00a0\u3000\u200b\ufeff", " "),
        ("$€™\x00\x1b\U0001f6a2", "?"),
    ],
)
def test_a_character_has_its_class_in_any_script(characters: str, expected: str) -> None:
    assert [class_of(character) for character in characters] == [expected] * len(characters)


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("The ferry, said Ada Low, ran in 1912.",
         {"words": 7, "function_words": 3, "capitalised": 3, "capitals": 3, "commas": 2, "digits": 4, "sentences": 1,
          "closed": 1, "ends_sentence": 1, "wide": 0}),
        ("渡轮返航，码头的灯亮了。", {"wide": 10, "function_words": 2, "commas": 1, "sentences": 1, "closed": 1}),
        ("Home | News | Ferries", {"separators": 2, "words": 3, "function_words": 0, "closed": 0, "capitalised": 3}),
        ("相关阅读：", {"colons": 1, "ends_in_colon": 1, "wide": 4, "closed": 0}),
        ("He said: “All are safe.”", {"ends_sentence": 0, "closed": 1, "quotes": 2, "colons": 1, "ends_in_colon": 0}),
        ("\u3000\u3000 0 \u200b", {"length": 1, "digits": 1, "spaces": 0}),
    ],
)  # fmt: skip
def test_counts_of_lines(line: str, counts: dict[str, int]) -> None:
    found = written(line)
    assert {name: getattr(found, name) for name in counts} == counts


def test_a_wide_character_weighs_five_halves() -> None:
    assert [written(line).weight for line in ("ab", "船", "船ab", "船港")] == [2, 2, 4, 5]


def test_a_line_is_wide_from_three_tenths_on() -> None:
    assert not written("abcdefg船港口").is_wide
    assert written("abcdef船港口的").is_wide


def test_the_shape_says_runs_once_and_only_of_the_beginning() -> None:
    assert written("Stop 12: the Pier").shape == "a 0: a a"
    assert written("第12页的船").shape == "C0C"
    assert len(written("a1" * 5000).shape) == 60
    assert written("2021-03-04").shape == written("1999-12-31").shape == "0|0|0"


@given(any_line)
def test_counts_fit_into_the_line(line: str) -> None:
    found = written(line)
    assert found.length == len(trim(line)) > 0
    assert all(isinstance(cell, int) for name, cell in found._asdict().items() if name != "shape")
    classes = (found.wide, found.digits, found.sentences, found.commas, found.separators, found.colons, found.quotes,
               found.spaces, found.capitals)  # fmt: skip
    assert min(classes) >= 0
    assert sum(classes) <= found.length
    assert found.length <= found.weight <= 5 * found.length // 2
    assert 0 <= found.function_words <= max(found.words, found.wide)
    assert not re.search(r"(.)\1", found.shape)
    assert {found.closed, found.ends_sentence, found.ends_in_colon} <= {0, 1}
    assert found.closed >= found.ends_sentence


@given(
    any_line, st.text(st.sampled_from(" \t\u3000\u200b"), max_size=3), st.text(st.sampled_from(" \u00a0"), max_size=3)
)
def test_space_around_a_line_changes_nothing(line: str, before: str, after: str) -> None:
    assert written(before + line + after) == written(line)


@pytest.mark.parametrize("line", ["a" * 1_000_000, "船，" * 500_000, "\x00\x1b" * 500_000, " x" * 500_000])
def test_a_line_of_a_million_characters_is_counted(line: str) -> None:
    found = written(line)
    assert found.length >= 999_999
    assert len(found.shape) <= 60
