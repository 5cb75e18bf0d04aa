"""What one line of a text says by itself, in whole numbers, whatever stands around it: the line model's first look.

Kept for some thousand lines, because every pass over a document sees most of them again. Refuses to look at neighbours,
rules and places, which `line_features.py` does.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from typing import NamedTuple

from scrubber.detect.cues import FAMILIES, cues_of
from scrubber.text.terms import is_byline, terms
from scrubber.text.writing import Writing, writing_of

#: Shares are counted in so many parts.
PARTS = 64
#: Longer lines have no shape that others could share, and are not asked for a date.
_SHORT_WEIGHT = 120
_SHAPE_CHARS = 16
#: Lines without punctuation are worth so many tenths of their weight.
_BARE_TENTHS = 4
#: Words are counted in so many code points of a line.
_WORDED_CHARS = 600
#: Lines are looked at again in every pass, so that what was read of so many, no longer than this, is kept.
_KEPT_LINES, _KEPT_CHARS = 8192, 400
_KEPT_LONG_LINES, _KEPT_LONG_CHARS = 512, 4000

#: Names of what a row says of a line by itself.
OF_LINE = (
    "weight",
    "wide share",
    "digit share",
    "sentence marks",
    "commas",
    "separator share",
    "mark density",
    "closed",
    "sentence end",
    "function words",
    "capital share",
    "capitalised words",
    "colons",
    "quote share",
    "space share",
    "colon at end",
    "date or source",
    "address",
)
#: The numbers that are read off one line.
PACKED: tuple[str, ...] = (*OF_LINE, *FAMILIES, "text", "half-widths", "wide", "length")

Row = tuple[int, ...]


def scale_of(number: int) -> int:
    """`floor(16 * log2(1 + number))` for numbers from 0 to 4,095; of greater ones only the upper bits count.

    >>> [scale_of(number) for number in (0, 1, 3, 100, 1 << 20)]
    [0, 16, 32, 106, 320]
    """
    shift = 0
    while number >= _SCALED:
        number >>= 4
        shift += 64
    return SCALES[number] + shift


_SCALED = 4096
#: The scale of each number below 4,096.
SCALES = [((number + 1) ** 16).bit_length() - 1 for number in range(_SCALED)]


class LineRead(NamedTuple):
    """What one line says whatever stands around it. `packed` are the numbers `PACKED` as 64-bit integers of the machine."""

    writing: Writing
    worth: int
    cells: Row
    shape: str
    words: frozenset[str]
    cues: Row
    packed: bytes


def read_line(line: str, key: str) -> LineRead:
    """What a line that is not blank says; `key` is its folded form. O(n), kept for some thousand lines."""
    if len(line) <= _KEPT_CHARS:
        return _kept(line, key)
    return _kept_long(line, key) if len(line) <= _KEPT_LONG_CHARS else _line_of(line, key)


def _line_of(line: str, key: str) -> LineRead:
    writing = writing_of(line, key)
    short = writing.weight < _SHORT_WEIGHT
    worth, cells = _worth(writing), _cells_of(key, writing)
    cues = cues_of(key, is_wide=writing.is_wide) if short else (0,) * len(FAMILIES)
    return LineRead(
        writing=writing,
        worth=worth,
        cells=cells,
        shape=writing.shape[:_SHAPE_CHARS] if short else "",
        words=terms(key[:_WORDED_CHARS]),
        cues=cues,
        packed=array("q", (*cells, *cues, worth, writing.weight, writing.wide, writing.length)).tobytes(),
    )


_kept = lru_cache(_KEPT_LINES)(_line_of)
_kept_long = lru_cache(_KEPT_LONG_LINES)(_line_of)


def _worth(line: Writing) -> int:
    """How much text a line brings: its weight, less if nothing in it is punctuated."""
    return line.weight if line.sentences + line.commas else line.weight * _BARE_TENTHS // 10


def _cells_of(key: str, line: Writing) -> Row:
    short = line.weight < _SHORT_WEIGHT
    return (
        scale_of(line.weight),
        PARTS * line.wide // line.length,
        PARTS * line.digits // line.length,
        min(line.sentences, 20),
        min(line.commas, 20),
        PARTS * line.separators // line.length,
        min(255, PARTS * 20 * (line.sentences + line.commas) // (line.weight + 20)),
        line.closed,
        line.ends_sentence,
        PARTS * line.function_words // max(1, line.wide if line.is_wide else line.words),
        PARTS * line.capitals // line.length,
        PARTS * line.capitalised // max(1, line.words),
        min(line.colons, 3),
        PARTS * line.quotes // line.length,
        PARTS * line.spaces // line.length,
        line.ends_in_colon,
        int(short and is_byline(key)),
        int(short and ("http" in key or "www." in key or "@" in key or ".com" in key)),
    )
