"""Elements and text of a page, one after the other, into blocks: what stands between two boundaries of blocks.

A `Builder` is told of elements as they begin and end and of text between them, by whichever walk; it knows no parser.
It never recurses, and its cost is linear in what it is told.

White space is folded as the standard says: only space, tab and the line ends; no-break and ideographic spaces are text.
Hidden is what the page itself hides: the `hidden` attribute, `display: none` and `visibility: hidden` in a `style`
attribute, a `dialog` that is not open, and the elements of `HIDING`. What a style sheet hides is not known here and comes out. `aria-hidden` hides
from readers' machines what their eyes see, so it comes out too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, cast

from scrubber.read.html_tags import BLOCK, BOLD, CELLS, HEADINGS, HIDER, HIDING, ITEMS, LINK, LISTS, named
from scrubber.text.lines import is_blank

Attributes = Mapping[str, str | None]

_FOLDED_CHARACTERS = "\t\n\f\r "
_HIDING_STYLE = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_LINES_KEPT = named("pre listing xmp plaintext")
#: These hold the whole page; where they are hidden a script will show them.
_NEVER_HIDDEN = named("html body main article")
_PLACING = frozenset(HEADINGS) | LISTS | ITEMS | CELLS | _LINES_KEPT | named("table tr")
#: Longer class lists are cut: they name nothing that could be judged by.
_MAX_NAME_CHARS = 400
_MORE_NAMES = ("role", "itemprop")
_HIDES, _UNSCRIPTED, _CONTROLS = 16, 32, 64


class Place(NamedTuple):
    """Where a block stands, apart from its container: what changes in a few elements only.

    `level` is that of the heading around it (0: none), `item`, `row` and `cell` the containers that it stands in (-1:
    none), `lists` and `tables` how many there are around it, `lines_kept` whether its lines are its own (`pre`).
    """

    level: int = 0
    lists: int = 0
    tables: int = 0
    item: int = -1
    row: int = -1
    cell: int = -1
    lines_kept: bool = False


class RawBlock(NamedTuple):
    """One block as it was met, in the innermost container with this number."""

    text: str
    container: int
    place: Place
    links: int
    link_chars: int
    bold_chars: int
    after_break: bool


#: Quicker than their own constructors, which check nothing either.
_new_place = cast("Callable[[tuple[int, int, int, int, int, int, bool]], Place]", partial(tuple.__new__, Place))
_new_block = cast("Callable[[tuple[str, int, Place, int, int, int, bool]], RawBlock]", partial(tuple.__new__, RawBlock))


def is_hidden(tag: str, attributes: Attributes) -> bool:
    """Whether an element hides what is in it."""
    if tag in _NEVER_HIDDEN:
        return False
    if "hidden" in attributes and (attributes["hidden"] or "").lower() != "until-found":
        return True
    style = attributes.get("style")
    if style and _HIDING_STYLE.search(style):
        return True
    return tag in HIDING or (tag == "dialog" and "open" not in attributes)


class Builder:
    """Collects the blocks of one page. `shown` takes what is hidden as if it were not: `hidden`, `noscript`."""

    #: Whether a walk is to tell of comments.
    hears_comments = False

    def __init__(self, *, shown: frozenset[str] = frozenset()) -> None:
        self.shown = shown
        self.blocks: list[RawBlock] = []
        #: Blocks that a comment asks to keep, each with the reason (`keep_marks`).
        self.kept: dict[int, str] = {}
        #: Of each container its parent, tag, names, number of its first block, and of the first one behind it.
        self.parents, self.tags, self.names = [-1], ["page"], [""]
        self.firsts, self.stops = [0], [0]
        self._places = [Place()]
        #: Attributes of lists and items that give them numbers, by container.
        self.numbering: dict[int, Attributes] = {}
        #: Rows that hold a table of their own.
        self.rows_of_layout: set[int] = set()
        #: Code points that were left out; how many of them stand in `noscript`, and how many are no text for anybody.
        self.hidden_chars = self.unscripted_chars = self.never_shown_chars = 0
        self._own = 0
        self.place = self._places[0]
        #: The kind of each open element, and what it hides.
        self._frames: list[int] = []
        #: Text of the block that is not complete; always the same list.
        self.parts: list[str] = []
        self._links = self._link_chars = self._bold_chars = 0
        self._in_link = self._in_bold = self._hidden = self._unscripted = self._controls = 0
        #: How many parts there were when a link ended: the next one would be glued to it.
        self._link_end = 0
        self._after_break = False

    @property
    def lines_kept(self) -> bool:
        """Whether white space counts where text comes next."""
        return self.place.lines_kept

    def start(self, tag: str, kind: int, attributes: Attributes) -> None:
        """An element begins that has content. Each start has its `end`."""
        frame = kind
        if kind == BLOCK:
            if self.parts:
                self._flush()
            number = len(self.tags)
            self.parents.append(self._own)
            self.tags.append(tag)
            self.names.append(_names(attributes) if attributes else "")
            self.firsts.append(len(self.blocks))
            self.stops.append(0)
            self._own = number
            if tag in _PLACING:
                self.place = self._placed(tag, number, attributes)
            self._places.append(self.place)
        elif kind == LINK:
            if self.parts and self._link_end == len(self.parts) and not self._hidden:
                self.parts.append(" ")
            self._in_link += 1
            self._links += 1
        elif kind == BOLD:
            self._in_bold += 1
        if (
            (kind == HIDER or tag == "dialog" or (attributes and ("style" in attributes or "hidden" in attributes)))
            and is_hidden(tag, attributes)
            and _way_of_hiding(tag) not in self.shown
        ):
            frame |= _HIDES
            self._hidden += 1
            if tag == "noscript":
                frame |= _UNSCRIPTED
                self._unscripted += 1
            elif tag in HIDING:
                frame |= _CONTROLS
                self._controls += 1
        self._frames.append(frame)

    def end(self) -> None:
        """The element that began last ends."""
        frame = self._frames.pop()
        kind = frame & 15
        if kind == BLOCK:
            if self.parts:
                self._flush()
            own = self._own
            self.stops[own] = len(self.blocks)
            self._own = own = self.parents[own]
            self.place = self._places[own]
        elif kind == LINK:
            self._in_link -= 1
            self._link_end = len(self.parts)
        elif kind == BOLD:
            self._in_bold -= 1
        if frame >= _HIDES:
            self._hidden -= 1
            if frame & _UNSCRIPTED:
                self._unscripted -= 1
            elif frame & _CONTROLS:
                self._controls -= 1

    def text(self, text: str) -> None:
        """Text of the innermost element."""
        parts = self.parts
        if not parts and text.isspace() and not self.lines_kept:
            return
        if self._hidden:
            length = len(text.strip(_FOLDED_CHARACTERS))
            self.hidden_chars += length
            if self._controls or "</" in text:
                self.never_shown_chars += length  # stored markup at best
            elif self._unscripted:
                self.unscripted_chars += length
            return
        parts.append(text)
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
        if self.place.lines_kept:
            self.parts.append("\n")
            return
        if self.parts:
            self._flush()
        self._after_break = True

    def comment(self, comment: str) -> None:
        """A comment stands here; told only where `hears_comments`."""

    def finish(self) -> None:
        """The page ends, whatever is still open."""
        while self._frames:
            self.end()
        if self.parts:
            self._flush()
        self.stops[0] = len(self.blocks)

    def _placed(self, tag: str, number: int, attributes: Attributes) -> Place:
        """The place of what stands in an element that changes it."""
        level, lists, tables, item, row, cell, lines_kept = self.place
        if tag in ITEMS:
            if attributes and "value" in attributes:
                self.numbering[number] = attributes
            return _new_place((level, lists, tables, number, row, cell, lines_kept))
        if tag in LISTS:
            if attributes:
                self.numbering[number] = attributes
            return _new_place((level, lists + 1, tables, -1, row, cell, lines_kept))
        if tag in CELLS:
            return _new_place((level, lists, tables, item, row, number, lines_kept))
        if tag == "tr":
            return _new_place((level, lists, tables, item, number, -1, lines_kept))
        if tag == "table":
            if row >= 0:
                self.rows_of_layout.add(row)
            return _new_place((level, lists, tables + 1, item, -1, -1, lines_kept))
        if tag in HEADINGS:
            return _new_place((HEADINGS[tag], lists, tables, item, row, cell, lines_kept))
        return _new_place((level, lists, tables, item, row, cell, True))

    def _flush(self) -> None:
        """What was collected, which is not nothing, becomes a block, if there is anything to see in it."""
        parts = self.parts
        place = self.place
        text = parts[0] if len(parts) == 1 else "".join(parts)
        if place.lines_kept:
            text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
        else:
            text = text.strip(_FOLDED_CHARACTERS)
            if not text.isprintable():
                for space in "\n\t\r\f":
                    text = text.replace(space, " ")
            if "  " in text:
                text = " ".join([word for word in text.split(" ") if word])
        if text and (text[0].isalnum() or not is_blank(text)):
            self.blocks.append(
                _new_block((text, self._own, place, self._links, self._link_chars, self._bold_chars, self._after_break))
            )
            self._after_break = False
        parts.clear()
        self._links = self._link_chars = self._bold_chars = self._link_end = 0


def _way_of_hiding(tag: str) -> str:
    return tag if tag in HIDING else "hidden"


def _names(attributes: Attributes) -> str:
    """Class, id, role and itemprop, as they are written."""
    get = attributes.get
    names = get("class") or ""
    if more := get("id"):
        names = f"{names} {more}" if names else more
    if len(attributes) > 1:
        for name in _MORE_NAMES:
            if name in attributes and (more := attributes[name]):
                names = f"{names} {more}" if names else more
    elif not names:
        names = get("role") or get("itemprop") or ""
    return names if len(names) <= _MAX_NAME_CHARS else names[:_MAX_NAME_CHARS]
