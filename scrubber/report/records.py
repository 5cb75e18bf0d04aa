"""Findings as JSON Lines, for programs: a line that names the format, then a line for each document.

Every verdict is there, also of findings that were not acted on; only what the learned model merely guesses at is left
out, and counted, unless all is asked for: no check fails by it. Keys stand in one order; a change of what they mean
raises `VERSION`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TextIO

from scrubber.model import CleanResult, Document, Kin, Outcome, Verdict
from scrubber.report.escape import safe_json
from scrubber.report.hunks import GUESSED, outcome_word
from scrubber.report.options import ReportOptions

FORMAT = "scrubber-findings"
VERSION = 1


def render(results: Iterable[CleanResult], out: TextIO, options: ReportOptions) -> None:
    """Writes the head line, then one line for each result, changed or not. Streams."""
    out.write(compact({"format": FORMAT, "version": VERSION, **dict(options.versions)}) + "\n")
    for result in results:
        out.write(compact(record_of(result, show_all=options.show_all)) + "\n")


def record_of(result: CleanResult, *, show_all: bool = False) -> dict[str, Any]:
    """One document as plain values. Offsets are code points in the decoded text, lines count from 1.

    `show_all` lists the mere guesses of the learned model too. O(findings + their text).
    """
    document, plan = result.document, result.plan
    removed = sum(max(0, edit.span.end - edit.span.start - len(edit.replacement)) for edit in plan.edits)
    outcomes = {**{outcome.value: 0 for outcome in Outcome}, GUESSED: 0}
    for verdict in plan.verdicts:
        outcomes[outcome_word(verdict)] += 1
    hidden = {"characters_hidden": document.page.hidden_chars} if document.page is not None else {}
    return {
        "id": document.id,
        "path": text_of(document.origin.path),
        "encoding": document.origin.encoding,
        "changed": result.changed,
        "note": plan.note,
        "counts": {
            "characters": len(document.text),
            "characters_removed": removed,
            **hidden,
            "lines": len(document.bounds),
            "edits": len(plan.edits),
            "findings": outcomes,
        },
        "verdicts": [
            _verdict(document, verdict) for verdict in plan.verdicts if show_all or outcome_word(verdict) != GUESSED
        ],
    }


def _verdict(document: Document, verdict: Verdict) -> dict[str, Any]:
    finding = verdict.finding
    first, last = document.lines_of(finding.span)
    return {
        "rule": finding.rule.id,
        "kind": finding.rule.kind,
        "action": finding.action.value,
        "confidence": finding.confidence.word,
        "outcome": verdict.outcome.value,
        "score": finding.score,
        "reason": finding.evidence.summary,
        "why": verdict.reason,
        "facts": [list(fact) for fact in finding.evidence.facts],
        "lines": [first + 1, last + 1],
        "span": list(finding.span),
        "fingerprint": finding.fingerprint,
        "rights": finding.rights,
        "kin": _kin(finding.evidence.kin),
        "text": document.text[finding.span.start : finding.span.end],
        "replacement": finding.replacement,
    }


def _kin(kin: Kin | None) -> dict[str, Any] | None:
    if kin is None:
        return None
    return {
        "id": kin.document_id,
        "lines": [kin.first_line, kin.last_line],
        "measure": kin.measure,
        "score": kin.score,
        "span": list(kin.span) if kin.span is not None else None,
        "differing": [[list(here), list(there)] for here, there in kin.differing],
    }


def text_of(path: str) -> str:
    """A path for strict parsers, which refuse the lone surrogates of a name that is not UTF-8. `id` tells such apart."""
    return path.encode("utf-8", "replace").decode("utf-8")


def compact(record: dict[str, Any]) -> str:
    """A record as JSON on one line, without a line end, safe to look at."""
    return safe_json(json.dumps(record, ensure_ascii=False, separators=(",", ":")))
