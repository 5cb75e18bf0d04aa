"""From inputs to documents: read, unpacked and decoded, and nothing more done to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scrubber.cli.inputs import Input
from scrubber.cli.parts import Part, record_document, row_document, unpacked
from scrubber.cli.reading import read_input
from scrubber.model import Document
from scrubber.read import leaf_format, reader_for

if TYPE_CHECKING:
    from scrubber.cli.tasks import Setup, Task


def read_document(setup: Setup, source: Input, content: bytes, part: Part | None = None) -> Document:
    """One input, or the member `part` of one, unpacked and decoded. Raises `UnreadableInput`."""
    inner, content = unpacked(source.name if part is None else part.name, content, setup.as_format, setup.max_bytes)
    reader = reader_for(inner, (part.kind if part is not None else None) or leaf_format(setup.as_format))
    document = reader(
        content,
        id=source.id,
        path=source.name,
        declared=part.declared if part is not None else None,
        encoding=setup.encoding,
        undecodable="replace" if setup.undecodable == "replace" else "fail",
    )
    if document.kept and part is not None and part.kind is not None:
        document = replace(document, kept=())  # what a crawl has brought is nobody's own page
    return document


def with_paragraphs(setup: Setup, document: Document) -> Document:
    """The document, its paragraphs parted as the settings say. A page knows its own."""
    if setup.paragraphs != "auto" and document.page is None:
        return replace(document, paragraphs=setup.paragraphs)
    return document


def document_of(setup: Setup, task: Task) -> Document | None:
    """The document that a task is about; None where it is about none (what stands between records, an end of a file).

    Raises `UnreadableInput`, `Undecodable`.
    """
    part = task.part
    if part is None:
        content = task.content
        if content is None:
            content = read_input(task.input.path, setup.max_bytes, task.input.name)
        document = read_document(setup, task.input, content)
    elif part.record is not None:
        document = record_document(part.record, task.input.id, task.input.name)
    elif part.row is not None:
        document = row_document(part.row, task.input.id, task.input.name)
    elif part.content is not None:
        document = read_document(setup, task.input, part.content, part)
    else:
        return None
    return with_paragraphs(setup, document)
