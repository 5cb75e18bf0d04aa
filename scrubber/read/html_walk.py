"""The fast way through a page: lexbor builds the tree, one loop goes over it. Pages that `html_guard` lets pass only."""

from __future__ import annotations

from typing import Any

from scrubber.read.html_blocks import Builder
from scrubber.read.html_meta import Facts
from scrubber.read.html_tags import BLOCK, BREAK, INLINE, KINDS, NOTED, SKIP, TEXT, kind_of


def walk(markup: bytes, builder: Builder) -> Facts:
    """Tell `builder` all that is in a page (UTF-8), and return what the page says of itself. O(n) for calm pages."""
    from selectolax.lexbor import LexborHTMLParser

    facts = Facts()
    root = LexborHTMLParser(markup).root
    if root is not None:
        _walk(root, builder, facts)
    builder.finish()
    return facts


def _walk(root: Any, builder: Builder, facts: Facts) -> None:
    start, end, text, line_break = builder.start, builder.end, builder.text, builder.line_break
    kinds, parts = KINDS.get, builder.parts
    above: list[Any] = []
    told: list[bool] = []
    node = root
    facts.add("html", root.attributes)
    while True:
        tag = node.tag or "-"
        kind = kinds(tag)
        if kind == TEXT:
            # Most text nodes are white space between blocks.
            content = node.text_content or ""
            if parts or not content.isspace() or builder.lines_kept:
                text(content)
        elif kind == BREAK:
            line_break()
        elif kind != SKIP:
            if kind == NOTED:
                _note(facts, node, tag)
                kind = INLINE
            elif kind is None:
                kind = kind_of(tag)
            child = node.child
            if child is not None:
                attributes = node.attributes
                says = kind != INLINE or "style" in attributes or "hidden" in attributes
                if says:
                    start(tag, kind, attributes)
                told.append(says)
                above.append(node)
                node = child
                continue
            if kind == BLOCK:
                start(tag, kind, node.attributes)
                end()
        elif tag == "script" or tag == "title":
            _note(facts, node, tag)
        following = node.next
        while following is None:
            if not above:
                return
            node = above.pop()
            if told.pop():
                end()
            following = node.next
        node = following


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
