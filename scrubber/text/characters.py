"""How well a text reads as writing of some language: a small model of characters and of what stands beside what.

A text costs what it would take to tell it, character by character, to somebody who knows the language: frequent
characters and pairs are cheap, a Cyrillic letter in the middle of a Latin word is dear. Of several readings of the same
bytes the cheapest is the likely one. All arithmetic is in integers (`UNITS_PER_BIT`). The table is the file
`characters.txt` beside this one, written by `benchmarks/train_encoding.py` and loaded at the first question. Refuses to
know anything of bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

UNITS_PER_BIT = 32

#: Languages, or groups of them that share an alphabet; `latin` is Western Europe.
LANGUAGES = (
    "zh-hans", "zh-hant", "ja", "ko", "cyrillic", "latin", "central", "turkish", "baltic", "greek", "hebrew", "arabic",
    "thai",
)  # fmt: skip

#: One letter for each class of characters. Those of everyday writing: space, digit, ASCII lower and upper, ASCII
#: punctuation, Latin beyond ASCII lower and upper, Cyrillic lower and upper, Greek lower and upper, letters without
#: case (Hebrew, Arabic, Thai), Han, hiragana, katakana, hangul, CJK punctuation, full-width letters, typographic
#: punctuation, Latin-1 signs.
COMMON_CLASSES = "sdaAplLcCgGnhikoqfum"
#: Other Cyrillic, other letters, half-width katakana, other signs, controls, private use and U+FFFD.
_RARE_CLASSES = "xywbzr"

#: What a character costs that the table of a language does not hold, by class.
_UNKNOWN_BITS = {
    "s": 4, "d": 9, "a": 9, "A": 10, "p": 11, "l": 16, "L": 18, "c": 18, "C": 19, "h": 22, "g": 18, "G": 19, "n": 19, "i": 19, "k": 19, "o": 20,
    "q": 15, "f": 16, "u": 14, "m": 16, "x": 21, "y": 19, "w": 19, "b": 19, "z": 24, "r": 26,
}  # fmt: skip
#: A pair of classes of which one is rare: each change to or from such a class is dear, staying in it is not.
_CHANGE_BITS = 4
_RANGES = (
    (0x00, 0x20, "z"), (0x20, 0x21, "s"), (0x21, 0x30, "p"), (0x30, 0x3A, "d"), (0x3A, 0x41, "p"), (0x41, 0x5B, "A"),
    (0x5B, 0x61, "p"), (0x61, 0x7B, "a"), (0x7B, 0x7F, "p"), (0x7F, 0xA0, "z"), (0xA0, 0xC0, "m"), (0xC0, 0xD7, "L"),
    (0xD7, 0xD8, "m"), (0xD8, 0xDF, "L"), (0xDF, 0xF7, "l"), (0xF7, 0xF8, "m"), (0xF8, 0x100, "l"),
    (0x100, 0x180, "l"), (0x180, 0x250, "y"), (0x370, 0x3AC, "G"), (0x3AC, 0x400, "g"), (0x590, 0x700, "n"),
    (0xE00, 0xE80, "n"), (0x400, 0x402, "x"), (0x402, 0x410, "x"), (0x410, 0x430, "C"), (0x430, 0x450, "c"),
    (0x450, 0x530, "x"), (0x2010, 0x2070, "u"), (0x20A0, 0x20D0, "m"), (0x2100, 0x2C00, "b"), (0x3000, 0x3040, "q"),
    (0x3041, 0x30A0, "i"), (0x30A0, 0x3100, "k"), (0x3100, 0x3400, "b"), (0x3400, 0x4E00, "y"), (0x4E00, 0xA000, "h"),
    (0xAC00, 0xD7A4, "o"), (0xE000, 0xF900, "r"), (0xF900, 0xFB00, "y"), (0xFF01, 0xFF10, "q"), (0xFF10, 0xFF1A, "f"),
    (0xFF1A, 0xFF21, "q"), (0xFF21, 0xFF3B, "f"), (0xFF3B, 0xFF41, "q"), (0xFF41, 0xFF5B, "f"), (0xFF5B, 0xFF61, "q"),
    (0xFF61, 0xFFA0, "w"), (0xFFF0, 0x10000, "r"),
)  # fmt: skip
_OWN_CLASS = {
    "\t": "s", "\n": "s", "\r": "s", "\x0c": "s", "\xa0": "s", "ё": "c", "Ё": "C", "ƒ": "m", "ˆ": "m", "˜": "m", "™": "m", "№": "u", "×": "m", "÷": "m",
    "ª": "m", "º": "m", "\u3000": "q", "々": "h", "\ufeff": "z",
}  # fmt: skip


def class_of(character: str) -> str:
    """The class of a character, as one letter. O(ranges).

    >>> class_of("渡"), class_of("é"), class_of("\\t")
    ('h', 'l', 's')
    """
    own = _OWN_CLASS.get(character)
    if own is not None:
        return own
    code = ord(character)
    for start, end, kind in _RANGES:
        if start <= code < end:
            return "L" if kind == "l" and character.isupper() else kind
    return "y"


class _Classes(dict[int, str]):
    """Code point to class, filled as asked: at most as many entries as there are code points."""

    def __missing__(self, code: int) -> str:
        found = self[code] = class_of(chr(code))
        return found


_CLASSES = _Classes()


class _Singles(dict[str, int]):
    """Character to cost; a character that the language hardly knows costs what its class does."""

    def __missing__(self, character: str) -> int:
        found = self[character] = _UNKNOWN_BITS[class_of(character)] * UNITS_PER_BIT
        return found


class Language:
    """The costs of one language."""

    __slots__ = ("classes", "pairs", "singles")

    def __init__(self) -> None:
        self.singles = _Singles()
        self.classes: dict[str, int] = {}
        self.pairs: dict[str, int] = {}

    def rough(self, text: str) -> int:
        """The cost of the characters of `text`, each by itself. O(n), some 40 ns a character."""
        return sum(map(self.singles.__getitem__, text))

    def cost(self, text: str) -> int:
        """The cost of `text`: its characters, and what stands beside what. O(n)."""
        return self.rough(text) + self.context(text)

    def context(self, text: str) -> int:
        """What is to be added to `rough` (or taken off) for what stands beside what. O(n)."""
        kinds = text.translate(_CLASSES)
        total = sum(map(self.classes.__getitem__, map("".join, pairwise(kinds))))
        if self.pairs:
            total += sum(self.pairs.get(pair, 0) for pair in map("".join, pairwise(text.lower())))
        return total


@lru_cache(maxsize=1)
def languages() -> dict[str, Language]:
    """The model, loaded once: name to language."""
    found: dict[str, Language] = {}
    language, part = Language(), ""
    for line in Path(__file__).with_name("characters.txt").read_text("utf-8").split("\n"):
        if line.startswith(("#", "[")) and "\t" not in line:
            if line.startswith("["):
                language = found[line[1:-1]] = Language()
        elif line in ("singles", "classes", "pairs"):
            part = line
        elif line:
            number, _, characters = line.partition("\t")
            if part == "singles":
                language.singles.update(dict.fromkeys(characters, int(number)))
            else:
                table = language.classes if part == "classes" else language.pairs
                table.update(
                    dict.fromkeys(map("".join, zip(characters[::2], characters[1::2], strict=True)), int(number))
                )
    for language in found.values():
        _add_rare_classes(language)
    return found


@lru_cache(maxsize=1)
def _least() -> _Singles:
    """What each character costs in the language where it is cheapest."""
    found = _Singles()
    for language in languages().values():
        for character, number in language.singles.items():
            if number < found[character]:  # what the other languages take at most is there already
                found[character] = number
    return found


def is_at_least(text: str, bound: int) -> bool:
    """Whether `text` surely costs `bound` in every language, by its characters alone. O(n), some 40 ns each."""
    return sum(map(_least().__getitem__, text)) >= bound


def _add_rare_classes(language: Language) -> None:
    every = COMMON_CLASSES + _RARE_CLASSES
    for before in every:
        for after in every:
            if before + after not in language.classes:
                language.classes[before + after] = 0 if before == after else _CHANGE_BITS * UNITS_PER_BIT


def cheapest(text: str, names: Sequence[str] = LANGUAGES) -> int:
    """The cost of `text` in the language, of `names`, that it reads best as. O(n * names).

    >>> cheapest("港务处表示") < cheapest("¸ÛÎñ´¦±íÊ¾")
    True
    """
    table = languages()
    return min(table[name].cost(text) for name in names)
