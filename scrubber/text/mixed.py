"""Files whose lines are in two encodings: UTF-8 and one other, as when a footer was added by another program.

Decided line by line, by what each decodes as; the lines that are no UTF-8 are judged together, and so are those that
are. Refuses files of two encodings of which none is UTF-8: nothing parts them but guessing.
"""

from __future__ import annotations

import io
import re
from typing import NamedTuple

from scrubber.text.candidates import LONG_SAMPLE_BYTES, rank, reading, sample_of
from scrubber.text.characters import UNITS_PER_BIT, cheapest
from scrubber.text.repair import BadRun, decode_recording
from scrubber.text.sequences import bytes_above_ascii, bytes_in_sequences

#: What `surrogateescape` shows of bytes that are no UTF-8.
_ESCAPED = re.compile("[\udc80-\udcff]")

#: So many bytes that are no UTF-8 may be damage; one line with more of them is needed for a second encoding.
_DAMAGED_BYTES = 3
_LONGEST_SEQUENCE = 4

#: What the lines that are valid UTF-8 must be ahead by: four characters are, one of GBK that happens to be valid is not.
_LEAD_BITS = 24
_LEAST_LETTERS = 2

#: So many bytes of lines of each kind are enough to judge by.
_JUDGED_BYTES = 1 << 16


class Segment(NamedTuple):
    """Bytes of whole lines, all UTF-8 (or ASCII) or all something else."""

    start: int
    end: int
    is_utf8: bool


class Parts(NamedTuple):
    """A file taken apart: its segments in order, and the first lines that are no UTF-8."""

    segments: tuple[Segment, ...]
    other: bytes


def parts_of(data: bytes) -> Parts | None:
    """The parts of `data`, if some lines hold UTF-8 and others something else; not if they are merely damaged. O(n)."""
    valid = _valid_lines(data)
    if not valid or not _reads_as_utf8(valid):
        return None
    other: list[bytes] = []
    held = start = end = 0
    segments: list[Segment] = []
    before, clear = True, False
    for line in io.BytesIO(data):
        is_utf8 = True
        if not line.isascii() and not _is_valid(line):
            above, in_sequences = bytes_above_ascii(line), bytes_in_sequences(line)
            if 10 * in_sequences < 8 * above and above - in_sequences >= min(in_sequences, _DAMAGED_BYTES + 1):
                is_utf8 = False
                clear = clear or (above - in_sequences > _DAMAGED_BYTES and not _holds_one_byte_more(line))
                if held < _JUDGED_BYTES:
                    other.append(line)
                    held += len(line)
        if is_utf8 is not before:
            segments.append(Segment(start, end, before))
            start, before = end, is_utf8
        end += len(line)
    segments.append(Segment(start, len(data), before))
    joined = b"".join(other)
    if not clear or not _are_apart(valid, joined):
        return None
    return Parts(tuple(segment for segment in segments if segment.end > segment.start), joined)


def _valid_lines(data: bytes) -> bytes:
    """The lines that are valid UTF-8 and no ASCII, each once, as far as they are judged; nothing if none has letters.

    What stands in a file a hundred times by chance is not a hundred times as telling.
    """
    found: dict[str, None] = {}
    held = letters = 0
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        if not line.isascii() and line not in found and _ESCAPED.search(line) is None:
            found[line] = None
            held += len(line)
            letters = max(letters, _letters(line))
            if held >= _JUDGED_BYTES:
                break
    return "\n".join(found).encode("utf-8") if letters >= _LEAST_LETTERS else b""


def _is_valid(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _holds_one_byte_more(line: bytes) -> bool:
    """Whether all of a line would be UTF-8 but for a single byte: one character of three or four is enough for that."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        places = range(error.start, min(error.start + _LONGEST_SEQUENCE, len(line)))
        return any(_is_valid(line[:place] + line[place + 1 :]) for place in places)
    return False


def _letters(line: str) -> int:
    """How many characters beyond ASCII."""
    return len(line) - len(line.encode("ascii", "ignore"))


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
