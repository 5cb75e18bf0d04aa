"""Promises of the notes about replacements in place."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import UnwritableOutput
from scrubber.store.files import fixity_of
from scrubber.store.originals import put_store, replace_in_place
from scrubber.store.pending import PENDING_FOLDER, forget, noted, put_back

OLD, NEW = b"The ferry sails.\nShare this story\n", b"The ferry sails.\n"


def replaced(folder: Path) -> tuple[Path, Path]:
    """A file that was replaced, and the folder with the note of it."""
    path, own = folder / "a.txt", folder / ".scrubber"
    path.write_bytes(OLD)
    path.chmod(0o640)
    with noted(own, path, fixity_of(OLD), fixity_of(NEW)):
        replace_in_place(path, OLD, NEW, own)
    assert path.read_bytes() == NEW
    return path, own


def notes(own: Path) -> list[Path]:
    return sorted((own / PENDING_FOLDER).iterdir())


def test_a_replacement_that_no_ledger_knows_is_undone(tmp_path: Path) -> None:
    path, own = replaced(tmp_path)
    assert put_back(own, [tmp_path / "other.txt", path]) == (path,)
    assert path.read_bytes() == OLD
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert notes(own) == []
    assert put_back(own, [path]) == ()


def test_one_that_a_ledger_knows_stays(tmp_path: Path) -> None:
    path, own = replaced(tmp_path)
    forget(own, path)
    assert put_back(own, [path]) == ()
    assert path.read_bytes() == NEW


def test_one_that_never_came_to_pass_is_forgotten(tmp_path: Path) -> None:
    path, own = replaced(tmp_path)
    path.write_bytes(OLD)
    assert put_back(own, [path]) == ()
    assert (path.read_bytes(), notes(own)) == (OLD, [])


def test_what_somebody_has_changed_since_is_left_alone_with_its_note(tmp_path: Path) -> None:
    path, own = replaced(tmp_path)
    path.write_bytes(b"mine\n")
    assert put_back(own, [path]) == ()
    assert path.read_bytes() == b"mine\n"
    assert len(notes(own)) == 1


def test_only_inputs_of_the_run_are_touched(tmp_path: Path) -> None:
    path, own = replaced(tmp_path)
    assert put_back(own, [tmp_path / "b.txt"]) == ()
    assert path.read_bytes() == NEW


def test_a_store_that_lost_the_original_changes_nothing(tmp_path: Path) -> None:
    path, own = replaced(tmp_path)
    (own / "store" / fixity_of(OLD).sha256).write_bytes(b"something else of this len\n")
    assert put_back(own, [path]) == ()
    assert path.read_bytes() == NEW


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_neither_written_through_nor_followed(tmp_path: Path) -> None:
    path, own = replaced(tmp_path)
    target = tmp_path / "target.txt"
    path.rename(target)
    path.symlink_to(target)
    assert put_back(own, [path]) == ()
    assert target.read_bytes() == NEW
    other = tmp_path / "other"
    other.mkdir()
    (other / PENDING_FOLDER).symlink_to(tmp_path)
    with pytest.raises(UnwritableOutput, match="is a link"), noted(other, path, fixity_of(OLD), fixity_of(NEW)):
        pass
    assert put_back(other, [target]) == ()


def test_a_replacement_that_is_refused_leaves_no_note(tmp_path: Path) -> None:
    path, own = tmp_path / "a.txt", tmp_path / ".scrubber"
    path.write_bytes(b"changed by someone\n")
    with pytest.raises(UnwritableOutput), noted(own, path, fixity_of(OLD), fixity_of(NEW)):
        replace_in_place(path, OLD, NEW, own)
    assert notes(own) == []


_CELLS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.binary(max_size=40) | _CELLS.map(lambda cell: json.dumps(cell).encode()))
def test_a_note_that_is_none_of_ours_changes_nothing(tmp_path_factory: pytest.TempPathFactory, said: bytes) -> None:
    path, own = replaced(tmp_path_factory.mktemp("note"))
    notes(own)[0].write_bytes(said)
    assert put_back(own, [path]) == ()
    assert path.read_bytes() == NEW


@pytest.mark.parametrize("name", ["../a.txt", "/etc/passwd", "x" * 64, ""])
def test_a_note_cannot_name_anything_but_a_checksum(tmp_path: Path, name: str) -> None:
    path, own = replaced(tmp_path)
    put_store(own, b"evil")
    said = {"format": "scrubber-pending", "version": 1, "original": [name, 4]}
    said["new"] = [fixity_of(NEW).sha256, len(NEW)]
    notes(own)[0].write_text(json.dumps(said))
    assert put_back(own, [path]) == ()
    assert path.read_bytes() == NEW
