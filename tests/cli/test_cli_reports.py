"""Reports for programs and for GitHub, statistics and the manifest, as the program writes them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cli_program import BODY, DIRTY, Run

from scrubber.store.manifest import read_manifest
from scrubber.store.paths import MANIFEST_NAME

FLAGGED = BODY + "Advert: a boat\n"


@pytest.fixture
def dump(place: Path) -> Path:
    folder = place / "dump"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "one.txt").write_text(DIRTY)
    (folder / "clean.txt").write_text(BODY)
    (folder / "flagged.txt").write_text(FLAGGED)
    return folder


def test_check_writes_several_reports_in_one_run_and_fails_as_before(place: Path, dump: Path, pier: Run) -> None:
    reports = ("--report", "json:all.json", "--report", "github", "--report", "jsonl:all.jsonl", "--report", "patch:p")
    outcome = pier("check", "dump", *reports)
    assert outcome.code == pier("check", "dump").code == 1
    assert outcome.text == (
        "::error file=dump/a/one.txt,line=2,endLine=2,title=pier/share-bar (likely)"
        "::dump/a/one.txt:2: removed: Buttons flattened to text.\n"
        "::warning file=dump/flagged.txt,line=3,endLine=3,title=pier/advert (possible)"
        "::dump/flagged.txt:3: flagged: Perhaps an advert.%0Apossible is below likely\n"
        "scrubber: 1 error, 1 warning, 0 notices in 2 of 3 documents.\n"
    )
    whole = json.loads((place / "all.json").read_text("utf-8"))
    head, *lines = (place / "all.jsonl").read_text("utf-8").splitlines()
    assert whole["files"] == [json.loads(line) for line in lines]
    assert whole["scrubber"] == json.loads(head)["scrubber"]
    assert [rule["id"] for rule in whole["rules"]] == ["pier/advert", "pier/share-bar"]
    assert (whole["totals"]["removals"], whole["totals"]["flags"]) == (1, 1)


@pytest.mark.parametrize(
    ("options", "code"), [((), 1), (("--exit-zero",), 0), (("--fail-on", "remove"), 1), (("--ignore", "pier/*"), 0)]
)
def test_exit_codes_do_not_depend_on_reports(dump: Path, pier: Run, options: tuple[str, ...], code: int) -> None:
    assert pier("check", "dump", *options, "--report", "github", "--report", "json:x.json").code == code


def test_what_failed_is_in_both_reports_and_outranks_findings(place: Path, dump: Path, pier: Run) -> None:
    outcome = pier("check", "dump", "missing.txt", "--report", "json", "--report", "github:lost.log")
    assert outcome.code == 3
    whole = json.loads(outcome.text)
    assert [failure["path"] for failure in whole["failures"]] == ["missing.txt"]
    assert (whole["totals"]["failed"], whole["totals"]["read"]) == (1, 4)
    assert "::missing.txt: cannot be read" in (place / "lost.log").read_text("utf-8").splitlines()[0]


def test_the_github_report_is_not_guarded_and_other_streams_are(dump: Path, pier: Run) -> None:
    outcome = pier("check", "dump", "--report", "github", env={"GITHUB_ACTIONS": "true"})
    assert "stop-commands" not in outcome.text
    assert outcome.text.startswith("::error file=dump/a/one.txt,")


@pytest.mark.skipif(os.name == "nt", reason="such names cannot exist there")
def test_hostile_names_start_no_command(place: Path, pier: Run) -> None:
    for name in (
        "::error::x.txt",
        "a,line=9::b.txt",
        "new\n::error::line.txt",
        "\u202etxt.txt",
        "##[error]y.txt",
        "%0A.txt",
    ):
        (place / name).write_text(DIRTY)
    lines = pier("check", ".", "--report", "github").text.splitlines()
    assert len(lines) == 7
    assert all(line.isprintable() for line in lines)
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 6 + ["scrubber:"]
    files = sorted(line.split("file=")[1].split(",line=")[0] for line in lines[:6])
    assert files == sorted([
        "%3A%3Aerror%3A%3Ax.txt", "a%2Cline=9%3A%3Ab.txt", "new␊%3A%3Aerror%3A%3Aline.txt",
        "<U+202E>txt.txt", "##[error]y.txt", "%250A.txt",
    ])  # fmt: skip


def test_clean_writes_the_same_reports(place: Path, dump: Path, pier: Run) -> None:
    shown = pier("diff", "dump", "--report", "json").text
    assert pier("clean", "dump", "--out", "out", "--report", "json:x.json").code == 0
    assert (place / "x.json").read_text("utf-8") == shown


def test_statistics_come_after_the_report_of_each_command_and_before_the_closing_lines(dump: Path, pier: Run) -> None:
    expected = ["pier/share-bar", "removed", "1", "1", "1", "17"]
    for arguments in (("diff",), ("check",), ("clean", "--out", "out")):
        outcome = pier(*arguments, "dump", "--statistics")
        rows = [line.split() for line in outcome.errors.splitlines()]
        assert rows[:3] == [
            ["rule", "outcome", "findings", "documents", "lines", "characters"],
            expected,
            ["pier/advert", "flagged", "1", "1", "1", "15"],
        ]
        assert len(rows) > 3


def test_statistics_of_a_resumed_run_count_everything(dump: Path, pier: Run) -> None:
    first = pier("clean", "dump", "--out", "out", "--statistics", "--no-summary").errors
    assert pier("clean", "dump", "--out", "out", "--statistics", "--no-summary", "--resume").errors == first


def test_settled_findings_are_counted_on_request(place: Path, pier: Run) -> None:
    (place / "keep.toml").write_text(
        '[ruleset]\nname = "keep"\n\n[[rule]]\nid = "bars"\nkind = "keep"\ntitle = "T"\nwhy = "W."\n'
        'match = { starts = ["Share this"] }\n'
    )
    (place / "a.txt").write_text(DIRTY)
    options = ("--rules", "keep.toml", "--statistics", "--no-summary")
    assert pier("diff", "a.txt", *options).errors == "no findings\n"
    rows = pier("diff", "a.txt", *options, "--all").errors.splitlines()
    assert [row.split() for row in rows[1:]] == [["pier/share-bar", "kept", "1", "1", "1", "17"]]


def checksums(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file() and ".scrubber" not in file.parts and file.name != MANIFEST_NAME
    }


def test_the_manifest_lists_exactly_what_out_holds(place: Path, dump: Path, pier: Run, scrubber: Run) -> None:
    outcome = pier("clean", "dump", "--out", "out", "--manifest")
    assert outcome.code == 0
    assert " manifest lists 3 files\n" in outcome.errors
    listed = read_manifest(place / "out" / MANIFEST_NAME)
    assert listed == checksums(place / "out")
    assert list(listed) == ["a/one.txt", "clean.txt", "flagged.txt"]
    if shutil.which("sha256sum"):
        done = subprocess.run(["sha256sum", "-c", "--quiet", MANIFEST_NAME], cwd=place / "out", check=False)
        assert done.returncode == 0
    assert scrubber("verify", "out/.scrubber/ledger.jsonl").code == 0
    (place / "out" / MANIFEST_NAME).write_text(f"{'0' * 64}  a/one.txt\n")
    outcome = scrubber("verify", "out/.scrubber/ledger.jsonl")
    assert outcome.code == 1
    assert outcome.text.splitlines()[:3] == [
        "manifest differs   a/one.txt",
        "manifest lacks   clean.txt",
        "manifest lacks   flagged.txt",
    ]


@pytest.mark.parametrize("options", [(), ("--no-ledger",), ("--ledger-text", "hash"), ("--jobs", "2")], ids=str)
def test_the_manifest_does_not_depend_on_how_the_run_is_recorded(
    place: Path, dump: Path, pier: Run, options: tuple[str, ...]
) -> None:
    assert pier("clean", "dump", "--out", "out", "--manifest", *options).code == 0
    assert read_manifest(place / "out" / MANIFEST_NAME) == checksums(place / "out")


def test_a_resumed_run_lists_what_it_takes_over(place: Path, dump: Path, pier: Run) -> None:
    pier("clean", "dump", "--out", "out", "--manifest")
    before = (place / "out" / MANIFEST_NAME).read_bytes()
    (dump / "new.txt").write_text(DIRTY)
    outcome = pier("clean", "dump", "--out", "out", "--manifest", "--resume")
    assert "3 taken over" in outcome.errors
    after = (place / "out" / MANIFEST_NAME).read_bytes()
    assert set(before.splitlines()) < set(after.splitlines())
    assert read_manifest(place / "out" / MANIFEST_NAME) == checksums(place / "out")


def test_inputs_that_fail_are_not_listed(place: Path, dump: Path, pier: Run) -> None:
    (dump / "bad.txt").write_bytes(b"\x00\x01\x02")
    outcome = pier("clean", "dump", "--out", "out", "--manifest")
    assert outcome.code == 3
    assert sorted(read_manifest(place / "out" / MANIFEST_NAME)) == ["a/one.txt", "clean.txt", "flagged.txt"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("dump", "--in-place"), "--manifest lists what --out holds"),
        (("dump/clean.txt",), "--manifest lists what --out holds"),
        (("dump", "--out", "out", "--report", f"json:out/{MANIFEST_NAME}"), "would stand where --manifest writes"),
        (("dump", "--out", "out", "--ledger", f"out/{MANIFEST_NAME}"), "would stand where --manifest writes"),
    ],
    ids=str,
)
def test_a_manifest_without_a_place_is_refused(
    place: Path, dump: Path, pier: Run, arguments: tuple[str, ...], message: str
) -> None:
    outcome = pier("clean", *arguments, "--manifest")
    assert (outcome.code, outcome.stdout) == (2, b"")
    assert message in outcome.errors
    assert not (place / "out").exists()
    assert (dump / "a" / "one.txt").read_text() == DIRTY


def test_an_output_with_the_name_of_the_manifest_is_refused_before_anything_is_read(
    place: Path, dump: Path, pier: Run
) -> None:
    (dump / "Manifest-SHA256.txt").write_text(DIRTY)
    outcome = pier("clean", "dump", "--out", "out", "--manifest")
    assert outcome.code == 2
    assert "would stand where --manifest writes manifest-sha256.txt" in outcome.errors
    assert not (place / "out").exists()
    assert pier("clean", "dump", "--out", "out", "--manifest", "--exclude", "Manifest-*").code == 0
