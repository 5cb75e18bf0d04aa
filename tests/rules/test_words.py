"""Word lists: named once, used in patterns and in plain forms, and located when they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import RuleFileError
from scrubber.rules.load import load_rules
from scrubber.rules.schema import LineRule
from scrubber.rules.words import expand

HEADER = '[ruleset]\nname = "t"\nversion = "1"\ndescription = "d"\n'
RULE = '[[rule]]\nid = "bar"\nkind = "line"\ntitle = "Bar"\nwhy = "w"\nmatch = {match}\n'


def loaded(tmp_path: Path, words: str, match: str) -> LineRule:
    path = tmp_path / "t.toml"
    path.write_text(HEADER + words + RULE.replace("{match}", match), encoding="utf-8")
    rule = load_rules([path]).rules[0]
    assert isinstance(rule, LineRule)
    return rule


def test_a_list_stands_for_any_of_its_items(tmp_path: Path) -> None:
    words = '[words]\nactions = ["分享", "打印(?:本页)?"]\nbar = ["<<actions>>", "更多"]\n'
    rule = loaded(tmp_path, words, "{ regex = ['^<<bar>>( <<actions>>)+$'] }")
    assert rule.match.regex == ("^(?:分享|打印(?:本页)?|更多)( (?:分享|打印(?:本页)?))+$",)


def test_a_plain_form_that_names_a_list_stands_for_its_items(tmp_path: Path) -> None:
    rule = loaded(tmp_path, '[words]\nactions = ["share", "print"]\n', '{ equals = ["<<actions>>", "reply"] }')
    assert rule.match.equals == ("share", "print", "reply")


@pytest.mark.parametrize(
    ("words", "match", "place", "message"),
    [
        ('[words]\nactions = ["share"]\n', "{ regex = ['^<<action>>$'] }", "12:22", 'no word list "action"'),
        ('[words]\nactions = ["share"]\n', "{ regex = ['^<<actions>>(?=x)$'] }", "12:33", "look-ahead"),
        ('[words]\nactions = ["sh(are"]\n', "{ regex = ['^<<actions>>$'] }", "12:", "missing )"),
        ('[words]\n"Act" = ["share"]\n', '{ equals = ["x"] }', "6:1", "cannot be the name of a word list"),
        ('[words]\na = ["<<b>>"]\nb = ["x"]\n', '{ equals = ["x"] }', "6:7", 'no word list "b"'),
    ],
)
def test_mistakes_are_located(tmp_path: Path, words: str, match: str, place: str, message: str) -> None:
    with pytest.raises(RuleFileError) as raised:
        loaded(tmp_path, words, match)
    text = str(raised.value)
    assert message in text
    assert f"t.toml:{place}" in text


@given(st.lists(st.sampled_from(["ab", "<<w>>", "c"]), max_size=6))
def test_offsets_lead_back_to_what_was_written(parts: list[str]) -> None:
    pattern = "".join(parts)
    expanded = expand(pattern, {"w": ("xyz", "q")})
    for offset, character in enumerate(expanded.text):
        written = expanded.written_offset(offset)
        assert 0 <= written < len(pattern)
        if character in "abc":
            assert pattern[written] == character
