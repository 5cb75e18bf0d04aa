"""Writing an index: making one, adding documents, taking documents out. One transaction each: all of it, or nothing.

Look-ups go on meanwhile and see what was there before. A second writer waits, for a bounded time. A new index is made
in a file beside the old one and copied over it in one transaction, so that whoever looks things up in the old one may
go on. Refuses to read documents from anywhere: they are handed in.
"""

from __future__ import annotations

import contextlib
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from scrubber.corpus.index_form import (
    APPLICATION_ID,
    FORMAT,
    PAGE_BYTES,
    TABLES,
    WRITER_CACHE_KIB,
    IndexShape,
    checked,
    connect,
    missing,
    reading,
)
from scrubber.corpus.index_rows import CONTENT_BYTES, Entry
from scrubber.corpus.index_tables import IndexTables
from scrubber.errors import UnwritableOutput, UsageError, Where
from scrubber.text.fold import FOLD_VERSION
from scrubber.text.sketch import SIGNATURE_RECIPE

#: How often a writer looks whether another one is done, in milliseconds.
_LOOK_AGAIN_MS = 100
#: Suffix of the file that a new index is made in.
BUILDING = ".building"

_WAL_SUFFIXES = ("-wal", "-shm", "-journal")


class Added(NamedTuple):
    """How many documents came in anew, and how many took the place of one with their id."""

    anew: int
    replaced: int


def _nobody() -> None:
    """Nobody need know that a writer waits."""


class IndexWriter:
    """An index that is open for writing, in one transaction that `finish` ends and everything else undoes.

    `wait_ms` is how long another writer is waited for; `waiting` is called once if there is one.
    """

    def __init__(self, path: Path, *, wait_ms: int = 60_000, waiting: Callable[[], None] = _nobody) -> None:
        """Opens the index. Raises UsageError for what is none, UnwritableOutput where another writer does not end."""
        if not path.is_file():
            raise missing(path)
        self.path = path
        with reading(path):
            self._database = connect(path, write=True)
            try:
                _locked(self._database, path, wait_ms, waiting)
                self.shape = checked(self._database, path)
            except BaseException:
                self._database.close()
                raise
        self._tables = IndexTables(self._database, self.shape)

    def add(self, entries: Iterable[Entry]) -> Added:
        """Takes documents in; those with an id that is there already are replaced."""
        return _added(self._tables, entries, self.path)

    def remove(self, ids: Iterable[str]) -> int:
        """Takes documents out; how many of these ids there were."""
        with reading(self.path):
            return sum(self._tables.remove(document_id) for document_id in ids)

    def ids_below(self, prefix: str) -> list[str]:
        """The ids that begin with `prefix`, sorted. O(documents)."""
        with reading(self.path):
            rows = self._database.execute(
                "SELECT id FROM document WHERE substr(id, 1, ?) = ? ORDER BY id", (len(prefix), prefix)
            )
            return [row[0] for row in rows.fetchall()]

    def has(self, document_id: str) -> bool:
        """Whether there is a document with this id."""
        with reading(self.path):
            return self._tables.has(document_id)

    def finish(self) -> None:
        """Makes everything that was done the state of the index."""
        with reading(self.path):
            self._tables.finish()
            self._database.execute("COMMIT")
            self._database.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tables.close()
        with contextlib.suppress(sqlite3.Error):
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
        self._database.close()


