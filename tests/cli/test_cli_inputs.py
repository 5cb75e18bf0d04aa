"""Which files are read: walks, lists, globs, links, pipes, and what happens to names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cli_program import BODY, DIRTY, Run

from scrubber.cli.globs import Glob
from scrubber.cli.inputs import listed_paths


def ids(run: Run, *arguments: str | bytes, **options: object) -> list[str]:
    outcome = run("diff", *arguments, "--report", "jsonl", "--no-summary", **options)
    return [json.loads(line)["id"] for line in outcome.stdout.splitlines()[1:]]


@pytest.fixture
def tree(place: Path) -> Path:
    for name in (
        "b.txt",
        "a.md",
        "sub/c.TXT",
        "sub/deep/d.text",
        ".hidden/e.txt",
        "page.epub",
        "notes",
        "drafts/f.txt",
    ):
        file = place / "dump" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(BODY)
    return place / "dump"


def test_a_walk_takes_files_with_a_reader_and_counts_the_rest(tree: Path, pier: Run) -> None:
    assert ids(pier, "dump") == [
        "dump/a.md",
        "dump/b.txt",
        "dump/drafts/f.txt",
        "dump/sub/c.TXT",
        "dump/sub/deep/d.text",
    ]
    errors = pier("check", "dump", "-v").errors
    assert "passed over: 2 files without a reader, 1 hidden folders" in errors


def test_a_file_that_is_named_is_read_whatever_it_is_called(tree: Path, pier: Run) -> None:
    assert ids(pier, "dump/notes", "dump/.hidden/e.txt") == ["dump/.hidden/e.txt", "dump/notes"]


def test_the_manifest_of_an_earlier_run_is_no_document_unless_it_is_named(tree: Path, pier: Run) -> None:
    (tree / "manifest-sha256.txt").write_text(BODY)
    assert not any("manifest" in name for name in ids(pier, "dump"))
    assert ids(pier, "dump/manifest-sha256.txt") == ["dump/manifest-sha256.txt"]


def test_markup_without_a_reader_fails_and_says_what_to_do(tree: Path, pier: Run) -> None:
    outcome = pier("check", "dump/page.epub")
    assert outcome.code == 3
    assert outcome.errors.startswith("dump/page.epub: no reader for .epub.")
    assert "Pass --as text to read it as plain text." in outcome.errors
    assert pier("check", "dump/page.epub", "--as", "text").code == 0


def test_a_file_reached_twice_is_read_once(tree: Path, pier: Run) -> None:
    found = ids(pier, "dump", "./dump/b.txt", "dump/sub/../b.txt", str(tree / "b.txt"), "dump/sub")
    assert found == ids(pier, "dump")


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_passed_over_in_folders_and_read_where_they_are_named(tree: Path, pier: Run) -> None:
    (tree / "link.txt").symlink_to(tree / "notes")
    (tree / "loop").symlink_to(tree)
    assert "dump/link.txt" not in ids(pier, "dump")
    assert "2 links" in pier("check", "dump", "-v").errors
    assert ids(pier, "dump/link.txt") == ["dump/link.txt"]
    assert ids(pier, "dump/link.txt", "dump/notes") == ["dump/notes"]
    assert ids(pier, "dump/loop/b.txt", "dump") == ids(pier, "dump")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes there")
def test_pipes_are_never_opened(tree: Path, pier: Run) -> None:
    os.mkfifo(tree / "pipe.txt")
    assert "1 pipes and devices" in pier("check", "dump", "-v").errors
    outcome = pier("check", "dump/pipe.txt")
    assert outcome.code == 3
    assert "is a pipe or a device, which is not opened" in outcome.errors


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--exclude", "drafts"), ["a.md", "b.txt", "sub/c.TXT", "sub/deep/d.text"]),
        (("--exclude", "dump/sub/**"), ["a.md", "b.txt", "drafts/f.txt"]),
        (("--exclude", "*.txt", "--exclude", "*.TXT"), ["a.md", "sub/deep/d.text"]),
        (("--include", "notes"), ["notes"]),
        (("--include", "dump/**/*.txt"), ["b.txt", "drafts/f.txt"]),
        (("--include", "*.txt", "--exclude", "drafts"), ["b.txt"]),
    ],
)
def test_globs_choose_in_folders(tree: Path, pier: Run, options: tuple[str, ...], expected: list[str]) -> None:
    assert ids(pier, "dump", *options) == [f"dump/{name}" for name in expected]


def test_excludes_spare_what_is_named_unless_forced(tree: Path, pier: Run) -> None:
    assert ids(pier, "dump/drafts/f.txt", "--exclude", "drafts") == ["dump/drafts/f.txt"]
    assert ids(pier, "dump/drafts/f.txt", "--exclude", "drafts", "--force-exclude") == []


def test_lists_of_files(tree: Path, pier: Run) -> None:
    (tree.parent / "list").write_text("dump/b.txt\r\ndump/a.md\n\n")
    assert ids(pier, "--files-from", "list") == ["dump/a.md", "dump/b.txt"]
    assert ids(pier, "--files-from", "-", "-0", stdin=b"dump/b.txt\0dump/a.md") == ["dump/a.md", "dump/b.txt"]
    assert ids(pier, "dump/notes", "--files-from", "list") == ["dump/a.md", "dump/b.txt", "dump/notes"]
    assert pier("check", "--files-from", "missing").code == 2


def test_lists_keep_names_that_are_no_text() -> None:
    assert listed_paths(b"a\xff.txt\0b\nc\0", nul=True) == [os.fsdecode(b"a\xff.txt"), "b\nc"]
    assert listed_paths(b"a\r\nb", nul=False) == ["a", "b"]


def test_standard_input_may_have_a_name(place: Path, pier: Run) -> None:
    (place / "dump").mkdir()
    assert ids(pier, "-", "--stdin-filename", "dump/a.txt", stdin=DIRTY.encode()) == ["dump/a.txt"]
    assert ids(pier, "-", stdin=DIRTY.encode()) == ["stdin"]
    assert pier("diff", "-", "--stdin-filename", "a.epub", stdin=DIRTY.encode()).code == 3
    assert pier("diff", "-", "a.txt").code == 2
    assert pier("diff", "a.txt", "--stdin-filename", "b.txt").code == 2


def test_excludes_hold_for_the_pretended_name_where_they_are_forced(place: Path, pier: Run) -> None:
    name = ("-", "--stdin-filename", "raw/a.txt", "--exclude", "raw")
    assert pier("check", *name, stdin=DIRTY.encode()).code == 1
    outcome = pier("check", *name, "--force-exclude", stdin=DIRTY.encode())
    assert (outcome.code, outcome.stdout, outcome.errors) == (0, b"", "passed over: 1 excluded\n")
    assert pier("clean", *name, stdin=DIRTY.encode()).stdout == BODY.encode()
    raw = DIRTY.encode("utf-16")
    assert pier("clean", *name, "--force-exclude", stdin=raw).stdout == raw


def test_ids_are_relative_to_the_project_root(tree: Path, pier: Run, scrubber: Run) -> None:
    rules = str(tree.parent / "pier.toml")
    found = ids(scrubber, "--rules", rules, "b.txt", "../pier.toml", cwd=tree)
    assert found == ["dump/b.txt", "pier.toml"]
    assert ids(scrubber, "--rules", rules, "b.txt", "--root", ".", cwd=tree) == ["b.txt"]


def test_inputs_outside_of_the_root_are_named_from_their_common_folder(tree: Path, pier: Run) -> None:
    assert ids(pier, "dump/b.txt", "dump/sub/c.TXT", "--root", "dump/drafts") == ["b.txt", "sub/c.TXT"]


def test_nothing_named_means_here_if_there_is_something(place: Path, scrubber: Run) -> None:
    outcome = scrubber("check", "--rules", "pier.toml")
    assert outcome.code == 2
    assert "nothing to read here" in outcome.errors
    (place / "a.txt").write_text(DIRTY)
    assert scrubber("check", "--rules", "pier.toml").code == 1


@pytest.mark.parametrize(
    ("pattern", "path", "covers", "names"),
    [
        ("*.txt", "/p/a.txt", True, True),
        ("*.txt", "/p/x.txt/b.md", True, False),
        ("sub", "/p/sub/a.txt", True, False),
        ("sub/", "/p/sub/a.txt", True, False),
        ("/a.txt", "/p/a.txt", True, True),
        ("/a.txt", "/p/sub/a.txt", False, False),
        ("sub/*.txt", "/p/sub/a.txt", True, True),
        ("sub/*.txt", "/p/sub/deep/a.txt", False, False),
        ("sub/**", "/p/sub/deep/a.txt", True, True),
        ("**/a.txt", "/p/a.txt", True, True),
        ("**/deep/**/a.txt", "/p/x/deep/y/z/a.txt", True, True),
        ("[ab].txt", "/p/b.txt", True, True),
        ("sub/a.txt", "/elsewhere/sub/a.txt", False, False),
    ],
)
def test_what_a_glob_means(pattern: str, path: str, covers: bool, names: bool) -> None:
    glob = Glob(pattern.replace("/", os.sep) if os.sep != "/" else pattern, "/p")
    assert (glob.covers(path), glob.names(path)) == (covers, names)


def test_a_hostile_glob_takes_no_time() -> None:
    glob = Glob("/".join(["**", "*a*a*a*b"] * 12), "/p")
    assert not glob.names("/p/" + "/".join(["a" * 60] * 60))
