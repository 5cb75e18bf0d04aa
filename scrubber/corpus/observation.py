"""What a document is to the others of its run: the texts that are left of it, with their places, and how they are kept.

Observations are made once for each document, wait in a nameless file, and are read again for each comparison. Lines are
JSON, so a strange one can do no more than be refused. Refuses to know how texts are compared.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec import Struct

_BUFFER_BYTES = 1 << 20


class ObservedText(NamedTuple):
    """A paragraph, or a document as one text, as the rules of the document leave it.

    First and last line of the decoded original, from 1; the folded lines joined by spaces; the text as written, without
    its last line end (empty: it was not asked for); whether something protects it, so that it never goes.
    """

    first_line: int
    last_line: int
    text: str
    written: str = ""
    protected: bool = False


class Observation(Struct, frozen=True):
    """What is left of one document: its paragraphs, each text once, and the document as one text."""

    paragraphs: tuple[ObservedText, ...] = ()
    whole: ObservedText | None = None

    def coded(self) -> bytes:
        """As one line of JSON, without a line end."""
        rows = [_row(text) for text in self.paragraphs]
        told = [rows, _row(self.whole) if self.whole is not None else None]
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8")

    @classmethod
    def decoded(cls, line: bytes) -> Observation:
        """What `coded` has written. Raises ValueError for anything else."""
        told = json.loads(line)
        if not isinstance(told, list) or len(told) != 2 or not isinstance(told[0], list):
            raise ValueError("no observation")
        return cls(tuple(_text(row) for row in told[0]), _text(told[1]) if told[1] is not None else None)

    @classmethod
    def holds(cls, line: bytes) -> bool:
        """Whether a line is one that `coded` may have written."""
        try:
            cls.decoded(line)
        except ValueError:
            return False
        return b"\n" not in line


def _row(text: ObservedText) -> list[Any]:
    first, last, folded, written, protected = text
    return [first, last, folded, 0 if written == folded else written, int(protected)]


def _text(row: Any) -> ObservedText:
    match row:
        case [int(first), int(last), str(folded), str() | 0 as written, 0 | 1 as protected] if 1 <= first <= last:
            return ObservedText(first, last, folded, folded if written == 0 else written, bool(protected))
    raise ValueError("no observed text")


class Observations:
    """The observations of all documents of a run, on disk. `add` each once, then iterate as often as need be.

    Raises OSError on a full disk. Memory: a buffer.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=_BUFFER_BYTES)  # noqa: SIM115  closed in `close`
        self.documents = 0

    def add(self, document_id: str, coded: bytes) -> None:
        """Take what `Observation.coded` gave for a document."""
        self._file.write(json.dumps(document_id).encode("ascii") + b"\t" + coded + b"\n")
        self.documents += 1

    def __iter__(self) -> Iterator[tuple[str, Observation]]:
        self._file.seek(0)
        for line in self._file:
            name, _, coded = line.partition(b"\t")
            yield json.loads(name), Observation.decoded(coded)

    def close(self) -> None:
        """Let go of everything."""
        self._file.close()
