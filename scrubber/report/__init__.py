"""Reports: results in, text for people or programs out. A registry by name, written out by hand.

Importing this package does not import rich; only the report for terminals needs it, and then only when it is
made. So it is with all that a usual run does not write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import TextIO

from scrubber.model import CleanResult
from scrubber.report import github, patch, records, whole
from scrubber.report.options import Report, ReportOptions, RunEnd
from scrubber.report.totals import RuleTotal, Tally, Totals, closing


def _late(module: str) -> Report:
    """The report of a module that is imported when it is asked for: a run should not pay for what it does not write."""

    def render(results: Iterable[CleanResult], out: TextIO, options: ReportOptions) -> None:
        report: Report = import_module(f"scrubber.report.{module}").render
        report(results, out, options)

    return render


def summary(totals: Totals, out: TextIO, options: ReportOptions) -> None:
    """The closing lines of a run, for people; they belong on standard error."""
    from scrubber.report import terminal

    terminal.summary(totals, out, options)


REPORTS: Mapping[str, Report] = {
    "terminal": _late("terminal"),
    "patch": patch.render,
    "json": whole.render,
    "jsonl": records.render,
    "github": github.render,
    "html": _late("html"),
    "markdown": _late("markdown"),
    "sarif": _late("sarif"),
    "csv": _late("spreadsheet"),
}

__all__ = ["REPORTS", "Report", "ReportOptions", "RuleTotal", "RunEnd", "Tally", "Totals", "closing", "summary"]
