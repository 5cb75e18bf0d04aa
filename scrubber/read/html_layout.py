"""Blocks of a page as readable lines: the title first, items of lists with their marks, rows of tables on one line.

What is formatted is content; what is mostly links is left as it stands, one link or cell a line, as rules know it from
text dumps. Text is never dropped here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scrubber.model.page import Container, Markup
from scrubber.read.html_blocks import Attributes, Builder, RawBlock
from scrubber.read.html_tags import CELLS

#: A list whose items are shorter than this on average is a menu or a row of labels, and gets no marks.
LISTED_CHARS = 20
#: Cells that are longer than this are no cells of a table of facts.
CELL_CHARS = 120
#: A line that is the page's title is no longer than this, and no shorter.
_TITLE_CHARS = 300
_MIN_TITLE_CHARS = 2


@dataclass(frozen=True, slots=True)
class Laid:
    """The lines of a page and what is known of them, and its containers with blocks numbered anew."""

    title: str
    lines: tuple[str, ...]
    markup: tuple[Markup, ...]
    containers: tuple[Container, ...]
    title_from: int


@dataclass(slots=True)
class _Draft:
    """A block on its way: its text, what is known of it, and whether a later step has taken it."""

    text: str
    raw: RawBlock
    kind: str
    level: int = 0
    ordinal: int = 0
    gone: bool = False


def lay_out(builder: Builder, head_title: str) -> Laid:
    """The lines of all blocks that `builder` has met. `head_title` is the title in the page's head. O(blocks)."""
    containers = builder.containers
    drafts = [_draft(raw) for raw in builder.blocks]
    _mark_items(drafts, containers, builder.numbering)
    _join_rows(drafts, containers, builder.rows_of_layout)
    place = _place_of_title(drafts, head_title)
    title = head_title if place < 0 else drafts[place].text
    return _numbered(drafts, containers, title, place)


def _draft(raw: RawBlock) -> _Draft:
    if raw.lines_kept:
        return _Draft(raw.text, raw, "code")
    if raw.level:
        return _Draft(raw.text, raw, "heading", raw.level)
    return _Draft(raw.text, raw, "item" if raw.item >= 0 else "paragraph")


def _mark_items(drafts: Sequence[_Draft], containers: Sequence[Container], numbering: dict[int, Attributes]) -> None:
    """Put a hyphen or a number before each item of a list of content: of long items, or of text that is not links."""
    firsts: dict[int, dict[int, _Draft]] = {}
    chars: dict[int, tuple[int, int]] = {}
    for draft in drafts:
        item = draft.raw.item
        if item < 0 or containers[item].tag != "li":
            continue
        above = containers[item].parent
        if containers[above].tag not in ("ul", "ol"):
            continue
        firsts.setdefault(above, {}).setdefault(item, draft)
        all_chars, link_chars = chars.get(above, (0, 0))
        chars[above] = all_chars + len(draft.text), link_chars + draft.raw.link_chars
    for number, items in firsts.items():
        all_chars, link_chars = chars[number]
        ordered = containers[number].tag == "ol"
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


def _join_rows(drafts: Sequence[_Draft], containers: Sequence[Container], broken: set[int]) -> None:
    """One line, parted by tabs, of each row whose cells are short and hold one block each, unless it is mostly links."""
    rows: dict[int, list[_Draft]] = {}
    for draft in drafts:
        if draft.raw.row >= 0 and draft.raw.cell >= 0:
            rows.setdefault(draft.raw.row, []).append(draft)
    cells_of: dict[int, list[int]] = {}
    for number, container in enumerate(containers):
        if container.parent in rows and container.tag in CELLS:
            cells_of.setdefault(container.parent, []).append(number)
    for row, members in rows.items():
        cells = [draft.raw.cell for draft in members]
        if len(members) < 2 or row in broken or len(set(cells)) < len(cells):
            continue
        if not set(cells) <= set(cells_of.get(row, ())):
            continue  # cells in cells, as a tree without the rules of tables has them
        if any(len(draft.text) > CELL_CHARS or draft.kind != "paragraph" for draft in members):
            continue
        if sum(draft.raw.link_chars for draft in members) * 2 > sum(len(draft.text) for draft in members):
            continue
        texts = {draft.raw.cell: draft.text for draft in members}
        first = members[0]
        first.text = "\t".join(texts.get(cell, "") for cell in cells_of[row]).rstrip("\t")
        first.kind = "row"
        first.raw = first.raw._replace(
            container=row,
            links=sum(draft.raw.links for draft in members),
            link_chars=sum(draft.raw.link_chars for draft in members),
            bold_chars=sum(draft.raw.bold_chars for draft in members),
        )
        for draft in members[1:]:
            draft.gone = True


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


def _numbered(drafts: Sequence[_Draft], containers: Sequence[Container], title: str, place: int) -> Laid:
    """The lines, blocks and containers, with what was joined and moved numbered anew."""
    lines: list[str] = []
    markup: list[Markup] = []
    renumbered: list[int] = []
    count = 0
    title_from = -1
    if title:
        raw = drafts[place].raw if place >= 0 else None
        known = Markup(0, 0, "title", 1) if raw is None else _markup(drafts[place], 0)._replace(kind="title")
        lines.append(title)
        markup.append(known)
        count = 1
    for number, draft in enumerate(drafts):
        renumbered.append(count)
        if number == place:
            title_from = count
            continue
        if draft.gone:
            continue
        known = _markup(draft, count)
        for line in draft.text.split("\n") if draft.raw.lines_kept else (draft.text,):
            lines.append(line)
            markup.append(known)
        count += 1
    renumbered.append(count)
    anew = tuple(
        each._replace(first=renumbered[each.first], stop=max(renumbered[each.first], renumbered[each.stop]))
        for each in containers
    )
    return Laid(title, tuple(lines), tuple(markup), anew, title_from)


def _markup(draft: _Draft, number: int) -> Markup:
    raw = draft.raw
    return Markup(
        number,
        raw.container,
        draft.kind,
        draft.level,
        raw.lists,
        raw.tables,
        draft.ordinal,
        raw.links,
        raw.link_chars,
        raw.bold_chars,
        raw.after_break,
    )
