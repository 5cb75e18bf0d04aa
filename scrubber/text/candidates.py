"""Which encoding bytes are likely in: each candidate's reading of a sample is scored by the character model.

Works on a sample, so that a long file costs no more than a short one. Refuses to decode whole files, to know of marks
and escapes, and to decide what a thin lead is worth: that is the caller's.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from scrubber.text import euc_tw
from scrubber.text.characters import LANGUAGES, UNITS_PER_BIT, Language, is_at_least, languages

#: A first sample of this many bytes decides most files; where the lead is thin a longer one is asked.
FIRST_SAMPLE_BYTES = 160
LONG_SAMPLE_BYTES = 1500

#: Runs of bytes above ASCII with gaps of up to four ASCII bytes, and two ASCII bytes around: what lies between says
#: nothing, because all candidates but UTF-16 read ASCII alike.
_TELLING = re.compile(rb"[\x00-\x7f]{0,2}[\x80-\xff](?:[\x00-\x7f]{0,4}[\x80-\xff]){0,400}[\x00-\x7f]{0,2}")

#: A candidate that is this much dearer than the best by single characters alone is not looked at more closely.
_ROUGH_LEAD_BITS = 60

#: Few files begin in the middle of a character: that is dearer than one rare character in front.
CUT_BITS = 20

#: UTF-16 is only seen in so many characters and more, and only where they cost less than this, each: Chinese takes at
#: most 12 bits (10 as a rule), alphabets 8, a file of random bytes 20.
#: UTF-16 that begins in the middle of a character is rarer still.
_ODD_BITS = 30
_LEAST_UTF16_CHARS = 4
_DENSE_BITS, _ALPHABET_BITS = 13, 10
#: A letter of ASCII may cost more: of 65,536 units 95 are one, so that it is no chance.
_ASCII_BITS = 6
_DENSE = ("zh-hans", "zh-hant", "ja", "ko")


class Candidate(NamedTuple):
    """An encoding, the languages that are written in it, and what it costs to name it (rarer ones more).

    `most_bits`: text that costs more, each character, is in none of the languages. Of the texts that
    `benchmarks/encoding.py --part tune` reads rightly, one in a hundred does.
    """

    codec: str
    label: str
    languages: tuple[str, ...]
    prior_bits: int
    multi_byte: bool
    most_bits: int


CANDIDATES = (
    Candidate("gb18030", "GB18030", ("zh-hans", "zh-hant"), 0, True, 13),
    Candidate("big5hkscs", "Big5", ("zh-hant",), 1, True, 13),
    Candidate("cp932", "Shift_JIS", ("ja",), 2, True, 12),
    Candidate("euc_jp", "EUC-JP", ("ja",), 2, True, 12),
    Candidate("cp949", "EUC-KR", ("ko",), 2, True, 11),
    Candidate("cp1251", "Windows-1251", ("cyrillic",), 2, False, 7),
    Candidate("cp1252", "Windows-1252", ("latin",), 2, False, 9),
    Candidate("koi8-r", "KOI8-R", ("cyrillic",), 4, False, 7),
    Candidate("cp1250", "Windows-1250", ("central",), 7, False, 9),
    Candidate("cp1253", "Windows-1253", ("greek",), 7, False, 7),
    Candidate("cp1254", "Windows-1254", ("turkish",), 7, False, 9),
    Candidate("cp1255", "Windows-1255", ("hebrew",), 7, False, 7),
    Candidate("cp1256", "Windows-1256", ("arabic",), 7, False, 7),
    Candidate("cp1257", "Windows-1257", ("baltic",), 7, False, 9),
    Candidate("cp874", "Windows-874", ("thai",), 7, False, 7),
    Candidate("cp866", "IBM866", ("cyrillic",), 8, False, 7),
    Candidate("iso8859-5", "ISO-8859-5", ("cyrillic",), 8, False, 7),
    Candidate("iso8859-2", "ISO-8859-2", ("central",), 8, False, 9),
    Candidate(euc_tw.NAME, "EUC-TW", ("zh-hant",), 8, True, 13),
)
UTF16 = (
    Candidate("utf-16-le", "UTF-16LE", LANGUAGES, 8, True, 15),
    Candidate("utf-16-be", "UTF-16BE", LANGUAGES, 10, True, 15),
)


class Scored(NamedTuple):
    """A candidate for the bytes from `skip` on, what its reading of the sample costs, and how long that is."""

    cost: int
    candidate: Candidate
    skip: int
    length: int


def sample_of(data: bytes, size: int) -> bytes:
    """The first `size` or so bytes of `data` that tell encodings apart. O(n) to the first of them."""
    parts: list[bytes] = []
    length = 0
    for match in _TELLING.finditer(data):
        part = match.group()
        parts.append(part)
        length += len(part)
        if length >= size:
            break
    return b"".join(parts)[: size + 4]


def reading(sample: bytes, codec: str) -> str:
    """`sample` in `codec`, without the half character at its end."""
    text = euc_tw.decode(sample) if codec == euc_tw.NAME else sample.decode(codec, "replace")
    return text[:-1] if text.endswith("\ufffd") else text


def rank(sample: bytes, *, at_start: bool) -> list[Scored]:
    """All candidates that may be meant, likeliest first. O(sample * candidates).

    `at_start` says that the sample begins where the file does: its first byte may then be the second half of a
    character.
    """
    rough = [row for candidate in CANDIDATES for row in _rough(sample, candidate, 0)]
    if at_start and sample[:1] >= b"\x80":
        best = min(rough, key=lambda row: row.cost)
        reads = best.cost <= best.candidate.most_bits * UNITS_PER_BIT * len(best.text)
        limit = _limit(best.cost)
        # Where something reads well, a better start is only sought for what reads nearly as well.
        again = {row.candidate: None for row in rough if row.candidate.multi_byte and (not reads or row.cost <= limit)}
        rough += [row for candidate in again for row in _rough(sample, candidate, 1)]
    best = min(rough, key=lambda row: row.cost)
    # There is always a next best encoding to name.
    limit = max(_limit(best.cost), min(row.cost for row in rough if row.candidate.codec != best.candidate.codec))
    found: dict[tuple[str, int], Scored] = {}
    for row in rough:
        if row.cost > limit:
            continue
        full = row.cost + row.language.context(row.text)
        key = (row.candidate.codec, row.skip)
        best_yet = found.get(key)
        if best_yet is None or full < best_yet.cost:
            found[key] = Scored(full, row.candidate, row.skip, len(row.text))
    return sorted(found.values(), key=lambda one: (one.cost, one.candidate.codec, one.skip))


class _Rough(NamedTuple):
    cost: int
    text: str
    candidate: Candidate
    skip: int
    language: Language


def _rough(sample: bytes, candidate: Candidate, skip: int) -> list[_Rough]:
    if candidate.codec == euc_tw.NAME and not euc_tw.may_be(sample):
        return []
    table = languages()
    text = reading(sample[skip:], candidate.codec)
    more = (candidate.prior_bits + (CUT_BITS if skip else 0)) * UNITS_PER_BIT
    return [_Rough(table[name].rough(text) + more, text, candidate, skip, table[name]) for name in candidate.languages]


def _limit(cost: int) -> int:
    """What a candidate may cost by single characters to be looked at more closely."""
    return cost + max(_ROUGH_LEAD_BITS * UNITS_PER_BIT, cost // 4)


def likely_utf16(data: bytes, *, beside_bytes: bool) -> Scored | None:
    """UTF-16 without a mark, if the first characters read as writing of some language.

    `beside_bytes` asks as well that they read better so than as bytes of any candidate; a file with NULs is nothing
    else. O(1): looks at the first bytes alone, at offsets 0 and 1.
    """
    table = languages()
    found: list[Scored] = []
    for candidate in UTF16:
        for skip in (0, 1):
            piece = data[skip : FIRST_SAMPLE_BYTES + skip]
            text = reading(piece, candidate.codec)
            if len(text) < _LEAST_UTF16_CHARS:
                continue
            more = _ASCII_BITS * sum(" " <= character <= "~" for character in text)
            bounds = {
                name: ((_DENSE_BITS if name in _DENSE else _ALPHABET_BITS) * len(text) + more) * UNITS_PER_BIT
                for name in LANGUAGES
            }
            if is_at_least(text, max(bounds.values())):
                continue
            close = [name for name in LANGUAGES if table[name].rough(text) < bounds[name]]
            costs = [cost for name in close if (cost := table[name].cost(text)) < bounds[name]]
            if costs:
                more = candidate.prior_bits + (_ODD_BITS if skip else 0)
                found.append(Scored(min(costs) + more * UNITS_PER_BIT, candidate, skip, len(text)))
    if not found:
        return None
    best = min(found, key=lambda one: (one.cost, one.candidate.codec, one.skip))
    if beside_bytes:
        window = data[: FIRST_SAMPLE_BYTES + best.skip]
        if rank(window, at_start=True)[0].cost <= best.cost:
            return None
    return best
