"""Standard streams: colour, messages, the pager, and what protects the log of a workflow from scraped lines.

Standard output carries the payload and nothing else; everything for people goes to standard error.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from typing import TextIO, cast

from msgspec import Struct

from scrubber.cli.options import Colour, MessageOptions
from scrubber.report.escape import visible

#: Pages through what does not fit the screen, keeps colours, leaves short texts where they are.
_PAGER = "less"
_LESS = "FRX"
_ANSWERS = {"0": False, "false": False, "no": False, "1": True, "true": True, "yes": True}


def is_dumb(environment: Mapping[str, str]) -> bool:
    """Whether the terminal says that it knows no cursor and no colours."""
    return environment.get("TERM", "").lower() in ("dumb", "unknown")


def wants_colour(choice: Colour, stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether to write colours: `--color`, then NO_COLOR, then FORCE_COLOR or TTY_COMPATIBLE, then the terminal."""
    if choice is not Colour.AUTO:
        return choice is Colour.ALWAYS
    if environment.get("NO_COLOR"):
        return False
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        said = environment.get(name, "")
        if said:
            return _ANSWERS.get(said.lower(), True)
    return stream.isatty() and not is_dumb(environment)


def under_actions(environment: Mapping[str, str]) -> bool:
    """Whether GitHub Actions reads our output for commands."""
    return environment.get("GITHUB_ACTIONS") == "true"


@contextlib.contextmanager
def guarded(stream: TextIO, environment: Mapping[str, str]) -> Iterator[None]:
    """Under GitHub Actions, keep lines written meanwhile from being workflow commands."""
    if not under_actions(environment):
        yield
        return
    token = os.urandom(16).hex()
    stream.write(f"::stop-commands::{token}\n")
    try:
        yield
    finally:
        stream.write(f"::{token}::\n")
        stream.flush()


def guarded_errors() -> contextlib.AbstractContextManager[None]:
    """`guarded` for standard error."""
    return guarded(sys.stderr, os.environ)


class _Shown:
    """A stream in front of a terminal: what the terminal would obey is shown instead, line ends aside."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        self._out.write("\n".join(map(visible, text.split("\n"))))
        return len(text)

    def flush(self) -> None:
        self._out.flush()


def harmless(out: TextIO) -> TextIO:
    """A stream for foreign text whose last station is a terminal: no control character of the text gets there."""
    return cast(TextIO, _Shown(out))


def write_text(text: str) -> None:
    """Clean text to standard output: as UTF-8, byte for byte, but for a terminal, which only shows it."""
    sys.stdout.flush()
    if sys.stdout.isatty():
        harmless(sys.stdout).write(text.replace("\r\n", "\n"))
    else:
        sys.stdout.buffer.write(text.encode("utf-8"))


@contextlib.contextmanager
def paged(stream: TextIO, environment: Mapping[str, str], *, wanted: bool) -> Iterator[TextIO]:
    """The user's pager in front of `stream`, if that is a terminal and a pager is wanted and there."""
    argv = _pager_argv(environment) if wanted and stream.isatty() and not is_dumb(environment) else []
    pager = None
    if argv:
        import subprocess

        with contextlib.suppress(OSError):
            pager = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                encoding="utf-8",
                errors="backslashreplace",
                env={"LESS": _LESS, "LESSCHARSET": "utf-8", **environment},
            )
    if pager is None or pager.stdin is None:
        yield stream
        return
    try:
        yield cast(TextIO, pager.stdin)
    finally:
        # Whoever leaves the pager early breaks the pipe; waiting for it keeps the terminal in order.
        with contextlib.suppress(BrokenPipeError):
            pager.stdin.close()
        while True:
            try:
                pager.wait()
                break
            except KeyboardInterrupt:
                continue  # Ctrl-C is for the pager to understand


def _pager_argv(environment: Mapping[str, str]) -> list[str]:
    import shlex

    chosen = environment.get("SCRUBBER_PAGER") or environment.get("PAGER") or _PAGER
    try:
        argv = shlex.split(chosen, posix=os.name == "posix")
    except ValueError:
        return []
    return [] if argv == ["cat"] else argv


class Messages(Struct, frozen=True):
    """Says things to people, on standard error. Whatever is foreign in them is made visible."""

    options: MessageOptions

    def say(self, text: str = "") -> None:
        """A line that `--quiet` silences."""
        if not self.options.quiet:
            self.error(text)

    def detail(self, text: str) -> None:
        """A line for `--verbose`."""
        if self.options.verbose:
            self.say(text)

    def error(self, text: str) -> None:
        """A line that is always written."""
        print_lines(text, sys.stderr)

    def colour(self, stream: TextIO) -> bool:
        """Whether to write colours to `stream`."""
        return wants_colour(self.options.color, stream, os.environ)


def print_lines(text: str, stream: TextIO) -> None:
    """Lines of text, each with its control characters made visible; none of them is a workflow command."""
    lines = [visible(line) for line in text.split("\n")]
    if under_actions(os.environ):
        lines = [f"| {line}" if line.lstrip().startswith("::") else line.replace("##[", "## [") for line in lines]
    stream.write("".join(f"{line}\n" for line in lines))
    stream.flush()
