"""The fast way through a page: lexbor builds the tree, one loop goes over it. Pages that `html_guard` lets pass only."""

from __future__ import annotations

from scrubber.read.html_blocks import Builder
from scrubber.read.html_meta import Facts
from scrubber.read.html_tags import BLOCK, BREAK, KINDS, SKIP, TEXT, kind_of


def walk(markup: bytes, builder: Builder) -> Facts:
    """Tell `builder` all that is in a page (UTF-8), and return what the page says of itself. O(n) for calm pages."""
    from selectolax.lexbor import LexborHTMLParser

    parser = LexborHTMLParser(markup)
    root = parser.root
    if root is not None:
        _walk(root, builder)
    builder.finish()
    return _facts(parser)


def _walk(root, builder: Builder) -> None:  # type: ignore[no-untyped-def]
    start, end, text, line_break = builder.start, builder.end, builder.text, builder.line_break
    kinds = KINDS.get
    above = []
    node = root
    while True:
        tag = node.tag or "-"
        kind = kinds(tag)
        if kind == TEXT:
            content = node.text_content
            if content:
                text(content)
        elif kind == BREAK:
            line_break()
        elif kind != SKIP:
            if kind is None:
                kind = kind_of(tag)
            child = node.child
            if child is not None:
                start(tag, kind, node.attributes)
                above.append(node)
                node = child
                continue
            if kind == BLOCK:
                start(tag, kind, node.attributes)
                end()
        following = node.next
        while following is None:
            if not above:
                return
            node = above.pop()
            end()
            following = node.next
        node = following


def _facts(parser) -> Facts:  # type: ignore[no-untyped-def]
    facts = Facts()
    root = parser.root
    if root is not None:
        facts.add("html", root.attributes)
    for node in parser.css("meta"):
        facts.add("meta", node.attributes)
    for node in parser.css("link[rel]"):
        facts.add("link", node.attributes)
    for node in parser.css("time[datetime]"):
        facts.add("time", node.attributes)
    for node in parser.css("title"):
        if node.parent is None or node.parent.tag != "svg":
            facts.add("title", node.attributes, node.text())
    for node in parser.css('script[type="application/ld+json" i]'):
        facts.add("script", node.attributes, node.text())
    return facts
