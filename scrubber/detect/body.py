"""Where the body of a text begins and ends: what stands round it is judged more strictly.

The body is found by its running text. What looks like running text but stands apart, behind chrome, is none of it; a
numbered section or a quotation that the text goes on with belongs to it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from scrubber.detect.frame import is_thread
from scrubber.text.lines import ends_sentence
from scrubber.text.terms import section_form, weight_of

if TYPE_CHECKING:
    from scrubber.detect.scan import Scan

#: Text about what a rule hits belongs to the body if at most so many other lines part it from the rest.
_UNKNOWN_LINES = 3
#: So many different lines of chrome between two pieces of running text, and so large a part of what stands there
#: (thousandths), part a piece of at most so many lines from a text of at least so many, if it is this much shorter.
_PARTING_HITS, _PARTING_SHARE = 4, 250
_APART_LINES, _TEXT_LINES, _TEXT_FACTOR = 2, 2, 3
#: In so long a stretch without running text a smaller part is enough: most lines of a menu or a list are unknown.
_STRETCH_LINES, _STRETCH_SHARE = 12, 120
#: A piece may have so many lines if at most one in so many stands right above another, as teasers of a list do not.
_LONE_LINES, _TOUCHING = 12, 4
_NUMBERED = re.compile(r"[\[(]\d{1,3}[\])]")
#: More hits of one rule do not count: they may be rows of one list.
_HITS_OF_A_RULE = 2
#: Between the body and a clause that introduces it stand at most so many lines; it is no shorter than this, in Latin
#: letters (a Han character weighs two).
_QUOTED_LINES, _CLAUSE_WEIGHT = 5, 60
#: A numbering is one from so many lines on; a section at its end has at most so many lines.
_SECTIONS, _SECTION_LINES = 3, 8
#: A trail from the home page stands within so many lines that are not blank, below no more running text than this.
#: with so many hits between them: a text may describe a path.
_TRAIL_LINES, _TRAIL_NOTICES, _TRAIL_HITS = 80, 2, 2
_TRAIL = re.compile(r"^[^>›»→]{1,40}[>›»→]+ ?\S|^[^/]{1,40} / [^/]{1,40} / ?\S")
#: A label with a value.
_LABELLED = re.compile(r"^[^:。.!?]{1,20}: ?\S")


class Body:
    """The body of one text under one rule set. Line indexes count from 0."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._document = scan.document

    @property
    def lines(self) -> tuple[int, int]:
        """First and last line of the body, inclusive; (n, n - 1) with n lines where there is none.

        The body reaches from the first to the last line of running text that no rule hits; a sentence or two that
        much chrome parts from the rest, as a notice above or below it, is not counted. Without running text it is all that lies between the opening and the closing run of lines that rules hit.
        """
        document, hit = self._document, self._scan.hit_by_any
        inner = [index for index, running in enumerate(document.running) if running and not hit[index]]
        if not inner:
            inner = [index for index, topical in enumerate(self._scan.topical) if topical][:1]
        if not inner:
            return self._between_chrome()
        inner = self._without_notices([index for index in inner if index > self._scan.trail] or inner)
        return self._introduced(self._grown(inner[0], -1)), self._with_last_section(inner[0], self._grown(inner[-1], 1))

    def _introduced(self, first: int) -> int:
        """The beginning of the body, moved up to a long clause that introduces what stands above it."""
        above = [index for index in range(first) if not self._document.blank[index]][-_QUOTED_LINES - 1 :]
        return next((i for i in above if not self._scan.hit_by_any[i] and _introduces(self._document.keys[i])), first)

    def _without_notices(self, inner: list[int]) -> list[int]:
        """Lines of running text without the few at either end that different lines of chrome part from the others."""
        if is_thread(self._document.keys, inner[0], inner[-1]):
            return inner
        partings = [
            place
            for place, (above, below) in enumerate(pairwise(inner), start=1)
            if below - above > _PARTING_HITS and self._is_parting(above, below)
        ]
        for place in reversed(partings):
            if not self._is_apart(inner[place:], inner[:place]):
                break
            inner = inner[:place]
        removed = 0
        for place in partings:
            if place - removed >= len(inner) or not self._is_apart(inner[: place - removed], inner[place - removed :]):
                break
            inner, removed = inner[place - removed :], place
        return inner

    def _is_apart(self, few: list[int], text: list[int]) -> bool:
        keys = self._document.keys
        return (
            (len(few) <= _APART_LINES or self._are_lone(few))
            and len(text) >= _TEXT_LINES
            and sum(len(keys[index]) for index in few) * _TEXT_FACTOR <= sum(len(keys[index]) for index in text)
        )

    def _are_lone(self, few: list[int]) -> bool:
        """Whether other lines stand between nearly all lines of a piece, as between the teasers of a list."""
        blank = self._document.blank
        touching = sum(all(blank[above + 1 : below]) for above, below in pairwise(few))
        return len(few) <= _LONE_LINES and touching * _TOUCHING <= len(few)

    def _is_parting(self, above: int, below: int) -> bool:
        """Whether much of what stands between two lines is chrome, each line of which stands nowhere else."""
        keys = self._document.keys
        written = [index for index in range(above + 1, below) if not self._document.blank[index]]
        if not written:
            return False
        if any(_NUMBERED.match(keys[index]) for index in written):
            return False  # notes and references, some of which look like chrome
        rules, here = self._scan.rule_of_lines, Counter(keys[index] for index in written)
        first = {keys[index]: index for index in reversed(written)}
        hits = Counter(
            rules[index]
            for key, index in first.items()
            if index in rules and not self._scan.topical[index] and self._scan.copies[key] == here[key]
        )
        counted = sum(min(count, _HITS_OF_A_RULE) for count in hits.values())
        share = _STRETCH_SHARE if len(written) >= _STRETCH_LINES else _PARTING_SHARE
        return counted >= _PARTING_HITS and counted * 1000 >= len(written) * share

    def _grown(self, edge: int, step: int) -> int:
        """The edge of the body, moved over topical text that no other chrome parts from it."""
        document = self._document
        index = edge + step
        unknown = 0
        while 0 <= index < len(document.bounds) and unknown <= _UNKNOWN_LINES:
            if self._scan.topical[index]:
                edge, unknown = index, 0
            elif self._scan.hit_by_any[index]:
                break
            elif not document.blank[index]:
                unknown += 1
            index += step
        return edge

    def _between_chrome(self) -> tuple[int, int]:
        """What lies between the chrome at the top and at the bottom of a text without running text.

        The chrome at an end is the longest piece of it that a hit ends and more than half of whose lines rules hit.
        A hit whose line stands elsewhere too, as a refrain does, counts only where nothing but hits lie beyond it.
        """
        hit, keys = self._scan.hit_by_any, self._document.keys
        written = [index for index, blank in enumerate(self._document.blank) if not blank]
        hits = [(hit[index], hit[index] and self._scan.copies[keys[index]] == 1) for index in written]
        above, below = _dense_prefix(hits), _dense_prefix(hits[::-1])
        inner = [index for index in written[above : len(written) - below] if index > self._scan.trail]
        if not inner:
            return len(hit), len(hit) - 1
        return inner[0], inner[-1]

    def _with_last_section(self, first: int, last: int) -> int:
        """The end of the body, moved over a section that its numbering goes on with, as "10. Contact" does.

        What a section says in labels with values is text, although the same lines in a footer are none.
        """
        document = self._document
        for index in range(last + 1, len(document.bounds)):
            if document.blank[index]:
                continue
            form = "" if ends_sentence(document.keys[index]) else section_form(document.keys[index])
            if not form or sum(section_form(key) == form for key in document.keys[first:index]) < _SECTIONS:
                return last
            last = index
            break
        else:
            return last
        signed = False
        for index in range(last + 1, min(last + 1 + _SECTION_LINES, len(document.bounds))):
            labelled = _LABELLED.search(document.keys[index]) is not None
            if document.blank[index] or (self._scan.hit_by_any[index] and not labelled and not signed):
                break
            last, signed = index, labelled  # below an address may stand whose it is
        return last


