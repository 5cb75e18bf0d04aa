r"""A look at a page before it is parsed: is it of a kind that tree builders cannot take in reasonable time?

Pages with few tags are harmless whatever they hold, and most pages have few. The tags of others are followed one by one,
closely enough to the HTML standard to bound the work of a tree builder from above. Where that is not sure the worst is
assumed, and the page goes a slower way: it costs time, never text.

Sources of the limits: lexbor asks for every block-level tag whether one of its open ancestors must be closed, so that
its cost is the sum of the depths of all tags; it compares every attribute with those before it; and it opens
formatting elements that were left open again in each later paragraph. `benchmarks/html_pages.py --hostile` times all three.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

from scrubber.read.html_scan import TAG, TAGS, raw_end
from scrubber.read.html_tags import IMPLIED_ENDS, RAW, VOID, named

#: So many `<` are harmless: each may be a tag in all those before it, and lexbor takes half a second at most.
FEW_TAGS = 10_000
#: In pages with more, nesting that is deeper than this stands in no page that a person wrote.
MAX_DEPTH = 2_000
#: Sum of the depths of all tags that lexbor is trusted with: about a second.
MAX_WORK = 60_000_000
#: Formatting elements that may be opened again, in all: lexbor takes some 300 bytes for each.
MAX_REOPENED = 2_000_000
#: Tags and entities that bs4 is trusted with; some 30 microseconds each.
MAX_BS4_TOKENS = 50_000

_FORMATTING = named("a b big code em font i nobr s small strike strong tt u")
#: End tags of these names do not reach beyond them, or are unheard of below them.
_BARRIERS = named(
    "applet caption html table td th marquee object template select button svg math foreignobject desc mi mo mn ms mtext"
)
_SPECIAL = _BARRIERS | named(
    "address article aside blockquote body center colgroup dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup li listing main menu nav ol p pre section summary tbody "
    "tfoot thead tr ul xmp"
)
#: Drawings are full of these, and end them with `/>`.
_DRAWN = named(
    "circle defs ellipse g image line lineargradient mask path polygon polyline radialgradient rect stop svg symbol text "
    "tspan use animate animatetransform clippath desc filter pattern title metadata style"
)
#: Links are not among these: one that begins closes the one before it.
_FORMATTING_TAG = re.compile(r"<(?:[bisuBISU]|[bcefstBCEFST](?i:ig|ode|m|ont|mall|trike|trong|t))[\s/>]")
_NONE: frozenset[str] = frozenset()
_LOOK_DOWN = 64
#: End tags that mean more than the end of the element on top.
_LASTING = frozenset(f"/{name}" for name in _FORMATTING | {"svg"})


class Route(IntEnum):
    """Which way a page goes."""

    FAST = 0
    BS4 = 1
    TOKENS = 2


def route_of(text: str, *, crowded: bool = False, knotty: bool = False) -> Route:
    """The way for a page that was mended, with what is known of it from that: lexbor, bs4, or as tokens only. O(n).

    >>> [route_of(page).name for page in ("<p>Hello", "<div>" * 20_000, "<div>" * 200_000)]
    ['FAST', 'BS4', 'TOKENS']
    """
    tags = text.count("<")
    if not crowded and (_is_harmless(text, tags) or _Look().over(text, knotty=knotty)):
        return Route.FAST
    return Route.TOKENS if tags + text.count("&") > MAX_BS4_TOKENS or crowded else Route.BS4


def _is_harmless(text: str, tags: int) -> bool:
    """Whether a page has too few tags for trouble: for depth and its square, and for each to open all formatting again."""
    if tags > FEW_TAGS:
        return False
    if tags * tags <= 4 * MAX_REOPENED:
        return True
    formatting = len(_FORMATTING_TAG.findall(text))
    others = tags - formatting
    return formatting * others <= MAX_REOPENED or formatting * (others - text.count("</")) <= MAX_REOPENED


class _Look:
    """The open elements of a page, as far as the guard must know them."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.work = 0
        self.active = 0
        self.reopened = 0
        self.drawing = False

    def over(self, text: str, *, knotty: bool) -> bool:
        """Whether the whole page is calm."""
        opened = self.open
        for name, ends in _tags_one_by_one(text) if knotty else TAGS.findall(text):
            if not name:
                continue
            if name[0] == "/":
                if opened and opened[-1] == name[1:] and name not in _LASTING:
                    opened.pop()
                else:
                    self._end(name[1:].lower())
            else:
                self._start(name.lower(), bool(ends))
                if len(opened) > MAX_DEPTH or self.work > MAX_WORK or self.reopened > MAX_REOPENED:
                    return False
        return True

    def _start(self, name: str, ends: bool) -> None:
        opened = self.open
        if self.drawing and name not in _DRAWN:
            self.drawing = False
        if name in VOID:
            return
        implied = IMPLIED_ENDS.get(name)
        if implied is not None:
            while opened and opened[-1] in implied:
                opened.pop()
        if name in _FORMATTING:
            self.active += 1
        elif name in _SPECIAL:
            self.reopened += self.active
            if name == "svg":
                self.drawing = True
        if self.drawing and ends and name in _DRAWN:
            return
        opened.append(name)
        self.work += len(opened)

    def _end(self, name: str) -> None:
        opened = self.open
        if name == "svg":
            self.drawing = False
        if opened and opened[-1] == name:
            opened.pop()
            if name in _FORMATTING:
                self.active -= 1
            return
        special = name in _SPECIAL
        barriers = _BARRIERS if special or name in _FORMATTING else _SPECIAL
        if name == "table":
            barriers = _NONE
        for place in range(len(opened) - 1, max(-1, len(opened) - _LOOK_DOWN), -1):
            self.work += 1
            if opened[place] == name:
                if name in _FORMATTING:
                    del opened[place]
                    self.active -= 1
                else:
                    del opened[place:]
                return
            if opened[place] in barriers:
                return


def _tags_one_by_one(text: str) -> Iterator[tuple[str, bool]]:
    """Tags as `TAGS` finds them, for pages whose scripts it would end too early."""
    match = TAG.search(text)
    while match is not None:
        position = match.end()
        name = match["name"]
        if name is not None:
            name = name.lower()
            if not match["slash"] and name in RAW:
                position = raw_end(text, name, position)
            else:
                yield match["slash"] + name, match["attributes"].endswith("/")
        match = TAG.search(text, position)
