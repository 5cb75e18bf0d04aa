"""Findings as CSV for spreadsheets: one row for each finding, in the order of the documents.

RFC 4180 (commas, CRLF, quotes doubled), in UTF-8 with a byte order mark: without it Excel takes the file for one in the
encoding of the country, and Chinese text is lost; other programs skip the mark. A cell is one line: line ends and other
controls are shown as symbols. No cell is a formula, whoever wrote its text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import TextIO

from scrubber.model import CleanResult, Document, Verdict
from scrubber.report.escape import visible
from scrubber.report.hunks import is_shown, outcome_word
from scrubber.report.options import ReportOptions
from scrubber.report.places import cut, lines_words
from scrubber.report.records import text_of

#: Spreadsheets hold 32,767 characters in a cell; so many are shown of a text, and a column says how many there are.
MAX_CELL_CHARS = 1_000

COLUMNS = (
    "document",
    "first line",
    "last line",
    "rule",
    "kind",
    "title",
    "outcome",
    "confidence",
    "score",
    "reason",
    "why",
    "repeats",
    "characters",
    "text",
    "replacement",
    "rights",
    "fingerprint",
)

_BOM = "\ufeff"
#: What makes a cell a formula, in full width too, also behind spaces and quotation marks; and the same behind a semicolon, where programs
#: of many countries begin the next cell, quotation marks or not.
_FORMULA = re.compile('^(?=[\\s"]*[=+\\-@\t\r\n＝＋－＠])')
_INNER_FORMULA = re.compile("(;[\\s\"']*)(?=[=+\\-@＝＋－＠])")
#: Of hex digits, what would be taken for a number: rounded after 15 digits, or read as a power of ten.
_NUMBER = re.compile(r"^\d+(e\d+)?$")


def render(results: Iterable[CleanResult], out: TextIO, options: ReportOptions) -> None:
    """Writes a row for each finding that is shown; what failed has a row with the outcome `failed`. Streams."""
    out.write(_BOM)
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for result in results:
        for verdict in result.plan.verdicts:
            if is_shown(verdict, show_all=options.show_all):
                rows.writerow(_row(result.document, verdict))
    for failure in options.ended().failures:
        place = cell(failure.document_id or text_of(failure.path))
        row = dict.fromkeys(COLUMNS, "")
        row |= {"document": place, "outcome": "failed", "reason": cell(failure.message), "why": cell(failure.hint)}
        rows.writerow(row.values())


def cell(text: str, most: int = MAX_CELL_CHARS) -> str:
    """Foreign text for one cell: made visible, cut, and no formula.

    >>> cell("=HYPERLINK(1)"), cell("a;=1+1"), cell("分享到\\n首页"), cell("-5")
    ("'=HYPERLINK(1)", "a;'=1+1", '分享到␊首页', "'-5")
    """
    return guarded(cut(visible(_FORMULA.sub("'", text[: most + 1])), most))


def guarded(text: str) -> str:
    """`text` with a `'` before whatever a spreadsheet would take for a formula. O(n)."""
    return _INNER_FORMULA.sub(r"\1'", _FORMULA.sub("'", text))


def _row(document: Document, verdict: Verdict) -> tuple[str | int, ...]:
    finding = verdict.finding
    size = finding.span.end - finding.span.start
    first, last = document.lines_of(finding.span) if size else (-1, -1)
    kin = finding.evidence.kin
    repeats = ""
    if kin is not None:
        repeats = f"{text_of(kin.document_id)}:{lines_words(kin.first_line, kin.last_line)}".rstrip(":")
    return (
        cell(document.id),
        first + 1,
        last + 1,
        cell(finding.rule.id),
        cell(finding.rule.kind),
        cell(finding.rule.title),
        outcome_word(verdict),
        finding.confidence.word,
        finding.score,
        cell(finding.evidence.summary),
        cell(verdict.reason),
        cell(repeats),
        size,
        cell(document.text[finding.span.start : finding.span.end].rstrip("\r\n")),
        cell(finding.replacement),
        cell(finding.rights or ""),
        _NUMBER.sub(r"'\g<0>", finding.fingerprint),
    )
