"""Words that patterns need: a line that matches always holds one of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrubber.rules.literals import DIGIT, LINE_END, words_needed
from scrubber.rules.pattern_tree import Anything, most_chars, tree_of

_ATOMS = (
    "a", "b", "ab", "上一页", "[ab]", "[^a]", r"[a-z]", r"\d", r"\p{Nd}", r"[\p{Nd}a]", r"[^\p{Nd}]", "12", ".", "^", "$",
    " ", r"\.", r"\b", "share", "B",
)  # fmt: skip
_TEXTS = st.text(st.sampled_from("abAB 上一页share.12"), max_size=10).map(str.casefold)


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
    held = any(
        re.search(re.escape(word).replace(re.escape(DIGIT), r"\d"), LINE_END + text + LINE_END) for word in found.words
    )
    matches = re.search(pattern.replace(r"\p{Nd}", r"\d"), text, re.IGNORECASE) is not None
    if found.words and matches:
        assert held
    if found.enough and held:
        assert matches


@given(_patterns(), _TEXTS)
@example("^a$", "aa")
@example("^$.{0,2}$", "")
def test_no_line_that_matches_is_longer_than_its_pattern_allows(pattern: str, text: str) -> None:
    most = most_chars(pattern)
    if most is not None and re.search(pattern.replace(r"\p{Nd}", r"\d"), text, re.IGNORECASE):
        assert len(text) <= most


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"^(?:share|print)$", ("\nprint\n", "\nshare\n")),
        (r"^\d+ views$", (" views\n",)),
        (r"^[\p{Nd}]{2} v$", (f"\n{DIGIT}{DIGIT} v\n",)),
        (r"^[|>]* ?copyright \d+", ("copyright",)),
        (r"(?:浏览|点击)次数:\d+", ("浏览次数:", "点击次数:")),
        (r"^.{1,40}$", ()),
        (r"\d", ()),
        (r"\p{Nd}", ()),
    ],
)
def test_the_rarest_words_are_taken(pattern: str, words: tuple[str, ...]) -> None:
    assert words_needed(pattern).words == words


@pytest.mark.parametrize("pattern", [r"\Qa.b\E", "(?x)a b", "(?=a)", "a)", "[[:alpha:]"])
def test_unknown_syntax_is_anything(pattern: str) -> None:
    assert isinstance(tree_of(pattern), Anything)
    assert words_needed(pattern).words == ()


def test_many_words_are_bounded() -> None:
    assert len(words_needed("^" + "(?:a|b|c|d|e|f|g|h)" * 12 + "$").words) <= 1_500
