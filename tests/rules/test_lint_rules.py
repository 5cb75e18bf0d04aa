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
        (rule("tail", "start.regex = ['\\w']\n"), "hits nearly every line"),
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
    found = lint_rules(loaded(tmp_path, bare + bare.replace('"a"', '"b"')))
    assert len(found) == 6
