"""Which texts of a run are copies, and of which texts that stay: all comparisons that rules ask for, one after the other.

Documents are compared before paragraphs: of one that is left out of the outputs no paragraph is anybody's kin. What one
comparison keeps no later one takes away, and what one has taken away no later one keeps. Texts of one document are
never each other's kin. Refuses to follow chains: every copy is like the kept text itself (`corpus.clusters`).
"""

from __future__ import annotations

import heapq
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec import Struct, field

from scrubber.corpus.clusters import clusters_of
from scrubber.corpus.collection import Collection
from scrubber.corpus.observation import Observation, Observations, ObservedText
from scrubber.corpus.pairs import Likenesses, Pair, find_pairs
from scrubber.corpus.paragraphs import Paragraph
from scrubber.model.copies import DocumentCopies, FoundCopy, text_digest
from scrubber.text.fold import digits, skeleton
from scrubber.text.nearest import EditBudget
from scrubber.text.sketch import differing_spans

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: The most copies of one text; the next one is kept in turn.
MOST_COPIES = 1000
#: Marks of what differs: the longest text that gets them, and the most pairs of spans that a copy holds.
MAX_MARKED_CHARS = 20_000
MAX_MARKS = 20
_REMEMBERED_TEXTS = 1 << 12


class Comparison(Struct, frozen=True):
    """What one rule asks for. `threshold` in thousandths; `shingle` is None for the length that fits each script.

    `keep` is `first` or `longest`. `by_numbers`: paragraphs with other numbers are never alike, nor are documents that
    differ in numbers alone or fill in one template. `takes`: copies go, so what they are like must stay.
    """

    rule: str
    whole: bool
    threshold: int
    min_chars: int
    shingle: int | None = None
    keep: str = "first"
    by_numbers: bool = True
    takes: bool = False