def trail_of(scan: Scan) -> int:
    """The last line near the top that leads from the home page to the text, as `home > news > town`; -1 without one.

    It is one that a rule hits, and nearly all running text stands below it. O(lines).
    """
    document, found, notices, hits, seen = scan.document, -1, 0, 0, 0
    for index, key in enumerate(document.keys):
        if document.blank[index]:
            continue
        seen += 1
        if seen > _TRAIL_LINES or notices > _TRAIL_NOTICES:
            break
        if document.running[index]:
            notices, hits = notices + 1, 0
        elif scan.hit_by_any[index]:
            hits += 1
            if _TRAIL.match(key) and (not notices or hits > _TRAIL_HITS):
                found = index
    return found if any(not blank for blank in document.blank[found + 1 :]) else -1


def _introduces(key: str) -> bool:
    """Whether a line is a long clause that something follows.

    >>> _introduces("when they came back, the notice at the gate of the old pier read as follows:")
    True
    >>> _introduces("please select one of the options below:")
    False
    """
    return key.endswith(":") and weight_of(key) >= _CLAUSE_WEIGHT


def _dense_prefix(hits: Sequence[tuple[bool, bool]]) -> int:
    """Length of the longest prefix that ends with a hit and more than half of which are hits.

    `hits` says of each line whether it is one, and whether it counts beyond the first line that is none.

    >>> _dense_prefix([(True, True), (False, False), (True, True), (False, False), (False, False)])
    3
    >>> _dense_prefix([(True, False), (False, False), (True, False)])
    1
    """
    longest = found = 0
    for length, (hit, counts) in enumerate(hits, 1):
        found += hit if found == length - 1 else counts
        if hit and found * 2 > length and (counts or found == length):
            longest = length
    return longest
