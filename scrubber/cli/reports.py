"""`--report`: which reports are wanted, where each goes, and one run for all of them.

A report pulls results one by one. Where several are wanted, all but one run in threads that are fed from the same
iterator, so that no result is made twice or kept.
"""

from __future__ import annotations

import contextlib
import os
import queue
import stat
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TextIO

from msgspec import Struct
from msgspec.structs import replace

from scrubber.cli.options import ReportingOptions
from scrubber.cli.streams import Messages, guarded, harmless, paged
from scrubber.errors import UnwritableOutput, UsageError, Where
from scrubber.model import CleanResult
from scrubber.report import REPORTS, ReportOptions, RunEnd
from scrubber.rules.toml_cells import nearest, shown
from scrubber.store.files import unwritable

FOR_PEOPLE = "terminal"
#: The variable in which GitHub's runner names the summary of a step; what earlier commands wrote there stays.
_SUMMARY = "GITHUB_STEP_SUMMARY"
#: Width of a report for people in a file: the same whatever the terminal of the one who made it.
_FILE_CELLS = 100


class Request(Struct, frozen=True):
    """A report that is wanted: its format, and the file it goes to (empty: standard output)."""

    format: str
    file: str = ""

    @property
    def on_stdout(self) -> bool:
        return not self.file


def requests_of(given: Sequence[str] | None, default: Sequence[Request], *, payload: bool) -> tuple[Request, ...]:
    """The reports that `--report` names, else `default`. Raises `UsageError`.

    `payload` is whether clean text goes to standard output, where then no report may go.
    """
    requests = tuple(_request(text) for text in given) if given else tuple(default)
    on_stdout = [request.format for request in requests if request.on_stdout]
    if on_stdout and payload:
        raise UsageError(
            f"clean text and the {on_stdout[0]} report cannot both go to standard output.",
            hint=f"Give --report {on_stdout[0]}:FILE, or --out.",
        )
    if len(on_stdout) > 1:
        raise UsageError(
            f"only one report can go to standard output, not {' and '.join(on_stdout)}.",
            hint=f"Give --report {on_stdout[1]}:FILE.",
        )
    files = [request.file for request in requests if request.file]
    twice = next((file for file in files if files.count(file) > 1), None)
    if twice is not None:
        raise UsageError(f"two reports cannot go to {shown(twice)}.")
    return requests


def _request(text: str) -> Request:
    name, colon, file = text.partition(":")
    if name not in REPORTS:
        raise UsageError(f"no report {shown(name)}.", hint=nearest(name, REPORTS) or f"Known: {', '.join(REPORTS)}.")
    if colon and not file:
        raise UsageError(f"--report {shown(text)} names no file.", hint=f"Write {name}:FILE, or {name} alone.")
    return Request(name, file)


def write_reports(
    results: Iterator[CleanResult],
    requests: Sequence[Request],
    options: ReportingOptions,
    messages: Messages,
    *,
    ended: Callable[[], RunEnd],
    pager: bool = False,
) -> None:
    """Run through the results, and write every report that is wanted. Raises `UnwritableOutput`.

    `ended` says how the run ended; reports ask when they have seen the last result.
    """
    with contextlib.ExitStack() as stack:
        outlets = [outlet(request, stack, messages, pager=pager) for request in requests]
        settings = ReportOptions(
            context=options.context,
            full=options.full,
            show_all=options.show_all,
            versions=_versions(),
            ended=ended,
        )
        written = [
            _Writing(request, out, replace(settings, color=colour, width=_FILE_CELLS if request.file else None))
            for request, (out, colour) in zip(requests, outlets, strict=True)
        ]
        if not written:
            for _ in results:
                pass
        else:
            _run_all(results, written)


class _Writing(Struct, frozen=True):
    """A report with the stream it goes to."""

    request: Request
    out: TextIO
    options: ReportOptions

    def __call__(self, results: Iterator[CleanResult]) -> None:
        REPORTS[self.request.format](results, self.out, self.options)
        self.out.flush()


