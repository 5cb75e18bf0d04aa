"""The fast way through a page: lexbor builds the tree, one loop goes over it. Pages that `html_guard` lets pass only."""

from __future__ import annotations

from typing import Any

from scrubber.read.html_blocks import Builder
from scrubber.read.html_meta import Facts
from scrubber.read.html_tags import BLOCK, BREAK, INLINE, KINDS, NOTED, SKIP, kind_of


def walk(markup: bytes, builder: Builder) -> Facts:
    """Tell `builder` all that is in a page (UTF-8), and return what the page says of itself. O(n) for calm pages."""
    from selectolax.lexbor import LexborHTMLParser

    facts = Facts()
    root = LexborHTMLParser(markup).root
    if root is not None:
        if builder.hears_comments:
            _hear_above(root, builder)
        _walk(root, builder, facts)
    builder.finish()
    return facts


def _hear_above(root: Any, builder: Builder) -> None:
    """Tell of the comments above the first tag."""
    above: list[str] = []
    while (root := root.prev) is not None:
        if root.tag == "-comment":
            above.append(root.comment_content or "")
    for comment in reversed(above):
        builder.comment(comment)


def _walk(root: Any, builder: Builder, facts: Facts) -> None:
    start, end, text, line_break = builder.start, builder.end, builder.text, builder.line_break
    kinds, parts, hears = KINDS.get, builder.parts, builder.hears_comments
    above: list[Any] = []
    told: list[bool] = []
    node = root
    facts.add("html", root.attributes)
    while True:
        # Most nodes are text, and most text is white space between blocks; that within them is one space.
        if node.is_text_node:
            if not node.is_empty_text_node or builder.place.lines_kept:
                text(node.text_content or "")
            elif parts:
                text(" ")
        else:
            tag = node.tag or "-"
            kind = kinds(tag)
            if kind is None:
                kind = kind_of(tag)
            elif kind == NOTED:
                _note(facts, node, tag)
                kind = INLINE
            if kind == SKIP:
                if tag == "script" or tag == "title":
                    _note(facts, node, tag)
                elif hears and tag == "-comment":
                    builder.comment(node.comment_content or "")
            elif kind == BREAK:
                line_break()
            elif (child := node.first_child) is not None:
                attributes = node.attributes
                if kind != INLINE or (attributes and ("style" in attributes or "hidden" in attributes)):
                    start(tag, kind, attributes)
                    told.append(True)
                else:
                    told.append(False)
                above.append(node)
                node = child
                continue
            elif kind == BLOCK:
                start(tag, kind, node.attributes)
                end()
        node = node.next
        while node is None:
            if not above:
                return
            if told.pop():
                end()
            node = above.pop().next


def _note(facts: Facts, node: Any, tag: str) -> None:
    if tag == "title":
        if node.parent is None or node.parent.tag != "svg":
            facts.add(tag, node.attributes, node.text())
    elif tag == "script":
        attributes = node.attributes
        if (attributes.get("type") or "").strip().lower() == "application/ld+json":
            facts.add(tag, attributes, node.text())
    else:
        facts.add(tag, node.attributes)
