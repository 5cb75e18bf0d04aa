"""The shape of a regex: what stands in it one after the other, as alternatives, repeated.

Reads patterns that RE2 has taken, in RE2's own syntax, for `literals.py` to look for words in. It decides nothing about
what matches: what it does not know becomes `ANYTHING`, and whoever asks then learns less, never something false.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: A class of more characters than this is as good as any character.
MAX_CLASS_CHARS = 16


class Literal(NamedTuple):
    """These characters, one after the other."""

    text: str


class Choice(NamedTuple):
    """One of these."""

    branches: tuple[Node, ...]


class Sequence(NamedTuple):
    """All of these, in this order."""

    items: tuple[Node, ...]


class Repeat(NamedTuple):
    """At least `least` times and at most `most` times (None: without end)."""

    item: Node
    least: int
    most: int | None


class Edge(NamedTuple):
    """Where the line begins (`^`) or ends (`$`)."""


class Digit(NamedTuple):
    """One decimal digit of any script."""


class Character(NamedTuple):
    """One character; which one is not known."""


class Anything(NamedTuple):
    """Whatever it is: no more is known, not even that it is not empty."""


Node = Literal | Choice | Sequence | Repeat | Edge | Digit | Character | Anything

EDGE = Edge()
DIGIT = Digit()
CHARACTER = Character()
ANYTHING = Anything()
NOTHING = Literal("")

#: Shorter groups are read again rather than looked up.
SHARED_GROUP_CHARS = 40

#: Parentheses, and what may hold some that are none: escapes and classes.
_BRACKETS = re.compile(r"\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|[()]", re.DOTALL)
_PLAIN = re.compile(r"[^\\()\[\]{}|*+?.^$]+")
_REPEATS = ("*", "+", "?", "{")
_COUNT = re.compile(r"\{(\d+)(,?)(\d*)\}")
_GROUP = re.compile(r"\(\?(?:P?<\w+>|[imsU-]*:)")
_FLAGS = re.compile(r"\(\?[imsU-]+\)")
_HEX = re.compile(r"\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))")
_PROPERTY = re.compile(r"\\[pP](?:\{\^?\w+\}|\w)")
_DIGITS = r"\p{Nd}"
#: Escapes that stand for a place or for a byte.
_NO_CHARACTER = (r"\b", r"\B", r"\C")
_CONTROLS = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}


class UnknownSyntax(ValueError):
    """The pattern holds something that is not known here."""


def _group_ends(pattern: str) -> dict[int, int]:
    """Where each group that is closed ends, by where it begins. O(length of the pattern)."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for match in _BRACKETS.finditer(pattern):
        if match[0] == "(":
            opened.append(match.start())
        elif match[0] == ")" and opened:
            ends[opened.pop()] = match.end()
    return ends


