"""What every report may be told, and the shape that every report has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TextIO

from msgspec import Struct

from scrubber.errors import Failure
from scrubber.model import CleanResult, Document


class RunEnd(Struct, frozen=True):
    """How a run ended: what could not be handled, what was skipped as asked, and whether it was cut short."""

    failures: tuple[Failure, ...] = ()
    skipped: tuple[Failure, ...] = ()
    interrupted: bool = False


class ReportOptions(Struct, frozen=True):
    """Settings of a report; each takes what concerns it.

    `context` is how many unchanged lines to show around a hunk. `full` folds nothing, `show_all` shows
    findings that are settled too. `width` is in cells (`None`: as wide as the terminal), `color` as decided
    by the caller (`None`: where the output is a terminal). `document` finds another document of the run by
    its id, to show the text that a finding refers to. `versions` are names and versions for machine formats,
    in order. `ended` says how the run ended; it may be called once the results are through, and not before.
    """

    context: int = 2
    full: bool = False
    show_all: bool = False
    width: int | None = None
    color: bool | None = None
    document: Callable[[str], Document | None] | None = None
    versions: tuple[tuple[str, str], ...] = ()
    ended: Callable[[], RunEnd] = RunEnd


class Report(Protocol):
    """A report writes what it has to say about `results` to `out`, one result at a time.

    `out` must not translate line ends (`newline=""`).
    """

    def __call__(self, results: Iterable[CleanResult], out: TextIO, options: ReportOptions) -> None: ...
