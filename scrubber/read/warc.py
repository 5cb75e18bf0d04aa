"""WARC and WET: the pages and texts among their records, each with the charset that its HTTP head declares.

Wanted are responses whose status is one of success, conversions (the texts of a WET) and resources, as HTML or plain
text. A record is believed only when another one, or the end of the file, follows where it says that it ends; where
none does, that record fails, and reading goes on at the next place that looks like the start of one.

Needs fastwarc, the extra `warc`. Unpacking is not left to it: a packed file comes here unpacked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from msgspec import Struct

from scrubber.errors import UnreadableInput

_START = re.compile(rb"\n(?=WARC/\d)")
_OVERLAP_BYTES = 8
_PIECE_BYTES = 1 << 16
#: Bytes that are kept, beyond the largest document, to find the next record in.
_SLACK_BYTES = 1 << 20
#: So many broken records in a row, and what follows is no WARC.
_HOPELESS_RECORDS = 1000
_SUCCESS = range(200, 300)
_KINDS = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}
_HINT = "Fetch it again, if it can be had."


class Capture(Struct, frozen=True):
    """A page or text. `name` is the record's own id; `kind` that of a reader; `fields` what is known of it."""

    number: int
    name: str
    content: bytes
    kind: str
    declared: str | None
    fields: tuple[tuple[str, str], ...]


class BrokenCapture(Struct, frozen=True):
    """A record that could not be read, and why. `name` is empty where not even that is known."""

    number: int
    name: str
    message: str
    hint: str = _HINT


class PassedOver(Struct, frozen=True):
    """A record of success that is no text."""

    number: int


Item = Capture | BrokenCapture | PassedOver


class _Window:
    """A stream for fastwarc that can go back to bytes which it keeps: those from the last record on, up to a bound."""

    def __init__(self, source: BinaryIO, most: int) -> None:
        self._source, self._most = source, most
        self._kept = bytearray()
        self._base = self._at = self._begin = 0
        #: What went wrong with the bytes themselves; fastwarc would tell it as damage of a record.
        self.problem: UnreadableInput | None = None

    def read(self, size: int = -1) -> bytes:
        """Some bytes, at most `size`."""
        wanted = _PIECE_BYTES if size < 0 else min(size, _PIECE_BYTES)
        have = self._base + len(self._kept) - self._at
        if have <= 0 and not self._fetch():
            return b""
        start = self._at - self._base
        piece = bytes(self._kept[start : start + wanted])
        self._at += len(piece)
        return piece

    def tell(self) -> int:
        """The place of the next byte, from where reading was begun anew: fastwarc counts from here."""
        return self._at - self._begin

    def forget(self, place: int) -> None:
        """Bytes before `place` are not needed again."""
        drop = min(place, self._at) - self._base
        if drop > 0:
            del self._kept[:drop]
            self._base += drop

    def go_to_start(self, place: int) -> int | None:
        """Go to the next line that looks like the start of a record, behind `place`; None where none follows."""
        at = max(place, self._base)
        while True:
            found = _START.search(self._kept, at - self._base)
            if found is not None:
                self._at = self._begin = self._base + found.end()
                self.forget(self._at)
                return self._at
            at = max(at, self._base + len(self._kept) - _OVERLAP_BYTES)
            self._at = self._base + len(self._kept)
            self.forget(at)
            if not self._fetch():
                return None

    def _fetch(self) -> bool:
        try:
            piece = self._source.read(_PIECE_BYTES)
        except UnreadableInput as error:
            self.problem = error
            raise
        self._kept += piece
        excess = len(self._kept) - self._most
        if excess > 0:
            self.forget(self._base + excess)
        return bool(piece)


class _Seen(Struct):
    """The last record: where it begins, and what it will be if it ends where it says."""

    place: int
    name: str
    item: Item | None


