"""All patterns of all active rules, asked for all lines of a text at once.

Three steps, each of which leaves little for the next one: one pass of an Aho-Corasick automaton over the lines finds
the words that patterns need (`literals.py`), a pattern whose words are there is asked alone, and patterns without such
words stand together in one `re2.Set`. `equals` forms are hash look-ups. A pattern is compiled when it is first asked,
so a run pays for the patterns that its documents come near to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import accumulate
from typing import Any, NamedTuple

from scrubber.errors import RuleBudgetError
from scrubber.rules.literals import LINE_END, words_needed
from scrubber.rules.regex import RE2_BUDGET_BYTES, fold_plain, re2_options, translate
from scrubber.rules.schema import KeepRule, LicenceRule, LineRule, Match, Rule, Ruleset
from scrubber.text.lines import trim

#: Longer lines are not asked for by the set of patterns without words, but by each of them alone, if its rule may act
#: on so long a line at all: few may, and a set remembers the states of the text that it has seen.
LONG_LINE_CHARS = 400
#: Answers for so many short lines are kept, so that further passes over a document ask for changed lines only.
REMEMBERED_LINES = 20_000

_NOTHING: frozenset[int] = frozenset()


class Prepared(NamedTuple):
    """A regex of a rule file as RE2 takes it, and the words that lines must hold for it to match."""

    pattern: str
    words: tuple[str, ...]
    #: A line in which one of the words stands does match.
    enough: bool = False


_prepared: dict[tuple[str, str], Prepared] = {}


def prepared(pattern: str, fold_mode: str) -> Prepared:
    """Translate a regex and find its words; both are worked out once in a process. Raises `PatternRefused`."""
    found = _prepared.get((pattern, fold_mode))
    if found is None:
        translated = translate(pattern, fold_mode)
        words, enough = words_needed(translated)
        found = Prepared(translated, words, enough and fold_mode == "loose")
        _prepared[pattern, fold_mode] = found
    return found


def remember(known: Iterable[tuple[str, str, Prepared]]) -> None:
    """Take over what `prepared` found in an earlier process: pattern, way of folding, answer."""
    _prepared.update({(pattern, fold_mode): found for pattern, fold_mode, found in known})


@dataclass(frozen=True, slots=True, eq=False)
class _Form:
    """One pattern of one matcher."""

    matcher: int
    pattern: str
    #: One of these stands in each line that matches; if there are none the form must be asked for every line.
    words: tuple[str, ...]
    #: Longest line, in code points as written, ends trimmed, on which a hit can matter.
    reach_chars: int
    #: The matcher without whose hit on the line this one need not be asked, or -1.
    guard: int
    #: Where one of the words stands the form matches.
    enough: bool


class _Forms:
    """Forms that see lines in one way of folding."""

    def __init__(self, fold_mode: str, budget_bytes: int) -> None:
        self._fold_mode = fold_mode
        self._budget_bytes = budget_bytes
        self.equals: dict[str, tuple[int, ...]] = {}
        #: Forms with words, by word.
        self._by_word: dict[str, list[_Form]] = {}
        #: Forms without, asked for every line.
        self._bare: list[_Form] = []
        #: Forms without that are asked only where another matcher hits.
        self._guarded: dict[int, list[_Form]] = {}
        self._words: list[list[_Form]] = []
        self._finder: Any = None
        self._set: Any = None
        self._alone: dict[str, Any] = {}

    def __bool__(self) -> bool:
        return bool(self.equals or self._by_word or self._bare or self._guarded)

    def add(self, matcher: int, match: Match, reach_chars: int, guard: int) -> None:
        """Add the forms of a matcher. `guard`: the matcher without whose hit it need not be asked, or -1."""
        for form in match.equals:
            key = fold_plain(form, self._fold_mode)
            self.equals[key] = (*self.equals.get(key, ()), matcher)
        for name, start, end in (("starts", "^", ""), ("ends", "", "$"), ("contains", "", "")):
            for text in getattr(match, name):
                self._put(self._plain(matcher, start, fold_plain(text, self._fold_mode), end, reach_chars, guard))
        for regex in match.regex:
            pattern, words, enough = prepared(regex, self._fold_mode)
            self._put(_Form(matcher, pattern, words, reach_chars, guard, enough))

    def _plain(self, matcher: int, start: str, text: str, end: str, reach_chars: int, guard: int) -> _Form:
        """The form of a text that stands at the start, at the end or anywhere. It is its own word."""
        import re2

        word = (LINE_END if start else "") + text.casefold() + (LINE_END if end else "")
        pattern = start + re2.escape(text) + end
        return _Form(matcher, pattern, (word,) if text else (), reach_chars, guard, self._fold_mode == "loose")

    def _put(self, form: _Form) -> None:
        for word in form.words:
            self._by_word.setdefault(word, []).append(form)
        if not form.words:
            (self._bare if form.guard < 0 else self._guarded.setdefault(form.guard, [])).append(form)

    def matchers(self, keys: Sequence[str], chars: Sequence[int]) -> list[set[int]]:
        """For each line, given as it is compared and with its length as written, the matchers that hit it."""
        found: list[set[int]] = [set(self.equals.get(key, ())) for key in keys]
        waiting: list[tuple[int, _Form]] = []
        if self._by_word:
            self._meet_words(keys, chars, found, waiting)
        if self._bare:
            for key, length, hits in zip(keys, chars, found, strict=True):
                hits.update(self._bare_hits(key, length))
        if self._guarded:
            for line, hits in enumerate(found):
                for guard in hits & self._guarded.keys():
                    waiting += [(line, form) for form in self._guarded[guard] if chars[line] <= form.reach_chars]
        for line, form in waiting:
            hits = found[line]
            if form.guard in hits and form.matcher not in hits and (form.enough or self._matches(form, keys[line])):
                hits.add(form.matcher)
        return found

    def _meet_words(
        self, keys: Sequence[str], chars: Sequence[int], found: list[set[int]], waiting: list[tuple[int, _Form]]
    ) -> None:
        """Look for all words in all lines, and ask the forms whose words are there. What has a guard must wait."""
        if self._finder is None:
            import ahocorasick_rs

            words = sorted(self._by_word)
            self._words = [self._by_word[word] for word in words]
            self._finder = ahocorasick_rs.AhoCorasick(
                words, implementation=ahocorasick_rs.Implementation.NoncontiguousNFA, store_patterns=False
            )
        searched = keys if self._fold_mode == "loose" else [key.casefold() for key in keys]
        text = LINE_END + LINE_END.join(searched) + LINE_END
        # Where the line end before each line stands; a word belongs to the line whose end is the last one up to it.
        places = list(accumulate((len(key) + 1 for key in searched[:-1]), initial=0))
        asked: set[tuple[int, _Form]] = set()
        for word, start, _ in self._finder.find_matches_as_indexes(text, overlapping=True):
            line = bisect_right(places, start) - 1
            length, hits = chars[line], found[line]
            for form in self._words[word]:
                if form.matcher in hits or length > form.reach_chars:
                    continue
                if form.enough and form.guard < 0:
                    hits.add(form.matcher)
                    continue
                ask = (line, form)
                if ask in asked:
                    continue
                asked.add(ask)
                if form.guard >= 0:
                    waiting.append(ask)
                elif self._matches(form, keys[line]):
                    hits.add(form.matcher)

    def _bare_hits(self, key: str, length: int) -> Iterable[int]:
        """Matchers without words that hit a line.

        The set holds one more pattern that matches everything. RE2 answers "no match" when its memory runs out, and
        the Python binding hides the error; an answer without that last pattern is therefore the sign of it. A pattern
        asked alone needs no such sign: RE2 then falls back to slower, but exact ways.
        """
        if len(key) > LONG_LINE_CHARS:
            return [form.matcher for form in self._bare if length <= form.reach_chars and self._matches(form, key)]
        if self._set is None:
            self._set = self._compiled_set()
        numbers = self._set.Match(key)
        if not numbers or len(self._bare) not in numbers:
            raise self._exhausted(len(self._bare))
        hit = [self._bare[number] for number in numbers if number < len(self._bare)]
        return [form.matcher for form in hit if length <= form.reach_chars]

    def _compiled_set(self) -> Any:
        import re2

        together = re2.Set.SearchSet(re2_options(self._fold_mode, self._budget_bytes))
        try:
            for form in self._bare:
                together.Add(form.pattern)
            together.Add("")
            together.Compile()
        except re2.error as error:
            raise self._exhausted(len(self._bare)) from error
        return together

    def _matches(self, form: _Form, key: str) -> bool:
        alone = self._alone.get(form.pattern)
        if alone is None:
            import re2

            try:
                alone = re2.compile(form.pattern, re2_options(self._fold_mode, self._budget_bytes)).search
            except re2.error as error:
                raise self._exhausted(1) from error
            self._alone[form.pattern] = alone
        return alone(key) is not None

    def _exhausted(self, patterns: int) -> RuleBudgetError:
        many = "a pattern of the active rules needs" if patterns == 1 else f"{patterns} patterns together need"
        return RuleBudgetError(
            f"{many} more than {self._budget_bytes >> 20} MiB of RE2's memory.",
            hint="Make wide repeats such as .{0,900} smaller, or use fewer rules at once (--select).",
        )


class CompiledRules:
    """A rule set ready to be asked which of its matchers hit which lines.

    A *matcher* is one `Match` of one rule: its `match`, `unless`, `start`, ... `ids` leads from (rule id, field name)
    to the matcher's number; a field that is empty has none. An `unless` is asked only where the rule's `match` hits.
    """

    def __init__(self, ruleset: Ruleset, *, budget_bytes: int = RE2_BUDGET_BYTES) -> None:
        self.ruleset = ruleset
        self.ids: dict[tuple[str, str], int] = {}
        self._loose = _Forms("loose", budget_bytes)
        self._exact = _Forms("exact", budget_bytes)
        for rule in ruleset.rules:
            for name, match in matches_of(rule):
                number = self.ids[rule.id, name] = len(self.ids)
                forms = self._exact if rule.fold == "exact" else self._loose
                forms.add(number, match, _reach_chars(rule, name), self._guard(rule, name))
        self._seen: dict[tuple[str, str], frozenset[int]] = {}

    def _guard(self, rule: Rule, name: str) -> int:
        if name != "unless" or not isinstance(rule, LineRule | KeepRule | LicenceRule):
            return -1
        by_wording = isinstance(rule, LicenceRule) and bool(rule.wording)
        return -1 if by_wording else self.matcher(rule, "match")

    def matcher(self, rule: Rule, name: str) -> int:
        """Number of a rule's matcher, or -1 where the rule file leaves it empty."""
        return self.ids.get((rule.id, name), -1)

    def hits(self, line: str, key: str) -> frozenset[int]:
        """Matchers that hit one line, given as written and folded."""
        return self.hits_of([line], [key])[0]

    def hits_of(self, lines: Sequence[str], keys: Sequence[str]) -> list[frozenset[int]]:
        """Matchers that hit each line, given as written and folded; empty keys hit nothing.

        O(length of the lines), and for each line O(patterns whose words stand in it). Answers for short lines are
        remembered. Raises `RuleBudgetError` where RE2's memory does not suffice.
        """
        seen = self._seen
        new = list(dict.fromkeys(pair for pair in zip(lines, keys, strict=True) if pair[1] and pair not in seen))
        answers = dict(zip(new, self._answers(new), strict=True)) if new else {}
        found = [
            (answers.get(pair) or seen.get(pair, _NOTHING)) if pair[1] else _NOTHING
            for pair in zip(lines, keys, strict=True)
        ]
        short = {pair: hits for pair, hits in answers.items() if len(pair[0]) <= LONG_LINE_CHARS}
        if len(seen) + len(short) > REMEMBERED_LINES:
            seen.clear()
        if len(short) <= REMEMBERED_LINES:
            seen.update(short)
        return found

    def _answers(self, pairs: Sequence[tuple[str, str]]) -> list[frozenset[int]]:
        bare = [trim(line) for line, _ in pairs]
        chars = [len(line) for line in bare]
        found = self._loose.matchers(_searchable([key for _, key in pairs]), chars)
        if self._exact:
            for hits, more in zip(found, self._exact.matchers(_searchable(bare), chars), strict=True):
                hits |= more
        return [frozenset(hits) if hits else _NOTHING for hits in found]


def _searchable(keys: Sequence[str]) -> Sequence[str]:
    """The lines as the engines can take them: a lone surrogate has no UTF-8 and reads as a replacement character."""
    try:
        LINE_END.join(keys).encode()
    except UnicodeEncodeError:
        return [key.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for key in keys]
    return keys


def matches_of(rule: Rule) -> Iterable[tuple[str, Match]]:
    """The matchers of a rule that say something, by field name, in declaration order."""
    for item in fields(rule):
        value = getattr(rule, item.name)
        if isinstance(value, Match) and value:
            yield item.name, value


#: Fields whose lines are marks and headings: no such line is long.
_MARKS = frozenset(("start", "end", "label", "topic", "above", "below", "needs"))


def _reach_chars(rule: Rule, name: str) -> int:
    """The longest line, in code points, on which a hit of this matcher can matter."""
    if name in _MARKS:
        return LONG_LINE_CHARS
    if isinstance(rule, LineRule | LicenceRule) and name in ("match", "unless"):
        return rule.max_chars
    return 1 << 60
