"""Blocks of a page as readable lines: the title first, items of lists with their marks, rows of tables on one line.

What is formatted is content; what is mostly links is left as it stands, one link or cell a line, as rules know it from
text dumps. Text is never dropped here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import cast

from msgspec import Struct

from scrubber.model import KeptLines, kept_runs
from scrubber.model.page import Containers, Markup
from scrubber.read.html_blocks import Builder, RawBlock
from scrubber.read.html_tags import CELLS

#: A list whose items are shorter than this on average is a menu or a row of labels, and gets no marks.
LISTED_CHARS = 20
#: Cells that are longer than this are no cells of a table of facts.
CELL_CHARS = 120
#: A line that is the page's title is no longer than this, and no shorter.
_TITLE_CHARS = 300
_MIN_TITLE_CHARS = 2
#: Quicker than its own constructor, which checks nothing either.
_new_markup = cast(
    "Callable[[tuple[int, int, str, int, int, int, int, int, int, int, bool]], Markup]", partial(tuple.__new__, Markup)
)


class Laid(Struct, frozen=True):
    """The lines of a page and what is known of them, and its containers with blocks numbered anew."""

    title: str
    lines: tuple[str, ...]
    markup: tuple[Markup, ...]
    containers: Containers
    title_from: int
    kept: tuple[KeptLines, ...] = ()


class _Draft(Struct):
    """A block on its way: its text, what is known of it, and whether a later step has taken it."""

    text: str
    raw: RawBlock
    kind: str
    level: int = 0
    ordinal: int = 0
    gone: bool = False


def lay_out(builder: Builder, head_title: str) -> Laid:
    """The lines of all blocks that `builder` has met. `head_title` is the title in the page's head. O(blocks)."""
    drafts = [_draft(raw) for raw in builder.blocks]
    _mark_items(drafts, builder)
    _join_rows(drafts, builder)
    place = _place_of_title(drafts, head_title)
    title = head_title if place < 0 else drafts[place].text
    return _numbered(drafts, builder, title, place)


def _draft(raw: RawBlock) -> _Draft:
    place = raw.place
    if place.lines_kept:
        return _Draft(raw.text, raw, "code")
    if place.level:
        return _Draft(raw.text, raw, "heading", place.level)
    return _Draft(raw.text, raw, "item" if place.item >= 0 else "paragraph")


def _mark_items(drafts: Sequence[_Draft], builder: Builder) -> None:
    """Put a hyphen or a number before each item of a list of content: of long items, or of text that is not links."""
    tags, parents, numbering = builder.tags, builder.parents, builder.numbering
    firsts: dict[int, dict[int, _Draft]] = {}
    chars: dict[int, tuple[int, int]] = {}
    for draft in drafts:
        item = draft.raw.place.item
        if item < 0 or tags[item] != "li":
            continue
        above = parents[item]
        if tags[above] not in ("ul", "ol"):
            continue
        firsts.setdefault(above, {}).setdefault(item, draft)
        all_chars, link_chars = chars.get(above, (0, 0))
        chars[above] = all_chars + len(draft.text), link_chars + draft.raw.link_chars
    for number, items in firsts.items():
        all_chars, link_chars = chars[number]
        ordered = tags[number] == "ol"
        marked = link_chars * 2 < all_chars and all_chars >= LISTED_CHARS * len(items)
        ordinal = _number(numbering.get(number, {}).get("start"), 1) if ordered else 0
        for item, draft in items.items():
            if ordered:
                ordinal = _number(numbering.get(item, {}).get("value"), ordinal)
                draft.ordinal = ordinal
                ordinal += 1
            if marked and draft.kind == "item":
                draft.text = f"{draft.ordinal}. {draft.text}" if ordered else f"- {draft.text}"


