"""Bytes to text: mark, escapes, UTF-8, UTF-16, two encodings line by line, declared name, characters, chardet last.

Cheap and certain witnesses come first; those behind them are asked only where the ones before said nothing. Every
answer but plain UTF-8 (whose strict decoder has exactly one way back) is proved by encoding the text again. Refuses
binary content, a guess below the floor, and text with more than a few damaged spots; what happens to refused input is
for the caller to decide.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scrubber.errors import UsageError
from scrubber.text.charsets import MARKS, NEVER, codec_named, readers_of
from scrubber.text.decoded import (
    FEW_BAD_SPOTS,
    WAY_OUT,
    Decoded,
    Undecodable,
    best_reading,
    replaced,
    tolerant,
    with_reason,
)
from scrubber.text.repair import BadRun, encode_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrubber.text.guess import Verdict

__all__ = ["FEW_BAD_SPOTS", "BadRun", "Decoded", "Undecodable", "decode", "encode_text", "without_nuls"]

#: Below this chardet is wrong more often than right: of 855 undamaged texts of 20 bytes to a page in 20
#: encodings other than UTF-8, 14 of its 83 answers under .05 were right, and 733 of 772 from there on (30 of
#: the other 39 were EUC-TW, which Python cannot read).
FLOOR_THOUSANDTHS = 50

#: chardet sees this many bytes, from the line on that holds the first one above ASCII: enough for a text in
#: one encoding, and some 10 ms at most.
_WINDOW_BYTES = 1 << 16
_LINE_BACK_BYTES = 1 << 10

#: Binary: NULs, and control bytes in this share of the start of the file (random bytes have 100 thousandths, a stray
#: NUL in a text is one in some hundreds); without NULs in this larger share, where perl's `-B` draws the line too.
_NUL_THOUSANDTHS = 10
_CONTROL_THOUSANDTHS = 300
_CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\f\r\x1b")) + b"\x7f"

_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
#: chardet believes a declaration in the bytes; a wrong `charset=iso-8859-1` on a GBK page then wins with .95.
_DECLARATION = re.compile(rb"(?i)charset|encoding\s*=")


def decode(
    data: bytes,
    *,
    declared: str | Callable[[], str | None] | None = None,
    encoding: str | None = None,
    undecodable: str = "fail",
) -> Decoded:
    """The text of `data`, without byte order mark and without lone surrogates.

    `encoding` skips detection. `declared` is what a page or header claims, or what finds that out, which is asked only
    where the bytes do not speak for themselves; it counts for multi-byte encodings whose
    reading is nearly as likely as the best, for single-byte ones where the two are as good as equal, and where
    chardet's best says the same. With `undecodable="replace"` what would be refused is read as UTF-8 (or as
    `encoding`) with every bad run recorded. Raises `Undecodable`, and `UsageError` for an `encoding` that Python does
    not know. O(n).

    >>> decode(b"caf\\xc3\\xa9").text, decode(b"\\xff\\xfea\\x00").encoding
    ('café', 'utf-16-le')
    """
    if encoding is not None:
        return _decode_as_told(data, encoding, undecodable)
    for mark, codec in MARKS:
        if data.startswith(mark):
            marked = _decode_marked(data, mark, codec, undecodable)
            if marked is not None:
                return marked
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_other(data, declared() if callable(declared) else declared, undecodable)
    if _is_binary(data):
        return _utf16(data, beside_bytes=False) or _refused_as_binary()
    if b"\x1b" in data or (text.isascii() and b"~" in data and b"~{" in data):
        return _escaped(data) or Decoded(text, "utf-8", 1000, how_known="valid UTF-8")
    return Decoded(text, "utf-8", 1000, how_known="valid UTF-8")


def _decode_as_told(data: bytes, name: str, undecodable: str) -> Decoded:
    codec = codec_named(name)
    if codec is None:
        raise UsageError(f"unknown encoding {name[:40]!r}.", hint="Names are those of Python: utf-8, gb18030, big5.")
    bom = b""
    for mark, marked in MARKS:
        if data.startswith(mark) and codec in (marked, marked[:6], f"{marked}-sig"):
            codec, bom = marked, mark
            break
    # Without a mark, "utf-16" would be read in the byte order of the machine.
    codec = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}.get(codec, codec)
    read = tolerant(data, codec, bom)
    if read is None:
        if undecodable == "replace":
            return replaced(data, codec, bom)
        raise Undecodable(f"not {codec}.", hint="Pass another --encoding, or --undecodable skip.")
    return with_reason(read, "given")


def _decode_marked(data: bytes, mark: bytes, codec: str, undecodable: str) -> Decoded | None:
    read = tolerant(data, codec, mark)
    if read is not None:
        return with_reason(read, "byte order mark")
    if codec != "utf-8":
        return None  # FF FE may also open other bytes; the rest of the chain looks again
    if undecodable == "replace":
        return replaced(data, codec, mark)
    raise Undecodable("the byte order mark says UTF-8, the bytes behind it are not.", hint=WAY_OUT)


def _is_binary(data: bytes) -> bool:
    return _has_controls(data, _NUL_THOUSANDTHS if b"\0" in data else _CONTROL_THOUSANDTHS)


def _has_controls(data: bytes, thousandths: int) -> bool:
    """Whether more of the start of `data` are control bytes."""
    start = data[:_WINDOW_BYTES]
    controls = len(start) - len(start.translate(None, _CONTROL_BYTES))
    return controls > 0 and 1000 * controls > thousandths * len(start)


def without_nuls(data: bytes) -> bytes | None:
    """`data` without its NULs, where nothing but they speaks for binary content. O(n).

    For formats in which NULs mean nothing, once `decode` has refused: with them it would have seen UTF-16.

    >>> without_nuls(b"<p>a\\0b"), without_nuls(b"<p>\\0\\1\\2")
    (b'<p>ab', None)
    """
    rest = data.replace(b"\0", b"")
    return None if len(rest) == len(data) or _has_controls(rest, _NUL_THOUSANDTHS) else rest


def _refused_as_binary() -> Decoded:
    raise Undecodable("binary.", hint="If it is text after all, pass --encoding; else leave it out with --exclude.")


def _utf16(data: bytes, *, beside_bytes: bool) -> Decoded | None:
    from scrubber.text.candidates import likely_utf16

    found = likely_utf16(data, beside_bytes=beside_bytes)
    read = tolerant(data, found.candidate.codec, skip=found.skip) if found is not None else None
    if read is None or _is_binary(read.text[:_WINDOW_BYTES].encode()):
        return None
    return with_reason(read, "its characters", 990)


def _escaped(data: bytes) -> Decoded | None:
    from scrubber.text.escapes import read_escaped

    found = read_escaped(data)
    if found is None:
        return None
    if found.text is None:
        raise Undecodable(f"{found.codec.upper()}, which Python cannot read.", hint=WAY_OUT)
    roundtrips = found.text.encode(found.codec) == data
    return Decoded(found.text, found.codec, 1000, how_known="its escape sequences", roundtrips=roundtrips)


def _decode_other(data: bytes, declared: str | None, undecodable: str) -> Decoded:
    """What is no strict UTF-8."""
    # Here, not above: plain UTF-8 is read without the model and all that belongs to it.
    from scrubber.text.guess import by_characters, by_lines, by_utf8

    found = _utf16(data, beside_bytes=True)
    if found is not None:
        return found
    if _is_binary(data):
        return _refused_as_binary()
    found = by_lines(data)
    if found is not None:
        return found
    verdict = by_utf8(data)
    if verdict.read is not None:
        return verdict.read
    if not verdict.is_utf8:
        verdict = by_characters(data, codec_named(declared.strip()) if declared else None)
        if verdict.read is not None and not verdict.poor and not verdict.rivals:
            return verdict.read
    guesses = [] if verdict.is_utf8 else _ask_chardet(data)
    found = (
        _from_declaration(data, declared, guesses)
        or _by_characters_and_chardet(data, verdict, guesses)
        or _from_best_guess(data, guesses)
    )
    if found is not None:
        return found
    if undecodable == "replace":
        return replaced(data, "utf-8")
    if verdict.is_utf8:
        raise Undecodable(f"UTF-8, but damaged in more than {FEW_BAD_SPOTS} places or 1 % of its bytes.", hint=WAY_OUT)
    raise Undecodable(_doubt(guesses), hint=WAY_OUT)


class _Guess(NamedTuple):
    label: str  # as chardet writes it, for people
    codecs: tuple[str, ...]
    confidence: int


def _ask_chardet(data: bytes) -> list[_Guess]:
    """chardet's guesses, best first, one for each encoding after the superset map."""
    import chardet

    first = _HIGH_BYTE.search(data)
    start = first.start() if first else 0
    start = data.rfind(b"\n", max(0, start - _LINE_BACK_BYTES), start) + 1 or max(0, start - _LINE_BACK_BYTES)
    window = _DECLARATION.sub(b"", data[start : start + _WINDOW_BYTES])
    guesses: list[_Guess] = []
    seen: set[str] = set()
    for answer in chardet.detect_all(window, ignore_threshold=True):
        label = answer["encoding"]
        codec = codec_named(label) if label else None
        if label is None or codec is None or codec in NEVER or codec.startswith("utf-8"):
            continue
        family = readers_of(codec)
        if family[0] not in seen:
            seen.add(family[0])
            guesses.append(_Guess(label, family, int(answer["confidence"] * 1000)))
    return guesses


