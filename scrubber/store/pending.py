"""Replacements in place that no ledger knows of yet: noted before, forgotten when the ledger's line is written.

A run that is killed between the two would leave a clean file whose original lies in the store under a checksum that no
line names. The note leads back: the next run puts the original where it was, and goes on as if nothing had happened.
Refuses to touch a file that is no input of that run, or is not exactly what the note says.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from scrubber.errors import LedgerMismatch, ScrubberError, UnwritableOutput
from scrubber.store.files import Fixity, fixity_of_file, make_folder, unwritable, write_atomic
from scrubber.store.originals import read_regular, stored_path
from scrubber.store.paths import is_link, where
from scrubber.store.streamed import copy_proved

PENDING_FOLDER = "pending"
FORMAT = "scrubber-pending"
VERSION = 1
#: A note is short; what is longer is none.
_MOST_NOTE_BYTES = 1 << 16


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100  links stay as they are written


def _note_of(folder: Path, path: Path) -> Path:
    name = hashlib.sha256(os.fsencode(_absolute(path))).hexdigest()
    return folder / PENDING_FOLDER / name


@contextlib.contextmanager
def noted(folder: Path, path: Path, original: Fixity, new: Fixity) -> Iterator[None]:
    """Note in `folder` (that of the ledger) that `path` is replaced inside; on the disk before that begins.

    The note stays until it is forgotten, or goes at once where the replacing is refused. Raises UnwritableOutput.
    """
    _write(folder, path, original, new)
    try:
        yield
    except ScrubberError:
        forget(folder, path)
        raise


def _write(folder: Path, path: Path, original: Fixity, new: Fixity) -> None:
    if is_link(folder / PENDING_FOLDER):
        raise UnwritableOutput(
            "is a link, and notes are not written through links.",
            where=where(folder / PENDING_FOLDER),
            hint="Put it out of the way.",
        )
    make_folder(folder / PENDING_FOLDER)
    said = {
        "format": FORMAT,
        "version": VERSION,
        "original": [original.sha256, original.size],
        "new": [new.sha256, new.size],
    }
    write_atomic(_note_of(folder, path), json.dumps(said).encode("ascii"), private=True)


def forget(folder: Path, path: Path) -> None:
    """Drop the note about `path`: its line is in the ledger. Nothing happens where there is none."""
    with contextlib.suppress(OSError):
        _note_of(folder, path).unlink(missing_ok=True)


def put_back(folder: Path, paths: Iterable[Path]) -> tuple[Path, ...]:
    """Give those of `paths` their originals back whose replacement no ledger knows of; which they were.

    A file is put back if its bytes are those of the note, and the store holds the original. What somebody has changed
    since is left alone, with its note. Raises UnwritableOutput. O(paths), and the bytes of those that have a note.
    """
    pending = folder / PENDING_FOLDER
    if is_link(pending) or not pending.is_dir():
        return ()
    noted = {entry.name for entry in os.scandir(pending)}
    found: list[Path] = []
    for path in paths if noted else ():
        place = _note_of(folder, path)
        if place.name not in noted or is_link(path):
            continue
        try:
            sides = _sides(place)
            now = fixity_of_file(path)
            if sides is None or now not in sides:
                continue
            original, new = sides
            if now == new != original:
                copy_proved(stored_path(folder, original.sha256), path, original)
                found.append(path)
            place.unlink()
        except LedgerMismatch:
            continue
        except OSError as error:
            raise unwritable(path, error) from error
    return tuple(found)


def _sides(place: Path) -> tuple[Fixity, Fixity] | None:
    """The original and what replaced it; None where the note is not one of ours."""
    if is_link(place) or place.stat().st_size > _MOST_NOTE_BYTES:
        return None
    try:
        said = json.loads(read_regular(place))
        if (said["format"], said["version"]) != (FORMAT, VERSION):
            return None
        (first, first_size), (second, second_size) = said["original"], said["new"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not all(isinstance(word, str) for word in (first, second)):
        return None
    if not all(type(size) is int for size in (first_size, second_size)):
        return None
    return Fixity(first, first_size), Fixity(second, second_size)
