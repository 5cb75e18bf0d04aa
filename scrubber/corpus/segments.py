"""Arrays that grow past memory: in memory while they are small, in nameless files of the system's folder for such files after.

What lies there goes with the object, also when the process is killed. Refuses to know what the numbers mean.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Numbers that a column, or all buckets together, hold in memory: 16 MB of 64-bit ones.
MEMORY_NUMBERS = 1 << 21
#: Numbers that are parted into buckets at a time: what that takes on the way is several times their size.
_PARTED_NUMBERS = 1 << 18


class Column:
    """Numbers of one type, end to end: appended, and read back whole or in chunks. Raises OSError on a full disk."""

    def __init__(self, dtype: str, memory_numbers: int = MEMORY_NUMBERS) -> None:
        self._dtype = dtype
        self._memory_numbers = memory_numbers
        self._waiting: list[NDArray[np.generic]] = []
        self._waiting_count = 0
        self._file: IO[bytes] | None = None
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, numbers: NDArray[np.generic]) -> None:
        """Put numbers behind those that are there. The array is kept, not copied."""
        self._waiting.append(numbers)
        self._waiting_count += len(numbers)
        self._count += len(numbers)
        if self._waiting_count > self._memory_numbers:
            self.spill()

    def spill(self) -> int:
        """Write what waits in memory to the file; how many numbers that were."""
        import numpy as np

        written = self._waiting_count
        if written:
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed with the object
            for numbers in self._waiting:
                self._file.write(np.ascontiguousarray(numbers, dtype=self._dtype).data)
            self._waiting, self._waiting_count = [], 0
        return written

    def whole(self) -> NDArray[np.generic]:
        """All numbers as one array, the caller's own."""
        import numpy as np

        if self._file is not None:
            self.spill()
            self._file.seek(0)
            raw = bytearray(self._count * np.dtype(self._dtype).itemsize)
            self._file.readinto(raw)  # type: ignore[attr-defined]
            self._file.seek(0, 2)
            return np.frombuffer(raw, dtype=self._dtype)
        found = list(self.chunks(max(1, self._count)))
        return np.concatenate(found) if found else np.empty(0, dtype=self._dtype)

    def chunks(self, most: int) -> Iterator[NDArray[np.generic]]:
        """All numbers in order, at most `most` at a time."""
        import numpy as np

        if self._file is not None:
            self.spill()
            self._file.seek(0)
            size = np.dtype(self._dtype).itemsize * most
            while raw := self._file.read(size):
                yield np.frombuffer(raw, dtype=self._dtype)
            self._file.seek(0, 2)
            return
        for numbers in self._waiting:
            whole = np.ascontiguousarray(numbers, dtype=self._dtype)
            for start in range(0, len(whole), most):
                yield whole[start : start + most]

    def close(self) -> None:
        """Let go of everything."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._waiting, self._waiting_count, self._count = [], 0, 0


class Buckets:
    """64-bit numbers parted by a bucket each, so that one bucket at a time fits memory."""

    def __init__(self, count: int, memory_numbers: int = MEMORY_NUMBERS) -> None:
        self._columns = [Column("<u8", memory_numbers) for _ in range(count)]
        self._memory_numbers = memory_numbers
        self._waiting = 0

    def __len__(self) -> int:
        return len(self._columns)

    def add(self, numbers: NDArray[np.uint64], buckets: NDArray[np.uint64]) -> None:
        """Put each number into its bucket. The arrays are kept, not copied, where there is one bucket only."""
        if len(self._columns) == 1:
            self._columns[0].append(numbers)
            return
        for begin in range(0, len(numbers), _PARTED_NUMBERS):
            end = begin + _PARTED_NUMBERS
            self._part(numbers[begin:end], buckets[begin:end])

    def _part(self, numbers: NDArray[np.uint64], buckets: NDArray[np.uint64]) -> None:
        import numpy as np

        # Small numbers are sorted by counting them.
        narrow = buckets.astype(np.uint8 if len(self._columns) <= 1 << 8 else np.uint16)
        order = np.argsort(narrow, kind="stable")
        numbers, ends = numbers[order], np.cumsum(np.bincount(narrow, minlength=len(self._columns)))
        start = 0
        for column, end in zip(self._columns, ends.tolist(), strict=True):
            if end > start:
                column.append(numbers[start:end].copy())
            start = end
        self._waiting += len(numbers)
        if self._waiting > self._memory_numbers:
            for column in self._columns:
                column.spill()
            self._waiting = 0

    def take(self, bucket: int) -> NDArray[np.uint64]:
        """The numbers of one bucket, which is emptied."""
        import numpy as np

        found = self._columns[bucket].whole()
        self._columns[bucket].close()
        return found.astype(np.uint64, copy=False)

    def close(self) -> None:
        """Let go of everything."""
        for column in self._columns:
            column.close()
