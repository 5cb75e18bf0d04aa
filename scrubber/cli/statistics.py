"""`--statistics`: counts by rule and outcome, as rows of plain text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from scrubber.report import Totals
from scrubber.report.escape import visible
from scrubber.report.hunks import GUESSED, SETTLED
from scrubber.report.layout import count_words

_HEADINGS = ("rule", "outcome", "findings", "documents", "lines", "characters")
#: So many columns are words, and stand to the left.
_WORDS = 2
_SETTLED = frozenset((GUESSED, *(outcome.value for outcome in SETTLED)))


def statistics_rows(totals: Totals, *, show_all: bool = False) -> list[str]:
    """One row for each rule and outcome: findings, documents, lines, characters. The same run gives the same rows.

    Removals first, then replacements, flags, and what limits held back; in each, most characters first. `show_all` adds
    what is settled, as it does in reports. Lines and characters of removals and replacements are those that went, each
    once; of anything else those that the findings are about. Below them what pages hold and do not show.
    """
    from rich.cells import cell_len

    rows = [_HEADINGS]
    rows += [
        (
            visible(rule.rule),
            outcome,
            f"{rule.findings:,}",
            f"{rule.documents:,}",
            f"{rule.lines:,}",
            f"{rule.characters:,}",
        )
        for outcome, rule in totals.by_outcome
        if show_all or outcome not in _SETTLED
    ]
    hidden = _hidden_row(totals)
    if len(rows) == 1:
        return ["no findings", *hidden]
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    return ["   ".join(_cells(row, widths, cell_len)).rstrip() for row in rows] + hidden


def _hidden_row(totals: Totals) -> list[str]:
    """What pages hold and do not show, which no finding tells of."""
    if not totals.characters_hidden:
        return []
    pages = count_words(totals.documents_hiding, "page")
    return [f"not shown by {pages}, and no part of the texts: {count_words(totals.characters_hidden, 'character')}"]


def _cells(row: Sequence[str], widths: Sequence[int], cells: Callable[[str], int]) -> Iterator[str]:
    for column, (text, width) in enumerate(zip(row, widths, strict=True)):
        room = " " * (width - cells(text))
        yield f"{text}{room}" if column < _WORDS else f"{room}{text}"
