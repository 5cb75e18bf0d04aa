"""Draws the flow charts of these pages, so that a site needs no program in the reader's browser for them.

`svg_of` takes the text of a `mermaid` block as far as our pages use it: `flowchart LR` or `flowchart TD`, then one chain
of arrows a line, with nodes `id`, `id[label]`, `id["label"]`, `id([label])`, and arrows `-->` or `-- "label" -->`. It
refuses anything else with `ValueError`. Nodes stand in ranks: one behind the last of those that lead to it; an arrow
that leads back is drawn round the outside. The same text gives the same drawing. O(nodes x arrows).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

#: Sizes, in the units of the drawing: those of a character, a line, the space in a box, and that between boxes.
_WIDE, _HIGH, _INSIDE, _BETWEEN = 7.2, 17, 10, 26
#: Between one rank and the next, where the arrows are.
_RANKS = 44

_NODE = re.compile(r'\s*(?P<id>\w+)(?:\(\["?(?P<round>[^"\]]*)"?\]\)|\["?(?P<box>[^"\]]*)"?\])?\s*')
_ARROW = re.compile(r'(?:--\s+"(?P<label>[^"]*)"\s+)?-->')


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one node to another, with what is written on it."""

    start: str
    end: str
    label: str = ""


@dataclass(slots=True)
class Box:
    """A node: its lines, its form, and where its middle is."""

    lines: tuple[str, ...]
    is_round: bool = False
    x: float = 0
    y: float = 0

    @property
    def width(self) -> float:
        return max(len(line) for line in self.lines) * _WIDE + 2 * _INSIDE

    @property
    def height(self) -> float:
        return len(self.lines) * _HIGH + _INSIDE


def chart_of(text: str) -> tuple[bool, dict[str, Box], list[Arrow]]:
    """Whether the chart goes down, its nodes in the order in which they are named, and its arrows. O(text)."""
    first, *lines = [line for line in text.split("\n") if line.strip()]
    if first.strip() not in ("flowchart TD", "flowchart LR"):
        raise ValueError(f"not a flow chart: {first!r}")
    boxes: dict[str, Box] = {}
    arrows: list[Arrow] = []
    for line in lines:
        at, before, label = 0, "", ""
        while True:
            node = _NODE.match(line, at)
            if node is None:
                raise ValueError(f"no node at column {at + 1}: {line!r}")
            name, label_of = node["id"], node["box"] or node["round"]
            if label_of or name not in boxes:
                boxes[name] = Box(tuple((label_of or name).split("<br/>")), node["round"] is not None)
            if before:
                arrows.append(Arrow(before, name, label))
            at = node.end()
            if at == len(line):
                break
            arrow = _ARROW.match(line, at)
            if arrow is None:
                raise ValueError(f"no arrow at column {at + 1}: {line!r}")
            at, before, label = arrow.end(), name, arrow["label"] or ""
    return first.endswith("TD"), boxes, arrows


def ranks_of(names: Iterable[str], arrows: Iterable[Arrow]) -> tuple[dict[str, int], set[Arrow]]:
    """The rank of each node, from 0, and the arrows that lead back to a node on the way to their own start."""
    after: dict[str, list[Arrow]] = {name: [] for name in names}
    for arrow in arrows:
        after[arrow.start].append(arrow)
    back: set[Arrow] = set()
    done: list[str] = []
    under_way: list[str] = []

    def walk(name: str) -> None:
        under_way.append(name)
        for arrow in after[name]:
            if arrow.end in under_way:
                back.add(arrow)
            elif arrow.end not in done:
                walk(arrow.end)
        under_way.pop()
        done.append(name)

    for name in after:
        if name not in done:
            walk(name)
    ranks = dict.fromkeys(after, 0)
    for name in reversed(done):
        for arrow in after[name]:
            if arrow not in back:
                ranks[arrow.end] = max(ranks[arrow.end], ranks[name] + 1)
    # A source stands right before what it leads to.
    led_to = {arrow.end for arrow in arrows}
    for name in after:
        ahead = [ranks[arrow.end] for arrow in after[name] if arrow not in back]
        if name not in led_to and ahead:
            ranks[name] = min(ahead) - 1
    return ranks, back


