"""What every detector may know of one text: which lines the rules hit, which are protected, where the body lies.

It is made once for each text (and each pass), so that no detector looks at the patterns again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cached_property
from itertools import pairwise

from scrubber.model.document import Document
from scrubber.model.finding import Action
from scrubber.rules.match import CompiledRules
from scrubber.rules.schema import KeepRule, LicenceRule, LineRule, Rule, leans_on_others
from scrubber.text.lines import RUNNING_TEXT_CHARS, trim
from scrubber.text.terms import is_byline, terms, weight_of
from scrubber.text.wording import Wording

#: A heading that shares terms of so much weight with the text may be its title: one word, or two pairs of characters.
_TITLE_TERMS = 2
#: What weighs more, in Latin letters (a Han character weighs two), may be a headline and is no navigation.
_NAVIGATION_WEIGHT = 36
#: A title has at least so many code points.
_TITLE_CHARS = 5
_NO_LINES: frozenset[int] = frozenset()

#: Text about what a rule hits belongs to the body if at most so many other lines part it from the rest.
_UNKNOWN_LINES = 3
#: Headings above the text are looked for in so many lines that are not blank.
_HEADING_LINES = 12


class Scan:
    """One text under one rule set. Line indexes count from 0."""

    def __init__(self, document: Document, compiled: CompiledRules) -> None:
        self.document = document
        self.compiled = compiled

    @cached_property
    def hits(self) -> list[frozenset[int]]:
        """For each line the matchers that hit it."""
        document = self.document
        keys = ["" if blank else key for key, blank in zip(document.keys, document.blank, strict=True)]
        return self.compiled.hits_of(document.line_texts, keys)

    def lines_hit(self, matcher: int) -> list[int]:
        """Indexes of the lines that one matcher hits, ascending."""
        return self._lines_by_matcher.get(matcher, [])

    @cached_property
    def _lines_by_matcher(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for index, hits in enumerate(self.hits):
            for matcher in hits:
                found.setdefault(matcher, []).append(index)
        return found

    @cached_property
    def copies(self) -> Counter[str]:
        """How often each folded line stands in the document."""
        return Counter(self.document.keys)

    @cached_property
    def rule_lines(self) -> dict[str, list[int]]:
        """Lines on which the conditions of line and licence rules hold, wherever they stand: by rule id, ascending."""
        found: dict[str, list[int]] = {}
        for rule in self._rules_hit:
            if isinstance(rule, LineRule):
                if leans_on_others(rule):
                    continue  # these look at what other rules hit, so they are no chrome themselves
                indexes = self.lines_meeting(rule)
            elif isinstance(rule, LicenceRule):
                indexes = self._licence_lines(rule)
            else:
                continue
            if indexes:
                found[rule.id] = indexes
        return found

    @cached_property
    def _rules_hit(self) -> list[Rule]:
        """Line, keep and licence rules that hit some line, in rule order."""
        rules, places = self.compiled.ruleset.rules, self.compiled.places
        return [rules[place] for place in sorted({places[hit] for hit in self._lines_by_matcher if hit in places})]

    def _candidates(self, rule: LineRule | KeepRule | LicenceRule) -> list[int]:
        """Lines that a rule's `match` hits and its `unless` does not, within its length."""
        indexes = self.lines_hit(self.compiled.matcher(rule, "match"))
        if not indexes:
            return []
        spared = self.compiled.matcher(rule, "unless")
        texts = self.document.line_texts
        return [
            index
            for index in indexes
            if spared not in self.hits[index]
            and (len(texts[index]) <= rule.max_chars or len(trim(texts[index])) <= rule.max_chars)
        ]

    def lines_meeting(self, rule: LineRule) -> list[int]:
        """Lines on which all conditions of a line rule but its place hold."""
        indexes = self._candidates(rule)
        if not indexes or (rule.quiet and self._is_quiet(rule)):
            return []
        if rule.copies > 1:
            copies, keys = self.copies, self.document.keys
            indexes = [index for index in indexes if copies[keys[index]] >= rule.copies]
        if rule.above:
            marks = self.lines_hit(self.compiled.matcher(rule, "above"))
            indexes = [index for index in indexes if marks and index < marks[0]]
        if rule.below:
            marks = self.lines_hit(self.compiled.matcher(rule, "below"))
            indexes = [index for index in indexes if marks and index > marks[-1]]
        return indexes

    def _is_quiet(self, rule: LineRule) -> bool:
        """Whether a line that the rule does not hit says that the document is about such lines."""
        own = self.compiled.matcher(rule, "match")
        return any(own not in self.hits[index] for index in self.lines_hit(self.compiled.matcher(rule, "quiet")))

    def _licence_lines(self, rule: LicenceRule) -> list[int]:
        indexes = set(self._candidates(rule))
        keys, lines = self.document.keys, self.document.line_texts
        for index in self.lines_hit(self.compiled.matcher(rule, "wording")):
            if len(lines[index]) <= rule.max_chars and any(
                form.may_match(keys[index]) and form.score(keys[index]) >= rule.similarity
                for form in map(Wording.of, rule.wording)
            ):
                indexes.add(index)
        spared = self.compiled.matcher(rule, "unless")
        return sorted(index for index in indexes if spared not in self.hits[index])

    @cached_property
    def chrome(self) -> list[bool]:
        """Lines that some removing line or licence rule hits, wherever they stand; text about such lines is none."""
        first, last = self.body
        return [
            hit and not (first <= index <= last and self._topical[index]) for index, hit in enumerate(self._hit_by_any)
        ]

    @cached_property
    def _hit_by_any(self) -> list[bool]:
        flags = [False] * len(self.document.bounds)
        for rule in self._removing_rules:
            for index in self.rule_lines[rule.id]:
                flags[index] = True
        return flags

    @cached_property
    def _hit_beside_topics(self) -> list[bool]:
        """Lines that rules without a `topic` hit."""
        flags = [False] * len(self.document.bounds)
        for rule in self._removing_rules:
            if not rule.topic:
                for index in self.rule_lines[rule.id]:
                    flags[index] = True
        return flags

    @cached_property
    def _topical(self) -> list[bool]:
        """Running text that is hit only by rules about whose lines the document is."""
        running, beside = self.document.running, self._hit_beside_topics
        flags = [False] * len(self.document.bounds)
        others: set[int] = set()
        for rule in self._removing_rules:
            if rule.topic and self.is_topic(rule):
                for index in self.rule_lines[rule.id]:
                    flags[index] = running[index] and not beside[index]
            elif rule.topic:
                others.update(self.rule_lines[rule.id])
        return [flag and index not in others for index, flag in enumerate(flags)]

    @cached_property
    def _removing_rules(self) -> list[LineRule | LicenceRule]:
        """Line and licence rules that remove and whose conditions hold on some line."""
        return [
            rule
            for rule in self._rules_hit
            if isinstance(rule, LineRule | LicenceRule) and rule.action is Action.REMOVE and rule.id in self.rule_lines
        ]

    @cached_property
    def protectors(self) -> dict[int, KeepRule]:
        """Protected lines, each with the first keep rule that protects it."""
        found: dict[int, KeepRule] = {}
        for rule in self._rules_hit:
            if isinstance(rule, KeepRule):
                for index in self._candidates(rule):
                    found.setdefault(index, rule)
        return found

    @cached_property
    def protected(self) -> list[bool]:
        """Lines that a keep rule protects."""
        protectors = self.protectors
        return [index in protectors for index in range(len(self.document.bounds))]

    @cached_property
    def body(self) -> tuple[int, int]:
        """First and last line of the body, inclusive; (n, n - 1) with n lines where there is none.

        The body reaches from the first to the last line of running text that no rule hits. Without running text it
        is all that lies between the opening and the closing run of lines that rules hit.
        """
        document, hit = self.document, self._hit_by_any
        inner = [index for index, running in enumerate(document.running) if running and not hit[index]]
        if not inner:
            inner = [index for index, topical in enumerate(self._topical) if topical][:1]
        if not inner:
            inner = [index for index, blank in enumerate(document.blank) if not blank and not hit[index]]
        if not inner:
            return len(document.bounds), len(document.bounds) - 1
        return self._grown(inner[0], -1), self._grown(inner[-1], 1)

    def _grown(self, edge: int, step: int) -> int:
        """The edge of the body, moved over topical text that no other chrome parts from it."""
        document = self.document
        index = edge + step
        unknown = 0
        while 0 <= index < len(document.bounds) and unknown <= _UNKNOWN_LINES:
            if self._topical[index]:
                edge, unknown = index, 0
            elif self._hit_by_any[index]:
                break
            elif not document.blank[index]:
                unknown += 1
            index += step
        return edge

    def zone(self, where: str) -> Callable[[int], bool]:
        """A test for line indexes: does a line stand where `where` allows?"""
        count = len(self.document.bounds)
        if where == "anywhere":
            return lambda index: True
        if where == "head":
            return lambda index: index * 4 < count
        if where == "tail":
            return lambda index: (count - 1 - index) * 4 < count
        first, last = self.body
        if where == "above-title":
            above = self._above_title
            return lambda index: index in above
        if where == "before-body":
            return lambda index: index < first
        if where == "after-body":
            return lambda index: index > last
        return lambda index: index < first or index > last

    @cached_property
    def headings(self) -> list[int]:
        """Lines that may be headings above the text: not blank and no chrome, down to the first running text."""
        document = self.document
        found: list[int] = []
        for index, running in enumerate(document.running):
            if running or len(found) == _HEADING_LINES:
                break
            if not document.blank[index] and not self._hit_beside_topics[index]:
                found.append(index)
        return found

    @cached_property
    def _headings_above(self) -> list[int]:
        """Lines above the body that may be headings: no chrome, and nothing about when and by whom."""
        document = self.document
        return [
            index
            for index in range(min(self.body[0], len(document.bounds)))
            if not (document.blank[index] or self.chrome[index] or is_byline(document.keys[index]))
        ]

    @cached_property
    def titles(self) -> frozenset[int]:
        """Headings above the body that share terms with it. Without running text there are none to be told."""
        document = self.document
        first, last = self.body
        if not self._headings_above or not any(document.running):
            return _NO_LINES
        body: set[str] = set()
        for index, key in enumerate(document.keys):
            if (first <= index <= last and document.running[index]) or (
                len(key) >= RUNNING_TEXT_CHARS and not self.chrome[index] and not is_byline(key)
            ):
                body.update(terms(key))
        return frozenset(index for index in self._headings_above if self._shares(index, body))

    def _shares(self, index: int, body: set[str]) -> bool:
        """Whether a heading has words of the text. A long heading's own words do not count."""
        key = self.document.keys[index]
        if len(key) >= RUNNING_TEXT_CHARS:
            return True
        return sum(_weight(term) for term in terms(key) if term in body) >= _TITLE_TERMS

    def _heads_byline(self, index: int, below: int | None) -> bool:
        """Whether a line stands right above a byline, as titles do, and is no label with a value itself."""
        key = self.document.keys[index]
        return (
            below is not None and len(key) >= _TITLE_CHARS and ":" not in key and is_byline(self.document.keys[below])
        )

    @cached_property
    def _above_title(self) -> frozenset[int]:
        """Lines above the title that are not about what the text is about.

        The title is at the earliest the first heading above the body that shares terms with it, or stands right above
        a byline. What stands above that belongs to the navigation if other rules cut a line between the two, and if
        it is too short for a headline.
        """
        document = self.document
        written = [index for index, blank in enumerate(document.blank) if not blank]
        below = dict(pairwise(written))
        named = (index for index in self._headings_above if self._heads_byline(index, below.get(index)))
        title = min((*self.titles, *named), default=0) if self.titles else 0
        cut = max((index for index in range(title) if self._cut_in_zone[index]), default=-1)
        return frozenset(
            index
            for index in self._headings_above
            if index < cut and weight_of(document.keys[index]) <= _NAVIGATION_WEIGHT
        )

    @cached_property
    def _cut_in_zone(self) -> list[bool]:
        """Lines that a removing line or licence rule hits where it may act."""
        flags = [False] * len(self.document.bounds)
        for rule in self._removing_rules:
            allowed = self.zone(rule.where)
            for index in self.rule_lines[rule.id]:
                if allowed(index):
                    flags[index] = True
        return flags

    def enclosed_lines(self, rule: LineRule) -> list[int]:
        """Lines that a rule with `enclosed` hits: short runs of them between lines that other rules cut.

        A line that stands in the document more than once (a button below each post of a thread) encloses nothing.
        """
        document = self.document
        candidates = set(self.lines_meeting(rule))
        if not candidates:
            return []
        found: list[int] = []
        run: list[int] = []
        opened = False
        for index in range(len(document.bounds) + 1):
            if index < len(document.bounds):
                if document.blank[index]:
                    continue
                if index in candidates and not self._cut_in_zone[index] and not self.protected[index]:
                    run.append(index)
                    continue
                closes = self._cut_in_zone[index] and self.copies[document.keys[index]] == 1
            else:
                closes = True
            if opened and closes and len(run) <= rule.enclosed:
                found += run
            run, opened = [], closes
        return found

    def spares(self, rule: LineRule | LicenceRule, index: int) -> bool:
        """Whether a line is text of a document that is about what the rule hits."""
        first, last = self.body
        return first <= index <= last and self.document.running[index] and self.is_topic(rule)

    def is_topic(self, rule: LineRule | LicenceRule) -> bool:
        """Whether a heading says that the document is about what this rule hits."""
        matcher = self.compiled.matcher(rule, "topic")
        return matcher >= 0 and any(matcher in self.hits[index] for index in self.headings)

    def matches(self, rule: Rule, name: str, index: int) -> bool:
        """Whether one matcher of a rule hits one line."""
        matcher = self.compiled.matcher(rule, name)
        return matcher >= 0 and matcher in self.hits[index]


def _weight(term: str) -> int:
    """A word proves more than a pair of Han characters."""
    return 1 if len(term) == 2 else 2
