"""Looking things up in an index: what of it may be like a paragraph. Read-only, one state of the file throughout.

Bounded by counts: of a key that very many texts share only some are looked at, chosen by their digests, so that
answers depend on what is in the index and not on how it came in. Refuses to say that two texts are alike; it proposes.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scrubber.corpus.index_blocks import KEY_BITS, PREFIX_BITS, prefixes_in
from scrubber.corpus.index_form import (
    COUNTS,
    content_digest,
    document_number,
    numbers_digest,
    open_for_reading,
    reading,
    text_digest,
    tidy,
)
from scrubber.errors import UnwritableOutput
from scrubber.model.known import KnownParagraph
from scrubber.text.plain_sketch import MOST_PLAIN_CHARS, PlainSketcher, plain_band_keys
from scrubber.text.shingle import shingle_length

#: So many texts of one band key are looked at, those with the smallest digests.
MAX_POSTINGS = 256
#: So many texts that share most bands with a paragraph are candidates.
MAX_CANDIDATES = 16
#: Of a text that stands in many documents so many places are looked at; the first by id and line among them is named.
MAX_PLACES = 64
#: What was found for one document is kept in memory up to so many code points, an answer counted as these at least.
_REMEMBERED_CHARS = 20_000_000
_ANSWER_CHARS = 1_000
#: Code points of texts whose keys are made together.
_BATCH_CHARS = 1_000_000
#: So many blocks hold them at least; an index of somebody else may have others.
_MAX_BLOCKS = 16
#: A text as written that is so many times as long as the folded one it is compared with, and more, is nothing like it:
#: it is not unpacked further. Folding takes away white space, and little else.
_WRITTEN_BYTES_A_CHAR = 64
_WRITTEN_BYTES = 100_000

#: How far a text's digest goes beyond what postings hold of it, in bits.
_REST_BITS = 63 - PREFIX_BITS

_KEYS_SQL = "SELECT first, block FROM posting WHERE band = ? AND first <= ? ORDER BY first DESC LIMIT 1"
_NEXT_SQL = "SELECT first, block FROM posting WHERE band = ? AND first > ? ORDER BY first LIMIT 1"
_PLACES_SQL = (
    "SELECT text, document, first, last, numbers FROM place"
    " WHERE text BETWEEN ? AND ? AND document <> ? ORDER BY text, document, first LIMIT ?"
)
_DOCUMENT_SQL = "SELECT id FROM document WHERE number = ?"
_WRITTEN_SQL = "SELECT written FROM body WHERE document = ? AND first = ?"


class KnownIndex:
    """An index that is open for look-ups: `KnownParagraphs` in a file. Use it in the process that opened it."""

    def __init__(self, path: Path, *, expected: str = "") -> None:
        """Opens it. Raises UsageError; UnwritableOutput where its content is not `expected` (its digest) any more."""
        self._path = path
        self._database, self.shape = open_for_reading(path)
        try:
            with reading(path):
                self.digest = content_digest(self._database)
        except BaseException:
            self.close()
            raise
        if expected and self.digest != expected:
            self.close()
            raise UnwritableOutput(
                f"the index {path} was changed while the run began.", hint="Run again when nobody writes to it."
            )
        self._sketcher = PlainSketcher(self.shape.permutations)
        self._remembered: dict[int, tuple[KnownParagraph, ...]] = {}
        self._remembered_chars = 0
        self._document_id = ""

    @property
    def min_chars(self) -> int:
        """Length in folded code points of the shortest paragraph in it."""
        return self.shape.min_chars

    def close(self) -> None:
        """Closes the file."""
        self._database.close()
        tidy(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def counts(self) -> dict[str, int]:
        """How many documents, paragraphs, different texts it holds, and texts that are gone but not cleared away."""
        with reading(self._path):
            meta = dict(self._database.execute("SELECT name, value FROM meta").fetchall())
            return {name: int(meta[name]) for name in COUNTS}

    def candidates(self, texts: Sequence[str], document_id: str) -> Iterator[tuple[KnownParagraph, ...]]:
        """For each folded text what may be like it, likeliest first: an equal one, then by the bands that both share.

        At most `MAX_CANDIDATES` each, nothing of `document_id`. About 1 ms for a paragraph that it does not know.
        Raises UsageError where the index turns out to be damaged.
        """
        if document_id != self._document_id or self._remembered_chars > _REMEMBERED_CHARS:
            self._remembered.clear()
            self._document_id, self._remembered_chars = document_id, 0
        own = document_number(document_id)
        for batch in _batches(texts):
            digests = [text_digest(text) for text in batch]
            known = self._remembered.keys()
            fresh = {digest: text for digest, text in zip(digests, batch, strict=True) if digest not in known}
            keys = dict(zip(fresh, self._band_keys(list(fresh.values())), strict=True))
            for digest in digests:
                found = self._remembered.get(digest)
                if found is None:
                    with reading(self._path):
                        found = self._like(fresh[digest], digest, keys[digest], own)
                    self._remember(digest, found)
                yield found

    def _remember(self, digest: int, found: tuple[KnownParagraph, ...]) -> None:
        """Keeps an answer while there is room: a document is looked at again after each cut, and is mostly the same."""
        if self._remembered_chars <= _REMEMBERED_CHARS:
            self._remembered[digest] = found
            self._remembered_chars += _ANSWER_CHARS + sum(len(each.text or "") for each in found)

    def _band_keys(self, texts: Sequence[str]) -> list[list[int]]:
        """The keys of each text; none for those that are shorter than a shingle."""
        bands, rows = self.shape.bands, self.shape.rows
        lengths = [shingle_length(text) for text in texts]
        if sum(map(len, texts)) > MOST_PLAIN_CHARS:
            return self._band_keys_of_many(texts, lengths)
        return [
            plain_band_keys(self._sketcher.signature(text, k), bands, rows) if len(text) >= k else []
            for text, k in zip(texts, lengths, strict=True)
        ]

    def _band_keys_of_many(self, texts: Sequence[str], lengths: Sequence[int]) -> list[list[int]]:
        from scrubber.text.sketch import band_keys, signatures

        found: list[list[int]] = [[] for _ in texts]
        for k in sorted(set(lengths)):
            numbers = [number for number, text in enumerate(texts) if lengths[number] == k and len(text) >= k]
            values = signatures([texts[number] for number in numbers], k, self.shape.permutations)
            for number, keys in zip(numbers, band_keys(values, self.shape.bands, self.shape.rows), strict=True):
                found[number] = keys.tolist()
        return found

    def _like(self, text: str, digest: int, keys: Sequence[int], own: int) -> tuple[KnownParagraph, ...]:
        shared: Counter[int] = Counter()
        for band, key in enumerate(keys):
            shared.update(self._holders(band, key >> (64 - KEY_BITS)))
        numbers = numbers_digest(text)
        found = []
        equal = self._place(digest, digest, own)
        if equal is not None:
            found += self._known_paragraph(equal, 1000, numbers, text, equal=True)
        ranked = sorted(shared.items(), key=lambda item: (-item[1], item[0]))
        for prefix, count in ranked:
            if len(found) >= MAX_CANDIDATES:
                break
            least = prefix << _REST_BITS
            # Only equal texts are at 1000.
            estimate = min(999, jaccard_of_bands(count, self.shape.bands, self.shape.rows))
            for place in self._places(least, least + (1 << _REST_BITS) - 1, own, digest):
                found += self._known_paragraph(place, estimate, numbers, text, equal=False)
        return tuple(found[:MAX_CANDIDATES])

    def _holders(self, band: int, key: int) -> set[int]:
        """The shortened digests of texts with this key, the smallest ones."""
        row = self._database.execute(_KEYS_SQL, (band, key << PREFIX_BITS)).fetchone()
        if row is None:
            row = self._database.execute(_NEXT_SQL, (band, -1)).fetchone()
        found: set[int] = set()
        for _ in range(_MAX_BLOCKS):
            if row is None:
                break
            holders, more = prefixes_in(row[0], row[1], key)
            found.update(holders[: MAX_POSTINGS - len(found)])
            if not more or len(found) >= MAX_POSTINGS:
                break
            row = self._database.execute(_NEXT_SQL, (band, row[0])).fetchone()
            if row is not None and row[0] >> PREFIX_BITS > key:
                break
        return found

    def _places(self, least: int, most: int, own: int, but: int) -> list[tuple[Any, ...]]:
        """The first place of each text whose digest lies between; digests are shortened in postings."""
        found: list[tuple[Any, ...]] = []
        while least <= most and len(found) < MAX_CANDIDATES:
            place = self._place(least, most, own)
            if place is None:
                break
            if place[0] != but:
                found.append(place)
            least = place[0] + 1
        return found

    def _place(self, least: int, most: int, own: int) -> tuple[Any, ...] | None:
        """The place to be named of the text with the least such digest: text, document, first, last, numbers, id."""
        rows = self._database.execute(_PLACES_SQL, (least, most, own, MAX_PLACES)).fetchall()
        named = []
        for row in rows:
            if row[0] != rows[0][0]:
                break
            told = self._database.execute(_DOCUMENT_SQL, (row[1],)).fetchone()
            if told is None:
                raise ValueError("a place without its document")
            named.append((*row, told[0]))
        return min(named, key=lambda row: (row[5], row[2])) if named else None

    def _known_paragraph(
        self, place: tuple[Any, ...], estimate: int, numbers: int, text: str, *, equal: bool
    ) -> list[KnownParagraph]:
        """The paragraph at a place; none where its text is too long to be like the one asked about."""
        _, document, first, last, own_numbers, document_id = place
        written = None
        if self.shape.with_text:
            row = self._database.execute(_WRITTEN_SQL, (document, first)).fetchone()
            if row is None:
                raise ValueError("a place without its text")
            written = _unpacked_text(row[0], _WRITTEN_BYTES + _WRITTEN_BYTES_A_CHAR * len(text))
            if written is None:
                return []
        return [KnownParagraph(document_id, first, last, estimate, equal, own_numbers != numbers, written)]

    def sizes(self) -> tuple[int, int]:
        """Bytes of the file: without the texts, and of the texts. From its pages, so free ones count with the first."""
        with reading(self._path):
            return file_sizes(self._database)


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in order, so many together as make `_BATCH_CHARS`."""
    batch: list[str] = []
    chars = 0
    for text in texts:
        batch.append(text)
        chars += len(text)
        if chars > _BATCH_CHARS:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def file_sizes(database: sqlite3.Connection) -> tuple[int, int]:
    """Bytes of keys (all but the texts), and of texts. Texts are counted by their lengths, and rows' own bytes."""
    pages = database.execute("PRAGMA page_count").fetchone()[0] * database.execute("PRAGMA page_size").fetchone()[0]
    count, length = database.execute("SELECT count(*), coalesce(sum(length(written)), 0) FROM body").fetchone()
    # Each row has two numbers of up to 8 and 4 bytes, a header of 6 and a cell of 4 beside its text.
    texts = min(pages, length + 22 * count)
    return pages - texts, texts


def _unpacked_text(packed: bytes, most_bytes: int) -> str | None:
    """A paragraph as written; None where it is longer. Raises ValueError for what is none."""
    inflate = zlib.decompressobj()
    try:
        text = inflate.decompress(packed, most_bytes)
    except zlib.error as error:
        raise ValueError("a text that cannot be unpacked") from error
    if inflate.eof:
        return text.decode("utf-8")
    if len(text) < most_bytes:
        raise ValueError("a text that is not whole")
    return None


@cache
def jaccard_of_bands(shared: int, bands: int, rows: int) -> int:
    """The Jaccard ratio, in thousandths, at which two texts share so many of their bands on average, rounded down.

    A band of r rows is shared with probability J**r. At .8 the estimate strays by about .04 with 32 bands of 4 rows.

    >>> jaccard_of_bands(32, 32, 4), jaccard_of_bands(13, 32, 4), jaccard_of_bands(0, 32, 4)
    (1000, 798, 0)
    """
    return max((share for share in range(1001) if share**rows * bands <= shared * 1000**rows), default=0)