def _from_declaration(data: bytes, declared: str | None, guesses: list[_Guess]) -> Decoded | None:
    """A declared encoding that no candidate is, where it is chardet's best."""
    codec = codec_named(declared.strip()) if declared else None
    if codec is None or not guesses or guesses[0].codecs[0] != readers_of(codec)[0]:
        return None
    return _read_guess(data, guesses, "declared, and chardet agrees")


def _by_characters_and_chardet(data: bytes, verdict: Verdict, guesses: list[_Guess]) -> Decoded | None:
    """The reading by characters; of those that are as good as equal the one that chardet takes; a poor one only so."""
    from scrubber.text.guess import read_scored

    if verdict.read is None:
        return None
    named = guesses[0].codecs if guesses and guesses[0].confidence >= FLOOR_THOUSANDTHS else ()
    if verdict.read.encoding in named:
        return verdict.read
    for rival in verdict.rivals:
        if rival.candidate.codec in named:
            read = read_scored(data, rival)
            if read is not None:
                return with_reason(read, "its characters, and chardet agrees", verdict.read.confidence)
    return None if verdict.poor else verdict.read


def _from_best_guess(data: bytes, guesses: list[_Guess]) -> Decoded | None:
    if not guesses or guesses[0].confidence < FLOOR_THOUSANDTHS:
        return None
    return _read_guess(data, guesses, "chardet")


def _read_guess(data: bytes, guesses: list[_Guess], how: str) -> Decoded | None:
    """The text under the best guess: by the first of its codecs that has a way back, else the first that decodes."""
    guess = guesses[0]
    runner_up = guesses[1].label if len(guesses) > 1 else None
    read = best_reading(data, guess.codecs)
    return with_reason(read, how, guess.confidence, runner_up) if read is not None else None


def _doubt(guesses: list[_Guess]) -> str:
    if not guesses:
        return "not UTF-8, and chardet knows no encoding for it."
    best = guesses[0]
    if best.confidence >= FLOOR_THOUSANDTHS:
        return f"not UTF-8, and not {best.label} either, which chardet took it for."
    sure = f"only {best.confidence // 10} %" if best.confidence >= 10 else "less than 1 %"
    return f"not UTF-8, and chardet is {sure} sure of {best.label}."
