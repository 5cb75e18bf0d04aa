"""Bytes of inputs: regular files that nobody changes meanwhile, and standard input. Refuses pipes and devices."""

from __future__ import annotations

import os
import stat
import sys
from typing import BinaryIO

from scrubber.cli.standard import stdin_bytes
from scrubber.cli.streams import Messages
from scrubber.errors import UnreadableInput, Where


def read_input(path: str, max_bytes: int, name: str = "") -> bytes:
    """The bytes of a regular file that nobody changes meanwhile. Raises `UnreadableInput`.

    Pipes and devices are not waited for, and a file past `max_bytes` is not read.
    """
    where = Where(name or path)
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(path, flags)
        with os.fdopen(descriptor, "rb") as source:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                raise UnreadableInput("is no regular file.", where=where)
            if before.st_size > max_bytes:
                raise too_large(before.st_size, max_bytes, where)
            content = source.read(before.st_size + 1)
            after = os.fstat(descriptor)
    except (OSError, ValueError) as error:
        raise unreadable(name or path, error) from error
    if len(content) != before.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise UnreadableInput("was changed while it was read.", where=where, hint="Run again when nobody writes to it.")
    return content


def open_input(path: str, name: str = "") -> BinaryIO:
    """A regular file, opened. Pipes and devices are not waited for. Raises `UnreadableInput`."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        source = os.fdopen(os.open(path, flags), "rb")
    except (OSError, ValueError) as error:
        raise unreadable(name or path, error) from error
    if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
        source.close()
        raise UnreadableInput("is no regular file.", where=Where(name or path))
    return source


def too_large(size: int, max_bytes: int, where: Where) -> UnreadableInput:
    """The error for a document past the limit."""
    return UnreadableInput(
        f"has {size:,} bytes, more than limits.max-bytes ({max_bytes:,}).",
        where=where,
        hint="Split it, or raise the limit in the configuration.",
    )


def read_stdin(messages: Messages, max_bytes: int) -> bytes:
    """All of standard input. Raises `UnreadableInput` past `max_bytes`."""
    if sys.stdin is not None and sys.stdin.isatty():
        messages.say("reading from the terminal, end with Ctrl-D")
    content = stdin_bytes(max_bytes + 1)
    if len(content) > max_bytes:
        raise too_large(len(content), max_bytes, Where("standard input"))
    return content


def unreadable(path: str, error: OSError | ValueError) -> UnreadableInput:
    """The error for an input that the system does not give us."""
    reason = getattr(error, "strerror", None) or "not a path"
    return UnreadableInput(f"cannot be read ({reason}).", where=Where(path))
