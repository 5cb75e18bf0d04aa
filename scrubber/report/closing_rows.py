"""The closing lines of a run, as rows of styled pieces. Refuses to know how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence

from scrubber.errors import Failure
from scrubber.report.escape import visible
from scrubber.report.layout import Cells, count_words, share_words, shorten_middle
from scrubber.report.totals import RuleTotal, Totals

#: A row: pieces of text with their styles. The rows that follow a broken one are indented as it is.
Row = tuple[tuple[str, str], ...]

#: Longer lists are cut, with a count of the rest.
MAX_RULES, MAX_FLAG_RULES, MAX_FAILURES = 12, 6, 5

#: Below this width the column of lines goes.
_WIDE_CELLS = 60
_DOCUMENTS, _LINES, _CHARACTERS = "documents", "lines", "characters"


def summary_rows(totals: Totals, width: int, cells: Cells) -> list[Row]:
    """The summary of a run in at most `width` cells; only messages of failures may need wrapping."""
    rows: list[Row] = [_counted(totals)]
    if totals.by_rule:
        rules = count_words(len(totals.by_rule), "rule")
        if totals.characters_removed:
            share = share_words(totals.characters_removed, totals.characters_read)
            rows.append(((" ", ""), (share, "bold"), (f" of the text removed by {rules}", "")))
        else:
            rows.append(((f" no text removed; changes by {rules}", ""),))
        rows += _rule_table(totals.by_rule, width, cells)
    if totals.flagged or totals.documents_limited:
        rows.append(((" shown, not removed", "bold"),))
        rows += _flag_table(totals, width, cells)
    if totals.failures:
        rows.append(((" failed", "bold red"),))
        for failure in totals.failures[:MAX_FAILURES]:
            rows += _failure(failure, width, cells)
        rows += _rest(len(totals.failures) - MAX_FAILURES, "failure")
    if totals.ledger:
        path = shorten_middle(visible(totals.ledger), width - 8, cells)
        rows.append(((" ledger ", "dim"), (path, "")))
    return rows


def _counted(totals: Totals) -> Row:
    row: list[tuple[str, str]] = [(f" {totals.read:,} read", "bold")]
    if totals.changed:
        row.append((f"   {totals.changed:,} changed", ""))
    if totals.clean:
        row.append((f"   {totals.clean:,} already clean", ""))
    if totals.failed:
        row.append((f"   {totals.failed:,} failed", "bold red"))
    return tuple(row)


def _failure(failure: Failure, width: int, cells: Cells) -> list[Row]:
    path = f"   {shorten_middle(visible(failure.path), width - 3, cells)}"
    message = visible(f"{failure.message} {failure.hint}".strip())
    if sum(map(cells, path)) + 3 + sum(map(cells, message)) <= width:
        return [((path, ""), (f"   {message}", "dim"))]
    return [((path, ""),), (("     ", ""), (message, "dim"))]


def _rest(count: int, noun: str) -> list[Row]:
    return [((f"   ... {count_words(count, f'more {noun}')}", "dim"),)] if count > 0 else []


def _rule_table(rules: Sequence[RuleTotal], width: int, cells: Cells) -> list[Row]:
    shown = rules[:MAX_RULES]
    headings = [_DOCUMENTS, _LINES, _CHARACTERS] if width >= _WIDE_CELLS else [_DOCUMENTS, _CHARACTERS]
    figures = [
        [
            f"{value:,}"
            for heading, value in (
                (_DOCUMENTS, rule.documents),
                (_LINES, rule.lines),
                (_CHARACTERS, rule.characters),
            )
            if heading in headings
        ]
        for rule in shown
    ]
    widths = [max(len(heading), *(len(row[place]) for row in figures)) for place, heading in enumerate(headings)]
    taken = 3 + sum(3 + size for size in widths)
    names = [shorten_middle(visible(rule.rule), max(8, width - taken), cells) for rule in shown]
    column = max(4, *(sum(map(cells, name)) for name in names))
    rows: list[Row] = [((f"   {_padded('rule', column, cells)}{_right(headings, widths)}", "dim"),)]
    for rule, name, row in zip(shown, names, figures, strict=True):
        line = f"   {_padded(name, column, cells)}{_right(row, widths)}"
        rows.append(((line, ""),))
        if rule.rights:
            note = "kept on record as rights statements"
            if sum(map(cells, line)) + 3 + len(note) <= width:
                rows[-1] = ((line, ""), (f"   {note}", "dim"))
            else:
                rows.append(((f"     {note}", "dim"),))
    return rows + _rest(len(rules) - MAX_RULES, "rule")


def _flag_table(totals: Totals, width: int, cells: Cells) -> list[Row]:
    shown = totals.flagged[:MAX_FLAG_RULES]
    facts = [
        (visible(rule.rule), f"{rule.findings:,}", f"in {count_words(rule.documents, 'document')}") for rule in shown
    ]
    if totals.documents_limited:
        held = sum(rule.findings for rule in totals.limited)
        facts.append(("limits", f"{held:,}", f"held back in {count_words(totals.documents_limited, 'document')}"))
    figure = max(len(count) for _, count, _ in facts)
    room = max(8, width - 3 - 3 - figure - 1 - max(len(where) for _, _, where in facts))
    names = [shorten_middle(name, room, cells) for name, _, _ in facts]
    column = max(sum(map(cells, name)) for name in names)
    rows: list[Row] = [
        ((f"   {_padded(name, column, cells)}   ", ""), (f"{count:>{figure}} {where}", "yellow"))
        for name, (_, count, where) in zip(names, facts, strict=True)
    ]
    return rows + _rest(len(totals.flagged) - MAX_FLAG_RULES, "rule")


def _right(values: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(f"   {value:>{size}}" for value, size in zip(values, widths, strict=True))


def _padded(text: str, column: int, cells: Cells) -> str:
    return text + " " * (column - sum(map(cells, text)))
