"""Bytes to text: byte order mark, strict UTF-8, UTF-8 with a few bad bytes, declared name, chardet last.

Every answer but plain UTF-8 (whose strict decoder has exactly one way back) is proved by encoding the text
again. Refuses binary content, a guess below the floor, and text with more than a few bad bytes; what happens
to refused input is for the caller to decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from scrubber.errors import UnreadableInput, UsageError
from scrubber.text.charsets import MARKS, MULTI_BYTE, NEVER, codec_named, readers_of
from scrubber.text.repair import BadRun, TooManyBadRuns, decode_recording, encode_text

__all__ = ["BadRun", "Decoded", "Undecodable", "decode", "encode_text"]

#: Below this chardet is wrong more often than right: of 855 undamaged texts of 20 bytes to a page in 20
#: encodings other than UTF-8, 14 of its 83 answers under .05 were right, and 733 of 772 from there on (30 of
#: the other 39 were EUC-TW, which Python cannot read).
FLOOR_THOUSANDTHS = 50

#: One bad run, or up to this many in at most this share of the bytes, are "few": decoded, and reported.
FEW_BAD_RUNS = 16
FEW_BAD_THOUSANDTHS = 10

#: More bad runs than this are refused even when replacing was asked for; each costs some 200 bytes to
#: remember.
MAX_BAD_RUNS = 1_000_000

#: chardet sees this many bytes, from the line on that holds the first one above ASCII: enough for a text in
#: one encoding, and some 10 ms at most.
_WINDOW_BYTES = 1 << 16
_LINE_BACK_BYTES = 1 << 10

#: Binary: a NUL, or this share of control bytes at the start of the file (perl's `-B` draws the line there
#: too).
_CONTROL_THOUSANDTHS = 300
_CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\f\r\x1b")) + b"\x7f"

_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
#: chardet believes a declaration in the bytes; a wrong `charset=iso-8859-1` on a GBK page then wins with .95.
_DECLARATION = re.compile(rb"(?i)charset|encoding\s*=")

_WAY_OUT = "Pass --encoding, or --undecodable skip."


class Undecodable(UnreadableInput):
    """The bytes are no text, or nobody can say in which encoding."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and how it was read.

    `encoding` is Python's name, without the mark (`utf-16-le`, not `utf-16`); `confidence` is in thousandths;
    `runner_up` names the next best guess where chardet was asked. `roundtrips` says whether `encode_text`
    with these values gives the bytes back; where it does not, only the bytes themselves can restore the file.
    """

    text: str
    encoding: str
    confidence: int
    runner_up: str | None = None
    repairs: tuple[BadRun, ...] = ()
    how_known: str = ""
    bom: bytes = b""
    roundtrips: bool = True


class _Guess(NamedTuple):
    label: str  # as chardet writes it, for people
    codecs: tuple[str, ...]
    confidence: int


def decode(
    data: bytes, *, declared: str | None = None, encoding: str | None = None, undecodable: str = "fail"
) -> Decoded:
    """The text of `data`, without byte order mark and without lone surrogates.

    `encoding` skips detection. `declared` is what a page or header claims; it only counts for multi-byte
    encodings that chardet finds nearly as likely as its best, or where chardet's best says the same. With
    `undecodable="replace"` what would be refused is read as UTF-8 (or as `encoding`) with every bad run
    recorded. Raises `Undecodable`, and `UsageError` for an `encoding` that Python does not know. O(n).

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
    _refuse_binary(data)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", 1000, how_known="valid UTF-8")
    except UnicodeDecodeError:
        pass
    nearly = _tolerant(data, "utf-8", b"", FEW_BAD_RUNS)
    if nearly is not None and _looks_like_utf8(nearly):
        return nearly
    guesses = _ask_chardet(data)
    found = _from_declaration(data, declared, guesses) or _from_best_guess(data, guesses)
    if found is not None:
        return found
    if nearly is not None:
        return nearly
    if undecodable == "replace":
        return _replaced(data, "utf-8", b"")
    raise Undecodable(_doubt(guesses), hint=_WAY_OUT)


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
    read = _tolerant(data, codec, bom, FEW_BAD_RUNS)
    if read is None:
        if undecodable == "replace":
            return _replaced(data, codec, bom)
        raise Undecodable(f"not {codec}.", hint="Pass another --encoding, or --undecodable skip.")
    return _with_reason(read, "given")


def _decode_marked(data: bytes, mark: bytes, codec: str, undecodable: str) -> Decoded | None:
    read = _tolerant(data, codec, mark, FEW_BAD_RUNS)
    if read is not None:
        return _with_reason(read, "byte order mark")
    if codec != "utf-8":
        return None  # FF FE may also open other bytes; the rest of the chain looks again
    if undecodable == "replace":
        return _replaced(data, codec, mark)
    raise Undecodable("the byte order mark says UTF-8, the bytes behind it are not.", hint=_WAY_OUT)


