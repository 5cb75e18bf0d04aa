r"""A look at a page before it is parsed: is it of a kind that tree builders cannot take in reasonable time?

One linear pass over the tags, which follows the HTML standard closely enough to bound the work of a tree builder from
above. Where it cannot be sure it assumes the worst, and the page goes a slower way: that costs time, never text.
`TAG` is also what the token loop of `html_tokens` reads by.

Sources of the limits: lexbor asks for every block-level tag whether one of its open ancestors must be closed, so that
its cost is the sum of the depths of all tags; it compares every attribute with those before it; and it opens
formatting elements that were left open again in each later paragraph. `benchmarks/html.py --hostile` times all three.
"""

from __future__ import annotations

import re
from enum import IntEnum

from scrubber.read.html_tags import IMPLIED_ENDS, RAW, VOID, named

#: Deeper nesting, more attributes or longer tags than these stand in no page that a person wrote.
MAX_DEPTH = 2_000
MAX_ATTRIBUTES = 1_000
MAX_TAG_CHARS = 1_000_000
#: Sum of the depths of all tags that lexbor is trusted with: about a second.
MAX_WORK = 60_000_000
#: Formatting elements that may be opened again, in all.
MAX_REOPENED = 1_000_000
#: Tags and entities that bs4 is trusted with; some 30 microseconds each.
MAX_BS4_TOKENS = 50_000

_SPACE = r"\t\n\f\r "
_VALUE = rf"(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^{_SPACE}>\"'][^{_SPACE}>]*+)"
_ATTRIBUTE = rf"=?[^{_SPACE}/>=]++(?:[{_SPACE}]*+=[{_SPACE}]*+{_VALUE}?+)?+"
#: One construct of a page: a comment, a declaration, or a tag with its name and attributes. `close` is the end of a
#: tag; it is empty where the page ends within it. Possessive throughout: linear in the text.
TAG = re.compile(
    rf"<(?:(?P<slash>/?)(?P<name>[A-Za-z][^{_SPACE}/>]*+)"
    rf"(?P<attributes>(?:[{_SPACE}/]++|{_ATTRIBUTE}|=)*+)(?P<close>>|\Z)"
    r"|!--(?P<comment>-?>|(?s:.)*?(?:--!?>|\Z))"
    r"|[!?/](?P<bogus>[^>]*+)(?:>|\Z))"
)
#: The attributes of a tag: name, then the value in one of three groups.
ATTRIBUTE = re.compile(
    rf"(=?[^{_SPACE}/>=]++)(?:[{_SPACE}]*+=[{_SPACE}]*+"
    rf"(?:\"([^\"]*+)(?:\"|\Z)|'([^']*+)(?:'|\Z)|([^{_SPACE}>\"'][^{_SPACE}>]*+))?+)?+"
)
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
_NONE: frozenset[str] = frozenset()
_LOOK_DOWN = 64
_RAW_ELEMENT = "|".join(
    rf"{name}(?=[{_SPACE}/>])(?:[{_SPACE}/]++|{_ATTRIBUTE}|=)*+(?:>(?:[^<]++|<(?!/{name}[{_SPACE}/>]))*+|\Z)"
    for name in sorted(RAW)
)
#: The same as `TAG` with raw elements whole, for a first look in one go: `attributes` of tags that are not raw.
_SKIM = re.compile(
    rf"<(?:(?:{_RAW_ELEMENT})"
    rf"|[A-Za-z/][^{_SPACE}/>]*+(?P<attributes>(?:[{_SPACE}/]++|{_ATTRIBUTE}|=)*+)(?:>|\Z)"
    r"|!--(?:-?>|(?:[^-]++|-(?!-!?>))*+(?:--!?>|\Z))"
    r"|[!?][^>]*+)",
    re.IGNORECASE,
)
_RAW_END = {name: re.compile(rf"</{name}(?=[{_SPACE}/>])", re.IGNORECASE) for name in RAW}
#: What decides where a script ends: the states of the standard from "script data" to "double escaped".
_SCRIPT_MARKS = re.compile(rf"<!(?=--)|-->|</?script(?=[{_SPACE}/>])", re.IGNORECASE)


