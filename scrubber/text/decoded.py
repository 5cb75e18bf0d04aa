"""What decoding yields, and the proof of it: a text, the bad bytes in it, and whether they give the file back.

Refuses text with more than a few damaged spots unless told otherwise. Which encoding to try is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from scrubber.errors import UnreadableInput
from scrubber.text.repair import (
    SPOT_RUNS,
    BadRun,
    TooManyBadRuns,
    count_spots,
    decode_recording,
    encode_text,
    surrogate_bytes,
)

#: One damaged spot, or up to this many with bad bytes in at most this share of the file, are "few": decoded, and
#: reported. A character cut off at an end of the file is no damage.
FEW_BAD_SPOTS = 16
FEW_BAD_THOUSANDTHS = 10
#: The runs of few spots, and of two cut ends.
FEW_BAD_RUNS = FEW_BAD_SPOTS * SPOT_RUNS + 6

#: More bad runs than this are refused even when replacing was asked for; each costs some 200 bytes to
#: remember.
MAX_BAD_RUNS = 1_000_000

WAY_OUT = "Pass --encoding, or --undecodable skip."


class Undecodable(UnreadableInput):
    """The bytes are no text, or nobody can say in which encoding."""


class Decoded(Struct, frozen=True):
    """A text and how it was read.

    `encoding` is Python's name, without the mark (`utf-16-le`, not `utf-16`); `utf-8+gb18030` where some lines are in
    the one and some in the other, and `euc-tw`, which Python has not. `confidence` is in thousandths; `runner_up` names
    the next best guess where there was guessing. `repairs` lists the bad bytes: where their U+FFFD stands, where they
    stand in the file, and they. `roundtrips` says whether `encode_text` with these values gives the bytes back; where
    it does not, only the bytes themselves can restore the file.
    """

    text: str
    encoding: str
    confidence: int
    runner_up: str | None = None
    repairs: tuple[BadRun, ...] = ()
    how_known: str = ""
    bom: bytes = b""
    roundtrips: bool = True


def are_few(runs: tuple[BadRun, ...], data: bytes, codec: str) -> bool:
    """Whether `data` with these bad runs is worth reading as `codec`. O(n)."""
    spots = count_spots(runs, data, codec)
    # A surrogate written in UTF-8 is no damage to its neighbours, and a short text may hold some.
    bad = sum(len(run.raw) for run in runs) - (surrogate_bytes(runs) if codec == "utf-8" else 0)
    return spots <= 1 or (spots <= FEW_BAD_SPOTS and 1000 * bad <= FEW_BAD_THOUSANDTHS * len(data))


def tolerant(data: bytes, codec: str, bom: bytes = b"", *, skip: int = 0, limit: int = FEW_BAD_RUNS) -> Decoded | None:
    """`data` read as `codec` if its bad bytes are few (any up to a higher `limit`); proved by encoding it again.

    `skip` bytes after the mark are what is left of a cut character: they become one bad run. O(n).
    """
    start = len(bom) + skip
    try:
        text, repairs = decode_recording(data[start:], codec, limit=limit, skipped=start)
        text.encode("utf-8")  # no lone surrogates: escape-like codecs can yield them
    except (UnicodeError, TooManyBadRuns):
        return None
    if skip:
        text = "\ufffd" + text
        repairs = (
            BadRun(0, len(bom), data[len(bom) : start]),
            *(BadRun(run.text_offset + 1, run.byte_offset, run.raw) for run in repairs),
        )
    if limit == FEW_BAD_RUNS and not are_few(repairs, data, codec):
        return None
    try:
        roundtrips = encode_text(text, codec, bom, repairs) == data
    except ValueError:
        roundtrips = False
    bad = sum(len(run.raw) for run in repairs)
    confidence = 1000 * (len(data) - bad) // max(1, len(data))
    return Decoded(text, codec, confidence, None, repairs, explained(codec, repairs), bom, roundtrips)


def best_reading(data: bytes, codecs: Iterable[str], skip: int = 0) -> Decoded | None:
    """The reading by the first codec with the fewest bad runs and a way back, if any reads `data` at all. O(n)."""
    best: Decoded | None = None
    for codec in codecs:
        read = tolerant(data, codec, skip=skip)
        if read is None:
            continue
        if not read.repairs and read.roundtrips:
            return read
        if best is None or (len(read.repairs), not read.roundtrips) < (len(best.repairs), not best.roundtrips):
            best = read
    return best


def explained(codec: str, repairs: tuple[BadRun, ...]) -> str:
    """The encoding, and how many bad runs it was read in spite of."""
    if not repairs:
        return codec
    return f"{codec} but for {len(repairs)} bad {'run' if len(repairs) == 1 else 'runs'} of bytes"


def with_reason(read: Decoded, how_known: str, confidence: int = 1000, runner_up: str | None = None) -> Decoded:
    """`read`, known by something else than its bytes alone."""
    how = f"{how_known}, {explained(read.encoding, read.repairs)}" if read.repairs else how_known
    return replace(read, how_known=how, confidence=confidence, runner_up=runner_up)


def replaced(data: bytes, codec: str, bom: bytes = b"") -> Decoded:
    """`data` read as `codec` whatever it is, each bad run recorded. Raises `Undecodable` past `MAX_BAD_RUNS`. O(n)."""
    read = tolerant(data, codec, bom, limit=MAX_BAD_RUNS)
    if read is None:
        raise Undecodable(f"not {codec}: more than {MAX_BAD_RUNS:,} bad runs of bytes.", hint=WAY_OUT)
    return replace(read, confidence=0, how_known=f"replaced: {read.how_known}")
