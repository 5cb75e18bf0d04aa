"""Selecting and ignoring rules by globs over ids and old names."""

from __future__ import annotations

import pytest

from scrubber.errors import UsageError
from scrubber.model.finding import RuleInfo
from scrubber.rules.schema import LineRule, Ruleset
from scrubber.rules.selection import digest_of, select_rules

IDS = ("core/share-bar", "core/print-hint", "zh/share-bar")
RULESET = Ruleset(
    tuple(LineRule(info=RuleInfo(rule_id, "line", "", "", "")) for rule_id in IDS),
    digest="d",
    aliases={"core/share": "core/share-bar", "core/print": "core/print-hint"},
)


@pytest.mark.parametrize(
    ("select", "ignore", "kept"),
    [
        ((), (), IDS),
        (("*",), (), IDS),
        (("core/*",), (), IDS[:2]),
        (("*/share-bar",), (), ("core/share-bar", "zh/share-bar")),
        (("zh/*", "core/print-hint"), (), IDS[1:]),
        ((), ("core/*",), IDS[2:]),
        (("core/*",), ("*/print-hint",), IDS[:1]),
        (("core/share",), (), IDS[:1]),
        ((), ("core/prin?",), (IDS[0], IDS[2])),
        (("core/*",), ("*",), ()),
    ],
)
def test_globs_choose_rules_in_their_order(
    select: tuple[str, ...], ignore: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    assert tuple(rule.id for rule in select_rules(RULESET, select, ignore).rules) == kept


@pytest.mark.parametrize(
    ("glob", "part"),
    [
        ("core/shares-bar", 'Did you mean "core/share-bar"?'),
        ("print-hint", 'Did you mean "core/print-hint"?'),
        ("core/x*", "rules list"),
        ("Core/*", ""),
        ("\x1b[31m", "rules list"),
    ],
)
def test_a_glob_that_means_no_rule_is_a_usage_error(glob: str, part: str) -> None:
    for options in ({"select": (glob,)}, {"ignore": (glob,)}):
        with pytest.raises(UsageError) as caught:
            select_rules(RULESET, **options)
        assert part in str(caught.value)
        assert "\x1b" not in str(caught.value)


def test_the_digest_tells_what_is_left() -> None:
    digests = {
        select_rules(RULESET, *options).digest
        for options in (((), ()), (("core/*",), ()), (("zh/*",), ()), ((), ("zh/*",)), (("*",), ()))
    }
    assert digests >= {"d"}
    assert len(digests) == 3


def test_aliases_of_rules_that_are_off_lead_nowhere() -> None:
    assert select_rules(RULESET, ("core/share-bar",)).aliases == {"core/share": "core/share-bar"}


def test_no_two_lists_have_one_digest_because_they_run_together() -> None:
    assert digest_of(["ab", "c"]) != digest_of(["a", "bc"]) != digest_of(["a", "b", "c"])
