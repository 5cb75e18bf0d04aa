"""Elements and text of a page, one after the other, into blocks: what stands between two boundaries of blocks.

A `Builder` is told of elements as they begin and end and of text between them, by whichever walk; it knows no parser.
It never recurses, and its cost is linear in what it is told.

White space is folded as the standard says: only space, tab and the line ends; no-break and ideographic spaces are text.
Hidden is what the page itself hides: the `hidden` attribute, `display: none` and `visibility: hidden` in a `style`
attribute, a `dialog` that is not open. What a style sheet hides is not known here and comes out. `aria-hidden` hides
from readers' machines what their eyes see, so it comes out too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from scrubber.model.page import Container
from scrubber.read.html_tags import BLOCK, BOLD, CELLS, HEADINGS, ITEMS, LINK, LISTS, named
from scrubber.text.lines import is_blank

Attributes = Mapping[str, str | None]

_FOLDED = re.compile(r"[\t\n\f\r ]+")
_FOLDED_CHARACTERS = "\t\n\f\r "
_HIDING_STYLE = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_LINES_KEPT = named("pre listing xmp plaintext")
#: These hold the whole page; where they are hidden a script will show them.
_NEVER_HIDDEN = named("html body main article")
_NAMING = ("class", "id", "role", "itemprop")
#: Longer class lists are cut: they name nothing that could be judged by.
_MAX_NAME_CHARS = 400
_HIDES = 8


class RawBlock(NamedTuple):
    """One block as it was met. `item`, `row` and `cell` are the containers that it stands in (-1: none)."""

    text: str
    container: int
    level: int
    links: int
    link_chars: int
    bold_chars: int
    after_break: bool
    item: int
    row: int
    cell: int
    lists: int
    tables: int
    lines_kept: bool


class _Place(NamedTuple):
    container: int
    level: int
    lists: int
    tables: int
    item: int
    row: int
    cell: int
    lines_kept: bool


def is_hidden(tag: str, attributes: Attributes) -> bool:
    """Whether an element hides what is in it."""
    if tag in _NEVER_HIDDEN:
        return False
    if "hidden" in attributes and (attributes["hidden"] or "").lower() != "until-found":
        return True
    style = attributes.get("style")
    if style and _HIDING_STYLE.search(style):
        return True
    return tag == "dialog" and "open" not in attributes


class Builder:
    """Collects the blocks of one page. `show_hidden` takes hidden elements as if they were not."""

    def __init__(self, *, show_hidden: bool = False) -> None:
        self.show_hidden = show_hidden
        self.blocks: list[RawBlock] = []
        #: Parent, tag, names, number of the first block, and of the first one behind.
        self.containers: list[Container] = [Container(-1, "page", "", 0, 0)]
        #: Attributes of lists and items that give them numbers, by container.
        self.numbering: dict[int, Attributes] = {}
        #: Rows that hold a table of their own.
        self.rows_of_layout: set[int] = set()
        self.hidden_chars = 0
        self._place = _Place(0, 0, 0, 0, -1, -1, -1, False)
        self._places: list[_Place] = []
        self._frames: list[int] = []
        self._parts: list[str] = []
        self._links = self._link_chars = self._bold_chars = 0
        self._in_link = self._in_bold = self._hidden = 0
        #: How many parts there were when a link ended: the next one would be glued to it.
        self._link_end = 0
        self._after_break = False

    def start(self, tag: str, kind: int, attributes: Attributes) -> None:
        """An element begins that has content. Each start has its `end`."""
        hides = 0
        if kind == BLOCK:
            self._flush()
            self._open(tag, attributes)
        elif kind == LINK:
            if self._parts and self._link_end == len(self._parts) and not self._hidden:
                self._parts.append(" ")
            self._in_link += 1
            self._links += 1
        elif kind == BOLD:
            self._in_bold += 1
        if attributes and not self.show_hidden and is_hidden(tag, attributes):
            hides = _HIDES
            self._hidden += 1
        elif tag == "dialog" and not attributes and not self.show_hidden:
            hides = _HIDES
            self._hidden += 1
        self._frames.append(kind | hides)

    def end(self) -> None:
        """The element that began last ends."""
        frame = self._frames.pop()
        kind = frame & 7
        if kind == BLOCK:
            self._flush()
            number = self._place.container
            self.containers[number] = self.containers[number]._replace(stop=len(self.blocks))
            self._place = self._places.pop()
        elif kind == LINK:
            self._in_link -= 1
            self._link_end = len(self._parts)
        elif kind == BOLD:
            self._in_bold -= 1
        if frame & _HIDES:
            self._hidden -= 1

    def text(self, text: str) -> None:
        """Text of the innermost element."""
        if self._hidden:
            self.hidden_chars += len(text.strip(_FOLDED_CHARACTERS))
            return
        if not self._parts and not self._place.lines_kept and not text.strip(_FOLDED_CHARACTERS):
            return
        self._parts.append(text)
        if self._in_link or self._in_bold:
            length = len(text.strip(_FOLDED_CHARACTERS))
            if self._in_link:
                self._link_chars += length
            if self._in_bold:
                self._bold_chars += length

    def line_break(self) -> None:
        """A `br`: it ends a line, and outside of `pre` a block."""
        if self._hidden:
            return
        if self._place.lines_kept:
            self._parts.append("\n")
            return
        self._flush()
        self._after_break = True

    def finish(self) -> None:
        """The page ends, whatever is still open."""
        while self._frames:
            self.end()
        self._flush()
        self.containers[0] = self.containers[0]._replace(stop=len(self.blocks))

    def _open(self, tag: str, attributes: Attributes) -> None:
        names = ""
        if attributes:
            names = " ".join([value for name in _NAMING if (value := attributes.get(name))])[:_MAX_NAME_CHARS]
        number = len(self.containers)
        place = self._place
        self.containers.append(Container(place.container, tag, names, len(self.blocks), len(self.blocks)))
        self._places.append(place)
        _, level, lists, tables, item, row, cell, lines_kept = place
        level = HEADINGS.get(tag, level)
        if tag in LISTS:
            lists, item = lists + 1, -1
            if attributes:
                self.numbering[number] = attributes
        elif tag in ITEMS:
            item = number
            if attributes and "value" in attributes:
                self.numbering[number] = attributes
        elif tag == "table":
            if row >= 0:
                self.rows_of_layout.add(row)
            tables, row, cell = tables + 1, -1, -1
        elif tag == "tr":
            row, cell = number, -1
        elif tag in CELLS:
            cell = number
        elif tag in _LINES_KEPT:
            lines_kept = True
        self._place = _Place(number, level, lists, tables, item, row, cell, lines_kept)

    def _flush(self) -> None:
        """What was collected becomes a block, if there is anything to see in it."""
        parts = self._parts
        after_break, self._after_break = self._after_break, False
        if not parts:
            return
        place = self._place
        text = parts[0] if len(parts) == 1 else "".join(parts)
        if place.lines_kept:
            text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
        else:
            text = _FOLDED.sub(" ", text).strip(" ")
        if text and not is_blank(text):
            self.blocks.append(
                RawBlock(
                    text,
                    place.container,
                    place.level,
                    self._links,
                    self._link_chars,
                    self._bold_chars,
                    after_break,
                    place.item,
                    place.row,
                    place.cell,
                    place.lists,
                    place.tables,
                    place.lines_kept,
                )
            )
        elif after_break:
            self._after_break = True
        self._parts = []
        self._links = self._link_chars = self._bold_chars = 0
        self._link_end = 0
