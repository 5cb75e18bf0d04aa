"""The lines of a ledger as types. Wrong or unsafe ones raise LedgerMismatch; see `ledger_fields`."""

from __future__ import annotations

import base64
from typing import get_args

from scrubber.model import BadBytes, Confidence, Kin, Outcome
from scrubber.store.files import Fixity
from scrubber.store.ledger_fields import Fields, from_hex, is_count
from scrubber.store.ledger_form import (
    FORMAT,
    VERSION,
    WAYS,
    DocumentEntry,
    FailedEntry,
    LedgerEdit,
    LedgerEntry,
    LedgerFinding,
    LedgerFooter,
    LedgerHeader,
    LedgerSource,
    Licence,
    RecordPlace,
    RulesetRecord,
    Status,
)
from scrubber.store.paths import escape_problem, portable_name


def header_of(line: Fields) -> LedgerHeader:
    """The first line. Raises LedgerMismatch, also for another format and a newer form."""
    if not line.has("format") or line.value("format") != FORMAT:
        raise line.wrong("format", f"{FORMAT!r}, so this is no ledger")
    if line.value("version") != VERSION or isinstance(line.value("version"), bool):
        raise line.wrong("version", f"{VERSION}, the only one that this scrubber reads")
    roots = line.part("roots")
    return LedgerHeader(
        scrubber=line.text("scrubber"),
        fold=line.count("fold"),
        unicode=line.text("unicode"),
        versions=tuple(sorted(line.texts("versions").items())),
        rules=line.parts(
            "rules", lambda part: RulesetRecord(part.text("name"), part.text("version"), part.text("digest"))
        ),
        rules_digest=line.sha256("rules_digest"),
        decisions_digest=line.sha256("decisions_digest", may_be_empty=True),
        evidence_digest=line.sha256("evidence_digest", may_be_empty=True),
        options=line.plain("options"),
        options_digest=line.sha256("options_digest"),
        source_root=roots.text("source"),
        output_root=roots.text("output"),
        started_at=line.text("started_at"),
    )


def footer_of(line: Fields) -> LedgerFooter:
    """The closing line. Raises LedgerMismatch."""
    words = get_args(Status)
    status: Status = "complete" if line.word("status", words) == "complete" else "interrupted"
    return LedgerFooter(line.totals("totals"), line.text("ended_at"), status, line.sha256("digest"))


def entry_of(line: Fields) -> LedgerEntry:
    """The line of one document. Raises LedgerMismatch, also for a path that would leave its root. O(line)."""
    path = line.safe_path("path")
    path_bytes = _path_bytes(line, path)
    if line.has("error"):
        return FailedEntry(line.text("id"), path, path_bytes, line.text("error"))
    output = None if line.is_null("output") else line.safe_path("output")
    result = None if line.is_null("result") else _fixity(line.part("result"))
    if (output is None) != (result is None):
        raise line.wrong("result", "there exactly where an output is")
    findings = line.parts("findings", _finding)
    way = line.word("way", WAYS)
    return DocumentEntry(
        id=line.text("id"),
        path=path,
        path_bytes=path_bytes,
        output=output,
        source=_source(line.part("source")),
        result=result,
        findings=findings,
        edits=_edits(line, len(findings)),
        licences=line.parts(
            "licences",
            lambda part: Licence(part.text("rule"), part.text("spdx"), part.text("text"), part.count("line")),
        ),
        way=next(known for known in WAYS if known == way),
        record=_record_place(line.part("record")) if line.has("record") else None,
        metadata=_fixity(line.part("metadata")) if line.has("metadata") else None,
    )


def _record_place(part: Fields) -> RecordPlace:
    escaped = part.value("escaped")
    if not isinstance(escaped, bool):
        raise part.wrong("escaped", "true or false")
    raw = None if part.is_null("raw") else part.text("raw")
    left_out = part.value("left_out") if part.has("left_out") else False
    if not isinstance(left_out, bool) or (left_out and raw is None):
        raise part.wrong("left_out", "true or false, with all of the line as raw")
    return RecordPlace(part.count("line"), part.span("span"), escaped, raw, left_out)


def _path_bytes(line: Fields, path: str) -> bytes | None:
    if not line.has("path_b64"):
        return None
    try:
        raw = base64.b64decode(line.text("path_b64"), validate=True)
    except ValueError:
        raise line.wrong("path_b64", "bytes in base64") from None
    name = true_name(raw)
    if escape_problem(name) or portable_name(name) != path:
        raise line.wrong("path_b64", "the true form of its path")
    return raw


def true_name(path_bytes: bytes) -> str:
    """The name that `path_b64` stands for, with surrogates for what is not UTF-8, as the `os` functions take
    it.
    """
    return path_bytes.decode("utf-8", "surrogateescape")


def _fixity(part: Fields) -> Fixity:
    return Fixity(part.sha256("sha256"), part.count("size"))


def _source(part: Fields) -> LedgerSource:
    return LedgerSource(
        _fixity(part), part.text("encoding"), part.raw("bom"), part.text("newline"), _repairs(part, "repairs")
    )


def _repairs(part: Fields, name: str) -> tuple[BadBytes, ...]:
    values = part.value(name)
    repairs: list[BadBytes] = []
    for value in values if isinstance(values, list) else [None]:
        repair = _repair(value)
        if repair is None:
            raise part.wrong(name, "a list of text offsets, byte offsets and bytes in hex")
        if repairs and repair.text_offset <= repairs[-1].text_offset:
            raise part.wrong(name, "in order")
        repairs.append(repair)
    return tuple(repairs)


def _repair(value: object) -> BadBytes | None:
    if not isinstance(value, list) or len(value) != 3:
        return None
    raw = from_hex(value[2])
    if raw is None or not (is_count(value[0]) and is_count(value[1])):
        return None
    return BadBytes(value[0], value[1], raw)


def _finding(part: Fields) -> LedgerFinding:
    kin = None
    if not part.is_null("kin"):
        about = part.part("kin")
        first, last = about.counts("lines", 2)
        span = None if about.is_null("span") else about.span("span")
        kin = Kin(about.text("document"), first, last, about.text("measure"), about.count("score"), span)
    return LedgerFinding(
        rule=part.text("rule"),
        confidence=Confidence.from_word(part.word("confidence", tuple(level.word for level in Confidence))),
        outcome=Outcome(part.word("outcome", tuple(outcome.value for outcome in Outcome))),
        score=part.count("score"),
        reason=part.text("reason"),
        kin=kin,
        span=part.span("span"),
        fingerprint=part.text("fingerprint"),
    )


def _edits(line: Fields, findings: int) -> tuple[LedgerEdit, ...]:
    edits = line.parts("edits", _edit)
    reached = 0
    for edit in edits:
        if not reached <= edit.start <= edit.end or any(number >= findings for number in edit.by):
            raise line.wrong("edits", "in order, apart, and by findings of its line")
        reached = edit.end
    return edits


def _edit(part: Fields) -> LedgerEdit:
    start, end = part.count("start"), part.count("end")
    by, put = part.counts("by"), part.text("put")
    if part.is_null("cut"):
        return LedgerEdit(start, end, None, part.sha256("cut_sha256"), put, by)
    cut = part.text("cut")
    if len(cut) != end - start:
        raise part.wrong("cut", "as long as its span")
    return LedgerEdit(start, end, cut, "", put, by)
