"""Readings that only their characters can vouch for: damaged UTF-8, two encodings line by line, other encodings.

Every reading is proved by `tolerant` before it is given out. Marks, escapes and chardet belong to `decode`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from scrubber.text import euc_tw
from scrubber.text.candidates import (
    CUT_BITS,
    FIRST_SAMPLE_BYTES,
    LONG_SAMPLE_BYTES,
    Candidate,
    Scored,
    rank,
    reading,
    sample_of,
)
from scrubber.text.characters import UNITS_PER_BIT, cheapest
from scrubber.text.charsets import MULTI_BYTE, readers_of
from scrubber.text.decoded import FEW_BAD_RUNS, Decoded, are_few, best_reading, explained, tolerant, with_reason
from scrubber.text.mixed import parts_of, read_parts
from scrubber.text.repair import BadRun, TooManyBadRuns
from scrubber.text.sequences import bytes_above_ascii, bytes_in_sequences

_SURROGATES = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
#: Letters that KOI8-U has in place of lines of boxes, beside letters that both have: KOI8-R would draw a box in a word.
_UKRAINIAN_KOI8 = re.compile(
    rb"[\xc0-\xff][\xa4\xa6\xa7\xad\xb4\xb6\xb7\xbd]|[\xa4\xa6\xa7\xad\xb4\xb6\xb7\xbd][\xc0-\xff]"
)

#: A lead of so many bits (a factor of 2**40 in likelihood) needs no longer sample; with less than the second after
#: the long one, chardet is asked.
_CLEAR_LEAD_BITS = 40
_THIN_LEAD_BITS = 6
#: In few characters one or two rare ones weigh more: a reading may be so much dearer before it is called poor.
_SHORT_BITS = 30
#: So many characters in a row that read well are no chance.
_PIECE_CHARS = 20
#: Encodings in which the second byte of a character may be an ASCII one.
_ASCII_TRAILS = frozenset(("gb18030", "big5hkscs", "cp932"))
#: A declared name wins against what is at most so much likelier: a tenth of its cost, and for names of multi-byte
#: encodings this; single-byte names prove nothing and only part what is as good as equal.
_DECLARED_MULTI_BITS = 24
_DECLARED_SINGLE_BITS = 10

#: So much of a file tells whether it is worth trying as UTF-8; a character cut off at either end may be no part of it.
_HEAD_BYTES = 1 << 16
_CUT_BYTES = 6
#: With so many bytes in UTF-8 sequences, and nine in ten of all above ASCII, a file is UTF-8 or nothing.
_UTF8_BYTES = 24
_UTF8_TENTHS = 9
#: With so many bytes in UTF-8 sequences for each that is in none nothing else is asked.
_STRONG = 12


class Verdict(NamedTuple):
    """A reading if there is one, and what speaks against it.

    `poor`: it reads like no language that the encoding is for. `rivals`: readings that are nearly as likely.
    `is_utf8`: the bytes are UTF-8 or nothing.
    """

    read: Decoded | None
    poor: bool = False
    rivals: tuple[Scored, ...] = ()
    is_utf8: bool = False


def by_lines(data: bytes) -> Decoded | None:
    """The reading as UTF-8 and one other encoding, line by line; nothing where the file is not so. O(n)."""
    parts = parts_of(data)
    if parts is None:
        return None
    best = _ranked(parts.other, at_start=False)[0].candidate
    found: list[tuple[int, str, str, tuple[BadRun, ...]]] = []
    for codec in _readers(best) if best.codec != euc_tw.NAME else ():
        try:
            text, repairs = read_parts(data, parts, codec, limit=FEW_BAD_RUNS)
        except (TooManyBadRuns, UnicodeError):
            continue
        if are_few(repairs, data, "utf-8"):
            found.append((len(repairs), codec, text, repairs))
    if not found:
        return None
    _, codec, text, repairs = min(found, key=lambda one: one[0])
    how = f"line by line, {explained(f'UTF-8 and {best.label}', repairs)}"
    return Decoded(text, f"utf-8+{codec}", 950, None, repairs, how, b"", roundtrips=False)


def by_utf8(data: bytes) -> Verdict:
    """The reading as UTF-8 with few damaged spots, where more speaks for UTF-8 than against it. O(n)."""
    head = data[:_HEAD_BYTES]
    above = bytes_above_ascii(head)
    in_sequences = bytes_in_sequences(head) + sum(map(len, _SURROGATES.findall(head)))
    if 2 * in_sequences + 2 * _CUT_BYTES < above:
        return Verdict(None)
    read = tolerant(data, "utf-8")
    if read is None:
        enough = in_sequences >= _UTF8_BYTES or _SURROGATES.search(head) is not None
        return Verdict(None, is_utf8=enough and 10 * in_sequences >= _UTF8_TENTHS * above)
    bad = sum(len(run.raw) for run in read.repairs)
    above = bytes_above_ascii(data)
    # A surrogate is no character, but nothing else than UTF-8 writes one like this.
    surrogates = 3 * len(_SURROGATES.findall(data))
    if above - bad + surrogates >= _STRONG * (bad - surrogates):
        return Verdict(read)
    sample = sample_of(_SURROGATES.sub(b"", data), LONG_SAMPLE_BYTES)
    whole = sample.decode("utf-8", "replace")
    text = reading(sample, "utf-8")
    cost = cheapest(text) + (CUT_BITS * UNITS_PER_BIT if len(text) < len(whole) else 0)
    return Verdict(read if cost < rank(sample, at_start=False)[0].cost else None)


def by_characters(data: bytes, declared: str | None) -> Verdict:
    """The reading in the candidate whose characters are likeliest, or nearly, and declared. O(n)."""
    ranked = _ranked(data, at_start=data[:1] >= b"\x80")
    chosen, how = _declared(ranked, declared) or ranked[0], "its characters"
    if chosen is not ranked[0] or (declared and _same(chosen.candidate.codec, declared)):
        how = "declared, and its characters"
    lead = _lead(ranked)
    for scored in (chosen, *(one for one in ranked if one.cost - ranked[0].cost < _CLEAR_LEAD_BITS * UNITS_PER_BIT)):
        read = read_scored(data, scored)
        if read is not None and _begins_cut(data, scored, read):
            read = read_scored(data, scored._replace(skip=1))
        if read is None:
            continue
        others = [one.candidate for one in ranked if one.candidate.codec != scored.candidate.codec]
        runner_up = others[0].label if others else None
        rivals = tuple(one for one in ranked[1:] if one.cost - ranked[0].cost < _THIN_LEAD_BITS * UNITS_PER_BIT)
        doubt = how == "its characters"
        return Verdict(
            with_reason(read, how, _confidence(lead), runner_up),
            poor=doubt
            and (
                (_is_poor(ranked[0]) and not _reads_in_part(data, ranked[0]))
                or (bool(read.repairs) and lead < _CLEAR_LEAD_BITS)
            ),
            rivals=rivals if doubt else (),
        )
    return Verdict(None)


def _begins_cut(data: bytes, scored: Scored, read: Decoded) -> bool:
    """Whether an ASCII byte in front is the end of a character: where the file is cut at its end, so it may be there.

    In a file that begins as it should a single ASCII letter hardly ever stands right before a Chinese character.
    """
    if scored.candidate.codec not in _ASCII_TRAILS or scored.skip or not read.repairs or len(data) < 2:
        return False
    last = read.repairs[-1]
    cut_behind = last.byte_offset + len(last.raw) == len(data) and len(last.raw) == 1
    return cut_behind and 0x40 <= data[0] <= 0x7E and data[1] > 0x80


def _ranked(data: bytes, *, at_start: bool) -> list[Scored]:
    """Candidates by a first sample, and by a long one where that leaves doubt, or where the file may be damaged."""
    sample = sample_of(data, FIRST_SAMPLE_BYTES)
    ranked = rank(sample, at_start=at_start)
    if len(sample) >= FIRST_SAMPLE_BYTES and (_lead(ranked) < _CLEAR_LEAD_BITS or _is_poor(ranked[0])):
        ranked = rank(sample_of(data, LONG_SAMPLE_BYTES), at_start=at_start)
    return ranked


def _lead(ranked: list[Scored]) -> int:
    """By how many bits the best candidate is ahead of the next encoding."""
    best = ranked[0]
    for other in ranked[1:]:
        if other.candidate.codec != best.candidate.codec:
            return (other.cost - best.cost) // UNITS_PER_BIT
    return 1000


def _confidence(lead_bits: int) -> int:
    """A lead of nothing is as good as even chances; 50 bits and more are as sure as guessing gets."""
    return min(990, 500 + 10 * lead_bits)


def _is_poor(best: Scored) -> bool:
    """Whether even the best candidate reads like no language of its own, so that others should be heard."""
    return best.cost > (best.candidate.most_bits * best.length + _SHORT_BITS) * UNITS_PER_BIT


def _reads_in_part(data: bytes, best: Scored) -> bool:
    """Whether a third of it reads well: one damaged byte tears all two-byte characters behind it in a line."""
    if not best.candidate.multi_byte:
        return False
    text = reading(sample_of(data, LONG_SAMPLE_BYTES)[best.skip :], best.candidate.codec)
    pieces = [text[start : start + _PIECE_CHARS] for start in range(0, len(text) - _PIECE_CHARS + 1, _PIECE_CHARS)]
    bound = best.candidate.most_bits * _PIECE_CHARS * UNITS_PER_BIT
    good = sum(cheapest(piece, best.candidate.languages) <= bound for piece in pieces)
    return good > 0 and 3 * good >= len(pieces)


def _same(codec: str, declared: str) -> bool:
    return readers_of(declared)[0] == readers_of(codec)[0]


def _declared(ranked: list[Scored], declared: str | None) -> Scored | None:
    if declared is None:
        return None
    bits = _DECLARED_MULTI_BITS if readers_of(declared)[0] in MULTI_BYTE else _DECLARED_SINGLE_BITS
    bound = ranked[0].cost + bits * UNITS_PER_BIT
    if readers_of(declared)[0] in MULTI_BYTE:
        bound = max(bound, ranked[0].cost * 11 // 10)
    return next((one for one in ranked if _same(one.candidate.codec, declared) and one.cost <= bound), None)


def _readers(candidate: Candidate) -> tuple[str, ...]:
    if candidate.codec == "cp1252":
        return readers_of("iso8859-1")
    if candidate.codec == "big5hkscs":
        return readers_of("big5")
    return (candidate.codec,)


def read_scored(data: bytes, scored: Scored) -> Decoded | None:
    """The reading of `data` in a candidate, if its bad bytes are few. O(n)."""
    if scored.candidate.codec == euc_tw.NAME:
        return _read_euc_tw(data, scored.skip)
    if scored.candidate.codec == "koi8-r" and _UKRAINIAN_KOI8.search(data):
        return best_reading(data, ("koi8-u", "koi8-r"), scored.skip)
    return best_reading(data, _readers(scored.candidate), scored.skip)


def _read_euc_tw(data: bytes, skip: int) -> Decoded | None:
    text, runs = euc_tw.decode_recording(data[skip:], skipped=skip, limit=FEW_BAD_RUNS)
    if skip:
        text = "\ufffd" + text
        runs = [BadRun(0, 0, data[:skip]), *(BadRun(run.text_offset + 1, *run[1:]) for run in runs)]
    repairs = tuple(runs)
    if not are_few(repairs, data, euc_tw.NAME):
        return None
    return Decoded(text, euc_tw.NAME, 0, None, repairs, explained("EUC-TW", repairs), b"", roundtrips=False)
