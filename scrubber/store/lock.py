"""The folder `.scrubber`, and the lock that lets one run at a time write there.

The lock is the operating system's: it goes with its process, however that ends. The file is never deleted,
and its being there means nothing.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scrubber.errors import UnwritableOutput, UsageError
from scrubber.store.files import PRIVATE_MODE, make_folder, unwritable, write_atomic
from scrubber.store.paths import is_link, where

OWN_FOLDER = ".scrubber"
#: A lock that is held for one small write only is asked for so often, so many seconds apart.
_TRIES, _PAUSE_SECONDS = 100, 0.05


def own_folder(folder: Path) -> Path:
    """`folder/.scrubber`, made where it is missing, with a `.gitignore` that keeps it out of git.

    Raises UnwritableOutput, also where a link stands in its place: a repository must not send a ledger
    elsewhere.
    """
    own = folder / OWN_FOLDER
    if is_link(own):
        raise UnwritableOutput(
            "is a link, and ledgers are not written through links.",
            where=where(own),
            hint="Put a folder there.",
        )
    make_folder(own)
    ignore = own / ".gitignore"
    if not ignore.exists():
        write_atomic(ignore, b"*\n")
    return own


@contextmanager
def run_lock(folder: Path) -> Iterator[Path]:
    """Hold the exclusive lock `folder/.scrubber/lock`; yields its path.

    Raises UsageError at once where another run holds it, UnwritableOutput where it cannot be made.
    """
    with _held(own_folder(folder) / "lock", tries=1) as path:
        yield path


@contextmanager
def brief_lock(folder: Path, name: str) -> Iterator[Path]:
    """Hold the exclusive lock `folder/.scrubber/NAME` for as long as one small file takes to write; yields its path.

    Waits some seconds for whoever holds it. Raises UsageError where it is held on, UnwritableOutput.
    """
    with _held(own_folder(folder) / name, tries=_TRIES) as path:
        yield path


@contextmanager
def _held(path: Path, *, tries: int) -> Iterator[Path]:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags, PRIVATE_MODE)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        for left in reversed(range(tries)):
            try:
                _take(descriptor, path)
                break
            except UsageError:
                if not left:
                    raise
                time.sleep(_PAUSE_SECONDS)
        try:
            yield path
        finally:
            _release(descriptor)
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError) as error:
        raise UsageError(
            "another run of scrubber is writing here.",
            where=where(path),
            hint="Wait until it ends, or choose another --out. The lock ends with its run; its file may stay.",
        ) from error
    except OSError as error:
        raise unwritable(path, error) from error


def _release(descriptor: int) -> None:
    # Said outright: a worker that was forked meanwhile still has the file open, and would hold the lock on.
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_UN)
