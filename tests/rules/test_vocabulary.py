"""Words are found in the lines in which they stand, whichever way they are looked for."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.rules import vocabulary
from scrubber.rules.literals import DIGIT, LINE_END
from scrubber.rules.vocabulary import Source, Vocabulary, WordFinder

_WORDS = st.text(alphabet=["a", "b", "渡", "1", "2", DIGIT, LINE_END], min_size=1, max_size=4)
_LINES = st.lists(st.text(alphabet="ab渡12 ", max_size=12), min_size=1, max_size=6)


class Form(NamedTuple):
    name: str
    limit_chars: int


def found(needed: list[list[str]], lines: list[str], certain: bool, looked_up_chars: int) -> set[tuple[int, str]]:
    before = vocabulary.LOOKED_UP_CHARS
    vocabulary.LOOKED_UP_CHARS = looked_up_chars
    try:
        half = len(needed) // 2
        sources = [
            Source(Vocabulary.of(some), {number: [Form(f"{side}{number}", 99)] for number in range(len(some))})
            for side, some in (("x", needed[:half]), ("y", needed[half:]))
        ]
        chars = list(map(len, lines))
        return {
            (line, form.name)
            for line, forms in WordFinder(sources).find(LINE_END.join(lines), certain, chars)
            for form in forms
        }
    finally:
        vocabulary.LOOKED_UP_CHARS = before


@given(st.lists(st.lists(_WORDS, min_size=1, max_size=3), min_size=1, max_size=6), _LINES, st.booleans())
def test_pieces_and_automaton_find_the_same(needed: list[list[str]], lines: list[str], certain: bool) -> None:
    assert found(needed, lines, certain, 1 << 40) == found(needed, lines, certain, 0)


@given(st.lists(st.lists(_WORDS, min_size=1, max_size=3), min_size=2, max_size=6), _LINES)
def test_every_line_that_holds_a_word_is_found(needed: list[list[str]], lines: list[str]) -> None:
    half = len(needed) // 2
    some = any_digit_as(needed)
    expected = {
        (line, f"{'xy'[place >= half]}{place - half * (place >= half)}")
        for line, text in enumerate(lines)
        for place, words in enumerate(some)
        if any(holds(LINE_END + text + LINE_END, word) for word in words)
    }
    assert expected <= found(needed, lines, True, 1 << 40)


@pytest.mark.parametrize("looked_up_chars", [0, 1 << 40])
def test_forms_for_shorter_lines_stand_behind_the_others(looked_up_chars: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "LOOKED_UP_CHARS", looked_up_chars)
    forms = {0: [Form("short", 5)], 1: [Form("long", 50), Form("middle", 20)], 2: [Form("tiny", 2)]}
    finder = WordFinder([Source(Vocabulary.of([["ab"], ["ab"], ["cd"]]), forms)])
    lines = ["ab" + " " * 8, "cd" + " " * 8]
    ((line, asked),) = finder.find(LINE_END.join(lines), True, list(map(len, lines)))
    assert line == 0
    assert [form.name for form in asked] == ["long", "middle", "short"]


def any_digit_as(needed: list[list[str]]) -> list[list[str]]:
    """Words of one line: a line end within a word would lead into the next one."""
    return [[word for word in words if LINE_END not in word[1:-1]] for words in needed]


def holds(text: str, word: str) -> bool:
    return any(
        all(mine == its or (its == DIGIT and mine.isdigit()) for mine, its in zip(text[place:], word, strict=False))
        for place in range(len(text) - len(word) + 1)
    )


@pytest.mark.parametrize("looked_up_chars", [0, 1 << 40])
def test_certain_digits_are_told_from_some_digit(looked_up_chars: int) -> None:
    needed = [["tel1"], ["tel" + DIGIT], ["tel"]]
    assert found(needed, ["tel2"], True, looked_up_chars) == {(0, "y0"), (0, "y1")}
    assert found(needed, ["tel1"], True, looked_up_chars) == {(0, "x0"), (0, "y0"), (0, "y1")}
    assert found(needed, ["tel2"], False, looked_up_chars) == {(0, "x0"), (0, "y0"), (0, "y1")}
