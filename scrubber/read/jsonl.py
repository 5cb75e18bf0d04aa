"""JSON Lines: one record a line, one field of it the text. All other bytes of a line stay as they are.

A record is a view of its line: where the string of the text field stands, and what it says. Writing it back replaces
that string and nothing else. Lines end at LF; a CR before it belongs to the ending. Refuses to mend a broken line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from json.decoder import JSONDecodeError, JSONDecoder
from typing import Any, BinaryIO, Protocol

import msgspec
from msgspec import Struct

from scrubber.errors import UnreadableInput
from scrubber.text.decode import Undecodable, decode

#: So many bytes of whole lines are a batch.
_BATCH_BYTES = 1 << 18
#: What is left of a line that is too long is passed over in pieces of this size.
_PIECE_BYTES = 1 << 20
#: With what a number begins.
_NUMBER_STARTS = tuple(b"-0123456789"[at : at + 1] for at in range(11))
_MARK = b"\xef\xbb\xbf"
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
#: A mark of the grammar with the white space around it.
_MARK_AND_SPACE = re.compile(r"[ \t\r\n]*([{}:,])[ \t\r\n]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
#: A nested value is recognised down to what Python's own reader bears; numbers stay as they are written.
_DECODER = JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


class _Scan(Protocol):
    def __call__(self, text: str, end: int, strict: bool = True, /) -> tuple[str, int]: ...


_scan_string: _Scan = json.decoder.scanstring  # type: ignore[attr-defined]


class Record(Struct, frozen=True):
    """One record. `line` is the decoded line with its ending; its text field's string is `line[start:stop]`, quotes included.

    `text` is what that string says; halves of pairs stand as U+FFFD, one for one (`written` gives them back). `name` is
    the id that the record gives itself, or empty; `number` that of its line, from 1. `encoding` is that of the line,
    `mark` the byte order mark that stood before it. `exact`: encoding the line gives its bytes again.
    """

    line: str
    start: int
    stop: int
    text: str
    name: str
    number: int
    encoding: str = "utf-8"
    mark: bytes = b""
    exact: bool = True

    def token(self) -> tuple[bool, str | None]:
        """How to write the string of the text again: whether in ASCII, and the string itself where neither way gives it."""
        token = self.line[self.start : self.stop]
        for escaped in (False, True):
            if json.dumps(self.text, ensure_ascii=escaped) == token:
                return escaped, None
        return False, token

    def written(self, edits: Any) -> bytes:
        """The line in UTF-8 with the text after `edits` (those of a plan) in its place; unchanged without any.

        A string that was written in ASCII only, with escapes, is written so again. O(line).
        """
        if not edits:
            return self.line.encode("utf-8")
        from scrubber.model import apply_edits

        token = self.line[self.start : self.stop]
        said = json.loads(token, strict=False)
        clean = apply_edits(said, edits)
        escaped = (token.isascii() and not said.isascii()) or _SURROGATE.search(clean) is not None
        written = json.dumps(clean, ensure_ascii=escaped)
        return f"{self.line[: self.start]}{written}{self.line[self.stop :]}".encode()


class Passage(Struct, frozen=True):
    """Bytes without a text in them: a blank line, a record whose text is null, or a piece of a broken one (then `broken`).

    `exact`: they are those that were read, and not their text in UTF-8.
    """

    raw: bytes
    broken: bool = False
    exact: bool = True


class BrokenLine(Struct, frozen=True):
    """A line that holds no record. `raw` are its bytes, or the first of them (`Passage`s follow)."""

    number: int
    message: str
    raw: bytes
    hint: str = ""


class Batch(Struct, frozen=True):
    """The records of some lines in a row without what it takes to write them again: `first` is the number of the first line.

    Each with the id that it gives itself, or an empty one, and its text.
    """

    first: int
    records: list[tuple[str, str]]


Item = Record | Passage | BrokenLine


class _NoText(Exception):
    """The text field is there, and says null: nothing to clean."""


class _Broken(Exception):
    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def read(
    source: BinaryIO,
    *,
    text_field: str = "text",
    id_field: str = "id",
    max_bytes: int,
    encoding: str | None = None,
) -> Iterator[Item]:
    """The lines of `source`, one after the other. `max_bytes` is the longest line that is read as a record.

    Lines are UTF-8; those that are not are decoded one by one, `encoding` names theirs. Raises `UnreadableInput` for a
    file in UTF-16, and what `source` raises. O(n); memory O(longest line), at most `max_bytes`.
    """
    number = 0
    while line := source.readline(max_bytes + 1):
        number += 1
        yield from _items_of(line, number, source, text_field, id_field, max_bytes, encoding)


def read_in_batches(
    source: BinaryIO,
    *,
    text_field: str = "text",
    id_field: str = "id",
    max_bytes: int,
    encoding: str | None = None,
) -> Iterator[Item | Batch]:
    """What `read` says, for those who write nothing: lines that are records, and nothing else, come as batches.

    A batch takes a fifth of the time. Memory: `_BATCH_BYTES`, and the longest line.
    """
    number = 0
    while piece := source.read(_BATCH_BYTES):
        if not piece.endswith(b"\n"):
            piece += source.readline(max_bytes + 1)
        lines = BytesIO(piece).readlines()
        records = _plain_records(lines, text_field, id_field, max_bytes) if encoding is None else None
        if records is not None:
            yield Batch(number + 1, records)
            number += len(lines)
            continue
        again = _Again(piece, source)
        while again.behind() and (line := again.readline(max_bytes + 1)):
            number += 1
            yield from _items_of(line, number, again, text_field, id_field, max_bytes, encoding)


class _Lines(Protocol):
    def readline(self, size: int, /) -> bytes: ...


class _Again:
    """A source whose last `piece` is read again, before what follows it."""

    def __init__(self, piece: bytes, source: BinaryIO) -> None:
        self._piece, self._source, self._size = BytesIO(piece), source, len(piece)

    def behind(self) -> bool:
        """Whether the piece is not read to its end."""
        return self._piece.tell() < self._size

    def readline(self, size: int, /) -> bytes:
        """The next line, or `size` bytes of it."""
        line = self._piece.readline(size)
        if len(line) == size or line.endswith(b"\n"):
            return line
        return line + self._source.readline(size - len(line))


def _plain_records(lines: list[bytes], text_field: str, id_field: str, max_bytes: int) -> list[tuple[str, str]] | None:
    """Ids and texts of lines of which each is a record with a text, in UTF-8; None where one is not.

    Whoever reads them one by one comes to the same; this says nothing of where they stand in a line.
    """
    decode = _plain_decoder(text_field, id_field)
    if decode is None or len(max(lines, key=len)) > max_bytes:
        return None
    found: list[tuple[str, str]] = []
    try:
        for line in lines:
            line.decode("utf-8")
            record = decode(line)
            name: bytes = bytes(record.name)
            if name[:1] == b'"':
                found.append((msgspec.json.decode(name, type=str), record.text))
            else:
                found.append((name.decode("ascii") if name[:1] in _NUMBER_STARTS else "", record.text))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found


@cache
def _plain_decoder(text_field: str, id_field: str) -> Callable[[bytes], Any] | None:
    if text_field == id_field:
        return None
    name = msgspec.field(name=id_field, default=msgspec.Raw(b""))
    fields = [("text", str, msgspec.field(name=text_field)), ("name", msgspec.Raw, name)]
    return msgspec.json.Decoder(msgspec.defstruct("PlainRecord", fields)).decode


def _items_of(
    line: bytes, number: int, source: _Lines, text_field: str, id_field: str, max_bytes: int, encoding: str | None
) -> Iterator[Item]:
    """What one line holds; of one that is too long `source` gives the rest."""
    if number == 1 and line.startswith(_WIDE_MARKS):
        raise UnreadableInput("is UTF-16, and JSON Lines are UTF-8.", hint="Convert it first.")
    if len(line) > max_bytes and not line.endswith(b"\n"):
        message = f"line {number:,} has more bytes than limits.max-bytes ({max_bytes:,})."
        yield BrokenLine(number, message, line, "Split it, or raise the limit in the configuration.")
        while not line.endswith(b"\n") and (line := source.readline(_PIECE_BYTES)):
            yield Passage(line, broken=True)
        return
    mark = _MARK if number == 1 and line.startswith(_MARK) else b""
    bare = line[len(mark) :]
    if not bare.strip():
        yield Passage(bare, exact=not mark)
        return
    try:
        text, codec = _decoded(bare, encoding)
        exact = codec == "utf-8" or _comes_back(text, codec, bare)
        yield _record(text, number, text_field, id_field, codec, mark, exact)
    except _NoText:
        yield Passage(text.encode("utf-8"), exact=codec == "utf-8" and not mark)
    except _Broken as error:
        yield BrokenLine(number, f"line {number:,} {error.message}", line, error.hint)


def item_of(line: str, number: int, text_field: str, id_field: str) -> Item:
    """What one decoded line holds."""
    try:
        return _record(line, number, text_field, id_field, "utf-8", b"")
    except _NoText:
        return Passage(line.encode("utf-8"))
    except _Broken as error:
        return BrokenLine(number, f"line {number:,} {error.message}", line.encode("utf-8"), error.hint)


def _decoded(line: bytes, encoding: str | None) -> tuple[str, str]:
    if encoding is None:
        try:
            return line.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            pass
    try:
        decoded = decode(line, encoding=encoding)
    except Undecodable as error:
        raise _Broken(f"cannot be decoded: {error.message}", error.hint) from None
    if decoded.repairs or decoded.bom:
        raise _Broken(f"holds bytes that are no {decoded.encoding}.", "JSON Lines are UTF-8.")
    return decoded.text, decoded.encoding


def _comes_back(text: str, codec: str, line: bytes) -> bool:
    try:
        return text.encode(codec) == line
    except UnicodeError:
        return False


def _record(
    line: str, number: int, text_field: str, id_field: str, codec: str, mark: bytes, exact: bool = True
) -> Record:
    """The record in a line; of a key that is there twice the last one counts, as JSON readers have it."""
    token: tuple[int, int] | None = None
    said = name = ""
    null = False
    missing = f"has no field {text_field[:80]!r}."
    try:
        for key, value, start, stop in _fields(line):
            if key == text_field:
                token = (start, stop) if isinstance(value, str) and line[start] == '"' else None
                said = value if token is not None else ""
                null = value is None
                missing = f"has no text in its field {text_field[:80]!r}."
            if key == id_field:
                # Numbers come as they are written; true, null, lists and the like are no ids.
                name = value if isinstance(value, str) and (line[start] == '"' or line[start] in "-0123456789") else ""
    except JSONDecodeError as error:
        raise _Broken(f"is not JSON ({error.msg}, column {error.pos + 1:,}).") from None
    except RecursionError:
        raise _Broken("is nested too deep.") from None
    if null:
        raise _NoText
    if token is None:
        raise _Broken(missing, "Name the field with --text-field.")
    return Record(line, *token, _SURROGATE.sub("\ufffd", said), name, number, codec, mark, exact)


def _missing(mark: str, line: str, position: int) -> JSONDecodeError:
    return JSONDecodeError(f"no {mark!r}", line, len(line) - len(line[position:].lstrip(" \t\r\n")))


def _fields(line: str) -> Iterator[tuple[str, Any, int, int]]:
    """Keys, values and the places of the values of the object in a line. Raises JSONDecodeError. O(n)."""
    value_at, next_mark = _DECODER.raw_decode, _MARK_AND_SPACE.match
    found = next_mark(line)
    if found is None or found[1] != "{":
        raise _missing("{", line, 0)
    position = found.end()
    if line.startswith("}", position):
        found = next_mark(line, position)
    else:
        while True:
            if not line.startswith('"', position):
                raise JSONDecodeError("no key", line, position)
            key, position = _scan_string(line, position + 1)
            found = next_mark(line, position)
            if found is None or found[1] != ":":
                raise _missing(":", line, position)
            start = found.end()
            value, position = value_at(line, start)
            yield key, value, start, position
            found = next_mark(line, position)
            if found is None or found[1] != ",":
                break
            position = found.end()
    if found is None or found[1] != "}":
        raise _missing("}", line, position)
    position = found.end()
    if position != len(line):
        raise JSONDecodeError("more behind the record", line, position)
