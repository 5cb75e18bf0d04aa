"""Files larger than memory are whole or absent, and copied only when they are what was promised."""

from __future__ import annotations

from pathlib import Path

import pytest

from scrubber.errors import LedgerMismatch, UnwritableOutput
from scrubber.store.claims import Claims
from scrubber.store.files import Fixity, fixity_of
from scrubber.store.originals import get_store
from scrubber.store.streamed import StreamedFile, copy_proved, replace_by, store_file


def test_nothing_stands_at_the_path_before_the_end(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "x.jsonl"
    with StreamedFile(path) as sink:
        sink.write(b"one\n")
        assert not path.exists()
        sink.write(b"two\n")
        assert sink.finish() == fixity_of(b"one\ntwo\n")
    assert path.read_bytes() == b"one\ntwo\n"
    with StreamedFile(path) as sink:
        sink.write(b"half")
    assert path.read_bytes() == b"one\ntwo\n"
    assert [each.name for each in path.parent.iterdir()] == ["x.jsonl"]


def test_a_copy_that_is_not_what_was_promised_leaves_nothing(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"bytes")
    for wrong in (Fixity("0" * 64, 5), Fixity(fixity_of(b"bytes").sha256, 4)):
        with pytest.raises(LedgerMismatch):
            copy_proved(source, target, wrong)
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
    (tmp_path / "link").symlink_to(source)
    with pytest.raises(LedgerMismatch):
        copy_proved(tmp_path / "link", target, fixity_of(b"bytes"))
    copy_proved(source, target, fixity_of(b"bytes"))
    assert target.read_bytes() == b"bytes"


def test_what_is_replaced_is_in_the_store_before(tmp_path: Path) -> None:
    path, ledger = tmp_path / "x.jsonl", tmp_path / ".scrubber"
    ledger.mkdir()
    path.write_bytes(b"old")
    sink = StreamedFile(path)
    sink.write(b"new")
    replace_by(sink, fixity_of(b"old"), ledger)
    assert path.read_bytes() == b"new"
    assert get_store(ledger, fixity_of(b"old").sha256) == b"old"
    store_file(ledger, path, fixity_of(b"new"))
    assert get_store(ledger, fixity_of(b"new").sha256) == b"new"


def test_a_file_that_somebody_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"theirs")
    with StreamedFile(path) as sink:
        sink.write(b"ours")
        with pytest.raises(UnwritableOutput, match="changed by someone else"):
            replace_by(sink, fixity_of(b"mine"), None)
    assert path.read_bytes() == b"theirs"


def test_outputs_that_one_file_system_or_another_takes_for_one_are_told_apart() -> None:
    claims = Claims()
    assert claims.output("é/a.txt")
    assert not claims.output("e\u0301/A.txt")
    assert not claims.output("é")
    assert claims.first("é/a.txt")  # an id is no output
    claims.close()
