"""Recorded decisions in a run: what they settle, what is said of those that meet nothing, and how branches merge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_program import BODY, DIRTY, Run
from git_tree import GitTree

DECISIONS = "scrubber.decisions.toml"


def fingerprints(run: Run, *paths: str) -> dict[tuple[str, str], str]:
    """The fingerprint of every finding, by document and rule."""
    lines = run("diff", *paths, "--report", "jsonl", "--no-summary").stdout.splitlines()[1:]
    return {
        (record["id"], verdict["rule"]): verdict["fingerprint"]
        for record in map(json.loads, lines)
        for verdict in record["verdicts"]
    }


def line_of(fingerprint: str, path: str, verdict: str = "keep", rule: str = "pier/share-bar") -> str:
    """One decision on one line of an array."""
    pairs = {"fingerprint": fingerprint, "rule": rule, "path": path, "verdict": verdict}
    return "  { " + ", ".join(f"{key} = {json.dumps(value)}" for key, value in pairs.items()) + " },\n"


def decide(place: Path, *lines: str) -> None:
    """Write a decisions file of these lines."""
    (place / DECISIONS).write_text("decision = [\n" + "".join(sorted(lines)) + "]\n")


def unused(errors: str) -> list[str]:
    """What is said of decisions that meet nothing."""
    return [line.removeprefix("note: unused-decision: ") for line in errors.splitlines() if "unused-decision" in line]


@pytest.mark.parametrize(
    ("verdict", "rule", "code", "fails"),
    [
        ("keep", "pier/share-bar", 0, 0),
        ("later", "pier/share-bar", 0, 0),
        ("remove", "pier/share-bar", 1, 1),
        ("keep", "pier/advert", 1, 1),
        ("remove", "pier/advert", 1, 1),
    ],
)
def test_what_a_decision_settles_fails_no_check(
    place: Path, pier: Run, verdict: str, rule: str, code: int, fails: int
) -> None:
    (place / "a.txt").write_text(DIRTY + "Advert: a boat\n" if rule == "pier/advert" else DIRTY)
    found = fingerprints(pier, "a.txt")
    decide(place, line_of(found["a.txt", rule], "a.txt", verdict, rule))
    outcome = pier("check", "a.txt")
    assert (outcome.code, unused(outcome.errors)) == (code, [])
    assert pier("check", "a.txt", "--fail-on", "remove").code == fails


@pytest.mark.parametrize("verdict", ["keep", "later", "remove"])
def test_a_decision_that_meets_nothing_is_told_and_fails_nothing(place: Path, pier: Run, verdict: str) -> None:
    (place / "a.txt").write_text(DIRTY)
    key = fingerprints(pier, "a.txt")["a.txt", "pier/share-bar"]
    decide(place, line_of(key, "a.txt", verdict))
    # The text still stands, and nothing finds it any more.
    outcome = pier("check", "a.txt", "--ignore", "pier/share-bar")
    where = ", where its text still stands" if verdict == "remove" else ""
    assert outcome.code == 0
    assert unused(outcome.errors) == [f"{key} ({verdict}, pier/share-bar) meets nothing in a.txt{where}."]
    assert unused(pier("check", "a.txt", "-q", "--ignore", "pier/share-bar").errors) == []


@pytest.mark.parametrize("verdict", ["keep", "later", "remove"])
def test_to_remove_is_done_once_the_text_is_gone_and_to_keep_is_not(place: Path, pier: Run, verdict: str) -> None:
    (place / "a.txt").write_text(DIRTY)
    key = fingerprints(pier, "a.txt")["a.txt", "pier/share-bar"]
    assert pier("clean", "a.txt", "--in-place", "--no-ledger").code == 0
    decide(place, line_of(key, "a.txt", verdict))
    outcome = pier("check", "a.txt", "--verbose")
    assert (outcome.code, len(unused(outcome.errors))) == (0, 0 if verdict == "remove" else 1)
    said = "1 decision to remove met nothing: its text is gone already."
    assert (said in outcome.errors.splitlines()) is (verdict == "remove")
    assert said not in pier("check", "a.txt").errors


def test_of_equal_lines_each_decision_is_judged_by_itself(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(DIRTY + BODY + "Share this story\n")
    records = pier("diff", "a.txt", "--report", "jsonl").text.splitlines()[1:]
    first, second = [verdict["fingerprint"] for verdict in json.loads(records[0])["verdicts"]]
    decide(place, line_of(first, "a.txt", "remove"), line_of(second, "a.txt", "remove"))
    assert unused(pier("check", "a.txt").errors) == []
    (place / "a.txt").write_text(DIRTY)
    told = unused(pier("check", "a.txt", "--ignore", "pier/share-bar").errors)
    assert told == [f"{first} (remove, pier/share-bar) meets nothing in a.txt, where its text still stands."]


def test_a_keep_that_misses_its_text_fails_by_way_of_a_flag(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(DIRTY)
    decide(place, line_of("0123456789abcdef", "a.txt"))
    outcome = pier("check", "a.txt")
    assert (outcome.code, len(unused(outcome.errors))) == (1, 1)
    assert "flagged" in outcome.text
    assert pier("check", "a.txt", "--fail-on", "remove").code == 0


def test_decisions_about_files_that_are_gone_are_told_where_they_would_have_been_met(place: Path, pier: Run) -> None:
    (place / "seeds").mkdir()
    (place / "other").mkdir()
    (place / "seeds" / "a.txt").write_text(DIRTY)
    (place / "seeds" / "b.txt").write_text(BODY)
    key = fingerprints(pier, "seeds")["seeds/a.txt", "pier/share-bar"]
    decide(
        place,
        line_of(key, "seeds/a.txt"),
        line_of("00000000000000aa", "seeds/gone.txt"),
        line_of("00000000000000bb", "other/gone.txt"),
        line_of("00000000000000cc", "../../outside.txt"),
    )
    gone = ["00000000000000aa (keep, pier/share-bar) meets nothing in seeds/gone.txt, which is gone."]
    assert unused(pier("check", "seeds").errors) == gone
    assert unused(pier("check", "seeds/b.txt").errors) == []
    (place / "seeds" / "a.txt").rename(place / "seeds" / "moved.txt")
    outcome = pier("check", "seeds")
    assert outcome.code == 1
    moved = f"{key} (keep, pier/share-bar) meets nothing in seeds/a.txt, which is gone."
    assert unused(outcome.errors) == [*gone, f"{moved} The same finding stands in seeds/moved.txt."]


def test_decisions_about_records_that_are_gone_are_told(place: Path, pier: Run) -> None:
    (place / "x.jsonl").write_text("".join(json.dumps({"id": name, "text": DIRTY}) + "\n" for name in "ab"))
    key = fingerprints(pier, "x.jsonl")["x.jsonl#a", "pier/share-bar"]
    decide(place, line_of(key, "x.jsonl#a"), line_of(key, "x.jsonl#b"), line_of(key, "x.jsonl#c"))
    said = unused(pier("check", "x.jsonl").errors)
    assert said == [
        f"{key} (keep, pier/share-bar) meets nothing in x.jsonl#c, which is gone. The same finding stands in x.jsonl#a."
    ]
    assert unused(pier("check", "x.jsonl", "--sample", "1").errors) == []


def test_two_branches_that_add_decisions_merge(place: Path, pier: Run) -> None:
    git = GitTree(place)
    for name in "abcd":
        (place / f"{name}.txt").write_text(DIRTY)
    found = fingerprints(pier, ".")
    lines = {name: line_of(found[f"{name}.txt", "pier/share-bar"], f"{name}.txt") for name in "abcd"}
    (place / ".gitattributes").write_text(f"{DECISIONS} merge=union\n")
    decide(place, lines["a"])
    git.commit()
    for branch, names in (("one", "ab"), ("two", "acd")):
        git("checkout", "--quiet", "-b", branch, "main")
        decide(place, *(lines[name] for name in names))
        git.commit()
    assert pier("check", ".").code == 1
    git("merge", "--quiet", "--no-edit", "one")
    outcome = pier("check", ".")
    assert (outcome.code, unused(outcome.errors)) == (0, [])
