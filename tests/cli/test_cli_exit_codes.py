"""One test for each exit code, with what stands on standard output and standard error."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli_program import BODY, DIRTY, Run, environment

from scrubber.store.ledger_read import read_ledger


def test_0_when_there_is_nothing_to_say(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(BODY)
    outcome = pier("check", "a.txt")
    assert (outcome.code, outcome.stdout, outcome.errors) == (0, b"", "")


def test_0_for_clean_and_diff_that_change_something(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(DIRTY)
    assert pier("diff", "a.txt").code == 0
    assert pier("clean", "a.txt").code == 0


def test_0_for_an_empty_list_of_files(place: Path, pier: Run) -> None:
    outcome = pier("check", "--files-from", "-")
    assert (outcome.code, outcome.stdout) == (0, b"")


@pytest.mark.parametrize(
    "arguments", [("check",), ("diff", "--exit-code"), ("clean", "--fail-on-change", "--out", "out")], ids=str
)
def test_1_for_findings(place: Path, pier: Run, arguments: tuple[str, ...]) -> None:
    (place / "a.txt").write_text(DIRTY)
    assert pier(*arguments, "a.txt").code == 1
    assert pier(*arguments, "a.txt", "--exit-zero").code == 0


def test_2_for_wrong_usage(place: Path, scrubber: Run) -> None:
    outcome = scrubber("check", "--frobnicate")
    assert (outcome.code, outcome.stdout) == (2, b"")
    assert "--frobnicate" in outcome.errors
    assert "Try 'scrubber check --help'." in outcome.errors


def test_2_for_a_bad_rule_file_with_line_and_caret(place: Path, scrubber: Run) -> None:
    (place / "bad.toml").write_text('[ruleset]\nname = "bad"\n\n[[rule]]\nid = "x"\nkind = "line"\ntitel = "X"\n')
    (place / "a.txt").write_text(BODY)
    outcome = scrubber("check", "--rules", "bad.toml", "a.txt")
    assert (outcome.code, outcome.stdout) == (2, b"")
    assert 'bad.toml:7:1: unknown key "titel"' in outcome.errors
    assert outcome.errors.count("^") >= 1


def test_3_for_an_input_that_cannot_be_read_while_the_others_are_handled(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(DIRTY)
    outcome = pier("clean", "a.txt", "missing.txt", "--out", "out", "--no-summary")
    assert outcome.code == 3
    assert outcome.errors == "missing.txt: cannot be read (No such file or directory).\n"
    assert (place / "out" / "a.txt").read_text() == BODY


def test_3_outranks_1(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(DIRTY)
    assert pier("check", "a.txt", "missing.txt").code == 3
    assert pier("check", "a.txt", "missing.txt", "--exit-zero").code == 3


def test_4_for_a_bug_with_a_report_that_holds_no_document_text(place: Path) -> None:
    (place / "a.txt").write_text("the captain's secret\n")
    program = (
        "import sys\n"
        "from scrubber.cli import work\n"
        "from scrubber.cli.main import run\n"
        "def broken(self, source, content):\n"
        "    raise KeyError(content.decode())\n"
        "work.Worker.clean = broken\n"
        "sys.argv = ['scrubber', 'check', 'a.txt', '--isolated', '--rules', 'pier.toml']\n"
        "run()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
        env=environment(TMPDIR=str(place)),
    )
    assert (done.returncode, done.stdout) == (4, "")
    assert "internal error (KeyError" in done.stderr
    assert "secret" not in done.stderr
    found = re.search(r"(\S+scrubber-crash-\S+\.txt)", done.stderr)
    assert found is not None
    report = Path(found[1]).read_text("utf-8")
    assert "secret" not in report
    assert "a.txt" not in report
    assert "cli/work.py" in report.replace(os.sep, "/")


def _stopped_by(number: int, place: Path, jobs: str) -> tuple[int, str]:
    """Exit code and messages of a run over 600 files that a signal meets in the middle."""
    dump = place / "dump"
    dump.mkdir()
    for count in range(600):
        (dump / f"{count:04}.txt").write_text(f"Chapter {count}.\n{DIRTY}", "utf-8")
    options = ("--rules", "pier.toml", "--out", "out", "--jobs", jobs, "--report", "jsonl")
    process = subprocess.Popen(
        [sys.executable, "-m", "scrubber", "clean", "dump", *options],
        cwd=place,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.readline()  # the report streams, so by now some documents are done
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    if process.returncode == 0:
        pytest.skip("the run was over before the signal came")
    return process.returncode, errors


def _resume_and_compare(place: Path, pier: Run) -> None:
    assert pier("clean", "dump", "--out", "out", "--resume").code == 0
    assert pier("clean", "dump", "--out", "undisturbed", "--no-summary").code == 0
    ledgers = [place / name / ".scrubber" / "ledger.jsonl" for name in ("out", "undisturbed")]
    assert _without_times(ledgers[0]) == _without_times(ledgers[1])
    for file in (place / "undisturbed").glob("*.txt"):
        assert file.read_bytes() == (place / "out" / file.name).read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX here")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_130_when_interrupted_and_resume_ends_as_if_nothing_had_happened(place: Path, pier: Run, jobs: str) -> None:
    code, errors = _stopped_by(signal.SIGINT, place, jobs)
    assert code == 130
    assert errors.endswith("interrupted: finished files are whole, --resume continues.\n")
    interrupted = read_ledger(place / "out" / ".scrubber" / "ledger.jsonl")
    assert interrupted.state == "interrupted"
    assert interrupted.footer is not None
    done = [entry.id for entry in interrupted.entries]
    assert done == sorted(done)
    assert 0 < len(done) < 600
    assert len(list((place / "out").glob("*.txt"))) == len(done)
    _resume_and_compare(place, pier)


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX here")
def test_a_killed_run_is_resumed_to_the_same_end(place: Path, pier: Run) -> None:
    code, _ = _stopped_by(signal.SIGKILL, place, "1")
    assert code == -signal.SIGKILL
    _resume_and_compare(place, pier)


def _without_times(ledger: Path) -> list[object]:
    lines = [json.loads(line) for line in ledger.read_text("utf-8").splitlines()]
    lines[0] |= {"started_at": "", "roots": {}}
    lines[-1] |= {"ended_at": "", "digest": ""}
    return lines


@pytest.mark.skipif(os.name == "nt", reason="broken pipes are POSIX here")
def test_141_when_the_reader_goes_away_and_nothing_is_said(place: Path) -> None:
    (place / "a.txt").write_text(DIRTY * 5000)
    process = subprocess.Popen(
        [sys.executable, "-m", "scrubber", "clean", "--rules", "pier.toml", "a.txt"],
        cwd=place,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 141
    assert errors == b""
