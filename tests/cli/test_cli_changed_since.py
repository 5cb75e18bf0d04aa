"""`--changed-since`: only what a branch has changed is read, as the walk would have read it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cli_program import BODY, DIRTY, Run
from git_tree import GitTree


def read(run: Run, *arguments: str, **options: object) -> list[str]:
    """The ids of what a run reads."""
    outcome = run("diff", *arguments, "--report", "jsonl", "--no-summary", **options)
    assert outcome.code == 0, outcome.errors
    return [json.loads(line)["id"] for line in outcome.stdout.splitlines()[1:]]


@pytest.fixture
def git(place: Path) -> GitTree:
    """A repository with a commit on `main`, and the branch `work` on top of it."""
    tree = GitTree(place)
    for name in ("seeds/a.txt", "seeds/b.txt", "seeds/deep/c.txt", "other/d.txt", "seeds/渡 轮.txt"):
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{BODY}This is {name}, a text among several that tell of the pier.\n")
    tree.commit()
    tree("checkout", "--quiet", "-b", "work")
    return tree


def test_only_what_has_changed_is_read(place: Path, git: GitTree, pier: Run) -> None:
    assert read(pier, ".", "--changed-since", "main") == []
    (place / "seeds" / "a.txt").write_text(DIRTY)
    git.commit()
    (place / "seeds" / "deep" / "c.txt").write_text(DIRTY)  # not staged
    (place / "other" / "d.txt").write_text(DIRTY)
    git("add", "other")
    (place / "seeds" / "渡 轮.txt").write_text(DIRTY)
    (place / "seeds" / "new.txt").write_text(DIRTY)  # unknown to git
    (place / ".gitignore").write_text("ignored.txt\n")
    (place / "seeds" / "ignored.txt").write_text(DIRTY)
    everything = ["other/d.txt", "seeds/a.txt", "seeds/deep/c.txt", "seeds/new.txt", "seeds/渡 轮.txt"]
    assert read(pier, ".", "--changed-since", "main") == everything
    assert read(pier, "seeds", "--changed-since", "main") == everything[1:]
    assert read(pier, "seeds/b.txt", "seeds/a.txt", "--changed-since", "main") == ["seeds/a.txt"]
    assert read(pier, ".", "--changed-since", "HEAD", "--exclude", "deep") == [*everything[:1], *everything[3:]]
    (place / "list").write_text("seeds/b.txt\nseeds/new.txt\n")
    assert read(pier, "--files-from", "list", "--changed-since", "main") == ["seeds/new.txt"]


def test_a_walk_passes_over_what_it_always_does(place: Path, git: GitTree, pier: Run) -> None:
    for name in (".hidden/e.txt", "seeds/.f/g.txt", "seeds/notes", "seeds/x.epub"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(BODY)
    assert read(pier, ".", "--changed-since", "main") == []
    assert read(pier, "seeds/notes", ".hidden", "--changed-since", "main") == [".hidden/e.txt", "seeds/notes"]


def test_what_others_changed_meanwhile_is_not_read(place: Path, git: GitTree, pier: Run) -> None:
    (place / "seeds" / "a.txt").write_text(DIRTY)
    git.commit()
    git("checkout", "--quiet", "main")
    (place / "seeds" / "b.txt").write_text(DIRTY)
    git.commit()
    git("checkout", "--quiet", "work")
    assert read(pier, ".", "--changed-since", "main") == ["seeds/a.txt"]


def test_renamed_files_are_followed_and_deleted_ones_passed_over(place: Path, git: GitTree, pier: Run) -> None:
    git("mv", "seeds/a.txt", "seeds/moved.txt")
    git("rm", "--quiet", "seeds/b.txt")
    (place / "other" / "d.txt").unlink()
    outcome = pier("check", "seeds", "--changed-since", "main")
    assert (outcome.code, outcome.errors) == (0, "note: deleted since main, and passed over: seeds/b.txt.\n")
    assert read(pier, ".", "--changed-since", "main") == ["seeds/moved.txt"]
    outcome = pier("check", "seeds/b.txt", "other/d.txt", "seeds/moved.txt", "--changed-since", "main")
    assert (outcome.code, outcome.stdout) == (0, b"")
    assert "passed over: other/d.txt, seeds/b.txt." in outcome.errors
    assert pier("check", "seeds/never.txt", "--changed-since", "main").code == 3


def test_nothing_changed_is_a_success(place: Path, git: GitTree, pier: Run) -> None:
    for command in (("check",), ("diff", "--exit-code"), ("clean", "--out", "out"), ("clean",)):
        outcome = pier(*command, "--changed-since", "main")
        assert (outcome.code, outcome.stdout) == (0, b""), command


def test_it_works_in_a_subfolder_and_with_another_root(place: Path, git: GitTree, scrubber: Run) -> None:
    (place / "seeds" / "deep" / "c.txt").write_text(DIRTY)
    (place / "other" / "d.txt").write_text(DIRTY)
    rules = ("--rules", str(place / "pier.toml"), "--changed-since", "main")
    assert read(scrubber, *rules, cwd=place / "seeds") == ["seeds/deep/c.txt"]
    assert read(scrubber, *rules, "..", cwd=place / "seeds") == ["other/d.txt", "seeds/deep/c.txt"]
    assert read(scrubber, *rules, "--root", ".", cwd=place / "seeds") == ["deep/c.txt"]
    assert read(scrubber, *rules, str(place / "seeds"), "--root", str(place), cwd=place.parent) == ["seeds/deep/c.txt"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_to_the_repository_is_no_hindrance(place: Path, git: GitTree, pier: Run, scrubber: Run) -> None:
    (place / "seeds" / "a.txt").write_text(DIRTY)
    (place.parent / "link").symlink_to(place)
    there = place.parent / "link"
    assert read(scrubber, "--rules", "pier.toml", ".", "--changed-since", "main", cwd=there) == ["seeds/a.txt"]
    (place / "one.txt").symlink_to("seeds/a.txt")
    assert read(pier, "one.txt", "--changed-since", "main") == ["one.txt"]


@pytest.mark.parametrize("revision", ["-x", "--output=stolen.txt", "", "nope", "main..work", "HEAD:seeds/a.txt"])
def test_what_is_no_revision_is_refused(place: Path, git: GitTree, pier: Run, revision: str) -> None:
    outcome = pier("check", ".", f"--changed-since={revision}")
    assert (outcome.code, outcome.stdout) == (2, b"")
    assert "revision" in outcome.errors
    assert not (place / "stolen.txt").exists()


def test_where_there_is_no_repository_it_is_refused(place: Path, pier: Run) -> None:
    outcome = pier("check", ".", "--changed-since", "main", env={"GIT_CEILING_DIRECTORIES": str(place.parent)})
    assert outcome.code == 2
    assert 'git says "fatal: not a git repository' in outcome.errors
    outcome = pier("check", ".", "--changed-since", "main", env={"PATH": ""})
    assert (outcome.code, "needs git, which cannot be run" in outcome.errors) == (2, True)
    assert pier("check", "-", "--changed-since", "main").code == 2


def test_histories_without_a_common_commit_are_compared_as_they_are(place: Path, git: GitTree, pier: Run) -> None:
    git("checkout", "--quiet", "--orphan", "alone")
    (place / "seeds" / "a.txt").write_text(DIRTY)
    git.commit()
    outcome = pier("check", ".", "--changed-since", "main")
    assert outcome.code == 1
    assert "note: no common history with main is known here: compared with it as it is." in outcome.errors
    assert outcome.text.count(".txt ") == 1


def test_git_of_a_hook_does_not_lead_elsewhere(place: Path, git: GitTree, scrubber: Run) -> None:
    (place / "seeds" / "a.txt").write_text(DIRTY)
    hook = {"GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/other-index", "GIT_PREFIX": "seeds/"}
    options = ("../seeds", "--rules", "../pier.toml", "--changed-since", "main")
    assert read(scrubber, *options, cwd=place / "other", env=hook) == ["seeds/a.txt"]


def test_settings_of_a_repository_start_nothing(place: Path, git: GitTree, pier: Run) -> None:
    program = place / ".git" / "program"
    program.write_text(f"#!/bin/sh\ntouch {place}/started\n")
    program.chmod(0o755)
    for key in ("diff.external", "core.fsmonitor", "diff.x.textconv", "diff.x.command"):
        git("config", key, str(program))
    (place / ".gitattributes").write_text("*.txt diff=x\n")
    (place / "seeds" / "a.txt").write_text(DIRTY)
    assert read(pier, "seeds", "--changed-since", "main") == ["seeds/a.txt"]
    assert not (place / "started").exists()


def test_changes_to_what_decides_are_named(place: Path, git: GitTree, pier: Run, scrubber: Run) -> None:
    (place / "scrubber.toml").write_text('rules = ["pier.toml"]\nbaseline = "base.json"\n')
    assert scrubber("check", ".", "--write-baseline").code == 0
    assert "changed since main, too: scrubber.toml, base.json.\n" in scrubber("check", "--changed-since", "main").errors
    git.commit()
    git("branch", "--force", "main")
    assert scrubber("check", "--changed-since", "main").errors == "no inputs\n"
    with (place / "pier.toml").open("a") as rules:
        rules.write("# changed\n")
    assert "too: pier.toml." in scrubber("check", "--changed-since", "main").errors
