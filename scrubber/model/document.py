"""A text as it was read, where it came from, and its lines and blocks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from msgspec import Struct

from scrubber.model.finding import Span
from scrubber.model.page import Markup, Page
from scrubber.text.fold import fold_lines, skeleton
from scrubber.text.lines import LineBounds, ends_sentence, is_blank, is_running_text, line_bounds, text_lines


class BadBytes(Struct, frozen=True):
    """A maximal run of bytes that the encoding does not allow; U+FFFD stands for it in the text."""

    text_offset: int
    byte_offset: int
    raw: bytes


class Origin(Struct, frozen=True):
    """Where a document came from, and all that is needed to turn its text into the same bytes again.

    `newline` is `lf`, `crlf`, `cr`, `mixed` or `none`. `bom` holds the bytes of the mark that was taken off.
    `how_known` says how the encoding was found. `roundtrips` is whether encoding the text (with `repairs`) gives the
    bytes back.
    """

    path: str
    sha256: str
    size: int
    encoding: str = "utf-8"
    bom: bytes = b""
    newline: str = "lf"
    media_type: str = "text/plain"
    how_known: str = ""
    roundtrips: bool = True
    repairs: tuple[BadBytes, ...] = ()


_NO_ORIGIN = Origin(path="", sha256="", size=0)


class KeptLines(NamedTuple):
    """Lines that a comment in the input asks to keep: indexes of the first and the last, and the reason it gives."""

    first: int
    last: int
    reason: str


class Line(Struct, frozen=True):
    """One line. `number` counts from 1; neither `span` nor `text` holds the line ending."""

    number: int
    span: Span
    text: str


class Block(Struct, frozen=True):
    """Some lines that belong together: `kind` is `paragraph`, `heading`, `entry` or `blank`.

    `first` and `last` are indexes (from 0, inclusive) into the document's lines. `markup` is what the page's markup
    says of it, for text that was read from a marked-up page.
    """

    kind: str
    span: Span
    first: int
    last: int
    markup: Markup | None = None


@dataclass(frozen=True)
class Document:
    """A decoded text with its name and origin. Lines, keys and blocks are derived once and cached.

    `text` is decoded, without BOM, before any fix, and holds no lone surrogate. Offsets are code points in it.
    Line *indexes* count from 0 (code), line *numbers* from 1 (people).
    """

    id: str
    text: str
    origin: Origin = field(default_factory=lambda: Origin(path="", sha256="", size=0))
    #: `auto`, `line` (each line is a paragraph) or `blank-line` (blank lines part paragraphs).
    paragraphs: str = "auto"
    #: What is known of each line of a marked-up page, and of the page; empty and None for plain text.
    markup: tuple[Markup, ...] = ()
    page: Page | None = None
    #: What comments in the input ask to keep, ascending; lines that others part are apart.
    kept: tuple[KeptLines, ...] = ()
    #: The page of which this is a draft, where some of it is gone already: it stays behind when a document travels.
    as_read: Document | None = field(default=None, compare=False, repr=False)

    def __reduce__(
        self,
    ) -> tuple[type[Document], tuple[str, str, Origin, str, tuple[Markup, ...], Page | None, tuple[KeptLines, ...]]]:
        # What is derived stays behind when a document travels to another process.
        return Document, (self.id, self.text, self.origin, self.paragraphs, self.markup, self.page, self.kept)

    @cached_property
    def remembered(self) -> dict[str, object]:
        """What others have worked out of this document alone, and need again: by a name of theirs. No part of it."""
        return {}

    @cached_property
    def bounds(self) -> list[LineBounds]:
        """Offsets of all lines."""
        return line_bounds(self.text)

    @cached_property
    def line_texts(self) -> list[str]:
        """The lines without their endings."""
        text = self.text
        return [text[start:stop] for start, stop, _ in self.bounds]

    @cached_property
    def keys(self) -> list[str]:
        """The folded lines."""
        return fold_lines(self.line_texts)

    @cached_property
    def skeletons(self) -> list[str]:
        """The folded lines without punctuation and spaces; those of blank lines are empty."""
        return _skeletons(self.keys, self.blank)

    @cached_property
    def blank(self) -> list[bool]:
        """Which lines are blank."""
        return [is_blank(line) for line in self.line_texts]

    @cached_property
    def running(self) -> list[bool]:
        """Which lines are running text: 30 code points or more, with a sentence end."""
        return [is_running_text(line) for line in self.line_texts]

    def edited(self, text: str, line_of: Callable[[int], int] | None = None) -> Document:
        """This document with another text. What is known of lines that both have is not worked out again.

        `line_of` leads from the start of a line of `text` to the index of the line here that it comes from; without
        it what the markup and its comments say of lines is not handed on.
        """
        document = Document(self.id, text, self.origin, self.paragraphs, page=self.page)
        if (self.markup or self.kept) and line_of is not None:
            sources = [line_of(start) for start in document.starts]
            bounds = document.bounds
            document = replace(
                document,
                as_read=(self.as_read or self) if self.markup else None,
                markup=tuple(self.markup[source] for source in sources) if self.markup else (),
                kept=_kept_in(self.kept, sources),
            )
            vars(document)["bounds"] = bounds
        known = {line: index for index, line in enumerate(self.line_texts)}
        places = [known.get(line, -1) for line in document.line_texts]
        fresh = [line for line, place in zip(document.line_texts, places, strict=True) if place < 0]
        keys, blank = fold_lines(fresh), [is_blank(line) for line in fresh]
        anew: dict[str, Callable[[], Sequence[Any]]] = {
            "keys": lambda: keys,
            "blank": lambda: blank,
            "running": lambda: [is_running_text(line) for line in fresh],
            "skeletons": lambda: _skeletons(keys, blank),
        }
        for name in anew.keys() & vars(self).keys():
            old, new = vars(self)[name], iter(anew[name]())
            if fresh:
                vars(document)[name] = [old[place] if place >= 0 else next(new) for place in places]
            else:
                vars(document)[name] = list(map(old.__getitem__, places))
        return document

    @cached_property
    def starts(self) -> list[int]:
        """Start offsets of all lines, for `line_at`."""
        return [bound.start for bound in self.bounds]

    @cached_property
    def places_of_key(self) -> dict[str, list[int]]:
        """Folded line to the indexes at which it stands, ascending."""
        places: dict[str, list[int]] = {}
        for index, key in enumerate(self.keys):
            places.setdefault(key, []).append(index)
        return places

    def equal_before(self, index: int, piece: str, offset: int) -> int:
        """How often `piece` stands in one line before `offset`, as `str.count` counts. The first call is O(line)."""
        if not piece:
            return 0
        places = self._places_of_piece.get((index, piece))
        if places is None:
            start, _, stop = self.bounds[index]
            places = self._places_of_piece[index, piece] = []
            while (start := self.text.find(piece, start, stop)) >= 0:
                start += len(piece)
                places.append(start)
        return bisect_right(places, offset)

    @cached_property
    def _places_of_piece(self) -> dict[tuple[int, str], list[int]]:
        return {}

    def line_at(self, offset: int) -> int:
        """Index of the line that holds `offset`. O(log n)."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def lines_of(self, span: Span) -> tuple[int, int]:
        """Indexes of the first and the last line that `span` touches."""
        found = self._lines_of_span.get(span)
        if found is None:
            first = self.line_at(span.start)
            found = self._lines_of_span[span] = first, max(first, self.line_at(max(span.start, span.end - 1)))
        return found

    @cached_property
    def _lines_of_span(self) -> dict[Span, tuple[int, int]]:
        return {}

    def span_of(self, first: int, last: int) -> Span:
        """The span of whole lines, from the start of `first` to the end of `last`, its ending included."""
        return Span(self.bounds[first].start, self.bounds[last].next)

    def line(self, index: int) -> Line:
        """One line as an object."""
        start, stop, _ = self.bounds[index]
        return Line(index + 1, Span(start, stop), self.line_texts[index])

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines as objects."""
        return tuple(self.line(index) for index in range(len(self.bounds)))

    @cached_property
    def paragraphs_by_line(self) -> bool:
        """Whether each line is a paragraph of its own (as scrapers write it), or blank lines part paragraphs.

        Lines are paragraphs unless the text looks hard-wrapped: runs of lines without blanks between them whose
        lines mostly stop in mid-sentence, 40 to 120 code points long, and whose last line ends a sentence.
        """
        if self.paragraphs != "auto":
            return self.paragraphs == "line"
        inner = wrapped = start = 0
        texts, blank = self.line_texts, self.blank
        count = len(blank)
        while start < count:
            stop = start + 1
            if not blank[start]:
                while stop < count and not blank[stop]:
                    stop += 1
                inner += stop - start - 1
                if stop - start > 1 and ends_sentence(texts[stop - 1]):
                    above = texts[start : stop - 1]
                    wrapped += sum(1 for line in above if 40 <= len(line) <= 120 and not is_running_text(line))
            start = stop
        return inner == 0 or wrapped * 10 < inner * 6

    def paragraph_lines(self) -> list[tuple[int, int]]:
        """Indexes of the first and the last line of each paragraph, in order. O(lines).

        Where each line is a paragraph, every line that is not blank is one, also in a block of several.
        """
        if self.paragraphs_by_line:
            return [(index, index) for index, blank in enumerate(self.blank) if not blank]
        return [(block.first, block.last) for block in self.blocks if block.kind != "blank"]

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Paragraphs, headings, entries and blank lines, in order; together they cover every line."""
        if self.markup and len(self.markup) == len(self.bounds):
            return self._blocks_of_markup()
        blocks: list[Block] = []
        index, count = 0, len(self.bounds)
        while index < count:
            last = index
            if self.blank[index]:
                while last + 1 < count and self.blank[last + 1]:
                    last += 1
                kind = "blank"
            else:
                if not self.paragraphs_by_line:
                    while last + 1 < count and not self.blank[last + 1]:
                        last += 1
                kind = "paragraph" if any(self.running[index : last + 1]) else "entry"
            blocks.append(Block(kind, self.span_of(index, last), index, last))
            index = last + 1
        return _with_headings(blocks)

    def _blocks_of_markup(self) -> tuple[Block, ...]:
        """The blocks of a page: lines that the reader took from one block belong together."""
        blocks: list[Block] = []
        index, count = 0, len(self.bounds)
        while index < count:
            last, known = index, self.markup[index]
            while last + 1 < count and self.markup[last + 1].block == known.block:
                last += 1
            if all(self.blank[index : last + 1]):
                kind = "blank"
            elif known.level:
                kind = "heading"
            else:
                kind = "paragraph" if any(self.running[index : last + 1]) else "entry"
            blocks.append(Block(kind, self.span_of(index, last), index, last, known))
            index = last + 1
        return tuple(blocks)


