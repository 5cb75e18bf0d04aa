"""The ledger as types: what its lines say, and how they are written as JSON.

The form is fixed by its number: a change of a field is a new number with a reader for the old one. A
document's line restores it without any other line. Reading foreign lines is the business of `ledger_read`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from scrubber.model import BadBytes, Confidence, Kin, Outcome, Span
from scrubber.store.files import Fixity

FORMAT = "scrubber-ledger"
VERSION = 1
#: No line is longer: the largest document that is cleaned (256 MB) with every character escaped. A foreign
#: ledger must not fill the memory with one line.
MAX_LINE_BYTES = 1 << 30
#: The first line holds options and names of rule sets, and is read before anything says that this is a ledger.
MAX_HEADER_BYTES = 1 << 24

Way = Literal["edits", "store", "source"]
WAYS: tuple[Way, ...] = ("edits", "store", "source")
Status = Literal["complete", "interrupted"]


def canonical(value: Any) -> bytes:
    """`value` as JSON in UTF-8, on one line, in the order of its keys. Raises ValueError for NaN and
    surrogates.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8")


def ledger_line(record: dict[str, Any]) -> bytes:
    """A record of texts, whole numbers and truth values as `canonical` has it, with a line end; in a fifth of the time."""
    return msgspec.json.encode(record) + b"\n"


