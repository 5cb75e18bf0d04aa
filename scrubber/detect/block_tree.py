"""The containers of a page as arrays: which tags stand around a block, what their names sound like, which are alike.

Names are the class, id, role and itemprop tokens. What they sound like is told by eleven families of cues; none of them
decides anything by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from scrubber.model.page import Containers

#: Tags that are looked for around a block.
ANCESTORS = (
    "article", "main", "aside", "nav", "footer", "header", "form", "table", "ul", "li", "blockquote", "figure", "td", "p",
    "section", "button",
)  # fmt: skip
_SAME = {"ol": "ul", "th": "td"}
#: What is farther away than this, or nowhere, is as far.
FAR = 20
#: Containers that lie deeper count as their ancestor at this depth.
MOST_DEPTH = 256

_CUES = {
    "comment": "comment|discuss|respon[sd]|disqus|pinglun|feedback|trackback",
    "forum": r"thread|topic|forum|reply|replies|message|question|answer|postbody|post_?message|t_f\b|plc\b|floor|bbs",
    "related": "relat|recommend|more|hot|rank|popular|trending|latest|next|prev|tuijian|xiangguan|also|teaser|card",
    "share": "share|social|follow|subscri|newsletter|login|sign|modal|popup|cookie|consent|gdpr",
    "nav": r"nav|menu|bread|crumb|tabs?\b|pag(?:er|ination|es)\b|search|header|topbar|logo",
    "foot": "foot|copyright|bottom|legal|disclaim|policy|beian",
    "ad": "(?<![a-z])ads?(?![a-z])|advert|promo|sponsor|guanggao|outbrain|taboola",
    "title": "title|headline|heading|subject",
    "meta": "meta|author|byline|date|time|info|source|tag|categor|editor|caption|credit|label",
    "side": r"side|right|left|col[-_]?2|widget|rail|banner|toolbar|list\b",
    "body": r"content|article|body|entry|story|text|post\b|main|detail|zoom|endtext|artibody|prose|markdown",
}
CUES: tuple[str, ...] = tuple(_CUES)
_CUE = re.compile("|".join(f"({words})" for words in _CUES.values()))
_FIRST_NAME = re.compile(r"[^\s\d]+")


class Tree(Struct, frozen=True):
    """The containers that hold blocks, each behind its parent, as arrays; and what stands around each block.

    `owners` are places among these containers, one for each block, as `ancestors`, `cues`, `depth`, `articles` and
    `owner_tags` are. Distances are counted in containers, up to `far`. `paths` numbers equal chains of tags and first class
    names, `ranks` counts earlier containers of the same path. `articles` numbers `article` elements (-1: none around).
    """

    parents: Any
    firsts: Any
    stops: Any
    paths: Any
    ranks: Any
    owners: Any
    ancestors: Any
    cues: Any
    depth: Any
    articles: Any
    owner_tags: tuple[str, ...]
    far: int = FAR


def tree_of(containers: Containers, of_blocks: Sequence[int]) -> Tree:
    """The tree above some blocks, each given by its innermost container. O(containers + blocks)."""
    import numpy as np

    needed, home, depth = _needed(containers.parents, of_blocks)
    place = {number: at for at, number in enumerate(needed)}
    parents = [place[containers.parents[number]] if containers.parents[number] >= 0 else -1 for number in needed]
    tags = [containers.tags[number] for number in needed]
    names = [containers.names[number] for number in needed]
    paths, ranks, articles = _numbered(parents, tags, names)
    around = np.full((len(needed), len(ANCESTORS) + len(CUES)), FAR, dtype=np.int64)
    tag_place = {tag: number for number, tag in enumerate(ANCESTORS)}
    tag_place.update((tag, tag_place[same]) for tag, same in _SAME.items())
    here: list[int] = []
    for start, tag, name in zip(range(0, around.size, around.shape[1]), tags, names, strict=True):
        number = tag_place.get(tag)
        if number is not None:
            here.append(start + number)
        if name:
            here += [start + len(ANCESTORS) + cue for cue in cues_in(name)]
    around.ravel()[here] = 0
    of_depth = np.array(depth, dtype=np.int64)
    above = np.array(parents, dtype=np.int64)
    for level in range(1, int(of_depth.max()) + 1):
        inner = np.nonzero(of_depth == level)[0]
        around[inner] = np.minimum(around[inner], around[above[inner]] + 1)
    np.minimum(around, FAR, out=around)
    owners = np.array([place[home[number]] for number in of_blocks], dtype=np.int64)
    return Tree(
        parents=above,
        firsts=np.array([containers.firsts[number] for number in needed], dtype=np.int64),
        stops=np.array([containers.stops[number] for number in needed], dtype=np.int64),
        paths=np.array(paths, dtype=np.int64),
        ranks=np.array(ranks, dtype=np.int64),
        owners=owners,
        ancestors=around[owners, : len(ANCESTORS)],
        cues=around[owners, len(ANCESTORS) :],
        depth=of_depth[owners],
        articles=np.array(articles, dtype=np.int64)[owners],
        owner_tags=tuple([containers.tags[number] for number in of_blocks]),
    )


def _needed(parents: Sequence[int], of_blocks: Sequence[int]) -> tuple[list[int], dict[int, int], list[int]]:
    """Containers of blocks and all above them, ascending; for each the one that counts; and depths of the first."""
    depth_of: dict[int, int] = {}
    home: dict[int, int] = {}
    for number in of_blocks:
        chain: list[int] = []
        at = number
        while at >= 0 and at not in depth_of:
            chain.append(at)
            at = parents[at]
        for at in reversed(chain):
            above = parents[at]
            depth = depth_of[at] = depth_of[above] + 1 if above >= 0 else 0
            home[at] = at if depth <= MOST_DEPTH else home[above]
    needed = sorted(number for number, depth in depth_of.items() if depth <= MOST_DEPTH)
    return needed, home, [depth_of[number] for number in needed]


def _numbered(
    parents: Sequence[int], tags: Sequence[str], names: Sequence[str]
) -> tuple[list[int], list[int], list[int]]:
    """For each container the number of its path, how many of that path stand before it, and its `article` element."""
    numbers: dict[tuple[int, str, str], int] = {}
    counts: list[int] = []
    paths: list[int] = []
    ranks: list[int] = []
    articles: list[int] = []
    met = -1
    for parent, tag, name in zip(parents, tags, names, strict=True):
        first = _FIRST_NAME.search(name) if name else None
        key = (paths[parent] if parent >= 0 else -1, tag, first[0] if first else "")
        number = numbers.setdefault(key, len(numbers))
        if number == len(counts):
            counts.append(0)
        paths.append(number)
        ranks.append(counts[number])
        counts[number] += 1
        if tag == "article":
            met += 1
        articles.append(met if tag == "article" else articles[parent] if parent >= 0 else -1)
    return paths, ranks, articles


@lru_cache(maxsize=8192)
def cues_in(names: str) -> tuple[int, ...]:
    """The families of cues that some names hold, as places in `CUES`. O(n).

    >>> [CUES[place] for place in cues_in("article-body Share")]
    ['share', 'body']
    """
    return tuple(sorted({match.lastindex - 1 for match in _CUE.finditer(names.lower()) if match.lastindex}))
