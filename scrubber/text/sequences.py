"""Counting what looks like UTF-8 in bytes, by lead and continuation bytes alone. Refuses to say whether it is valid."""

from __future__ import annotations

_ASCII = bytes(range(0x80))
#: Each byte to its kind: continuation, lead of two, three or four bytes, anything else.
_KINDS = bytes(
    ord("c" if 0x80 <= byte < 0xC0 else "2" if 0xC2 <= byte < 0xE0 else "3" if 0xE0 <= byte < 0xF0 else "4")
    if 0x80 <= byte < 0xF5 and byte not in (0xC0, 0xC1)
    else ord("-")
    for byte in range(256)
)


def bytes_above_ascii(data: bytes) -> int:
    """How many bytes are above ASCII. O(n)."""
    return len(data.translate(None, _ASCII))


def bytes_in_sequences(data: bytes) -> int:
    """How many bytes make up UTF-8 sequences: a lead byte with all that it calls for. O(n), quicker than a pattern.

    >>> bytes_in_sequences("é渡\\u2014".encode() + b"\\xe2\\x80 \\xff")
    8
    """
    kinds = data.translate(_KINDS)  # sequences hold one lead byte each, in front, so that none overlap
    return 2 * kinds.count(b"2c") + 3 * kinds.count(b"3cc") + 4 * kinds.count(b"4ccc")
