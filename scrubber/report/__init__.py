"""Reports: results in, text for people or programs out. A registry by name, written out by hand.

Importing this package does not import rich; only the report for terminals needs it, and then only when it is
made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TextIO

from scrubber.model import CleanResult
from scrubber.report import github, html, markdown, patch, records, sarif, spreadsheet, whole
from scrubber.report.options import Report, ReportOptions, RunEnd
from scrubber.report.totals import RuleTotal, Tally, Totals, closing


def _terminal(results: Iterable[CleanResult], out: TextIO, options: ReportOptions) -> None:
    from scrubber.report import terminal

    terminal.render(results, out, options)


def summary(totals: Totals, out: TextIO, options: ReportOptions) -> None:
    """The closing lines of a run, for people; they belong on standard error."""
    from scrubber.report import terminal

    terminal.summary(totals, out, options)


REPORTS: Mapping[str, Report] = {
    "terminal": _terminal,
    "patch": patch.render,
    "json": whole.render,
    "jsonl": records.render,
    "github": github.render,
    "html": html.render,
    "markdown": markdown.render,
    "sarif": sarif.render,
    "csv": spreadsheet.render,
}

__all__ = ["REPORTS", "Report", "ReportOptions", "RuleTotal", "RunEnd", "Tally", "Totals", "closing", "summary"]
