"""A hostile ledger, its digest made right, writes nothing outside `out`, and nothing before it is refused."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest

from scrubber.errors import LedgerMismatch, UsageError
from scrubber.store.files import fixity_of
from scrubber.store.restore import restore
from scrubber.store.verify import verify
from store_examples import cleaned, forge, read_bytes, store_result, tree, write_ledger

FERRY = b"The ferry returned at noon.\nShare this story\nIt sails on.\n"
posix_only = pytest.mark.skipif(os.name == "nt", reason="links and pipes of POSIX")


def ledger_of_two(out: Path, *, source: bool = False) -> Path:
    """A sound first line before the one that is forged: it must not be restored either."""
    entries = [
        store_result(out, cleaned(read_bytes(FERRY, name), [(28, 45)]), FERRY, source=source)
        for name in ("a.txt", "b.txt")
    ]
    return write_ledger(out, entries)


@pytest.mark.parametrize("field", ["path", "output"])
@pytest.mark.parametrize(
    "name",
    [
        "/escaped.txt",
        "../escaped.txt",
        "x/../../escaped.txt",
        "..",
        ".",
        "",
        "x//y",
        "C:\\escaped.txt",
        "C:escaped.txt",
        "\\\\host\\share\\x",
        "..\\escaped.txt",
        "nul\0.txt",
        "line\nbreak.txt",
        "esc\x1b[31m.txt",
        "nul",
        "x/CON.txt",
        "com1",
        ".. /escaped.txt",
        ".git/hooks/pre-commit",
        ".scrubber/ledger.jsonl",
        "\ud800.txt",
    ],
)
def test_a_path_that_could_leave_is_refused_before_the_first_write(tmp_path: Path, field: str, name: str) -> None:
    ledger = ledger_of_two(tmp_path / "run")
    forge(ledger, {field: name}, line=2)
    before = tree(tmp_path)
    for call in (lambda: restore(ledger, out=tmp_path / "back", force=True), lambda: verify(ledger)):
        with pytest.raises(LedgerMismatch) as caught:
            call()
        assert caught.value.where is not None
        assert caught.value.where.line == 3
    assert tree(tmp_path) == before


@pytest.mark.parametrize("name", [b"../escaped.txt", b"/escaped.txt", b"x/../../y", b"b.txt\0", b"other.txt", b""])
def test_true_names_in_base64_are_held_to_their_path(tmp_path: Path, name: bytes) -> None:
    ledger = ledger_of_two(tmp_path / "run")
    forge(ledger, {"path_b64": base64.b64encode(name).decode()}, line=2)
    with pytest.raises(LedgerMismatch, match="path_b64"):
        restore(ledger, out=tmp_path / "back")
    assert not (tmp_path / "back").exists()


@posix_only
@pytest.mark.parametrize("place", ["b.txt", "sub"])
def test_a_link_below_out_is_refused_before_the_first_write(tmp_path: Path, place: str) -> None:
    ledger = ledger_of_two(tmp_path / "run")
    if place == "sub":
        forge(ledger, {"path": "sub/b.txt"}, line=2)
    (tmp_path / "mine").mkdir()
    (tmp_path / "back").mkdir()
    (tmp_path / "back" / place).symlink_to(tmp_path / "mine")
    before = tree(tmp_path)
    with pytest.raises(LedgerMismatch, match="link"):
        restore(ledger, out=tmp_path / "back", force=True)
    assert tree(tmp_path) == before


@posix_only
def test_an_output_that_is_a_link_or_a_pipe_is_not_read(tmp_path: Path) -> None:
    ledger = ledger_of_two(tmp_path / "run")
    (tmp_path / "run" / "a.txt").rename(tmp_path / "elsewhere.txt")
    (tmp_path / "run" / "a.txt").symlink_to(tmp_path / "elsewhere.txt")
    (tmp_path / "run" / "b.txt").unlink()
    os.mkfifo(tmp_path / "run" / "b.txt")
    report = restore(ledger, out=tmp_path / "back")
    assert [one.outcome for one in report.documents] == ["failed", "failed"]
    assert [one.problem for one in verify(ledger).discrepancies] == ["refused", "output-missing"]


@posix_only
def test_a_pipe_of_the_recorded_size_is_not_read(tmp_path: Path) -> None:
    ledger = ledger_of_two(tmp_path / "run")
    (tmp_path / "run" / "b.txt").unlink()
    os.mkfifo(tmp_path / "run" / "b.txt")
    forge(ledger, {"result": {"sha256": fixity_of(b"").sha256, "size": 0}}, line=2)
    assert [one.id for one in restore(ledger, out=tmp_path / "back").failed] == ["b.txt"]


@posix_only
def test_a_source_that_is_a_link_is_refused(tmp_path: Path) -> None:
    ledger = ledger_of_two(tmp_path / "run", source=True)
    (tmp_path / "dump").mkdir()
    (tmp_path / "secret.txt").write_bytes(FERRY)
    (tmp_path / "dump" / "a.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "dump" / "b.txt").write_bytes(FERRY)
    report = restore(ledger, out=tmp_path / "back", source=tmp_path / "dump")
    assert [one.outcome for one in report.documents] == ["failed", "restored"]


def test_recorded_roots_are_not_believed(tmp_path: Path) -> None:
    ledger = ledger_of_two(tmp_path / "run", source=True)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a.txt").write_bytes(FERRY)
    forge(ledger, {"roots": {"source": str(tmp_path / "secret"), "output": str(tmp_path / "secret")}}, line=0)
    report = restore(ledger, out=tmp_path / "back")
    assert [one.outcome for one in report.documents] == ["failed", "failed"]
    assert verify(ledger).right


@pytest.mark.parametrize(
    "changes",
    [
        {"source.sha256": "0" * 64},
        {"source.size": 1},
        {"source.encoding": "utf-16-le"},
        {"source.encoding": "idna"},
        {"source.encoding": "zlib"},
        {"source.bom": "efbbbf"},
        {"source.repairs": [[3, 3, "ff"]]},
        {"source.repairs": [[10**9, 3, "ff"]]},
        {"edits.0.put": "not there"},
        {"edits": [{"start": 10**6, "end": 10**6 + 1, "cut": "x", "put": "", "by": []}]},
        {"edits": [{"start": 10**6, "end": 10**6, "cut": "", "put": "", "by": []}]},
        {"edits": []},
        {"result": {"sha256": "0" * 64, "size": 41}},
        {"result": {"sha256": fixity_of(b"").sha256, "size": 0}},
        {"result": None, "output": None},
        {"output": "a.txt/b.txt"},
        {"output": "x" * 5000},
        {"way": "store"},
        {"way": "source"},
    ],
)
def test_what_does_not_prove_itself_leaves_no_file(tmp_path: Path, changes: dict[str, Any]) -> None:
    ledger = ledger_of_two(tmp_path / "run")
    forge(ledger, changes, line=2)
    report = restore(ledger, out=tmp_path / "back", source=tmp_path)
    assert [one.outcome for one in report.documents] == ["restored", "failed"]
    assert tree(tmp_path / "back") == {"a.txt": FERRY}


@pytest.mark.parametrize("name", ["x" * 5000, "a.txt/b.txt", "x/" * 900 + "y"])
def test_a_target_that_cannot_be_made_fails_alone(tmp_path: Path, name: str) -> None:
    ledger = ledger_of_two(tmp_path / "run")
    forge(ledger, {"path": name}, line=2)
    report = restore(ledger, out=tmp_path / "back")
    assert report.documents[0].outcome == "restored"
    assert report.documents[1].outcome == "failed" or len(name) < 4096
    assert (tmp_path / "back" / "a.txt").read_bytes() == FERRY


def test_originals_are_not_restored_over_ledgers(tmp_path: Path) -> None:
    ledger = ledger_of_two(tmp_path / "run")
    with pytest.raises(UsageError, match=r"\.scrubber"):
        restore(ledger, out=tmp_path / "run" / ".scrubber" / "x")
