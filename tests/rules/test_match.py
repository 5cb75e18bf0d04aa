"""Patterns: all at once gives what one by one gives, in linear time, and never a silent "no match"."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrubber.errors import RuleBudgetError
from scrubber.model import RuleInfo
from scrubber.rules.forms import LONG_LINE_CHARS
from scrubber.rules.match import CompiledRules
from scrubber.rules.regex import check_pattern, translate
from scrubber.rules.schema import BetweenRule, KeepRule, LineRule, Match, Rule, Ruleset
from scrubber.rules.vocabulary import WINDOW_BYTES
from scrubber.text.fold import fold


def compiled(
    *matches: Match, budget_bytes: int = 64 << 20, kind: type[LineRule | KeepRule] = LineRule
) -> CompiledRules:
    rules: list[Rule] = [
        kind(RuleInfo(f"t/r{number}", kind.kind, "t", "w", "t.toml:1"), match=match)
        for number, match in enumerate(matches)
    ]
    return CompiledRules(Ruleset(tuple(rules)), budget_bytes=budget_bytes)


PATTERNS = (
    r"^\d+$",
    r"^.{2,6}$",
    r"share",
    r"^(?:share|print)(?: (?:share|print))*$",
    r"[^\w\s]$",
    r"上一页|下一页",
    r"^\s*\W{1,3}\s*$",
    r"^[a-z]+:",
    r"^\d{1,2}$",
    r"12",
    r"1\d? views$",
    r"21\d a",
    r"1\d\d a",
)


@given(st.text(st.sampled_from("share print上一页下12٣:。a> "), max_size=14))
@example("1٣ views")
@example("12 views")
@example("211 a")
@example("121 a")
def test_all_patterns_at_once_hit_what_each_hits_alone(text: str) -> None:
    together = compiled(*(Match(regex=(pattern,)) for pattern in PATTERNS))
    key = fold(text)
    expected = {number for number, pattern in enumerate(PATTERNS) if key and re.search(pattern, key)}
    assert set(together.hits_of([text], [key])[0]) == expected


@pytest.mark.parametrize(
    ("match", "line", "hit"),
    [
        (Match(equals=("Share：",)), "ＳＨＡＲＥ:", True),
        (Match(starts=("下一页",)), "下一页 >", True),
        (Match(ends=("»",)), "more »", True),
        (Match(contains=("a.b",)), "xaxbx", False),
        (Match(regex=(r"^\W+$",)), "上一页", False),
        (Match(regex=(r"^\d{2}$",)), "１２", True),
        (Match(regex=(r"^[^\s]+$",)), "a\u3000b", False),
    ],
)
def test_forms_see_the_folded_line_in_all_scripts(match: Match, line: str, hit: bool) -> None:
    assert bool(compiled(match).hits(line, fold(line))) is hit


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(a+)+$",
        r"^(a|aa)+$",
        r"^(\w+\s?)*:$",
        r"\s+$",
        r"(.*)编辑(.*)来源$",
        r"[一-鿿]+[一-鿿]*[一-鿿]*。$",
        r"a.{0,900}b",
    ],
)
def test_patterns_that_hang_other_engines_are_answered(pattern: str) -> None:
    assert check_pattern(pattern, "loose") is None
    hostile = "a" * 30_000 + "!"
    assert isinstance(compiled(Match(regex=(pattern,)), kind=KeepRule).hits(hostile, hostile), frozenset)


@pytest.mark.parametrize("pattern", [r"(x{1,200}){1,200}y", r"a(?=b)", r"(a)\1", r"a\Z", r"[\W]"])
def test_patterns_that_re2_refuses_are_refused_with_a_place(pattern: str) -> None:
    problem = check_pattern(pattern, "loose")
    assert problem is not None
    assert 0 <= problem.offset < len(pattern)


def test_an_exhausted_budget_is_an_error_and_never_no_match() -> None:
    wide = compiled(Match(regex=(r"[\p{L}\d].{0,900}[^a-f]$",)), budget_bytes=1 << 12)
    with pytest.raises(RuleBudgetError, match="MiB"):
        wide.hits("a" * 100, "a" * 100)


BARE = (r"^.{1,40}$", r"^[^.]*$", r"^\w+ \w+$", r"^[a-z]{2,5}[^a-z]", r"[^a-m].{0,30}[^n-z]$")
LINES = tuple(
    f"{word} {number}{end}" for word in ("ferry", "渡轮", "at") for number in (1, 77) for end in ("", ".", " x")
)


@pytest.mark.parametrize(
    ("alone_lines", "budget_bytes"),
    [(1, 64 << 20), (5, 64 << 20), (1 << 30, 64 << 20), (1, 1 << 17)],
    ids=["from the first line", "later", "never", "too little memory for a set"],
)
def test_patterns_without_words_hit_the_same_alone_and_in_a_set(
    alone_lines: int, budget_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrubber.rules.forms.ALONE_LINES", alone_lines)
    rules = compiled(*(Match(regex=(pattern,)) for pattern in BARE), budget_bytes=budget_bytes)
    expected = [{number for number, pattern in enumerate(BARE) if re.search(pattern, line)} for line in LINES]
    assert [set(rules.hits(line, line)) for line in LINES] == expected


@given(st.text(st.sampled_from("share print上一页下12٣:。a> "), max_size=14))
def test_entries_are_asked_line_by_line_and_hit_the_same(text: str) -> None:
    start = Match(contains=("opens",))
    entry = Match(regex=PATTERNS, equals=("share a",), starts=("print",))
    rule = BetweenRule(RuleInfo("t/box", "between", "t", "w", "t.toml:1"), start=start, entry=entry)
    rules = CompiledRules(Ruleset((rule,)))
    matcher, key = rules.matcher(rule, "entry"), fold(text)
    together = compiled(entry)
    assert rules.hits_late(matcher, text, key) == bool(together.hits(text, key))
    assert matcher not in rules.hits(text, key)
    assert rules.is_late(matcher)
    assert not rules.is_late(rules.matcher(rule, "start"))


@pytest.mark.parametrize(
    ("line", "hit"), [("", False), ("a", False), ("ab", True), ("abcde", True), ("abcdef", False), ("a    bcde", False)]
)
def test_a_form_may_say_nothing_but_how_long_a_line_is(line: str, hit: bool) -> None:
    rules: list[Rule] = [
        LineRule(RuleInfo("t/r", "line", "t", "w", "t.toml:1"), match=Match(regex=("^.{2,5}$",)), max_chars=7)
    ]
    # The last one is short as it is compared, and too long for the rule as it is written.
    assert bool(CompiledRules(Ruleset(tuple(rules))).hits(line, fold(line))) == hit


@pytest.mark.parametrize(
    "pattern", ["(a", "a)", "*a", "[z-a]", r"\p{Nowhere}", "a{2000}", "(?:a{100}){100}", "a{" + "9" * 5000 + "}("]
)
def test_what_is_only_parsed_is_refused_all_the_same(pattern: str) -> None:
    problem = check_pattern(pattern, "loose")
    assert problem is not None
    assert problem.message.startswith("RE2 refuses this pattern: ")


def test_a_program_beyond_the_budget_is_refused_where_the_pattern_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrubber.rules.regex.RE2_BUDGET_BYTES", 8 << 20)
    problem = check_pattern(r"(?:[\p{L}\p{N}].){900}", "loose")
    assert problem is not None
    assert "too large" in problem.message


def test_a_long_line_is_searched_as_a_whole() -> None:
    rules = compiled(
        Match(regex=("^start",)), Match(regex=("needle",)), Match(regex=("^start.*end$",)), Match(regex=("^needle",)),
        Match(regex=(r"^\w+$",)), Match(regex=(r"\d",)),
        kind=KeepRule,
    )  # fmt: skip
    line = "start" + "x" * 100_000 + "needle" + "y" * 100_000 + "end"
    assert rules.hits(line, line) == {0, 1, 2, 4}


def test_no_line_is_longer_than_its_rule_allows() -> None:
    rules = compiled(Match(contains=("word",)), Match(regex=(r"w\w+d",)))
    assert rules.hits("word" * 50, "word" * 50) == {0, 1}
    assert rules.hits("word" * 51, "word" * 51) == set()
    assert rules.hits("word" * LONG_LINE_CHARS, "word" * LONG_LINE_CHARS) == set()


def test_what_spares_a_line_is_asked_only_where_the_rule_hits() -> None:
    info = RuleInfo("t/r", "line", "t", "w", "t.toml:1")
    rules = CompiledRules(
        Ruleset((LineRule(info, match=Match(starts=("share",)), unless=Match(regex=(r"\d", "price"))),))
    )
    lines = ["share this", "share 12", "share the price", "12 of the price"]
    assert rules.hits_of(lines, lines) == [{0}, {0, 1}, {0, 1}, set()]


def test_lone_surrogates_are_searched_as_replacement_characters() -> None:
    line = "share \ud800 this"
    assert compiled(Match(regex=("^share . this$",))).hits(line, line) == {0}


def test_classes_are_widened_inside_and_outside_brackets() -> None:
    assert translate(r"\d[\s\w]", "loose").startswith(r"[\p{Nd}]")
    assert re.compile(r"\\p\{L\}").search(translate(r"[\w]", "loose"))


@pytest.mark.parametrize(
    "before", [WINDOW_BYTES - 12, WINDOW_BYTES - 4, WINDOW_BYTES - 1, WINDOW_BYTES, 2 * WINDOW_BYTES - 3]
)
def test_a_word_at_the_edge_of_a_window_is_found_once_and_in_its_line(
    before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrubber.rules.vocabulary.LOOKED_UP_CHARS", 0)
    rules = compiled(Match(contains=("needle word",)), Match(regex=(r"^needle \w+$",)), kind=KeepRule)
    filler = ["x" * 99] * ((before - 1) // 100)
    lines = [*filler, "y" * ((before - 1) % 100), "needle word", "z"]
    found = rules.hits_of(lines, lines)
    assert found[-2] == {0, 1}
    assert not any(found[:-2])
    assert not found[-1]
