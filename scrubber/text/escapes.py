"""Encodings that are ASCII on the wire and switch by escapes: ISO-2022-JP, -KR, -CN, and HZ.

Plain UTF-8 to a strict decoder, so they are looked for there. Believed only where the whole file decodes strictly and
what the escapes enclose reads as writing. ISO-2022-CN has no codec in Python: it is named, so that it can be refused.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from scrubber.text.characters import UNITS_PER_BIT, languages

#: ESC $ ) A, ) G or * H of RFC 1922 announce ISO-2022-CN, ESC $ ) C of RFC 1557 ISO-2022-KR; others are Japanese.
_CHINESE = re.compile(rb"\x1b\$(?:\)[AGE]|\*H)")
_KOREAN = b"\x1b$)C"
_JAPANESE = re.compile(rb"\x1b(?:\$[@B]|\$\([DOPQ]|\([JI])")
_HZ = re.compile(rb"~\{((?:[\x21-\x77][\x21-\x7e])+)(?:~\}|\n|$)")

#: The variants of ISO-2022-JP, from the plainest on; each reads more than the one before.
_JAPANESE_CODECS = ("iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_ext", "iso2022_jp_2004")

#: Escaped text that costs more than this, each character, is none: everyday text takes 8 to 11 bits.
_MOST_BITS = 16

#: As much of a file is judged.
_JUDGED_CHARS = 2_000


class Escaped(NamedTuple):
    """A text, and the codec that read it; no text where Python has no codec of that name."""

    codec: str
    text: str | None


def read_escaped(data: bytes) -> Escaped | None:
    """The reading of `data`, valid UTF-8, by its escapes; nothing where it has none that are meant so. O(n).

    >>> read_escaped(b"\\x1b$B$U$'$j!<\\x1b(B")
    Escaped(codec='iso2022_jp', text='ふぇりー')
    """
    if b"\x1b$" in data or b"\x1b(" in data:
        if _CHINESE.search(data):
            return Escaped("iso-2022-cn", None)
        codecs = ("iso2022_kr",) if _KOREAN in data else _JAPANESE_CODECS if _JAPANESE.search(data) else ()
        for codec in codecs:
            text = _strictly(data, codec)
            if text is not None:
                return Escaped(codec, text)
    if b"~{" in data and _HZ.search(data):
        text = _strictly(data, "hz")
        if text is not None and _reads_well(text):
            return Escaped("hz", text)
    return None


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        text = data.decode(codec)
    except UnicodeError:
        return None
    return None if text.isascii() else text


def _reads_well(text: str) -> bool:
    foreign = "".join(character for character in text[:_JUDGED_CHARS] if not character.isascii())
    return languages()["zh-hans"].cost(foreign) <= _MOST_BITS * UNITS_PER_BIT * len(foreign)
