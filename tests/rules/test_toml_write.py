"""Rules written as TOML come back as they were, and are plain to look at whatever they are made from."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from scrubber.model.finding import RuleInfo
from scrubber.report.escape import visible
from scrubber.rules.load import load_rules
from scrubber.rules.schema import Example, FixRule, LineRule, Match, NeardupRule, Rule, Ruleset
from scrubber.rules.toml_write import rule_toml, ruleset_toml, toml_string, toml_text

TEXTS = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("\"'\\\n\t\r\0#[]:= <>\x1b\x7f\u202e\u200b\u3000\u00a0\u2028\u3164"),
    ),
    max_size=60,
)


@given(TEXTS)
def test_strings_come_back_and_nothing_in_them_hides(text: str) -> None:
    written = toml_string(text)
    assert tomllib.loads(f"x = {written}")["x"] == text
    assert visible(written, spaces=True) == written
    assert "##[" not in written


@given(TEXTS)
def test_texts_of_many_lines_come_back_and_are_no_workflow_commands(text: str) -> None:
    # TOML may read any line end as it likes, so an example has line feeds only.
    text = text.replace("\r\n", "\n")
    written = toml_text(text)
    assert tomllib.loads(f"x = {written}")["x"] == text
    lines = written.split("\n")
    assert [visible(line, spaces=True) for line in lines] == lines
    assert not any(line.lstrip().startswith("::") or "##[" in line or line.endswith(" ") for line in lines)


def without_places(rule: Rule) -> Rule:
    """The rule, wherever it was declared."""
    examples = tuple(replace(example, declared_at="") for example in rule.examples)
    return replace(rule, info=replace(rule.info, declared_at=""), examples=examples, aliases=())


def written_and_loaded(folder: Path, *rules: Rule) -> Ruleset:
    """The rules, by way of a file."""
    name = rules[0].id.partition("/")[0]
    text = ruleset_toml(name, "Made of tests") + "".join(f"\n{rule_toml(rule)}" for rule in rules)
    (folder / "new.toml").write_text(text, "utf-8")
    return load_rules([folder / "new.toml"])


def test_the_bundled_rules_come_back_as_they_are(tmp_path: Path) -> None:
    rules = load_rules(["core"]).rules
    back = written_and_loaded(tmp_path, *rules)
    assert list(map(without_places, back.rules)) == list(map(without_places, rules))


INFO = RuleInfo("new/a", "line", 'A "title"', "Why\nnot.", "")
HOSTILE = Match(equals=("<!-- x -->", "tab\there", "\u202eelif"), starts=("'''", '"""'), regex=("^'\\d+'$", "a{2}"))


@pytest.mark.parametrize(
    "rule",
    [
        LineRule(info=INFO, match=HOSTILE, unless=Match(ends=("\\",)), where="tail", copies=2, max_chars=9),
        LineRule(info=INFO, match=Match(equals=tuple(f"form number {number}" for number in range(30)))),
        LineRule(
            info=INFO,
            match=HOSTILE,
            examples=(
                Example("n", "a '''\nb \"\"\"\n::c\n \n", removes=(1, 2)),
                Example("m", "no line end", clean="", known_gap=True),
                Example("o", "x\n", removes=()),
            ),
        ),
        NeardupRule(info=replace(INFO, kind="neardup"), threshold=875, min_chars=10, spare_if=(), action="flag"),
        FixRule(info=replace(INFO, kind="fix"), do=("spaces", "control"), action="replace"),
    ],
)
def test_any_rule_comes_back_as_it_is(tmp_path: Path, rule: Rule) -> None:
    back = written_and_loaded(tmp_path, rule)
    assert list(map(without_places, back.rules)) == [rule]


def test_keys_with_their_usual_values_are_written_where_that_is_wanted() -> None:
    rule = LineRule(info=INFO, match=Match(equals=("x",)))
    assert "max-chars" not in rule_toml(rule)
    spelt = rule_toml(rule, ["limits.max-chars", "fold", "confidence"], ["a note " * 30])
    assert tomllib.loads(spelt)["rule"][0]["limits"] == {"max-chars": 200}
    assert [line for line in spelt.split("\n") if line.startswith(("fold", "confidence"))] == [
        'confidence = "likely"',
        'fold       = "loose"',
    ]
    assert all(len(line) <= 118 for line in spelt.split("\n"))
