"""Files that are too large to hold: written piece by piece, copied with their checksum, and still whole or absent."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from scrubber.errors import LedgerMismatch, UnwritableOutput
from scrubber.store.files import (
    PRIVATE_MODE,
    Fixity,
    fixity_of_file,
    make_folder,
    open_temporary,
    sync_folder,
    unwritable,
)
from scrubber.store.files import take_over as take_over_status
from scrubber.store.originals import STORE_FOLDER, stored_path
from scrubber.store.paths import is_link, where

_PIECE_BYTES = 1 << 20
_SHARED_MODE = 0o666


class StreamedFile:
    """A file in the making. It stands at `path` when `finish` returns, and nowhere before; closing drops it.

    Missing folders are made. All methods raise UnwritableOutput. Memory is flat.
    """

    def __init__(self, path: Path, *, private: bool = False) -> None:
        self.path = path
        self._digest = hashlib.sha256()
        self._size = 0
        self._sink: IO[bytes] | None = None
        make_folder(path.parent)
        try:
            self._temporary, descriptor = open_temporary(path.parent, PRIVATE_MODE if private else _SHARED_MODE)
            self._sink = os.fdopen(descriptor, "wb")
        except (OSError, ValueError) as error:
            raise unwritable(path, error) from error

    @property
    def fixity(self) -> Fixity:
        """That of what was written so far."""
        return Fixity(self._digest.hexdigest(), self._size)

    def write(self, piece: bytes) -> None:
        """Add bytes. O(piece)."""
        if self._sink is None:
            raise ValueError("a file that is finished takes no more")
        try:
            self._sink.write(piece)
        except (OSError, ValueError) as error:
            self.close()
            raise unwritable(self.path, error) from error
        self._digest.update(piece)
        self._size += len(piece)

    def finish(self, *, mode_from: Path | None = None) -> Fixity:
        """Force all to the disk and let it take its name. A link at `path` is replaced, not followed.

        Owner and permissions are those of `mode_from`, else of the file that stood there.
        """
        if self._sink is None:
            raise ValueError("a file that is finished takes no more")
        try:
            self._sink.flush()
            os.fsync(self._sink.fileno())
            self._sink.close()
            self._sink = None
            model = self._model(mode_from)
            if model is not None:
                take_over_status(self._temporary, model)
            os.replace(self._temporary, self.path)  # noqa: PTH105  the promise is named after it
        except (OSError, ValueError) as error:
            self.close()
            raise unwritable(self.path, error) from error
        return self.fixity

    def _model(self, mode_from: Path | None) -> os.stat_result | None:
        with contextlib.suppress(FileNotFoundError):
            status = (mode_from or self.path).lstat()
            return status if stat.S_ISREG(status.st_mode) else None
        return None

    def close(self) -> None:
        """Drop what is not finished."""
        if self._sink is not None:
            with contextlib.suppress(OSError, ValueError):
                self._sink.close()
            self._sink = None
        with contextlib.suppress(OSError):
            self._temporary.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def copy_proved(source: Path, target: Path, expected: Fixity, *, private: bool = False) -> None:
    """Copy a regular file that has the expected size and SHA-256; nothing is left of one that has not.

    Raises LedgerMismatch, UnwritableOutput. O(n) in flat memory.
    """
    try:
        status = source.lstat()
        # The size first: what a foreign ledger points at may be endless.
        if stat.S_ISREG(status.st_mode) and status.st_size != expected.size:
            raise LedgerMismatch("has another size than the ledger says.", where=where(source))
        if not stat.S_ISREG(status.st_mode):
            raise OSError("not a regular file")
        with source.open("rb") as pieces, StreamedFile(target, private=private) as sink:
            while piece := pieces.read(_PIECE_BYTES):
                sink.write(piece)
            if sink.fixity != expected:
                raise LedgerMismatch("has another checksum than the ledger says.", where=where(source))
            sink.finish()
    except (OSError, ValueError):
        raise LedgerMismatch("is missing, or cannot be read.", where=where(source)) from None


def store_file(folder: Path, path: Path, expected: Fixity) -> None:
    """Keep the file at `path` in `folder/store` under its checksum, as `put_store` keeps bytes. O(n) in flat memory.

    Raises UnwritableOutput, and LedgerMismatch where the file is not what was expected.
    """
    kept = stored_path(folder, expected.sha256)
    try:
        if kept.is_file() and fixity_of_file(kept) == expected:
            return
        missing = not (folder / STORE_FOLDER).exists()
        copy_proved(path, kept, expected, private=True)
        if missing:
            kept.parent.chmod(0o700)
            sync_folder(folder)
        sync_folder(kept.parent)
    except OSError as error:
        raise unwritable(kept, error) from error


def replace_by(finished: StreamedFile, original: Fixity, store: Path | None) -> None:
    """Let `finished` replace the input that stands at its path, whose bytes were `original` when it was read.

    With `store` (the folder of the ledger) the original is safe there before. Refuses links, and a file that has
    changed since it was read, with UnwritableOutput.
    """
    path = finished.path
    if is_link(path):
        raise UnwritableOutput(
            "is a link, and links are not replaced in place.",
            where=where(path),
            hint="Name the file it leads to, or use --out.",
        )
    try:
        if store is not None:
            store_file(store, path, original)
        unchanged = fixity_of_file(path) == original
    except LedgerMismatch:
        unchanged = False
    except OSError as error:
        raise unwritable(path, error) from error
    if not unchanged:
        raise UnwritableOutput(
            "was changed by someone else during the run, and was left alone.", where=where(path), hint="Run again."
        )
    finished.finish(mode_from=path)
