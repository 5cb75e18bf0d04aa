"""How the blocks of a page are written: counts of their kinds of characters and words, all blocks in one go.

The classes of characters are those of `text/writing.py`; the page's text is classed once, and counted with numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from msgspec import Struct

from scrubber.detect.cues import FAMILIES, cues_of
from scrubber.detect.line_reading import scale_of
from scrubber.text.terms import is_byline
from scrubber.text.writing import CLASSES, FUNCTION_WORDS

_PARTS = 64
#: Longer blocks are not asked for a date, an address or cues.
_SHORT_WEIGHT = 120
#: Function words are counted in so many code points of a block.
_WORDED_CHARS = 2_000
_LETTERS = 'FC0Aa.,|:"? '
_CODE_OF = {letter: number for number, letter in enumerate(_LETTERS)}
_F, _C, _DIGIT, _CAPITAL, _SMALL, _SENTENCE, _COMMA, _SEPARATOR, _COLON, _QUOTE, _OTHER, _BLANK = range(len(_LETTERS))

#: Names of the columns, in their order.
WRITTEN: tuple[str, ...] = (
    "weight", "tokens", "wide share", "digit share", "capital share", "separator share", "quote share", "space share",
    "other share", "sentence marks", "commas", "colons", "mark density", "capitalised words", "function words",
    "letters a word", "ends in a mark", "ends in a quote", "ends in a colon", "ends in a digit", "begins small",
    "begins with a digit", "begins with a quote", "begins with a separator", "date or source", "address", "copyright",
    *(f"cue of {family}" for family in FAMILIES),
)  # fmt: skip


def scaled(numbers: Any) -> Any:
    """`scale_of` for an array of whole numbers from 0 on. O(n)."""
    import numpy as np

    numbers = np.asarray(numbers, dtype=np.int64)
    if not numbers.size or numbers.max() < len(_SCALES):
        return _scales()[numbers]
    numbers = numbers.copy()
    shift = np.zeros_like(numbers)
    large = numbers >= len(_SCALES)
    while large.any():
        numbers[large] >>= 4
        shift[large] += 64
        large = numbers >= len(_SCALES)
    return _scales()[numbers] + shift


_SCALES = [scale_of(number) for number in range(4096)]


@cache
def _scales() -> Any:
    import numpy as np

    return np.array(_SCALES, dtype=np.int64)


class Written(Struct, frozen=True):
    """Counts by block, as arrays of integers, and the columns of `WRITTEN`."""

    length: Any
    weight: Any
    wide: Any
    sentences: Any
    commas: Any
    tokens: Any
    dated: Any
    columns: tuple[Any, ...]


def written_in(texts: Sequence[str]) -> Written:
    """How some blocks, none of them empty, are written. O(code points)."""
    import numpy as np

    count = len(texts)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    classes = "".join(texts).translate(CLASSES).encode("ascii")
    codes = _codes()[np.frombuffer(classes, dtype=np.uint8)]
    block = np.repeat(np.arange(count), lengths)
    counts = np.bincount(block * len(_LETTERS) + codes, minlength=count * len(_LETTERS)).reshape(count, len(_LETTERS))
    stops = np.cumsum(lengths)
    starts = stops - lengths
    wide = counts[:, _C] + counts[:, _F]
    weight = (2 * lengths + 3 * wide) // 2
    written = (codes == _SMALL) | (codes == _CAPITAL) | (codes == _DIGIT)
    begins = written.copy()
    begins[1:] &= ~written[:-1]
    begins[starts] = written[starts]
    words = np.bincount(block[begins], minlength=count)
    capitalised = np.bincount(block[begins & (codes == _CAPITAL)], minlength=count)
    letters = counts[:, _SMALL] + counts[:, _CAPITAL]
    sentences, commas = counts[:, _SENTENCE], counts[:, _COMMA]
    is_wide = 10 * wide > 3 * lengths
    first, last = codes[starts], codes[stops - 1]
    short = weight < _SHORT_WEIGHT
    said = _said(texts, short.tolist(), is_wide.tolist())
    function = np.where(is_wide, counts[:, _F], np.array(said.function_words, dtype=np.int64))
    tokens = wide + words
    dated = np.array(said.dated, dtype=np.int64)
    columns = (
        scaled(weight), scaled(tokens), *(_PARTS * part // lengths for part in (
            wide, counts[:, _DIGIT], counts[:, _CAPITAL], counts[:, _SEPARATOR], counts[:, _QUOTE], counts[:, _BLANK],
            counts[:, _OTHER],
        )),
        np.minimum(30, sentences), np.minimum(30, commas), np.minimum(3, counts[:, _COLON]),
        np.minimum(255, _PARTS * 20 * (sentences + commas) // (weight + 20)),
        _PARTS * capitalised // np.maximum(1, words),
        np.minimum(_PARTS, _PARTS * function // np.maximum(1, np.where(is_wide, wide, words))),
        np.minimum(_PARTS, 4 * letters // np.maximum(1, words)),
        *((last == one).astype(np.int64) for one in (_SENTENCE, _QUOTE, _COLON, _DIGIT)),
        *((first == one).astype(np.int64) for one in (_SMALL, _DIGIT, _QUOTE, _SEPARATOR)),
        dated, np.array(said.addressed, dtype=np.int64), np.array(said.copyrighted, dtype=np.int64),
        *np.array(said.cues, dtype=np.int64).reshape(count, len(FAMILIES)).T,
    )  # fmt: skip
    return Written(lengths, weight, wide, sentences, commas, tokens, dated, columns)


@cache
def _codes() -> Any:
    """Code of a class letter, by its ASCII code."""
    import numpy as np

    table = np.full(128, _OTHER, dtype=np.int64)
    for letter, code in _CODE_OF.items():
        table[ord(letter)] = code
    return table


class _Said(Struct, frozen=True):
    """What the words of each block say."""

    function_words: list[int]
    dated: list[int]
    addressed: list[int]
    copyrighted: list[int]
    cues: list[tuple[int, ...]]


def _said(texts: Sequence[str], short: Sequence[bool], wide: Sequence[bool]) -> _Said:
    nothing = (0,) * len(FAMILIES)
    rows = [
        _said_in_short(text, is_wide)
        if is_short
        else (0 if is_wide else _function_words(text[:_WORDED_CHARS].lower()), 0, 0, 0, nothing)
        for text, is_short, is_wide in zip(texts, short, wide, strict=True)
    ]
    return _Said(*map(list, zip(*rows, strict=True)))


def _function_words(key: str) -> int:
    return sum(map(FUNCTION_WORDS.__contains__, key.split()))


@lru_cache(maxsize=8192)
def _said_in_short(text: str, is_wide: bool) -> tuple[int, int, int, int, tuple[int, ...]]:
    """The same for one short block, in the order of `_Said`; kept, because pages of a site share theirs."""
    key = text.lower()
    return (
        0 if is_wide else _function_words(key),
        int(is_byline(key)),
        int("http" in key or "www." in key or "@" in key or ".com" in key),
        int("©" in key or "copyright" in key or "版权" in key),
        cues_of(key, is_wide=is_wide),
    )
