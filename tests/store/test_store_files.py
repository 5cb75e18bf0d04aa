from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scrubber.errors import LedgerMismatch, UnwritableOutput, UsageError
from scrubber.store.files import fixity_of, fixity_of_file, remove_leftovers, write_atomic
from scrubber.store.lock import own_folder, run_lock
from scrubber.store.originals import get_store, put_store, replace_in_place
from store_examples import tree

posix_only = pytest.mark.skipif(os.name == "nt", reason="permissions and links of POSIX")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a" / "b" / "c.txt", b"text\r\n")
    assert tree(tmp_path) == {"a/b/c.txt": b"text\r\n"}


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")

    def refuse(source: object, destination: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(UnwritableOutput) as caught:
        write_atomic(target, b"new")
    assert tree(tmp_path) == {"a.txt": b"old"}
    assert str(target) in str(caught.value)
    assert "Permission denied" in str(caught.value)
    assert "--out" in str(caught.value)


def test_a_full_disk_leaves_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UnwritableOutput, match="Free some space"):
        write_atomic(tmp_path / "a.txt", b"new")
    assert tree(tmp_path) == {}


def test_an_interruption_leaves_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(tmp_path / "a.txt", b"new")
    assert tree(tmp_path) == {}


def test_a_file_in_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(UnwritableOutput, match="folder"):
        write_atomic(tmp_path / "a" / "b.txt", b"new")
    assert tree(tmp_path) == {"a": b""}


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(UnwritableOutput):
        write_atomic(tmp_path / "a.txt", b"new")
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("name", ["nul\0byte", "x" * 300])
def test_an_impossible_name_is_an_unwritable_output(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnwritableOutput):
        write_atomic(tmp_path / name, b"new")
    assert tree(tmp_path) == {}


@posix_only
def test_a_name_of_full_length_can_be_written(tmp_path: Path) -> None:
    write_atomic(tmp_path / ("n" * 255), b"new")
    assert list(tree(tmp_path)) == ["n" * 255]


@posix_only
def test_permissions_are_those_of_the_model_else_of_the_old_file(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.write_bytes(b"")
    model.chmod(0o640)
    write_atomic(tmp_path / "a.txt", b"1", mode_from=model)
    assert mode_of(tmp_path / "a.txt") == 0o640
    (tmp_path / "a.txt").chmod(0o4755)
    write_atomic(tmp_path / "a.txt", b"2")
    assert mode_of(tmp_path / "a.txt") == 0o755
    write_atomic(tmp_path / "a.txt", b"3", private=True)
    assert mode_of(tmp_path / "a.txt") == 0o600


@posix_only
def test_a_link_in_the_target_place_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_bytes(b"mine")
    (tmp_path / "a.txt").symlink_to(tmp_path / "other.txt")
    write_atomic(tmp_path / "a.txt", b"new")
    assert tree(tmp_path) == {"a.txt": b"new", "other.txt": b"mine"}


def test_fixity_is_the_same_from_memory_and_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc" * 1000)
    assert fixity_of_file(tmp_path / "a") == fixity_of(b"abc" * 1000)


def test_the_own_folder_keeps_itself_out_of_git(tmp_path: Path) -> None:
    own_folder(tmp_path)
    assert tree(tmp_path) == {".scrubber/.gitignore": b"*\n"}


@posix_only
def test_an_own_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".scrubber").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnwritableOutput, match="link"):
        own_folder(tmp_path)
    assert tree(tmp_path) == {}


def test_a_second_run_is_told_of_the_lock(tmp_path: Path) -> None:
    with run_lock(tmp_path) as lock, pytest.raises(UsageError) as caught, run_lock(tmp_path):
        pass
    assert str(lock) in str(caught.value)


def test_the_lock_is_free_again_after_the_run(tmp_path: Path) -> None:
    for _ in range(2):
        with run_lock(tmp_path):
            pass


