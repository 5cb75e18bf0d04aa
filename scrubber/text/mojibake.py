"""Text that was once decoded with the wrong encoding, told by its characters: the way back, and what is lost for good.

A way back is a pair of encodings: the one whose characters stand there, and the one that the bytes were really in. It is
taken only where every character of the line goes back and the line reads far better afterwards. Refuses to guess what
was lost. What UTF-8 read as a single-byte encoding leaves is for ftfy (`detect.fix`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from scrubber.text.characters import LANGUAGES, UNITS_PER_BIT, cheapest
from scrubber.text.charsets import MULTI_BYTE


class Way(NamedTuple):
    """The encoding that a text was read in, and the one that it should have been read in."""

    wrong: str
    right: str


#: A repaired line costs at least this much less, and a quarter less: far from what chance does to good text. Lines of
#: a document in which others went the same way need less.
_LEAD_BITS = 30
_SMALL_LEAD_BITS = 6

#: Western letters and signs side by side, as two-byte encodings leave them. Words of no language have many.
_WESTERN = (
    "\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022"
    "\u2026\u2030\u2039\u203a\u20ac\u2122"
)
_WESTERN_PAIR = re.compile(f"[{_WESTERN}]{{2}}")
_OTHER_THAN_WESTERN = re.compile(f"[^\x00-\x7f{_WESTERN}]")
#: What Western characters may have been, and the languages that are written in it.
_MEANT: Mapping[str, tuple[str, ...]] = {
    "gb18030": ("zh-hans", "zh-hant"), "big5hkscs": ("zh-hant",), "cp932": ("ja",), "euc_jp": ("ja",),
    "cp949": ("ko",), "cp1251": ("cyrillic",), "koi8-r": ("cyrillic",), "cp1253": ("greek",), "cp1255": ("hebrew",),
    "cp1256": ("arabic",), "cp874": ("thai",),
}  # fmt: skip
_WESTERN_LANGUAGES = ("latin", "central", "turkish", "baltic")
_HAN_LANGUAGES = ("zh-hans", "zh-hant", "ja")
_LEAST_PAIRS = 3
#: In one-byte encodings a letter becomes a letter, so that short lines may be anything.
_LEAST_LETTER_PAIRS = 8

#: Characters of Windows-1252 that Latin-1 has not, to the byte that both read.
_TO_LATIN1 = {
    ord(bytes([byte]).decode("cp1252")): byte
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}

_HAN = re.compile("[\u4e00-\u9fff]")
_KANA = re.compile("[\u3041-\u30ff]")
_LEAST_HAN = 2
#: Lead bytes of Big5's rarer half are also among its second bytes: a sixth of the bytes of good text is in here.
_ASCII = bytes(range(0x80))
_RARE_BIG5 = bytes(range(0xC9, 0xFA))
_RARE_BIG5_TENTHS = 3

#: Bytes that no text is made of (U+FFFD in UTF-8 read as GBK; memory that nobody wrote to), and U+FFFD itself, also as
#: Windows-1252 reads its UTF-8.
_LOST = re.compile("(?:锟斤拷)+锟?|(?:烫烫烫|屯屯屯)[烫屯]*|(?:\ufffd|ï¿½)(?:[^\n]{0,8}(?:\ufffd|ï¿½))*")
_LOST_SIGNS = ("\ufffd", "锟斤拷", "烫烫烫", "屯屯屯", "ï¿½")
_SEQUENCE = re.compile(rb"[\xe2-\xe9\xef][\x80-\xbf]{2}")


def ways_back(line: str, known: tuple[Way, ...] = ()) -> Iterator[tuple[Way, str]]:
    """The reading of `line` under the best way back, if one is far better than what stands there. O(n).

    `known` are ways that other lines of the document went; they need less to be believed.

    >>> [text for _, text in ways_back("鑸逛粖澶╁洖鏉ヤ簡")]
    ['船今天回来了']
    """
    western = _OTHER_THAN_WESTERN.search(line) is None
    found: list[tuple[int, Way, str]] = []
    before: int | None = None
    for way, text in _of_western(line, known) if western else _of_han(line, known):
        if text == line:
            continue  # dashes and quotes are the same bytes in many encodings
        if before is None:
            before = cheapest(line, _WESTERN_LANGUAGES if western else _HAN_LANGUAGES)
        cost = cheapest(text, LANGUAGES if way.right == "utf-8" else _MEANT[way.right])
        lead = before - cost
        enough = _SMALL_LEAD_BITS if way in known else _LEAD_BITS
        if lead >= enough * UNITS_PER_BIT and (way in known or 4 * lead >= before):
            found.append((cost, way, text))
    if found:
        _, way, text = min(found)
        yield way, text


def _of_western(line: str, known: tuple[Way, ...]) -> Iterator[tuple[Way, str]]:
    """All that Western characters may have been."""
    pairs = len(_WESTERN_PAIR.findall(line))
    if pairs < _LEAST_PAIRS and not any(way.wrong == "cp1252" for way in known):
        return
    raw = line.translate(_TO_LATIN1).encode("latin-1")
    # ftfy leaves what may be a letter before a sign; no whole line of such pairs is valid UTF-8 by chance.
    yield from _strictly(raw, Way("cp1252", "utf-8"))
    letters = pairs >= _LEAST_LETTER_PAIRS and not _is_table(line)
    for codec in _MEANT:
        way = Way("cp1252", codec)
        if way in known or (pairs >= _LEAST_PAIRS if codec in MULTI_BYTE else letters):
            yield from _strictly(raw, way)


def _is_table(line: str) -> bool:
    """Whether no letter beyond ASCII stands in the line twice: it lists them."""
    above = [character for character in line if not character.isascii()]
    return len(set(above)) == len(above)


def _of_han(line: str, known: tuple[Way, ...]) -> Iterator[tuple[Way, str]]:
    """All that Chinese characters may have been; strict coders first, because they are quick."""
    as_gb = _encoded(line, "gb2312")
    if as_gb is not None:  # everyday simplified Chinese
        yield from _strictly(as_gb, Way("gb18030", "utf-8"))
        return
    if 4 * len(_KANA.findall(line)) >= len(line) and _encoded(line, "cp932") is not None:
        return  # Japanese
    # The two write some characters differently, and both are in use.
    as_big5 = {raw: wrong for wrong in ("big5hkscs", "cp950") if (raw := _encoded(line, wrong)) is not None}
    for raw in as_big5:
        above = raw.translate(None, _ASCII)
        if 10 * (len(above) - len(above.translate(None, _RARE_BIG5))) < _RARE_BIG5_TENTHS * len(above):
            return  # everyday traditional Chinese
    as_gb = _encoded(line, "gb18030")
    if as_gb is not None:
        yield from _strictly(as_gb, Way("gb18030", "utf-8"))
    if len(_HAN.findall(line)) < (1 if known else _LEAST_HAN):
        return
    for raw, wrong in as_big5.items():
        yield from _strictly(raw, Way(wrong, "utf-8"))
        yield from _strictly(raw, Way(wrong, "gb18030"))
    if as_gb is not None:
        yield from _strictly(as_gb, Way("gb18030", "big5hkscs"))


def _encoded(line: str, codec: str) -> bytes | None:
    try:
        return line.encode(codec)
    except UnicodeEncodeError:
        return None


def _strictly(raw: bytes, way: Way) -> Iterator[tuple[Way, str]]:
    try:
        yield way, raw.decode(way.right)
    except UnicodeDecodeError:
        return


def may_be_lost(text: str) -> bool:
    """Whether `lost_places` may find something in a line of `text`. O(n), and quick."""
    return any(sign in text for sign in _LOST_SIGNS) or "?" in text


def lost_places(line: str) -> Iterator[tuple[int, int]]:
    """Where characters of `line` are lost for good: start and end of each place. O(n).

    >>> list(lost_places("价格锟斤拷锟斤拷元"))
    [(2, 8)]
    """
    found = [match.span() for match in _LOST.finditer(line)] if any(sign in line for sign in _LOST_SIGNS) else []
    yield from found
    if not found and _is_cut_utf8(line):
        yield 0, len(line)


def _is_cut_utf8(line: str) -> bool:
    """Whether the line is UTF-8 read as GBK, of which some bytes have become question marks."""
    if "?" not in line or len(_HAN.findall(line)) < 2 * _LEAST_HAN:
        return False
    raw = _encoded(line, "gb18030")
    if raw is None:
        return False
    in_sequences = sum(map(len, _SEQUENCE.findall(raw)))
    above = len(raw.translate(None, _ASCII))
    return 10 * in_sequences >= 8 * above and cheapest(raw.decode("utf-8", "ignore")) < cheapest(line)