class Route(IntEnum):
    """Which way a page goes."""

    FAST = 0
    BS4 = 1
    TOKENS = 2


def raw_end(text: str, name: str, position: int) -> int:
    """Where the content of a raw element that begins at `position` ends: at its end tag, else with the text. O(n).

    A script may hold a comment with another script in it, whose end tag is not its own.
    """
    found = _RAW_END[name].search(text, position)
    stop = found.start() if found else len(text)
    if name != "script" or not _may_go_on(text, position, stop):
        return stop
    escaped = inner = False
    for mark in _SCRIPT_MARKS.finditer(text, position):
        what = mark.group()
        if what == "<!":
            escaped = True
        elif what == "-->":
            escaped = inner = False
        elif what[1] != "/":
            inner = escaped
        elif inner:
            inner = False
        else:
            return mark.start()
    return len(text)


def route_of(text: str) -> Route:
    """The way for a page: lexbor, bs4, or as tokens only. O(n).

    >>> route_of("<p>Hello").name, route_of("<div>" * 5000).name, route_of("<div>" * 200_000).name
    ('FAST', 'BS4', 'TOKENS')
    """
    tags = text.count("<")
    if tags - text.count("</") <= MAX_DEPTH // 2 and _no_long_tag(text):
        # Too few start tags for any depth, and for the square of it.
        return Route.FAST
    look = _Look()
    calm = look.over(text)
    if calm:
        return Route.FAST
    # What is cut off makes html.parser look for an end again and again.
    return Route.TOKENS if look.cut or tags + text.count("&") > MAX_BS4_TOKENS else Route.BS4


class _Look:
    """The open elements of a page, as far as the guard must know them."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.work = 0
        self.active = 0
        self.reopened = 0
        self.drawing = False
        #: Whether the page ends inside a tag or a comment.
        self.cut = False

    def over(self, text: str) -> bool:
        """Whether the whole page is calm."""
        calm, position, length = True, 0, len(text)
        match = TAG.search(text)
        while match is not None:
            position = match.end()
            name = match["name"]
            if name is None:
                comment = match["comment"]
                self.cut = self.cut or (comment is not None and not comment.endswith(">"))
            else:
                name = name.lower()
                self.cut = self.cut or not match["close"]
                if match["slash"]:
                    self._end(name)
                else:
                    written = match["attributes"]
                    calm = calm and not _is_long(written)
                    self._start(name, written)
                    if name in RAW and not self.drawing:
                        position = raw_end(text, name, position)
                        self.cut = self.cut or position == length
                if calm and (len(self.open) > MAX_DEPTH or self.work > MAX_WORK or self.reopened > MAX_REOPENED):
                    calm = False
            if not calm and self.cut:
                return False
            match = TAG.search(text, position)
        return calm

    def _start(self, name: str, written: str) -> None:
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
        if self.drawing and written.endswith("/") and name in _DRAWN:
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


def _no_long_tag(text: str) -> bool:
    """Whether no tag is too long, as far as one look can tell. O(n)."""
    for match in _SKIM.finditer(text):
        start, stop = match.span()
        if stop - start >= MAX_ATTRIBUTES:
            written = match["attributes"]
            if written is not None:
                if _is_long(written):
                    return False
            elif text[start + 1 : start + 7].lower() == "script" and _may_go_on(text, start, stop):
                return False
    return True


def _is_long(written: str) -> bool:
    if len(written) < MAX_ATTRIBUTES:
        return False
    return len(written) > MAX_TAG_CHARS or sum(1 for _ in ATTRIBUTE.finditer(written)) > MAX_ATTRIBUTES


def _may_go_on(text: str, start: int, stop: int) -> bool:
    """Whether a script seems to hold another one inside a comment, so that its end is elsewhere."""
    comment = text.find("<!--", start, stop)
    return comment >= 0 and "<script" in text[comment:stop].lower()
