"""Words that patterns need: a line that matches always holds one of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrubber.rules.literals import LINE_END, words_needed
from scrubber.rules.pattern_tree import ANYTHING, tree_of

_ATOMS = ("a", "b", "ab", "上一页", "[ab]", "[^a]", r"[a-z]", r"\d", ".", "^", "$", " ", r"\.", "share", "B")
_TEXTS = st.text(st.sampled_from("abAB 上一页share.1"), max_size=10).map(str.casefold)


def _patterns() -> st.SearchStrategy[str]:
    def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        group = inner.map(lambda text: f"(?:{text})")
        return st.one_of(
            st.lists(inner, min_size=1, max_size=4).map("".join),
            st.lists(inner, min_size=1, max_size=3).map("|".join).map(lambda text: f"(?:{text})"),
            st.tuples(group, st.sampled_from(("*", "+", "?", "{2}", "{1,3}", "{0}", "{2,}", "*?"))).map("".join),
        )

    return st.recursive(st.sampled_from(_ATOMS), extend, max_leaves=8)


@given(_patterns(), _TEXTS)
@example("^^a", "a")
@example("(?:^|x)share$", "share")
@example("(?:^|a)$", "a")
@example("(?:a?b?){2}", "ab")
@example("(?:a|b)?上一页", "上一页")
def test_a_line_that_matches_holds_a_word_and_enough_words_do_match(pattern: str, text: str) -> None:
    found = words_needed(pattern)
    held = any(word in LINE_END + text + LINE_END for word in found.words)
    matches = re.search(pattern, text, re.IGNORECASE) is not None
    if found.words and matches:
        assert held
    if found.enough and held:
        assert matches


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"^(?:share|print)$", ("\nprint\n", "\nshare\n")),
        (r"^\d+ views$", (" views\n",)),
        (r"^[|>]* ?copyright \d+", ("copyright",)),
        (r"(?:浏览|点击)次数:\d+", ("浏览次数:", "点击次数:")),
        (r"^.{1,40}$", ()),
        (r"\d", ()),
    ],
)
def test_the_rarest_words_are_taken(pattern: str, words: tuple[str, ...]) -> None:
    assert words_needed(pattern).words == words


@pytest.mark.parametrize("pattern", [r"\Qa.b\E", "(?x)a b", "(?=a)", "a)", "[[:alpha:]"])
def test_unknown_syntax_is_anything(pattern: str) -> None:
    assert tree_of(pattern) == ANYTHING
    assert words_needed(pattern).words == ()


def test_many_words_are_bounded() -> None:
    assert len(words_needed("^" + "(?:a|b|c|d|e|f|g|h)" * 12 + "$").words) <= 1_500
