"""Postings of an index: which texts have which band keys, as sorted runs of entries packed into small blocks.

An entry is a number below 2**63: 31 bits of a band's key above 32 bits of the text's digest. Both come from the
text alone, so an index holds the same blocks whatever the order in which documents came. A block holds the entries
from its first one on: one byte of width, the keys less the first key in that many bytes each, then the digests.
Refuses to know bands and files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KEY_BITS = 31
PREFIX_BITS = 32
PREFIX_BYTES = PREFIX_BITS // 8
PREFIX_MASK = (1 << PREFIX_BITS) - 1
#: Largest entry.
MAX_ENTRY = (1 << (KEY_BITS + PREFIX_BITS)) - 1

#: A row of SQLite's WITHOUT ROWID tables stays in its page of 4,096 bytes up to 1,002 bytes; four of these fill it.
MAX_BLOCK_BYTES = 981

_MAX_WIDTH = 4


def _room(width: int) -> int:
    """How many entries fit a block."""
    return (MAX_BLOCK_BYTES - 1) // (width + PREFIX_BYTES)


def packed_blocks(entries: NDArray[np.uint64], *, loose: bool = False) -> Iterator[tuple[int, bytes]]:
    """Ascending, distinct entries as blocks, each with its first entry; full ones, or `loose` about half full. O(n)."""
    if loose and len(entries) > _fitting(entries)[1]:
        middle = len(entries) // 2
        yield from packed_blocks(entries[:middle], loose=True)
        yield from packed_blocks(entries[middle:], loose=True)
        return
    at = 0
    while at < len(entries):
        width, count = _fitting(entries[at : at + _room(1)])
        yield int(entries[at]), _packed(entries[at : at + count], width)
        at += count


def _fitting(entries: NDArray[np.uint64]) -> tuple[int, int]:
    """The narrowest width at which a full block of these can be made, and how many entries then go in."""
    first = int(entries[0]) >> PREFIX_BITS
    for width in range(1, _MAX_WIDTH):
        count = min(_room(width), len(entries))
        if ((int(entries[count - 1]) >> PREFIX_BITS) - first).bit_length() <= 8 * width:
            return width, count
    return _MAX_WIDTH, min(_room(_MAX_WIDTH), len(entries))


def _packed(entries: NDArray[np.uint64], width: int) -> bytes:
    import numpy as np

    keys = entries >> np.uint64(PREFIX_BITS)
    offsets = (keys - keys[0]).astype(">u4").view(np.uint8).reshape(-1, 4)[:, 4 - width :]
    prefixes = (entries & np.uint64(PREFIX_MASK)).astype(">u4")
    return b"".join((bytes((width,)), offsets.tobytes(), prefixes.tobytes()))


def unpacked_block(first: int, block: bytes) -> NDArray[np.uint64]:
    """The entries of a block, ascending. Raises ValueError for what is no block."""
    import numpy as np

    width, count = _shape(block)
    offsets = np.zeros((count, 4), dtype=np.uint8)
    offsets[:, 4 - width :] = np.frombuffer(block, np.uint8, width * count, 1).reshape(-1, width)
    keys = offsets.view(">u4").ravel().astype(np.uint64) + np.uint64(first >> PREFIX_BITS)
    prefixes = np.frombuffer(block, ">u4", count, 1 + width * count).astype(np.uint64)
    return (keys << np.uint64(PREFIX_BITS)) | prefixes


def _shape(block: bytes) -> tuple[int, int]:
    width = block[0] if block else 0
    count, rest = divmod(len(block) - 1, width + PREFIX_BYTES)
    if not 1 <= width <= _MAX_WIDTH or rest or not count or len(block) > MAX_BLOCK_BYTES:
        raise ValueError("not a block of entries")
    return width, count


def prefixes_in(first: int, block: bytes, key: int) -> tuple[Sequence[int], bool]:
    """The digests of a key in a block, ascending, and whether the next block may hold more of it. Without numpy.

    Raises ValueError for what is no block. O(entries), a few hundred nanoseconds where the key is not there.
    """
    width, count = _shape(block)
    offset = key - (first >> PREFIX_BITS)
    keys_end = 1 + width * count
    if offset < 0 or offset.bit_length() > 8 * width:
        return (), offset > 0
    wanted = offset.to_bytes(width, "big")
    at = block.find(wanted, 1, keys_end)
    while at >= 0 and (at - 1) % width:
        at = block.find(wanted, at + 1, keys_end)
    begin = number = (at - 1) // width if at >= 0 else count
    while number < count and block[1 + number * width : 1 + (number + 1) * width] == wanted:
        number += 1
    found = [
        int.from_bytes(block[place : place + PREFIX_BYTES], "big")
        for place in range(keys_end + begin * PREFIX_BYTES, keys_end + number * PREFIX_BYTES, PREFIX_BYTES)
    ]
    return found, block[keys_end - width : keys_end] <= wanted