def test_the_lock_holds_between_processes_and_goes_with_its_process(tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from scrubber.store.lock import run_lock\n"
        "with run_lock(Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
        "    os._exit(9)\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == b"held" + os.linesep.encode()
        with pytest.raises(UsageError), run_lock(tmp_path):
            pass
        other.stdin.close()
        assert other.wait() == 9
    with run_lock(tmp_path):
        pass


def test_the_store_gives_back_what_was_put(tmp_path: Path) -> None:
    name = put_store(tmp_path, b"\xff\x00raw")
    assert put_store(tmp_path, b"\xff\x00raw") == name
    assert get_store(tmp_path, name) == b"\xff\x00raw"
    assert tree(tmp_path) == {f"store/{name}": b"\xff\x00raw"}


@posix_only
def test_the_store_is_for_its_owner_only(tmp_path: Path) -> None:
    name = put_store(tmp_path, b"raw")
    assert mode_of(tmp_path / "store" / name) == 0o600
    assert mode_of(tmp_path / "store") == 0o700


def test_a_stored_file_that_was_cut_short_is_written_again(tmp_path: Path) -> None:
    name = put_store(tmp_path, b"raw bytes")
    (tmp_path / "store" / name).write_bytes(b"raw")
    with pytest.raises(LedgerMismatch, match="promises"):
        get_store(tmp_path, name)
    put_store(tmp_path, b"raw bytes")
    assert get_store(tmp_path, name) == b"raw bytes"


@pytest.mark.parametrize("name", ["", "../" + "a" * 61, "A" * 64, "a" * 63, "a" * 64 + "\n", "g" * 64])
def test_a_store_name_that_is_no_checksum_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LedgerMismatch, match="SHA-256"):
        get_store(tmp_path, name)


def test_a_missing_stored_file_is_a_mismatch(tmp_path: Path) -> None:
    with pytest.raises(LedgerMismatch, match="missing"):
        get_store(tmp_path, "a" * 64)


@posix_only
def test_a_stored_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / fixity_of(b"secret").sha256).symlink_to(tmp_path / "secret")
    with pytest.raises(LedgerMismatch, match="link"):
        get_store(tmp_path, fixity_of(b"secret").sha256)


def test_in_place_the_original_is_safe_before_the_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, own = tmp_path / "a.txt", tmp_path / ".scrubber"
    target.write_bytes(b"old")
    target.chmod(0o640)
    original = fixity_of(b"old").sha256
    replaced: list[str] = []
    really = os.replace

    def watch(source: str | Path, destination: str | Path) -> None:
        if Path(destination) == target:
            assert get_store(own, original) == b"old"
        replaced.append(Path(destination).name)
        really(source, destination)

    monkeypatch.setattr(os, "replace", watch)
    replace_in_place(target, b"old", b"new", own)
    assert replaced == [original, "a.txt"]
    assert target.read_bytes() == b"new"
    if os.name != "nt":
        assert mode_of(target) == 0o640


def test_in_place_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"edited by hand")
    with pytest.raises(UnwritableOutput, match="Run again"):
        replace_in_place(tmp_path / "a.txt", b"old", b"new", tmp_path / ".scrubber")
    assert (tmp_path / "a.txt").read_bytes() == b"edited by hand"


@posix_only
def test_in_place_a_link_is_refused_and_nothing_is_stored(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"old")
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    with pytest.raises(UnwritableOutput, match="link"):
        replace_in_place(tmp_path / "a.txt", b"old", b"new", tmp_path / ".scrubber")
    assert tree(tmp_path) == {"b.txt": b"old"}


def test_what_a_killed_run_left_goes_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".scrubber-0123456789abcdef.tmp").write_bytes(b"half")
    (tmp_path / ".scrubber-notes.tmp").write_bytes(b"mine")
    (tmp_path / "a.txt").write_bytes(b"text")
    remove_leftovers([tmp_path, tmp_path / "missing"])
    assert tree(tmp_path) == {".scrubber-notes.tmp": b"mine", "a.txt": b"text"}
