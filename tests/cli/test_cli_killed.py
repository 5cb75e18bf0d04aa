"""Runs and workers that are killed at moments nobody chose: what is there afterwards equals an undisturbed run."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from cli_program import BODY, DIRTY, Run, environment

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc to find worker processes")

FILES = 240
LEDGER = Path(".scrubber") / "ledger.jsonl"
#: Shares of what an undisturbed run writes to its ledger, at which something is killed.
_CHANCE = Random(7)
MOMENTS = sorted(_CHANCE.uniform(0.0, 0.98) for _ in range(7))


@pytest.fixture
def dump(place: Path) -> Path:
    """Files and, in the middle of them, records."""
    folder = place / "dump"
    folder.mkdir()
    for count in range(FILES):
        (folder / f"{count:04}.txt").write_text(f"Chapter {count}.\n{DIRTY if count % 3 else BODY}", "utf-8")
    records = [json.dumps({"id": f"r{count}", "text": f"Record {count}.\n{DIRTY}"}) for count in range(60)]
    (folder / "0120.jsonl").write_text("\n".join(records) + "\n", "utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, the hidden ones too, but for what runs keep for themselves."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and ".scrubber" not in file.parts
    }


def without_times(ledger: Path) -> list[object]:
    lines = [json.loads(line) for line in ledger.read_text("utf-8").splitlines()]
    lines[0] |= {"started_at": "", "roots": {}}
    lines[-1] |= {"ended_at": "", "digest": ""}
    return lines


def children_of(process: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(word) for word in task.read_text().split()]
    return found


def disturbed(place: Path, ledger: Path, size: int, strike: Callable[[int], bool], *arguments: str) -> int:
    """Exit code of a run that is struck when its ledger has `size` bytes; `strike` says whether it met anything."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scrubber", "clean", "--rules", "pier.toml", "--jobs", "2", "--no-summary", *arguments],
        cwd=place,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    struck = False
    while process.poll() is None and not struck:
        with contextlib.suppress(OSError):
            if ledger.stat().st_size >= size:
                struck = strike(process.pid)
    return process.wait()


def kill_all(process: int) -> bool:
    os.kill(process, signal.SIGKILL)
    return True


def kill_a_worker(process: int) -> bool:
    workers = children_of(process)
    if not workers:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(workers[len(workers) // 2], signal.SIGKILL)
    return True


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_run_is_resumed_to_the_same_end(place: Path, dump: Path, pier: Run, moment: float) -> None:
    assert pier("clean", "dump", "--out", "undisturbed").code == 0
    whole = (place / "undisturbed" / LEDGER).stat().st_size
    disturbed(place, place / "out" / LEDGER, int(whole * moment), kill_all, "dump", "--out", "out")
    assert pier("clean", "dump", "--out", "out", "--resume").code == 0
    assert contents(place / "out") == contents(place / "undisturbed")
    assert without_times(place / "out" / LEDGER) == without_times(place / "undisturbed" / LEDGER)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("resume", [True, False], ids=["resume", "anew"])
def test_a_killed_run_in_place_loses_no_original(
    place: Path, dump: Path, pier: Run, scrubber: Run, moment: float, resume: bool
) -> None:
    before = contents(dump)
    assert pier("clean", "dump", "--out", "undisturbed").code == 0
    clean = contents(place / "undisturbed")
    whole = (place / "undisturbed" / LEDGER).stat().st_size
    disturbed(place, place / LEDGER, int(whole * moment), kill_all, "dump", "--in-place")
    assert pier("clean", "dump", "--in-place", *(["--resume"] if resume else [])).code == 0
    assert contents(dump) == clean
    assert not list((place / ".scrubber" / "pending").iterdir())
    for number, ledger in enumerate(sorted((place / ".scrubber").glob("ledger*.jsonl"), reverse=True)):
        # Each ledger speaks of its own run; the newest of them is asked first, the oldest has the last word.
        back = scrubber("restore", str(ledger), "--out", f"back{number}")
        assert back.code in (0, 3), back.errors
    restored = {name: content for number in range(9) for name, content in contents(place / f"back{number}").items()}
    assert {name.removeprefix("dump/"): content for name, content in restored.items()} == before


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("destination", ["out", "in-place"])
def test_a_killed_worker_changes_nothing(place: Path, dump: Path, pier: Run, moment: float, destination: str) -> None:
    assert pier("clean", "dump", "--out", "undisturbed").code == 0
    whole = (place / "undisturbed" / LEDGER).stat().st_size
    options = ("--in-place",) if destination == "in-place" else ("--out", "out")
    ledger = place / LEDGER if destination == "in-place" else place / "out" / LEDGER
    shutil.copytree(dump, place / "same")
    assert disturbed(place, ledger, int(whole * moment), kill_a_worker, "dump", *options) == 0
    assert contents(dump if destination == "in-place" else place / "out") == contents(place / "undisturbed")
    if destination == "in-place":
        shutil.move(place / ".scrubber", place / "kept")
        shutil.rmtree(dump)
        shutil.move(place / "same", dump)
        assert pier("clean", "dump", "--in-place").code == 0
        assert without_times(place / "kept" / "ledger.jsonl") == without_times(place / LEDGER)
    else:
        assert without_times(ledger) == without_times(place / "undisturbed" / LEDGER)
