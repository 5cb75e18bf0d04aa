"""gz, bz2, xz and zst: packed bytes, unpacked as they are asked for.

Refuses to unpack without a bound: whoever unpacks says how much is too much, and a `Budget` holds for all that comes
out of one input. Several packed streams behind one another count as one, as the tools for these formats have it.
"""

from __future__ import annotations

import bz2
import io
import lzma
import sys
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

from scrubber.errors import UnreadableInput

#: So much may come out of any input, however small it is.
FREE_BYTES = 64_000_000
#: Beyond that, so many times the size of the input. Scraped text packs 3 to 20 times, tables and logs up to 100.
MOST_RATIO = 200
#: Memory that an xz stream may ask for its dictionary: `xz -9` needs 65 MB.
_XZ_MEMORY_BYTES = 256 << 20
#: Largest window of a zst stream, as a power of 2: 128 MB, as the `zstd` program allows unless told otherwise.
_ZST_WINDOW_LOG = 27
_PIECE_BYTES = 1 << 16


class TooMuch(UnreadableInput):
    """More comes out of an input than any text packs to."""


class Budget:
    """What may come out of one input of `packed` bytes, all its codings together."""

    def __init__(self, packed: int) -> None:
        self.left = max(FREE_BYTES, packed * MOST_RATIO)

    def take(self, size: int) -> None:
        """Note that `size` bytes have come out. Raises `TooMuch`."""
        self.left -= size
        if self.left < 0:
            raise TooMuch(
                f"unpacks to more than {MOST_RATIO} times its size, as no text does; the rest of it was not read.",
                hint="If you trust it, unpack it first.",
            )


class _Gzip:
    """zlib's object with the manners of the others."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


def _zst() -> Any:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZST_WINDOW_LOG})


_MAKERS: dict[str, Callable[[], Any]] = {
    "gz": _Gzip,
    "bz2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY_BYTES),
    "zst": _zst,
}


class _Unpacked(io.RawIOBase):
    """The bytes behind a coding, one after the other. Raises `UnreadableInput` where they are cut off or damaged."""

    def __init__(self, source: BinaryIO, coding: str, budget: Budget) -> None:
        super().__init__()
        self._source, self._coding, self._budget = source, coding, budget
        self._make = _MAKERS[coding]
        self._inner: Any = None
        self._pending = b""

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        room = memoryview(into)
        piece = self._next(min(len(room), _PIECE_BYTES)) if len(room) else b""
        room[: len(piece)] = piece
        self._budget.take(len(piece))
        return len(piece)

    def _next(self, most: int) -> bytes:
        """Some bytes, at most `most`; none at the end."""
        while (self._inner is not None and not self._inner.eof) or self._begin():
            feed, self._pending = self._pending, b""
            if not feed and self._inner.needs_input:
                feed = self._source.read(_PIECE_BYTES)
            piece = self._given(feed, most)
            if piece:
                return piece
            if not feed and not self._inner.eof and self._inner.needs_input:
                raise self._wrong("is cut off")
        return b""

    def _begin(self) -> bool:
        """Begin the next stream; whether there is one. Streams may be filled up with zeros."""
        first = self._inner is None
        pending: bytes = b"" if first else self._inner.unused_data
        while not (pending if first else pending.lstrip(b"\0")):
            pending = self._source.read(_PIECE_BYTES)
            if not pending:
                if first:
                    raise self._wrong("is empty, which no packed file is")
                return False
        self._inner, self._pending = self._make(), pending if first else pending.lstrip(b"\0")
        return True

    def _given(self, feed: bytes, most: int) -> bytes:
        try:
            piece: bytes = self._inner.decompress(feed, most)
            return piece
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, MemoryError) as error:
            why = "needs too much memory" if _asks_too_much(error) else "is damaged, or is none"
        except Exception as error:
            if type(error).__name__ != "ZstdError":
                raise
            why = "needs too much memory" if _asks_too_much(error) else "is damaged, or is none"
        raise self._wrong(why)

    def _wrong(self, why: str) -> UnreadableInput:
        return UnreadableInput(f"its {self._coding} data {why}.", hint="Fetch it again, if it can be had.")


def _asks_too_much(error: BaseException) -> bool:
    return isinstance(error, MemoryError) or "emory" in str(error)


def unpacked_stream(source: BinaryIO, coding: str, budget: Budget) -> BinaryIO:
    """What `source` holds behind its coding, as a stream in flat memory."""
    return io.BufferedReader(_Unpacked(source, coding, budget), _PIECE_BYTES)


def read_at_most(source: BinaryIO, max_bytes: int) -> bytes:
    """All bytes of `source`. Raises `UnreadableInput` for more than `max_bytes`, and what `source` raises."""
    pieces: list[bytes] = []
    left = max_bytes
    while piece := source.read(min(_PIECE_BYTES, left + 1)):
        left -= len(piece)
        if left < 0:
            raise UnreadableInput(
                f"has more bytes than limits.max-bytes ({max_bytes:,}).",
                hint="Raise the limit in the configuration.",
            )
        pieces.append(piece)
    return b"".join(pieces)


def unpack(content: bytes, coding: str, max_bytes: int) -> bytes:
    """One packed document, unpacked. Raises `UnreadableInput`."""
    return read_at_most(unpacked_stream(io.BytesIO(content), coding, Budget(len(content))), max_bytes)
