"""Examples compare what goes with what should go, and a known gap must fail until it is closed."""

from __future__ import annotations

import pytest

from scrubber.model.finding import Action, RuleInfo
from scrubber.rules.examples import ExampleResult, run_examples
from scrubber.rules.schema import Example, FixRule, LineRule, Match, NeardupRule, Rule, Ruleset
from scrubber.text.lines import line_bounds

INFO = RuleInfo("seed/bar", "line", "Bar", "", "seed.toml:3")
TEXT = "one\nbar\n\ntwo\n"


def without_bars(text: str, rule: Rule) -> tuple[str, tuple[int, ...]]:
    """Takes lines that are `bar` away, and the blank line behind one, as the engine does."""
    kept, gone = "", []
    for number, (start, stop, after) in enumerate(line_bounds(text), start=1):
        if text[start:stop] == "bar" or (gone == [number - 1] and start == stop):
            gone.append(number)
        else:
            kept += text[start:after]
    return kept, tuple(gone)


def result_of(example: Example) -> ExampleResult:
    """How one example of a line rule goes."""
    rule = LineRule(info=INFO, examples=(example,), match=Match(equals=("bar",)))
    (result,) = run_examples(Ruleset((rule,)), without_bars)
    return result


@pytest.mark.parametrize(
    ("example", "message"),
    [
        (Example("n", TEXT, removes=(2,)), ""),
        (Example("n", "one\n", removes=()), ""),
        (Example("n", TEXT, removes=()), "expected no line to go, but line 2 went."),
        (Example("n", TEXT, removes=(1, 2)), "expected lines 1, 2 to go, but line 2 went."),
        (Example("n", TEXT, clean="one\ntwo\n"), ""),
        (Example("n", TEXT, clean="one\ntwo"), ""),
        (Example("n", TEXT, clean="one\n\ntwo"), "expected another clean text: line 2 should be '' and is 'two'."),
        (Example("n", TEXT, clean="one"), "expected another clean text: line 2 should be absent and is 'two'."),
        (Example("n", "bar\n", clean=""), ""),
    ],
)
def test_an_example_passes_when_just_that_goes(example: Example, message: str) -> None:
    result = result_of(example)
    assert (result.passed, result.message) == (not message, message)


def test_a_known_gap_passes_while_it_fails_and_fails_once_it_passes() -> None:
    open_gap = result_of(Example("n", TEXT, removes=(1,), known_gap=True))
    closed_gap = result_of(Example("n", TEXT, removes=(2,), known_gap=True))
    assert (open_gap.passed, open_gap.known_gap, open_gap.message) == (True, True, "")
    assert (closed_gap.passed, closed_gap.known_gap) == (False, True)
    assert "known-gap" in closed_gap.message


def test_removes_nothing_means_that_nothing_is_replaced_either() -> None:
    rule = FixRule(info=INFO, examples=(Example("n", "a b\n", removes=()),), do=("spaces",), action=Action.REPLACE)
    (result,) = run_examples(Ruleset((rule,)), lambda text, rule: (text.upper(), ()))
    assert result.message == "expected no change, but line 1 should be 'a b' and is 'A B'."


def test_results_come_in_the_order_of_rules_and_examples_with_their_places() -> None:
    first = LineRule(
        info=INFO, examples=(Example("a", "x", (), declared_at="f:1"), Example("b", "y", (), declared_at="f:2"))
    )
    second = LineRule(info=RuleInfo("seed/b", "line", "", "", ""), examples=(Example("c", "z", (), declared_at="f:3"),))
    results = run_examples(Ruleset((first, second)), without_bars)
    assert [(each.rule_id, each.example_name, each.declared_at) for each in results] == [
        ("seed/bar", "a", "f:1"),
        ("seed/bar", "b", "f:2"),
        ("seed/b", "c", "f:3"),
    ]


def test_a_rule_is_run_as_it_is() -> None:
    seen: list[Rule] = []

    def clean(text: str, rule: Rule) -> tuple[str, tuple[int, ...]]:
        seen.append(rule)
        return text, ()

    flagging = NeardupRule(info=INFO, examples=(Example("n", "x", ()),), action=Action.FLAG)
    assert run_examples(Ruleset((flagging,)), clean)[0].passed
    assert seen == [flagging]


def test_a_long_line_is_shown_in_part() -> None:
    assert len(result_of(Example("n", "x" * 10_000, clean="y")).message) < 200
