"""The slow ways through a page: a tree of bs4, or tags as they come, for pages that `html_guard` keeps from lexbor.

Both are linear whatever the page holds; the first knows more of what belongs together. Also here: the charset that a
page declares, as bs4 finds it.
"""

from __future__ import annotations

import html
import warnings
from typing import Any

from scrubber.read.html_blocks import Attributes, Builder
from scrubber.read.html_meta import Facts
from scrubber.read.html_scan import ATTRIBUTE, MAX_ATTRIBUTES, TAG, raw_end
from scrubber.read.html_tags import BLOCK, BREAK, IMPLIED_ENDS, INLINE, KINDS, NOTED, RAW, SKIP, VOID, kind_of, named

_NONE: Attributes = {}
_MAX_VALUE_CHARS = 10_000
_FACTS = frozenset(("html", "meta", "link", "time", "title", "script"))
_READ_ATTRIBUTES = named(
    "class id role itemprop hidden style open start value name property content http-equiv rel href datetime pubdate "
    "lang xml:lang type"
)


def declared_charset(markup: bytes) -> str | None:
    """The charset that a page declares in its XML declaration or in a `<meta>` near its start, in lower case."""
    from bs4.dammit import EncodingDetector

    found: str | None = EncodingDetector.find_declared_encoding(markup, is_html=True, search_entire_document=False)
    return found


def walk_tree(text: str, builder: Builder, parser: str = "html.parser") -> Facts:
    """Tell `builder` all that is in a page, by way of bs4. O(n) for pages that are whole (`html_guard`)."""
    from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
    from bs4.element import Comment, PreformattedString, Tag

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        warnings.simplefilter("ignore", UserWarning)
        options: dict[str, Any] = {"on_duplicate_attribute": "ignore"} if parser == "html.parser" else {}
        soup = BeautifulSoup(text, parser, multi_valued_attributes=None, **options)
    facts = Facts()
    open_tags: list[Any] = []
    node: Any = soup.contents[0] if soup.contents else None
    while node is not None:
        if isinstance(node, Tag):
            tag = node.name.lower()
            kind = KINDS.get(tag)
            if kind is None:
                kind = kind_of(tag)
            if tag in _FACTS:
                _note(facts, node, tag)
            if kind == BREAK:
                builder.line_break()  # and html.parser may leave text in it
            if kind not in (BREAK, SKIP) and (node.contents or kind == BLOCK):
                attributes: Any = node.attrs  # all of them strings, as nothing is parted
                builder.start(tag, INLINE if kind == NOTED else kind, attributes)
                told = True
            else:
                told = False
            if node.contents and kind != SKIP:
                open_tags.append((node, told))
                node = node.contents[0]
                continue
            if told:
                builder.end()
        elif not isinstance(node, PreformattedString):
            builder.text(str(node))
        elif builder.hears_comments and isinstance(node, Comment):
            builder.comment(str(node))
        while node is not None and node.next_sibling is None:
            if not open_tags:
                node = None
                break
            node, told = open_tags.pop()
            if told:
                builder.end()
        if node is not None:
            node = node.next_sibling
    builder.finish()
    return facts


def _note(facts: Facts, node: Any, tag: str) -> None:
    if tag == "title":
        if node.parent is None or node.parent.name != "svg":
            facts.add(tag, node.attrs, node.get_text())
    elif tag == "script":
        if (node.get("type") or "").strip().lower() == "application/ld+json":
            facts.add(tag, node.attrs, node.string or "")
    elif (tag != "link" or node.get("rel")) and (tag != "time" or node.get("datetime")):
        facts.add(tag, node.attrs)


