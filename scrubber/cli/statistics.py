"""`--statistics`: counts by rule, as rows of plain text."""

from __future__ import annotations

from scrubber.report import Totals
from scrubber.report.escape import visible


def statistics_rows(totals: Totals) -> list[str]:
    """One row for each rule and outcome: findings, documents, lines, characters. Most characters first."""
    rows = [("rule", "outcome", "findings", "documents", "lines", "characters")]
    for outcome, rules in (("applied", totals.by_rule), ("flagged", totals.flagged), ("limited", totals.limited)):
        rows += [
            (
                visible(rule.rule),
                outcome,
                f"{rule.findings:,}",
                f"{rule.documents:,}",
                f"{rule.lines:,}",
                f"{rule.characters:,}",
            )
            for rule in rules
        ]
    if len(rows) == 1:
        return ["no findings"]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "   ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
