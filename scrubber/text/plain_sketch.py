"""Signatures and band keys of a few texts by plain integers, without numpy: what a look-up in an index needs.

Values are those of `sketch.signatures` and `sketch.band_keys` (tested). All permutations of one shingle are one
product of two long integers, each permutation in a lane of 64 bits. Refuses to import anything heavy; past
`MOST_PLAIN_CHARS` the vectorised form is quicker, though its import takes a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scrubber.text.shingle import shingle_hashes

#: Texts of so many code points together are sketched here, at 2 us each; more of them with numpy.
MOST_PLAIN_CHARS = 150_000

_LANE = 64
_MASK_32 = (1 << 32) - 1
_MASK_64 = (1 << 64) - 1


class Permutations(NamedTuple):
    """Factors and summands of MinHash permutations, 32 bits each, in order."""

    factors: tuple[int, ...]
    summands: tuple[int, ...]

    def packed(self) -> bytes:
        """Both as bytes, 4 of each, little-endian."""
        return b"".join(value.to_bytes(4, "little") for value in (*self.factors, *self.summands))

    @classmethod
    def unpacked(cls, packed: bytes) -> Permutations:
        """What `packed` gave. Raises ValueError where bytes are left over.

        >>> Permutations.unpacked(Permutations((1, 3), (5, 7)).packed())
        Permutations(factors=(1, 3), summands=(5, 7))
        """
        if len(packed) % 8:
            raise ValueError("not a number of permutations")
        values = tuple(int.from_bytes(packed[at : at + 4], "little") for at in range(0, len(packed), 4))
        return cls(values[: len(values) // 2], values[len(values) // 2 :])


class PlainSketcher:
    """Makes signatures under one set of permutations."""

    def __init__(self, permutations: Permutations) -> None:
        self._count = len(permutations.factors)
        self._factors = _lanes(permutations.factors)
        self._summands = _lanes(permutations.summands)
        ones = _lanes([1] * self._count)
        self._low = ones * _MASK_32
        self._top = ones << 32

    def signature(self, text: str, k: int) -> tuple[int, ...]:
        """The MinHash values of one text; all 32 bits set where it is shorter than `k`. About 2 us a shingle."""
        factors, summands, low, top = self._factors, self._summands, self._low, self._top
        least = low
        for number in shingle_hashes(text, k):
            value = number & _MASK_32
            # MurmurHash3's 32-bit finaliser, as datasketch has it before its permutations.
            value ^= value >> 16
            value = value * 0x85EBCA6B & _MASK_32
            value ^= value >> 13
            value = value * 0xC2B2AE35 & _MASK_32
            value ^= value >> 16
            # A lane holds less than 2**64, so no product reaches into the next one.
            permuted = (factors * value + summands) & low
            larger = ((least | top) - permuted) & top
            least ^= (least ^ permuted) & (larger - (larger >> 32))
        return tuple([least >> at & _MASK_32 for at in range(0, self._count * _LANE, _LANE)])


def _lanes(values: Sequence[int]) -> int:
    return sum(value << (_LANE * number) for number, value in enumerate(values))


def plain_band_keys(signature: Sequence[int], bands: int, rows: int) -> list[int]:
    """One 64-bit key for each band of a signature, equal to those of `sketch.band_keys`. O(bands * rows)."""
    keys: list[int] = []
    for band in range(bands):
        key = 0
        for value in signature[band * rows : (band + 1) * rows]:
            key = (key * 0x9E3779B97F4A7C15 + value) & _MASK_64
            key ^= key >> 33
            key = key * 0xFF51AFD7ED558CCD & _MASK_64
            key ^= key >> 33
        keys.append(key)
    return keys
