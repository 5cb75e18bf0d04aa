"""`explain`: for each line, kept or cut, by which rule, why, and what nearly matched."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from scrubber.cli.against import EvidenceOptions, with_evidence
from scrubber.cli.inputs import STDIN, Input
from scrubber.cli.misses import Miss, Misses
from scrubber.cli.options import InputFormat, InputOptions, MessageOptions, RuleOptions, Undecodable
from scrubber.cli.reading import read_input, read_stdin
from scrubber.cli.running import collected
from scrubber.cli.session import open_session, rule_warnings, set_scene
from scrubber.cli.streams import Messages, guarded, print_lines
from scrubber.cli.tasks import setup_for
from scrubber.cli.work import Worker
from scrubber.detect import Scan
from scrubber.engine.clean import Cleaner
from scrubber.errors import UnreadableInput, UsageError, Where
from scrubber.model import CleanResult, Document, Outcome, Span, Verdict
from scrubber.report.escape import visible
from scrubber.report.layout import count_words
from scrubber.store.paths import is_folder

#: Lines around the one that was asked for.
CONTEXT_LINES = 2
_INDENT = " " * 10
_WORDS = {"-": "removed", "+": "replaced", "~": "flagged", "=": "kept"}


def explain(
    rules: RuleOptions,
    evidence: EvidenceOptions,
    message: MessageOptions,
    file: Annotated[
        str, typer.Argument(metavar="FILE[:LINE]", help='A file, or one line of it; "-" is standard input.')
    ],
    stdin_filename: Annotated[
        str | None, typer.Option("--stdin-filename", metavar="NAME", help='Name for "-".')
    ] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="Skip detection.")] = None,
    undecodable: Annotated[Undecodable | None, typer.Option("--undecodable", help="As in clean.")] = None,
    as_format: Annotated[InputFormat | None, typer.Option("--as", help="As in clean.")] = None,
    root: Annotated[str | None, typer.Option("--root", metavar="DIR", help="The project root.")] = None,
) -> int:
    """Say for each line whether it is kept, by which rule it goes, and what nearly matched."""
    path, line = _path_and_line(file)
    if path != STDIN and is_folder(Path(path)):
        raise UsageError("explain takes one file, not a folder.", where=Where(path))
    inputs = InputOptions(
        paths=[path],
        stdin_filename=stdin_filename,
        encoding=encoding,
        undecodable=undecodable,
        root=root,
        as_format=as_format,
    )
    messages = Messages(message)
    scene = set_scene(inputs, rules)
    session = open_session(scene)
    for warning in rule_warnings(session):
        messages.say(f"note: {warning}")
    found = collected(scene, stdin_filename, force_exclude=False)
    for failure in found.failures:
        raise UnreadableInput(failure.message, where=Where(failure.path), hint=failure.hint)
    worker = Worker(with_evidence(setup_for(session), evidence))
    source = found.inputs[0]
    result = worker.clean(source, _content(source, worker, messages))
    count = len(result.document.bounds)
    if line is not None and not 1 <= line <= count:
        raise UsageError(f"there is no line {line}: the text has {count:,}.", where=Where(source.name))
    shown = range(count) if line is None else range(max(0, line - 1 - CONTEXT_LINES), min(count, line + CONTEXT_LINES))
    with guarded(sys.stdout, os.environ):
        for row in _rows(_page(result, worker.cleaner_for(source.path or source.name), line), shown):
            print_lines(row, sys.stdout)
    page = result.document.page
    if page is not None and page.hidden_chars:
        messages.detail(
            f"not shown by the page, and no part of its text: {count_words(page.hidden_chars, 'character')}"
        )
    return 0


def _path_and_line(file: str) -> tuple[str, int | None]:
    """`FILE:LINE` in two, unless a file has that very name."""
    path, colon, number = file.rpartition(":")
    if colon and number.isdecimal() and number.isascii() and len(number) < 10 and not os.path.lexists(file):
        return path, int(number)
    return file, None


def _content(source: Input, worker: Worker, messages: Messages) -> bytes:
    most = worker.setup.max_bytes
    return read_input(source.path, most, source.name) if source.path else read_stdin(messages, most)


class _Page(Struct, frozen=True):
    """A result, with what is needed to speak about its lines.

    `as_read` and `left` are the misses in the text as it was read and in what is left of it, `places` leads from lines
    of the first to those of the second. `asked` is the number of the line that was asked for.
    """

    result: CleanResult
    as_read: Misses
    left: Misses
    places: Mapping[int, int]
    asked: int | None = None

    def misses_of(self, index: int, known: Collection[str]) -> tuple[list[Miss], int]:
        """What nearly hit a line: of one that stays, in the text that is left, where nothing more was found."""
        asked = self.asked == index + 1
        if index in self.places:
            return self.left.of(self.places[index], known=known, asked=asked)
        return self.as_read.of(index, known=known, asked=True) if asked else ([], 0)

    def verdicts_on(self, index: int) -> list[Verdict]:
        """The verdicts about a line, those that act first, strongest first."""
        line = self.result.document.span_of(index, index)
        found = [verdict for verdict in self.result.plan.verdicts if verdict.finding.span.touches(line)]
        order = (Outcome.REMOVED, Outcome.REPLACED, Outcome.KEPT, Outcome.DECIDED, Outcome.FLAGGED, Outcome.LIMITED)
        rank = {outcome: number for number, outcome in enumerate(order)}
        return sorted(found, key=lambda verdict: (rank.get(verdict.outcome, 9), -verdict.finding.confidence))

    def mark_of(self, index: int, verdicts: Sequence[Verdict]) -> str:
        """`-` removed, `+` replaced, `~` flagged, `=` kept."""
        bound = self.result.document.bounds[index]
        line = Span(bound.start, bound.next)
        for edit in self.result.plan.edits:
            if edit.span.touches(line):
                return "-" if not edit.replacement and edit.span.holds(Span(bound.start, bound.stop)) else "+"
        flagged = (Outcome.FLAGGED, Outcome.LIMITED)
        return "~" if any(verdict.outcome in flagged for verdict in verdicts) else "="

    def rules_of_edit(self, index: int) -> tuple[str, ...]:
        """The rules that asked for the edit that touches a line."""
        line = self.result.document.span_of(index, index)
        return next((edit.rules for edit in self.result.plan.edits if edit.span.touches(line)), ())


def _page(result: CleanResult, cleaner: Cleaner, asked: int | None) -> _Page:
    document = result.document
    numbers = range(1, len(document.bounds) + 1)
    as_read = Misses(result, _looked_through(cleaner, document), numbers)
    if not result.changed:
        return _Page(result, as_read, as_read, {index: index for index in range(len(document.bounds))}, asked)
    rest = document.edited(result.text)
    places = places_left(result, rest)
    if document.markup or document.kept:
        source = {place: index for index, place in places.items()}
        rest = document.edited(result.text, lambda start: source.get(rest.line_at(start), 0))
    numbers_left = [0] * len(rest.bounds)
    for index, place in reversed(places.items()):
        numbers_left[place] = index + 1
    for place in range(1, len(numbers_left)):  # a line that a replacement has begun goes by the one above it
        numbers_left[place] = numbers_left[place] or numbers_left[place - 1]
    return _Page(result, as_read, Misses(result, _looked_through(cleaner, rest), numbers_left), places, asked)


def _looked_through(cleaner: Cleaner, document: Document) -> Scan:
    """The scan of a text in which what rules take is noted."""
    scan = cleaner.scan(document)
    cleaner.findings(scan)
    return scan


def places_left(result: CleanResult, rest: Document) -> dict[int, int]:
    """For each line of which something is left, its index in the clean text. O(lines + edits)."""
    places: dict[int, int] = {}
    edits = iter((*result.plan.edits, None))
    edit, shift = next(edits), 0
    for index, (start, stop, _) in enumerate(result.document.bounds):
        while edit is not None and edit.span.end <= start:
            shift += len(edit.replacement) - (edit.span.end - edit.span.start)
            edit = next(edits)
        at = start + shift
        if edit is not None and edit.span.start <= start:
            if edit.span.end >= stop and not edit.replacement:
                continue
            at = edit.span.start + shift
        if at < len(rest.text):
            places[index] = rest.line_at(at)
    return places


def _rows(page: _Page, shown: Sequence[int]) -> Iterator[str]:
    document, plan = page.result.document, page.result.plan
    origin = document.origin
    mode = "each line" if document.paragraphs_by_line else "between blank lines"
    yield f"{origin.path or document.id}   {origin.encoding} ({origin.how_known})   paragraphs: {mode}"
    for verdict in plan.verdicts:
        if verdict.finding.span == Span(0, 0):
            yield f"{_INDENT}{verdict.finding.rule.id}   {verdict.finding.evidence.summary}"
    if plan.note:
        yield f"{_INDENT}limits   {plan.note}"
    for index in shown:
        yield from _line_rows(page, index)


def _line_rows(page: _Page, index: int) -> Iterator[str]:
    verdicts = page.verdicts_on(index)
    mark = page.mark_of(index, verdicts)
    yield f"{index + 1:>5} {mark} {visible(page.result.document.line_texts[index])}".rstrip()
    if page.result.document.blank[index] and mark == "=":
        return
    if not verdicts:
        yield from _row_without_verdict(page, index, mark)
    for verdict in verdicts:
        finding = verdict.finding
        yield f"{_INDENT}{verdict.outcome.value}  {finding.rule.id}   {finding.confidence.word}"
        yield f"{_INDENT}{finding.evidence.summary or finding.rule.title}"
        kin = finding.evidence.kin
        if kin is not None and kin.span is None:
            yield f"{_INDENT}kin: {visible(kin.document_id)}:{kin.first_line}"
        if verdict.reason:
            yield f"{_INDENT}{verdict.reason}"
        yield f"{_INDENT}{finding.rule.declared_at}"
    yield from _nearest(page, index, mark, {verdict.finding.rule.id for verdict in verdicts})


def _row_without_verdict(page: _Page, index: int, mark: str) -> Iterator[str]:
    if mark != "=":
        yield f"{_INDENT}{_WORDS[mark]}  with what {', '.join(page.rules_of_edit(index))} takes"
        return
    keeper = page.as_read.scan.protectors.get(index)
    if keeper is None:
        yield f"{_INDENT}kept     no rule matched"
        return
    yield f"{_INDENT}kept     {keeper.id}"
    yield f"{_INDENT}{keeper.info.why or keeper.info.title}"
    yield f"{_INDENT}{keeper.info.declared_at}"


def _nearest(page: _Page, index: int, mark: str, known: Collection[str]) -> Iterator[str]:
    """What nearly cut a line that stays, and what nearly kept one that goes. All of it for the line asked for."""
    if mark in "-+":
        for miss in page.as_read.of_keepers(index):
            yield f"{_INDENT}nearest to keep it: {miss}"
    misses, more = page.misses_of(index, known)
    for miss in misses:
        yield f"{_INDENT}nearest: {miss}"
    if more and page.asked == index + 1:
        yield f"{_INDENT}... and {count_words(more, 'rule')} further off"
