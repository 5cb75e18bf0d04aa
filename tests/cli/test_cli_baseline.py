"""Baselines: an old dirty corpus passes, a new finding in it fails, and branches that record findings can be merged."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from cli_program import BODY, CHINESE, DIRTY, Run
from git_tree import GitTree

BASELINE = ".scrubber-baseline.json"
GBK = f"{CHINESE}\n{CHINESE}\n".encode("gbk")


@pytest.fixture
def corpus_folder(place: Path) -> Path:
    """An old corpus: something to cut, something flagged, something to write anew, and something clean."""
    (place / "old").mkdir()
    (place / "old" / "cut.txt").write_text(DIRTY)
    (place / "old" / "flag.txt").write_text(BODY + "Advert: a boat\n")
    (place / "old" / "gbk.txt").write_bytes(GBK)
    (place / "old" / "clean.txt").write_text(BODY)
    return place / "old"


def recorded(place: Path) -> list[tuple[str, str]]:
    """Path and rule of every entry, sorted."""
    entries = json.loads((place / BASELINE).read_text("utf-8"))["findings"]
    return sorted((entry["path"], entry["rule"]) for entry in entries if entry is not None)


def write(run: Run, *paths: str) -> str:
    """Write the baseline; what was said."""
    outcome = run("check", *(paths or ("old",)), "--baseline", BASELINE, "--write-baseline")
    assert (outcome.code, outcome.stdout) == (0, b"")
    return outcome.errors


def test_an_old_corpus_passes_and_a_new_finding_in_it_fails(place: Path, corpus_folder: Path, pier: Run) -> None:
    assert pier("check", "old").code == 1
    said = write(pier)
    assert said.startswith(f"3 findings in 3 files recorded in {BASELINE}: 3 new, 0 dropped.\n")
    assert recorded(place) == [
        ("old/cut.txt", "pier/share-bar"),
        ("old/flag.txt", "pier/advert"),
        ("old/gbk.txt", "core/encoding"),
    ]
    outcome = pier("check", "old", "--baseline", BASELINE)
    assert (outcome.code, outcome.stdout) == (0, b"")
    assert outcome.errors == f"note: quiet, as recorded in {BASELINE}: 3 findings in 3 files.\n"
    with (corpus_folder / "cut.txt").open("a") as text:
        text.write("Advert: a pier\n")
    outcome = pier("check", "old", "--baseline", BASELINE, "--report", "github")
    assert outcome.code == 1
    assert re.findall(r"file=([^,]+),line=(\d+)", outcome.text) == [("old/cut.txt", "4")]
    assert "1 flag in 1 file." in outcome.errors


def test_diff_and_clean_act_on_what_a_baseline_lists(place: Path, corpus_folder: Path, scrubber: Run) -> None:
    (place / "scrubber.toml").write_text(f'rules = ["pier.toml"]\nbaseline = "{BASELINE}"\n')
    before = scrubber("diff", "old")
    assert scrubber("check", "old", "--write-baseline").code == 0
    assert scrubber("check", "old").code == 0
    assert scrubber("diff", "old").stdout == before.stdout
    assert scrubber("clean", "old", "--in-place", "--no-ledger", "--fail-on-change").code == 1
    assert (corpus_folder / "cut.txt").read_text() == BODY
    assert "1 flag in 1 file." in scrubber("diff", "old").errors
    assert scrubber("check", "old").code == 0


def test_all_shows_what_is_quiet_and_why(place: Path, corpus_folder: Path, pier: Run) -> None:
    write(pier)
    outcome = pier("check", "old", "--baseline", BASELINE, "--all")
    assert outcome.code == 0
    assert "pier/share-bar   likely     decided" in outcome.text
    assert outcome.text.count("in the baseline") == 3


def test_findings_stay_known_when_the_text_around_them_changes(place: Path, corpus_folder: Path, pier: Run) -> None:
    (corpus_folder / "bad.txt").write_bytes(f"{CHINESE}\n{CHINESE}\n".encode() + b"a \xff b\n")
    write(pier)
    for name in ("cut.txt", "flag.txt"):
        file = corpus_folder / name
        file.write_text(
            "The pilot came aboard at dawn, and nobody on the pier had seen him before.\n\n" + file.read_text()
        )
    (corpus_folder / "gbk.txt").write_bytes(f"{CHINESE}他们在码头等候。\n".encode("gbk") + GBK)
    bad = corpus_folder / "bad.txt"
    bad.write_bytes(f"{CHINESE}\n".encode() * 3 + b"c \xfe d\n" + bad.read_bytes())
    outcome = pier("check", "old", "--baseline", BASELINE, "--report", "github")
    assert re.findall(r"file=([^,]+),line=(\d+)", outcome.text) == [("old/bad.txt", "4")]


def test_one_more_of_the_same_line_fails(place: Path, corpus_folder: Path, pier: Run) -> None:
    (corpus_folder / "cut.txt").write_text(DIRTY + "Share this story\n")
    write(pier)
    assert pier("check", "old", "--baseline", BASELINE).code == 0
    (corpus_folder / "cut.txt").write_text(DIRTY + "Share this story\nThe end of it.\nShare this story\n")
    outcome = pier("check", "old", "--baseline", BASELINE)
    assert (outcome.code, outcome.text.count(" - Share this story")) == (1, 1)


def test_a_hunk_that_a_new_finding_has_a_part_in_is_shown_whole(place: Path, scrubber: Run) -> None:
    rules = (
        '[ruleset]\nname = "two"\nversion = "1"\n'
        '[[rule]]\nid = "bar"\nkind = "line"\ntitle = "t"\nwhy = "w"\nmatch = { equals = ["share this story"] }\n'
        '[[rule]]\nid = "box"\nkind = "between"\ntitle = "t"\nwhy = "w"\nstart = { equals = ["Box"] }\n'
        'end = { equals = ["Share this story"] }\nlimits = { max-lines = 5 }\n'
    )
    (place / "two.toml").write_text(rules)
    (place / "a.txt").write_text(BODY + "Share this story\n" + BODY.upper())
    options = ("a.txt", "--rules", "two.toml", "--baseline", BASELINE)
    assert scrubber("check", *options, "--write-baseline").code == 0
    assert scrubber("check", *options).code == 0
    (place / "a.txt").write_text(BODY + "Box\nA letter\nShare this story\n" + BODY.upper())
    outcome = scrubber("check", *options)
    assert outcome.code == 1
    assert all(f" - {line}" in outcome.text for line in ("Box", "A letter", "Share this story"))


def test_fail_on_remove_counts_what_is_new_only(place: Path, corpus_folder: Path, pier: Run) -> None:
    write(pier)
    options = ("old", "--baseline", BASELINE, "--fail-on", "remove")
    assert pier("check", *options).code == 0
    (corpus_folder / "clean.txt").write_text(BODY + "Advert: a boat\n")
    assert pier("check", *options).code == 0
    (corpus_folder / "clean.txt").write_text(DIRTY)
    assert pier("check", *options).code == 1
    assert pier("check", *options, "--exit-zero").code == 0


def test_what_matches_nothing_is_counted_and_dropped(place: Path, corpus_folder: Path, pier: Run) -> None:
    write(pier)
    (corpus_folder / "cut.txt").write_text(BODY)
    (corpus_folder / "flag.txt").unlink()
    outcome = pier("check", "old", "--baseline", BASELINE, "-v")
    assert outcome.code == 0
    assert f"note: 2 entries of {BASELINE} match nothing any more; --write-baseline drops" in outcome.errors
    assert "(pier/share-bar) in old/cut.txt" in outcome.errors
    assert "(pier/advert) in old/flag.txt" in outcome.errors
    assert "0 new, 2 dropped." in write(pier)
    assert recorded(place) == [("old/gbk.txt", "core/encoding")]


def test_a_run_over_some_files_leaves_the_entries_of_others(place: Path, corpus_folder: Path, pier: Run) -> None:
    write(pier)
    before = recorded(place)
    (corpus_folder / "flag.txt").write_text(BODY)
    assert "note: " not in pier("check", "old/clean.txt", "--baseline", BASELINE).errors
    assert "0 new, 0 dropped." in write(pier, "old/cut.txt", "old/gbk.txt")
    assert recorded(place) == before
    pier("check", "old", "--baseline", BASELINE, "--write-baseline", "--ignore", "pier/share-bar")
    assert recorded(place) == [("old/cut.txt", "pier/share-bar"), ("old/gbk.txt", "core/encoding")]


def test_what_cannot_be_read_keeps_its_entries(place: Path, corpus_folder: Path, pier: Run) -> None:
    write(pier)
    before = recorded(place)
    (corpus_folder / "cut.txt").write_bytes(bytes(range(256)) * 40)
    outcome = pier("check", "old", "--baseline", BASELINE, "--write-baseline")
    assert outcome.code == 3
    assert recorded(place) == before


def test_records_of_one_file_are_told_apart(place: Path, pier: Run) -> None:
    lines = [json.dumps({"id": name, "text": DIRTY}) for name in "abc"]
    (place / "x.jsonl").write_text("\n".join(lines) + "\n")
    write(pier, "x.jsonl")
    assert [path for path, _ in recorded(place)] == ["x.jsonl#a", "x.jsonl#b", "x.jsonl#c"]
    lines[1:] = [json.dumps({"id": "d", "text": DIRTY})]
    (place / "x.jsonl").write_text("\n".join(lines) + "\n")
    outcome = pier("check", "x.jsonl", "--baseline", BASELINE)
    assert (outcome.code, outcome.text.count("\nx.jsonl#") + outcome.text.startswith("x.jsonl#")) == (1, 1)
    assert "2 entries" in outcome.errors
    write(pier, "x.jsonl")
    assert [path for path, _ in recorded(place)] == ["x.jsonl#a", "x.jsonl#d"]


def test_a_renamed_rule_keeps_its_entries(place: Path, corpus_folder: Path, pier: Run) -> None:
    write(pier)
    rules = (place / "pier.toml").read_text()
    (place / "pier.toml").write_text(rules.replace('id = "share-bar"', 'id = "bar"\naliases = ["share-bar"]'))
    assert pier("check", "old", "--baseline", BASELINE).code == 0
    write(pier)
    assert ("old/cut.txt", "pier/bar") in recorded(place)
    assert len(recorded(place)) == 3


def test_the_same_whatever_the_order_and_the_number_of_workers(place: Path, corpus_folder: Path, pier: Run) -> None:
    written = []
    for jobs, names in (("1", sorted(corpus_folder.iterdir())), ("3", sorted(corpus_folder.iterdir(), reverse=True))):
        pier("check", *map(str, names), "--baseline", BASELINE, "--write-baseline", "--jobs", jobs)
        written.append((place / BASELINE).read_bytes())
        (place / BASELINE).unlink()
    assert written[0] == written[1]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", f"{BASELINE}:1:1: this is no baseline."),
        (
            '{"format":"scrubber-baseline","version":1,\n"findings":[\n<<<<<<< HEAD\n',
            f"{BASELINE}:3:1: this is not JSON.",
        ),
        ('{"format":"scrubber-baseline","version":2,\n', "was written by a later scrubber"),
        ("[" * 100_000, "this is no baseline."),
    ],
)
def test_a_broken_baseline_ends_the_run_with_its_place(
    place: Path, corpus_folder: Path, pier: Run, content: str, expected: str
) -> None:
    (place / BASELINE).write_text(content)
    for option in ((), ("--write-baseline",)):
        outcome = pier("check", "old", "--baseline", BASELINE, *option)
        assert (outcome.code, outcome.stdout) == (2, b"")
        assert expected in outcome.errors
    assert (place / BASELINE).read_text() == content


def test_where_a_baseline_may_stand(place: Path, corpus_folder: Path, pier: Run, scrubber: Run) -> None:
    outcome = pier("check", "old", "--baseline", "missing.json")
    assert (outcome.code, outcome.errors) == (
        2,
        "missing.json: there is no baseline (--baseline names it). check --write-baseline makes it.\n",
    )
    assert "is named .json" in pier("check", "old", "--baseline", "old/cut.txt", "--write-baseline").errors
    assert pier("check", "old", "--write-baseline").code == 2
    assert pier("check", "old", "--baseline", BASELINE, "--write-baseline", "--sample", "1").code == 2
    config = place / "scrubber.toml"
    config.write_text('rules = ["pier.toml"]\nbaseline = "none.json"\n')
    assert "there is no baseline (scrubber.toml:2 names it)" in scrubber("check", "old").errors
    assert scrubber("diff", "old").code == 0  # which has no use for it
    config.write_text('rules = ["pier.toml"]\nbaseline = "../other.json"\n')
    outcome = scrubber("check", "old")
    assert outcome.code == 2
    assert "scrubber.toml:2:12: this path leads out of the project root." in outcome.errors


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_does_not_lead_out_and_is_not_replaced(
    place: Path, corpus_folder: Path, pier: Run, scrubber: Run
) -> None:
    (place.parent / "other.json").write_text("{}")
    (place / "link.json").symlink_to(place.parent / "other.json")
    (place / "scrubber.toml").write_text('rules = ["pier.toml"]\nbaseline = "link.json"\n')
    assert "leads out of the project root" in scrubber("check", "old").errors
    (place / "scrubber.toml").unlink()
    (place / "here.json").symlink_to("there.json")
    assert pier("check", "old", "--baseline", "here.json", "--write-baseline").code == 2  # it leads nowhere
    write(pier)
    (place / BASELINE).rename(place / "there.json")
    (corpus_folder / "flag.txt").unlink()
    assert pier("check", "old", "--baseline", "here.json", "--write-baseline").code == 0
    assert (place / "here.json").is_symlink()
    assert (place / "there.json").read_text().count("old/") == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes there")
def test_a_pipe_is_not_waited_for(place: Path, corpus_folder: Path, pier: Run) -> None:
    os.mkfifo(place / BASELINE)
    outcome = pier("check", "old", "--baseline", BASELINE)
    assert (outcome.code, "is no regular file" in outcome.errors) == (2, True)


def test_isolated_uses_the_baseline_that_is_named_and_no_other(place: Path, corpus_folder: Path, scrubber: Run) -> None:
    (place / "scrubber.toml").write_text(f'baseline = "{BASELINE}"\n')
    options = ("old", "--isolated", "--rules", "pier.toml", "--root", ".")
    assert scrubber("check", *options, "--baseline", BASELINE, "--write-baseline").code == 0
    assert scrubber("check", *options).code == 1
    assert scrubber("check", *options, "--baseline", BASELINE).code == 0


@pytest.mark.skipif(os.name == "nt", reason="such names are impossible there")
def test_names_that_are_no_text_are_recorded_and_known_again(place: Path, pier: Run) -> None:
    (place / "old").mkdir()
    names = [b"\"a'\n}],.txt", b"50%#1!.txt", b"\xff\x1b[31m.txt", "渡\u202e\u2028轮.txt".encode(), b"::error::.txt"]
    for name in names:
        (place / "old" / os.fsdecode(name)).write_text(DIRTY)
    write(pier)
    assert len((place / BASELINE).read_bytes().split(b"\n")) == 4 + len(names) + 1
    outcome = pier("check", "old", "--baseline", BASELINE)
    assert (outcome.code, outcome.errors.count("note: ")) == (0, 1)
    for name in names:
        (place / "old" / os.fsdecode(name)).unlink()
    outcome = pier("check", "old", "--baseline", BASELINE, "-v", env={"GITHUB_ACTIONS": "true"})
    assert f"note: {len(names)} entries of" in outcome.errors
    assert not any(mark in outcome.errors for mark in ("\x1b", "\u202e", "\n::"))


@pytest.mark.parametrize("union", [True, False])
def test_two_branches_that_add_entries_merge(place: Path, corpus_folder: Path, pier: Run, union: bool) -> None:
    git = GitTree(place)
    for number in range(40):
        (corpus_folder / f"a{number}.txt").write_text(DIRTY)
    if union:
        said = write(pier)
        assert f"note: with `{BASELINE} merge=union` in .gitattributes, what two branches add is joined." in said
        (place / ".gitattributes").write_text(f"{BASELINE} merge=union\n")
    else:
        write(pier)
    git.commit()
    for branch, name in (("one", "x"), ("two", "y")):
        git("checkout", "--quiet", "-b", branch, "main")
        (corpus_folder / f"{name}.txt").write_text(DIRTY + f"Advert: {name}\n")
        if union and branch == "two":
            (corpus_folder / "a7.txt").unlink()
        write(pier)
        git.commit()
    git("merge", "--quiet", "--no-edit", "one", fails=not union)
    if not union:  # what stands between the marks of a conflict is not guessed at
        outcome = pier("check", "old", "--baseline", BASELINE)
        assert outcome.code == 2
        assert "Where two branches met, keep the entries of both." in outcome.errors
        return
    assert pier("check", "old", "--baseline", BASELINE).code == 0
    paths = [path for path, _ in recorded(place)]
    assert {"old/x.txt", "old/y.txt"} <= set(paths)
    write(pier)
    assert "old/a7.txt" not in [path for path, _ in recorded(place)]
    text = (place / BASELINE).read_text()
    write(pier)
    assert (place / BASELINE).read_text() == text


def test_two_branches_that_begin_a_baseline_merge(place: Path, corpus_folder: Path, pier: Run) -> None:
    git = GitTree(place)
    (place / ".gitattributes").write_text(f"{BASELINE} merge=union\n")
    git.commit()
    for branch, name in (("one", "x"), ("two", "y")):
        git("checkout", "--quiet", "-b", branch, "main")
        (corpus_folder / f"{name}.txt").write_text(DIRTY)
        write(pier)
        git.commit()
    git("merge", "--quiet", "--no-edit", "one")
    assert pier("check", "old", "--baseline", BASELINE).code == 0
