"""Original bytes, kept by their checksum beside the ledger, and the one way in which an input may be
replaced.

Refuses names that are no checksum, content that is not what its name says, and to replace bytes that are not
safe.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from scrubber.errors import LedgerMismatch, UnwritableOutput
from scrubber.store.files import Fixity, fixity_of, fixity_of_file, sync_folder, unwritable, write_atomic
from scrubber.store.paths import below, is_link, where

STORE_FOLDER = "store"
_SHA256 = re.compile("[0-9a-f]{64}")


def is_sha256(name: str) -> bool:
    """Whether `name` is 64 lower-case hex digits."""
    return _SHA256.fullmatch(name) is not None


def stored_path(folder: Path, name: str) -> Path:
    """Where the store of `folder` (that of the ledger) keeps the bytes whose SHA-256 is `name`.

    Raises LedgerMismatch where `name` is no checksum, or a link stands on the way.
    """
    if not is_sha256(name):
        raise LedgerMismatch("names stored bytes by something that is no SHA-256.")
    return below(folder, f"{STORE_FOLDER}/{name}")


def put_store(folder: Path, content: bytes) -> str:
    """Keep `content` in `folder/store` and return its name there. On the disk for good when this returns.

    What is stored already, and is whole, is left as it is. Raises UnwritableOutput, LedgerMismatch for a
    link. O(n).
    """
    fixity = fixity_of(content)
    path = stored_path(folder, fixity.sha256)
    try:
        if path.is_file() and fixity_of_file(path) == fixity:
            return fixity.sha256
        missing = not path.parent.exists()
        write_atomic(path, content, private=True)
        if missing:
            path.parent.chmod(0o700)
            sync_folder(folder)
        sync_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error) from error
    return fixity.sha256


def get_store(folder: Path, name: str) -> bytes:
    """The stored bytes called `name`, proved by hashing them. Raises LedgerMismatch. O(n)."""
    path = stored_path(folder, name)
    try:
        content = read_regular(path)
    except OSError:
        raise LedgerMismatch("is missing from the store.", where=where(path)) from None
    if fixity_of(content).sha256 != name:
        raise LedgerMismatch("does not hold the bytes that its name promises.", where=where(path))
    return content


def read_regular(path: Path) -> bytes:
    """The bytes of a regular file. Raises OSError for anything else: a pipe would wait, a device never end."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise OSError("not a regular file")
    return path.read_bytes()


def read_proved(path: Path, expected: Fixity) -> bytes:
    """The bytes of a regular file that has the expected size and SHA-256. Raises LedgerMismatch otherwise."""
    try:
        # The size first: what a foreign ledger points at may be endless.
        if path.lstat().st_size != expected.size:
            raise LedgerMismatch("has another size than the ledger says.", where=where(path))
        content = read_regular(path)
    except (OSError, ValueError):
        raise LedgerMismatch("is missing, or cannot be read.", where=where(path)) from None
    if fixity_of(content) != expected:
        raise LedgerMismatch("has another checksum than the ledger says.", where=where(path))
    return content


def replace_in_place(path: Path, original: bytes, new: bytes, store: Path) -> None:
    """Replace the input `path`, which holds `original`, by `new`; `original` is safe in `store/store` before.

    `store` is the folder of the ledger. Refuses links, and a file that has changed since it was read, with
    UnwritableOutput. Permissions stay; other hard links to the file keep the old bytes.
    """
    if is_link(path):
        raise UnwritableOutput(
            "is a link, and links are not replaced in place.",
            where=where(path),
            hint="Name the file it leads to, or use --out.",
        )
    put_store(store, original)
    try:
        unchanged = fixity_of_file(path) == fixity_of(original)
    except OSError as error:
        raise unwritable(path, error) from error
    if not unchanged:
        raise UnwritableOutput(
            "was changed by someone else during the run, and was left alone.",
            where=where(path),
            hint="Run again.",
        )
    write_atomic(path, new, mode_from=path)
    if os.name != "nt":
        try:
            sync_folder(path.parent)
        except OSError as error:
            raise unwritable(path, error) from error
