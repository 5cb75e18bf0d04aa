"""What the block model sees of each block of a page: whole numbers that need no site, no rule and no other page.

A row describes one block as it was read: how its text is written, its links, tag and ancestors, what class and id tokens
around it sound like, the containers that hold it, its like on the page, and where the title, headings and running
text lie. Shares are in 64ths, sizes in sixteenths of a power of two (`scale_of`), both rounded down; all of it is
integer arithmetic, so that every machine gets the same rows. Which features there are, and in which order, is `FEATURES`.

What rules or people cut is none of it: what is said of a page does not change while the page is cleaned.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from scrubber.detect.block_places import LEVELS, RUN_COSTS, Measures, of_containers, of_like, of_runs, page_share
from scrubber.detect.block_tree import ANCESTORS, CUES, Tree, tree_of
from scrubber.detect.block_writing import WRITTEN, scaled, written_in
from scrubber.detect.line_reading import PARTS, scale_of
from scrubber.model.document import Document

_WINDOWS = (2, 5, 12, 30)
#: So many blocks in a row that are no text make a gap.
_GAP = 4
_FAR = 99
_TAGS = ("p", "li", "dd", "td", "h1", "h2", "h3", "div", "pre", "blockquote", "figcaption", "section", "button")
_ALIKE = {"dt": "dd", "th": "td", "h4": "h3", "h5": "h3", "h6": "h3", "center": "div", "article": "section"}
#: What is known of the neighbours of a block, so many above and below.
_OF_NEIGHBOURS = (
    "weight", "link density", "ends in a mark", "function words", "heading level", "date or source", "sentence marks",
)  # fmt: skip
_NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
_KINDS = ("title", "heading", "paragraph", "item", "row", "code")

_OF_FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("form", WRITTEN),
    ("links", ("link density", "links", "length of links", "bold density")),
    (
        "element",
        (
            *(f"kind {kind}" for kind in _KINDS),
            *(f"tag {tag}" for tag in _TAGS),
            "heading level", "lists", "tables", "ordinal", "after a break", "before a break", "custom tag",
        ),
    ),
    ("ancestors", (*(f"within {tag}" for tag in ANCESTORS), "depth")),
    ("names", (*(f"named {cue}" for cue in CUES), *(f"share named {cue}" for cue in ("comment", "forum", "body")))),
    ("place", ("place", "text above", "from start", "from end", "share of text")),
    (
        "containers",
        (
            *(
                f"{name} {level}"
                for level in range(LEVELS)
                for name in ("share", "text share", "links", "marks", "blocks", "mean weight")
            ),
            "in best", "before best", "after best", "place in best", "share of best", "own score", "parent score",
        ),
    ),
    (
        "run",
        tuple(f"{name} {cost}" for cost, _ in RUN_COSTS for name in ("in run", "before run", "after run", "run share")),
    ),
    (
        "like",
        (
            "of this path", "share of path", "text share of path", "mean of path", "links of path", "from first of path",
            *(f"{name} {level}" for level in range(LEVELS) for name in ("sibling rank", "siblings", "text of siblings")),
            "copies", "is a copy", "earlier copies",
        ),
    ),
    (
        "title",
        (
            "has title", "from title", "text from title", "from h1", "h1 count", "from heading", "level of heading",
            "headings since", "h1 since", "dates since", "junk since", "gaps since", "article rank", "articles since",
        ),
    ),
    (
        "text",
        (
            *(
                f"{name} {reach}"
                for reach in _WINDOWS
                for name in ("text above", "text below", "links around", "text share around")
            ),
            "running text above", "running text below", "nearest text above", "nearest text below",
        ),
    ),
    (
        "neighbours",
        tuple(f"{name}, {step:+}" for step in _NEIGHBOURS for name in (*_OF_NEIGHBOURS, "same path")),
    ),
    (
        "page",
        (
            "blocks of page", "text of page", "links of page", "running share of page", "running blocks of page",
            "wide share of page", "articles of page", "longest of page",
        ),
    ),
)  # fmt: skip

#: Names of the features, in the order of a row, and the family of each.
FEATURES: tuple[str, ...] = tuple(name for _, names in _OF_FAMILIES for name in names)
FAMILIES: tuple[str, ...] = tuple(family for family, names in _OF_FAMILIES for _ in names)
_PAGE_FEATURES = FAMILIES.count("page")
_PLACES_OF_NEIGHBOURS = tuple(FEATURES.index(name) for name in _OF_NEIGHBOURS)


class BlockRows(Struct, frozen=True):
    """The rows of a page's blocks as one array of integers, and what a decision asks of each block beside them.

    `tokens` counts words, and wide characters one by one; `spared` are the title and blocks that say when or by whom.
    """

    rows: Any
    tokens: tuple[int, ...]
    spared: tuple[bool, ...]


def block_texts(document: Document) -> list[str]:
    """The text of each block of a page as it was read; lines of a block are parted by line feeds. O(n)."""
    texts: list[str] = []
    last = -1
    for line, known in zip(document.line_texts, document.markup, strict=False):
        if known.block == last:
            texts[-1] += "\n" + line
        else:
            texts.append(line)
            last = known.block
    return texts


def block_features(document: Document) -> BlockRows:
    """The rows of all blocks of a page as it was read. O(code points + blocks * depth)."""
    import numpy as np

    assert document.page is not None  # noqa: S101  (the caller has looked)
    texts = block_texts(document)
    firsts = _first_lines(document)
    markup = [document.markup[first] for first in firsts]
    count = len(texts)
    written = written_in(texts)
    links = np.array([known.links for known in markup], dtype=np.int64)
    link_chars = np.minimum(np.array([known.link_chars for known in markup], dtype=np.int64), written.length)
    bold_chars = np.minimum(np.array([known.bold_chars for known in markup], dtype=np.int64), written.length)
    density = PARTS * link_chars // written.length
    tree = tree_of(document.page.containers, [known.container for known in markup])
    measures = Measures(written, density)
    place = np.arange(count)
    breaks = np.array([known.after_break for known in markup], dtype=np.int64)
    level = np.array([known.level for known in markup], dtype=np.int64)
    kinds = [known.kind for known in markup]
    tags = [_ALIKE.get(tag, tag) for tag in tree.owner_tags]
    columns: list[Any] = [
        *written.columns,
        density, scaled(links), scaled(link_chars // np.maximum(1, links)), PARTS * bold_chars // written.length,
        *_which(kinds, _KINDS), *_which(tags, _TAGS),
        level,
        np.minimum(5, np.array([known.lists for known in markup])),
        np.minimum(5, np.array([known.tables for known in markup])),
        np.array([known.ordinal > 0 for known in markup], dtype=np.int64),
        breaks, np.append(breaks[1:], 0),
        np.array(["-" in tag for tag in tags], dtype=np.int64),
        *tree.ancestors.T, scaled(tree.depth),
        *tree.cues.T, *(page_share(measures, tree, cue) for cue in ("comment", "forum", "body")),
        PARTS * place // max(1, count - 1), PARTS * measures.before // measures.total,
        scaled(place), scaled(count - 1 - place), 4 * PARTS * written.weight // measures.total,
        *of_containers(measures, tree, place),
        *of_runs(measures, place),
        *of_like(measures, tree, texts, place),
        *_of_title(document.page.title_from, measures, tree, kinds, level, place),
        *_of_windows(measures, place),
        *_of_page(measures, tree),
    ]  # fmt: skip
    beside = np.stack([columns[number] for number in _PLACES_OF_NEIGHBOURS])
    columns[-_PAGE_FEATURES:-_PAGE_FEATURES] = _of_neighbours(beside, tree, place)
    dated = written.dated
    return BlockRows(
        np.stack(columns).T,
        tuple(written.tokens.tolist()),
        tuple([kind == "title" or bool(date) for kind, date in zip(kinds, dated.tolist(), strict=True)]),
    )


def _which(names: Sequence[str], known: Sequence[str]) -> Any:
    """A column for each known name: where it stands."""
    import numpy as np

    numbers = {name: number for number, name in enumerate(known)}
    places = np.array([numbers.get(name, -1) for name in names])
    return (places == np.arange(len(known)).reshape(-1, 1)).astype(np.int64)


def _first_lines(document: Document) -> list[int]:
    """The index of the first line of each block."""
    last = -1
    found: list[int] = []
    for index, known in enumerate(document.markup[: len(document.bounds)]):
        if known.block != last:
            found.append(index)
            last = known.block
    return found


def _signed(distance: Any) -> Any:
    import numpy as np

    return np.sign(distance) * scaled(np.abs(distance))


def _of_title(
    title_from: int, measures: Measures, tree: Tree, kinds: Sequence[str], level: Any, place: Any
) -> list[Any]:
    import numpy as np

    count = len(place)
    firsts = np.nonzero((level == 1) & (place > 0))[0]
    h1 = int(firsts[0]) if len(firsts) else -1
    moved = title_from > 0 and kinds[0] == "title"
    title = min(title_from, count - 1) if moved else max(0, h1)
    headings = (level > 0) & (place > 0)
    last, distance, levels = -1, [], []
    for at, one in enumerate(level.tolist()):
        if one and at:
            last = at
        distance.append(at - last if last >= 0 else _FAR)
        levels.append(int(level[last]) if last >= 0 else 0)
    gap = 0
    gaps = []
    for good in measures.good.tolist():
        gap = 0 if good else gap + 1
        gaps.append(gap == _GAP)
    dates = (measures.written.dated > 0) & (measures.weight < 80)

    def since(column: Any) -> Any:
        sums = np.append(0, np.cumsum(column))
        return _signed(sums[place] - sums[title])

    article = tree.articles
    return [
        np.full(count, int(moved)), _signed(place - title),
        np.clip(PARTS * (measures.before - measures.before[title]) // measures.total, -PARTS, PARTS),
        _signed(place - h1) if h1 >= 0 else np.full(count, 128), np.full(count, min(5, len(firsts))),
        scaled(np.array(distance)), np.array(levels, dtype=np.int64),
        since(headings), since((level == 1) & (place > 0)), since(dates),
        since(np.where(measures.good, 0, measures.weight)), since(np.array(gaps)),
        np.minimum(20, article), np.where(article >= 0, np.clip(article - article[title], -9, 9), -10),
    ]  # fmt: skip


def _of_windows(measures: Measures, place: Any) -> list[Any]:
    import numpy as np

    count = len(place)
    columns: list[Any] = []
    for reach in _WINDOWS:
        first, stop = np.maximum(0, place - reach), np.minimum(count, place + reach + 1)
        weight = np.maximum(1, measures.within("weight", first, stop))
        columns += [
            scaled(measures.within("weight", first, place)),
            scaled(measures.within("weight", place + 1, stop)),
            PARTS * measures.within("links", first, stop) // weight,
            PARTS * measures.within("text", first, stop) // weight,
        ]
    texts = np.nonzero(measures.good)[0]
    before = after = np.full(count, _FAR)
    if len(texts):
        at = np.searchsorted(texts, place)
        before = np.where(at > 0, place - texts[np.maximum(0, at - 1)], _FAR)
        at = np.searchsorted(texts, place, side="right")
        after = np.where(at < len(texts), texts[np.minimum(len(texts) - 1, at)] - place, _FAR)
    return [
        *columns,
        PARTS * measures.sums["text"][:-1] // measures.text,
        PARTS * (measures.sums["text"][-1] - measures.sums["text"][1:]) // measures.text,
        scaled(np.minimum(_FAR, before)),
        scaled(np.minimum(_FAR, after)),
    ]


def _of_neighbours(columns: Any, tree: Tree, place: Any) -> list[Any]:
    """Some columns of the blocks above and below; -1 where there is none."""
    import numpy as np

    count = len(place)
    path = tree.paths[tree.owners]
    found: list[Any] = []
    for step in _NEIGHBOURS:
        there = (place + step >= 0) & (place + step < count)
        at = np.clip(place + step, 0, count - 1)
        found += list(np.where(there, columns[:, at], -1))
        found.append((there & (path[at] == path)).astype(np.int64))
    return found


def _of_page(measures: Measures, tree: Tree) -> list[Any]:
    import numpy as np

    count = len(measures.weight)
    page = (
        scale_of(count),
        scale_of(measures.total),
        PARTS * int(measures.sums["links"][-1]) // measures.total,
        PARTS * int(measures.sums["text"][-1]) // measures.total,
        scale_of(int(measures.sums["good"][-1])),
        PARTS * int(measures.written.wide.sum()) // max(1, int(measures.written.length.sum())),
        scale_of(int(tree.articles.max()) + 1),
        scale_of(int(measures.weight.max())),
    )
    return [np.full(count, cell) for cell in page]
