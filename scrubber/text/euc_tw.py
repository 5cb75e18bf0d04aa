"""EUC-TW, which Python cannot read: CNS 11643 planes 1 and 2 by way of Big5, whose two levels stand in nearly their order.

The ranges below were found by comparing Python's `cp950` with the EUC-TW of the GNU C library, character by character;
`tests/text/test_euc_tw.py` checks samples of them. Planes 3 and above, which hold names and rare characters, become
U+FFFD. Reads only: nothing is ever written in EUC-TW, so files in it come back from the store.
"""

from __future__ import annotations

import re
from functools import lru_cache

from scrubber.text.repair import BadRun

NAME = "euc-tw"

#: Beyond ASCII two bytes, or four of which the first is 8E and the second names the plane; the last may be cut.
_SHAPE = re.compile(
    rb"[\xa1-\xfe]?(?:[\x00-\x7f]|\x8e[\xa1-\xb0][\xa1-\xfe]{2}|[\xa1-\xfe]{2})*+(?:\x8e[\xa1-\xb0]?|[\xa1-\xfe])?[\xa1-\xfe]?"
)
_PIECE = re.compile(rb"\x8e[\xa1-\xb0][\xa1-\xfe]{2}|[\xa1-\xfe]{2}|[\x00-\x7f]+|[\x80-\xff]")

#: First and last Big5 code, and the CNS code that the first has, plane by plane. Both run on by rows.
_PLANE_1 = (
        (0xA140, 0xA154, 0x2121), (0xA155, 0xA155, 0x225E), (0xA156, 0xA156, 0x2139), (0xA157, 0xA158, 0x2136),
        (0xA15D, 0xA1AA, 0x213E), (0xA1AB, 0xA1AB, 0x216B), (0xA1AC, 0xA1AC, 0x216A), (0xA1AD, 0xA1E0, 0x216C),
        (0xA1E1, 0xA1E1, 0x2243), (0xA1E2, 0xA1E2, 0x2242), (0xA1E3, 0xA1F5, 0x2244), (0xA1F6, 0xA1F6, 0x2258),
        (0xA1F7, 0xA1F7, 0x2257), (0xA1F8, 0xA1FC, 0x2259), (0xA1FE, 0xA251, 0x225F), (0xA25F, 0xA2AE, 0x2321),
        (0xA2AF, 0xA2CB, 0x2421), (0xA2CC, 0xA2CC, 0x4432), (0xA2CD, 0xA2CD, 0x243F), (0xA2CE, 0xA2CE, 0x452B),
        (0xA2CF, 0xA3BF, 0x2441), (0xA440, 0xACFD, 0x4421), (0xACFE, 0xACFE, 0x5753), (0xAD40, 0xAFCF, 0x5323),
        (0xAFD0, 0xBBC7, 0x5754), (0xBBC8, 0xBE51, 0x6B51), (0xBE52, 0xBE52, 0x6B50), (0xBE53, 0xC1AA, 0x6F5C),
        (0xC1AB, 0xC2CA, 0x7536), (0xC2CB, 0xC2CB, 0x7535), (0xC2CC, 0xC360, 0x7737), (0xC361, 0xC3B8, 0x782E),
        (0xC3B9, 0xC3B9, 0x7865), (0xC3BA, 0xC3BA, 0x7864), (0xC3BB, 0xC455, 0x7866), (0xC456, 0xC456, 0x782D),
        (0xC457, 0xC67E, 0x7962),
)  # fmt: skip
_PLANE_2 = (
        (0xC940, 0xC949, 0x2121), (0xC94B, 0xC96B, 0x212B), (0xC96C, 0xC9BD, 0x214D), (0xC9BE, 0xC9BE, 0x214C),
        (0xC9BF, 0xC9EC, 0x217D), (0xC9ED, 0xCAF6, 0x224E), (0xCAF7, 0xCAF7, 0x224D), (0xCAF8, 0xD6CB, 0x2439),
        (0xD6CC, 0xD6CC, 0x3E63), (0xD6CD, 0xD779, 0x3770), (0xD77A, 0xD77A, 0x3F6A), (0xD77B, 0xDADE, 0x387E),
        (0xDADF, 0xDADF, 0x376F), (0xDAE0, 0xDBA6, 0x3E64), (0xDBA7, 0xDDFB, 0x3F6B), (0xDDFD, 0xE8A2, 0x4424),
        (0xE8A3, 0xE975, 0x554C), (0xE976, 0xEB5A, 0x5723), (0xEB5B, 0xEBF0, 0x5A29), (0xEBF1, 0xEBF1, 0x554B),
        (0xEBF2, 0xECDD, 0x5B3F), (0xECDE, 0xECDE, 0x5722), (0xECDF, 0xEDA9, 0x5C6A), (0xEDAA, 0xEEEA, 0x5D75),
        (0xEEEB, 0xEEEB, 0x642F), (0xEEEC, 0xF055, 0x6039), (0xF056, 0xF056, 0x5D74), (0xF057, 0xF0CA, 0x6243),
        (0xF0CB, 0xF0CB, 0x5A28), (0xF0CC, 0xF162, 0x6337), (0xF163, 0xF16A, 0x6430), (0xF16B, 0xF16B, 0x6761),
        (0xF16C, 0xF267, 0x6438), (0xF268, 0xF268, 0x6934), (0xF269, 0xF2C2, 0x6573), (0xF2C3, 0xF374, 0x664E),
        (0xF375, 0xF465, 0x6762), (0xF466, 0xF4B4, 0x6935), (0xF4B5, 0xF4B5, 0x664D), (0xF4B6, 0xF4FC, 0x6962),
        (0xF4FD, 0xF662, 0x6A4C), (0xF663, 0xF663, 0x6A4B), (0xF664, 0xF976, 0x6C52), (0xF977, 0xF9C3, 0x7167),
        (0xF9C4, 0xF9C4, 0x7166), (0xF9C5, 0xF9C5, 0x7234), (0xF9C6, 0xF9C6, 0x7240), (0xF9C7, 0xF9D1, 0x7235),
        (0xF9D2, 0xF9D5, 0x7241),
)  # fmt: skip