class _Tokens:
    """Open elements of a page that is read tag by tag."""

    def __init__(self, text: str, builder: Builder) -> None:
        self.text = text
        self.builder = builder
        self.facts = Facts()
        #: Name, and whether the builder was told, of each open element; and how many of a name are open.
        self.open: list[tuple[str, bool]] = []
        self.count: dict[str, int] = {}
        #: The outermost open element whose text is left out, as its place among the open ones.
        self.skipping = -1

    def say(self, start: int, stop: int) -> None:
        if stop > start and self.skipping < 0:
            self.builder.text(html.unescape(self.text[start:stop].replace("\0", "")))

    def begin(self, name: str, written: str) -> None:
        if self.skipping >= 0 and self.open[self.skipping][0] == "svg" and KINDS.get(name) == BLOCK:
            while self.skipping >= 0:  # a drawing ends where text begins
                self._close_last()
        implied = IMPLIED_ENDS.get(name)
        if implied is not None:
            while self.open and self.open[-1][0] in implied:
                self._close_last()
        kind = KINDS.get(name)
        if kind is None:
            kind = kind_of(name)
        elif kind == NOTED:
            kind = INLINE
        attributes = attributes_of(written)
        if name in _FACTS and name not in ("title", "script"):
            self.facts.add(name, attributes)
        if kind == BREAK:
            if self.skipping < 0:
                self.builder.line_break()
            return
        told = kind != SKIP and self.skipping < 0
        if name in VOID:
            if told:
                self.builder.start(name, kind, attributes)
                self.builder.end()
            return
        if told:
            self.builder.start(name, kind, attributes)
        elif kind == SKIP and self.skipping < 0:
            self.skipping = len(self.open)
        self.open.append((name, told))
        self.count[name] = self.count.get(name, 0) + 1

    def end(self, name: str) -> None:
        if not self.count.get(name):
            return
        while self.open:
            if self._close_last() == name:
                return

    def _close_last(self) -> str:
        name, told = self.open.pop()
        self.count[name] -= 1
        if told:
            self.builder.end()
        if self.skipping == len(self.open):
            self.skipping = -1
        return name

    def raw(self, name: str, written: str, start: int, stop: int) -> None:
        """An element whose content is text and nothing else."""
        if name == "title" and self.skipping < 0:
            self.facts.add(name, _NONE, html.unescape(self.text[start : min(stop, start + _MAX_VALUE_CHARS)]))
        elif name == "script" and "ld+json" in written[:1000].lower():
            self.facts.add(name, attributes_of(written), self.text[start:stop])
        elif name == "xmp" and self.skipping < 0:
            self.builder.start(name, BLOCK, _NONE)
            self.builder.text(self.text[start:stop])
            self.builder.end()


def walk_tokens(text: str, builder: Builder) -> Facts:
    """Tell `builder` of tags and text as they come; what is open is closed when a tag of its name ends. O(n)."""
    tokens = _Tokens(text, builder)
    position = 0
    match = TAG.search(text)
    while match is not None:
        tokens.say(position, match.start())
        position = match.end()
        name = match["name"]
        if name is not None:
            name = name.lower()
            if match["slash"]:
                tokens.end(name)
            elif not match["close"]:
                break  # the page ends inside this tag
            elif name in RAW:
                stop = raw_end(text, name, position)
                tokens.raw(name, match["attributes"], position, stop)
                position = stop
            else:
                tokens.begin(name, match["attributes"])
        elif match["comment"] is not None and builder.hears_comments and tokens.skipping < 0:
            builder.comment(match["comment"].removesuffix("-->"))
        match = TAG.search(text, position)
    else:
        tokens.say(position, len(text))
    builder.finish()
    return tokens.facts


def attributes_of(written: str) -> Attributes:
    """The attributes in a tag that matter to the reader; the first of a name counts. At most `MAX_ATTRIBUTES` are read."""
    if not written:
        return _NONE
    found: dict[str, str | None] = {}
    for number, match in enumerate(ATTRIBUTE.finditer(written)):
        if number >= MAX_ATTRIBUTES:
            break
        name = match[1].lower()
        if name in _READ_ATTRIBUTES and name not in found:
            value = match[2] if match[2] is not None else match[3] if match[3] is not None else match[4]
            found[name] = html.unescape(value[:_MAX_VALUE_CHARS]) if value else value
    return found


__all__ = ["attributes_of", "declared_charset", "walk_tokens", "walk_tree"]
