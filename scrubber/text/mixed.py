"""Files whose lines are in two encodings: UTF-8 and one other, as when a footer was added by another program.

Decided line by line, by what each decodes as; the lines that are no UTF-8 are judged together, and so are those that
are. Refuses files of two encodings of which none is UTF-8: nothing parts them but guessing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from scrubber.text.candidates import LONG_SAMPLE_BYTES, rank, reading, sample_of
from scrubber.text.characters import UNITS_PER_BIT, cheapest
from scrubber.text.repair import BadRun, decode_recording

_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ESCAPED = re.compile("[\udc80-\udcff]").search
_ASCII = bytes(range(0x80))
_ASCII_ONLY, _UTF8, _OTHER = range(3)

#: So many bytes that are no UTF-8 may be damage; one line with more of them is needed for a second encoding.
_DAMAGED_BYTES = 3

#: What the lines that are valid UTF-8 must be ahead by: four characters are, one of GBK that happens to be valid is not.
_LEAD_BITS = 24
_LEAST_LETTERS = 2


class Segment(NamedTuple):
    """Bytes of whole lines, all UTF-8 (or ASCII) or all something else."""

    start: int
    end: int
    is_utf8: bool


class Parts(NamedTuple):
    """A file taken apart: its segments in order, and the lines that are no UTF-8, joined."""

    segments: tuple[Segment, ...]
    other: bytes


def parts_of(data: bytes) -> Parts | None:
    """The parts of `data`, if some lines hold UTF-8 and others something else; not if they are merely damaged. O(n)."""
    # A byte that is no UTF-8 is a surrogate then: quicker than an exception for each line.
    shown = data.decode("utf-8", "surrogateescape").split("\n")
    kinds = [_ASCII_ONLY if line.isascii() else _OTHER if _ESCAPED(line) else _UTF8 for line in shown]
    if _UTF8 not in kinds or _OTHER not in kinds:
        return None
    # Each once: what stands in a file a hundred times by chance is not a hundred times as telling.
    valid = tuple(dict.fromkeys(line for line, kind in zip(shown, kinds, strict=True) if kind == _UTF8))
    if max(map(_letters, valid)) < _LEAST_LETTERS or not _reads_as_utf8("\n".join(valid).encode("utf-8")):
        return None
    lines = data.split(b"\n")
    other: list[bytes] = []
    segments: list[Segment] = []
    start = end = 0
    before, clear = True, False
    for line, kind in zip(lines, kinds, strict=True):
        is_utf8 = True
        if kind == _OTHER:
            above, in_sequences = _above_ascii(line)
            if 10 * in_sequences < 8 * above and above - in_sequences >= min(in_sequences, _DAMAGED_BYTES + 1):
                is_utf8 = False
                other.append(line)
                clear = clear or above - in_sequences > _DAMAGED_BYTES
        if is_utf8 is not before:
            segments.append(Segment(start, end, before))
            start, before = end, is_utf8
        end += len(line) + 1
    segments.append(Segment(start, len(data), before))
    joined = b"\n".join(other)
    if not clear or not _are_apart("\n".join(valid).encode("utf-8"), joined):
        return None
    return Parts(tuple(segment for segment in segments if segment.end > segment.start), joined)


def _letters(line: str) -> int:
    """How many characters beyond ASCII."""
    return len(line) - len(line.encode("ascii", "ignore"))


def _above_ascii(line: bytes) -> tuple[int, int]:
    """How many bytes of `line` are above ASCII, and how many of them make up UTF-8 sequences."""
    return len(line.translate(None, _ASCII)), sum(map(len, _SEQUENCE.findall(line)))


def _reads_as_utf8(valid: bytes) -> bool:
    """Whether lines that are valid UTF-8 read better so than in any candidate: two letters of GBK can be valid."""
    sample = sample_of(valid, LONG_SAMPLE_BYTES)
    least = cheapest(sample.decode("utf-8", "ignore")) + _LEAD_BITS * UNITS_PER_BIT
    return least < rank(sample, at_start=False)[0].cost


def _are_apart(valid: bytes, other: bytes) -> bool:
    """Whether the UTF-8 lines read better so than in the encoding that the other lines are in."""
    sample = sample_of(valid, LONG_SAMPLE_BYTES)
    best = rank(sample_of(other, LONG_SAMPLE_BYTES), at_start=False)[0].candidate
    return cheapest(sample.decode("utf-8", "ignore")) < cheapest(reading(sample, best.codec), best.languages)


def read_parts(data: bytes, parts: Parts, codec: str, *, limit: int) -> tuple[str, tuple[BadRun, ...]]:
    """The text of `data`, lines that are no UTF-8 read as `codec`; and all bad runs. O(n).

    Raises TooManyBadRuns past `limit`, and UnicodeError.
    """
    texts: list[str] = []
    runs: list[BadRun] = []
    length = 0
    for segment in parts.segments:
        text, found = decode_recording(
            data[segment.start : segment.end],
            "utf-8" if segment.is_utf8 else codec,
            limit=limit - len(runs),
            skipped=segment.start,
        )
        runs += [BadRun(run.text_offset + length, run.byte_offset, run.raw) for run in found]
        length += len(text)
        texts.append(text)
    return "".join(texts), tuple(runs)
