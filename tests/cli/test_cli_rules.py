"""`rules list`, `show`, `lint`, `test`, `schema`; and `explain`, which answers by rule."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_program import BODY, CHINESE, DIRTY, RULES, Run

from scrubber.rules.json_schema import rule_file_schema


def test_the_rules_in_force_are_listed(pier: Run, scrubber: Run) -> None:
    outcome = scrubber("rules", "list", "--rules", "pier.toml")
    assert outcome.code == 0
    assert [line.split()[:3] for line in outcome.text.splitlines()] == [
        ["pier/share-bar", "line", "likely"],
        ["pier/advert", "line", "possible"],
        ["pier/rights", "licence", "likely"],
        ["core/encoding", "builtin", "certain"],
        ["core/bad-bytes", "builtin", "certain"],
        ["core/keep-comment", "builtin", "certain"],
        ["core/known-paragraph", "neardup", "possible"],
    ]
    chosen = scrubber("rules", "list", "--rules", "pier.toml", "--select", "pier/r*")
    assert [line.split()[0] for line in chosen.text.splitlines()] == ["pier/rights", "core/keep-comment"]


def test_a_rule_is_shown_with_its_keys_and_examples(scrubber: Run) -> None:
    outcome = scrubber("rules", "show", "pier/share-bar", "--rules", "pier.toml")
    assert outcome.code == 0
    for expected in (
        "Buttons flattened to text.",
        "match.equals  分享到",
        "limits.max-chars  40",
        "declared  pier.toml:5",
        "example  the bar goes: removes [2]",
        "example  a sentence about it stays: changes nothing",
    ):
        assert f"{expected}\n" in outcome.text
    assert scrubber("rules", "show", "core/encoding", "--rules", "pier.toml").code == 0


@pytest.mark.parametrize("wrong", ["share-bar", "pier/share-baar"])
def test_an_unknown_rule_is_answered_with_the_nearest(scrubber: Run, wrong: str) -> None:
    outcome = scrubber("rules", "show", wrong, "--rules", "pier.toml")
    assert (outcome.code, outcome.stdout) == (2, b"")
    assert outcome.errors == f'scrubber: no rule "{wrong}". Did you mean "pier/share-bar"?\n'


def test_lint_names_what_lacks_examples(place: Path, scrubber: Run) -> None:
    outcome = scrubber("rules", "lint", "pier.toml")
    assert outcome.code == 1
    assert "pier/advert has no example that cuts." in outcome.text
    assert "pier/share-bar" not in outcome.text
    (place / "pier.toml").write_text(RULES[: RULES.index('[[rule]]\nid = "advert"')], "utf-8")
    outcome = scrubber("rules", "lint", "pier.toml")
    assert (outcome.code, outcome.stdout, outcome.errors) == (0, b"", "1 rule, 0 to look at\n")


def test_examples_are_run_and_fail_with_their_place(place: Path, scrubber: Run) -> None:
    outcome = scrubber("rules", "test", "pier.toml")
    assert (outcome.code, outcome.stdout, outcome.errors) == (0, b"", "2 of 2 examples pass\n")
    (place / "pier.toml").write_text(RULES.replace("removes = [2]", "removes = [1]"), "utf-8")
    outcome = scrubber("rules", "test", "pier.toml")
    assert outcome.code == 1
    assert outcome.text == "pier.toml:13: pier/share-bar, the bar goes: expected line 1 to go, but line 2 went.\n"
    assert outcome.errors == "1 of 2 examples pass\n"


def test_only_what_is_named_is_tried(place: Path, scrubber: Run) -> None:
    (place / "quay.toml").write_text(
        '[ruleset]\nname = "quay"\nextends = ["pier.toml"]\n\n[[rule]]\nid = "x"\nkind = "line"\ntitle = "X"\n'
        'why = "X."\nmatch = { equals = ["x"] }\n'
    )
    assert scrubber("rules", "test", "quay.toml").errors == "0 of 0 examples pass\n"


QUAY = """\
[ruleset]
name = "quay"
extends = ["pier.toml"]

[[rule]]
id = "x"
kind = "line"
title = "X"
why = "X."
match = { equals = ["x"] }
enclosed = 2

