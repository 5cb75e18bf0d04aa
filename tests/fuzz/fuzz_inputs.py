"""Hostile bytes and texts: good ones with something done to them, which gets further than noise does.

All texts are invented.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from strategies import documents

#: No input is longer: a slow answer then is a slow program, not a long input.
MOST_BYTES = 8192

#: What has broken readers of text before, or could.
HOSTILE_TEXT = (
    "\x00",
    "\r",
    "\n",
    "\r\n",
    "\t",
    "\x0b",
    "\x0c",
    "\x1b[2J",
    "\x1b]8;;http://a.example\x07x\x1b]8;;\x07",
    "\x1b]52;c;aGk=\x07",
    "\x7f",
    "\x85",
    "\x9b31m",
    "\u00ad",
    "\u061c",
    "\u200b",
    "\u200d",
    "\u2028",
    "\u2029",
    "\u202e",
    "\u2066",
    "\u3000",
    "\ufeff",
    "\ufffd",
    "\ufffe",
    "\U000e0001",
    "\U0010ffff",
    "\u0301" * 40,
    "ﷺ" * 20,
    "İıſK",
    "[bold]",
    "[/]",
    "::error::x",
    "&#x110000;",
    "&amp;amp;lt;",
    "锟斤拷",
    "Ã©",
)
#: Bytes that are no text in one encoding or another: lone surrogates, overlong forms, halves, marks.
HOSTILE_BYTES = (
    *(piece.encode("utf-8") for piece in HOSTILE_TEXT),
    b"\xed\xa0\x80",
    b"\xed\xa0\xbd\xed\xb8\x80",
    b"\xc0\x80",
    b"\xf4\x90\x80\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\x80",
    b"\xff",
    b"\xfe\xff",
    b"\xff\xfe",
    b"\xff\xfe\x00\x00",
    b"\xef\xbb\xbf",
    b"\x84\x31\x95\x33",
    b"\x1b$B",
    b"~{",
    b"+2AA-",
    b"\xa1",
    b"\x81\x30\x81\x30",
)


@st.composite
def mutated(draw: st.DrawFn, seeds: Sequence[bytes], pieces: Sequence[bytes], *, most: int = MOST_BYTES) -> bytes:
    """One of the seeds with some pieces cut out, put in, repeated or moved."""
    content = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, len(content)))
        stop = draw(st.integers(start, min(len(content), start + 200)))
        deed = draw(st.sampled_from(("cut", "put", "noise", "repeat", "move", "end")))
        if deed == "cut":
            content = content[:start] + content[stop:]
        elif deed == "put":
            content = content[:start] + draw(st.sampled_from(pieces)) + content[start:]
        elif deed == "noise":
            content = content[:start] + draw(st.binary(min_size=1, max_size=6)) + content[stop:]
        elif deed == "repeat":
            content = content[:stop] + content[start:stop] * draw(st.integers(1, 60)) + content[stop:]
        elif deed == "move":
            content = content[:start] + content[stop:] + content[start:stop]
        else:
            content = content[:start]
    return content[:most]


@st.composite
def hostile_documents(draw: st.DrawFn) -> str:
    """A text as scraped ones are, with hostile pieces anywhere in it."""
    text = draw(documents(most_lines=20))
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.sampled_from(HOSTILE_TEXT)) * draw(st.integers(1, 8)) + text[place:]
    return text


#: Encodings that a text may have been written in, whatever its bytes become afterwards.
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030", "big5hkscs", "cp932", "cp1251", "cp1252")


@st.composite
def hostile_files(draw: st.DrawFn) -> bytes:
    """The bytes of a file: a document in some encoding, damaged; or noise."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=300))
    content = draw(hostile_documents()).encode(draw(st.sampled_from(ENCODINGS)), "ignore")
    return draw(mutated((content,), HOSTILE_BYTES))
