"""What a marked-up page says of itself, before its clean text or in a file beside it. No part of the text."""

from __future__ import annotations

from scrubber.model import Document
from scrubber.store.paths import METADATA_SUFFIX

#: What the file beside an output is called: its own name, and this.
JSON_SUFFIX = METADATA_SUFFIX
FORMAT, VERSION = "scrubber-metadata", 1


def header_of(document: Document) -> str:
    """`Title: …` and the like, one a line, and a blank line behind them; empty for text without a page. O(1)."""
    known = document.page.metadata.items() if document.page is not None else ()
    return "".join([f"{name.capitalize()}: {value}\n" for name, value in known]) + "\n" if known else ""


def json_of(document: Document) -> bytes:
    """The same as JSON in UTF-8, with the id of the document; empty values are there, too. Empty without a page."""
    if document.page is None:
        return b""
    import json

    said = document.page.metadata
    record = {
        "format": FORMAT,
        "version": VERSION,
        "id": document.id,
        "title": said.title,
        "date": said.date,
        "author": said.author,
        "site": said.site,
        "url": said.url,
        "language": said.language,
    }
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
