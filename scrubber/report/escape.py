"""Foreign text made safe to look at. Nothing here changes what is written to a file.

Scraped text, file names, rule titles and ids can hold escape sequences, bidirectional controls and characters
without width. A reader must see that they are there, and a terminal must not obey them.
"""

from __future__ import annotations

import re
import unicodedata

#: Tabs are shown as this many spaces.
TAB_CELLS = 4

#: Letters by their category, but blank to the eye: Hangul fillers.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
_FILLER = re.compile(f"[{''.join(sorted(_FILLERS))}]")


class _Shown(dict[int, str | int]):
    """What stands for a code point. Filled on first use: at most one entry for each code point there is."""

    def __missing__(self, point: int) -> str | int:
        self[point] = shown = self._form_of(point)
        return shown

    def _form_of(self, point: int) -> str | int:
        character = chr(point)
        if character.isprintable() and character not in _FILLERS:
            return point
        if character == "\t":
            return " " * TAB_CELLS
        if point < 0x20:
            return chr(0x2400 + point)
        if point == 0x7F:
            return "\u2421"
        if unicodedata.category(character) == "Zs":
            return self._space(point)
        return f"<U+{point:04X}>"

    def _space(self, point: int) -> str | int:
        return point


class _SpacesShown(_Shown):
    def _space(self, point: int) -> str | int:
        return f"<U+{point:04X}>"


_SHOWN = _Shown()
_SPACES_SHOWN = _SpacesShown()


def visible(text: str, *, spaces: bool = False) -> str:
    """`text` with everything that a terminal would obey or not show turned into visible symbols.

    C0 controls become their pictures, other controls, bidirectional and zero-width characters, private and
    unassigned code points and lone surrogates become `<U+202E>`; a tab becomes four spaces. With `spaces`
    unusual spaces (U+00A0, U+3000) are named too. O(n).

    >>> visible("a\\x1b[1m\\u202eb"), visible("价格\\u3000９元"), visible("a\\u00a0b", spaces=True)
    ('a␛[1m<U+202E>b', '价格\u3000９元', 'a<U+00A0>b')
    """
    if text.isprintable() and (text.isascii() or not _FILLER.search(text)):
        return text
    return text.translate(_SPACES_SHOWN if spaces else _SHOWN)


#: Characters that are legal in JSON as they are, and yet steer a terminal, a viewer or a line reader: DEL and
#: C1, line and paragraph separators, directional controls, lone surrogates.
_JSON_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def safe_json(encoded: str) -> str:
    """A JSON text with the characters that steer a terminal written as escapes; it means the same. O(n).

    `##[` goes too: the old mark of a workflow command, which GitHub's runner obeys wherever it stands in a line.

    >>> safe_json('"a\\u202eb"'), safe_json('"##[add-mask]a"')
    ('"a\\\\u202eb"', '"#\\\\u0023[add-mask]a"')
    """
    safe = _JSON_UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", encoded)
    return safe.replace("##[", "#\\u0023[")
