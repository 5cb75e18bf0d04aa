"""Ledgers from strangers, two runs at once, Ctrl-C again and again, killed runs, readers that go away."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cli_program import BODY, DIRTY, Run, environment

from scrubber.cli.main import main
from scrubber.store.ledger_read import read_ledger

posix_only = pytest.mark.skipif(os.name == "nt", reason="pipes and signals of POSIX")
LEDGER = "out/.scrubber/ledger.jsonl"
#: Its reports are longer than what a pipe holds.
LONG = "".join(f"Chapter {number}.\n{DIRTY}" for number in range(800))


@pytest.fixture(scope="module")
def ledger_lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The lines of a sound ledger over `a.txt` and `b.txt`."""
    place = tmp_path_factory.mktemp("sound")
    (place / ".git").mkdir()
    from cli_program import RULES

    (place / "pier.toml").write_text(RULES, "utf-8")
    for name in ("a.txt", "b.txt"):
        (place / name).write_text(DIRTY)
    before = Path.cwd()
    os.chdir(place)
    try:
        assert main(["clean", "-q", "--rules", "pier.toml", "a.txt", "b.txt", "--out", "out"]) == 0
    finally:
        os.chdir(before)
    return (place / LEDGER).read_bytes().splitlines(keepends=True)


@pytest.fixture
def strange(place: Path, ledger_lines: list[bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Writes a ledger of a stranger, with outputs that fit it; afterwards nothing lies outside of `back`."""
    out = place / "out"
    (out / ".scrubber").mkdir(parents=True)
    for name in ("a.txt", "b.txt"):
        (out / name).write_text(BODY)
    (place / "mine").mkdir()
    (place / "mine" / "b.txt").write_text("mine\n")
    monkeypatch.chdir(place)

    def write(change: Callable[[list[dict[str, Any]]], None]) -> None:
        records = [json.loads(line) for line in ledger_lines]
        change(records)
        lines = [json.dumps(record).encode() + b"\n" for record in records[:-1]]
        records[-1]["digest"] = sha256(b"".join(lines)).hexdigest()
        (place / LEDGER).write_bytes(b"".join([*lines, json.dumps(records[-1]).encode() + b"\n"]))

    def outside() -> dict[Path, bytes]:
        return {
            path: path.read_bytes()
            for path in place.parent.rglob("*")
            if path.is_file() and not path.is_relative_to(place / "back") and path != place / LEDGER
        }

    before = outside()
    yield write
    assert outside() == before


def _path(value: object) -> Callable[[list[dict[str, Any]]], None]:
    return lambda records: records[2].update(path=value)


def _double(records: list[dict[str, Any]]) -> None:
    records.insert(2, {**records[2], "path": records[1]["path"], "source": records[1]["source"]})


def _source_elsewhere(records: list[dict[str, Any]]) -> None:
    records[0]["roots"].update(source="/no/such/place")
    records[2].update(way="source")


@pytest.mark.parametrize(
    "change",
    [
        _path("/etc/scrubber-was-here"),
        _path("../../scrubber-was-here"),
        _path("mine/../../x"),
        _path("C:\\x"),
        _path(["a"]),
        _path({}),
        _path(None),
        _path("\x1b]0;x\x07.txt"),
        lambda records: records[2].update(output="/etc/hostname"),
        lambda records: records[2]["source"].update(size=10**30),
        lambda records: records[2]["source"].update(size=-1),
        lambda records: records[2]["source"].update(size=1e18),
        lambda records: records[2].update(edits=[{"start": 0, "end": 10**18, "cut": "x", "put": "", "by": [0]}]),
        lambda records: records[2].update(edits="all of them"),
        lambda records: records[2].update(findings={}),
        lambda records: records[2].pop("source"),
        lambda records: records.insert(2, {"totals": {}}),
        lambda records: records.insert(1, records[0]),
        lambda records: records[0].update(version=10**400),
        lambda records: records[0].update(options={"a": {"b": 1e999}}),
    ],
)
def test_a_ledger_that_asks_for_what_it_must_not_is_refused_with_its_line(
    place: Path,
    strange: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
    change: Callable[[list[dict[str, Any]]], None],
) -> None:
    strange(change)
    for arguments in (["restore", LEDGER, "--out", "back", "--force"], ["verify", LEDGER]):
        assert main(arguments) == 3
        errors = capsys.readouterr().err
        assert errors.startswith("out/.scrubber/ledger.jsonl:")
        assert "internal error" not in errors
        assert "\x1b" not in errors
    assert not (place / "back").exists()


@pytest.mark.parametrize(
    ("change", "restored"),
    [
        (_double, ["a.txt", "b.txt"]),
        (lambda records: records[2].update(edits=[]), ["a.txt"]),
        (lambda records: records[2]["source"].update(encoding="utf-16-le"), ["a.txt"]),
        (lambda records: records[2]["source"].update(size=1 << 62), ["a.txt"]),
        (lambda records: records[2].update(way="store"), ["a.txt"]),
        (_source_elsewhere, ["a.txt"]),
        (lambda records: records[2].update(output="x" * 3000), ["a.txt"]),
        (lambda records: records[0]["roots"].update(source="x" * 5000), ["a.txt", "b.txt"]),
        (lambda records: records[0]["roots"].update(source="\x00"), ["a.txt", "b.txt"]),
    ],
)
def test_what_a_strange_ledger_cannot_prove_is_not_written(
    place: Path,
    strange: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
    change: Callable[[list[dict[str, Any]]], None],
    restored: list[str],
) -> None:
    strange(change)
    assert main(["restore", LEDGER, "--out", "back"]) == (0 if len(restored) == 2 else 3)
    assert sorted(path.name for path in (place / "back").iterdir()) == restored
    assert all((place / "back" / name).read_text() == DIRTY for name in restored)
    assert main(["verify", LEDGER]) in (0, 1)
    assert "internal error" not in capsys.readouterr().err


@posix_only
@pytest.mark.parametrize("place_of_link", ["back", "back/b.txt", "back/sub"])
def test_a_link_on_the_way_below_out_is_refused(
    place: Path, strange: Callable[..., None], capsys: pytest.CaptureFixture[str], place_of_link: str
) -> None:
    strange(_path("sub/b.txt") if place_of_link.endswith("sub") else lambda records: None)
    if place_of_link != "back":
        (place / "back").mkdir()
        (place / place_of_link).symlink_to(place / "mine", target_is_directory=True)
        assert main(["restore", LEDGER, "--out", "back", "--force"]) == 3
        assert "link" in capsys.readouterr().err
        assert not (place / "back" / "a.txt").exists()
        return
    # The folder that the user names may be a link: that is the user's word, not the ledger's.
    (place / "real").mkdir()
    (place / "back").symlink_to(place / "real", target_is_directory=True)
    assert main(["restore", LEDGER, "--out", "back"]) == 0
    for name in ("a.txt", "b.txt"):
        (place / "real" / name).unlink()


def test_a_truncated_ledger_gives_back_its_whole_lines(
    place: Path, strange: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    strange(lambda records: None)
    whole = (place / LEDGER).read_bytes()
    (place / LEDGER).write_bytes(whole[: whole.index(b"\n", whole.index(b'"b.txt"')) - 9])
    assert main(["restore", LEDGER, "--out", "back"]) == 0
    assert [path.name for path in (place / "back").iterdir()] == ["a.txt"]
    assert main(["verify", LEDGER]) == 1
    assert "ledger interrupted, its last line is torn" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"{}\n", b"[" * 100_000 + b"\n", b"\xff\xfe\n", b"\x1f\x8b\x08\x00", b"x" * 40_000_000]
)
def test_what_is_no_ledger_is_said_at_once(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    monkeypatch.chdir(place)
    (place / "x.jsonl").write_bytes(content)
    for arguments in (["verify", "x.jsonl"], ["restore", "x.jsonl", "--out", "back"]):
        assert main([*arguments, "--outputs", "."]) == 3
        assert capsys.readouterr().err.startswith("x.jsonl")
    assert not (place / "back").exists()


@pytest.fixture
def start(place: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts the program, with something of `scrubber.cli` changed before; afterwards it runs no more."""
    begun: list[subprocess.Popen[bytes]] = []

    def begin(*arguments: str, changes: str = "") -> subprocess.Popen[bytes]:
        imports = "import os\nfrom scrubber.cli import running, work\nfrom scrubber.cli.main import run\n"
        process = subprocess.Popen(
            [sys.executable, "-c", f"{imports}{changes}run()\n", *arguments],
            cwd=place,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        begun.append(process)
        return process

    yield begin
    for process in begun:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


Start = Callable[..., subprocess.Popen[bytes]]


def opened(gate: Path) -> int:
    """The reading end of a named pipe, opened before anybody writes: so nobody waits for anybody to open it."""
    os.mkfifo(gate)
    return os.open(gate, os.O_RDONLY | os.O_NONBLOCK)


@posix_only
def test_two_runs_on_one_output_the_second_is_refused_and_the_first_goes_on(
    place: Path, pier: Run, start: Start
) -> None:
    (place / "a.txt").write_text(LONG)
    reader = opened(place / "gate")
    # Nobody empties the pipe: the first run stands still in the middle of its report, its lock in hand.
    first = start("clean", "--rules", "pier.toml", "a.txt", "--out", "out", "--report", "jsonl:gate")
    while not (place / LEDGER).exists():
        assert first.poll() is None
    second = pier("clean", "a.txt", "--out", "out")
    assert second.code == 2
    assert "another run of scrubber is writing here" in second.errors
    assert first.poll() is None
    os.set_blocking(reader, True)
    with os.fdopen(reader, "rb") as pipe:
        assert pipe.read().count(b"\n") == 2
    first.communicate(timeout=60)
    assert first.returncode == 0
    assert read_ledger(place / LEDGER).state == "complete"


#: Every document waits for ever, and says on standard output when it has begun.
STUCK = """
def stuck(self, source, content):
    os.write(1, b"b")
    os.read(os.open("gate", os.O_RDWR), 1)
work.Worker.clean = stuck
note = running.Interruption._note
def noted(self, number, frame):
    os.write(1, b"i")
    note(self, number, frame)
running.Interruption._note = noted
"""


@pytest.fixture
def two_inputs(place: Path) -> Path:
    (place / "dump").mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (place / "dump" / name).write_text(DIRTY)
    os.mkfifo(place / "gate")
    return place


@posix_only
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_second_interruption_stops_at_once_and_leaves_no_worker(two_inputs: Path, start: Start, jobs: str) -> None:
    arguments = ("clean", "--rules", "pier.toml", "dump", "--out", "out", "--jobs", jobs)
    process = start(*arguments, changes=STUCK)
    assert process.stdout is not None
    for _ in range(int(jobs)):
        assert process.stdout.read(1) == b"b"
    process.send_signal(signal.SIGINT)
    told = b"b"
    while told == b"b":
        told = process.stdout.read(1)
    assert told == b"i"
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    # The end of standard output comes when the last worker has gone, too.
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert read_ledger(two_inputs / LEDGER).state == "interrupted"
    assert list((two_inputs / "out").glob("*.txt")) == []


@posix_only
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_do_not_outlive_a_run_that_was_killed(two_inputs: Path, start: Start, number: int) -> None:
    arguments = ("clean", "--rules", "pier.toml", "dump", "--out", "out", "--jobs", "2")
    process = start(*arguments, changes=STUCK)
    assert process.stdout is not None
    for _ in range(2):
        assert process.stdout.read(1) == b"b"
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == -number


@posix_only
@pytest.mark.parametrize(
    "arguments", [("check",), ("diff", "--report", "jsonl"), ("diff", "--report", "patch")], ids=str
)
def test_141_whatever_it_was_that_the_reader_left(place: Path, start: Start, arguments: tuple[str, ...]) -> None:
    (place / "a.txt").write_text(LONG)
    command, *options = arguments
    process = start(command, "--rules", "pier.toml", "a.txt", *options, "--full")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), errors) == (141, b"")


@posix_only
def test_141_when_the_reader_of_a_report_goes_away(place: Path, start: Start) -> None:
    (place / "a.txt").write_text(LONG)
    reader = opened(place / "gate")
    process = start("check", "--rules", "pier.toml", "a.txt", "--report", "jsonl:gate", "--no-summary")
    ready, _, _ = select.select([reader], [], [], 60)
    os.close(reader)
    _, errors = process.communicate(timeout=60)
    assert ready
    assert (process.returncode, errors) == (141, b"")