_BIG5_TRAILS = (*range(0x40, 0x7F), *range(0xA1, 0xFF))


@lru_cache(maxsize=1)
def _table() -> dict[bytes, str]:
    """Bytes of EUC-TW to their character, some 13,000."""
    found: dict[bytes, str] = {}
    for prefix, ranges in ((b"", _PLANE_1), (b"\x8e\xa2", _PLANE_2)):
        for first, last, code in ranges:
            place = ((code >> 8) - 0x21) * 94 + (code & 0xFF) - 0x21
            for lead in range(first >> 8, (last >> 8) + 1):
                for trail in _BIG5_TRAILS:
                    if first <= lead << 8 | trail <= last:
                        row, cell = divmod(place, 94)
                        found[prefix + bytes((row + 0xA1, cell + 0xA1))] = bytes((lead, trail)).decode("cp950")
                        place += 1
    found.update({b"\x8e\xa1" + pair: character for pair, character in found.items() if len(pair) == 2})
    return found


def may_be(sample: bytes) -> bool:
    """Whether all of `sample` has the shape of EUC-TW, but for half characters at its ends. O(n).

    >>> may_be(bytes.fromhex("c4e3c4e3")), may_be("漢字".encode("big5"))
    (True, False)
    """
    return _SHAPE.fullmatch(sample) is not None


def decode(data: bytes) -> str:
    """The text of `data`; U+FFFD for each character or byte that cannot be read. O(n).

    >>> decode(bytes.fromhex("c4a1 c4a2 0a 8ea2a1a1"))
    '一乙\\n乂'
    """
    table = _table()
    return "".join(
        piece.decode("ascii") if piece[0] < 0x80 else table.get(piece, "\ufffd") for piece in _PIECE.findall(data)
    )


def decode_recording(data: bytes, *, limit: int, skipped: int = 0) -> tuple[str, list[BadRun]]:
    """The text of `data`, and what could not be read of it; past `limit` runs the rest is not listed. O(n)."""
    table = _table()
    texts: list[str] = []
    runs: list[BadRun] = []
    length = 0
    for match in _PIECE.finditer(data):
        piece = match.group()
        text = piece.decode("ascii") if piece[0] < 0x80 else table.get(piece, "\ufffd")
        if text == "\ufffd" and len(runs) <= limit:
            runs.append(BadRun(length, match.start() + skipped, piece))
        length += len(text)
        texts.append(text)
    return "".join(texts), runs
