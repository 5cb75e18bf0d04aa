"""Which words of many stand in which lines of a text.

A `Vocabulary` says for each word which patterns need it. A `WordFinder` looks for the words of all patterns in force:
in short texts from what stands at each place, which needs no preparation and opens no more of a vocabulary than the text
comes near to; in much text by one pass of an Aho-Corasick automaton (https://doi.org/10.1145/360825.360855), which takes a
while to build. Both find the same.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from operator import attrgetter
from typing import Any, NamedTuple

from scrubber.rules.literals import DIGIT, LINE_END
from scrubber.rules.regex import plain_digits

#: Words are grouped by so many characters at their beginning; shorter ones are groups of their own.
GROUP_CHARS = 3
#: Words are looked for in so many bytes at a time.
WINDOW_BYTES = 1 << 16
#: From so many code points of text on, in all and for each megabyte of vocabulary, building the automaton pays.
LOOKED_UP_CHARS = 100_000

#: Behind each text of a group: a byte that UTF-8 has no use for.
SEPARATOR = b"\xff"
_SEPARATOR_READ = SEPARATOR.decode("utf-8", "surrogateescape")

_DIGITS = "123456789" + DIGIT
_ALIKE = str.maketrans(dict.fromkeys(_DIGITS, "0"))
_ALIKE_BYTES = bytes.maketrans(_DIGITS.encode(), b"0" * len(_DIGITS))
_LINE_ENDS = re.compile(LINE_END)


class Vocabulary(NamedTuple):
    """Words in which all digits are 0, and who needs them.

    A group holds for each word three texts: the word; the same with its digits, where they must be those, else nothing;
    and the numbers of those who need it, with spaces between them. All groups stand in a row as one text, for tens of
    thousands of small ones take longer to read, and few are ever opened.
    """

    #: In UTF-8, with a `SEPARATOR` behind each text.
    joined: bytes
    #: Where each group begins and ends in it.
    groups: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, words: Iterable[Iterable[str]]) -> Vocabulary:
        """The vocabulary of patterns, given the words of each; numbers are their places. O(words)."""
        needed: dict[str, list[int]] = {}
        for number, own in enumerate(words):
            for word in own:
                needed.setdefault(word, []).append(number)
        groups: dict[str, list[str]] = {}
        for word, numbers in needed.items():
            searched = plain_digits(word).translate(_ALIKE)
            exactly = word if "0" in searched and DIGIT not in word else ""
            groups.setdefault(searched[:GROUP_CHARS], []).extend((searched, exactly, " ".join(map(str, numbers))))
        texts = [b"".join(part.encode("utf-8", "surrogatepass") + SEPARATOR for part in own) for own in groups.values()]
        return cls.laid_out(b"".join(texts), groups, map(len, texts))

    @classmethod
    def laid_out(cls, joined: bytes, keys: Iterable[str], lengths: Iterable[int]) -> Vocabulary:
        """The vocabulary whose groups stand one behind the other. Raises `ValueError` where they do not fit."""
        ends = list(accumulate(lengths, initial=0))
        if ends[-1] != len(joined):
            raise ValueError("the groups do not fill their text")
        return cls(joined, dict(zip(keys, pairwise(ends), strict=True)))

    def group(self, key: str) -> Iterator[tuple[str, str, str]]:
        """Each word of a group with its own digits, if it must have them, and who needs it."""
        begin, end = self.groups.get(key, (0, 0))
        # One text is decoded faster than its parts; what is no UTF-8 is in no text that is searched, either way.
        parts = self.joined[begin:end].decode("utf-8", "surrogateescape").split(_SEPARATOR_READ)
        return zip(parts[::3], parts[1::3], parts[2::3], strict=False)


class Source(NamedTuple):
    """A vocabulary, and what its numbers stand for; numbers that stand for nothing are in no rule in force.

    Each form has `limit_chars`, the length of the longest line, in code points, that it is asked about.
    """

    vocabulary: Vocabulary
    forms: Mapping[int, Sequence[Any]]


class _Asked(NamedTuple):
    """Forms to ask where a word stands, those for the longest lines first.

    `digits` is the word itself if it must have its digits, else empty.
    """

    digits: str
    forms: tuple[Any, ...]


class _Opened(NamedTuple):
    """A group of one vocabulary: the lengths of its words, and each word with its own digits and who needs it, unread."""

    forms: Mapping[int, Sequence[Any]]
    lengths: Sequence[int]
    words: Mapping[str, Sequence[tuple[str, str]]]
    #: What was read of it.
    read: dict[str, list[_Asked]]

    def asked(self, word: str) -> list[_Asked]:
        """The forms in force that need a word of the group. O(those that need it), once."""
        found = self.read.get(word)
        if found is None:
            found = self.read[word] = [
                _Asked(digits, own) for digits, numbers in self.words[word] if (own := _forms_of(numbers, self.forms))
            ]
        return found


class WordFinder:
    """Looks for the words of some vocabularies. What it has looked up it remembers."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources
        self._keys = {key for source in sources for key in source.vocabulary.groups}
        self._key_lengths = sorted(set(map(len, self._keys)))
        self._looked_up_chars = 0
        self._most_looked_up_chars = LOOKED_UP_CHARS * sum(len(source.vocabulary.joined) for source in sources) // 10**6
        #: Groups that were opened.
        self._opened: dict[str, list[_Opened]] = {}
        self._automaton: Any = None
        self._words: list[tuple[_Asked, ...]] = []
        self._longest_word_bytes = 0

    def find(self, searched: str, certain: bool, chars: Sequence[int]) -> Iterator[tuple[int, Sequence[Any]]]:
        """Lines in which words stand, with the forms that need them; a line may come more than once.

        `searched` is casefolded, with a line end between lines, and with all decimal digits as ASCII ones; it is
        `certain` if they were before. `chars` are the lengths of the lines by which forms are limited: some of those that
        come are limited to shorter ones, and then stand behind the others. O(code points + words found).
        """
        text = LINE_END + searched + LINE_END
        self._looked_up_chars += len(text)
        if self._automaton is None and self._looked_up_chars <= self._most_looked_up_chars:
            return self._look_up(text, certain, chars)
        if self._automaton is None:
            self._build()
        return self._pass_over(text.encode(), certain, chars)

    def _look_up(self, text: str, certain: bool, chars: Sequence[int]) -> Iterator[tuple[int, Sequence[Any]]]:
        """The same from the groups whose beginnings stand in the text."""
        alike = text.translate(_ALIKE)
        line_ends = [found.start() for found in _LINE_ENDS.finditer(alike)][:-1]
        keys = self._keys
        begin: dict[str, list[int]] = {}
        for length in self._key_lengths:
            for place in range(len(alike) - length + 1):
                key = alike[place : place + length]
                if key in keys:
                    begin.setdefault(key, []).append(place)
        for key, places in begin.items():
            for group in self._groups_of(key):
                words = group.words
                for place in places:
                    for length in group.lengths:
                        word = alike[place : place + length]
                        if word not in words:
                            continue
                        line = bisect_right(line_ends, place) - 1
                        for digits, forms in group.asked(word):
                            if forms[0].limit_chars < chars[line]:
                                continue
                            if not digits or not certain or text[place : place + length] == digits:
                                yield line, forms

    def _pass_over(self, text: bytes, certain: bool, chars: Sequence[int]) -> Iterator[tuple[int, Sequence[Any]]]:
        """The same from one pass of the automaton. Window by window, or the matches might fill the memory."""
        # Where the line end before each line stands; a word belongs to the line whose end is the last one up to it.
        places = list(accumulate((len(line) + 1 for line in text.split(b"\n")[1:-2]), initial=0))
        alike = text.translate(_ALIKE_BYTES)
        for begin in range(0, len(alike), WINDOW_BYTES):
            window = alike[begin : begin + WINDOW_BYTES + self._longest_word_bytes]
            for word, start, end in self._automaton.find_matches_as_indexes(window, overlapping=True):
                if start >= WINDOW_BYTES:
                    continue
                line = bisect_right(places, begin + start) - 1
                own_chars = chars[line]
                for digits, forms in self._words[word]:
                    if forms[0].limit_chars < own_chars:
                        continue
                    if not digits or not certain or text[begin + start : begin + end].decode() == digits:
                        yield line, forms

    def _groups_of(self, key: str) -> list[_Opened]:
        """The words that begin so, of each vocabulary that has some."""
        opened = self._opened.get(key)
        if opened is None:
            opened = self._opened[key] = [
                _open(vocabulary, key, forms) for vocabulary, forms in self._sources if key in vocabulary.groups
            ]
        return opened

    def _build(self) -> None:
        import ahocorasick_rs

        asked: dict[str, list[_Asked]] = {}
        for key in self._keys:
            for group in self._groups_of(key):
                for word in group.words:
                    if found := group.asked(word):
                        asked.setdefault(word, []).extend(found)
        wanted = sorted(asked)
        self._words = [tuple(asked[word]) for word in wanted]
        encoded = [word.encode() for word in wanted]
        self._longest_word_bytes = max(map(len, encoded), default=0)
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            encoded, implementation=ahocorasick_rs.Implementation.ContiguousNFA
        )
        # Nothing is looked up any more.
        self._opened, self._sources, self._keys = {}, (), set()


def _open(vocabulary: Vocabulary, key: str, forms: Mapping[int, Sequence[Any]]) -> _Opened:
    rows = list(vocabulary.group(key))
    words: dict[str, Sequence[tuple[str, str]]] = {word: ((digits, numbers),) for word, digits, numbers in rows}
    if len(words) < len(rows):  # a word with these digits, and with others
        words = {word: [row[1:] for row in rows if row[0] == word] for word in words}
    return _Opened(forms, sorted(set(map(len, words))), words, {})


def _forms_of(numbers: str, forms: Mapping[int, Sequence[Any]]) -> tuple[Any, ...]:
    """The forms in force among those that some numbers stand for, those for the longest lines first."""
    found = [form for number in numbers.split() if number.isdecimal() for form in forms.get(int(number), ())]
    return tuple(sorted(found, key=attrgetter("limit_chars"), reverse=True))
