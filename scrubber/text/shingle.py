"""Shingles: the overlapping runs of k code points that a text is made of, as strings and as 64-bit numbers.

Code points, not words: Chinese has no spaces to part words by. Refuses to compare texts, which `sketch` is
for. The recipe below decides the numbers; signatures made with another recipe do not compare.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Shingle length for Han, kana and hangul, and for every other script (DESIGN.md §6).
DENSE_SCRIPT_K = 3
SPACED_SCRIPT_K = 5

#: Base of the polynomial (2**64 by the golden ratio), and the factors of MurmurHash3's 64-bit finaliser.
_BASE = 0x9E3779B97F4A7C15
_MIX_1 = 0xFF51AFD7ED558CCD
_MIX_2 = 0xC4CEB9FE1A85EC53
_MASK = (1 << 64) - 1

#: What the numbers depend on. It is stored beside every signature; a change of anything above changes it.
SHINGLE_RECIPE = f"code-points-1 k={DENSE_SCRIPT_K}/{SPACED_SCRIPT_K} base={_BASE:016x} mix=fmix64"

#: Shingles that are hashed at a time. They fit the cache; one big array is four times slower.
CHUNK_SHINGLES = 1 << 15

#: Samples kept of one text. 4,000 tell texts of any length apart, and bound the memory that one takes.
MAX_SAMPLES = 4_000
_SAMPLE_CHUNK_CHARS = 1 << 16

#: Runs of letters of any script, and of those that are written without spaces.
LETTERS = re.compile(r"[^\W\d_]+")
#: Bopomofo and kana, Han, hangul syllables and jamo, Han of the second and third plane.
DENSE_LETTERS = re.compile(
    "[\u3005-\u3007\u3040-\u312f\u3131-\u318e\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\u1100-\u11ff\uf900-\ufaff\U00020000-\U0003ffff]+"
)


def shingle_length(text: str) -> int:
    """3 where most letters are Han, kana or hangul, else 5. O(n).

    >>> shingle_length("渡轮今天返航 ferry"), shingle_length("The ferry 渡轮")
    (3, 5)
    """
    if text.isascii():
        return SPACED_SCRIPT_K
    dense = sum(map(len, DENSE_LETTERS.findall(text)))
    letters = sum(map(len, LETTERS.findall(text)))
    return DENSE_SCRIPT_K if dense * 2 > letters else SPACED_SCRIPT_K


def shingles(text: str, k: int) -> frozenset[str]:
    """All runs of `k` code points of a text; none for a text that is shorter. O(n).

    >>> sorted(shingles("abab", 3))
    ['aba', 'bab']
    """
    return frozenset([text[start : start + k] for start in range(len(text) - k + 1)])


def shingle_hashes(text: str, k: int) -> frozenset[int]:
    """The 64-bit numbers of all shingles of a text, without numpy; the same as `hashed_shingles` gives. O(n).

    >>> len(shingle_hashes("abab", 3)), len(shingle_hashes("ab", 3))
    (2, 0)
    """
    found: set[int] = set()
    leaving = pow(_BASE, k, 1 << 64)
    points = list(map(ord, text))
    value = 0
    for index, point in enumerate(points):
        value = value * _BASE + point
        if index >= k:
            value -= leaving * points[index - k]
        value &= _MASK
        if index >= k - 1:
            mixed = value ^ (value >> 33)
            mixed = mixed * _MIX_1 & _MASK
            mixed ^= mixed >> 33
            mixed = mixed * _MIX_2 & _MASK
            found.add(mixed ^ (mixed >> 33))
    return frozenset(found)


class HashedShingles(NamedTuple):
    """Hashes of some texts, end to end: those of text `rows[i]` begin at `starts[i]`. No text comes twice."""

    rows: NDArray[np.intp]
    starts: NDArray[np.intp]
    hashes: NDArray[np.uint64]


def hashed_shingles(texts: Sequence[str], k: int) -> Iterator[HashedShingles]:
    """The 64-bit numbers of all shingles, in order and with repeats, about `CHUNK_SHINGLES` at a time. O(n).

    Texts shorter than `k` are passed over. A long text comes in several portions.
    """
    for portion in _portions(texts, k):
        yield _hash_portion(portion, k)


def _portions(texts: Iterable[str], k: int) -> Iterator[list[tuple[int, str]]]:
    """Numbered texts, gathered or cut to about `CHUNK_SHINGLES` code points; cut ones overlap by k - 1."""
    portion: list[tuple[int, str]] = []
    chars = 0
    for row, text in enumerate(texts):
        for start in range(0, len(text) - k + 1, CHUNK_SHINGLES):
            piece = text[start : start + CHUNK_SHINGLES + k - 1]
            portion.append((row, piece))
            chars += len(piece)
            if chars >= CHUNK_SHINGLES:
                yield portion
                portion, chars = [], 0
    if portion:
        yield portion


def polynomials(text: str, k: int) -> NDArray[np.uint64]:
    """For each run of `k` code points a polynomial in them, mod 2**64: what hashes are mixed from.

    Runs are told apart by all of its low bits, not by few of the high ones: the last character stands in the lowest. O(n).
    """
    import numpy as np

    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    count = max(0, len(points) - k + 1)
    numbers = points[:count].copy()
    for offset in range(1, k):
        numbers *= np.uint64(_BASE)
        numbers += points[offset : offset + count]
    return numbers


def _hash_portion(portion: list[tuple[int, str]], k: int) -> HashedShingles:
    import numpy as np

    values = polynomials("".join(piece for _, piece in portion), k)
    lengths = np.array([len(piece) for _, piece in portion], dtype=np.intp)
    if len(portion) > 1:
        # Windows that reach over the end of a piece are no shingles of anything.
        windows = lengths - (k - 1)
        begins = np.cumsum(lengths) - lengths
        starts = np.cumsum(windows) - windows
        inside = np.arange(int(windows.sum()), dtype=np.intp) + np.repeat(begins - starts, windows)
        values = values[inside]
    else:
        starts = np.zeros(1, dtype=np.intp)
    values ^= values >> np.uint64(33)
    values *= np.uint64(_MIX_1)
    values ^= values >> np.uint64(33)
    values *= np.uint64(_MIX_2)
    values ^= values >> np.uint64(33)
    rows = np.array([row for row, _ in portion], dtype=np.intp)
    return HashedShingles(rows, starts, values)


@cache
def _sampler() -> re.Pattern[str]:
    """One pattern for all scripts: a character of a fixed class, and what follows it.

    About a seventh of running text begins a sample: thirteen letters of the Latin alphabet, every fourth
    character of the other scripts. Compiled on first use: it takes 2 ms.
    """
    spaced = "bcdfghlmpuvwy" + _ranges(0x80, 0x1100, 4, 16) + _ranges(0x1200, 0x3000, 4, 16)
    dense = _ranges(0x1100, 0x1200, 16, 64) + _ranges(0x3040, 0xD7C0, 16, 64) + "\U00010000-\U0010ffff"
    return re.compile(f"[{dense}]..|[{spaced}]....", re.DOTALL)


def _ranges(first: int, stop: int, taken: int, step: int) -> str:
    return "".join(f"{chr(point)}-{chr(point + taken - 1)}" for point in range(first, stop, step))


def samples(text: str) -> set[str]:
    """Some short runs of a folded text, chosen by their first character: texts that share many may be alike.

    The choice depends on the characters alone, so an edit changes only the samples around it. Of the distinct
    runs the `MAX_SAMPLES` smallest are kept. O(n), about 15 ns a code point.
    """
    find = _sampler().findall
    if len(text) <= _SAMPLE_CHUNK_CHARS:
        found = set(find(text))
        return found if len(found) <= MAX_SAMPLES else set(sorted(found)[:MAX_SAMPLES])
    found = set()
    for start in range(0, len(text), _SAMPLE_CHUNK_CHARS):
        found.update(find(text, start, start + _SAMPLE_CHUNK_CHARS))
        if len(found) > MAX_SAMPLES:
            found = set(sorted(found)[:MAX_SAMPLES])
    return found
