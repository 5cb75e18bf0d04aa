"""Files are written whole or not at all, and proved by their checksum.

Refuses to leave a half-written file, a temporary one, or a vague message behind.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from scrubber.errors import UnwritableOutput
from scrubber.store.paths import where

#: Mode of files that only their owner may read: the ledger and what lies beside it hold removed text.
PRIVATE_MODE = 0o600
_SHARED_MODE = 0o666
_PERMISSION_BITS = 0o777
_HASH_CHUNK_BYTES = 1 << 20
#: Tries at a free temporary name before something else is wrong than its being taken.
_NAME_TRIES = 8
_TEMPORARY_NAME = re.compile(r"\.scrubber-[0-9a-f]{16}\.tmp")

_HINTS = {
    errno.ENOSPC: "Free some space there, or choose another --out.",
    errno.EDQUOT: "The quota is used up: free some space there, or choose another --out.",
    errno.EACCES: "Check the rights of that folder, or choose another --out.",
    errno.EPERM: "Check the rights of that folder, or choose another --out.",
    errno.EROFS: "Nothing can be written there; choose another --out.",
    errno.ENOTDIR: "A file stands where a folder is needed: move it, or choose another --out.",
    errno.EEXIST: "A file stands where a folder is needed: move it, or choose another --out.",
    errno.EISDIR: "A folder stands where the file belongs: move it, or choose another --out.",
    errno.ENAMETOOLONG: "The name is too long here: choose a shorter --out, or rename the input.",
}


class Fixity(Struct, frozen=True):
    """Proof that bytes are unchanged: SHA-256 as 64 hex digits, and size in bytes."""

    sha256: str
    size: int


def fixity_of(content: bytes) -> Fixity:
    """The fixity of bytes in memory. O(n)."""
    return Fixity(hashlib.sha256(content).hexdigest(), len(content))


def fixity_of_file(path: Path) -> Fixity:
    """The fixity of a file, read piece by piece in flat memory. Raises OSError. O(n)."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as source:
        while chunk := source.read(_HASH_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return Fixity(digest.hexdigest(), size)


def unwritable(path: Path, error: OSError | ValueError) -> UnwritableOutput:
    """The error to raise where `path` could not be written: what, where, and what to do."""
    number = error.errno if isinstance(error, OSError) else None
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return UnwritableOutput(
        f"cannot be written ({why}).",
        where=where(path),
        hint=_HINTS.get(number or 0, "Check that place, or choose another --out."),
    )


def make_folder(folder: Path) -> None:
    """Make `folder` and those above it where they are missing. Raises UnwritableOutput."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise unwritable(folder, error) from error


def write_atomic(path: Path, content: bytes, *, mode_from: Path | None = None, private: bool = False) -> None:
    """Write `content` to `path` so that at any moment the old file or the new one stands there, whole.

    Missing folders are made. The content goes to a temporary file in the same folder, is forced to the disk,
    and takes the name by `os.replace`; a failure leaves neither a temporary file nor a changed one. The
    permissions (and where the system allows it the owner) are those of `mode_from`, else of the file that
    stood there, else the usual ones; `private` lets only the owner read. A link at `path` is replaced, not
    followed. Raises UnwritableOutput.
    """
    make_folder(path.parent)
    temporary: Path | None = None
    try:
        model = None if private else _status_to_keep(path, mode_from)
        mode = PRIVATE_MODE if private or model else _SHARED_MODE
        temporary, descriptor = open_temporary(path.parent, mode)
        with os.fdopen(descriptor, "wb") as sink:
            sink.write(content)
            sink.flush()
            os.fsync(sink.fileno())
        if model is not None:
            take_over(temporary, model)
        os.replace(temporary, path)  # noqa: PTH105  the promise is named after it
        temporary = None
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()


def take_away(path: Path) -> None:
    """Nothing is to stand at `path`; a link there goes, not what it leads to. Raises UnwritableOutput, also for a folder."""
    try:
        path.unlink(missing_ok=True)
    except NotADirectoryError:
        pass
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error


def _status_to_keep(path: Path, mode_from: Path | None) -> os.stat_result | None:
    if mode_from is not None:
        return mode_from.stat()
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def take_over(path: Path, model: os.stat_result) -> None:
    """Give `path` the owner (where allowed) and the permissions of `model`; never its set-user-id bits."""
    if hasattr(os, "chown"):
        mine = path.stat()
        if (mine.st_uid, mine.st_gid) != (model.st_uid, model.st_gid):
            with contextlib.suppress(OSError):
                os.chown(path, model.st_uid, model.st_gid)
    path.chmod(model.st_mode & _PERMISSION_BITS)


def open_temporary(folder: Path, mode: int) -> tuple[Path, int]:
    """A new file in `folder` that only we write to. Its name is free of the target's, which may fill the
    limit.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    for _ in range(_NAME_TRIES):
        path = folder / f".scrubber-{os.urandom(8).hex()}.tmp"
        with contextlib.suppress(FileExistsError):
            return path, os.open(path, flags, mode)
    raise FileExistsError(errno.EEXIST, "no free name for a temporary file", str(folder))


def remove_leftovers(folders: Iterable[Path]) -> None:
    """Remove the temporary files that killed runs left in `folders`. Only for whoever holds the lock there."""
    for folder in folders:
        with contextlib.suppress(OSError):
            for path in folder.iterdir():
                if _TEMPORARY_NAME.fullmatch(path.name) and not path.is_dir():
                    path.unlink()


def sync_folder(folder: Path) -> None:
    """Force the names in `folder` to the disk, where the system can (Windows cannot, and needs not)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