def bulk_documents(texts: Iterable[tuple[str, str]], paragraphs: str = "auto") -> list[Document]:
    """Documents of some ids and texts, whose lines are folded all at once; short ones take half the time. O(n)."""
    documents = [Document(document_id, text, _NO_ORIGIN, paragraphs) for document_id, text in texts]
    lines_of = [text_lines(document.text) for document in documents]
    every = list(chain.from_iterable(lines_of))
    keys = fold_lines(every)
    # What is blank has an empty key.
    blank = [not key and is_blank(line) for key, line in zip(keys, every, strict=True)]
    stop = 0
    for document, lines in zip(documents, lines_of, strict=True):
        start, stop = stop, stop + len(lines)
        vars(document).update(line_texts=lines, keys=keys[start:stop], blank=blank[start:stop])
    return documents


def kept_runs(lines: Iterable[tuple[int, str]]) -> tuple[KeptLines, ...]:
    """Lines that are kept, ascending and each with the reason, as runs. O(lines).

    >>> kept_runs([(2, "a"), (3, "a"), (5, "a")])
    (KeptLines(first=2, last=3, reason='a'), KeptLines(first=5, last=5, reason='a'))
    """
    found: list[KeptLines] = []
    for line, reason in lines:
        if found and found[-1].last + 1 == line and found[-1].reason == reason:
            found[-1] = found[-1]._replace(last=line)
        else:
            found.append(KeptLines(line, line, reason))
    return tuple(found)


def _kept_in(kept: Sequence[KeptLines], sources: Sequence[int]) -> tuple[KeptLines, ...]:
    """What is kept of lines that come from the lines `sources`. O(lines * log kept)."""
    firsts = [run.first for run in kept]
    found: list[tuple[int, str]] = []
    for index, source in enumerate(sources if kept else ()):
        place = bisect_right(firsts, source) - 1
        if place >= 0 and source <= kept[place].last:
            found.append((index, kept[place].reason))
    return kept_runs(found)


def _skeletons(keys: Sequence[str], blank: Sequence[bool]) -> list[str]:
    return ["" if empty else skeleton(key) for key, empty in zip(keys, blank, strict=True)]


def _with_headings(blocks: list[Block]) -> tuple[Block, ...]:
    """The blocks, with entries that stand right above a paragraph as headings. O(blocks)."""
    found: list[Block] = []
    below = ""
    for block in reversed(blocks):
        if block.kind == "entry" and below == "paragraph":
            found.append(Block("heading", block.span, block.first, block.last))
        else:
            found.append(block)
        if block.kind != "blank":
            below = block.kind
    return tuple(reversed(found))
