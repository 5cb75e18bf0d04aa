"""`check`, `diff --all` and `clean --in-place` agree about every sample, and about every text of the real dumps.

The promise is about each file, and a folder that fails tells nothing of the others. One process answers for all files here, with the program's own parts: a start of the program for each of
hundreds would take minutes. That a started program does the same is the business of `test_cli_agreement.py`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from cli_program import REPOSITORY, Run

from scrubber.cli.main import main

#: Outcomes that are a hunk (CLI.md: a removal, a replacement or a flag), and those that `clean` applies.
APPLIED = {"removed", "replaced"}
SHOWN = APPLIED | {"flagged", "limited"}


def answer(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> int:
    code = main(list(arguments))
    capsys.readouterr()
    return code


def assert_the_three_agree(folder: Path, capsys: pytest.CaptureFixture[str]) -> int:
    """Hold the promise for every file below a folder, which is the current one; how many of them passed `check`."""
    assert main(["diff", ".", "--all", "--report", "jsonl:found.ndjson", "--no-summary"]) == 0
    capsys.readouterr()
    outcomes: dict[str, set[str]] = {}
    for line in (folder / "found.ndjson").read_text("utf-8").splitlines()[1:]:
        record = json.loads(line)
        if "verdicts" in record:
            outcomes[record["path"]] = {
                verdict["outcome"]
                for verdict in record["verdicts"]
                # What the learned model merely guesses at is shown by `--all`, and fails nothing.
                if (verdict["kind"], verdict["confidence"], verdict["outcome"]) != ("statistic", "possible", "flagged")
            }
    (folder / "found.ndjson").unlink()
    files = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in (".txt", ".html")
    )
    dirty = [name for name in files if outcomes.get(name, set()) & SHOWN]
    clean = [name for name in files if name not in dirty]
    # Those without a hunk pass together, so each of them does; each of the others fails by itself.
    assert answer(["check", *clean], capsys) == 0
    for name in dirty:
        assert answer(["check", name], capsys) == 1, name
    # Pages are never replaced: in place there is only text.
    texts = {name: (folder / name).read_bytes() for name in files if name.endswith(".txt")}
    answer(["clean", *texts, "--in-place", "--no-ledger"], capsys)
    for name, content in texts.items():
        changed = (folder / name).read_bytes() != content
        assert changed == bool(outcomes.get(name, set()) & APPLIED), name
        assert not (changed and name in clean), name
    return len(clean)


@pytest.fixture
def here(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (place / "pier.toml").unlink()
    monkeypatch.chdir(place)
    return place


def test_on_every_sample(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(REPOSITORY / "samples" / "dirty", here / "dirty")
    shutil.copytree(REPOSITORY / "samples" / "clean", here / "clean")
    assert assert_the_three_agree(here, capsys) >= 10


def test_on_every_dump(here: Path, corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in [*(corpus / "corpus" / "dumps").glob("*.txt"), *(corpus / "seeds").glob("*.txt")]:
        shutil.copyfile(path, here / path.name)
    assert assert_the_three_agree(here, capsys) < len(list(here.glob("*.txt")))


def test_baselined_findings_fail_nothing_and_are_still_shown(here: Path, scrubber: Run) -> None:
    shutil.copytree(REPOSITORY / "samples" / "dirty", here / "dirty")
    assert scrubber("check", "dirty", "--baseline", "base.json", "--write-baseline").code == 0
    assert scrubber("check", "dirty", "--baseline", "base.json").code == 0
    assert scrubber("diff", "dirty", "--exit-code").code == 1
