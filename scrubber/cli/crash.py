"""The report of an internal error: where in our code it happened, and no text of any document.

Messages of exceptions can hold what was being read, so they are left out, also those of worker processes.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from types import TracebackType

#: Chains of causes are followed so far.
_MAX_CAUSES = 8
_FRAME = re.compile(r'  File "([^"\n]+)", line (\d+), in ([\w<>.]+)$', re.MULTILINE)


def crash_message(error: BaseException, arguments: Sequence[str]) -> str:
    """Write the report file; what to tell the person at the terminal."""
    place = _last_place(error)
    head = f"scrubber: internal error ({type(error).__name__}{place}). This is a bug in scrubber."
    try:
        path = _write(_report(error, arguments))
    except OSError:
        return f"{head}\nNo report file could be written."
    return f"{head}\nPlease report it with this file; no document text is in it: {path}"


def _write(text: str) -> str:
    descriptor, path = tempfile.mkstemp(prefix="scrubber-crash-", suffix=".txt")
    with os.fdopen(descriptor, "w", encoding="utf-8") as sink:
        sink.write(text)
    return path


def _report(error: BaseException, arguments: Sequence[str]) -> str:
    from importlib.metadata import PackageNotFoundError, version

    import scrubber

    lines = [f"scrubber {scrubber.__version__}", f"python {platform.python_version()} on {platform.platform()}"]
    for name in ("typer", "rich", "google-re2", "chardet", "datasketch", "rapidfuzz", "numpy", "ftfy"):
        try:
            lines.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            lines.append(f"{name} missing")
    lines.append(f"command {' '.join(_without_names(arguments))}")
    for number, cause in enumerate(_causes(error)):
        lines.append("")
        lines.append(f"{'caused by ' if number else ''}{type(cause).__module__}.{type(cause).__qualname__}")
        lines += _frames(cause)
    return "\n".join(lines) + "\n"


def _without_names(arguments: Sequence[str]) -> list[str]:
    """The command line without paths and values, which are nobody's business."""
    shown = [argument.partition("=")[0] for argument in arguments if argument.startswith("-")]
    return [*(argument for argument in arguments[:1] if argument.isalpha()), *shown]


def _causes(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    for _ in range(_MAX_CAUSES):
        if current is None:
            return
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def _frames(error: BaseException) -> list[str]:
    if type(error).__name__ == "_RemoteTraceback":
        # What a worker sends is text, the message included: only lines that name code we have loaded are taken.
        known = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
        return [f"  {path}:{line} in {name}" for path, line, name in _FRAME.findall(str(error)) if path in known]
    return _stack(error.__traceback__)


def _stack(start: TracebackType | None) -> list[str]:
    return [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(start)]


def _last_place(error: BaseException) -> str:
    own = [frame for cause in _causes(error) for frame in _frames(cause) if f"{os.sep}scrubber{os.sep}" in frame]
    if not own:
        return ""
    _, _, behind = own[-1].rpartition(f"{os.sep}scrubber{os.sep}")
    return f" in {behind}"