[[rule.example]]
name = "between bars"
text = '''
The harbour opened at noon, and all of the ferries sailed again.
Share this story
x
分享到
'''
removes = [3]
"""


def test_a_rule_that_leans_on_others_is_tried_with_those_it_builds_on(place: Path, scrubber: Run) -> None:
    (place / "quay.toml").write_text(QUAY, "utf-8")
    outcome = scrubber("rules", "test", "quay.toml")
    assert (outcome.code, outcome.stdout, outcome.errors) == (0, b"", "1 of 1 examples pass\n")


@pytest.mark.parametrize("folder", [".", "sub"])
def test_a_folder_means_the_rule_files_in_it(place: Path, scrubber: Run, folder: str) -> None:
    (place / "sub").mkdir()
    (place / "sub" / "pier.toml").write_text(RULES, "utf-8")
    assert scrubber("rules", "test", folder).errors == "2 of 2 examples pass\n"
    assert scrubber("rules", "lint", folder).errors == "3 rules, 4 to look at\n"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("removes = [2]", "removes = []", "expected no line to go, but line 2 went."),
        (
            "removes = [2]",
            'clean = "The harbour closed."',
            "expected another clean text: line 1 should be 'The harbour closed.' and is 'The harbour opened at noon.'.",
        ),
        ("removes = [2]", "removes = [2]\n  known-gap = true", "this known gap is closed: take known-gap = true away."),
    ],
)
def test_a_failed_example_says_where_it_stands_what_was_expected_and_what_came(
    place: Path, scrubber: Run, before: str, after: str, message: str
) -> None:
    (place / "pier.toml").write_text(RULES.replace(before, after), "utf-8")
    outcome = scrubber("rules", "test", "pier.toml")
    assert (outcome.code, outcome.errors) == (1, "1 of 2 examples pass\n")
    assert outcome.text == f"pier.toml:13: pier/share-bar, the bar goes: {message}\n"


@pytest.mark.parametrize("command", ["test", "lint"])
def test_a_rule_file_with_mistakes_is_neither_tried_nor_judged(place: Path, scrubber: Run, command: str) -> None:
    (place / "pier.toml").write_text(RULES.replace("limits =", "limit ="), "utf-8")
    outcome = scrubber("rules", command, "pier.toml")
    assert (outcome.code, outcome.stdout) == (2, b"")
    assert outcome.errors.startswith('pier.toml:11:1: unknown key "limit" in a line rule. Did you mean "limits"?\n')
    assert scrubber("rules", command, "missing.toml").code == 2


def test_the_schema_is_printed_for_editors(scrubber: Run) -> None:
    outcome = scrubber("rules", "schema")
    assert (outcome.code, outcome.errors) == (0, "")
    assert json.loads(outcome.text) == rule_file_schema()


def test_explain_says_what_happens_to_each_line_and_why(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(DIRTY + "Advert: a boat\n")
    outcome = pier("explain", "a.txt")
    assert (outcome.code, outcome.errors) == (0, "")
    assert outcome.text == (
        "a.txt   utf-8 (valid UTF-8)   paragraphs: each line\n"
        "    1 = The ferry returned at noon, and the harbour office said that it will sail again.\n"
        "          kept     no rule matched\n"
        "    2 - Share this story\n"
        "          removed  pier/share-bar   likely\n"
        "          Buttons flattened to text.\n"
        "          pier.toml:5\n"
        "    3 = All passengers were safe, the captain told the reporters on the pier that day.\n"
        "          kept     no rule matched\n"
        "    4 ~ Advert: a boat\n"
        "          flagged  pier/advert   possible\n"
        "          Perhaps an advert.\n"
        "          possible is below likely\n"
        "          pier.toml:28\n"
    )


def test_explain_shows_one_line_with_two_around(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text("".join(f"Line {number} of the log.\n" for number in range(1, 10)))
    rows = [line for line in pier("explain", "a.txt:5").text.splitlines() if " = " in line]
    assert [row.split()[0] for row in rows] == ["3", "4", "5", "6", "7"]
    outcome = pier("explain", "a.txt:10")
    assert (outcome.code, outcome.errors) == (2, "a.txt: there is no line 10: the text has 9.\n")


@pytest.mark.parametrize(
    ("extra", "line", "nearest"),
    [
        ("limits = { max-chars = 10 }", "Follow the pier", "wants 10 characters or fewer, has 15"),
        ('unless = { contains = ["pier"] }', "Follow the pier", "but its `unless` hits the line too"),
        ("copies = 2", "Follow the pier", "wants the line 2 times in the document, found 1"),
        ('where = "head"', "Follow the pier", "acts in the first quarter of the lines only"),
        ('below = { equals = ["End"] }', "Follow the pier", "wants to stand below a line that its `below` hits"),
    ],
)
def test_explain_names_the_condition_that_did_not_hold(
    place: Path, scrubber: Run, extra: str, line: str, nearest: str
) -> None:
    (place / "near.toml").write_text(
        '[ruleset]\nname = "near"\n\n[[rule]]\nid = "follow"\nkind = "line"\ntitle = "Follow"\nwhy = "Follow."\n'
        f'match = {{ starts = ["Follow"] }}\n{extra}\n'
    )
    (place / "a.txt").write_text(f"{BODY}{line}\n{BODY}")
    outcome = scrubber("explain", "a.txt:3", "--rules", "near.toml")
    assert f"          nearest: near/follow, {nearest}\n" in outcome.text


def test_explain_speaks_of_the_encoding_and_of_limits(place: Path, pier: Run) -> None:
    (place / "a.txt").write_bytes(f"{CHINESE}\n{CHINESE}\n".encode("gbk"))
    assert "core/encoding   gb18030 becomes UTF-8" in pier("explain", "a.txt").text
    (place / "b.txt").write_text("Share this story\nShare this story\nShare this story\nShort.\n")
    outcome = pier("explain", "b.txt")
    assert "          limits   " in outcome.text
    assert "    1 ~ Share this story\n          limited  pier/share-bar" in outcome.text


def test_explain_reads_standard_input_and_refuses_folders(place: Path, pier: Run) -> None:
    outcome = pier("explain", "-", "--stdin-filename", "a.txt", stdin=DIRTY.encode())
    assert outcome.text.startswith("a.txt   utf-8")
    assert pier("explain", ".").code == 2
    assert pier("explain", "missing.txt").code == 3
