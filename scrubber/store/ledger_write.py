"""The ledger is written line by line, each when its document's output is in place.

Refuses to overwrite an earlier ledger, to follow a link, and to write a line that a reader would refuse.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scrubber.errors import UnwritableOutput
from scrubber.store.files import PRIVATE_MODE, make_folder, unwritable
from scrubber.store.ledger_form import (
    MAX_LINE_BYTES,
    Counter,
    LedgerEntry,
    LedgerFooter,
    LedgerHeader,
    RulesetRecord,
    Status,
    digest_of,
    ledger_line,
)
from scrubber.store.paths import is_file, is_link, where

_SUFFIXES = (".jsonl.gz", ".jsonl")


def ledger_header(
    *,
    scrubber: str,
    fold: int,
    unicode: str,
    versions: Mapping[str, str],
    rules: Iterable[RulesetRecord],
    options: Mapping[str, Any],
    source_root: Path,
    output_root: Path,
    started_at: str,
    rules_digest: str = "",
    decisions_digest: str = "",
    evidence_digest: str = "",
) -> LedgerHeader:
    """The first line of a ledger. `options` are JSON values; without `rules_digest` it is made from `rules`."""
    listed = tuple(rules)
    pairs = [[record.name, record.version, record.digest] for record in listed]
    return LedgerHeader(
        scrubber=scrubber,
        fold=fold,
        unicode=unicode,
        versions=tuple(sorted(versions.items())),
        rules=listed,
        rules_digest=rules_digest or digest_of(pairs),
        decisions_digest=decisions_digest,
        evidence_digest=evidence_digest,
        options=dict(options),
        options_digest=digest_of(dict(options)),
        source_root=str(where(source_root)),
        output_root=str(where(output_root)),
        started_at=started_at,
    )


def _numbered(path: Path, number: int) -> Path:
    name = path.name
    suffix = next((end for end in _SUFFIXES if name.endswith(end)), path.suffix)
    return path.with_name(f"{name.removesuffix(suffix)}-{number}{suffix}")


def earlier_ledgers(path: Path) -> tuple[Path, ...]:
    """The ledgers that runs before the last one left beside `path`: the newest first."""
    found: list[Path] = []
    while is_file(candidate := _numbered(path, len(found) + 1)):
        found.append(candidate)
    return tuple(reversed(found))


class LedgerWriter:
    """An open ledger: write the entries in input order, then `finish`. Without that it counts as interrupted.

    An earlier ledger at `path` is renamed to the first free `NAME-N.jsonl` (see `earlier`). Only the owner
    may read the file. A name that ends in `.gz` compresses. Hold the lock of the run (`run_lock`) while one
    is open. All methods raise UnwritableOutput; after that nothing more is written.
    """

    def __init__(self, path: Path, header: LedgerHeader) -> None:
        self.path = path
        self.earlier: Path | None = None
        self._counter = Counter()
        self._digest = hashlib.sha256()
        self._open = False
        if is_link(path):
            raise UnwritableOutput(
                "is a link, and ledgers are not written through links.",
                where=where(path),
                hint="Put it out of the way, or give --ledger.",
            )
        make_folder(path.parent)
        try:
            if is_file(path):
                self.earlier = self._set_aside()
            elif os.path.lexists(path):
                raise UnwritableOutput(
                    "is no regular file, and ledgers are written to no other.",
                    where=where(path),
                    hint="Put it out of the way, or give --ledger.",
                )
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            self._file = os.fdopen(os.open(path, flags, PRIVATE_MODE), "wb")
        except (OSError, ValueError) as error:
            raise unwritable(path, error) from error
        # No name and no time in the gzip header: the same run writes the same bytes.
        compress = path.name.endswith(".gz")
        self._sink = gzip.GzipFile(filename="", mode="wb", fileobj=self._file, mtime=0) if compress else self._file
        self._open = True
        self._write_line(header.to_json())

    def _set_aside(self) -> Path:
        number = 1
        while (target := _numbered(self.path, number)).exists() or target.is_symlink():
            number += 1
        return self.path.rename(target)

    @property
    def totals(self) -> Mapping[str, int]:
        """What the closing line will count, so far."""
        return dict(self._counter.totals)

    def write(self, entry: LedgerEntry) -> None:
        """Add the line of one document, and hand it to the system at once: a killed run keeps it. O(line)."""
        self._write_line(entry.to_json())
        self._counter.count(entry)

    def finish(self, *, ended_at: str, status: Status = "complete") -> LedgerFooter:
        """Write the closing line, force all to the disk, and close."""
        footer = LedgerFooter(self.totals, ended_at, status, self._digest.hexdigest())
        self._write_line(footer.to_json())
        try:
            self._open = False
            if self._sink is not self._file:
                self._sink.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            self.close()
            raise unwritable(self.path, error) from error
        return footer

    def close(self) -> None:
        """Close without a closing line (nothing to do after `finish`)."""
        self._open = False
        for sink in (self._sink, self._file):
            with contextlib.suppress(OSError, ValueError):
                sink.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write_line(self, record: dict[str, Any]) -> None:
        if not self._open:
            raise UnwritableOutput(
                "is closed, or failed before; nothing more is written to it.", where=where(self.path)
            )
        line = ledger_line(record)
        if len(line) > MAX_LINE_BYTES:
            raise UnwritableOutput(
                "cannot take a line of over 1 GiB.",
                where=where(self.path),
                hint="Use --ledger-text hash for this document.",
            )
        try:
            self._sink.write(line)
            self._sink.flush()
        except OSError as error:
            self.close()
            raise unwritable(self.path, error) from error
        self._digest.update(line)