def _run_all(results: Iterator[CleanResult], written: Sequence[_Writing]) -> None:
    """The first report pulls, the others are handed each result on the way."""
    first, *others = written
    if not others:
        first(results)
        return
    # Worker processes start with the first result; threads only after them, for a fork copies no thread.
    opening = next(results, None)
    feeds = [_Feed(other) for other in others]
    whole = chain(() if opening is None else (opening,), results)
    try:
        first(_handed_on(whole, feeds))
    except BaseException:
        for feed in feeds:
            feed.abandon()
        raise
    for feed in feeds:
        feed.finish()


def _handed_on(results: Iterator[CleanResult], feeds: Sequence[_Feed]) -> Iterator[CleanResult]:
    for result in results:
        for feed in feeds:
            feed.put(result)
        yield result


class _Abandoned(Exception):
    """The run ended early; what a report would write now would look whole."""


class _Feed:
    """A report in a thread of its own."""

    def __init__(self, writing: _Writing) -> None:
        self._queue: queue.Queue[CleanResult | _Abandoned | None] = queue.Queue(maxsize=4)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(writing,), daemon=True)
        self._thread.start()

    def _run(self, writing: _Writing) -> None:
        try:
            writing(self._items())
        except _Abandoned:
            return
        except BaseException as error:
            self._error = error
            for _ in self._rest():
                pass

    def _items(self) -> Iterator[CleanResult]:
        while True:
            item = self._queue.get()
            if isinstance(item, _Abandoned):
                raise item
            if item is None:
                return
            yield item

    def _rest(self) -> Iterator[CleanResult]:
        with contextlib.suppress(_Abandoned):
            yield from self._items()

    def put(self, result: CleanResult) -> None:
        """Hand a result over. Raises what the report has raised."""
        self._raise()
        self._queue.put(result)

    def finish(self) -> None:
        """There are no further results: wait for the report's end."""
        self._queue.put(None)
        self._thread.join()
        self._raise()

    def abandon(self) -> None:
        """The run failed: let the thread go."""
        self._queue.put(_Abandoned())
        self._thread.join()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error


def outlet(request: Request, stack: contextlib.ExitStack, messages: Messages, *, pager: bool) -> tuple[TextIO, bool]:
    """The stream for a report, and whether it takes colours."""
    if request.file:
        return stack.enter_context(_report_file(request.file)), False
    people = request.format == FOR_PEOPLE
    colour = people and messages.colour(sys.stdout)
    out = stack.enter_context(paged(sys.stdout, os.environ, wanted=pager))
    if people:
        stack.enter_context(guarded(out, os.environ))
    elif sys.stdout.isatty():
        out = harmless(out)
    return out, colour


@contextlib.contextmanager
def _report_file(name: str) -> Iterator[TextIO]:
    """A file that appears under its name when it is whole; what is no regular file is written as it is.

    The summary of a step is added to.
    """
    path = Path(name)
    added = _is_summary(path)
    try:
        special = path.exists() and not stat.S_ISREG(path.stat().st_mode)
        if special or added:
            with path.open("a" if added else "w", encoding="utf-8", errors="backslashreplace", newline="") as out:
                if added:
                    out.write("\n")  # what stands there may end in the middle of a line
                yield out
            return
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        raise _unwritable_report(path, error) from error
    try:
        import tempfile

        descriptor, temporary = tempfile.mkstemp(prefix=".scrubber-", suffix=".tmp", dir=path.parent)
    except (OSError, ValueError) as error:
        raise _unwritable_report(path, error) from error
    kept = Path(temporary)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="") as out:
            yield out
        _usual_mode(kept)
        kept.replace(path)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise _unwritable_report(path, error) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            kept.unlink()


def _is_summary(path: Path) -> bool:
    """Whether this is the file that collects what the commands of a workflow's step have to say."""
    summary = os.environ.get(_SUMMARY, "")
    return bool(summary) and os.path.realpath(path) == os.path.realpath(summary)


def _usual_mode(path: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)


def _unwritable_report(path: Path, error: OSError | ValueError) -> UnwritableOutput:
    found = unwritable(path, error)
    return UnwritableOutput(f"the report {found.message}", where=Where(str(path)), hint="Check that place.")


def _versions() -> tuple[tuple[str, str], ...]:
    import unicodedata

    import scrubber
    from scrubber.text.fold import FOLD_VERSION

    return (
        ("scrubber", scrubber.__version__),
        ("fold", str(FOLD_VERSION)),
        ("unicode", unicodedata.unidata_version),
    )