def digest_of(value: Any) -> str:
    """SHA-256 (hex) of `value` as JSON with sorted keys: of options, of a list of rule sets."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class RulesetRecord(Struct, frozen=True):
    """A rule set that was active: its name, its version and the SHA-256 of its file."""

    name: str
    version: str
    digest: str


class LedgerHeader(Struct, frozen=True):
    """The first line: everything that, with the same inputs, leads to the same bytes; and when it began.

    Digests are SHA-256 in hex, or empty where there is no such file. `source_root` and `output_root` are for
    people and for `verify`; nothing is written on their word. Paths of documents are below the first,
    outputs below the second.
    """

    scrubber: str
    fold: int
    unicode: str
    versions: tuple[tuple[str, str], ...]
    rules: tuple[RulesetRecord, ...]
    rules_digest: str
    decisions_digest: str
    evidence_digest: str
    options: Mapping[str, Any]
    options_digest: str
    source_root: str
    output_root: str
    started_at: str

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "scrubber": self.scrubber,
            "fold": self.fold,
            "unicode": self.unicode,
            "versions": dict(sorted(self.versions)),
            "rules": [{"name": r.name, "version": r.version, "digest": r.digest} for r in self.rules],
            "rules_digest": self.rules_digest,
            "decisions_digest": self.decisions_digest,
            "evidence_digest": self.evidence_digest,
            "options": dict(sorted(self.options.items())),
            "options_digest": self.options_digest,
            "roots": {"source": self.source_root, "output": self.output_root},
            "started_at": self.started_at,
        }


class LedgerSource(Struct, frozen=True):
    """The original bytes: their fixity, and what turns the decoded text into them again."""

    fixity: Fixity
    encoding: str
    bom: bytes
    newline: str
    repairs: tuple[BadBytes, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "sha256": self.fixity.sha256,
            "size": self.fixity.size,
            "encoding": self.encoding,
            "bom": self.bom.hex(),
            "newline": self.newline,
            "repairs": [[r.text_offset, r.byte_offset, r.raw.hex()] for r in self.repairs],
        }


class LedgerFinding(Struct, frozen=True):
    """One finding and what became of it. `score` is in thousandths."""

    rule: str
    confidence: Confidence
    outcome: Outcome
    score: int
    reason: str
    kin: Kin | None
    span: Span
    fingerprint: str

    def to_json(self) -> dict[str, Any]:
        kin = None
        if self.kin is not None:
            kin = {
                "document": self.kin.document_id,
                "lines": [self.kin.first_line, self.kin.last_line],
                "measure": self.kin.measure,
                "score": self.kin.score,
                "span": None if self.kin.span is None else list(self.kin.span),
            }
        return {
            "rule": self.rule,
            "confidence": self.confidence.word,
            "outcome": self.outcome.value,
            "score": self.score,
            "reason": self.reason,
            "kin": kin,
            "span": list(self.span),
            "fingerprint": self.fingerprint,
        }


class LedgerEdit(Struct, frozen=True):
    """`start` to `end` of the decoded text gave way to `put`; `cut` is what stood there.

    `cut` is None, and `cut_sha256` is that of its UTF-8, where a run was told to keep no removed text. `by`
    numbers (from 0) the findings of the same line that asked for the edit, strongest first.
    """

    start: int
    end: int
    cut: str | None
    cut_sha256: str
    put: str
    by: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        record: dict[str, Any] = {"start": self.start, "end": self.end, "cut": self.cut}
        if self.cut is None:
            record["cut_sha256"] = self.cut_sha256
        return record | {"put": self.put, "by": list(self.by)}


class Licence(Struct, frozen=True):
    """A rights statement that was cut from the text and stays on record. `line` counts from 1."""

    rule: str
    spdx: str
    text: str
    line: int

    def to_json(self) -> dict[str, Any]:
        return {"rule": self.rule, "spdx": self.spdx, "text": self.text, "line": self.line}


class RecordPlace(Struct, frozen=True):
    """Where in its output a record of JSON Lines stands, and how the string of its text was written.

    `line` counts from 1, `span` are code points of that line. `escaped`: in ASCII. `raw` is the string as it was written,
    quotes included, where it was in neither of the two usual ways. A record that was `left_out` stood before that line,
    and `raw` is all of its own, line end included.
    """

    line: int
    span: Span
    escaped: bool
    raw: str | None
    left_out: bool = False

    def to_json(self) -> dict[str, Any]:
        told = {"line": self.line, "span": list(self.span), "escaped": self.escaped, "raw": self.raw}
        return told | ({"left_out": True} if self.left_out else {})


class DocumentEntry(Struct, frozen=True):
    """The line of one document that was cleaned.

    `path` (below the source root) and `output` (below the output root) are harmless on any system; where the
    true name is not, `path_bytes` holds it. `output` and `result` are None for a document that was left out
    of the outputs. `source` describes the file at `path`, which for members and records is the file that
    holds them. `metadata` is the fixity of the file beside the output (`METADATA_SUFFIX`), if there is one; `record` is there for a record whose file comes back by `edits`.
    """

    id: str
    path: str
    path_bytes: bytes | None
    output: str | None
    source: LedgerSource
    result: Fixity | None
    findings: tuple[LedgerFinding, ...]
    edits: tuple[LedgerEdit, ...]
    licences: tuple[Licence, ...]
    way: Way
    record: RecordPlace | None = None
    metadata: Fixity | None = None

    def to_json(self) -> dict[str, Any]:
        record: dict[str, Any] = {"id": self.id, "path": self.path}
        if self.path_bytes is not None:
            record["path_b64"] = base64.b64encode(self.path_bytes).decode("ascii")
        place: dict[str, Any] = {"record": self.record.to_json()} if self.record is not None else {}
        if self.metadata is not None:
            place["metadata"] = {"sha256": self.metadata.sha256, "size": self.metadata.size}
        result = None if self.result is None else {"sha256": self.result.sha256, "size": self.result.size}
        return record | {
            "output": self.output,
            "source": self.source.to_json(),
            "result": result,
            "findings": [finding.to_json() for finding in self.findings],
            "edits": [edit.to_json() for edit in self.edits],
            "licences": [licence.to_json() for licence in self.licences],
            "way": self.way,
            **place,
        }


class FailedEntry(Struct, frozen=True):
    """The line of one input that could not be handled, and why."""

    id: str
    path: str
    path_bytes: bytes | None
    error: str

    def to_json(self) -> dict[str, Any]:
        record: dict[str, Any] = {"id": self.id, "path": self.path}
        if self.path_bytes is not None:
            record["path_b64"] = base64.b64encode(self.path_bytes).decode("ascii")
        return record | {"error": self.error}


LedgerEntry = DocumentEntry | FailedEntry

#: What the closing line counts, in this order; sizes in bytes.
TOTALS = ("documents", "failed", "edited", "findings", "edits", "source_bytes", "result_bytes")


class Counter(Struct):
    """Counts entries for the closing line as they are written."""

    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TOTALS, 0))

    def count(self, entry: LedgerEntry) -> None:
        totals = self.totals
        if isinstance(entry, FailedEntry):
            totals["failed"] += 1
            return
        totals["documents"] += 1
        totals["edited"] += bool(entry.edits)
        totals["findings"] += len(entry.findings)
        totals["edits"] += len(entry.edits)
        totals["source_bytes"] += entry.source.fixity.size
        totals["result_bytes"] += entry.result.size if entry.result else 0


class LedgerFooter(Struct, frozen=True):
    """The closing line. `digest` is the SHA-256 of all bytes above it, uncompressed, line ends included."""

    totals: Mapping[str, int]
    ended_at: str
    status: Status
    digest: str

    def to_json(self) -> dict[str, Any]:
        return {
            "totals": dict(self.totals),
            "ended_at": self.ended_at,
            "status": self.status,
            "digest": self.digest,
        }