def _placed(boxes: Mapping[str, Box], ranks: Mapping[str, int], arrows: Iterable[Arrow]) -> tuple[float, float]:
    """Give every box its place, rank below rank; the width and height of all."""
    rows = [[name for name in boxes if ranks[name] == rank] for rank in range(max(ranks.values()) + 1)]
    above = {name: [arrow.start for arrow in arrows if arrow.end == name] for name in boxes}
    widths = [sum(boxes[name].width + _BETWEEN for name in row) - _BETWEEN for row in rows]
    widest, top = max(widths), 0.0
    for row, width in zip(rows, widths, strict=True):
        row.sort(key=lambda name: sum(boxes[each].x for each in above[name]) / max(1, len(above[name])))
        left, height = (widest - width) / 2, max(boxes[name].height for name in row)
        for name in row:
            box = boxes[name]
            box.x, box.y = left + box.width / 2, top + height / 2
            left += box.width + _BETWEEN
        top += height + _RANKS
    return widest, top - _RANKS


def _box_drawn(box: Box) -> str:
    corner = box.height / 2 if box.is_round else 4
    first = box.y - (len(box.lines) - 1) * _HIGH / 2 + 4.5
    lines = "".join(
        f'<text x="{box.x:.1f}" y="{first + number * _HIGH:.1f}" text-anchor="middle" '
        f'fill="currentColor" font-weight="{600 if number == 0 else 400}">{escape(line)}</text>'
        for number, line in enumerate(box.lines)
    )
    return (
        f'<rect x="{box.x - box.width / 2:.1f}" y="{box.y - box.height / 2:.1f}" width="{box.width:.1f}" '
        f'height="{box.height:.1f}" rx="{corner:.1f}" fill="none" stroke="currentColor"/>{lines}'
    )


def _arrow_drawn(arrow: Arrow, boxes: Mapping[str, Box], *, is_back: bool, right: float) -> str:
    start, end = boxes[arrow.start], boxes[arrow.end]
    if is_back:
        x1, y1, x2, y2 = start.x + start.width / 2, start.y, end.x + end.width / 2 + 6, end.y
        path = f"M{x1:.1f},{y1:.1f} C{right:.1f},{y1:.1f} {right:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
        middle = (x1 + x2 + 6 * right) / 8, (y1 + y2) / 2
        anchor, tip = "start", f"M{x2 - 6:.1f},{y2:.1f} l8,-4 v8 z"
    else:
        x1, y1, x2, y2 = start.x, start.y + start.height / 2, end.x, end.y - end.height / 2 - 6
        # Past a rank between the two it goes straight down, and bends only behind it.
        straight, bend = max(y1, y2 - _RANKS), min(y2 - y1, _RANKS) / 2
        path = f"M{x1:.1f},{y1:.1f} V{straight:.1f} C{x1:.1f},{straight + bend:.1f} {x2:.1f},{y2 - bend:.1f} {x2:.1f},{y2:.1f}"
        middle = (x1 + x2) / 2, (y1 + y2) / 2
        anchor, tip = "middle", f"M{x2:.1f},{y2 + 6:.1f} l-4,-8 h8 z"
    said = (
        f'<text x="{middle[0] + 4:.1f}" y="{middle[1] + 4:.1f}" text-anchor="{anchor}" fill="currentColor" '
        f'font-style="italic">{escape(arrow.label)}</text>'
        if arrow.label
        else ""
    )
    return (
        f'<path d="{path}" fill="none" stroke="currentColor" opacity=".6"/><path d="{tip}" fill="currentColor"/>{said}'
    )


def svg_of(text: str) -> str:
    """The drawing of a flow chart, on one line, in the colour of the text around it. Ranks go down, whatever the text
    asks for: a page is taller than it is wide."""
    _, boxes, arrows = chart_of(text)
    ranks, back = ranks_of(boxes, arrows)
    width, height = _placed(boxes, ranks, [arrow for arrow in arrows if arrow not in back])
    reach = max((box.x + box.width / 2 for box in boxes.values()), default=width)
    right = reach + (70 if back else 0)
    room = max((len(arrow.label) * _WIDE for arrow in back), default=0)
    drawn = "".join(
        [_arrow_drawn(arrow, boxes, is_back=arrow in back, right=right) for arrow in arrows]
        + [_box_drawn(box) for box in boxes.values()]
    )
    said = "; ".join(
        f"{' '.join(boxes[each.start].lines)} leads to {' '.join(boxes[each.end].lines)}" for each in arrows
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="-4 -4 {right + room + 8:.0f} {height + 8:.0f}" '
        f'style="width:100%;max-width:{right + room + 8:.0f}px;height:auto" font-size="12.5" '
        f'font-family="ui-monospace, monospace"><title>{escape(said)}</title>{drawn}</svg>'
    )
