"""Reports: results in, text for people or programs out. A registry by name, written out by hand.

Importing this package imports none of them: each comes when it is first made, and rich with the one for terminals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from scrubber.model import CleanResult
    from scrubber.report.options import Report, ReportOptions, RunEnd
    from scrubber.report.totals import RuleTotal, Tally, Totals, closing


def _late(module: str) -> Report:
    """The report of a module, which is imported when the report is made."""

    def render(results: Iterable[CleanResult], out: TextIO, options: ReportOptions) -> None:
        import_module(f"scrubber.report.{module}").render(results, out, options)

    return render


def _for_people(results: Iterable[CleanResult], out: TextIO, options: ReportOptions) -> None:
    """The report for terminals; where no result has anything to show, it is not even imported."""
    coming = iter(results)
    for result in coming:
        if result.plan.verdicts or result.plan.edits or result.plan.note:
            _late("terminal")(chain((result,), coming), out, options)


def summary(totals: Totals, out: TextIO, options: ReportOptions) -> None:
    """The closing lines of a run, for people; they belong on standard error."""
    from scrubber.report import terminal

    terminal.summary(totals, out, options)


REPORTS: Mapping[str, Report] = {
    "terminal": _for_people,
    "patch": _late("patch"),
    "json": _late("whole"),
    "jsonl": _late("records"),
    "github": _late("github"),
    "html": _late("html"),
    "markdown": _late("markdown"),
    "sarif": _late("sarif"),
    "csv": _late("spreadsheet"),
}

__all__ = ["REPORTS", "Report", "ReportOptions", "RuleTotal", "RunEnd", "Tally", "Totals", "closing", "summary"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "totals" if name in ("RuleTotal", "Tally", "Totals", "closing") else "options"
    value = getattr(import_module(f"scrubber.report.{home}"), name)
    globals()[name] = value
    return value
