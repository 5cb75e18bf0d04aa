"""How many documents hold a line: counted on disk, in memory that does not grow with the number of documents.

Lines are counted as numbers, one for each group and folded line, digits masked. Of equal lines of one document one
counts. What is rare is forgotten once it is counted. Refuses to know what a line says, and what a group is.
"""

from __future__ import annotations

import re
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b, sha256
from pathlib import Path
from types import TracebackType
from typing import Self

#: Numbers are parted by their first bits into so many files; one of them is held in memory at a time.
_PARTS = 64
#: So many numbers of a part wait in memory before they are written.
_WAITING = 1 << 14
_NUMBER_BYTES = 8
_DIGITS = re.compile(r"\d+")
#: Longer lines are running text, and are not counted, in folded code points.
MOST_LINE_CHARS = 300


def masked(key: str) -> str:
    """A folded line with every number as `0`: lines that differ in a date or a count are one line.

    >>> masked("read 1204 times, 3 comments")
    'read 0 times, 0 comments'
    """
    return _DIGITS.sub("0", key)


def number_of(group: str, line: str) -> int:
    """The 64-bit number of a masked line in a group; of the group itself where `line` is empty."""
    said = f"{group}\0{line}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(said, digest_size=_NUMBER_BYTES).digest(), "big")


@dataclass(frozen=True)
class SharedLines:
    """How many documents hold each of the numbers that are frequent: two columns, by number. Twelve bytes a number."""

    numbers: array[int]
    counts: array[int]

    def documents(self, number: int) -> int:
        """How many documents hold it; 0 where it is not frequent. O(log n)."""
        place = bisect_left(self.numbers, number)
        return self.counts[place] if place < len(self.numbers) and self.numbers[place] == number else 0

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all of it, in hex: equal for equal corpora."""
        rows = "".join(f"{number:016x} {count}\n" for number, count in zip(self.numbers, self.counts, strict=True))
        return sha256(rows.encode("ascii")).hexdigest()

    def __len__(self) -> int:
        return len(self.numbers)


class LineCounts:
    """Counts numbers of documents; close it, or use it in a `with`, to drop its files.

    Memory: the numbers that wait, at most `_PARTS * _WAITING` of eight bytes. Disk: eight bytes for each line that a
    document holds.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(dir=folder, prefix="scrubber-lines-")
        self._waiting = [array("Q") for _ in range(_PARTS)]
        self.documents = 0

    def add(self, numbers: Iterable[int]) -> None:
        """Count one document that holds these numbers. O(numbers)."""
        self.documents += 1
        for number in set(numbers):
            part = number >> 58
            self._waiting[part].append(number)
            if len(self._waiting[part]) >= _WAITING:
                self._write(part)

    def _path(self, part: int) -> Path:
        return Path(self._folder.name) / f"{part:02}"

    def _write(self, part: int) -> None:
        with self._path(part).open("ab") as sink:
            self._waiting[part].tofile(sink)
        self._waiting[part] = array("Q")

    def frequent(self, at_least: int) -> SharedLines:
        """Numbers that `at_least` documents hold, each with how many do. O(n log n), a part at a time."""
        found = SharedLines(array("Q"), array("I"))
        for part in range(_PARTS):
            for number, count in _counted(self._read(part), at_least):
                found.numbers.append(number)
                found.counts.append(count)
        return found

    def _read(self, part: int) -> array[int]:
        numbers = array("Q", self._waiting[part])
        path = self._path(part)
        if path.exists():
            with path.open("rb") as source:
                numbers.fromfile(source, path.stat().st_size // _NUMBER_BYTES)
        return numbers

    def close(self) -> None:
        """Drop everything that was counted."""
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _counted(numbers: array[int], at_least: int) -> Iterator[tuple[int, int]]:
    import numpy as np

    if not numbers:
        return
    values, counts = np.unique(np.frombuffer(numbers, dtype=np.uint64), return_counts=True)
    often = counts >= at_least
    yield from zip(values[often].tolist(), counts[often].tolist(), strict=True)
