"""The frame of a page round its text: what stands above the title and what stands below the end.

Neither the words nor the form of a line tell that it belongs to the frame. Its place does: navigation stands above the
line whose words are those of the text, link lists and widgets stand below the text, and other rules cut lines between
them and the text. Where a text has no title that can be told, where bylines stand all through it, as in a thread, or
where a list may go on with the text, nothing is told.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from scrubber.text.code import is_code
from scrubber.text.lines import RUNNING_TEXT_CHARS, ends_sentence
from scrubber.text.numerals import without_numbers
from scrubber.text.terms import is_byline, is_date, section_form, terms, weight_of

if TYPE_CHECKING:
    from scrubber.detect.scan import Scan

#: A heading that shares terms of so much weight with the text may be its title: one word, or two pairs of characters.
TITLE_WEIGHT = 2
#: A heading that shares so much weight, and so large a part of its own (thousandths), is a title.
SURE_TITLE_WEIGHT = 6
SURE_TITLE_SHARE = 350
#: What weighs more, in Latin letters (a Han character weighs two), may be a headline and is no navigation,
NAVIGATION_WEIGHT = 36
#: unless it is a row of so many short names.
ROW_NAMES = 4
ROW_NAME_CHARS = 14
#: A title has at least so many code points.
TITLE_CHARS = 5
#: So many short names in a row, none heavier than this, make a menu; a single word of a menu is lighter still.
MENU_LINES = 3
MENU_WEIGHT = 16
MENU_WORD_WEIGHT = 8
#: A name of a menu may stand in one other place, as in the trail above it or in the footer.
MENU_COPIES = 2
#: A line is a link, or a row of them, if so much of it stands in links (thousandths).
LINKED_SHARE = 500
#: A title that holds a date weighs so much without it.
DATED_TITLE_WEIGHT = 14
#: Below a body of so many lines of running text, and of so many lines there that other rules cut, the frame is told.
_BODY_LINES, _CUT_LINES_BELOW = 3, 2
_CUT_LINES_ONE_IN = 40
#: So many short lines with a time of day within the body, its first lines aside, make a thread; so do so many with a
#: date alone, or with the number of a post.
_STAMPS, _STAMP_CHARS, _BYLINES_ABOVE = 2, 60, 4
_POST_MARKS, _POST_MARK_CHARS = 3, 20
_POST_MARK = re.compile(r"#\d{1,4}|\d{1,4} ?(?:楼|樓|f|층)")
_STAMP = re.compile(
    r"(?:(?:19|20)\d\d ?[-/.年] ?\d{1,2}|\d{1,2}/\d{1,2}/\d\d).*\d{1,2}:\d\d|发表于|發表於"
    r"|\b(?:at|um|à|в|a las|às) \d{1,2}:\d\d"
)
#: So many rows with so many numbers, or so many labels with values, may be a table or a list of facts.
_ROWS, _ROW_NUMBERS = 2, 2
_LABELLED = re.compile(r"^[^:\d]{1,20}: ?\S")
#: A signature, whose text it is and a date, ends within so many lines.
_SIGNATURE_LINES = 4
#: What a name in a menu has not: a number or a label's colon. An office that signs a notice may stand above its title.
VALUE = re.compile(
    r"[\d:]|(?:部|局|署|厅|廳|院|委|会|會|府|办|辦|社|处|處|室|中心|公司|大学|大學|省|市|县|縣|区|區)$"
    r"|ministry|department|office|council|committee|agency|university|ministerium|amt$|behörde|ministère|министерство|комитет"
)
_NUMBERED = re.compile(r"[\[(]?\d{1,3}[\])]? +[^\d\s]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NO_LINES: frozenset[int] = frozenset()
_SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "for",
        "with",
        "from",
        "at",
        "by",
        "as",
        "after",
        "over",
        "is",
        "are",
        "was",
        "about",
        "into",
    ]
)
_POINTS = ",.;:!?。，；：！？、"
_ROW_BREAKS = str.maketrans(dict.fromkeys("|·•┊│丨>»/", " "))


def is_thread(keys: Sequence[str], first: int, last: int) -> bool:
    """Whether folded lines between two say when a part of a text was written, as above or below each post."""
    inner = keys[first + _BYLINES_ABOVE : last + 1]
    if sum(len(key) <= _STAMP_CHARS and _STAMP.search(key) is not None for key in inner) >= _STAMPS:
        return True
    short = [key for key in inner if 2 <= len(key) <= _POST_MARK_CHARS]
    return sum(is_date(key) or _POST_MARK.fullmatch(key) is not None for key in short) >= _POST_MARKS


class Frame:
    """The frame of one text under one rule set. Line indexes count from 0."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._document = scan.document

    @cached_property
    def put_first(self) -> int:
        """How many lines stand first because the reader of a page put them there: 1 where it has a title."""
        markup = self._document.markup
        return int(bool(markup) and markup[0].kind == "title")

    @cached_property
    def _moved_title(self) -> int:
        """The line above which the title stood before it was put first; 0 if it was not, or not above the text."""
        page = self._document.page
        if page is None or page.title_from <= 0 or not self.put_first:
            return 0
        blocks = (known.block for known in self._document.markup)
        place = next((index for index, block in enumerate(blocks) if block >= page.title_from), 0)
        return place if place <= self._scan.body[0] else 0

    @cached_property
    def headings_above(self) -> list[int]:
        """Lines above the body that may be headings: no chrome, and nothing about when and by whom.

        A title may hold a date; it is told by its length and by the byline below it.
        """
        document, scan = self._document, self._scan
        keys, below = document.keys, dict(pairwise(self._written))
        return [
            index
            for index in range(min(scan.body[0], len(document.bounds)))
            if not (document.blank[index] or scan.chrome[index])
            and (not is_byline(keys[index]) or self._is_dated_title(keys[index], below.get(index)))
        ]

    def _is_dated_title(self, key: str, below: int | None) -> bool:
        return (
            below is not None
            and is_byline(self._document.keys[below])
            and ":" not in key
            and weight_of(without_numbers(key)) >= DATED_TITLE_WEIGHT
        )

    @cached_property
    def _body_terms(self) -> frozenset[str]:
        """Terms of the running text; of other long lines too, which may be text without a sentence end."""
        document, scan = self._document, self._scan
        first, last = scan.body
        found: set[str] = set()
        for index, key in enumerate(document.keys):
            if (first <= index <= last and document.running[index]) or (
                len(key) >= RUNNING_TEXT_CHARS and not scan.chrome[index] and not is_byline(key)
            ):
                found.update(terms(key))
        return frozenset(found)

    @cached_property
    def titles(self) -> frozenset[int]:
        """Headings above the body that share terms with it. Without running text there are none to be told."""
        if not self.headings_above or not any(self._document.running):
            return _NO_LINES
        return frozenset(index for index in self.headings_above if self._shares(index) and not self._is_code(index))

    def _is_code(self, index: int) -> bool:
        return is_code(self._document.line_texts[index])

    def _shares(self, index: int) -> bool:
        """Whether a heading has words of the text. A long heading's own words do not count."""
        key = self._document.keys[index]
        return len(key) >= RUNNING_TEXT_CHARS or self._shared_weight(key) >= TITLE_WEIGHT

    def _shared_weight(self, key: str) -> int:
        return sum(map(_weight, terms(key) & self._body_terms))

    @cached_property
    def running_terms(self) -> frozenset[str]:
        """Terms of the running text of the body alone."""
        document, (first, last) = self._document, self._scan.body
        found: set[str] = set()
        for index in range(first, last + 1):
            if document.running[index]:
                found.update(terms(document.keys[index]))
        return frozenset(found)

    @cached_property
    def sure_titles(self) -> frozenset[int]:
        """Headings above the body most of whose words are words of the running text, and no few."""
        return frozenset(
            index for index in self.headings_above if self._is_sure_title(index) and not self._is_code(index)
        )

    def _running_weight(self, index: int) -> int:
        """How much a line's words weigh that are words of the running text."""
        return sum(map(_weight, terms(self._document.keys[index]) & self.running_terms))

    def _is_sure_title(self, index: int) -> bool:
        own = terms(self._document.keys[index])
        shared = self._running_weight(index)
        return shared >= SURE_TITLE_WEIGHT and shared * 1000 >= sum(map(_weight, own)) * SURE_TITLE_SHARE

    def _heads_byline(self, index: int, below: int | None) -> bool:
        """Whether a line stands right above a byline, as titles do, and is no label with a value itself."""
        key = self._document.keys[index]
        return (
            below is not None
            and len(key) >= TITLE_CHARS
            and (":" not in key or self._running_weight(index) >= TITLE_WEIGHT)
            and is_byline(self._document.keys[below])
        )

    @cached_property
    def _written(self) -> list[int]:
        """Lines that are not blank."""
        return [index for index, blank in enumerate(self._document.blank) if not blank]

    @cached_property
    def _above_bylines(self) -> list[int]:
        """Headings above the body that stand right above a byline."""
        below = dict(pairwise(self._written))
        return [index for index in self.headings_above if self._heads_byline(index, below.get(index))]

    @cached_property
    def title(self) -> int:
        """The first line that may be the title; 0 where none can be told.

        A line that was put first is passed over: what stood above it in its page stands below it now. Where its place
        in the page is known, that is the title's. Else it is the first heading above the body that shares most of its words with it, or that stands right above a
        byline. Where a trail leads to the text and no such heading stands above it, it is the first heading below the
        trail, names of a menu aside. Else it is the first that shares any word; but one above a byline that shares no
        fewer comes before it.
        """
        if self._moved_title:
            return self._moved_title
        told = sorted(index for index in {*self.sure_titles, *self._above_bylines} if index >= self.put_first)
        sure = [index for index in told if index in self.sure_titles]
        trail = self._scan.trail
        if trail >= 0 and not any(index < trail for index in sure):
            below = self._below_trail(trail, [index for index in told if index > trail])
            if below:
                return below
        if sure:
            return told[0]
        first = min((index for index in self.titles if index >= self.put_first), default=-1)
        if first < 0:
            return 0
        if told and first < told[0] and self._running_weight(told[0]) >= max(1, self._running_weight(first)):
            return told[0]
        return min((first, *told[:1]))

    def _below_trail(self, trail: int, told: Sequence[int]) -> int:
        """The first heading below the trail; but a menu, or names none a word of the text, may stand above a told one."""
        if told and self._menu(trail, told[0]):
            return told[0]
        for index in self.headings_above:
            if index <= trail:
                continue
            key = self._document.keys[index]
            in_menu = weight_of(key) <= MENU_WEIGHT and not self._running_weight(index) and not VALUE.search(key)
            if not (in_menu and told) or index in told:
                return index
        return 0

    @property
    def is_title_sure(self) -> bool:
        """Whether the title is told by more than a word that it shares with the text."""
        return self.title in {self._moved_title, *self.sure_titles, *self._above_bylines}

    @cached_property
    def below_title(self) -> frozenset[int]:
        """Lines between a title that is told for sure and the body."""
        return frozenset(range(self.title + 1, self._scan.body[0])) if self.is_title_sure else _NO_LINES

    @cached_property
    def above_title(self) -> frozenset[int]:
        """Lines above the title that are not about what the text is about.

        They belong to the navigation if other rules cut a line between the two, and if they are too short for a
        headline, or rows of names. A word of the text is navigation only among such lines. Below the last line that
        other rules cut only a menu is told: short names, one on each line, down to the title; and links, where the
        markup tells both them and the title.
        """
        document, cut_lines = self._document, self._scan.cut_in_zone
        cut = max((index for index in range(self.title) if cut_lines[index] and document.skeletons[index]), default=-1)
        found = {
            index
            for index in self.headings_above
            if self.put_first <= index < cut
            and not self._is_named(index)
            and (weight_of(document.keys[index]) <= NAVIGATION_WEIGHT or self._is_row(index))
        }
        if cut >= 0 and self.is_title_sure:
            found.update(self._menu_words(cut, found), self._menu(cut, self.title))
            found.update(self._links_above(self._moved_title))
        return frozenset(found)

    def _links_above(self, title: int) -> list[int]:
        """Lines between a title that was put first and its place whose text stands in links for the most part."""
        texts, markup = self._document.line_texts, self._document.markup
        return [
            index
            for index in self.headings_above
            if self.put_first <= index < title and markup[index].link_density(texts[index]) >= LINKED_SHARE
        ]

    def _menu_words(self, cut: int, others: set[int]) -> list[int]:
        """Short words above a cut line, each between two lines that are cut.

        The name of an entry may stand so too: but its text begins with it.
        """
        keys, running, cut_lines = self._document.keys, self._document.running, self._scan.cut_in_zone
        openings = tuple(key[:MENU_WORD_WEIGHT] for key, runs in zip(keys, running, strict=True) if runs)
        above = [index for index in self._written if index <= cut]
        return [
            index
            for before, index, after in zip(above, above[1:], above[2:], strict=False)
            if index in self._headings
            and index not in others
            and weight_of(keys[index]) <= MENU_WORD_WEIGHT
            and self._scan.copies[keys[index]] == 1
            and not any(opening.startswith(keys[index]) for opening in openings)
            and all(cut_lines[other] or other in others for other in (before, after))
        ]

    def _menu(self, cut: int, title: int) -> list[int]:
        """The menu between a cut line and a title: nothing else may stand there, nor may its names stand elsewhere."""
        document, copies = self._document, self._scan.copies
        run = [index for index in self._written if cut < index < title]
        if len(run) < MENU_LINES or not all(index in self._headings or self._scan.chrome[index] for index in run):
            return []
        keys = [document.keys[index] for index in run]
        is_menu = all(
            weight_of(key) <= MENU_WEIGHT
            and copies[key] <= MENU_COPIES
            and not ends_sentence(key)
            and not VALUE.search(key)
            for key in keys
        )
        return run if is_menu else []

    @cached_property
    def _headings(self) -> frozenset[int]:
        return frozenset(self.headings_above)

    def _is_named(self, index: int) -> bool:
        """Whether all words of a line are words of the running text, as those of a short title may be."""
        own = terms(self._document.keys[index])
        return bool(own) and own <= self.running_terms

    @cached_property
    def below_text(self) -> frozenset[int]:
        """Lines below the text with a line between that other rules cut, in runs that are no part of a text.

        A line right above a sentence may be its heading. Nothing is told of a thread, whose posts may be of any form,
        nor where other rules cut fewer than two lines that stand there once, or few of all there: a button may stand
        below a part of the text.
        """
        document, scan = self._document, self._scan
        count, end = len(document.bounds), scan.body[1]
        cut = [index for index in range(end + 1, count) if scan.cut_in_zone[index]]
        once = [index for index in cut if scan.copies[document.keys[index]] == 1 and document.skeletons[index]]
        if len(once) < _CUT_LINES_BELOW or not self.has_body or self.is_thread:
            return _NO_LINES
        if len(once) * _CUT_LINES_ONE_IN < sum(index > once[0] for index in self._written):
            return _NO_LINES
        found: list[int] = []
        for above, below in pairwise([*cut[bisect_left(cut, once[0]) :], count]):
            run = [index for index in range(above + 1, below) if not document.blank[index]]
            if above == once[0]:
                run = self._below_signature(run)
            if not self._may_be_text(run):
                found += [
                    index
                    for index, follower in zip(run, [*run[1:], -1], strict=False)
                    if follower < 0 or not ends_sentence(document.line_texts[follower])
                ]
        return frozenset(found) - scan.promised

    def _below_signature(self, run: list[int]) -> list[int]:
        """The run without a signature that it begins with: whose text it is, and a date."""
        keys = self._document.keys
        ends = [place for place, index in enumerate(run[:_SIGNATURE_LINES], 1) if is_date(keys[index])]
        return run[max(ends, default=0) :]

    @property
    def has_body(self) -> bool:
        """Whether the body holds so much running text that the frame can be told from it."""
        document, (first, last) = self._document, self._scan.body
        return sum(document.running[first : last + 1]) >= _BODY_LINES

    @property
    def is_thread(self) -> bool:
        """Whether lines within the body say when a part of it was written, as above or below each post."""
        return is_thread(self._document.keys, *self._scan.body)

    def _may_be_text(self, run: Sequence[int]) -> bool:
        """Whether lines hold running text or numbered sections, are rows of a table, or labels with values."""
        keys = [self._document.keys[index] for index in run]
        running, chrome = self._document.running, self._scan.chrome
        if any(running[index] and not chrome[index] for index in run) or any(map(_is_numbered, keys)):
            return True
        labelled = sum(_LABELLED.search(key) is not None for key in keys)
        rows = sum(len(_NUMBER.findall(key)) >= _ROW_NUMBERS and not is_byline(key) for key in keys)
        return labelled >= _ROWS or rows >= _ROWS

    def _is_row(self, index: int) -> bool:
        """Whether a line is a row of short names, parted by spaces or bars.

        In Latin script most begin with a capital. An English headline may be written so too, but holds small words.
        """
        names = self._document.line_texts[index].translate(_ROW_BREAKS).split()
        if len(names) < ROW_NAMES or any(name[-1] in _POINTS or name.lower() in _SMALL_WORDS for name in names):
            return False
        return all(len(name) <= ROW_NAME_CHARS for name in names) and _capitalised(names) * 10 >= len(names) * 6


def _is_numbered(key: str) -> bool:
    """Whether a line begins as a section, a step or a reference does."""
    return bool(section_form(key)) or _NUMBERED.match(key) is not None


def _capitalised(names: Sequence[str]) -> int:
    """How many names do not begin with a small letter."""
    return sum(not name[0].islower() for name in names)


def _weight(term: str) -> int:
    """A word proves more than a pair of Han characters."""
    return 1 if len(term) == 2 else 2