def _locked(database: sqlite3.Connection, path: Path, wait_ms: int, waiting: Callable[[], None]) -> None:
    """Begin to write, when nobody else does any more."""
    told = False
    for turn in range(max(1, wait_ms // _LOOK_AGAIN_MS + 1)):
        try:
            database.execute(f"PRAGMA busy_timeout = {_LOOK_AGAIN_MS if turn else 0}")
            database.execute("BEGIN IMMEDIATE")
            database.execute(f"PRAGMA cache_size = {-WRITER_CACHE_KIB}")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            if not told and wait_ms:
                waiting()
            told = True
    raise UnwritableOutput(
        f"another process has been writing for {wait_ms / 1000:g} s.",
        where=Where(str(path)),
        hint="Try again when it is done, or give --wait more seconds.",
    )


def _added(rows: IndexTables, entries: Iterable[Entry], path: Path) -> Added:
    """Puts documents in. What goes wrong where they come from is not told of the index."""
    anew = replaced = 0
    for entry in entries:
        with reading(path):
            if rows.put(entry):
                replaced += 1
            else:
                anew += 1
    return Added(anew, replaced)


class NewIndex:
    """An index in the making, in a file beside the one that it will be. Without `publish` nothing is left of it."""

    def __init__(self, path: Path, shape: IndexShape, *, force: bool = False) -> None:
        """Begins it. Raises UsageError where something stands there that is no index, unless `force`d."""
        self.path = path
        self._standing = _is_index(path)
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise UsageError("is no regular file, and is not replaced by an index.", where=Where(str(path)))
        if path.exists() and not self._standing and not force:
            hint = "Give another name, or --force to replace it."
            raise UsageError("is there already, and is no index.", where=Where(str(path)), hint=hint)
        self._building = path.with_name(path.name + BUILDING)
        with reading(self._building):
            self._database = _new_database(self._building)
            try:
                _lay_out(self._database, shape)
            except BaseException:
                self._database.close()
                raise
        self._tables = IndexTables(self._database, shape)

    def add(self, entries: Iterable[Entry]) -> Added:
        """Takes documents in; of two with one id the later one counts."""
        return _added(self._tables, entries, self._building)

    def publish(self, *, wait_ms: int = 60_000, waiting: Callable[[], None] = _nobody) -> None:
        """Puts the new index in its place, at once and as a whole. Raises UnwritableOutput where another process writes."""
        with reading(self._building):
            self._tables.finish()
            self._database.execute("COMMIT")
            self._database.execute("VACUUM")  # rows came in the order of the documents; this packs them
        if self._standing:
            with reading(self.path):
                self._copy_over(wait_ms, waiting)
            return
        with reading(self._building):
            self._database.execute("PRAGMA locking_mode = NORMAL")
            self._database.execute("PRAGMA journal_mode = WAL").fetchone()
            self._database.close()
        for suffix in _WAL_SUFFIXES:
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self._building.replace(self.path)

    def _copy_over(self, wait_ms: int, waiting: Callable[[], None]) -> None:
        target = connect(self.path, write=True)
        try:
            # Wait for a writer, and let it go again: what copies begins its own transaction, and gives up if it cannot.
            _locked(target, self.path, wait_ms, waiting)
            target.execute("ROLLBACK")
            turns = iter(range(max(1, wait_ms // _LOOK_AGAIN_MS)))

            def bounded(status: int, remaining: int, total: int) -> None:
                if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and next(turns, None) is None:
                    raise UnwritableOutput("is in use by another process.", where=Where(str(self.path)))

            self._database.backup(target, pages=-1, progress=bounded, sleep=_LOOK_AGAIN_MS / 1000)
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            target.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tables.close()
        self._database.close()
        for suffix in ("", *_WAL_SUFFIXES):
            self._building.with_name(self._building.name + suffix).unlink(missing_ok=True)


def _is_index(path: Path) -> bool:
    """Whether an index stands there, of whatever scheme, whose pages can be replaced."""
    try:
        with contextlib.closing(connect(path, write=False)) as database:
            ours: bool = database.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
            database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            size: int = database.execute("PRAGMA page_size").fetchone()[0]
    except sqlite3.Error:
        return False
    return ours and size == PAGE_BYTES


def _new_database(path: Path) -> sqlite3.Connection:
    """An empty database that nobody else writes to. What a build that was killed has left there goes."""
    if path.is_symlink():
        path.unlink()
    for attempt in range(2):
        path.touch(mode=0o666)
        database = connect(path, write=True)
        try:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            database.execute("BEGIN EXCLUSIVE")
            database.execute(f"PRAGMA cache_size = {-WRITER_CACHE_KIB}")
            if not database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                return database
        except sqlite3.DatabaseError as error:
            database.close()
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                raise UnwritableOutput("another process builds it.", where=Where(str(path))) from error
            if attempt:
                raise
        database.close()
        for suffix in ("", *_WAL_SUFFIXES):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    raise UnwritableOutput("cannot be made anew.", where=Where(str(path)), hint="Delete it.")


def _lay_out(database: sqlite3.Connection, shape: IndexShape) -> None:
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    database.execute(f"PRAGMA user_version = {FORMAT}")
    for statement in TABLES.values():
        database.execute(statement)
    values: Sequence[tuple[str, object]] = (
        ("recipe", SIGNATURE_RECIPE),
        ("fold", FOLD_VERSION),
        ("unicode", unicodedata.unidata_version),
        ("bands", shape.bands),
        ("rows", shape.rows),
        ("min-chars", shape.min_chars),
        ("with-text", int(shape.with_text)),
        ("permutations", shape.permutations.packed()),
        ("documents", 0),
        ("paragraphs", 0),
        ("texts", 0),
        ("dead", 0),
        ("content", bytes(CONTENT_BYTES)),
    )
    database.executemany("INSERT INTO meta VALUES (?, ?)", values)
