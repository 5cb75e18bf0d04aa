"""Something done again whenever files change, until Ctrl-C: `rules test --watch`.

Looks at times and sizes a few times a second: rule files are few, this needs no library, and it works on network disks
and in containers, where word of changes often does not come. Editors write in several steps, or put a new file in the
place of the old one; so a change counts once two looks in a row see the same. Refuses nothing: a file that is gone is a
change like any other.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

#: Time between two looks, in seconds.
PAUSE = 0.25

#: What is seen of a file: its place, time in nanoseconds, size and number; no more than its place where it is gone.
Seen = tuple[tuple[str | int, ...], ...]


def seen_of(files: Iterable[Path]) -> Seen:
    """How the files are at this moment. One look at the disk for each."""
    return tuple(_seen(file) for file in files)


def _seen(file: Path) -> tuple[str | int, ...]:
    try:
        found = os.stat(file)  # noqa: PTH116 - Path.stat raises for names that are too long as well
    except (OSError, ValueError):
        return (str(file),)
    return str(file), found.st_mtime_ns, found.st_size, found.st_ino


def at_each_change(
    act: Callable[[], object], files: Callable[[], Sequence[Path]], *, pause: Callable[[], None] | None = None
) -> None:
    """Call `act` at once, and again after each change of what `files` names; ends only by an exception, as Ctrl-C is.

    `files` is asked anew at every look, for folders gain files. What changes while `act` is at work is seen after it.
    """
    wait = pause or (lambda: time.sleep(PAUSE))
    while True:
        known = seen_of(files())
        act()
        while (last := seen_of(files())) == known:
            wait()
        while True:
            wait()
            if (now := seen_of(files())) == last:
                break
            last = now
