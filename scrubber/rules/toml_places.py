"""Where the keys and values of a TOML text stand.

`tomllib` gives values without places; this module walks over the same text once more and notes them, so that
every message can show line and column. It refuses nothing by itself: whether a text is TOML is decided by
`tomllib` alone, and what the walk cannot follow gets the place of the nearest table around it.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

#: A key path into what `tomllib` returns: names of tables and keys, indexes of array elements.
KeyPath = tuple[str | int, ...]


class Place(NamedTuple):
    """Line and column, both from 1; columns are code points."""

    line: int
    column: int


class TomlProblem(NamedTuple):
    """Why a text is not TOML, and where."""

    message: str
    place: Place


class _Node:
    """One key or element: offsets of its key and of its value.

    `lead` is how many code points stand between the start of the value and the string that it spells out as
    it is; None where escapes or line ends come between. `of_tables` marks what `[[...]]` made.
    """

    __slots__ = ("children", "key", "lead", "of_tables", "value")

    def __init__(self, offset: int) -> None:
        self.key = offset
        self.value = offset
        self.lead: int | None = None
        self.of_tables = False
        self.children: dict[str | int, _Node] = {}

    def child(self, name: str, offset: int) -> _Node:
        """The key of that name, new if it was not there."""
        found = self.children.get(name)
        if found is None:
            found = self.children[name] = _Node(offset)
        return found

    def element(self, offset: int) -> _Node:
        """A new last element."""
        added = self.children[len(self.children)] = _Node(offset)
        return added

    def open_table(self) -> _Node:
        """The table that a header or key means by this name: of an array of tables, the last one."""
        return self.children[len(self.children) - 1] if self.of_tables else self


class Places:
    """Places of everything in one TOML text. Look-ups cost O(length of the path + log lines)."""

    __slots__ = ("_line_starts", "_root")

    def __init__(self, root: _Node, line_starts: Sequence[int]) -> None:
        self._root = root
        self._line_starts = line_starts

    def knows(self, path: KeyPath) -> bool:
        """Whether this very path was met: its place is its own, not that of a table around it."""
        return self._find(path)[1]

    def key(self, path: KeyPath) -> Place:
        """Where the last key of the path stands; of an array element, where the element stands."""
        return _place(self._line_starts, self._find(path)[0].key)

    def value(self, path: KeyPath) -> Place:
        """Where the value starts: its quote, bracket or first character; of a table, its header."""
        return _place(self._line_starts, self._find(path)[0].value)

    def inside(self, path: KeyPath, offset: int) -> Place:
        """Where code point `offset` of a string value stands; the value's start where escapes blur that."""
        node = self._find(path)[0]
        return _place(self._line_starts, node.value if node.lead is None else node.value + node.lead + offset)

    def _find(self, path: KeyPath) -> tuple[_Node, bool]:
        node = self._root
        for part in path:
            found = node.children.get(part)
            if found is None:
                return node, False
            node = found
        return node, True


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _place(line_starts: Sequence[int], offset: int) -> Place:
    line = bisect_right(line_starts, offset)
    return Place(line, offset - line_starts[line - 1] + 1)


class _LostTrack(Exception):
    """The walk met something that is no TOML."""


_GAP = re.compile(r"(?:[ \t\n]+|#[^\n]*+)*+")
_KEY_PART = re.compile(r"""[ \t]*(?:([A-Za-z0-9_-]+)|"((?:[^"\\\n]+|\\.)*+)"|'([^'\n]*)')[ \t]*""")
_STRING = re.compile(
    r'''"""(?:[^"\\]+|\\.|"{1,2}(?!"))*+"{3,5}'''
    r"""|'''(?:[^']+|'{1,2}(?!'))*+'{3,5}"""
    r"""|"(?!"")(?:[^"\\\n]+|\\.)*+"|'(?!'')[^'\n]*+'""",
    re.DOTALL,
)
#: Numbers, booleans, dates. A date and a time may be parted by one space.
_SCALAR = re.compile(r"\d{4}-\d\d-\d\d \d\d:[^ \t\n,\]}#]*+|[^ \t\n,\]}#]++")


