"""The file of an index: one SQLite database, its tables, and what must be true before it is believed.

Tables hold only numbers that follow from the documents themselves, so that the same documents make the same index in
whatever order they come. Opened for look-ups it is read-only. A file that is damaged, foreign or of another scheme is a
UsageError that says how to build it anew. Refuses to know what a near-duplicate is.

- `meta`: name and value: format, recipe of the signatures, fold and Unicode version, bands, rows, permutations,
  `min-chars`, `with-text`, counts, and `content`, the sum of the digests of all documents.
- `document`: number (63 bits of SHA-256 of the id), id, the digests of its paragraphs' texts (8 bytes each).
- `place`: a paragraph: digest of its folded text, document, first line, last line, digest of its numbers.
- `posting`: blocks of band keys (`index_blocks`), by band and first entry.
- `body`: with text only: paragraphs as written, compressed.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from scrubber.errors import UnwritableOutput, UsageError, Where
from scrubber.text.fold import FOLD_VERSION, digits
from scrubber.text.plain_sketch import Permutations
from scrubber.text.sketch import PERMUTATIONS, SIGNATURE_RECIPE

#: "scrb" as bytes; `PRAGMA application_id` of every index.
APPLICATION_ID = 0x73637262
#: Number of the format that this module reads and writes; `PRAGMA user_version`.
FORMAT = 1

PAGE_BYTES = 4096
#: Memory that a writer takes for pages.
WRITER_CACHE_KIB = 64_000
#: No value that we write is longer: ids, paragraphs, lists of 8 bytes for each paragraph of one document.
_MAX_VALUE_BYTES = 300_000_000

TABLES: Mapping[str, str] = {
    "meta": "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID",
    "document": "CREATE TABLE document (number INTEGER PRIMARY KEY, id TEXT NOT NULL, texts BLOB NOT NULL)"
    " WITHOUT ROWID",
    "place": "CREATE TABLE place (text INTEGER, document INTEGER, first INTEGER, last INTEGER NOT NULL,"
    " numbers INTEGER NOT NULL, PRIMARY KEY (text, document, first)) WITHOUT ROWID",
    "posting": "CREATE TABLE posting (band INTEGER, first INTEGER, block BLOB NOT NULL, PRIMARY KEY (band, first))"
    " WITHOUT ROWID",
    "body": "CREATE TABLE body (document INTEGER, first INTEGER, written BLOB NOT NULL,"
    " PRIMARY KEY (document, first)) WITHOUT ROWID",
}

#: Numbers in `meta` that change with the documents.
COUNTS = ("documents", "paragraphs", "texts", "dead")


class IndexShape(Struct, frozen=True):
    """What is settled when an index is made: how it is banded, the shortest paragraph in it, and whether it has texts."""

    bands: int
    rows: int
    min_chars: int
    with_text: bool
    permutations: Permutations


def text_digest(folded: str) -> int:
    """The number of a folded text: 63 bits of its SHA-256.

    >>> text_digest("the ferry returned at noon")
    3017437410494085170
    """
    return _digest_63(folded)


def document_number(document_id: str) -> int:
    """The number of a document: 63 bits of the SHA-256 of its id."""
    return _digest_63(document_id)


def _digest_63(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big") >> 1


def numbers_digest(folded: str) -> int:
    """32 bits that tell the numbers in a folded text; 0 where there are none.

    >>> numbers_digest("no numbers here"), numbers_digest("in 2023") == numbers_digest("by 2023")
    (0, True)
    """
    found = digits(folded)
    if not found:
        return 0
    return 1 + int.from_bytes(hashlib.sha256("\x1f".join(found).encode()).digest()[:4], "big")


def _named(path: Path) -> str:
    """The path as it can be typed, or a word for it where a shell would take it for something else."""
    return str(path) if re.fullmatch(r"[\w./][\w./-]*", str(path)) else "INDEX"


def how_to_rebuild(path: Path, *, force: bool) -> str:
    """The command that makes the index anew."""
    return f"Build it anew: scrubber index build{' --force' if force else ''} {_named(path)} PATH..."


def refused(path: Path, message: str, *, force: bool = True) -> UsageError:
    """The error for a file that is not an index that can be used."""
    return UsageError(message, where=Where(str(path)), hint=how_to_rebuild(path, force=force))


def missing(path: Path) -> UsageError:
    """The error for an index that is not there, or is a folder."""
    place, name = Where(str(path)), _named(path)
    if path.is_dir():
        hint = f"Make one of what is in it: scrubber index build {name.rstrip('/')}.index {name}"
        return UsageError("is a folder, and an index is a file.", where=place, hint=hint)
    return UsageError("there is no such index.", where=place, hint=f"Make it: scrubber index build {name} PATH...")


def connect(path: Path, *, write: bool, immutable: bool = False) -> sqlite3.Connection:
    """A connection without transactions of Python's own. Nothing is read yet. Raises sqlite3.Error."""
    mode = "rw" if write else "ro&immutable=1" if immutable else "ro"
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
    database = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=0, check_same_thread=False)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE_BYTES)
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    if not write:
        database.execute("PRAGMA query_only = ON")
    return database


