"""Word lists of a rule file: named once under `[words]`, used in patterns as `<<name>>`.

    [words]
    actions = ["分享", "打印", "收藏(?:本页)?"]

    [[rule]]
    match = { regex = ['^<<actions>>( <<actions>>)+$'] }

In a regex `<<name>>` stands for any of the list's items, each a fragment of a regex. A plain form that is nothing but
`<<name>>` stands for the items themselves. A list may use lists that stand above it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from scrubber.rules.sources import is_slug
from scrubber.rules.toml_cells import Cell, nearest, shown
from scrubber.rules.toml_check import Checker

#: Word lists by name.
Words = Mapping[str, tuple[str, ...]]

_REFERENCE = re.compile(r"<<([^<>]*)>>")


class Expanded(NamedTuple):
    """A pattern with its word lists filled in, and what is needed to find the way back."""

    text: str
    #: Pairs of (offset behind a list in the expanded text, offset behind its name in the written one).
    steps: tuple[tuple[int, int], ...]

    def written_offset(self, offset: int) -> int:
        """Where an offset of the expanded text comes from. Inside a list: the place of its name."""
        written = offset
        for behind, name_end in self.steps:
            if offset < behind:
                return min(written, name_end - 1)
            written = name_end + (offset - behind)
        return written


def expand(pattern: str, words: Words) -> Expanded:
    """Fill the word lists into a regex. Names that are not in `words` stay as they are written. O(length of the result).

    >>> expand("^<<buttons>>$", {"buttons": ("share", "print")}).text
    '^(?:share|print)$'
    """
    parts: list[str] = []
    steps: list[tuple[int, int]] = []
    length = position = 0
    for match in _REFERENCE.finditer(pattern):
        items = words.get(match[1])
        if items is None:
            continue
        piece = pattern[position : match.start()] + "(?:" + "|".join(items) + ")"
        parts.append(piece)
        length += len(piece)
        position = match.end()
        steps.append((length, position))
    parts.append(pattern[position:])
    return Expanded("".join(parts), tuple(steps))


def listed(form: str, words: Words) -> tuple[str, ...]:
    """What a plain form stands for: itself, or the items of the list that it names.

    >>> listed("<<buttons>>", {"buttons": ("share", "print")}), listed("share", {})
    (('share', 'print'), ('share',))
    """
    match = _REFERENCE.fullmatch(form)
    return words.get(match[1], (form,)) if match else (form,)


def note_unknown(check: Checker, cell: Cell, text: str, words: Words) -> None:
    """Note each word list that a form names and that does not exist."""
    for match in _REFERENCE.finditer(text):
        if match[1] not in words:
            message = f"there is no word list {shown(match[1])} in this file."
            check.note(cell.wrong(message, nearest(match[1], tuple(words)), offset=match.start()))


def read_words(check: Checker, table: Cell) -> dict[str, tuple[str, ...]]:
    """The `[words]` table: lists of regex fragments by name. O(size of the lists)."""
    words: dict[str, tuple[str, ...]] = {}
    if not check.table(table, "a table of word lists"):
        return words
    for name, cell in table.table().items():
        if not is_slug(name):
            check.note(cell.wrong_key(f"{shown(name)} cannot be the name of a word list.", "Use a-z, 0-9 and -."))
            continue
        items: list[str] = []
        for text, item in check.strings(cell) or ():
            note_unknown(check, item, text, words)
            items += [expand(part, words).text for part in listed(text, words)]
        words[name] = tuple(items)
    return words
