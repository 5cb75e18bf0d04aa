"""Findings as GitHub workflow commands, which become annotations of a pull request.

GitHub keeps ten annotations of each level a step (`_maxCountPerIssueType` in actions/runner, ExecutionContext.cs), so
the ten worst of each level are written, worst first, and the rest is counted. Foreign text stands only where it was
made visible and escaped: it can neither begin a command nor end one.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable
from functools import partial
from typing import TextIO

from msgspec import Struct, field

from scrubber.errors import Failure
from scrubber.model import CleanResult, Document, Outcome
from scrubber.report.escape import visible
from scrubber.report.hunks import SETTLED, Hunk, hunks
from scrubber.report.layout import count_words
from scrubber.report.options import ReportOptions
from scrubber.report.places import cut, has_own_lines, lines_words, shown_parts

#: So many annotations of one level does GitHub keep of a step.
MAX_ANNOTATIONS = 10
#: The runner cuts messages at 4,096 UTF-16 units (`_maxIssueMessageLength`, same file); a code point takes up to two.
MAX_MESSAGE_CHARS = 2000
#: The API of check runs takes titles of 255 characters.
MAX_TITLE_CHARS = 120
#: Levels, worst first.
LEVELS = ("error", "warning", "notice")

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})
#: Sort key of annotations of one level, worst first: rank, confidence, characters, then place.
_Key = tuple[int, int, int, str, int, int, str]


def render(results: Iterable[CleanResult], out: TextIO, options: ReportOptions) -> None:
    """Writes the commands once all results are through, and a line of totals. Memory: ten annotations a level."""
    levels = {level: _Level() for level in LEVELS}
    documents = annotated = 0
    for result in results:
        documents += 1
        found = hunks(result, context=0, show_all=options.show_all)
        annotated += bool(found)
        for hunk in found:
            level = _level_of(hunk.outcome)
            levels[level].add(_key_of(result.document, hunk), partial(_command_of, level, result.document, hunk))
    ended = options.ended()
    for number, failure in enumerate(ended.failures):
        levels["error"].add((0, 0, 0, failure.document_id, number, 0, ""), partial(_failure, failure))
    for level in LEVELS:
        for _, line in levels[level].worst:
            out.write(f"{line}\n")
    out.write(f"{_closing(levels, annotated + len(ended.failures), documents + len(ended.failures))}\n")


def command(level: str, message: str, **properties: str | int) -> str:
    """One workflow command, without a line end. Empty properties are left out; numbers must be our own.

    >>> command("error", "50%: a::b\\nc", file="a,b.txt", line=2, title="")
    '::error file=a%2Cb.txt,line=2::50%25: a::b%0Ac'
    """
    given = ((name, str(value)) for name, value in properties.items() if value != "")
    pairs = ",".join(f"{name}={value.translate(_PROPERTY)}" for name, value in given)
    # The older mark of a command is looked for anywhere in a line, though only where no newer one begins it.
    text = message.translate(_DATA).replace("##[", "## [")
    return f"::{level}{' ' if pairs else ''}{pairs}::{text}"


class _Level(Struct):
    """Counts annotations of one level, and keeps the worst."""

    count: int = 0
    worst: list[tuple[_Key, str]] = field(default_factory=list)

    def add(self, key: _Key, line: Callable[[], str]) -> None:
        self.count += 1
        if len(self.worst) < MAX_ANNOTATIONS or key < self.worst[-1][0]:
            insort(self.worst, (key, line()))
            del self.worst[MAX_ANNOTATIONS:]

    @property
    def hidden(self) -> int:
        return self.count - len(self.worst)


def _level_of(outcome: Outcome) -> str:
    """What `clean` applies is an error; what is shown and stays, a warning; what is settled, a notice."""
    if outcome in (Outcome.REMOVED, Outcome.REPLACED):
        return "error"
    return "notice" if outcome in SETTLED else "warning"


def _key_of(document: Document, hunk: Hunk) -> _Key:
    size = hunk.span.end - hunk.span.start
    rank = 2 if hunk.outcome is Outcome.REPLACED else 1  # a line that goes matters more than a space that is mended
    return rank, -(hunk.confidence or 0), -size, document.id, hunk.span.start, hunk.span.end, hunk.rules[0]


def _command_of(level: str, document: Document, hunk: Hunk) -> str:
    file, member = shown_parts(document.id)
    # Lines of a text that was read out of something else (a page, a record) are no lines of the file.
    first, last = (max(1, hunk.first_line), max(1, hunk.last_line)) if has_own_lines(document) else (1, 1)
    lines = lines_words(hunk.first_line, hunk.last_line)
    place = f"{file}{member}:{lines}" if lines else f"{file}{member}"
    rule = visible(hunk.rules[0])
    told = [visible(reason) for reason in hunk.reasons]
    if hunk.kin is not None and hunk.kin.kin.first_line:
        told.append(f"kin: {visible(hunk.kin.kin.document_id)}:{hunk.kin.kin.first_line}")
    message = "\n".join((f"{place}: {hunk.outcome.value}: {told[0] if told else rule}", *told[1:]))
    sure = f" ({hunk.confidence.word})" if hunk.confidence is not None else ""
    title = f"{cut(rule, MAX_TITLE_CHARS - len(sure))}{sure}"
    return command(level, cut(message, MAX_MESSAGE_CHARS), file=file, line=first, endLine=last, title=title)


def _failure(failure: Failure) -> str:
    file = shown_parts(failure.document_id)[0] if failure.document_id else visible(failure.path)
    message = f"{visible(failure.path)}: {visible(failure.message)} {visible(failure.hint)}".rstrip()
    return command("error", cut(message, MAX_MESSAGE_CHARS), file=file, line=1, title="input failed")


def _closing(levels: dict[str, _Level], annotated: int, documents: int) -> str:
    """The line of totals; no foreign text is in it."""
    counts = ", ".join(count_words(levels[level].count, level) for level in LEVELS)
    line = f"scrubber: {counts} in {annotated:,} of {count_words(documents, 'document')}."
    hidden = ", ".join(count_words(levels[level].hidden, level) for level in LEVELS if levels[level].hidden)
    if hidden:
        line += f" Not shown, for GitHub keeps {MAX_ANNOTATIONS} of each level a step: {hidden}."
    return line
