"""Is a repeated run a pasted copy, or does the text repeat itself? Refrains, templates, tables and quotes stay.

A pasted body is contiguous in both places, is running text, and either stands right beside its copy or is large.
What repeats by nature shows it: the numbers or names in its lines differ, its entries stand under differing dates,
its lines are verse, other text stands between them, or a mark says that one is a quotation. Doubt keeps.
Refuses to choose which copy stays; `repeat` does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from enum import Enum
from functools import cached_property
from itertools import accumulate, pairwise

from scrubber.detect.repeat_align import COUNTERPART_SCORE, Alignment, Lines, Match
from scrubber.text.anchors import MAX_OCCURRENCES
from scrubber.text.code import is_code
from scrubber.text.numerals import numbers, without_numbers

#: Weights are in Latin letters; a Han character, kana or hangul says about as much as three of them.
_DENSE = re.compile("[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff]+")
_DENSE_WEIGHT = 3

#: Running lines of a paragraph weigh this on average; verse, subtitles and hard-wrapped lines weigh less.
PARAGRAPH_WEIGHT = 90

#: A line that is no running text still is prose from this length in code points, or this weight, on.
_PROSE_CHARS = 40
_PROSE_WEIGHT = 75

#: From here on a run is a body wherever its copy stands: lines and weight, of paragraphs and of any prose.
_BODY_LINES, _BODY_WEIGHT = 6, 750
_LONG_BODY_LINES, _LONG_BODY_WEIGHT = 20, 2_000

#: Without running text a run must be so many lines of a document that is made of little else.
_WHOLE_LINES, _WHOLE_BARE_LINES = 8, 12

#: Equal runs under headings that differ are entries of a series, unless they are as long as this.
_ENTRY_LINES, _ENTRY_WEIGHT, _HEADING_CHARS = 12, 3_000, 60

#: So many edited lines of a run are looked at closely, and only up to this length in code points.
_SAMPLED_LINES, _SAMPLED_CHARS = 24, 600

#: Where changes stand closer than this, in code points, they are scattered edits rather than exchanged words.
_CHARS_OF_A_CHANGE = 15
#: In a line with more changes than this, equal ones are chance.
_MOST_CHANGES = 6

#: Numbers are corrected in a copy of which so many lines of prose are equal, and in lines that are so much alike.
_EQUAL_LINES, _CORRECTED_SCORE = 3, 900
#: From this score on two lines differ in no more than a word.
_SLIGHTLY_EDITED = 960
#: A run belongs to an equal heading in both places that stands at most so many lines above it.
_HEADED_WITHIN_LINES, _HEADED_CHARS = 6, 6

#: What only one place has in a gap counts so little when it is asked whether the gap tears the run apart.
_ADDED_COUNTS_ONE_IN = 2

#: Foreign lines that hold at most one part in so many of what a run does are next to none.
_NEXT_TO_NONE_ONE_IN = 12

#: A run is cut into at most so many parts.
_MAX_PARTS = 64

#: Lines that open a quotation, in mail and forums.
_QUOTE_OPENS = re.compile(
    r"^(?:quote from\b|quote:|quoting |originally posted|on .{6,80} wrote:|-+ ?(?:original message|原始邮件)"
    r"|引用:|引用 .{0,40}(?:的话|发表于|发言)|原帖由|回复 ?.{1,30}(?:的帖子|:$))"
    r"|(?:\bwrote|写道|寫道|的原帖|的留言): ?\W{0,2}$"
)
_QUOTE_MARKS = (">", "＞", "|")
_QUOTE_LINES_ABOVE = 6
_QUOTE_CHARS = 120


class Judgement(Enum):
    """What a repeated run is."""

    COPY = "copy"
    DOUBTFUL = "doubtful"  # large enough to be shown, not proved enough to go
    NATURAL = "natural"


def weight_of(text: str) -> int:
    """How much a text says, in Latin letters. O(n).

    >>> weight_of("ferry"), weight_of("渡轮")
    (5, 6)
    """
    if text.isascii():
        return len(text)
    return len(text) + (_DENSE_WEIGHT - 1) * sum(map(len, _DENSE.findall(text)))


class Page:
    """The lines of one text that are not blank, with what is known of each. Sums are made when first asked for."""

    def __init__(
        self,
        lines: Lines,
        texts: Sequence[str],
        running: Sequence[bool],
        chrome: Sequence[bool],
        titles: Collection[int] = (),
    ) -> None:
        self.lines = lines
        self.texts = texts
        self.running = running
        self.chrome = chrome
        #: Lines that may be the title of the text.
        self.titles = titles

    @cached_property
    def occurrences(self) -> Counter[str]:
        """How often each skeleton stands in the text."""
        return Counter(self.lines.skeletons)

    @cached_property
    def weights(self) -> list[int]:
        """Weight of each line; chrome weighs nothing."""
        return [
            0 if chrome else weight_of(skeleton)
            for skeleton, chrome in zip(self.lines.skeletons, self.chrome, strict=True)
        ]

    def is_prose(self, line: int) -> bool:
        """Whether a line is running text, or long, and no code."""
        if is_code(self.texts[line]):
            return False
        return self.running[line] or len(self.lines.keys[line]) >= _PROSE_CHARS or self.weights[line] >= _PROSE_WEIGHT

    @cached_property
    def _unique_prose(self) -> list[int]:
        return self._sums(prose=True)

    @cached_property
    def _unique_other(self) -> list[int]:
        return self._sums(prose=False)

    def _sums(self, prose: bool) -> list[int]:
        """Running sums of the weight of lines that stand in the text once."""
        skeletons = self.lines.skeletons
        own = (
            weight if weight and self.is_prose(line) is prose and self.occurrences[skeletons[line]] == 1 else 0
            for line, weight in enumerate(self.weights)
        )
        return [0, *accumulate(own)]

    @cached_property
    def weight(self) -> int:
        """Weight of the whole text without its chrome."""
        return sum(self.weights)

    def unique(self, begin: int, end: int) -> tuple[int, int]:
        """Weight of the lines from `begin` to before `end` that stand in the text once: prose, and other lines."""
        if end <= begin:
            return 0, 0
        return (
            self._unique_prose[end] - self._unique_prose[begin],
            self._unique_other[end] - self._unique_other[begin],
        )

    def foreign(self, alignment: Alignment, side: int, begin: int, end: int) -> list[int]:
        """Lines from `begin` to before `end` of one place that have nothing to do with the other, chrome aside."""
        known = alignment.known[side]
        return [
            line
            for line in range(begin, end)
            if line not in known and not self.chrome[line] and self.lines.skeletons[line]
        ]


def contiguous_parts(alignment: Alignment, page: Page) -> Iterator[Alignment]:
    """The parts of an alignment that foreign lines do not tear apart.

    A gap is bridged when its foreign lines, in either place, hold fewer characters than the run on each side of it;
    where only one place has foreign lines, which are then an addition to it, they may hold twice as much.
    """
    waiting = [alignment]
    for _ in range(_MAX_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        torn = _widest_tear(part, page)
        if torn is None:
            yield part
            continue
        twins = part.twins
        waiting.append(part.between(twins[torn + 1], twins[-1]))
        waiting.append(part.between(twins[0], twins[torn]))


def _widest_tear(part: Alignment, page: Page) -> int | None:
    """Number of the twin below which a run is torn apart, if it is; the widest such gap."""
    twins, skeletons = part.twins, page.lines.skeletons
    lengths = [len(skeletons[twin.first]) for twin in twins]
    lost = []
    known = part.known
    held = [0] * len(twins)
    for number, (above, below) in enumerate(pairwise(twins)):
        foreign = []
        for side in (0, 1):
            gap = range(above[side] + 1, below[side])
            foreign.append(
                sum(len(skeletons[line]) for line in gap if line not in known[side] and not page.chrome[line])
            )
            covered = sum(len(skeletons[line]) for line in gap if line in known[side])
            held[number] = max(held[number], covered)
        lost.append(max(foreign) if min(foreign) else max(foreign) // _ADDED_COUNTS_ONE_IN)
    total = list(accumulate(length + cover for length, cover in zip(lengths, held, strict=True)))
    torn = [(gap, number) for number, gap in enumerate(lost) if gap > min(total[number], total[-1] - total[number])]
    return max(torn)[1] if torn else None


class Run:
    """One part of an alignment as the judge sees it. Chrome and lines that occur often do not count."""

    def __init__(self, alignment: Alignment, page: Page) -> None:
        self.alignment = alignment
        self.page = page
        counted = [self._counted(0), self._counted(1)]
        self._all_lines = max(sum(map(bool, map(self._weight_of, alignment.accounted[side]))) for side in (0, 1))
        #: The place with more lines is the one to count in: the other may have joined its lines.
        self.side = 0 if len(counted[0]) >= len(counted[1]) else 1
        self.counted = counted[self.side]
        self.weight = (
            min(sum(map(page.weights.__getitem__, lines)) for lines in counted if lines) if self.counted else 0
        )

    def _weight_of(self, line: int) -> int:
        return self.page.weights[line]

    def _counted(self, side: int) -> list[int]:
        page, seen = self.page, set()
        lines = []
        for line in sorted(self.alignment.accounted[side]):
            skeleton = page.lines.skeletons[line]
            if skeleton in seen or page.chrome[line] or page.occurrences[skeleton] > MAX_OCCURRENCES:
                continue
            seen.add(skeleton)
            if skeleton:
                lines.append(line)
        return lines

    @property
    def chars(self) -> int:
        """Code points of the counted lines."""
        return sum(len(self.page.lines.keys[line]) for line in self.counted)

    def judge(self, min_lines: int, min_chars: int) -> Judgement:
        """Whether the run is a copy. Linear in its lines."""
        page, regions = self.page, self.alignment.regions
        lines = len(self.counted)
        chars = self.chars + sum(len(page.lines.keys[line]) for line in self._corrected)
        if lines + self._headed_alike() < min_lines or chars < min_chars or lines * 3 < self._all_lines * 2:
            return Judgement.NATURAL
        if not self._contiguous() or self._quoted() or self._varies():
            return Judgement.NATURAL
        (begin, first_end), (second_begin, _) = regions
        gap_prose, gap_other = page.unique(first_end + 1, second_begin)
        beside = gap_prose * 4 <= self.weight and gap_other * 2 <= self.weight
        touching = (gap_prose + gap_other) * 8 <= self.weight
        prose_before = page.unique(0, begin)[0]
        opens = prose_before * 4 <= self.weight
        whole = beside and self.weight * 8 >= page.weight * 3 and lines >= _WHOLE_LINES
        running = [line for line in self.counted if page.running[line]]
        running_weight = sum(page.weights[line] for line in running)
        prose_weight = sum(page.weights[line] for line in self.counted if page.is_prose(line))
        counted_weight = sum(page.weights[line] for line in self.counted)
        written = running_weight + sum(map(self._weight_of, self._corrected))
        in_paragraphs = bool(running) and written >= PARAGRAPH_WEIGHT * (len(running) + len(self._corrected))
        large = (lines >= _BODY_LINES and self.weight >= _BODY_WEIGHT and in_paragraphs) or (
            lines >= _LONG_BODY_LINES and self.weight >= _LONG_BODY_WEIGHT
        )
        placed = (
            (beside and in_paragraphs and prose_before <= self.weight)
            or (touching and in_paragraphs and lines >= _WHOLE_LINES)
            or (touching and opens and running_weight * 4 >= counted_weight * 3)
            or (in_paragraphs and self.weight * 3 >= page.weight)
            or large
            or whole
            or (in_paragraphs and len(running) >= _EQUAL_LINES and self._titled())
        )
        prose = len(running) >= 2 and prose_weight * 2 >= counted_weight
        bare = whole and lines >= _WHOLE_BARE_LINES and not self._in_rows() and not self._is_code()
        proved = (placed and prose) or bare
        if proved and not self._in_series() and not self._loose() and (self._mostly_equal() or large or bare):
            return Judgement.COPY
        shown = (placed or bare) and lines >= 2 * min_lines and self.chars >= 2 * min_chars
        return Judgement.DOUBTFUL if shown else Judgement.NATURAL

    @cached_property
    def _corrected(self) -> list[int]:
        """Running lines that stay, being the same but for a number: they show of what kind the run is."""
        return [
            match.first
            for match in self.alignment.matches
            if not match.twin and match.score >= _CORRECTED_SCORE and self.page.running[match.first]
        ]

    def _titled(self) -> bool:
        """Whether the run begins with the title of the text, which both places have: there the page begins again."""
        return any(twin.score == 1000 and twin.first in self.page.titles for twin in self.alignment.twins[:1])

    def _headed_alike(self) -> bool:
        """Whether the same line stands shortly above both places, as a title with other bylines below it does."""
        page = self.page
        above = [
            {
                page.lines.skeletons[line]
                for line in range(max(0, begin - _HEADED_WITHIN_LINES), begin)
                if not page.chrome[line] and len(page.lines.skeletons[line]) >= _HEADED_CHARS
            }
            for begin, _ in self.alignment.regions
        ]
        return not above[0].isdisjoint(above[1])

    def _contiguous(self) -> bool:
        """Whether foreign lines hold at most half as much as the run in one place, and a third in the other.

        Where the other has next to none they are additions, and may hold three quarters as much. Nor may they stand in more than a third of the gaps between its lines, as verses between refrains do.
        """
        shares = []
        for side in (0, 1):
            begin, last = self.alignment.regions[side]
            foreign = self.page.foreign(self.alignment, side, begin, last + 1)
            shares.append(sum(self.page.weights[line] for line in foreign) + self._surplus(side))
            breaks = sum(line - 1 not in foreign for line in foreign)
            if breaks * 3 > len(self.counted) + len(self._corrected):
                return False
        weight = self.weight + sum(map(self._weight_of, self._corrected))
        if min(shares) * _NEXT_TO_NONE_ONE_IN <= weight:
            return max(shares) * 4 <= weight * 3
        return max(shares) * 2 <= weight and min(shares) * 3 <= weight

    def _surplus(self, side: int) -> int:
        """What lines that hold shorter lines of the other place hold beside them, by weight."""
        weights = self.page.weights
        holding = self.alignment.partners[side] - self.alignment.accounted[side]
        held = sum(weights[cover.line] for cover in self.alignment.covers if cover.side != side)
        return max(0, sum(weights[line] for line in holding) - held)

    def _mostly_equal(self) -> bool:
        """Whether half of the run by weight is the same but for a word."""
        twins = self.alignment.twins
        edited = sum(self.page.weights[twin.first] for twin in twins if twin.score < _SLIGHTLY_EDITED)
        return edited * 2 <= self.weight

    def _loose(self) -> bool:
        """Whether a third of the lines are counterparts only: a cut would leave a copy in tatters."""
        matches = self.alignment.matches
        return (len(matches) - len(self.alignment.twins)) * 3 > len(matches)

    def _quoted(self) -> bool:
        """Whether one place is marked as a quotation of the other. A mark that both have is part of the text."""
        page = self.page
        for side in (0, 1):
            begin, last = self.alignment.regions[side]
            own = self.alignment.accounted[side]
            for line in range(max(0, begin - _QUOTE_LINES_ABOVE), last + 1):
                key = page.lines.keys[line]
                if line not in own and len(key) <= _QUOTE_CHARS and _QUOTE_OPENS.search(key):
                    return True
        marked = [
            sum(page.texts[line].lstrip().startswith(_QUOTE_MARKS) for line in self.alignment.accounted[side])
            for side in (0, 1)
        ]
        return max(marked) * 2 >= len(self.counted) and marked[0] != marked[1]

    def _is_corrected(self, numbered: Sequence[Match]) -> bool:
        """Whether numbers look corrected rather than filled in.

        Then about half of the prose is equal but for a word, and the lines with other numbers are too but for these.
        """
        page = self.page
        equal = [
            match.first
            for match in self.alignment.twins
            if match.score >= _SLIGHTLY_EDITED and page.is_prose(match.first)
        ]
        prose = [match for match in numbered if page.is_prose(match.first)]
        equal_weight = sum(page.weights[line] for line in equal)
        numbered_weight = sum(page.weights[match.first] for match in prose)
        return (
            len(equal) >= _EQUAL_LINES
            and equal_weight * 4 >= numbered_weight * 3
            and all(match.score >= _CORRECTED_SCORE for match in prose)
        )

    def _varies(self) -> bool:
        """Whether the lines are one template filled in twice: numbers, names or words differ by system."""
        page = self.page
        pairs = [
            match
            for match in self.alignment.matches
            if not page.chrome[match.first] and len(page.lines.skeletons[match.first]) >= 2
        ]
        unequal = [match for match in pairs if match.twin and match.score < 1000]
        numbered = [
            match for match in pairs if not match.twin and not page.lines.same_numbers(match.first, match.second)
        ]
        headings = [match for match in numbered if not page.running[match.first] and self._only_numbers(match)]
        if len(headings) >= 2 and len(headings) * 10 >= len(pairs):
            return True
        one_in = 2 if self._is_corrected(numbered) else 4
        if numbered and len(numbered) * one_in >= len(pairs):
            return True
        return self._names_differ(unequal, len(pairs))

    def _only_numbers(self, match: Match) -> bool:
        keys = self.page.lines.keys
        return without_numbers(keys[match.first]) == without_numbers(keys[match.second])

    def _names_differ(self, unequal: Sequence[Match], pairs: int) -> bool:
        """Whether words are exchanged in a third of all lines, or the same words in several lines.

        Scattered edits of single characters, as bad scans and typing make them, are no sign of it.
        """
        step = -(-len(unequal) // _SAMPLED_LINES) or 1
        sampled = [
            match
            for match in unequal[::step]
            if max(len(self.page.lines.skeletons[line]) for line in match[:2]) <= _SAMPLED_CHARS
        ]
        if not sampled:
            return False
        from scrubber.text.sketch import differing_spans

        exchanging = 0
        exchanges: Counter[tuple[str, str]] = Counter()
        for match in sampled:
            one, other = (self.page.lines.skeletons[line] for line in match[:2])
            spans = differing_spans(one, other)
            pieces = [(one[a:b], other[c:d]) for (a, b), (c, d) in spans if a < b and c < d]
            words = [(mine, theirs) for mine, theirs in pieces if not numbers(mine) or numbers(mine) != numbers(theirs)]
            if len(spans) * _CHARS_OF_A_CHANGE > len(one):
                continue
            exchanging += sum(max(map(len, word)) >= 2 for word in words) * 2 >= len(spans)
            if len(spans) <= _MOST_CHANGES:
                exchanges.update(set(words))
        if exchanging * len(unequal) * 3 >= pairs * len(sampled):
            return True
        for (one, other), count in exchanges.items():
            least = 2 if max(len(one), len(other)) >= 2 else 3
            if count >= least and count * 4 >= len(sampled) and count * step * 8 >= pairs:
                return True
        return False

    def _in_rows(self) -> bool:
        """Whether every other line looks like the one above it, as the rows of a table do."""
        step = -(-len(self.counted) // _SAMPLED_LINES)
        sampled = list(pairwise(self.counted))[::step]
        alike = sum(self.page.lines.score(above, line) >= COUNTERPART_SCORE for above, line in sampled)
        return alike * 2 >= len(sampled)

    def _is_code(self) -> bool:
        """Whether most lines look like those of a program or of data."""
        return sum(is_code(self.page.texts[line]) for line in self.counted) * 2 >= len(self.counted)

    def _in_series(self) -> bool:
        """Whether the two places are entries of a series: short runs right below headings of one form that differ."""
        if len(self.counted) >= _ENTRY_LINES and self.weight >= _ENTRY_WEIGHT:
            return False
        above = [self._heading(side) for side in (0, 1)]
        if above[0] is None or above[1] is None or above[0] == above[1]:
            return False
        one, other = (self.page.lines.keys[line] for line in above if line is not None)
        if self.page.lines.numbers(above[0]) != self.page.lines.numbers(above[1]):
            return without_numbers(one) == without_numbers(other)
        return one != other and _shared_ends(one, other) * 2 >= max(len(one), len(other))

    def _heading(self, side: int) -> int | None:
        """The short line right above the twins of one place, chrome passed over, unless it is one of the others."""
        accounted = self.alignment.accounted
        line = min(accounted[side], default=0) - 1
        while line >= 0 and self.page.chrome[line]:
            line -= 1
        if line < 0 or self.page.running[line] or len(self.page.lines.keys[line]) > _HEADING_CHARS:
            return None
        return None if line in accounted[1 - side] else line


def _shared_ends(one: str, other: str) -> int:
    """How many characters two different lines share at their begin and at their end."""
    shortest = min(len(one), len(other))
    head = next((place for place in range(shortest) if one[place] != other[place]), shortest)
    rest = shortest - head
    tail = next((place for place in range(rest) if one[-1 - place] != other[-1 - place]), rest)
    return head + tail
