"""Places that refuse: no rights, read-only, full disks, closed streams, folders that are gone. Each is said, none is a bug."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli_program import BODY, DIRTY, Outcome, Run, environment

from scrubber.cli.main import main
from scrubber.store.ledger_form import FailedEntry
from scrubber.store.ledger_read import read_ledger

posix_only = pytest.mark.skipif(os.name == "nt", reason="rights, limits and devices of POSIX")
FULL = Path("/dev/full")
LEDGER = "out/.scrubber/ledger.jsonl"
#: What lets root read and write everything; without them root is bound by rights as anybody is.
_WITHOUT = "--bounding-set=-dac_override,-dac_read_search"


def run_with(place: Path, *arguments: str, prefix: tuple[str, ...] = (), **options: object) -> Outcome:
    """The program under special conditions: a command in front, streams, limits."""
    settings: dict[str, object] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    done = subprocess.run(
        [*prefix, sys.executable, "-m", "scrubber", *arguments],
        cwd=place,
        env=environment(),
        timeout=120,
        check=False,
        **(settings | options),  # type: ignore[call-overload]
    )
    return Outcome(done.returncode, done.stdout or b"", (done.stderr or b"").decode("utf-8", "replace"))


@pytest.fixture
def bound(tmp_path: Path) -> tuple[str, ...]:
    """What to put in front of a command so that rights bind it; a skip where nothing does."""
    if os.name == "nt":
        pytest.skip("rights of POSIX")
    prefix = ("setpriv", _WITHOUT) if shutil.which("setpriv") and os.geteuid() == 0 else ()
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0)
    if subprocess.run([*prefix, "cat", secret], capture_output=True, check=False).returncode == 0:
        pytest.skip("this user may read everything, and nothing here takes that away")
    return prefix


@pytest.fixture
def locked(place: Path) -> Iterator[Path]:
    """A folder `dump` with a good file, a file and a folder that may not be read."""
    dump = place / "dump"
    (dump / "shut").mkdir(parents=True)
    (dump / "good.txt").write_text(BODY)
    (dump / "shut" / "x.txt").write_text(DIRTY)
    (dump / "secret.txt").write_text(DIRTY)
    (dump / "secret.txt").chmod(0)
    (dump / "shut").chmod(0)
    yield dump
    (dump / "shut").chmod(0o700)


def test_what_may_not_be_read_fails_alone(place: Path, locked: Path, bound: tuple[str, ...]) -> None:
    outcome = run_with(place, "clean", "--rules", "pier.toml", "dump", "--out", "out", "--no-summary", prefix=bound)
    assert outcome.code == 3
    assert outcome.errors == (
        "dump/secret.txt: cannot be read (Permission denied).\ndump/shut: cannot be read (Permission denied).\n"
    )
    assert (place / "out" / "good.txt").read_text() == BODY


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "--rules", "pier.toml", "dump/shut"), 3),
        (("explain", "dump/shut/x.txt", "--rules", "pier.toml"), 3),
        (("check", "--rules", "pier.toml", "dump", "--root", "dump/shut/x"), 2),
        (("check", "--rules", "pier.toml", "dump", "--config", "dump/shut/x.toml"), 2),
        (("clean", "--rules", "pier.toml", "dump", "--out", "dump/shut/out"), 3),
        (("clean", "--rules", "pier.toml", "dump", "--out", "out", "--ledger", "dump/shut/ledger.jsonl"), 3),
        (("verify", "dump/shut/.scrubber/ledger.jsonl"), 3),
    ],
    ids=lambda value: " ".join(value[:1] + value[3:]) if isinstance(value, tuple) else "",
)
def test_a_place_without_rights_is_no_bug(
    place: Path, locked: Path, bound: tuple[str, ...], arguments: tuple[str, ...], code: int
) -> None:
    outcome = run_with(place, *arguments, prefix=bound)
    assert outcome.code == code
    assert "internal error" not in outcome.errors
    assert outcome.errors


def test_in_a_read_only_folder_nothing_changes(place: Path, bound: tuple[str, ...]) -> None:
    dump = place / "dump"
    dump.mkdir()
    (dump / "a.txt").write_text(DIRTY)
    (dump / "good.txt").write_text(BODY)
    dump.chmod(0o555)
    try:
        for options in (("--in-place", "--no-ledger"), ("--out", "dump/out")):
            outcome = run_with(place, "clean", "--rules", "pier.toml", "dump", *options, prefix=bound)
            assert outcome.code == 3
            assert "cannot be written (Permission denied)" in outcome.errors
        assert sorted(entry.name for entry in dump.iterdir()) == ["a.txt", "good.txt"]
        assert (dump / "a.txt").read_text() == DIRTY
    finally:
        dump.chmod(0o755)


def limited(name: str, value: int) -> Callable[[], None]:
    """Sets a limit in the process that is about to run the program."""

    def set_limit() -> None:
        import resource

        resource.setrlimit(getattr(resource, name), (value, value))

    return set_limit


@posix_only
def test_an_output_that_finds_no_room_fails_alone(place: Path) -> None:
    dump = place / "dump"
    dump.mkdir()
    (dump / "big.txt").write_text("".join(f"Chapter {number}.\n{BODY}" for number in range(200)))
    (dump / "good.txt").write_text(BODY)
    outcome = run_with(
        place, "clean", "--rules", "pier.toml", "dump", "--out", "out",
        preexec_fn=limited("RLIMIT_FSIZE", 16_000),
    )  # fmt: skip
    assert outcome.code == 3
    assert "cannot be written (File too large)" in outcome.errors
    assert (place / "out" / "good.txt").read_text() == BODY
    assert sorted(entry.name for entry in (place / "out").iterdir()) == [".scrubber", "good.txt"]
    ledger = read_ledger(place / LEDGER)
    assert ledger.state == "complete"
    assert [type(entry) is FailedEntry for entry in ledger.entries] == [True, False]


@pytest.fixture
def small_disk(place: Path) -> Iterator[Path]:
    """A file system of 200 kB, or a skip: only some may mount one."""
    disk = place / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(disk)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("no file system can be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_leaves_whole_files_and_a_run_that_can_go_on(
    place: Path, small_disk: Path, pier: Run, scrubber: Run
) -> None:
    dump = place / "dump"
    dump.mkdir()
    for number in range(40):
        (dump / f"{number:02}.txt").write_text(f"Chapter {number}.\n" + DIRTY * 60)
    full = pier("clean", "dump", "--out", "disk/out")
    assert full.code == 3
    assert "No space left on device" in full.errors
    assert "Traceback" not in full.errors
    outputs = sorted((small_disk / "out").glob("*.txt"))
    assert 0 < len(outputs) < 40
    assert list((small_disk / "out").rglob("*.tmp")) == []
    assert all(output.read_text().endswith(BODY) for output in outputs)
    subprocess.run(["mount", "-o", "remount,size=9m", str(small_disk)], check=True)
    assert pier("clean", "dump", "--out", "disk/out", "--resume").code == 0
    assert scrubber("restore", "disk/out/.scrubber/ledger.jsonl", "--out", "back").code == 0
    for source in dump.iterdir():
        assert (place / "back" / source.name).read_bytes() == source.read_bytes()


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    "arguments",
    [
        ("clean", "--rules", "pier.toml", "a.txt"),
        ("clean", "--rules", "pier.toml", "a.txt", "--out", "out", "--report", "jsonl"),
        ("--version",),
    ],
    ids=" ".join,
)
def test_standard_output_that_is_full_is_said_and_is_no_finding(place: Path, arguments: tuple[str, ...]) -> None:
    (place / "a.txt").write_text(DIRTY)
    with FULL.open("w") as full:
        outcome = run_with(place, *arguments, stdout=full)
    assert outcome.code == 3
    assert outcome.errors.endswith(
        "standard output: cannot be written (No space left on device). What was written there is not whole.\n"
    )


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
def test_standard_error_that_is_full_changes_no_exit_code(place: Path) -> None:
    (place / "a.txt").write_text(DIRTY)
    for arguments, code in ((("check", "a.txt"), 1), (("clean", "a.txt", "--out", "out"), 0)):
        with FULL.open("w") as full:
            command, *rest = arguments
            outcome = run_with(place, command, "--rules", "pier.toml", *rest, stderr=full)
        assert outcome.code == code


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
@pytest.mark.parametrize("option", ["--report=jsonl:/dev/full", "--ledger=/dev/full", "--out=/dev/full"])
def test_a_file_that_takes_nothing_is_named(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    (place / "a.txt").write_text(DIRTY)
    monkeypatch.chdir(place)
    out = () if option.startswith("--out") else ("--out", "out")
    assert main(["clean", "--rules", "pier.toml", "a.txt", *out, option]) == 3
    errors = capsys.readouterr().err
    assert "/dev/full" in errors
    assert "internal error" not in errors


@posix_only
def test_closed_streams_are_no_bug(place: Path) -> None:
    (place / "a.txt").write_text(DIRTY)
    for number, arguments, code in (
        (1, ("check", "a.txt"), 3),
        (2, ("check", "a.txt"), 1),
        (0, ("check", "-"), 3),
    ):
        command, *rest = arguments
        outcome = run_with(
            place, command, "--rules", "pier.toml", *rest, preexec_fn=lambda closed=number: os.close(closed)
        )
        assert outcome.code == code, (number, arguments, outcome)
        assert "Traceback" not in outcome.errors


@posix_only
def test_a_slow_reader_of_a_pipe_that_does_not_wait_gets_everything(place: Path) -> None:
    import fcntl

    (place / "a.txt").write_text("".join(f"Chapter {number}.\n{BODY}" for number in range(5000)))
    ours, theirs = os.pipe()
    fcntl.fcntl(theirs, fcntl.F_SETFL, fcntl.fcntl(theirs, fcntl.F_GETFL) | os.O_NONBLOCK)
    process = subprocess.Popen(
        [sys.executable, "-m", "scrubber", "clean", "--rules", "pier.toml", "a.txt"],
        cwd=place,
        env=environment(),
        stdout=theirs,
    )
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        assert pipe.read() == (place / "a.txt").read_bytes()
    assert process.wait(timeout=60) == 0


@posix_only
def test_a_current_folder_that_is_gone_is_wrong_usage(place: Path) -> None:
    gone = place / "gone"
    gone.mkdir()
    program = "import os, sys; os.rmdir(os.getcwd()); from scrubber.cli.main import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", program, "check", "."],
        cwd=gone,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "scrubber: the current folder is gone (No such file or directory). Change to another.\n"


@posix_only
def test_pipes_under_the_names_of_our_own_files_block_nothing(place: Path, pier: Run, scrubber: Run) -> None:
    (place / "a.txt").write_text(DIRTY)
    for name in ("scrubber.toml", "pyproject.toml"):
        os.mkfifo(place / name)
    assert pier("check", "a.txt").code == 1
    os.mkfifo(place / "ledger.jsonl")
    outcome = scrubber("restore", "ledger.jsonl", "--out", "back", "--outputs", ".")
    assert (outcome.code, outcome.errors) == (3, "ledger.jsonl: is no regular file. Name a ledger.\n")
    os.mkfifo(place / "scrubber.decisions.toml")
    outcome = pier("check", "a.txt")
    assert outcome.code == 2
    assert "is no regular file, and decisions are read from no other" in outcome.errors


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "NAME"), 3),
        (("check", "NAME/a.txt"), 3),
        (("explain", "NAME"), 3),
        (("clean", "a.txt", "--out", "NAME"), 3),
        (("clean", "a.txt", "--out", "out", "--ledger", "NAME"), 3),
        (("check", "a.txt", "--root", "NAME"), 2),
        (("check", "a.txt", "--config", "NAME"), 2),
        (("check", "a.txt", "--report", "jsonl:NAME"), 3),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_name_that_no_system_takes_is_no_bug(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
) -> None:
    (place / "a.txt").write_text(BODY)
    monkeypatch.chdir(place)
    command, *rest = (argument.replace("NAME", "x" * 5000) for argument in arguments)
    assert main([command, "--rules", "pier.toml", *rest]) == code
    assert "internal error" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "/", "..", "a/.."])
def test_a_pretended_name_that_names_no_file_is_wrong_usage(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.chdir(place)
    assert main(["clean", "--rules", "pier.toml", "-", "--stdin-filename", name, "--out", "out"]) == 2
    assert "names no file" in capsys.readouterr().err
    assert not (place / "out").exists()


def patched(place: Path, changes: str) -> tuple[int, str]:
    """Exit code and messages of a `clean . --out out` with something of `scrubber.cli.work` changed before."""
    program = f"from scrubber.cli import work\nfrom scrubber.cli.main import run\n{changes}run()\n"
    command = ("clean", "--rules", "pier.toml", ".", "--out", "out", "--no-summary", "--jobs", "1")
    done = subprocess.run(
        [sys.executable, "-c", program, *command],
        cwd=place,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@posix_only
def test_a_file_that_vanishes_before_it_is_read_fails_alone(place: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (place / name).write_text(DIRTY)
    code, errors = patched(
        place,
        "import os\n"
        "read = work.read_input\n"
        "def read_late(path, most, name):\n"
        "    if name != 'a.txt':\n"
        "        os.unlink(path)\n"
        "    if name == 'c.txt':\n"
        "        os.mkfifo(path)\n"
        "    return read(path, most, name)\n"
        "work.read_input = read_late\n",
    )
    assert code == 3
    assert errors == "b.txt: cannot be read (No such file or directory).\nc.txt: is no regular file.\n"
    assert (place / "out" / "a.txt").read_text() == BODY


def test_a_document_that_needs_too_much_memory_fails_alone(place: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (place / name).write_text(DIRTY)
    code, errors = patched(
        place,
        "clean = work.Worker.clean\n"
        "def costly(self, source, content):\n"
        "    if source.name == 'a.txt':\n"
        "        raise MemoryError\n"
        "    return clean(self, source, content)\n"
        "work.Worker.clean = costly\n",
    )
    assert code == 3
    assert errors.startswith("a.txt: needs more memory than there is.")
    assert (place / "out" / "b.txt").read_text() == BODY
    assert not (place / "out" / "a.txt").exists()
