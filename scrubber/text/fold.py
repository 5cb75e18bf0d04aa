"""The comparison key of a line. It is never written out.

Two lines with one key say the same to a reader: NFKC (which also folds full-width letters and punctuation), letter
case, runs of white space and zero-width characters aside. A change here changes fingerprints in users' decision
files: raise `FOLD_VERSION` with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from scrubber.text.lines import ZERO_WIDTH

#: Version of the folding. Stored with ledgers, decisions and indexes beside `unicodedata.unidata_version`.
FOLD_VERSION = 1

_DIGITS = re.compile(r"\d+")
#: NFKC makes these of them; a text without any mostly is in normal form, which is found out thirty times faster.
_WIDE_MARKS = tuple(zip("，：；！？（）", ",:;!?()", strict=True))
#: What `str.isalnum` accepts is `\w` without the underscore.
_LETTERS_AND_NUMBERS = re.compile(r"[^\W_]+")
_ASCII_MARKS = dict.fromkeys(code for code in range(128) if not chr(code).isalnum())


def _fold_characters(text: str) -> str:
    """Fold case and compatibility forms, and take zero-width characters out. Line feeds stay line feeds."""
    if text.isascii():
        return text.lower()
    for character in ZERO_WIDTH:
        if character in text:
            text = text.replace(character, "")
    for mark, narrow in _WIDE_MARKS:
        text = text.replace(mark, narrow)
    folded = unicodedata.normalize("NFKC", text).casefold()
    if not unicodedata.is_normalized("NFKC", folded):
        folded = unicodedata.normalize("NFKC", folded)
    return folded


def fold(line: str) -> str:
    """The comparison key of one line. Idempotent: `fold(fold(x)) == fold(x)`. O(n).

    >>> fold("  Ｓｈａｒｅ　THIS  story："), fold("第１期")
    ('share this story:', '第1期')
    """
    folded = " ".join(_fold_characters(line).split())
    # Folding may meet a sequence that only now is in normal form (rare: case folding of combining marks).
    again = " ".join(_fold_characters(folded).split()) if not folded.isascii() else folded
    return folded if again == folded else fold(again)


#: Lines are folded this many code points at a time: long enough to be quick, short enough to stay in the cache.
_CHUNK_CHARS = 1 << 16


def fold_lines(lines: Sequence[str]) -> list[str]:
    """`[fold(line) for line in lines]`, folded in bulk. No line may hold LF."""
    others = [line for line in lines if not line.isascii()]
    if not others:
        return [" ".join(line.lower().split()) for line in lines]
    folded = _fold_others(others)
    if len(others) == len(lines):
        return folded
    rest = iter(folded)
    return [" ".join(line.lower().split()) if line.isascii() else next(rest) for line in lines]


def _fold_others(lines: Sequence[str]) -> list[str]:
    keys: list[str] = []
    chunk: list[str] = []
    chars = 0
    for line in lines:
        chunk.append(line)
        chars += len(line)
        if chars >= _CHUNK_CHARS:
            keys.extend(_fold_chunk(chunk))
            chunk, chars = [], 0
    if chunk:
        keys.extend(_fold_chunk(chunk))
    return keys


def _fold_chunk(chunk: list[str]) -> list[str]:
    joined = "\n".join(chunk)
    once = _fold_characters(joined)
    if not once.isascii() and _fold_characters(once) != once:
        return [fold(line) for line in chunk]
    keys = [" ".join(key.split()) for key in once.split("\n")]
    return keys if len(keys) == len(chunk) else [fold(line) for line in chunk]


def skeleton(key: str) -> str:
    """A folded line without punctuation and spaces: what must be equal for two lines to be twins.

    >>> skeleton(fold("刘智勇：“拧紧”  四个链条。")) == skeleton(fold("刘智勇:拧紧四个链条"))
    True
    """
    if key.isalnum():
        return key
    return key.translate(_ASCII_MARKS) if key.isascii() else "".join(_LETTERS_AND_NUMBERS.findall(key))


def digits(key: str) -> tuple[str, ...]:
    """The numbers in a folded line, in order: runs of decimal digits.

    >>> digits("2023年第1期")
    ('2023', '1')
    """
    return tuple(_DIGITS.findall(key))
