"""What cleaning a document alone came to, kept on disk: its observation and its plan, by a key that stands for all causes.

One SQLite file for many runs at once: whoever finds it locked, damaged or full does without. A value stands behind its
own checksum, so one that is not as it was written is as if it were not there; values are bytes of JSON and no more.
Those used longest ago go first. Refuses to know what makes a key.
"""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self

#: "scrR": files of this form; and the number of the form.
APPLICATION_ID = 0x73637252
FORMAT = 1
#: So many bytes of values are kept; when a run begins with more, the oldest go until a quarter is free.
MAX_BYTES = 1 << 30
#: Writes that are made together.
_BATCH = 500
#: Seconds that one waits for another run to finish a write.
_PATIENCE = 2.0
_CHECK_BYTES = 16
_MAX_VALUE_BYTES = 1 << 28
_TABLES = (
    "CREATE TABLE IF NOT EXISTS run (number INTEGER PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS result"
    " (key BLOB NOT NULL UNIQUE, used INTEGER NOT NULL, size INTEGER NOT NULL, plan BLOB, observation BLOB NOT NULL)",
)


def packed(key: bytes, value: bytes) -> bytes:
    """A value as it is stored: its checksum, and itself compressed."""
    return _check(key, value) + zlib.compress(value, 1)


def unpacked(key: bytes, stored: object) -> bytes | None:
    """The value that `packed` was given; None for anything else."""
    if not isinstance(stored, bytes):
        return None
    unpacker = zlib.decompressobj()
    try:
        value = unpacker.decompress(stored[_CHECK_BYTES:], _MAX_VALUE_BYTES)
    except zlib.error:
        return None
    return value if unpacker.eof and _check(key, value) == stored[:_CHECK_BYTES] else None


def _check(key: bytes, value: bytes) -> bytes:
    return blake2b(value, digest_size=_CHECK_BYTES, key=key[:64]).digest()


class ResultReader:
    """A cache that is open for questions. Use it in the process that opened it. Where it cannot be read, it is empty."""

    def __init__(self, path: Path) -> None:
        self._database: sqlite3.Connection | None = None
        with suppress(sqlite3.Error, OSError, ValueError):
            self._database = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE, isolation_level=None
            )
            self._database.execute("PRAGMA trusted_schema = OFF")
            if not _is_ours(self._database):
                self.close()

    def observation(self, key: bytes) -> bytes | None:
        """The observation under a key."""
        return self._asked("SELECT observation FROM result WHERE key = ?", key)

    def plan(self, key: bytes) -> bytes | None:
        """The plan under a key."""
        return self._asked("SELECT plan FROM result WHERE key = ?", key)

    def _asked(self, statement: str, key: bytes) -> bytes | None:
        if self._database is None:
            return None
        try:
            row = self._database.execute(statement, (key,)).fetchone()
        except (sqlite3.Error, OverflowError):
            self.close()
            return None
        return unpacked(key, row[0]) if row is not None else None

    def close(self) -> None:
        """Let go of the file."""
        database, self._database = self._database, None
        if database is not None:
            with suppress(sqlite3.Error):
                database.close()


def _is_ours(database: sqlite3.Connection) -> bool:
    application = database.execute("PRAGMA application_id").fetchone()[0]
    return bool((application, database.execute("PRAGMA user_version").fetchone()[0]) == (APPLICATION_ID, FORMAT))


class ResultWriter:
    """A cache that takes what a run finds. Several may write at once; where one cannot, it stops, and nothing is lost."""

    def __init__(self, path: Path, most_bytes: int = MAX_BYTES) -> None:
        """Opens or makes it; a file that is none of ours, or damaged, gives way. Raises OSError where that fails."""
        self._most_bytes = most_bytes
        self._results: list[tuple[bytes, bytes | None, bytes]] = []
        self._used: list[bytes] = []
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._database = self._opened(path)
        self._run, self._size = self._begun()

    def _opened(self, path: Path) -> sqlite3.Connection | None:
        for _ in range(2):
            database = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
            try:
                path.chmod(0o600)
                database.execute("PRAGMA trusted_schema = OFF")
                if database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
                    database.execute("PRAGMA journal_mode = WAL")
                    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    database.execute(f"PRAGMA user_version = {FORMAT}")
                if not _is_ours(database):
                    raise sqlite3.DatabaseError("none of ours")
                database.execute("PRAGMA synchronous = NORMAL")
                for statement in _TABLES:
                    database.execute(statement)
                return database
            except sqlite3.OperationalError:
                database.close()
                return None  # in use, or a disk without room
            except sqlite3.Error:
                database.close()
                for suffix in ("", "-wal", "-shm"):
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
        return None

    def _begun(self) -> tuple[int, int]:
        """The number of this run, and the bytes that are held once there is room."""
        if self._database is None:
            return 0, 0
        try:
            self._database.execute("BEGIN IMMEDIATE")
            number = self._database.execute("SELECT coalesce(max(number), 0) + 1 FROM run").fetchone()[0]
            self._database.execute("INSERT INTO run VALUES (?)", (number,))
            self._database.execute("DELETE FROM run WHERE number < ?", (number,))
            size = self._held()
            if size > self._most_bytes:
                self._make_room(size - self._most_bytes * 3 // 4)
                size = self._held()
            self._database.execute("COMMIT")
        except sqlite3.Error:
            self._give_up()
            return 0, 0
        return int(number), size

    def _held(self) -> int:
        assert self._database is not None  # noqa: S101  (the callers have looked)
        return int(self._database.execute("SELECT coalesce(sum(size), 0) FROM result").fetchone()[0])

    def _make_room(self, wanted: int) -> None:
        assert self._database is not None  # noqa: S101  (the callers have looked)
        last, freed = None, 0
        for row, used, size in self._database.execute("SELECT rowid, used, size FROM result ORDER BY used, rowid"):
            last, freed = (used, row), freed + size
            if freed >= wanted:
                break
        if last is not None:
            self._database.execute("DELETE FROM result WHERE (used, rowid) <= (?, ?)", last)

    def put(self, key: bytes, plan: bytes | None, observation: bytes) -> None:
        """Keep what a document came to, both as `packed` gives it."""
        self._results.append((key, plan, observation))
        if len(self._results) >= _BATCH:
            self._flush()

    def touch(self, key: bytes) -> None:
        """Note that a result was of use."""
        self._used.append(key)
        if len(self._used) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        results, self._results, used, self._used = self._results, [], self._used, []
        if self._database is None:
            return
        rows = []
        for key, plan, observation in results:
            size = len(key) + len(plan or b"") + len(observation)
            if self._size + size <= self._most_bytes:
                self._size += size
                rows.append((key, self._run, size, plan, observation))
        try:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany("INSERT OR REPLACE INTO result VALUES (?, ?, ?, ?, ?)", rows)
            self._database.executemany("UPDATE result SET used = ? WHERE key = ?", [(self._run, key) for key in used])
            self._database.execute("COMMIT")
        except sqlite3.Error:
            self._give_up()

    def _give_up(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            with suppress(sqlite3.Error):
                database.close()

    def close(self) -> None:
        """Write what waits, and let go of the file."""
        self._flush()
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._give_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
