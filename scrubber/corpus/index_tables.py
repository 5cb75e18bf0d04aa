"""The tables of an index that is open for writing: documents in, documents out, postings made and merged.

Everything happens in the transaction that the caller has open, and `finish` writes what was gathered. Refuses to open
files, to begin and to end transactions: `index_write` does.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scrubber.corpus.index_blocks import KEY_BITS, MAX_ENTRY, PREFIX_BITS, packed_blocks, unpacked_block
from scrubber.corpus.index_form import COUNTS, IndexShape, document_number
from scrubber.corpus.index_rows import CONTENT_BYTES, Entry, digest_of_entry, entry_digest, with_added
from scrubber.text.shingle import shingle_length
from scrubber.text.sketch import band_keys, signatures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Folded code points of texts whose signatures are made together.
BATCH_CHARS = 2_000_000
#: Texts whose entries are kept in memory before they go to files; 32 bands of them make 64 MB.
SPILL_TEXTS = 250_000
#: Texts that are gone stay in the blocks until they are more than this, and more than a fourth of those that are there.
MOST_DEAD = 1_000


class IndexTables:
    """Documents, places and postings of an open database, changed in the transaction that is open."""

    def __init__(self, database: sqlite3.Connection, shape: IndexShape) -> None:
        self._database = database
        self._shape = shape
        self._meta: dict[str, int] = {}
        self._content = bytes(CONTENT_BYTES)
        self._postings = _Postings(shape)
        self._unsketched: dict[int, str] = {}
        self._unsketched_chars = 0
        self._fresh = True

    def _load(self) -> None:
        if self._fresh:
            meta = dict(self._database.execute("SELECT name, value FROM meta").fetchall())
            self._meta = {name: int(meta[name]) for name in COUNTS}
            self._content = meta["content"]
            self._fresh = False

    def close(self) -> None:
        """Forget what was not finished."""
        self._postings.close()

    def has(self, document_id: str) -> bool:
        """Whether there is a document with this id."""
        found = self._database.execute("SELECT id FROM document WHERE number = ?", (document_number(document_id),))
        return bool(found.fetchone())

    def put(self, entry: Entry) -> bool:
        """Takes a document in; whether there was one with its id."""
        there = self.remove(entry.document_id)
        self._insert(entry)
        return there

    def _insert(self, entry: Entry) -> None:
        number = document_number(entry.document_id)
        execute = self._database.execute
        texts = _packed([row.text for row in entry.rows])
        execute("INSERT INTO document VALUES (?, ?, ?)", (number, entry.document_id, texts))
        fresh: dict[int, str] = {}
        for row in entry.rows:
            if row.text not in fresh:
                there = execute("SELECT 1 FROM place WHERE text = ? LIMIT 1", (row.text,)).fetchone()
                if there is None:
                    fresh[row.text] = row.folded
        self._database.executemany(
            "INSERT INTO place VALUES (?, ?, ?, ?, ?)",
            [(row.text, number, row.first, row.last, row.numbers) for row in entry.rows],
        )
        if self._shape.with_text:
            self._database.executemany(
                "INSERT INTO body VALUES (?, ?, ?)", [(number, row.first, row.written) for row in entry.rows]
            )
        self._meta["documents"] += 1
        self._meta["paragraphs"] += len(entry.rows)
        self._meta["texts"] += len(fresh)
        self._content = with_added(self._content, digest_of_entry(entry))
        self._unsketched |= fresh
        self._unsketched_chars += sum(map(len, fresh.values()))
        if self._unsketched_chars > BATCH_CHARS:
            self._sketch()

    def _sketch(self) -> None:
        """Makes the postings of the texts that wait for it."""
        import numpy as np

        by_k: dict[int, list[int]] = {}
        for digest, text in self._unsketched.items():
            k = shingle_length(text)
            if len(text) >= k:
                by_k.setdefault(k, []).append(digest)
        for k, digests in by_k.items():
            values = signatures([self._unsketched[digest] for digest in digests], k, self._shape.permutations)
            keys = band_keys(values, self._shape.bands, self._shape.rows)
            prefixes = np.array(digests, dtype=np.uint64) >> np.uint64(63 - PREFIX_BITS)
            entries = (keys >> np.uint64(64 - KEY_BITS) << np.uint64(PREFIX_BITS)) | prefixes[:, np.newaxis]
            self._postings.take(entries)
        self._unsketched.clear()
        self._unsketched_chars = 0

    def remove(self, document_id: str) -> bool:
        """Takes a document out; whether there was one. Entries of texts that only it had stay in the blocks, dead."""
        self._load()
        number = document_number(document_id)
        execute = self._database.execute
        row = execute("SELECT id, texts FROM document WHERE number = ?", (number,)).fetchone()
        if row is None:
            return False
        if row[0] != document_id:
            raise ValueError("two ids with one digest")
        texts = set(_unpacked(row[1]))
        places: list[tuple[int, int, int]] = []
        for text in sorted(texts):
            places += execute(
                "SELECT text, first, last FROM place WHERE text = ? AND document = ?", (text, number)
            ).fetchall()
        bodies = [
            body
            for (body,) in execute("SELECT written FROM body WHERE document = ? ORDER BY first", (number,)).fetchall()
        ]
        self._content = with_added(self._content, -entry_digest(document_id, places, bodies))
        for text in sorted(texts):
            execute("DELETE FROM place WHERE text = ? AND document = ?", (text, number))
            if execute("SELECT 1 FROM place WHERE text = ? LIMIT 1", (text,)).fetchone() is None:
                self._meta["texts"] -= 1
                if text in self._unsketched:
                    self._unsketched_chars -= len(self._unsketched.pop(text))
                else:
                    self._meta["dead"] += 1
        execute("DELETE FROM body WHERE document = ?", (number,))
        execute("DELETE FROM document WHERE number = ?", (number,))
        self._meta["documents"] -= 1
        self._meta["paragraphs"] -= len(places)
        return True

    def finish(self) -> None:
        """Bring the postings in, clear dead ones away if they are many, and write the counts."""
        self._load()
        self._sketch()
        for band, entries in self._postings.bands():
            _merge(self._database, band, entries)
        if self._meta["dead"] > max(MOST_DEAD, self._meta["texts"] // 4):
            self._clear_dead()
        self._database.executemany(
            "UPDATE meta SET value = ? WHERE name = ?",
            [*((value, name) for name, value in self._meta.items()), (self._content, "content")],
        )

    def _clear_dead(self) -> None:
        """Takes the entries of texts that are gone out of all blocks. O(texts * bands)."""
        import numpy as np

        shift = 63 - PREFIX_BITS
        alive = np.fromiter(
            (row[0] >> shift for row in self._database.execute("SELECT DISTINCT text FROM place ORDER BY text")),
            dtype=np.uint64,
        )
        mask = np.uint64((1 << PREFIX_BITS) - 1)
        for band in range(self._shape.bands):
            blocks = self._database.execute(
                "SELECT first, block FROM posting WHERE band = ? ORDER BY first", (band,)
            ).fetchall()
            if not blocks:
                continue
            entries = np.concatenate([unpacked_block(first, block) for first, block in blocks])
            left = entries[np.isin(entries & mask, alive)]
            self._database.execute("DELETE FROM posting WHERE band = ?", (band,))
            _insert_blocks(self._database, band, left)
        self._meta["dead"] = 0


def _packed(texts: Sequence[int]) -> bytes:
    return b"".join(text.to_bytes(8, "big") for text in texts)


def _unpacked(packed: bytes) -> list[int]:
    return [int.from_bytes(packed[at : at + 8], "big") for at in range(0, len(packed), 8)]


class _Postings:
    """New entries of each band, in memory while they are few, in files of a private folder when they are many."""

    def __init__(self, shape: IndexShape) -> None:
        self._bands = shape.bands
        self._parts: list[NDArray[np.uint64]] = []
        self._count = 0
        self._folder: Path | None = None

    def take(self, entries: NDArray[np.uint64]) -> None:
        """Entries of some texts: a row for each text, a column for each band."""
        self._parts.append(entries)
        self._count += len(entries)
        if self._count > SPILL_TEXTS:
            self._spill()

    def _spill(self) -> None:
        import numpy as np

        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="scrubber-index-"))
        gathered = np.concatenate(self._parts)
        for band in range(self._bands):
            with (self._folder / str(band)).open("ab") as file:
                file.write(np.ascontiguousarray(gathered[:, band]).tobytes())
        self._parts, self._count = [], 0

    def bands(self) -> Iterator[tuple[int, NDArray[np.uint64]]]:
        """The entries of each band, ascending, each once."""
        import numpy as np

        if self._folder is not None and self._parts:
            self._spill()
        for band in range(self._bands):
            if self._folder is not None:
                yield band, np.unique(np.fromfile(self._folder / str(band), dtype=np.uint64))
            elif self._parts:
                yield band, np.unique(np.concatenate([part[:, band] for part in self._parts]))

    def close(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _insert_blocks(
    database: sqlite3.Connection, band: int, entries: NDArray[np.uint64], *, loose: bool = False
) -> None:
    database.executemany(
        "INSERT INTO posting VALUES (?, ?, ?)",
        ((band, first, block) for first, block in packed_blocks(entries, loose=loose)),
    )


def _merge(database: sqlite3.Connection, band: int, entries: NDArray[np.uint64]) -> None:
    """Bring ascending entries into the blocks of a band. What is there already stays once. Only blocks that get some are written."""
    import numpy as np

    execute = database.execute
    if execute("SELECT 1 FROM posting WHERE band = ? LIMIT 1", (band,)).fetchone() is None:
        _insert_blocks(database, band, entries)
        return
    at = 0
    while at < len(entries):
        entry = int(entries[at])
        row = execute(
            "SELECT first, block FROM posting WHERE band = ? AND first <= ? ORDER BY first DESC LIMIT 1", (band, entry)
        ).fetchone()
        if row is None:
            row = execute("SELECT first, block FROM posting WHERE band = ? ORDER BY first LIMIT 1", (band,)).fetchone()
        following = execute(
            "SELECT first FROM posting WHERE band = ? AND first > ? ORDER BY first LIMIT 1", (band, max(row[0], entry))
        ).fetchone()
        stop = np.searchsorted(entries, np.uint64(following[0] if following else MAX_ENTRY + 1))
        merged = np.union1d(unpacked_block(*row), entries[at:stop])
        execute("DELETE FROM posting WHERE band = ? AND first = ?", (band, row[0]))
        _insert_blocks(database, band, merged, loose=True)
        at = int(stop)
