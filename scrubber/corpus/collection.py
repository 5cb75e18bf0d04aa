"""All texts of a corpus that are to be compared: the words on disk, of each a few numbers in memory.

Texts are put in as they come and numbered in the end by document id and place in the document, so that no later step
can tell in which order they came. Equal texts are found here; whoever looks for texts that are alike needs to look at
the first of them only. About 60 bytes of memory a text, 200 a document.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from scrubber.corpus.paragraphs import Paragraph

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Parts texts in the file. Folded text has no line ends.
_END = b"\n"
_DIGEST_BYTES = 16
#: What is written and read at a time.
_BUFFER_BYTES = 1 << 20


class Place(NamedTuple):
    """Where a text stands: its document, the id that its record gives itself (or None), first and last line from 1."""

    document: str
    record: str | None
    first_line: int
    last_line: int


class Collection:
    """Texts with their places. First `add` for every document, then `finish`, then everything else.

    After `finish` texts are known by their *rank*: 0 is the first text of the first document by id. Raises OSError on a
    full disk.
    """

    def __init__(self, shingle: int | None = None) -> None:
        #: The length of all shingles, where it is not that of each text's own script.
        self.shingle = shingle
        self._file = tempfile.TemporaryFile(buffering=_BUFFER_BYTES)  # noqa: SIM115  closed in `close`
        self._documents: list[tuple[str, str | None]] = []
        self._document_of = array("I")
        self._lines = array("I")
        self._sizes = array("Q")
        self._digests = bytearray()
        self.chars = 0

    def add(self, document: str, record: str | None, paragraphs: Iterable[Paragraph]) -> None:
        """Take the texts of one document. No id may come twice."""
        number = len(self._documents)
        self._documents.append((document, record))
        coded: list[bytes] = []
        for first, last, text in paragraphs:
            coded.append(text.encode("utf-8"))
            self._lines.append(first)
            self._lines.append(last)
            self.chars += len(text)
        if coded:
            self._digests += b"".join([blake2b(raw, digest_size=_DIGEST_BYTES).digest() for raw in coded])
            self._sizes.extend(map(len, coded))
            self._document_of.extend([number] * len(coded))
            coded.append(b"")
            self._file.write(_END.join(coded))

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return len(self._documents)

    def finish(self) -> None:
        """Number the texts. O(n log n)."""
        import numpy as np

        self._file.flush()
        order = sorted(range(len(self._documents)), key=self._documents.__getitem__)
        rank_of_document = np.empty(len(order), dtype=np.uint32)
        rank_of_document[order] = np.arange(len(order), dtype=np.uint32)
        sizes = _numbers(self._sizes)
        self._starts = np.cumsum(sizes + 1) - (sizes + 1)
        # Stable: the texts of one document came in its own order.
        self._came = np.argsort(rank_of_document[_numbers(self._document_of)], kind="stable")
        self.rank = np.empty(len(self), dtype=np.uint32)
        self.rank[self._came] = np.arange(len(self), dtype=np.uint32)
        self._sizes_by_rank = sizes[self._came]
        #: For each rank the length of its shingles, as `shingle_length` says; 0 until somebody fills it in.
        self.shingle_lengths = np.zeros(len(self), dtype=np.uint8)
        self._leaders = self._find_leaders()

    def _find_leaders(self) -> NDArray[np.uint32]:
        """For each rank the first rank with an equal text."""
        import numpy as np

        halves = np.frombuffer(self._digests, dtype="<u8").reshape(-1, 2)[self._came]
        self._digests = bytearray()
        order = np.lexsort((halves[:, 1], halves[:, 0]))  # stable: equal texts stay in order of rank
        sorted_halves = halves[order]
        fresh = np.ones(len(order), dtype=np.bool_)
        np.any(sorted_halves[1:] != sorted_halves[:-1], axis=1, out=fresh[1:])
        leaders = np.empty(len(order), dtype=np.uint32)
        leaders[order] = order[np.flatnonzero(fresh)][np.cumsum(fresh) - 1]
        return leaders

    @property
    def leaders(self) -> NDArray[np.uint32]:
        """For each rank the rank of the first text that is equal; its own where there is none before it."""
        return self._leaders

    @property
    def sizes(self) -> NDArray[np.int64]:
        """For each rank the bytes of its text."""
        return self._sizes_by_rank

    @property
    def owners(self) -> NDArray[np.int64]:
        """For each rank a number that stands for its document."""
        return _numbers(self._document_of)[self._came]

    @property
    def came(self) -> NDArray[np.int64]:
        """For each rank how many texts were put in before that one."""
        return self._came

    def text(self, rank: int) -> str:
        """One folded text."""
        came = self._came[rank]
        start = int(self._starts[came])
        return self._read(start, start + self._sizes[came])

    def texts(self, ranks: NDArray[np.integer[Any]]) -> list[str]:
        """Many folded texts, in the order of their ranks as given."""
        came = self._came[ranks]
        starts = self._starts[came]
        return list(map(self._read, starts.tolist(), (starts + self._sizes_by_rank[ranks]).tolist()))

    def place(self, rank: int) -> Place:
        """Where one text stands."""
        came = int(self._came[rank])
        return Place(*self._documents[self._document_of[came]], self._lines[2 * came], self._lines[2 * came + 1])

    def portions(self, most_bytes: int) -> Iterator[tuple[NDArray[np.uint32], str]]:
        """The ranks and the texts of some texts, each with a line feed behind it, in the order in which they came.

        At most `most_bytes` at a time, but at least one text.
        """
        import numpy as np

        ends = self._starts + _numbers(self._sizes) + 1
        first = 0
        while first < len(self):
            start = int(self._starts[first])
            last = max(first + 1, int(np.searchsorted(ends, start + most_bytes, side="right")))
            yield self.rank[first:last], self._read(start, int(ends[last - 1]))
            first = last

    def close(self) -> None:
        """Let go of everything."""
        self._file.close()

    def _read(self, start: int, end: int) -> str:
        # Not by mapping the file, whose pages would count as memory of the process, and past the buffer, which is large.
        unbuffered: Any = self._file
        unbuffered.raw.seek(start)
        return str(unbuffered.raw.read(end - start), "utf-8")


def _numbers(numbers: array[int]) -> NDArray[np.int64]:
    import numpy as np

    return np.frombuffer(numbers, dtype=f"=u{numbers.itemsize}").astype(np.int64)
