"""The runner of documents fails where a document is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from doc_blocks import Block, Place, blocks_of

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the documents speak to a POSIX shell")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    found = Place.make(tmp_path / "place", tmp_path / "programs")
    (found.folder / "a.txt").write_text("one\ntwo\nthree\ntwo\n", "utf-8")
    return found


def block(language: str, text: str) -> Block:
    return Block("page.md", 1, "", language, text)


@pytest.mark.parametrize(
    ("shown", "right"),
    [
        ("one\ntwo\nthree\ntwo\n", True),
        ("one\n...\ntwo\n", True),
        ("...\n", True),
        ("one\nt...\nthree\ntwo\n", True),
        ("", True),
        ("one\ntwo\nthree\n", False),
        ("one\n...\nfour\n", False),
        ("one\n.*\nthree\ntwo\n", False),
    ],
)
def test_what_a_command_writes_is_compared(place: Place, shown: str, right: bool) -> None:
    assert (place.do(block("console", f"$ cat a.txt\n{shown}")) == "") is right


@pytest.mark.parametrize(
    ("language", "text", "right"),
    [
        ("sh", "cat a.txt\ntrue\n", True),
        ("sh", "cat b.txt\ntrue\n", False),
        ("console", "$ cat b.txt\n...\n", False),
        ("python", "assert open('a.txt').read()\n", True),
        ("python", "assert not open('a.txt').read()\n", False),
    ],
)
def test_what_fails_is_told(place: Place, language: str, text: str, right: bool) -> None:
    assert (place.do(block(language, text)) == "") is right


@pytest.mark.parametrize(
    ("hunk", "right"), [(" three\n+four\n", True), ("-one\n", True), (" two\n+four\n", False), (" five\n+six\n", False)]
)
def test_a_change_needs_its_lines_once(place: Place, hunk: str, right: bool) -> None:
    assert (place.do(block("diff", f"--- a/a.txt\n+++ b/a.txt\n@@ here\n{hunk}")) == "") is right


def test_a_block_below_a_name_is_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doc_blocks.REPOSITORY", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("## One\n\n`a/b.toml`:\n\n```toml\nx = 1\n```\n\n1. So\n\n   ```sh\n   true\n   ```\n", "utf-8")
    assert list(blocks_of(page)) == [
        Block("page.md", 5, "One", "toml", "x = 1\n", "a/b.toml"),
        Block("page.md", 11, "One", "sh", "true\n"),
    ]
