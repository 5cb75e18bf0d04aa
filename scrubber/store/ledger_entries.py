"""What became of a document, as a line of the ledger."""

from __future__ import annotations

import hashlib
from bisect import bisect_right

from scrubber.errors import Failure
from scrubber.model import CleanResult, Edit, Finding, Verdict
from scrubber.store.files import Fixity
from scrubber.store.ledger_form import (
    DocumentEntry,
    FailedEntry,
    LedgerEdit,
    LedgerFinding,
    LedgerSource,
    Licence,
    Way,
)
from scrubber.store.paths import escape_problem, name_problem, portable_name


def ledger_path(name: str) -> tuple[str, bytes | None]:
    """A document's path as the ledger writes it, and the bytes of its true name where that differs."""
    portable = portable_name(name)
    return portable, None if portable == name else _name_bytes(name)


def _name_bytes(name: str) -> bytes:
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair, which a Windows name may hold
        return name.encode("utf-8", "surrogatepass")


def document_entry(
    result: CleanResult,
    *,
    path: str,
    output: str | None,
    produced: Fixity | None,
    way: Way,
    keep_text: bool = True,
    source: Fixity | None = None,
) -> DocumentEntry:
    """The line of a cleaned document.

    `path` is relative to the source root, `output` (as of `output_name`) to the output root; `produced` is the
    fixity of the output file (both None for a document that was left out of the outputs). `source` is the
    fixity of the file at `path` where the document is only a member or record of it; then `way` is `store`
    or `source`. With `keep_text` false removed text is recorded by checksum (rights statements stay, as is
    their purpose), so that `edits` becomes `source` where there is one. Raises ValueError for a path that
    leaves its root. O(size of the document).
    """
    if problem := escape_problem(path):
        raise ValueError(f"a ledger holds no path like {path!r}: {problem}")
    if output is not None and (problem := name_problem(output)):
        raise ValueError(f"a ledger holds no output like {output!r}: {problem}")
    if (output is None) != (produced is None):
        raise ValueError("an output and its fixity belong together")
    document, plan = result.document, result.plan
    origin = document.origin
    fixity = source or Fixity(origin.sha256, origin.size)
    portable, path_bytes = ledger_path(path)
    return DocumentEntry(
        id=document.id,
        path=portable,
        path_bytes=path_bytes,
        output=output,
        source=LedgerSource(fixity, origin.encoding, origin.bom, origin.newline, origin.repairs),
        result=produced,
        findings=tuple(_finding(verdict, keep_text) for verdict in plan.verdicts),
        edits=tuple(_edit(document.text, edit, keep_text) for edit in plan.edits),
        licences=_licences(result),
        way="source" if way == "edits" and plan.edits and not keep_text else way,
    )


def failed_entry(failure: Failure) -> FailedEntry:
    """The line of an input that failed. Its path, of whatever form, is written in a harmless one."""
    path, path_bytes = ledger_path(failure.path)
    if escape_problem(failure.path):
        path_bytes = None
    message = f"{failure.message} {failure.hint}" if failure.hint else failure.message
    return FailedEntry(failure.document_id, path, path_bytes, _without_surrogates(message))


def _without_surrogates(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _finding(verdict: Verdict, keep_text: bool) -> LedgerFinding:
    finding = verdict.finding
    # What a detector says in its own words may quote the text; what the rule says of itself does not.
    claim = finding.evidence.summary if keep_text else finding.rule.why or finding.rule.title
    return LedgerFinding(
        rule=finding.rule.id,
        confidence=finding.confidence,
        outcome=verdict.outcome,
        score=finding.score,
        reason="; ".join(part for part in (claim, verdict.reason) if part),
        kin=finding.evidence.kin,
        span=finding.span,
        fingerprint=finding.fingerprint,
    )


def _edit(text: str, edit: Edit, keep_text: bool) -> LedgerEdit:
    start, end = edit.span
    cut = text[start:end]
    digest = "" if keep_text else hashlib.sha256(cut.encode("utf-8")).hexdigest()
    return LedgerEdit(start, end, cut if keep_text else None, digest, edit.replacement, edit.verdicts)


def _licences(result: CleanResult) -> tuple[Licence, ...]:
    """Rights statements whose text an edit takes, whichever finding asked for that edit."""
    edits = result.plan.edits
    starts = [edit.span.start for edit in edits]

    def is_cut(finding: Finding) -> bool:
        before = bisect_right(starts, finding.span.start) - 1
        return any(edit.span.touches(finding.span) for edit in edits[max(0, before) : before + 2])

    document = result.document
    return tuple(
        Licence(
            finding.rule.id,
            finding.rights,
            document.text[finding.span.start : finding.span.end],
            document.line_at(finding.span.start) + 1,
        )
        for finding in (verdict.finding for verdict in result.plan.verdicts)
        if finding.rights is not None and is_cut(finding)
    )
