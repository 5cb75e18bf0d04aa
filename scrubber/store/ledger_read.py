"""Ledgers are read as what they are: files from elsewhere, perhaps cut off, perhaps changed.

A last line that was torn is dropped and said so. Anything else that is not as it must be raises
LedgerMismatch with the number of its line; nothing is guessed.
"""

from __future__ import annotations

import gzip
import hashlib
import stat
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Literal

from msgspec import Struct

from scrubber.errors import LedgerMismatch, UnreadableInput
from scrubber.store.files import Fixity, fixity_of_file
from scrubber.store.ledger_fields import parse_line
from scrubber.store.ledger_form import (
    MAX_HEADER_BYTES,
    MAX_LINE_BYTES,
    DocumentEntry,
    LedgerEntry,
    LedgerFooter,
    LedgerHeader,
)
from scrubber.store.ledger_parse import entry_of, footer_of, header_of
from scrubber.store.paths import METADATA_SUFFIX, below, where

#: `complete`: closed, and its digest is right. `interrupted`: not closed, or closed by an interruption.
#: `altered`: closed, but its lines are not those that were written.
State = Literal["complete", "interrupted", "altered"]

_GZIP_MAGIC = b"\x1f\x8b"


class Ledger(Struct, frozen=True):
    """A whole ledger in memory. `torn` is whether an unfinished last line was dropped."""

    path: Path
    header: LedgerHeader
    entries: tuple[LedgerEntry, ...]
    footer: LedgerFooter | None
    state: State
    torn: bool


class LedgerReader:
    """A ledger read line by line, in flat memory: for ledgers of a million documents.

    `header` is read at once. Each call of `entries` reads from the start; when it has ended, `footer`,
    `state` and `torn` are those of the whole. Raises UnreadableInput and LedgerMismatch.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.footer: LedgerFooter | None = None
        self.state: State = "interrupted"
        self.torn = False
        with _opened(path) as source:
            self.header = self._read_header(_lines(source, path))

    def _read_header(self, lines: Iterator[bytes]) -> LedgerHeader:
        first = next(lines, b"")
        if not first.endswith(b"\n"):
            raise LedgerMismatch("has no whole first line.", where=where(self.path), hint="It is no ledger, or empty.")
        return header_of(parse_line(first, where(self.path, 1)))

    def entries(self) -> Iterator[LedgerEntry]:
        """The lines of the documents, in order."""
        self.footer, self.state, self.torn = None, "interrupted", False
        digest = hashlib.sha256()
        with _opened(self.path) as source:
            for number, line in enumerate(_lines(source, self.path), start=1):
                if self.footer is not None:
                    raise LedgerMismatch("stands behind the closing line.", where=where(self.path, number))
                if not line.endswith(b"\n"):
                    self.torn = True
                    break
                if number > 1:
                    fields = parse_line(line, where(self.path, number))
                    if fields.has("totals"):
                        self.footer = footer_of(fields)
                        continue
                    yield entry_of(fields)
                digest.update(line)
        if self.footer is not None:
            right = self.footer.digest == digest.hexdigest()
            self.state = self.footer.status if right else "altered"


def _opened(path: Path) -> IO[bytes] | gzip.GzipFile:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            # A pipe would be waited for and could be read only once, a device may never end.
            raise UnreadableInput("is no regular file.", where=where(path), hint="Name a ledger.")
        with path.open("rb") as probe:
            compressed = probe.read(2) == _GZIP_MAGIC
        return gzip.open(path, "rb") if compressed else path.open("rb")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UnreadableInput(f"cannot be read ({why}).", where=where(path), hint="Name a ledger.") from error


def _lines(source: IO[bytes] | gzip.GzipFile, path: Path) -> Iterator[bytes]:
    """Lines with their LF; the last one without, where the file was cut off."""
    number = 0
    while True:
        number += 1
        limit = MAX_HEADER_BYTES if number == 1 else MAX_LINE_BYTES
        try:
            line = source.readline(limit + 1)
        except EOFError:  # a gzip file without its end: a killed run
            return
        except (gzip.BadGzipFile, zlib.error):
            raise LedgerMismatch("cannot be decompressed.", where=where(path, number)) from None
        except OSError as error:
            raise UnreadableInput(f"cannot be read ({error.strerror}).", where=where(path)) from error
        if not line:
            return
        if len(line) > limit:
            raise LedgerMismatch("is longer than any line of ours.", where=where(path, number))
        yield line


def read_ledger(path: Path) -> Ledger:
    """A whole ledger. Raises UnreadableInput, LedgerMismatch. O(n) in time and memory; see `LedgerReader`."""
    reader = LedgerReader(path)
    entries = tuple(reader.entries())
    return Ledger(path, reader.header, entries, reader.footer, reader.state, reader.torn)


def changed_since(ledger: LedgerHeader, now: LedgerHeader) -> tuple[str, ...]:
    """What of a run's conditions differs from those of an earlier one, in words; empty where nothing does."""
    pairs = (
        ("the version of scrubber", ledger.scrubber, now.scrubber),
        ("the fold version", ledger.fold, now.fold),
        ("the Unicode version", ledger.unicode, now.unicode),
        ("the versions of Python and libraries", ledger.versions, now.versions),
        ("the rules", ledger.rules_digest, now.rules_digest),
        ("the decisions", ledger.decisions_digest, now.decisions_digest),
        ("the options", ledger.options_digest, now.options_digest),
        ("the corpus evidence", ledger.evidence_digest, now.evidence_digest),
    )
    return tuple(name for name, old, new in pairs if old != new)


def resumable(ledger: Ledger, now: LedgerHeader) -> Mapping[str, DocumentEntry]:
    """The documents of an earlier run that need not be done again, by id; empty where its conditions differ.

    `now` is the header of the run that resumes. Take an entry over only if `still_true` says so. O(n).
    """
    if ledger.state == "altered" or changed_since(ledger.header, now):
        return {}
    return {entry.id: entry for entry in ledger.entries if isinstance(entry, DocumentEntry)}


def still_true(entry: DocumentEntry, *, source: Fixity, output_root: Path) -> bool:
    """Whether the source has the bytes that `entry` knew, and the output those that it wrote. Hashes the
    output.
    """
    if entry.source.fixity != source:
        return False
    if entry.output is None or entry.result is None:
        return True
    try:
        path = below(output_root, entry.output)
        if path.stat().st_size != entry.result.size or fixity_of_file(path) != entry.result:
            return False
        return (
            entry.metadata is None
            or fixity_of_file(below(output_root, entry.output + METADATA_SUFFIX)) == entry.metadata
        )
    except (OSError, LedgerMismatch):
        return False
