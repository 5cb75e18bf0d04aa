"""What an index takes from a document, and the sum that tells what is in it.

The sum over all documents does not depend on their order, and a document can be taken out of it again. Refuses to
know the file.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from scrubber.corpus.index_form import numbers_digest, text_digest
from scrubber.corpus.paragraphs import paragraphs_of
from scrubber.model.document import Document

CONTENT_BYTES = 32
_CONTENT_MASK = (1 << (8 * CONTENT_BYTES)) - 1

#: zlib's own middle way: 9 takes three times as long for one per cent less.
_COMPRESSION = 6
_PIECE_BYTES = 1 << 20


class Row(NamedTuple):
    """A paragraph as it goes into an index: lines from 1, digests, folded text, and as written, compressed."""

    first: int
    last: int
    text: int
    numbers: int
    folded: str
    written: bytes | None


class Entry(NamedTuple):
    """A document as it goes into an index."""

    document_id: str
    rows: tuple[Row, ...]


def entry_of(document: Document, min_chars: int, *, with_text: bool) -> Entry:
    """The paragraphs of at least `min_chars` folded code points. O(n)."""
    rows = []
    for paragraph in paragraphs_of(document, min_chars):
        written = None
        if with_text:
            start = document.bounds[paragraph.first_line - 1].start
            stop = document.bounds[paragraph.last_line - 1].stop
            written = zlib.compress(document.text[start:stop].encode("utf-8", "replace"), _COMPRESSION)
        folded = paragraph.text
        rows.append(
            Row(
                paragraph.first_line,
                paragraph.last_line,
                text_digest(folded),
                numbers_digest(folded),
                folded,
                written,
            )
        )
    return Entry(document.id, tuple(rows))


def entry_digest(document_id: str, places: Iterable[tuple[int, int, int]], bodies: Sequence[bytes]) -> int:
    """256 bits that stand for one document: its id, its paragraphs (text, first, last line; sorted), their texts."""
    digest = hashlib.sha256(document_id.encode("utf-8", "surrogatepass"))
    for text, first, last in sorted(places, key=lambda place: place[1:]):
        digest.update(b"\0%d %d %d" % (text, first, last))
    for body in bodies:
        digest.update(b"\0")
        for piece in _unpacked(body):
            digest.update(piece)
    return int.from_bytes(digest.digest(), "big")


def _unpacked(packed: bytes) -> Iterator[bytes]:
    """What was compressed, in pieces: the file may be somebody else's. Raises zlib.error, or ValueError if it is cut."""
    inflate = zlib.decompressobj()
    while not inflate.eof:
        piece = inflate.decompress(packed, _PIECE_BYTES)
        packed = inflate.unconsumed_tail
        yield piece
        if not piece and not packed and not inflate.eof:
            raise ValueError("a text that is not whole")


def digest_of_entry(entry: Entry) -> int:
    """`entry_digest` of what is about to go in."""
    return entry_digest(
        entry.document_id,
        [(row.text, row.first, row.last) for row in entry.rows],
        [row.written for row in entry.rows if row.written is not None],
    )


def with_added(content: bytes, change: int) -> bytes:
    """The sum of digests with one added, or taken away where `change` is negative."""
    return ((int.from_bytes(content, "big") + change) & _CONTENT_MASK).to_bytes(CONTENT_BYTES, "big")
