"""Names that are taken, more than memory should hold: of the records of one file, of the members of one archive.

They lie in a database of SQLite's that has no name, and goes with the object. Refuses nothing; it only knows.
"""

from __future__ import annotations

import hashlib
import sqlite3

from scrubber.store.paths import collision_key

#: Pages of the database that stay in memory, in KiB.
_CACHE_KIB = 8192
_KEY_BYTES = 16
_FILE, _FOLDER, _ID = 0, 1, 2


class Claims:
    """Which names one container has used. Memory is flat, whatever their number; O(log n) each."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("CREATE TABLE taken (name BLOB PRIMARY KEY, kind INTEGER) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def first(self, name: str) -> bool:
        """Whether this id is met for the first time.

        >>> claims = Claims()
        >>> claims.first("a"), claims.first("b"), claims.first("a")
        (True, True, False)
        """
        return self._take(name, _ID)

    def output(self, name: str) -> bool:
        """Take an output's name, if no file and no folder of another one stands there on any file system.

        >>> claims = Claims()
        >>> claims.output("a/b.txt"), claims.output("A/B.TXT"), claims.output("a"), claims.output("a/b.txt/c")
        (True, False, False, False)
        """
        key = collision_key(name)
        above = [key[:at] for at, character in enumerate(key) if character == "/"]
        if self._kind(key) is not None or any(self._kind(folder) == _FILE for folder in above):
            return False
        self._take(key, _FILE)
        for folder in above:
            self._take(folder, _FOLDER)
        return True

    def close(self) -> None:
        """Forget everything."""
        self._database.close()

    def _digest(self, name: str, *, as_id: bool) -> bytes:
        mark = b"i" if as_id else b"o"
        return hashlib.sha256(mark + name.encode("utf-8", "surrogatepass")).digest()[:_KEY_BYTES]

    def _kind(self, key: str) -> int | None:
        row = self._database.execute(
            "SELECT kind FROM taken WHERE name = ?", (self._digest(key, as_id=False),)
        ).fetchone()
        return None if row is None else int(row[0])

    def _take(self, name: str, kind: int) -> bool:
        digest = self._digest(name, as_id=kind == _ID)
        done = self._database.execute("INSERT OR IGNORE INTO taken VALUES (?, ?)", (digest, kind))
        return done.rowcount == 1
