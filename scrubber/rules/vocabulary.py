"""Which words of many stand in which lines of a text.

A `Vocabulary` says for each word which patterns need it. A `WordFinder` looks for the words of all patterns in force:
in short texts by looking up their pieces, which needs no preparation; in much text by one pass of an Aho-Corasick
automaton (https://doi.org/10.1145/360825.360855), which takes a while to build. Both find the same.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from scrubber.rules.literals import DIGIT, LINE_END
from scrubber.rules.regex import plain_digits

#: Words are looked for in so many bytes at a time.
WINDOW_BYTES = 1 << 16
#: From so many code points of text on, in all, building the automaton pays.
LOOKED_UP_CHARS = 60_000

_DIGITS = "123456789" + DIGIT
_ALIKE = str.maketrans(dict.fromkeys(_DIGITS, "0"))
_ALIKE_BYTES = bytes.maketrans(_DIGITS.encode(), b"0" * len(_DIGITS))
_LINE_ENDS = re.compile(LINE_END)


class Vocabulary(NamedTuple):
    """Words in which all digits are 0, and who needs them: numbers, written with spaces between them."""

    plain: Mapping[str, str]
    #: Words with digits: who needs them with any digits (`None`), and who with the very digits of a word.
    digits: Mapping[str, Sequence[tuple[str | None, str]]]

    @classmethod
    def of(cls, words: Iterable[Iterable[str]]) -> Vocabulary:
        """The vocabulary of patterns, given the words of each; numbers are their places. O(words)."""
        needed: dict[str, list[int]] = {}
        for number, own in enumerate(words):
            for word in own:
                needed.setdefault(word, []).append(number)
        plain: dict[str, str] = {}
        digits: dict[str, list[tuple[str | None, str]]] = {}
        for word, numbers in needed.items():
            searched = plain_digits(word).translate(_ALIKE)
            who = " ".join(map(str, numbers))
            if "0" in searched:
                digits.setdefault(searched, []).append((None if DIGIT in word else word, who))
            else:
                plain[searched] = who
        return cls(plain, digits)

    def needed(self, searched: str) -> Sequence[tuple[str | None, str]]:
        """Who needs a word, by the digits that it must have, if any."""
        who = self.plain.get(searched)
        return self.digits.get(searched, ()) if who is None else ((None, who),)


class Source(NamedTuple):
    """A vocabulary, and what its numbers stand for; numbers that stand for nothing are in no rule in force."""

    vocabulary: Vocabulary
    forms: Mapping[int, Sequence[Any]]


class _Asked(NamedTuple):
    """Forms to ask where a word stands. `digits` is the word itself if it holds certain digits."""

    digits: str | None
    forms: list[Any]


class WordFinder:
    """Looks for the words of some vocabularies. What it has looked up it remembers."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources
        self._lengths: Collection[int] | None = None
        self._looked_up_chars = 0
        self._asked: dict[str, tuple[_Asked, ...]] = {}
        self._automaton: Any = None
        self._words: list[tuple[_Asked, ...]] = []
        self._longest_word_bytes = 0

    def find(self, searched: str, certain: bool) -> Iterator[tuple[int, Sequence[Any]]]:
        """Lines in which words stand, with the forms that need them; a line may come more than once.

        `searched` is casefolded, with a line end between lines, and with all decimal digits as ASCII ones; it is
        `certain` if they were before. O(code points + words found).
        """
        text = LINE_END + searched + LINE_END
        self._looked_up_chars += len(text)
        if self._automaton is None and self._looked_up_chars <= LOOKED_UP_CHARS:
            return self._look_up(text, certain)
        if self._automaton is None:
            self._build()
        return self._pass_over(text.encode(), certain)

    def _look_up(self, text: str, certain: bool) -> Iterator[tuple[int, Sequence[Any]]]:
        """The same from the pieces of the text that have the length of some word."""
        if self._lengths is None:
            words = (words for source in self._sources for words in source.vocabulary)
            self._lengths = sorted({len(word) for some in words for word in some})
        alike = text.translate(_ALIKE)
        places = [found.start() for found in _LINE_ENDS.finditer(alike)][:-1]
        tables: list[Mapping[str, object]] = [words for source in self._sources for words in source.vocabulary if words]
        for length in self._lengths:
            pieces = {alike[place : place + length] for place in range(len(alike) - length + 1)}
            for word in sorted(set().union(*(words.keys() & pieces for words in tables))):
                asked = self._who(word)
                place = alike.find(word) if asked else -1
                while place >= 0:
                    line = bisect_right(places, place) - 1
                    for digits, forms in asked:
                        if digits is None or not certain or text[place : place + length] == digits:
                            yield line, forms
                    place = alike.find(word, place + 1)

    def _pass_over(self, text: bytes, certain: bool) -> Iterator[tuple[int, Sequence[Any]]]:
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
                for digits, forms in self._words[word]:
                    if digits is None or not certain or text[begin + start : begin + end].decode() == digits:
                        yield line, forms

    def _who(self, searched: str) -> tuple[_Asked, ...]:
        """The forms in force that need a word."""
        found = self._asked.get(searched)
        if found is None:
            by_digits: dict[str | None, list[Any]] = {}
            for vocabulary, forms in self._sources:
                for digits, numbers in vocabulary.needed(searched):
                    own = [form for number in numbers.split() for form in forms.get(int(number), ())]
                    if own:
                        by_digits.setdefault(digits, []).extend(own)
            found = self._asked[searched] = tuple(_Asked(digits, own) for digits, own in by_digits.items())
        return found

    def _build(self) -> None:
        import ahocorasick_rs

        words = {word for source in self._sources for table in source.vocabulary for word in table}
        wanted = sorted(word for word in words if self._who(word))
        self._words = [self._who(word) for word in wanted]
        encoded = [word.encode() for word in wanted]
        self._longest_word_bytes = max(map(len, encoded), default=0)
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            encoded, implementation=ahocorasick_rs.Implementation.ContiguousNFA
        )