def read(source: BinaryIO, *, max_bytes: int) -> Iterator[Item]:
    """The pages and texts of a WARC, one after the other. Raises `UnreadableInput`, and what `source` raises.

    O(n); memory O(largest document), at most twice `max_bytes`.
    """
    try:
        import fastwarc
    except ImportError:
        raise UnreadableInput(
            "is a WARC, and the extra for those is not installed.", hint="pip install 'corpus-scrubber[warc]'"
        ) from None
    del fastwarc
    window = _Window(source, max_bytes + _SLACK_BYTES)
    number = begin = broken = 0
    while True:
        seen: _Seen | None = None
        try:
            for record in _records(window):
                if seen is not None and seen.item is not None:
                    yield seen.item
                broken *= seen is None
                number += 1
                place = begin + record.stream_pos
                window.forget(place)
                seen = _Seen(place, _name_of(record), None)
                seen.item = _item_of(record, number, seen.name, max_bytes)
            if seen is None and number == 0:
                raise UnreadableInput("holds no WARC record.", hint=_HINT)
            cut = isinstance(seen.item, BrokenCapture) and seen.item.message == _CUT if seen is not None else False
            if seen is not None and seen.item is not None:
                yield seen.item
            if not cut:
                return
        except OSError:
            if window.problem is not None:
                raise window.problem from None
            if seen is None:
                number += 1
            yield BrokenCapture(
                number, seen.name if seen is not None else "", "is damaged, or of another length than it says."
            )
        next_place = window.go_to_start(seen.place if seen is not None else begin)
        if next_place is None or next_place <= begin:
            return
        broken += 1
        if broken >= _HOPELESS_RECORDS:
            raise UnreadableInput(f"has {broken:,} broken records in a row; the rest was not read.", hint=_HINT)
        begin = next_place


def _records(window: _Window) -> Iterator[Any]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    yield from ArchiveIterator(
        cast(Any, window), record_types=WarcRecordType.any_type, parse_http=False, stream_detect=False
    )


_CUT = "is cut off, or shorter than it says."


def _name_of(record: Any) -> str:
    name: str = record.record_id or ""
    return name.removeprefix("<").removesuffix(">")


def _item_of(record: Any, number: int, name: str, max_bytes: int) -> Item | None:
    """What a record holds, read whole; None for one that is not wanted."""
    from fastwarc.warc import WarcRecordType

    said: int = record.content_length
    wanted = record.record_type in (WarcRecordType.response, WarcRecordType.conversion, WarcRecordType.resource)
    if wanted and said > max_bytes:
        message = f"has {said:,} bytes, more than limits.max-bytes ({max_bytes:,})."
        if not _passed(record, said):
            return BrokenCapture(number, name, _CUT)
        return BrokenCapture(number, name, message, "Raise the limit in the configuration.")
    if not wanted:
        return None if _passed(record, said) else BrokenCapture(number, name, _CUT)
    raw: bytes = record.reader.read(said)
    if len(raw) < said:
        return BrokenCapture(number, name, _CUT)
    if record.record_type != WarcRecordType.response:
        media = (record.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        return _capture(record, number, name, raw, media, None)
    return _response(record, number, name, raw, max_bytes)


def _passed(record: Any, said: int) -> bool:
    """Whether a record that is not wanted has all its bytes."""
    left = said
    while left > 0 and (piece := record.reader.read(min(left, _PIECE_BYTES))):
        left -= len(piece)
    return left <= 0


def _response(record: Any, number: int, name: str, raw: bytes, max_bytes: int) -> Item:
    """What a server sent, its transfer and content codings taken off."""
    try:
        record.set_bytes_content(raw)
        record.parse_http(auto_decode="all")
        if record.http_headers is None:
            return BrokenCapture(number, name, "has no HTTP head.")
        status = record.http_headers.status_code
        if status is not None and status not in _SUCCESS:
            return PassedOver(number)
        content: bytes = record.reader.read(max_bytes + 1)
    except (OSError, ValueError):
        return BrokenCapture(number, name, "has a damaged HTTP head, or a body that cannot be unpacked.")
    if len(content) > max_bytes:
        message = f"unpacks to more than limits.max-bytes ({max_bytes:,})."
        return BrokenCapture(number, name, message, "Raise the limit in the configuration.")
    return _capture(record, number, name, content, (record.http_content_type or "").lower(), record.http_charset)


def _capture(record: Any, number: int, name: str, content: bytes, media: str, declared: str | None) -> Item:
    kind = _KINDS.get(media)
    if kind is None:
        return PassedOver(number)
    uri, date = record.headers.get("WARC-Target-URI"), record.headers.get("WARC-Date")
    known = (("url", uri), ("date", date))
    fields = tuple((key, value) for key, value in known if value)
    return Capture(number, name, content, kind, declared, fields)


__all__ = ["BrokenCapture", "Capture", "Item", "PassedOver", "read"]