def _with_reason(read: Decoded, how_known: str) -> Decoded:
    how = f"{how_known}, {read.how_known}" if read.repairs else how_known
    return Decoded(read.text, read.encoding, 1000, None, read.repairs, how, read.bom, read.roundtrips)


def _refuse_binary(data: bytes) -> None:
    start = data[:_WINDOW_BYTES]
    printable = len(start.translate(None, _CONTROL_BYTES))
    if b"\0" in data or 1000 * (len(start) - printable) > _CONTROL_THOUSANDTHS * len(start):
        raise Undecodable("binary.", hint="If it is text after all, pass --encoding; else leave it out with --exclude.")


def _tolerant(data: bytes, codec: str, bom: bytes, limit: int) -> Decoded | None:
    """`data` read as `codec` if its bad bytes are few; proved by encoding it again."""
    payload = data[len(bom) :]
    try:
        text, repairs = decode_recording(payload, codec, limit=limit, skipped=len(bom))
        text.encode("utf-8")  # no lone surrogates: escape-like codecs can yield them
    except (UnicodeError, TooManyBadRuns):
        return None
    bad = sum(len(run.raw) for run in repairs)
    if len(repairs) > 1 and limit == FEW_BAD_RUNS and 1000 * bad > FEW_BAD_THOUSANDTHS * len(data):
        return None
    try:
        roundtrips = encode_text(text, codec, bom, repairs) == data
    except ValueError:
        roundtrips = False
    how = f"{codec} but for {len(repairs)} bad {'run' if len(repairs) == 1 else 'runs'} of bytes" if repairs else codec
    confidence = 1000 * (len(data) - bad) // max(1, len(data))
    return Decoded(text, codec, confidence, None, repairs, how, bom, roundtrips)


def _replaced(data: bytes, codec: str, bom: bytes) -> Decoded:
    read = _tolerant(data, codec, bom, MAX_BAD_RUNS)
    if read is None:
        raise Undecodable(f"not {codec}: more than {MAX_BAD_RUNS:,} bad runs of bytes.", hint=_WAY_OUT)
    how = f"replaced: {read.how_known}"
    return Decoded(read.text, codec, 0, None, read.repairs, how, bom, read.roundtrips)


def _looks_like_utf8(read: Decoded) -> bool:
    """Whether the bytes that are valid speak for UTF-8 more than the bad ones speak against it.

    A bad byte alone is what a Latin-1 letter looks like; a bad run of two bytes or more is the start of a
    character that was cut, which only UTF-8 is likely to hold.
    """
    cut = sum(1 for run in read.repairs if len(run.raw) > 1)
    above_ascii = len(read.text) - len(read.text.encode("ascii", "ignore"))
    return above_ascii - len(read.repairs) + cut >= len(read.repairs) - cut


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
    codec = codec_named(declared.strip()) if declared else None
    if codec is None or not guesses:
        return None
    wanted = readers_of(codec)
    place = next((number for number, guess in enumerate(guesses) if guess.codecs[0] == wanted[0]), None)
    if place is None:
        return None
    # A declared single-byte name proves nothing: every byte decodes in it. It only adds to the best guess.
    if place > 0 and (wanted[0] not in MULTI_BYTE or 2 * guesses[place].confidence < guesses[0].confidence):
        return None
    return _read_guess(data, guesses, place, "declared, and chardet agrees")


def _from_best_guess(data: bytes, guesses: list[_Guess]) -> Decoded | None:
    if not guesses or guesses[0].confidence < FLOOR_THOUSANDTHS:
        return None
    return _read_guess(data, guesses, 0, "chardet")


def _read_guess(data: bytes, guesses: list[_Guess], place: int, how: str) -> Decoded | None:
    """The text under one guess: by the first of its codecs that has a way back, else the first that decodes."""
    guess = guesses[place]
    runner_up = next((other.label for number, other in enumerate(guesses) if number != place), None)
    reads = [read for codec in guess.codecs if (read := _tolerant(data, codec, b"", FEW_BAD_RUNS)) is not None]
    if not reads:
        return None
    best = min(reads, key=lambda read: (len(read.repairs), not read.roundtrips))
    if best.repairs:
        how = f"{how}, {best.how_known}"
    return Decoded(best.text, best.encoding, guess.confidence, runner_up, best.repairs, how, b"", best.roundtrips)


def _doubt(guesses: list[_Guess]) -> str:
    if not guesses:
        return "not UTF-8, and chardet knows no encoding for it."
    best = guesses[0]
    if best.confidence >= FLOOR_THOUSANDTHS:
        return f"not UTF-8, and not {best.label} either, which chardet took it for."
    sure = f"only {best.confidence // 10} %" if best.confidence >= 10 else "less than 1 %"
    return f"not UTF-8, and chardet is {sure} sure of {best.label}."