def _number(written: str | None, default: int) -> int:
    text = (written or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else default


def _join_rows(drafts: Sequence[_Draft], builder: Builder) -> None:
    """One line, parted by tabs, of each row whose cells are short and hold one block each, unless it is mostly links."""
    rows: dict[int, list[_Draft]] = {}
    for draft in drafts:
        place = draft.raw.place
        if place.cell >= 0 and place.row >= 0 and place.row not in builder.rows_of_layout:
            rows.setdefault(place.row, []).append(draft)
    for row, members in list(rows.items()):
        if not _is_of_facts(members):
            del rows[row]
    if not rows:
        return
    cells_of: dict[int, list[int]] = {}
    for number, above in enumerate(builder.parents):
        if above in rows and builder.tags[number] in CELLS:
            cells_of.setdefault(above, []).append(number)
    for row, members in rows.items():
        texts = {draft.raw.place.cell: draft.text for draft in members}
        cells = cells_of.get(row, [])
        if not texts.keys() <= set(cells):
            continue  # cells in cells, as a tree without the rules of tables has them
        first = members[0]
        first.text = "\t".join([texts.get(cell, "") for cell in cells]).rstrip("\t")
        first.kind = "row"
        first.raw = first.raw._replace(
            container=row,
            links=sum(draft.raw.links for draft in members),
            link_chars=sum(draft.raw.link_chars for draft in members),
            bold_chars=sum(draft.raw.bold_chars for draft in members),
        )
        for draft in members[1:]:
            draft.gone = True


def _is_of_facts(members: Sequence[_Draft]) -> bool:
    """Whether the blocks of a row are the cells of a table of facts."""
    cells = {draft.raw.place.cell for draft in members}
    if len(members) < 2 or len(cells) < len(members):
        return False
    if any(len(draft.text) > CELL_CHARS or draft.kind != "paragraph" for draft in members):
        return False
    return sum(draft.raw.link_chars for draft in members) * 2 <= sum(len(draft.text) for draft in members)


def _place_of_title(drafts: Sequence[_Draft], head_title: str) -> int:
    """Which block is the title that the head names: the first heading inside it, else the first line that is nearly it.

    Without a title in the head it is the first heading of level 1. -1: none.
    """
    if not head_title:
        return next((place for place, draft in enumerate(drafts) if draft.level == 1), -1)
    near = -1
    for place, draft in enumerate(drafts):
        text = draft.text
        if draft.gone or not _MIN_TITLE_CHARS <= len(text) <= _TITLE_CHARS or text not in head_title:
            continue
        if draft.level and len(text) * 5 >= len(head_title):
            return place
        if near < 0 and draft.kind == "paragraph" and draft.raw.link_chars == 0 and len(text) * 2 >= len(head_title):
            near = place
    return near


def _numbered(drafts: Sequence[_Draft], builder: Builder, title: str, place: int) -> Laid:
    """The lines, blocks and containers, with what was joined and moved numbered anew."""
    lines: list[str] = []
    markup: list[Markup] = []
    renumbered: list[int] = []
    count = 0
    title_from = -1
    if title:
        known = Markup(0, 0, "title", 1) if place < 0 else _markup(drafts[place], 0)._replace(kind="title")
        lines.append(title)
        markup.append(known)
        count = 1
    for number, draft in enumerate(drafts):
        renumbered.append(count)
        if number == place:
            title_from = count
        elif not draft.gone:
            known = _markup(draft, count)
            count += 1
            if draft.kind == "code":
                own = draft.text.split("\n")
                lines += own
                markup += [known] * len(own)
            else:
                lines.append(draft.text)
                markup.append(known)
    renumbered.append(count)
    containers = Containers(
        tuple(builder.parents),
        tuple(builder.tags),
        tuple(builder.names),
        tuple([renumbered[first] for first in builder.firsts]),
        tuple([renumbered[stop] for stop in builder.stops]),
    )
    kept = _kept(drafts, builder.kept, renumbered, place if title else -1)
    return Laid(
        title,
        tuple(lines),
        tuple(markup),
        containers,
        title_from,
        kept_runs((index, kept[known.block]) for index, known in enumerate(markup) if known.block in kept)
        if kept
        else (),
    )


def _kept(drafts: Sequence[_Draft], asked: Mapping[int, str], renumbered: Sequence[int], title: int) -> dict[int, str]:
    """Numbers of the blocks, as they are laid out, of which comments ask to keep something, each with the reason."""
    found: dict[int, str] = {}
    rows: dict[int, int] = {}
    for number, draft in enumerate(drafts if asked else ()):
        row = draft.raw.place.row
        if not draft.gone:
            rows[row] = 0 if number == title else renumbered[number]
        if number in asked:
            found.setdefault(rows[row], asked[number])
    return found


def _markup(draft: _Draft, number: int) -> Markup:
    _, container, (_, lists, tables, *_), links, link_chars, bold_chars, after_break = draft.raw
    return _new_markup(
        (number, container, draft.kind, draft.level, lists, tables, draft.ordinal, links, link_chars, bold_chars, after_break)
    )  # fmt: skip
