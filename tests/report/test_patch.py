"""Promises of the patch report: applied, it gives the clean text; git takes it."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from msgspec.structs import replace

from report_samples import edited, ferry, hostile, result, span_of
from scrubber.model import CleanResult, Edit, Origin, Span
from scrubber.report import REPORTS, ReportOptions

HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@\Z")
NO_NEWLINE = "\\ No newline at end of file\n"


def patch_of(*results: CleanResult) -> str:
    out = io.StringIO(newline="")
    REPORTS["patch"](results, out, ReportOptions())
    return out.getvalue()


def lf_lines(text: str) -> list[str]:
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def applied(patch: str, old: str) -> str:
    """The text after `patch`, applied strictly: each line and each number must be right, and offsets are exact."""
    source, made, position = lf_lines(old), [], 0
    rows = lf_lines(patch)[3:]
    place = 0
    while place < len(rows):
        head = HUNK.match(rows[place].rstrip("\n"))
        assert head, rows[place]
        first, olds, to, news = (1 if part is None else int(part) for part in head.groups())
        start = first - 1 if olds else first
        made += source[position:start]
        assert len(made) == (to - 1 if news else to)
        position = start
        place += 1
        while place < len(rows) and not rows[place].startswith("@@"):
            mark, line = rows[place][0], rows[place][1:]
            place += 1
            if place < len(rows) and rows[place] == NO_NEWLINE:
                assert line.endswith("\n")
                line, place = line[:-1], place + 1
            if mark in " -":
                assert source[position] == line
                position, olds = position + 1, olds - 1
            if mark in " +":
                made.append(line)
                news -= 1
        assert (olds, news) == (0, 0)
    return "".join(made + source[position:])


@given(edited())
def test_applied_it_gives_the_clean_text(made: CleanResult) -> None:
    patch = patch_of(made)
    if made.text == made.document.text:
        assert patch == ""
    else:
        assert applied(patch, made.document.text) == made.text


@given(edited())
def test_only_lines_that_change_are_marked(made: CleanResult) -> None:
    marked = [row for row in lf_lines(patch_of(made))[3:] if row[0] in "-+"]
    touched = sum(
        made.document.text.count("\n", edit.span.start, edit.span.end) + edit.replacement.count("\n") + 4
        for edit in made.plan.edits
    )
    assert len(marked) <= touched * 2


def test_whole_lines_go_without_touching_others() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 10))
    made = result(text, [Edit(span_of(text, "line 5\nline 6\n"), "", ("x/y",))], (), id="in/a b.txt")
    assert patch_of(made) == (
        "diff --git a/in/a b.txt b/in/a b.txt\n--- a/in/a b.txt\t\n+++ b/in/a b.txt\t\n"
        "@@ -2,8 +2,6 @@\n line 2\n line 3\n line 4\n-line 5\n-line 6\n line 7\n line 8\n line 9\n"
    )


@pytest.mark.parametrize(
    ("path", "quoted"),
    [
        ("in/a.txt", "a/in/a.txt"),
        ("渡.txt", '"a/\\346\\270\\241.txt"'),
        ('q"uote.txt', '"a/q\\"uote.txt"'),
        ("100%25.txt", "a/100%.txt"),
        ("tab%09%0A.txt", '"a/tab\\t\\n.txt"'),
    ],
)
def test_paths_are_quoted_as_git_quotes_them(path: str, quoted: str) -> None:
    made = result("a\nb\n", [Edit(Span(0, 2), "", ("x/y",))], (), id=path)
    assert patch_of(made).splitlines()[1] == f"--- {quoted}"


def test_line_ends_are_kept() -> None:
    text = "one\r\ntwo\r\nthree\rfour\r\n"
    made = result(text, [Edit(span_of(text, "two\r\n"), "", ("x/y",))], ())
    assert patch_of(made).endswith("@@ -1,3 +1,2 @@\n one\r\n-two\r\n three\rfour\r\n")


def test_the_mark_of_a_utf8_file_goes_with_the_first_line() -> None:
    origin = Origin(path="a.txt", sha256="", size=9, bom=b"\xef\xbb\xbf")
    made = result("one\ntwo\n", (), (), origin=origin)
    assert patch_of(made).endswith("@@ -1,2 +1,2 @@\n-\ufeffone\n+one\n two\n")


def test_nothing_changed_gives_nothing() -> None:
    assert patch_of(result("a\n", (), ())) == ""


SAMPLES = {
    "ferry": ferry(),
    "hostile": hostile(),
    "no final newline": result("a\nb\nc", [Edit(Span(4, 5), "", ("x/y",))], ()),
    "newline goes": result("a\nb\nc\n", [Edit(Span(5, 6), "", ("x/y",))], ()),
    "lines joined": result("a\nb\nc\nd", [Edit(Span(1, 2), " ", ("x/y",)), Edit(Span(5, 6), "", ("x/y",))], ()),
    "emptied": result("a\nb", [Edit(Span(0, 3), "", ("x/y",))], ()),
    "crlf": result("a\r\nb\r\nc\r\n", [Edit(Span(3, 6), "", ("x/y",))], (), id="渡 船/ferry.txt"),
    "far apart": result(
        "".join(f"{n}\n" for n in range(40)), [Edit(Span(0, 2), "", ("x/y",)), Edit(Span(100, 103), "", ("x/y",))], ()
    ),
    "looks like a patch": result("--- a/x\n+++ b/x\n@@ -1 +1 @@\nz\n", [Edit(Span(8, 16), "", ("x/y",))], ()),
}


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")
@pytest.mark.parametrize("name", SAMPLES)
def test_git_applies_it(name: str, tmp_path: Path) -> None:
    made = SAMPLES[name]
    text = made.document.text.replace("\0", "")
    if text != made.document.text:  # git takes a file with NUL for binary
        made = replace(result(text, [Edit(span_of(text, "Share"), "", ("x",))], ()), text=text.replace("Share", "", 1))
    target = tmp_path / made.document.id
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text.encode())
    git = ["git", "-c", "core.autocrlf=false", "-c", "core.safecrlf=false"]
    subprocess.run([*git, "init", "-q", "."], cwd=tmp_path, check=True)
    done = subprocess.run(
        [*git, "apply", "--whitespace=nowarn", "-"], input=patch_of(made).encode(), cwd=tmp_path, capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.stderr == b""
    assert target.read_bytes().decode() == made.text


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")
def test_git_applies_several_files_at_once(tmp_path: Path) -> None:
    results = [result("a\nb\nc\n", [Edit(Span(2, 4), "", ("x/y",))], (), id=f"d/{n}.txt") for n in range(3)]
    (tmp_path / "d").mkdir()
    for made in results:
        (tmp_path / made.document.id).write_bytes(made.document.text.encode())
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-"], input=patch_of(*results).encode(), cwd=tmp_path, check=True)
    assert {(tmp_path / made.document.id).read_text() for made in results} == {"a\nc\n"}
