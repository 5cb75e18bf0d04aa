"""Names of encodings: byte order marks, supersets, and what Python calls them. Refuses to look at content."""

from __future__ import annotations

import codecs
import re

#: Byte order marks, longest first where one begins another.
MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)

#: What a name stands for on the web: the superset that browsers read under it, and a second one for bytes
#: that the first cannot read. Our own, because chardet's `prefer_superset` renames ISO-8859-5 to cp1251,
#: which is none.
_SUPERSETS = {
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "shift_jis": ("cp932",),
    "euc_kr": ("cp949",),
    "big5": ("big5hkscs", "cp950"),
    "cp950": ("big5hkscs", "cp950"),
    "iso8859-1": ("cp1252", "iso8859-1"),
    "ascii": ("cp1252",),
}

MULTI_BYTE = frozenset(
    [
        "gb18030",
        "big5hkscs",
        "cp932",
        "cp949",
        "euc_jp",
        "euc_jis_2004",
        "shift_jis_2004",
        "shift_jisx0213",
        "johab",
    ]
)

#: No scraped text is in these: EBCDIC (no letter where ASCII has one), and UTF-7, which can hide lone
#: surrogates.
NEVER = frozenset(["cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140", "utf-7"])


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,39}\Z")


def readers_of(codec: str) -> tuple[str, ...]:
    """The codecs to read `codec` with, in order: its superset, or itself.

    >>> readers_of("gbk"), readers_of("koi8-r")
    (('gb18030',), ('koi8-r',))
    """
    return _SUPERSETS.get(codec, (codec,))


def codec_named(name: str) -> str | None:
    """Python's own name of a text encoding, or nothing. Declared names are foreign text."""
    if not _NAME.match(name):
        return None
    try:
        b"a".decode(name)  # raises LookupError also for what is no text encoding ("hex")
    except LookupError:
        return None
    except UnicodeError:
        pass
    return codecs.lookup(name).name