def tree_of(pattern: str, groups: dict[str, Node] | None = None) -> Node:
    """The tree of a pattern; `ANYTHING` where its syntax is not known here. O(length of the pattern).

    `groups` keeps the trees of long groups by their text: patterns that hold the same word list share its tree, and it
    is read once.

    >>> tree_of("^ab|c+")
    Choice(branches=(Sequence(items=(Edge(), Literal(text='ab'))), Repeat(item=Literal(text='c'), least=1, most=None)))
    """
    reader = _Reader(pattern, {} if groups is None else groups)
    try:
        node = reader.choice()
    except (UnknownSyntax, RecursionError):
        return ANYTHING
    return node if reader.place == len(pattern) else ANYTHING


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str, groups: dict[str, Node]) -> None:
        self.pattern = pattern
        self.place = 0
        self.groups = groups
        self.ends = _group_ends(pattern)

    def choice(self) -> Node:
        """Alternatives up to a closing parenthesis or the end."""
        branches = [self._sequence()]
        while self.pattern.startswith("|", self.place):
            self.place += 1
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Node:
        items: list[Node] = []
        while self.place < len(self.pattern) and self.pattern[self.place] not in "|)":
            item = self._counted(self._item())
            if isinstance(item, Literal) and items and isinstance(items[-1], Literal):
                items[-1] = Literal(items[-1].text + item.text)
            else:
                items.append(item)
        if not items:
            return NOTHING
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _item(self) -> Node:
        pattern, place = self.pattern, self.place
        character = pattern[place]
        if character == "(":
            return self._group()
        if character == "[":
            return _one_of(self._class())
        if character == "\\":
            return self._escape()
        plain = _PLAIN.match(pattern, place)
        if plain:
            # What is repeated is the last character alone.
            self.place = plain.end() - (plain.end() - place > 1 and pattern[plain.end() : plain.end() + 1] in _REPEATS)
            return Literal(pattern[place : self.place])
        self.place += 1
        if character in "^$":
            return EDGE
        return CHARACTER if character == "." else Literal(character)

    def _group(self) -> Node:
        begin = self.place
        text = self.pattern[begin : self.ends.get(begin, begin)]
        if len(text) < SHARED_GROUP_CHARS:
            return self._read_group()
        if text not in self.groups:
            self.groups[text] = self._read_group()
        self.place = begin + len(text)
        return self.groups[text]

    def _read_group(self) -> Node:
        flags = _FLAGS.match(self.pattern, self.place)
        if flags:
            self.place = flags.end()
            return NOTHING
        opening = _GROUP.match(self.pattern, self.place)
        if opening:
            self.place = opening.end()
        elif self.pattern.startswith("(?", self.place):
            raise UnknownSyntax
        else:
            self.place += 1
        node = self.choice()
        if not self.pattern.startswith(")", self.place):
            raise UnknownSyntax
        self.place += 1
        return node

    def _escape(self) -> Node:
        name = self.pattern[self.place : self.place + 2]
        character = self._escaped()
        if isinstance(character, Digit):
            return character
        if character is None:
            return ANYTHING if name in _NO_CHARACTER else CHARACTER
        return EDGE if character == "" else Literal(character)

    def _escaped(self) -> str | Digit | None:
        """The character that an escape stands for; None for a class; empty for an edge of the line."""
        pattern, place = self.pattern, self.place
        if pattern.startswith(_DIGITS, place):
            self.place += len(_DIGITS)
            return DIGIT
        for known, read in ((_HEX, True), (_PROPERTY, False)):
            match = known.match(pattern, place)
            if match:
                self.place = match.end()
                return chr(int(match[1] or match[2], 16)) if read else None
        escape = pattern[place + 1 : place + 2]
        self.place += 2
        if escape in _CONTROLS:
            return _CONTROLS[escape]
        if escape in ("A", "z"):
            return ""
        if escape in ("b", "B", "d", "D", "s", "S", "w", "W", "C"):
            return None
        if not escape or (escape.isalnum() and escape.isascii()):
            raise UnknownSyntax
        return escape

    def _class(self) -> frozenset[str | Digit] | None:
        """The members of a class; None if they are many, or all but some."""
        pattern = self.pattern
        self.place += 1
        many = pattern.startswith("^", self.place)
        self.place += many
        members: set[str | Digit] = set()
        first = True
        while first or not pattern.startswith("]", self.place):
            first = False
            low = self._member()
            high = low
            if pattern.startswith("-", self.place) and not pattern.startswith("-]", self.place):
                self.place += 1
                high = self._member()
            if isinstance(low, Digit) and high is low:
                members.add(low)
            elif not (isinstance(low, str) and isinstance(high, str)) or ord(high) - ord(low) > MAX_CLASS_CHARS:
                many = True
            else:
                members.update(chr(code) for code in range(ord(low), ord(high) + 1))
        self.place += 1
        return None if many or len(members) > MAX_CLASS_CHARS else frozenset(members)

    def _member(self) -> str | Digit | None:
        if self.place >= len(self.pattern):
            raise UnknownSyntax
        if self.pattern.startswith("[:", self.place):
            self.place = self.pattern.index(":]", self.place) + 2
            return None
        if self.pattern[self.place] == "\\":
            escaped = self._escaped()
            return None if escaped == "" else escaped
        self.place += 1
        return self.pattern[self.place - 1]

    def _counted(self, item: Node) -> Node:
        """The item with the repeats that follow it."""
        while self.place < len(self.pattern):
            character = self.pattern[self.place]
            count = _COUNT.match(self.pattern, self.place)
            if count:
                self.place = count.end()
                least = int(count[1])
                most = least if not count[2] else int(count[3]) if count[3] else None
            elif character in "*+?":
                self.place += 1
                least, most = int(character == "+"), 1 if character == "?" else None
            else:
                break
            if self.pattern.startswith("?", self.place):
                self.place += 1
            item = Repeat(item, least, most)
        return item


def _one_of(members: frozenset[str | Digit] | None) -> Node:
    if not members:
        return CHARACTER
    literals = [Literal(member) for member in sorted(member for member in members if isinstance(member, str))]
    nodes: tuple[Node, ...] = (*(member for member in members if isinstance(member, Digit)), *literals)
    return nodes[0] if len(nodes) == 1 else Choice(nodes)


def most_chars(pattern: str, tree: Node | None = None, known: dict[int, int | None] | None = None) -> int | None:
    """The longest line, in code points, that a pattern can match; None if it matches lines of any length.

    `tree` is that of the pattern, where it is at hand; `known` keeps the lengths of nodes by their identity, for
    patterns that share them: who gives it lets no node go.

    >>> most_chars("^a.{2,5}$"), most_chars("^a+$"), most_chars("a")
    (6, None, None)
    """
    tree = tree_of(pattern) if tree is None else tree
    bound = isinstance(tree, Sequence) and isinstance(tree.items[0], Edge) and isinstance(tree.items[-1], Edge)
    # An edge may stand for either end of the line.
    return (
        _most(tree, {} if known is None else known)
        if bound and pattern.startswith("^") and pattern.endswith("$")
        else None
    )


def _most(node: Node, known: dict[int, int | None]) -> int | None:
    if isinstance(node, Literal):
        return len(node.text)
    if isinstance(node, Edge):
        return 0
    if isinstance(node, Digit | Character):
        return 1
    if isinstance(node, Anything):
        return None
    if id(node) not in known:
        known[id(node)] = _most_of_parts(node, known)
    return known[id(node)]


def _most_of_parts(node: Repeat | Sequence | Choice, known: dict[int, int | None]) -> int | None:
    if isinstance(node, Repeat):
        once = _most(node.item, known)
        return None if once is None or node.most is None else once * node.most
    parts = [_most(part, known) for part in (node.items if isinstance(node, Sequence) else node.branches)]
    sizes = [part for part in parts if part is not None]
    if len(sizes) < len(parts):
        return None
    return sum(sizes) if isinstance(node, Sequence) else max(sizes)
