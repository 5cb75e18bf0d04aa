"""A run as Markdown, for the summary of a job or a comment: by rule and by file, worst first, and the worst findings.

GitHub takes 1 MiB for the summaries of one step; ours stay below half of that, whatever is found, and say what is left
out. Foreign text stands in `<code>`, where GitHub looks for no mentions, issues, emoji or mathematics, with all that
could be markup as character references; only plain words stand without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TextIO

from scrubber.model import CleanResult, Outcome
from scrubber.report.escape import visible
from scrubber.report.hunks import Hunk, hunks
from scrubber.report.layout import count_words, share_words
from scrubber.report.options import ReportOptions, RunEnd
from scrubber.report.places import cut, lines_words, quote
from scrubber.report.records import text_of
from scrubber.report.totals import RuleTotal, Tally, Totals, closing
from scrubber.report.worst import Worst, level_of

#: Rows of each table: more are counted, not listed.
MAX_RULES, MAX_FILES, MAX_FINDINGS, MAX_FAILURES = 100, 200, 50, 20
#: Bytes of each table; together with the rest below 512 KiB, for other parts of the step write to the same summary.
MAX_TABLE_BYTES = 120 * 1024
#: Code points of a path, a rule or a reason, and of a quotation.
MAX_CELL_CHARS, MAX_QUOTE_CHARS = 200, 120

_APPLIED = (Outcome.REMOVED, Outcome.REPLACED)
#: Words of any script with the marks of a sentence, where none of them can be markup, a link or an emoji.
_PLAIN = re.compile(r"(?:[^\W_]|[ ,;'’“”‘()%，。、：；！？《》]|[.:?!](?=\s|$)|-(?!\d))*\Z")
#: What begins markup inside a cell, and what a reference begins with.
_SPECIAL = re.compile(r"[&<>*_`\[\]|\\~@#$:!(){}^]")
#: What readers of Markdown look for in a text when they have undone the references, and what parts it.
_LOOKED_FOR = re.compile(r"(?<=@)|(?<=:)(?=//)|(?<=[wW]{3})(?=\.)")
_PARTED = "<!-- -->"
Row = tuple[str, ...]


def render(results: Iterable[CleanResult], out: TextIO, options: ReportOptions) -> None:
    """Writes the page when all results are through. Memory: the rows that are shown, and counts by rule."""
    tally, titles = Tally(), dict[str, str]()
    files: Worst[Row] = Worst(MAX_FILES)
    findings: Worst[Row] = Worst(MAX_FINDINGS)
    for result in results:
        tally.add(result)
        for verdict in result.plan.verdicts:
            titles.setdefault(verdict.finding.rule.id, verdict.finding.rule.title)
        _add(result, hunks(result, context=0, show_all=options.show_all), files, findings)
    ended = options.ended()
    for failure in ended.failures:
        tally.fail(failure)
    totals = tally.totals()
    shown = _rule_rows(totals, titles, show_all=options.show_all)
    parts = [
        f"## scrubber: {closing(totals).rstrip('.')}\n",
        _counted(totals, ended),
        _table("Failed", ("Input", "Why"), _failures(ended), len(ended.failures), "input"),
        _table(
            "By rule",
            ("Rule", "What it is", "Outcome", "Findings:", "Documents:", "Lines:", "Characters:"),
            shown[:MAX_RULES],
            len(shown),
            "rule",
        ),
        _table(
            "By file, worst first",
            ("File", "Goes:", "Removals:", "Replacements:", "Flags:"),
            files.items(),
            files.count,
            "file",
        ),
        _table(
            "The worst findings",
            ("Place", "Outcome", "Rule", "Reason", "Text"),
            findings.items(),
            findings.count,
            "finding",
        ),
    ]
    out.write("\n".join(part for part in parts if part))


def code(text: str, most: int = MAX_CELL_CHARS) -> str:
    """Foreign text as inline code, in which nothing is markup. Empty text gives nothing.

    >>> code("a|b@c"), code("渡轮_*")
    ('<code>a&#124;b&#64;<!-- -->c</code>', '<code>渡轮&#95;&#42;</code>')
    """
    shown = cut(visible(text), most)
    pieces = (_SPECIAL.sub(lambda match: f"&#{ord(match.group())};", piece) for piece in _LOOKED_FOR.split(shown))
    return f"<code>{_PARTED.join(pieces)}</code>" if shown.strip() else ""


def words(text: str, most: int = MAX_CELL_CHARS) -> str:
    """Foreign text as it is where it is but words, else as `code`.

    >>> words("Share bar, in 3 lines."), words("[x](y)")
    ('Share bar, in 3 lines.', '<code>&#91;x&#93;&#40;y&#41;</code>')
    """
    shown = cut(visible(text), most)
    return shown.strip() if _PLAIN.match(shown) else code(text, most)


def _add(result: CleanResult, shown: Sequence[Hunk], files: Worst[Row], findings: Worst[Row]) -> None:
    if not shown:
        return
    name = result.document.id
    removed = sum(max(0, edit.span.end - edit.span.start - len(edit.replacement)) for edit in result.plan.edits)
    counts = [0, 0, 0]
    for hunk in shown:
        level = level_of(hunk.outcome)
        if level < 2:
            counts[2 if level else hunk.outcome is Outcome.REPLACED] += 1
        size = hunk.span.end - hunk.span.start
        replaced = hunk.outcome is Outcome.REPLACED
        place = (name, hunk.span.start, hunk.span.end, hunk.rules[0])
        badness = (level, int(replaced), -(hunk.confidence or 0), -size, *place)
        if findings.wants(badness):
            said = result.document.text[hunk.span.start : hunk.span.end]
            findings.add(badness, _finding_row(name, hunk, said))
    key = (-removed, -counts[0], -counts[2], -counts[1], name)
    if files.wants(key):
        numbers = (share_words(removed, len(result.document.text)), *(f"{count:,}" for count in counts))
        files.add(key, (code(name), *numbers))


def _finding_row(name: str, hunk: Hunk, said: str) -> Row:
    lines = lines_words(hunk.first_line, hunk.last_line)
    sure = f", {hunk.confidence.word}" if hunk.confidence is not None else ""
    place = cut(visible(name), MAX_CELL_CHARS)
    told = hunk.reasons[0] if hunk.reasons else ""
    return (
        code(f"{place}:{lines}" if lines else place, 2 * MAX_CELL_CHARS),
        f"{hunk.word}{sure}",
        code(hunk.rules[0]),
        words(told),
        code(quote(said, MAX_QUOTE_CHARS)),
    )


def _rule_rows(totals: Totals, titles: dict[str, str], *, show_all: bool) -> list[Row]:
    """Rows of the rules by outcome; of what is settled or guessed on request."""
    usual = ("removed", "replaced", "flagged", "limited")
    return [
        _rule_row(word, total, titles.get(total.rule, ""))
        for word, total in totals.by_outcome
        if show_all or word in usual
    ]


def _rule_row(word: str, total: RuleTotal, title: str) -> Row:
    numbers = (total.findings, total.documents, total.lines, total.characters)
    return (code(total.rule), words(title), word, *(f"{number:,}" for number in numbers))


def _failures(ended: RunEnd) -> list[Row]:
    return [
        (code(text_of(failure.path)), words(f"{failure.message} {failure.hint}".strip(), 2 * MAX_CELL_CHARS))
        for failure in ended.failures[:MAX_FAILURES]
    ]


def _counted(totals: Totals, ended: RunEnd) -> str:
    parts = [f"{totals.read:,} read", f"{totals.changed:,} changed", f"{totals.clean:,} already clean"]
    if totals.failed:
        parts.append(f"**{totals.failed:,} failed**")
    if ended.skipped:
        parts.append(f"{len(ended.skipped):,} skipped")
    line = ", ".join(parts) + "."
    if totals.characters_removed:
        share = share_words(totals.characters_removed, totals.characters_read)
        line += f" {share} of the text goes: {totals.characters_removed:,} of {totals.characters_read:,} characters."
    if ended.interrupted:
        line += " **The run was interrupted; further inputs were not read.**"
    return f"{line}\n"


def _table(title: str, columns: Sequence[str], rows: Sequence[Row], count: int, noun: str) -> str:
    """A table below its heading; columns with a colon hold numbers. Rows past the bytes are counted, not listed."""
    if not rows:
        return ""
    lines = [f"### {title}", ""]
    lines.append(_line([column.removesuffix(":") for column in columns]))
    lines.append(_line(["---:" if column.endswith(":") else "---" for column in columns]))
    room, listed = MAX_TABLE_BYTES, 0
    for row in rows:
        line = _line(row)
        room -= len(line.encode("utf-8", "replace")) + 1
        if room < 0:
            break
        lines.append(line)
        listed += 1
    if count > listed:
        lines += ["", f"{count_words(count - listed, f'more {noun}')} not listed."]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