class _Walk:
    """One pass over a text, with a stack instead of recursion. O(n)."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.root = _Node(0)
        #: Where the last statement began, or its value.
        self.begun = 0
        try:
            self._statements()
        except (_LostTrack, tomllib.TOMLDecodeError):
            return  # what was found so far serves; what lies behind falls back to the tables around it

    def _statements(self) -> None:
        text, table = self.text, self.root
        position = self._past_gap(0)
        while position < len(text):
            self.begun = position
            if text.startswith("[[", position):
                array, end = self._key(self.root, position + 2)
                array.of_tables = True
                table = array.element(position)
                position = self._past(end, "]]")
            elif text[position] == "[":
                table, end = self._key(self.root, position + 1)
                table.value = position
                position = self._past(end, "]")
            else:
                node, end = self._key(table, position)
                position = self._past_gap(self._past(end, "="))
                self.begun = position
                position = self._value(node, position)
            position = self._past_gap(position)

    def _past_gap(self, position: int) -> int:
        """The offset behind white space, line ends and comments."""
        gap = _GAP.match(self.text, position)
        return gap.end() if gap else position

    def _past(self, position: int, mark: str) -> int:
        if not self.text.startswith(mark, position):
            raise _LostTrack
        return position + len(mark)

    def _key(self, holder: _Node, position: int) -> tuple[_Node, int]:
        """The node that a dotted key below `holder` means, and the offset behind the key."""
        node = holder
        while True:
            part = _KEY_PART.match(self.text, position)
            if part is None:
                raise _LostTrack
            group = part.lastindex or 1
            name = part[group]
            if group == 2 and "\\" in name:
                name = tomllib.loads(f'key = "{name}"')["key"]
            node = node.open_table().child(name, part.start(group) - (group > 1))
            position = part.end()
            if not self.text.startswith(".", position):
                return node, position
            position += 1

    def _value(self, node: _Node, position: int) -> int:
        """Note a value and all in it; returns the offset behind it."""
        text = self.text
        opened: list[tuple[_Node, str]] = []
        while True:
            node.value = position
            bracket = text[position : position + 1]
            if bracket in ("[", "{"):
                opened.append((node, "]" if bracket == "[" else "}"))
                position += 1
            else:
                position = self._single(node, position)
            while opened:
                position = self._past_gap(position)
                following = text[position : position + 1]
                if following != "," and following != opened[-1][1]:
                    break
                position += 1
                if following != ",":
                    opened.pop()
            if not opened:
                return position
            holder, closing = opened[-1]
            if closing == "]":
                node = holder.element(position)
            else:
                node, end = self._key(holder, position)
                position = self._past_gap(self._past(end, "="))

    def _single(self, node: _Node, position: int) -> int:
        """Note a string, number, boolean or date; returns the offset behind it."""
        text = self.text
        quote = text[position : position + 1]
        found = (_STRING if quote in ("'", '"') else _SCALAR).match(text, position)
        if found is None or not quote:
            raise _LostTrack
        end = found.end()
        if quote in ("'", '"'):
            quotes = 3 if text.startswith(quote * 3, position) else 1
            plain = quote == "'" or text.find("\\", position, end) < 0
            if plain and text.find("\n", position, end) < 0:
                node.lead = quotes
        return end


def locate(text: str) -> Places:
    """Places of all keys and values of `text`, which `tomllib` accepts. O(n).

    >>> places = locate("[a]\\nb = ['x', 'yy']\\n")
    >>> tuple(places.key(("a", "b"))), tuple(places.inside(("a", "b", 1), 1))
    ((2, 1), (2, 13))
    """
    walk = _Walk(text)
    return Places(walk.root, _line_starts(walk.text))


def _decimal(written: str) -> Decimal:
    """A TOML float, exactly as written; an exponent past all measure counts as infinite."""
    try:
        return Decimal(written)
    except InvalidOperation:
        return Decimal("Infinity")


_SUFFIX = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


#: A key of more parts than this is refused: what `tomllib` remembers of a key grows with the square of its parts.
MAX_KEY_PARTS = 64
_DEEP_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*)""" + f"{{{MAX_KEY_PARTS}}}")


def read_toml(text: str) -> tuple[dict[str, Any], Places] | TomlProblem:
    """What `tomllib` makes of a text (floats as `Decimal`) with the places, or why it is not TOML. O(n).

    >>> read_toml("a = [1\\n")
    TomlProblem(message='this is not TOML: unclosed array.', place=Place(line=1, column=5))
    """
    deep = _DEEP_KEY.search(text)
    if deep:
        line = text.count("\n", 0, deep.start()) + 1
        return TomlProblem("a key has too many parts.", Place(line, 1))
    try:
        tree = tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        return _problem(text, str(error))
    except RecursionError:
        return TomlProblem("arrays or inline tables are nested too deeply.", Place(1, 1))
    except ValueError:
        # Python refuses to read an integer of thousands of digits, and says nothing of its place.
        return TomlProblem("a number in this file is too long.", Place(1, 1))
    return tree, locate(text)


def _problem(text: str, message: str) -> TomlProblem:
    suffix = _SUFFIX.search(message)
    reason = message[: suffix.start()] if suffix else message
    if reason == "Cannot overwrite a value":
        reason = "This key stands here twice"
    if suffix and suffix[1]:
        place = Place(int(suffix[1]), int(suffix[2]))
    else:  # "at end of document": where the unfinished statement or its value began says more
        walk = _Walk(text)
        place = _place(_line_starts(walk.text), walk.begun)
    return TomlProblem(f"this is not TOML: {reason[:1].lower()}{reason[1:]}.", place)
