"""The promises of a run, on real dumps, with the bundled rules and the real program."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random

import pytest
from cli_program import Run

LEDGER = "out/.scrubber/ledger.jsonl"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".scrubber" not in path.parts
    }


@pytest.fixture
def dump(place: Path, corpus: Path) -> Path:
    """The real dumps and the two reference dumps in one folder."""
    folder = place / "dump"
    folder.mkdir()
    for path in [*(corpus / "corpus" / "dumps").glob("*.txt"), *(corpus / "seeds").glob("*.txt")]:
        shutil.copyfile(path, folder / path.name)
    assert len(list(folder.iterdir())) > 10
    return folder


def test_every_byte_comes_back_and_cleaning_twice_changes_nothing(place: Path, dump: Path, scrubber: Run) -> None:
    before = contents(dump)
    assert scrubber("clean", "dump", "--out", "out").code == 0
    cleaned = contents(place / "out")
    assert cleaned.keys() == before.keys()
    assert scrubber("verify", LEDGER).code == 0
    assert scrubber("restore", LEDGER, "--out", "back").code == 0
    assert contents(place / "back") == before
    assert scrubber("clean", "out", "--out", "again").code == 0
    assert contents(place / "again") == cleaned


def test_workers_and_order_change_no_byte(place: Path, dump: Path, scrubber: Run) -> None:
    paths = [f"dump/{path.name}" for path in sorted(dump.iterdir())]
    Random(3).shuffle(paths)
    assert scrubber("clean", "dump", "--out", "one", "--jobs", "1").code == 0
    assert scrubber("clean", *paths, "--out", "two", "--jobs", "2").code == 0
    assert contents(place / "one") == contents(place / "two")


def test_check_diff_and_clean_agree(place: Path, dump: Path, scrubber: Run) -> None:
    before = contents(dump)
    scrubber("clean", "dump", "--out", "out")
    diff = scrubber("diff", "dump", "--report", "jsonl")
    shown: dict[str, set[str]] = {}
    for line in diff.text.splitlines()[1:]:
        record = json.loads(line)
        shown[Path(record["path"]).name] = {verdict["outcome"] for verdict in record["verdicts"]}
    for name, data in before.items():
        outcomes = shown.get(name, set())
        changed = (place / "out" / name).read_bytes() != data
        assert changed == bool(outcomes & {"removed", "replaced"}), name
    sample = Random(5).sample(sorted(before), 4)
    for name in sample:
        hunk = shown.get(name, set()) & {"removed", "replaced", "flagged", "limited"}
        assert scrubber("check", f"dump/{name}").code == int(bool(hunk)), name
