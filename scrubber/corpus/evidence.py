"""The evidence of a run as a file: what its documents share, and what was decided about each that has copies.

The first line says what the file is and how large its parts are. Then a line for each frequent line of `template` rules,
by number, and a line for each document, by id. Whoever wants to know about a document looks it up by halving the rest of
the file, so that a worker holds nothing of it in memory. Equal evidence has equal bytes, and their SHA-256 goes into the
ledger. Refuses files of another form.
"""

from __future__ import annotations

import json
import mmap
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from msgspec import structs

from scrubber.corpus.decide import Comparison
from scrubber.corpus.line_counts import SharedLines
from scrubber.errors import UsageError, Where
from scrubber.model.copies import NOTHING, DocumentCopies, FoundCopy
from scrubber.text.fold import FOLD_VERSION

FORMAT = "scrubber-evidence"
VERSION = 1
#: No first line is longer.
_MAX_HEADER_BYTES = 1 << 20
_COPIED_BYTES = 1 << 20


def write_evidence(
    path: Path,
    shared: SharedLines | None,
    template: tuple[int, Sequence[str]] | None,
    comparisons: Iterable[Comparison],
    decided: Iterable[tuple[str, DocumentCopies]],
) -> str:
    """Write a new file of evidence, and give the SHA-256 of its bytes. Raises OSError.

    `template` says from how many documents on lines are `shared`, and within which groups. `decided` is in order of id.
    """
    with tempfile.TemporaryFile(dir=path.parent) as lines, tempfile.TemporaryFile(dir=path.parent) as documents:
        count = 0
        for number, holders in zip(shared.numbers, shared.counts, strict=True) if shared is not None else ():
            lines.write(_coded([f"{number:016x}", holders]))
        for document_id, copies in decided:
            documents.write(_document_line(document_id, copies))
            count += 1
        header = {
            "format": FORMAT,
            "version": VERSION,
            "fold": FOLD_VERSION,
            "template": template,
            "lines": len(shared) if shared is not None else 0,
            "line_bytes": lines.tell(),
            "documents": count,
            "document_bytes": documents.tell(),
            "rules": [structs.asdict(comparison) for comparison in comparisons],
        }
        digest = sha256()
        with path.open("xb") as sink:
            for portion in _portions(_coded(header), lines, documents):
                digest.update(portion)
                sink.write(portion)
    return digest.hexdigest()


def _portions(header: bytes, *parts: IO[bytes]) -> Iterator[bytes]:
    yield header
    for part in parts:
        part.seek(0)
        while portion := part.read(_COPIED_BYTES):
            yield portion


def _coded(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"


def _document_line(document_id: str, copies: DocumentCopies) -> bytes:
    rows = [
        [
            copy.rule,
            copy.text,
            copy.document_id,
            [copy.first_line, copy.last_line],
            copy.measure,
            copy.jaccard,
            copy.edit,
            copy.differs,
            copy.differing,
        ]
        for copy in copies.copies
    ]
    return _coded([document_id, rows, copies.kept])


class Evidence:
    """A file of evidence, open for questions (`FrozenCopies`). Use it in the process that opened it."""

    def __init__(self, path: Path) -> None:
        """Opens it. Raises UsageError for a file that is no evidence of this form."""
        self._path = path
        try:
            with path.open("rb") as source:
                header = json.loads(source.readline(_MAX_HEADER_BYTES))
                self._lines_at = source.tell()
                size = source.seek(0, 2)
                self._mapped = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise self._wrong("cannot be read as the evidence of a run") from error
        if not isinstance(header, dict) or header.get("format") != FORMAT:
            raise self._wrong("is no evidence of a run")
        if (header.get("version"), header.get("fold")) != (VERSION, FOLD_VERSION):
            raise self._wrong("was written by another version")
        self.header: dict[str, Any] = header
        line_bytes, document_bytes = header.get("line_bytes"), header.get("document_bytes")
        if (
            not isinstance(line_bytes, int)
            or not isinstance(document_bytes, int)
            or min(line_bytes, document_bytes) < 0
        ):
            raise self._wrong("does not say how large it is")
        self._last: tuple[str | None, DocumentCopies] = None, NOTHING
        self._begin = self._lines_at + line_bytes
        self._end = self._begin + document_bytes
        if self._end != size:
            raise self._wrong("is not whole")

    def _wrong(self, what: str) -> UsageError:
        return UsageError(f"{what}.", where=Where(str(self._path)), hint="Run without it: the run makes its own.")

    def answers(self, template: tuple[int, Sequence[str]] | None, comparisons: Iterable[Comparison]) -> bool:
        """Whether a run with these rules would have looked for nothing else."""
        made, rules = self.header.get("template"), self.header.get("rules")
        if not isinstance(rules, list) or any(structs.asdict(each) not in rules for each in comparisons):
            return False
        match made:
            case [int(least), list(groups)] if template is not None:
                return least <= template[0] and set(template[1]) <= set(groups)
        return template is None

    def shared(self) -> SharedLines | None:
        """What documents share, for `template` rules; None where nobody asked for it. Twelve bytes a line."""
        if self.header.get("template") is None:
            return None
        found = SharedLines(array("Q"), array("I"))
        try:
            at = self._lines_at
            while at < self._begin:
                stop = self._mapped.find(b"\n", at, self._begin) + 1 or self._begin
                number, holders = json.loads(self._mapped[at:stop])
                found.numbers.append(int(number, 16))
                found.counts.append(holders)
                at = stop
        except (ValueError, TypeError, OverflowError) as error:
            raise self._wrong("has a line that is none of ours") from error
        return found

    def of(self, document_id: str) -> DocumentCopies:
        """What was decided about a document. O(log n) looks into the file. Raises UsageError."""
        # It is asked for one document several times in a row.
        if self._last[0] != document_id:
            self._last = document_id, self._found(document_id)
        return self._last[1]

    def _found(self, document_id: str) -> DocumentCopies:
        low, high = self._begin, self._end
        try:
            while low < high:
                # The line that holds the middle.
                start = self._mapped.rfind(b"\n", low, (low + high) // 2) + 1 or low
                stop = self._mapped.find(b"\n", start, high) + 1 or high
                name, rows, kept = json.loads(self._mapped[start:stop])
                if name == document_id:
                    return DocumentCopies(tuple(_copy(row) for row in rows), tuple(map(str, kept)))
                low, high = (stop, high) if name < document_id else (low, start)
        except (ValueError, TypeError) as error:
            raise self._wrong("has a line that is none of ours") from error
        return NOTHING

    def close(self) -> None:
        """Let go of the file."""
        self._mapped.close()


def _copy(row: Any) -> FoundCopy:
    match row:
        case [
            str(rule), str(text), str(document_id), [int(first), int(last)], str(measure), int(jaccard), int(edit),
            int() | None as differs, list(differing),
        ]:  # fmt: skip
            marks = tuple(_mark(mark) for mark in differing)
            return FoundCopy(rule, text, document_id, first, last, measure, jaccard, edit, differs, marks)
    raise ValueError("no copy")


def _mark(mark: Any) -> tuple[int, int, int, int]:
    match mark:
        case [int(a), int(b), int(c), int(d)] if 0 <= a <= b and 0 <= c <= d:
            return a, b, c, d
    raise ValueError("no mark")