def open_for_reading(path: Path) -> tuple[sqlite3.Connection, IndexShape]:
    """A read-only connection that sees one state for as long as it is open, and the shape of the index.

    Raises UsageError. The connection is the caller's to close.
    """
    if not path.is_file():
        raise missing(path)
    with reading(path):
        database = _readable(path)
        try:
            shape = checked(database, path)
        except BaseException:
            database.close()
            raise
    return database, shape


def _readable(path: Path) -> sqlite3.Connection:
    """An open read transaction. A folder that cannot be written to holds no writer, whose files would be needed."""
    database = connect(path, write=False)
    try:
        database.execute("BEGIN")
        database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        return database
    except sqlite3.OperationalError as error:
        database.close()
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        wal = path.with_name(path.name + "-wal")
        if code not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) or (wal.exists() and wal.stat().st_size):
            raise
    database = connect(path, write=False, immutable=True)
    try:
        database.execute("BEGIN")
        database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.Error:
        database.close()
        raise
    return database


def tidy(path: Path) -> None:
    """Has SQLite take its helper files `-wal` and `-shm` away, which a read-only connection leaves, if nobody needs them.

    They hold nothing then; but an index should be one file. What cannot be done is left.
    """
    with suppress(sqlite3.Error), closing(connect(path, write=True)) as database:
        database.execute("SELECT count(*) FROM sqlite_schema").fetchone()


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns what SQLite says of a damaged file into the error that says what to do."""
    try:
        yield
    except (sqlite3.Error, zlib.error, ValueError, OverflowError, TypeError) as error:
        raise _told(error, path) from error


def _told(error: Exception, path: Path) -> UsageError | UnwritableOutput:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    place = Where(str(path))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return UnwritableOutput("is in use by another process.", where=place, hint="Try again when that is done.")
    if code == sqlite3.SQLITE_FULL:
        return UnwritableOutput("the disk is full; the index is as it was.", where=place, hint="Make room, run again.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return UnwritableOutput(f"cannot be used ({error}).", where=place, hint="Look at its rights, and at its disk.")
    if code == sqlite3.SQLITE_NOTADB:
        return refused(path, "is not an index: it is no SQLite database.")
    return refused(path, "is damaged.")


def checked(database: sqlite3.Connection, path: Path) -> IndexShape:
    """The shape of an index whose every statement about itself is what this version writes. Raises UsageError."""
    application = database.execute("PRAGMA application_id").fetchone()[0]
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID:
        raise refused(path, "is a database of another program, and no index.")
    if version != FORMAT:
        raise refused(path, f"has format {version} of index files, and this version knows {FORMAT}.", force=False)
    schema = dict(database.execute("SELECT name, sql FROM sqlite_schema LIMIT 20").fetchall())
    if schema != dict(TABLES):
        raise refused(path, "has other tables than an index has.")
    meta = dict(database.execute("SELECT name, value FROM meta LIMIT 50").fetchall())
    # The Unicode version is on record only: what it folds of characters that are assigned never changes.
    for name, own in {"recipe": SIGNATURE_RECIPE, "fold": FOLD_VERSION}.items():
        if meta.get(name) != own:
            theirs = str(meta.get(name))[:200]
            raise refused(path, f"was made with another {name} ({theirs}; here {own}).", force=False)
    numbers = [meta.get(name) for name in ("bands", "rows", "min-chars", "with-text", *COUNTS)]
    packed = meta.get("permutations")
    if not all(isinstance(number, int) and number >= 0 for number in numbers) or not isinstance(packed, bytes):
        raise refused(path, "is damaged: what it says of itself is not complete.")
    shape = IndexShape(
        meta["bands"], meta["rows"], meta["min-chars"], bool(meta["with-text"]), Permutations.unpacked(packed)
    )
    if len(shape.permutations.factors) != PERMUTATIONS or not 1 <= shape.bands * shape.rows <= PERMUTATIONS:
        raise refused(path, "is damaged: its permutations do not fit its bands.")
    content = meta.get("content")
    if not isinstance(content, bytes) or len(content) != 32:
        raise refused(path, "is damaged: what it says of itself is not complete.")
    return shape


def content_digest(database: sqlite3.Connection) -> str:
    """SHA-256 over what the index is made of: equal for the same documents under the same settings, in any order."""
    meta = dict(database.execute("SELECT name, value FROM meta").fetchall())
    parts = [FORMAT, *(meta[name] for name in ("recipe", "fold", "unicode", "bands", "rows", "min-chars", "with-text"))]
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode())
    digest.update(meta["permutations"])
    digest.update(meta["content"])
    return digest.hexdigest()
