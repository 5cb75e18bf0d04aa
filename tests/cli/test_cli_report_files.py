"""The reports for CI and for sharing, as the program writes them: several in one run, each into its file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from cli_program import BODY, DIRTY, Run

FORMATS = ("sarif", "markdown", "csv", "html")


@pytest.fixture
def dump(place: Path) -> Path:
    (place / "dump").mkdir()
    (place / "dump" / "渡轮 one.txt").write_text(DIRTY, "utf-8")
    (place / "dump" / "clean.txt").write_text(BODY, "utf-8")
    (place / "dump" / "flagged.txt").write_text(f"{BODY}Advert: a boat\n", "utf-8")
    return place / "dump"


def test_all_formats_in_one_run_tell_the_same_findings(place: Path, dump: Path, pier: Run) -> None:
    reports = [word for name in FORMATS for word in ("--report", f"{name}:x.{name}")]
    outcome = pier("check", "dump", *reports)
    assert (outcome.code, outcome.stdout) == (1, b"")
    (run,) = json.loads((place / "x.sarif").read_text("utf-8"))["runs"]
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    assert [(each["artifactLocation"]["uri"], each["region"]["startLine"]) for each in places] == [
        ("dump/%E6%B8%A1%E8%BD%AE%20one.txt", 2), ("dump/flagged.txt", 3),
    ]  # fmt: skip
    rows = list(csv.DictReader(io.StringIO((place / "x.csv").read_bytes().decode("utf-8-sig"), newline="")))
    assert [(row["document"], row["first line"], row["outcome"]) for row in rows] == [
        ("dump/flagged.txt", "3", "flagged"), ("dump/渡轮 one.txt", "2", "removed"),
    ]  # fmt: skip
    found = {(each["ruleId"], each["partialFingerprints"]["scrubber/v1"]) for each in run["results"]}
    assert found == {(row["rule"], row["fingerprint"]) for row in rows}
    assert "## scrubber: 1 removal, 1 flag in 2 files\n" in (place / "x.markdown").read_text("utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_is_the_same_on_standard_output_and_whatever_the_workers(
    place: Path, dump: Path, pier: Run, name: str
) -> None:
    shown = pier("diff", "dump", "--report", name, "--no-summary").stdout
    assert pier("diff", "dump", "--report", f"{name}:x", "--jobs", "2").code == 0
    assert (place / "x").read_bytes() == shown


def test_the_summary_of_a_step_is_added_to(place: Path, dump: Path, pier: Run) -> None:
    summary = place / "step.md"
    summary.write_text("# what came before\n", "utf-8")
    for _ in range(2):
        pier("check", "dump", "--report", "markdown:step.md", env={"GITHUB_STEP_SUMMARY": str(summary)})
    text = summary.read_text("utf-8")
    assert text.startswith("# what came before\n")
    assert text.count("## scrubber: 1 removal, 1 flag in 2 files\n") == 2
    pier("check", "dump", "--report", "markdown:step.md", env={"GITHUB_STEP_SUMMARY": str(place / "other.md")})
    assert summary.read_text("utf-8").startswith("## scrubber")
    assert not (place / "other.md").exists()


def test_what_failed_is_in_each(place: Path, dump: Path, pier: Run) -> None:
    reports = [word for name in FORMATS for word in ("--report", f"{name}:x.{name}")]
    assert pier("check", "dump", "missing.txt", *reports).code == 3
    for name in FORMATS:
        assert "missing.txt" in (place / f"x.{name}").read_text("utf-8")
    (run,) = json.loads((place / "x.sarif").read_text("utf-8"))["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False