def in_order(comparisons: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """Comparisons in the order in which they are made: documents first, those that take before those that show."""
    return tuple(sorted(comparisons, key=lambda each: (not each.whole, not each.takes)))


def decide(observations: Observations, comparisons: Sequence[Comparison]) -> Iterator[tuple[str, DocumentCopies]]:
    """For each document with copies or with texts that must stay what was decided, in order of id.

    The same for any order of the observations. Memory: about 90 bytes a text, 200 a document and 150 a pair; time
    O(n log n) and what `corpus.pairs` takes. Raises OSError on a full disk.
    """
    with ExitStack() as stack:
        settled = _Settled()
        found: list[Iterator[tuple[str, int, FoundCopy | str]]] = []
        for number, comparison in enumerate(in_order(comparisons)):
            texts = stack.enter_context(closing(_Texts(comparison)))
            texts.take(observations, settled)
            copies = texts.compared()
            settled.note(texts, copies)
            found.append(_told(texts, copies, number))
        for document, rows in groupby(heapq.merge(*found, key=itemgetter(0, 1)), key=itemgetter(0)):
            told = [row[2] for row in rows]
            yield (
                document,
                DocumentCopies(
                    tuple(each for each in told if isinstance(each, FoundCopy)),
                    tuple(dict.fromkeys(each for each in told if isinstance(each, str))),
                ),
            )


class _Settled(Struct):
    """What earlier comparisons have taken away, and what they have kept: documents by id, texts by a digest."""

    gone: set[str] = field(default_factory=set)
    stays: set[str] = field(default_factory=set)

    def note(self, texts: _Texts, copies: Sequence[Pair]) -> None:
        """Note what a comparison that takes has decided. In each pair `a` stays."""
        if texts.comparison.takes:
            for pair in copies:
                self.gone.add(texts.name(pair.b))
                self.stays.add(texts.name(pair.a))


def _name(document: str, text: str) -> str:
    return f"{document}\n{text_digest(text)}"


class _Texts:
    """The texts of one comparison: a collection, and beside it what only a decision needs."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.collection = Collection(comparison.shingle)
        self._written = tempfile.TemporaryFile()  # noqa: SIM115  closed in `close`
        self._ends = array("Q", [0])
        self._chars = array("L")
        self._protected = bytearray()
        self._text_of = lru_cache(maxsize=_REMEMBERED_TEXTS)(self.collection.text)

    def close(self) -> None:
        """Let go of everything."""
        self.collection.close()
        self._written.close()

    def name(self, rank: int) -> str:
        """What a text is noted by: a document by its id, a paragraph by that and its digest."""
        document = self.collection.place(rank).document
        return document if self.comparison.whole else _name(document, self._text_of(rank))

    def take(self, observations: Observations, settled: _Settled) -> None:
        """Put in what the comparison is about."""
        for document, observation in observations:
            if document in settled.gone:
                continue
            chosen = [text for text in self._wanted(observation) if self._is_open(document, text, settled)]
            for text in chosen:
                name = document if self.comparison.whole else _name(document, text.text) if settled.stays else ""
                self._chars.append(len(text.text))
                self._protected.append(text.protected or name in settled.stays)
                raw = text.written.encode("utf-8") if text.written != text.text else b""
                self._written.write(raw)
                self._ends.append(self._ends[-1] + len(raw))
            self.collection.add(
                document, None, [Paragraph(text.first_line, text.last_line, text.text) for text in chosen]
            )
        self.collection.finish()

    def _is_open(self, document: str, text: ObservedText, settled: _Settled) -> bool:
        return self.comparison.whole or not settled.gone or _name(document, text.text) not in settled.gone

    def _wanted(self, observation: Observation) -> Iterator[ObservedText]:
        least = self.comparison.min_chars
        whole = (observation.whole,) if observation.whole is not None else ()
        for text in whole if self.comparison.whole else observation.paragraphs:
            # Bars and leaders are no text.
            if len(text.text) >= least and len(skeleton(text.text)) * 2 >= least:
                yield text

    def compared(self) -> list[Pair]:
        """A pair for each copy, in order of the copies; `a` is the kept text, whichever of both comes first."""
        if not len(self.collection):
            return []
        wanted = self.comparison
        likenesses = Likenesses(wanted.threshold, (wanted.threshold, wanted.threshold), wanted.by_numbers)
        pairs = [pair for pair in find_pairs(self.collection, likenesses) if self._counts(pair)]
        order, place = self._preferred()
        turned: list[Pair] = []
        for pair in pairs:
            first, second = int(place[pair.a]), int(place[pair.b])
            turned.append(Pair(min(first, second), max(first, second), pair.jaccard, pair.edit))
        copies = [
            Pair(int(order[pair.a]), int(order[pair.b]), pair.jaccard, pair.edit)
            for cluster in clusters_of(turned, MOST_COPIES)
            for pair in cluster.copies
        ]
        return sorted(copies, key=lambda pair: pair.b)

    def _counts(self, pair: Pair) -> bool:
        """Whether a pair may make one of its texts a copy of the other."""
        owners, came = self._owners, self.collection.came
        if owners[pair.a] == owners[pair.b] or (self._protected[came[pair.a]] and self._protected[came[pair.b]]):
            return False
        if not self.comparison.by_numbers or self.comparison.whole or self._are_equal(pair):
            return True
        return digits(self._text_of(pair.a)) == digits(self._text_of(pair.b))

    @property
    def _owners(self) -> NDArray[np.int64]:
        if not hasattr(self, "_known_owners"):
            self._known_owners = self.collection.owners
        return self._known_owners

    def _are_equal(self, pair: Pair) -> bool:
        return bool(self.collection.leaders[pair.a] == self.collection.leaders[pair.b])

    def _preferred(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Ranks in the order in which texts are kept, and the place of each rank in it."""
        import numpy as np

        came = self.collection.came
        ranks = np.arange(len(came), dtype=np.int64)
        free = 1 - np.frombuffer(bytes(self._protected), dtype=np.uint8)[came].astype(np.int64)
        shortness = np.zeros(len(came), dtype=np.int64)
        if self.comparison.keep == "longest":
            shortness = -np.frombuffer(self._chars, dtype=f"=u{self._chars.itemsize}")[came].astype(np.int64)
        order = np.lexsort((ranks, shortness, free))
        place = np.empty(len(order), dtype=np.int64)
        place[order] = ranks
        return order, place

    def copy(self, pair: Pair) -> FoundCopy:
        """What there is to say of a copy."""
        there = self.collection.place(pair.a)
        text = "" if self.comparison.whole else text_digest(self._text_of(pair.b))
        edit = pair.edit or 0
        measure = "equal" if self._are_equal(pair) else "jaccard" if pair.jaccard >= edit else "edit"
        marks = None if self.comparison.whole else _marks(self._as_written(pair.b), self._as_written(pair.a))
        return FoundCopy(
            rule=self.comparison.rule,
            text=text,
            document_id=there.document,
            first_line=there.first_line,
            last_line=there.last_line,
            measure=measure,
            jaccard=pair.jaccard,
            edit=edit,
            differs=None if marks is None else sum(max(b - a, d - c) for a, b, c, d in marks),
            differing=() if marks is None else marks[:MAX_MARKS],
        )

    def _as_written(self, rank: int) -> str:
        came = int(self.collection.came[rank])
        start, end = self._ends[came], self._ends[came + 1]
        if start == end:
            return self._text_of(rank)
        self._written.seek(start)
        return self._written.read(end - start).decode("utf-8")


def _marks(written: str, kept: str) -> tuple[tuple[int, int, int, int], ...] | None:
    """What differs between two texts as written; None where they are too long to say."""
    if written == kept:
        return ()
    longest = max(len(written), len(kept))
    if longest > MAX_MARKED_CHARS or not EditBudget(longest).take(len(written), len(kept)):
        return None
    return tuple((*own, *other) for own, other in differing_spans(written, kept))


def _told(texts: _Texts, copies: Sequence[Pair], number: int) -> Iterator[tuple[str, int, FoundCopy | str]]:
    """Of one comparison, in order of document: each copy; of texts that must stay, their digest."""
    kept = sorted({pair.a for pair in copies}) if texts.comparison.takes and not texts.comparison.whole else []
    of_copies = ((pair.b, pair) for pair in copies)
    of_kept: Iterator[tuple[int, Pair | None]] = ((rank, None) for rank in kept)
    for rank, pair in heapq.merge(of_copies, of_kept, key=itemgetter(0)):
        document = texts.collection.place(rank).document
        yield document, number, texts.copy(pair) if pair is not None else text_digest(texts.collection.text(rank))
