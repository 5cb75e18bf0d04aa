"""The patterns of all matchers with one way of folding, asked for all lines of a text at once.

Three steps, each of which leaves little for the next one: one pass over the lines finds the words that patterns need
(`literals.py`, `vocabulary.py`), a pattern whose words are there is asked alone, and patterns without such
words stand together in one `re2.Set`. `equals` forms are hash look-ups. A pattern is compiled when it is first asked,
so a run pays for the patterns that its documents come near to. Refuses to know rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from scrubber.errors import RuleBudgetError
from scrubber.rules.keys import Match
from scrubber.rules.literals import DIGIT, LINE_END
from scrubber.rules.prepared import Prepared, prepared
from scrubber.rules.regex import fold_plain, plain_digits, re2_options, searching
from scrubber.rules.vocabulary import Source, Vocabulary, WordFinder
from scrubber.text.wording import Wording

#: Longer lines are not asked for by the set of patterns without words, but by each of them alone, if its rule may act
#: on so long a line at all: few may, and a set remembers the states of the text that it has seen.
LONG_LINE_CHARS = 400
#: From so many lines on, compiling the set pays: until then each of its patterns is asked alone.
ALONE_LINES = 200

#: A pattern that any line of some length matches.
_LENGTH = re.compile(r"\^\.\{(\d{1,4}),(\d{1,4})\}\$")
_LONGEST_LENGTH = len("^.{1000,1000}$")


class _Form(NamedTuple):
    """One pattern of one matcher. Thousands of them are made for every run."""

    #: The smaller one of the two lengths below: a line that is longer in both ways of counting is not asked about.
    limit_chars: int
    #: Its place among the forms with its way of folding.
    number: int
    matcher: int
    pattern: str | bytes
    #: One of these stands in each line that matches; if there are none the form must be asked for every line.
    words: tuple[str, ...]
    #: Longest line, in code points as written, ends trimmed, on which a hit can matter.
    reach_chars: int
    #: Longest line, in code points as compared, that can match.
    most_chars: int
    #: The matcher without whose hit on the line this one need not be asked, or -1.
    guard: int
    #: Where one of the words stands the form matches.
    enough: bool


def _length_asked(pattern: str | bytes) -> tuple[int, int] | None:
    """The least and the greatest length of a line that a pattern asks for, if it asks for nothing else."""
    if len(pattern) > _LONGEST_LENGTH:
        return None
    found = _LENGTH.fullmatch(pattern if isinstance(pattern, str) else pattern.decode())
    return None if found is None else (int(found[1]), int(found[2]))


class Late(NamedTuple):
    """A matcher that is asked about single lines, when somebody wants to know.

    What equals a line, and patterns, each with the longest line as compared that it can match. `reach_chars` is the longest
    line, as written, on which a pattern's hit can matter.
    """

    equals: frozenset[str]
    patterns: tuple[tuple[str | bytes, int], ...]
    reach_chars: int


class _Batch(NamedTuple):
    """Lines as the forms of one way of folding see them."""

    keys: Sequence[str]
    #: The same lines in UTF-8, which is what RE2 reads.
    encoded: Sequence[bytes]
    #: Lengths in code points as written, ends trimmed.
    chars: Sequence[int]
    #: The matchers that hit each line.
    found: list[set[int]]


class Forms:
    """Forms that see lines in one way of folding."""

    def __init__(self, fold_mode: str, budget_bytes: int) -> None:
        self._fold_mode = fold_mode
        self._budget_bytes = budget_bytes
        self.equals: dict[str, tuple[int, ...]] = {}
        self._count = 0
        #: Forms with words.
        self._worded: list[_Form] = []
        #: Forms whose words a vocabulary knows, by their number there.
        self._known: list[tuple[Vocabulary, dict[int, list[_Form]]]] = []
        #: Forms without, asked for every line.
        self._bare: list[_Form] = []
        #: Forms that say how long a line is, and nothing else, with the least and the greatest length.
        self._lengths: list[tuple[int, int, _Form]] = []
        #: Forms without that are asked only where another matcher hits.
        self._guarded: dict[int, list[_Form]] = {}
        self._finder: WordFinder | None = None
        self._set: Any = None
        self._bare_lines = 0
        self._searches: dict[str | bytes, Callable[[bytes], bool]] = {}
        #: No form is asked about a longer line, in code points as written, ends trimmed.
        self._reach_chars = 0

    def __bool__(self) -> bool:
        return bool(self.equals or self._worded or self._known or self._bare or self._lengths or self._guarded)

    def add(self, matcher: int, match: Match, reach_chars: int, guard: int) -> None:
        """Add the forms of a matcher. `guard`: the matcher without whose hit it need not be asked, or -1."""
        for form in match.equals:
            key = fold_plain(form, self._fold_mode)
            self.equals[key] = (*self.equals.get(key, ()), matcher)
        for known in self._prepared(match):
            self._put(matcher, known, reach_chars, guard)

    def late(self, match: Match, reach_chars: int) -> Late:
        """The forms of a matcher that is not asked with the others."""
        equals = frozenset(fold_plain(form, self._fold_mode) for form in match.equals)
        return Late(equals, tuple((known.pattern, known.most_chars) for known in self._prepared(match)), reach_chars)

    def hits(self, late: Late, key: str, chars: int) -> bool:
        """Whether a matcher hits one line, given as it is compared and with its length as written. O(its forms)."""
        if key in late.equals:
            return True
        text = key.encode()
        return chars <= late.reach_chars and any(
            len(key) <= most_chars and self._search(pattern)(text) for pattern, most_chars in late.patterns
        )

    def _prepared(self, match: Match) -> Iterator[Prepared]:
        """All forms of a matcher but those that whole lines equal."""
        for name, start, end in (("starts", "^", ""), ("ends", "", "$"), ("contains", "", "")):
            for text in getattr(match, name):
                yield self._plain(start, fold_plain(text, self._fold_mode), end)
        for regex in match.regex:
            yield prepared(regex, self._fold_mode)

    def add_wording(self, matcher: int, wording: Wording, reach_chars: int) -> None:
        """Add a matcher that hits lines which may hold a wording; whoever asks tests them closely."""
        marks = wording.marks()
        for mark in marks:
            self._put(matcher, self._plain("", mark, ""), reach_chars, -1)
        if not marks:
            self._put(matcher, self._plain("", "", ""), reach_chars, -1)

    def _plain(self, start: str, text: str, end: str) -> Prepared:
        """The form of a text that stands at the start, at the end or anywhere. It is its own word."""
        import re2

        word = (LINE_END if start else "") + text.casefold() + (LINE_END if end else "")
        words = (word,) if text and DIGIT not in text else ()
        return Prepared(start + re2.escape(text) + end, words, self._fold_mode == "loose")

    def _put(self, matcher: int, known: Prepared, reach_chars: int, guard: int) -> None:
        pattern, words, enough, most_chars, *_ = known
        limit_chars = min(reach_chars, most_chars)
        form = _Form(limit_chars, self._count, matcher, pattern, words, reach_chars, most_chars, guard, enough)
        self._count += 1
        self._reach_chars = max(self._reach_chars, reach_chars)
        length = _length_asked(pattern) if guard < 0 else None
        if length is not None:
            self._lengths.append((*length, form))
        elif known.vocabulary is not None:
            self._numbered(known.vocabulary).setdefault(known.number, []).append(form)
        elif form.words:
            self._worded.append(form)
        else:
            (self._bare if form.guard < 0 else self._guarded.setdefault(form.guard, [])).append(form)

    def _numbered(self, vocabulary: Vocabulary) -> dict[int, list[_Form]]:
        for known, forms in self._known:
            if known is vocabulary:
                return forms
        self._known.append((vocabulary, {}))
        return self._known[-1][1]

    def matchers(self, keys: Sequence[str], chars: Sequence[int]) -> list[set[int]]:
        """For each line, given as it is compared and with its length as written, the matchers that hit it."""
        found = [set(self.equals.get(key, ())) for key in keys]
        near = [line for line, length in enumerate(chars) if length <= self._reach_chars]
        if len(near) == len(keys):
            self._ask(keys, chars, found)
        elif near:
            self._ask([keys[line] for line in near], [chars[line] for line in near], [found[line] for line in near])
        return found

    def _ask(self, keys: Sequence[str], chars: Sequence[int], found: list[set[int]]) -> None:
        """Add to `found` what the forms hit that are no hash look-ups."""
        joined = LINE_END.join(keys)
        batch = _Batch(keys, joined.encode().split(b"\n"), chars, found)
        waiting: list[tuple[int, _Form]] = []
        if self._worded or self._known:
            self._meet_words(batch, joined, waiting)
        for least, most, form in self._lengths:
            for hits, key, length in zip(found, keys, chars, strict=True):
                if least <= len(key) <= most and length <= form.reach_chars:
                    hits.add(form.matcher)
        if self._bare:
            for line, hits in enumerate(batch.found):
                hits.update(self._bare_hits(batch, line))
        if self._guarded:
            guards = self._guarded.keys()
            for line, hits in enumerate(batch.found):
                for guard in hits & guards:
                    waiting += [(line, form) for form in self._guarded[guard]]
        for line, form in waiting:
            hits = batch.found[line]
            if form.guard in hits and form.matcher not in hits and self._matches(form, batch, line):
                hits.add(form.matcher)

    def _meet_words(self, batch: _Batch, joined: str, waiting: list[tuple[int, _Form]]) -> None:
        """Look for all words in all lines, and ask the forms whose words are there. What has a guard must wait."""
        if self._finder is None:
            own = Source(
                Vocabulary.of(form.words for form in self._worded),
                {number: [form] for number, form in enumerate(self._worded)},
            )
            self._finder = WordFinder([own, *(Source(*known) for known in self._known)])
        casefolded = joined if self._fold_mode == "loose" else joined.casefold()
        searched = plain_digits(casefolded)
        certain = searched is casefolded
        found, encoded, sizes, chars = batch.found, batch.encoded, list(map(len, batch.keys)), batch.chars
        shorter = list(map(min, sizes, chars))
        searches = self._searches
        asked = [-1] * self._count
        for line, forms in self._finder.find(searched, certain, shorter):
            hits, own_chars, size, short = found[line], chars[line], sizes[line], shorter[line]
            for form in forms:
                limit_chars, number, matcher, pattern, _, reach_chars, most_chars, guard, enough = form
                if short > limit_chars:
                    break  # and so it is for all that follow
                if own_chars > reach_chars or size > most_chars or asked[number] == line or matcher in hits:
                    continue
                asked[number] = line
                if guard >= 0:
                    waiting.append((line, form))
                elif (enough and certain) or (searches.get(pattern) or self._search(pattern))(encoded[line]):
                    hits.add(matcher)

    def _bare_hits(self, batch: _Batch, line: int) -> Iterable[int]:
        """Matchers without words that hit a line.

        The set holds one more pattern that matches everything. RE2 answers "no match" when its memory runs out, and
        the Python binding hides the error; an answer without that last pattern is therefore the sign of it. A pattern
        asked alone needs no such sign: RE2 then falls back to slower, but exact ways.
        """
        numbers = None
        if len(batch.keys[line]) <= LONG_LINE_CHARS:
            self._bare_lines += 1
            if self._bare_lines == ALONE_LINES:
                self._set = self._compiled_set()
            numbers = self._set.Match(batch.encoded[line]) if self._set is not None else None
        if not numbers or len(self._bare) not in numbers:
            return [form.matcher for form in self._bare if self._matches(form, batch, line)]
        hit = [self._bare[number] for number in numbers if number < len(self._bare)]
        return [form.matcher for form in hit if batch.chars[line] <= form.reach_chars]

    def _compiled_set(self) -> Any:
        """The patterns without words in one set; None where they are too much for one."""
        import re2

        together = re2.Set.SearchSet(re2_options(self._fold_mode, self._budget_bytes))
        try:
            for form in self._bare:
                together.Add(form.pattern)
            together.Add("")
            together.Compile()
        except re2.error:
            return None
        return together

    def _matches(self, form: _Form, batch: _Batch, line: int) -> bool:
        """Ask one form about one line."""
        if batch.chars[line] > form.reach_chars or len(batch.keys[line]) > form.most_chars:
            return False
        return self._search(form.pattern)(batch.encoded[line])

    def _search(self, pattern: str | bytes) -> Callable[[bytes], bool]:
        """The search for a pattern, compiled when it is first asked for."""
        search = self._searches.get(pattern)
        if search is None:
            search = self._searches[pattern] = self._compiled(pattern)
        return search

    def _compiled(self, pattern: str | bytes) -> Callable[[bytes], bool]:
        import re2

        try:
            compiled = re2.compile(pattern, re2_options(self._fold_mode, self._budget_bytes))
        except re2.error as error:
            raise self._exhausted() from error
        return searching(compiled)

    def _exhausted(self) -> RuleBudgetError:
        return RuleBudgetError(
            f"a pattern of the active rules needs more than {self._budget_bytes >> 20} MiB of RE2's memory.",
            hint="Make wide repeats such as .{0,900} smaller.",
        )


def searchable(keys: Sequence[str]) -> Sequence[str]:
    """The lines as the engines can take them: a lone surrogate has no UTF-8 and reads as a replacement character."""
    try:
        LINE_END.join(keys).encode()
    except UnicodeEncodeError:
        return [key.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for key in keys]
    return keys
