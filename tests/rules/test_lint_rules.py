"""What is allowed and yet no good rule is said, and good rules are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from scrubber.rules.lint import lint_rules
from scrubber.rules.load import load_rules
from scrubber.rules.schema import Ruleset

HEAD = '[ruleset]\nname = "seed"\n'
CUTS = '[[rule.example]]\nname = "cuts"\ntext = "Share\\nx"\nremoves = [1]\n'
SPARES = '[[rule.example]]\nname = "spares"\ntext = "Share it."\nremoves = []\n'


def rule(kind: str, body: str, examples: str = CUTS + SPARES, why: str = 'why = "A button."\n') -> str:
    """The table of one rule."""
    return f'[[rule]]\nid = "a"\nkind = "{kind}"\ntitle = "A"\n{why}{body}{examples}'


def loaded(folder: Path, text: str) -> Ruleset:
    """The rules of a file with that text."""
    (folder / "seed.toml").write_text(HEAD + text, "utf-8")
    return load_rules([folder / "seed.toml"])


LINE = 'match.equals = ["Share"]\n'
LIMITS = "limits = { max-lines = 9, max-share = 0.9 }\n"
GOOD = (
    rule("line", LINE),
    rule("line", 'match.regex = ["^\\\\d+$", "^\\\\s*\\\\W{1,3}\\\\s*$", ".{20,}~$", "x\\\\\\\\b"]\n'),
    rule("line", 'match.regex = ["^.{1,10}$"]\n'),
    rule("line", LINE, CUTS + CUTS.replace("removes = [1]", 'clean = "Share\\nx\\n"')),
    rule("line", LINE + "unless.regex = ['^[^|]*$']\n"),
    rule("keep", LINE, SPARES),
    rule("neardup", 'action = "flag"\n', SPARES),
    rule("licence", 'wording = ["Licensed under {x}"]\n'),
)


@pytest.mark.parametrize("text", GOOD)
def test_a_good_rule_is_left_alone(tmp_path: Path, text: str) -> None:
    assert lint_rules(loaded(tmp_path, text)) == ()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (rule("line", LINE, why=""), 'no "why"'),
        (rule("line", LINE, why='why = " "\n'), 'no "why"'),
        (rule("line", LINE, CUTS), "must be left alone"),
        (rule("line", LINE, SPARES), "no example that cuts"),
        (rule("line", LINE, CUTS + SPARES + "known-gap = true\n"), "must be left alone"),
        (rule("keep", LINE, ""), "what it protects"),
        (rule("line", 'match.regex = ["Share\\\\b"]\n'), 'regex of "match"'),
        (rule("line", LINE + "unless.regex = ['x\\By']\n"), 'regex of "unless"'),
        (rule("line", "match.regex = ['.*']\n"), "hits nearly every line"),
        (rule("line", "match.regex = ['foo|^.+$']\n"), "hits nearly every line"),
        (rule("line", "match.regex = ['x*']\nfold = 'exact'\n"), "hits nearly every line"),
        (rule("tail", "start.regex = ['\\w']\n" + LIMITS), "hits nearly every line"),
        (rule("licence", 'wording = ["Licensed under {x}"]\nparams.record = false\n'), "without a record"),
    ],
)
def test_a_doubtful_rule_is_named_with_its_place(tmp_path: Path, text: str, part: str) -> None:
    found = lint_rules(loaded(tmp_path, text))
    assert len(found) == 1
    assert part in found[0].message
    assert found[0].message.startswith("seed/a ")
    assert (found[0].where.path, found[0].where.line) == ((tmp_path / "seed.toml").as_posix(), 3)
    assert found[0].hint


def test_all_doubts_about_all_rules_are_named(tmp_path: Path) -> None:
    bare = rule("line", LINE, "", "")
    found = lint_rules(loaded(tmp_path, bare + bare.replace('"a"', '"b"').replace("Share", "Print")))
    assert len(found) == 6


# --- limits of sections ----------------------------------------------------------------------------------------------

SECTIONS = (
    rule("head", 'end.equals = ["Start"]\n'),
    rule("tail", 'start.equals = ["Related"]\n'),
    rule("between", 'start.equals = ["Letter"]\nend.equals = ["Sign up"]\n'),
    rule("listing", "entry.regex = ['^\\d+$']\n"),
)


@pytest.mark.parametrize("text", SECTIONS)
def test_a_rule_that_cuts_sections_needs_limits_of_its_own(tmp_path: Path, text: str) -> None:
    [found] = lint_rules(loaded(tmp_path, text))
    assert "seed/a cuts sections without limits of its own: up to " in found.message


@pytest.mark.parametrize("text", SECTIONS)
@pytest.mark.parametrize("share", ["0.6", "0.9"])
def test_limits_that_were_chosen_are_limits_though_they_be_the_usual_ones(
    tmp_path: Path, text: str, share: str
) -> None:
    with_limits = text.replace('title = "A"\n', f'title = "A"\nlimits.max-share = {share}\n')
    assert lint_rules(loaded(tmp_path, with_limits)) == ()
    assert lint_rules(loaded(tmp_path, f"[defaults]\nlimits.max-share = {share}\n{text}")) == ()


def test_a_section_that_is_only_flagged_needs_no_limits(tmp_path: Path) -> None:
    text = rule("tail", 'start.equals = ["Related"]\naction = "flag"\n')
    assert lint_rules(loaded(tmp_path, text)) == ()


def test_of_a_file_that_changed_since_it_was_loaded_nothing_is_said(tmp_path: Path) -> None:
    ruleset = loaded(tmp_path, SECTIONS[1])
    (tmp_path / "seed.toml").write_text(HEAD)
    assert lint_rules(ruleset) == ()


# --- needless forms --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "part"),
    [
        ('equals = ["Share", "SHARE "]', 'has "SHARE " in "match" twice'),
        ('equals = ["Share now"], starts = ["share"]', 'has "Share now" in "match" that a pattern beside it hits'),
        ('equals = ["Share now"], ends = ["NOW"]', "that a pattern beside it hits"),
        ('equals = ["Share now"], contains = ["re n"]', "that a pattern beside it hits"),
        ("equals = ['Page 3'], regex = ['^Page \\d+$']", 'has "Page 3" in "match" that a pattern beside it hits'),
        ('starts = ["Share this", "Share"]', 'has "Share this" in "match" that a shorter form beside it hits'),
        ('starts = ["Share"], contains = ["hare"]', 'has "Share" in "match" that a shorter form beside it hits'),
        ('starts = ["Share"], contains = ["Share"]', 'has "Share" in "match" that a shorter form beside it hits'),
        ('ends = ["this page", "page"]', 'has "this page" in "match" that a shorter form beside it hits'),
        ('contains = ["this page", "page"]', 'has "this page" in "match" that a shorter form beside it hits'),
        ("regex = ['^a+$', '^a+$']", 'has "^a+$" in "match" twice'),
    ],
)
def test_a_form_that_another_of_its_table_makes_needless_is_named(tmp_path: Path, match: str, part: str) -> None:
    [found] = lint_rules(loaded(tmp_path, rule("line", f"match = {{ {match} }}\n")))
    assert part in found.message


@pytest.mark.parametrize(
    "match",
    [
        'equals = ["Share"], starts = ["Share this"]',
        'starts = ["Share this", "Share that"], ends = ["Share"]',
        'contains = ["page one", "page two"], ends = ["page"]',
        "equals = ['Page x'], regex = ['^Page \\d+$']",
        'starts = ["Share"], ends = ["Share"]',
    ],
)
def test_forms_that_differ_in_what_they_hit_are_left_alone(tmp_path: Path, match: str) -> None:
    assert lint_rules(loaded(tmp_path, rule("line", f"match = {{ {match} }}\n"))) == ()


def two(first: str, second: str) -> str:
    """Two rules of one file, `a` and `b`."""
    return first + second.replace('id = "a"', 'id = "b"')


NARROW = rule("line", 'match.equals = ["Share", "Print"]\nwhere = "after-body"\n')


@pytest.mark.parametrize(
    "wide",
    [
        "match.regex = ['^sha.e$']\n",
        'match.equals = ["SHARE"]\nwhere = "outside-body"\n',
        'match.starts = ["share"]\nwhere = "after-body"\nconfidence = "certain"\n',
        'match.contains = ["hare"]\nunless.contains = ["said"]\nlimits.max-chars = 5\n',
    ],
)
@pytest.mark.parametrize("order", [0, 1])
def test_a_line_that_another_rule_of_the_same_or_a_wider_reach_hits_is_named(
    tmp_path: Path, wide: str, order: int
) -> None:
    text = two(NARROW, rule("line", wide)) if order else two(rule("line", wide), NARROW)
    [found] = lint_rules(loaded(tmp_path, text))
    narrow, other = ("seed/a", "seed/b") if order else ("seed/b", "seed/a")
    assert found.message == f'{narrow} has "Share" in "match" that {other} hits.'


@pytest.mark.parametrize(
    "other",
    [
        'match.equals = ["Share"]\nwhere = "before-body"\n',
        'match.equals = ["Share"]\nconfidence = "possible"\n',
        'match.equals = ["Share"]\naction = "flag"\n',
        'match.equals = ["Share"]\ncopies = 2\n',
        'match.equals = ["Share"]\nenclosed = 2\n',
        'match.equals = ["Share"]\nbelow.equals = ["End"]\n',
        'match.equals = ["Share"]\nquiet.equals = ["End"]\n',
        'match.starts = ["Share"]\nunless.ends = ["share"]\n',
        'match.contains = ["Share"]\nlimits.max-chars = 4\n',
        'match.equals = ["Share"]\nfold = "exact"\n',
    ],
)
def test_a_rule_of_a_narrower_reach_makes_nothing_needless(tmp_path: Path, other: str) -> None:
    assert lint_rules(loaded(tmp_path, two(NARROW, rule("line", other)))) == ()


def test_rights_statements_on_other_terms_make_nothing_needless(tmp_path: Path) -> None:
    one = rule("licence", 'match.equals = ["Free"]\nspdx = "CC-BY-4.0"\n')
    assert lint_rules(loaded(tmp_path, two(one, one.replace("CC-BY-4.0", "CC0-1.0")))) == ()
    assert len(lint_rules(loaded(tmp_path, two(one, one)))) == 1


def test_equal_parts_of_two_rules_are_named_at_the_later_one(tmp_path: Path) -> None:
    one = rule("line", "match = { starts = ['Share'], regex = ['^x+$'] }\n")
    [found] = lint_rules(loaded(tmp_path, two(one, one)))
    assert found.message == 'seed/b has "share", "^x+$" in "match" that seed/a has, too.'
    spared = two(one, one.replace("match =", "unless.contains = ['said']\nmatch ="))
    assert [mistake.message[:6] for mistake in lint_rules(loaded(tmp_path, spared))] == ["seed/b"]
    spared = two(one.replace("match =", "unless.contains = ['said']\nmatch ="), one)
    assert [mistake.message[:6] for mistake in lint_rules(loaded(tmp_path, spared))] == ["seed/a"]


def test_sets_that_stand_alone_may_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text('[ruleset]\nname = "one"\n' + rule("line", LINE))
    (tmp_path / "two.toml").write_text('[ruleset]\nname = "two"\n' + rule("line", LINE))
    assert lint_rules(load_rules([tmp_path / "one.toml", tmp_path / "two.toml"])) == ()
    extending = '[ruleset]\nname = "two"\nextends = ["one.toml"]\n'
    (tmp_path / "two.toml").write_text(extending + rule("line", LINE))
    [found] = lint_rules(load_rules([tmp_path / "two.toml"]))
    assert found.message == 'two/a has "Share" in "match" that one/a hits.'


def test_only_the_rules_that_were_asked_about_are_judged(tmp_path: Path) -> None:
    ruleset = loaded(tmp_path, two(rule("line", LINE, why=""), rule("line", LINE, why="")))
    assert {mistake.message.split()[0] for mistake in lint_rules(ruleset, {"seed/b"})} == {"seed/b"}


def test_many_needless_forms_are_one_message(tmp_path: Path) -> None:
    lines = ", ".join(f'"Share {number}"' for number in range(2_000))
    [found] = lint_rules(loaded(tmp_path, rule("line", f'match = {{ equals = [{lines}], starts = ["share"] }}\n')))
    assert '"Share 0", "Share 1", "Share 2" and 1,997 more in "match"' in found.message
