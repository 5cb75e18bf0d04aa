"""Decoding that records every byte it could not decode, and the way back to the bytes.

A bad run becomes one U+FFFD exactly where Python's `replace` puts one, and its bytes are kept, so that a text
with bad bytes still turns into the file it came from. Refuses to guess an encoding.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from typing import NamedTuple, Protocol

from scrubber.text.charsets import MULTI_BYTE

REPLACEMENT = "\ufffd"

#: At most so many bytes of a character can be left where a file was cut.
_CUT_BYTES = 3

#: Stands for a bad run until all are known. No strict decoder yields it, so a U+FFFD of the file is never
#: confused.
_MARKER = "\udfff"

_HANDLER = "scrubber.record"


#: Programs that take UTF-16 for characters write these; a strict decoder sees three bad runs.
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")


class BadRun(NamedTuple):
    """Bytes that the encoding does not allow: where their U+FFFD stands, where they stand in the file, and they."""

    text_offset: int
    byte_offset: int
    raw: bytes


class Repair(Protocol):
    """What `encode_text` needs of a bad run: `BadRun` and `model.BadBytes` both have it."""

    @property
    def text_offset(self) -> int: ...

    @property
    def raw(self) -> bytes: ...


class TooManyBadRuns(Exception):
    """More bad runs than the caller wanted to hear of. Never leaves `scrubber.text`."""


class _Recorder:
    __slots__ = ("limit", "runs")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.runs: list[tuple[int, int]] = []


_recorder: ContextVar[_Recorder] = ContextVar("recorder")


def _record(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    recorder = _recorder.get()
    if len(recorder.runs) >= recorder.limit:
        raise TooManyBadRuns
    recorder.runs.append((error.start, error.end))
    return _MARKER, error.end


# A handler is called with start and end of each bad run while one exception object is reused. Catching the
# error of a strict decode again and again would copy the whole input into each exception, which is quadratic.
codecs.register_error(_HANDLER, _record)


def decode_recording(payload: bytes, codec: str, *, limit: int, skipped: int = 0) -> tuple[str, tuple[BadRun, ...]]:
    """`payload.decode(codec, "replace")`, and the bad runs behind its U+FFFD.

    `skipped` is how many bytes of the file stand before `payload` (its byte order mark). Raises
    `TooManyBadRuns` as soon as there are more than `limit`, and `UnicodeError` where the codec fails in
    another way. O(n).

    >>> decode_recording(b"caf\\xe9 \\xef\\xbf\\xbd", "utf-8", limit=9)
    ('caf� �', (BadRun(text_offset=3, byte_offset=3, raw=b'\\xe9'),))
    """
    recorder = _Recorder(limit)
    token = _recorder.set(recorder)
    try:
        text = payload.decode(codec, _HANDLER)
    finally:
        _recorder.reset(token)
    runs: list[BadRun] = []
    offset = -1
    for start, end in recorder.runs:
        offset = text.find(_MARKER, offset + 1)
        runs.append(BadRun(offset, start + skipped, payload[start:end]))
    if text.count(_MARKER) != len(runs):
        raise UnicodeError(f"{codec} yields lone surrogates")
    return text.replace(_MARKER, REPLACEMENT), tuple(runs)


#: Bad runs that stand closer than this are one spot: what a byte too many or too few does to two-byte encodings.
SPOT_BYTES = 32
#: No second byte of any two-byte encoding, nor one of the four of GB18030.
_RESTART = re.compile(rb"[\x00-\x2f]")
#: A spot has no more runs than two surrogates in UTF-8 do, and a few.
SPOT_RUNS = 8


def count_spots(runs: Sequence[BadRun], data: bytes, codec: str) -> int:
    """How many places of `data` are damaged; a character cut off at an end of it is none. O(n).

    In two-byte encodings one byte too few or too many tears all characters down to the next byte that is surely one.

    >>> count_spots([BadRun(5, 5, b"\\xff"), BadRun(6, 6, b"\\xff"), BadRun(90, 90, b"\\xff")], bytes(200), "utf-8")
    2
    """
    size = len(data)
    spots = in_spot = 0
    end = -SPOT_BYTES
    for run in runs:
        if _is_cut(run, size, codec):
            continue
        apart = run.byte_offset - end >= SPOT_BYTES and not (
            in_spot and codec in MULTI_BYTE and _RESTART.search(data, end, run.byte_offset) is None
        )
        if apart or not in_spot or in_spot == SPOT_RUNS:
            spots += 1
            in_spot = 0
        in_spot += 1
        end = run.byte_offset + len(run.raw)
    return spots


def surrogate_bytes(runs: Sequence[BadRun]) -> int:
    """How many of the bad bytes of UTF-8 are surrogates that were written as if they were characters. O(runs)."""
    raw = b"".join(run.raw for run in runs)
    return 3 * len(_SURROGATE.findall(raw))


def _is_cut(run: BadRun, size: int, codec: str) -> bool:
    """Whether a bad run is what cutting a file leaves of a character: its end in front, its start at the end."""
    if run.byte_offset + len(run.raw) <= _CUT_BYTES:
        return codec != "utf-8" or all(0x80 <= byte < 0xC0 for byte in run.raw)
    if run.byte_offset + len(run.raw) < size or len(run.raw) > _CUT_BYTES:
        return False
    return codec != "utf-8" or 0xC2 <= run.raw[0] < 0xF5


def encode_text(text: str, encoding: str, bom: bytes, repairs: Iterable[Repair]) -> bytes:
    """The bytes that `text` was read from: `bom`, then `text` in `encoding` with the raw bytes of each repair.

    `repairs` are in text order. Raises `ValueError` where a repair does not stand on a U+FFFD, or where the
    encoding cannot hold the text (`UnicodeEncodeError`, which is a `ValueError`). O(n).

    >>> encode_text("caf\\ufffd", "utf-8", b"", [BadRun(3, 3, b"\\xe9")])
    b'caf\\xe9'
    """
    parts = [bom]
    position = 0
    for repair in repairs:
        if repair.text_offset < position or text[repair.text_offset : repair.text_offset + 1] != REPLACEMENT:
            raise ValueError(f"no U+FFFD at {repair.text_offset} for the bytes {repair.raw!r}")
        if repair.text_offset > position:
            parts.append(text[position : repair.text_offset].encode(encoding))
        parts.append(repair.raw)
        position = repair.text_offset + 1
    if position < len(text):
        parts.append(text[position:].encode(encoding))
    return b"".join(parts)
