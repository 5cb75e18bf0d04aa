"""What every detector may know of one text: which lines the rules hit, which are protected, where the body lies.

It is made once for each text (and each pass), so that no detector looks at the patterns again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from weakref import WeakKeyDictionary

from scrubber.detect.attached import attached_names
from scrubber.detect.beside import beside_chrome
from scrubber.detect.body import Body, trail_of
from scrubber.detect.contents import contents_lines
from scrubber.detect.frame import Frame
from scrubber.detect.kept import protectors_in
from scrubber.detect.listed import listed
from scrubber.detect.menus import menu_lines
from scrubber.detect.promised import promised_lines
from scrubber.detect.verse import verse_lines
from scrubber.model.document import Document
from scrubber.model.finding import Action, Finding
from scrubber.rules.match import CompiledRules
from scrubber.rules.schema import BetweenRule, KeepRule, LicenceRule, LineRule, Rule, TailRule, leans_on_others
from scrubber.text.code import underlines
from scrubber.text.lines import trim
from scrubber.text.wording import Wording

#: Headings above the text are looked for in so many lines that are not blank.
_HEADING_LINES = 12


class Scan:
    """One text under one rule set. Line indexes count from 0. `heeds_comments`: those in the input that keep lines."""

    def __init__(self, document: Document, compiled: CompiledRules, *, heeds_comments: bool = True) -> None:
        self.document = document
        self.heeds_comments = heeds_comments
        self.compiled = compiled
        self._lookups = _lookups_of(compiled)
        self._in_section = [False] * len(document.bounds)
        #: Lines that removing findings of rules take, as far as they are noted.
        self.cut_by_rules = [False] * len(document.bounds)

    @cached_property
    def hits(self) -> list[frozenset[int]]:
        """For each line the matchers that hit it. What underlines a heading belongs to it, and is hit by none."""
        document = self.document
        keys = ["" if blank else key for key, blank in zip(document.keys, document.blank, strict=True)]
        for index in [index for index, skeleton in enumerate(document.skeletons) if not skeleton and keys[index]]:
            if index and underlines(keys[index], keys[index - 1]):
                keys[index] = ""
        return self.compiled.hits_of(document.line_texts, keys)

    def lines_hit(self, matcher: int) -> list[int]:
        """Indexes of the lines that one matcher hits, ascending."""
        if matcher in self._lookups.single:
            return [index for index, hits in enumerate(self.hits) if matcher in hits]
        return self._lines_by_matcher.get(matcher, [])

    @cached_property
    def _lines_by_matcher(self) -> dict[int, list[int]]:
        """For matchers that are asked where they hit, not whether they hit some line."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        lookups = self._lookups
        for index, hits in enumerate(self.hits):
            for matcher in lookups.listed(hits):
                found[matcher].append(index)
        return dict(found)

    @cached_property
    def copies(self) -> Counter[str]:
        """How often each folded line stands in the document."""
        return Counter(self.document.keys)

    @cached_property
    def questions(self) -> int:
        """How many lines that no rule hits ask something."""
        return sum(key.endswith("?") and not hit for key, hit in zip(self.document.keys, self.hit_by_any, strict=True))

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
        texts, hits = self.document.line_texts, self.hits
        return [
            index
            for index in indexes
            if spared not in hits[index]
            and (len(texts[index]) <= rule.max_chars or len(trim(texts[index])) <= rule.max_chars)
        ]

    def lines_meeting(self, rule: LineRule) -> list[int]:
        """Lines on which all conditions of a line rule but its place hold."""
        indexes = self._candidates(rule)
        if not indexes or self.quiet_line(rule) >= 0:
            return []
        if rule.needs and len(self.lines_hit(self.compiled.matcher(rule, "needs"))) < rule.needs_lines:
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
        return self.listed_under(rule, indexes) if rule.under and indexes else indexes

    def listed_under(self, rule: LineRule, indexes: Sequence[int]) -> list[int]:
        """Those of a rule's lines that stand in a list under a line that its `under` hits. O(lines)."""
        marks = frozenset(self.lines_hit(self.compiled.matcher(rule, "under")))
        return listed(marks, frozenset(indexes), self.document.running, self.document.blank)

    def quiet_line(self, rule: LineRule | LicenceRule) -> int:
        """The first line that the rule does not hit and that says that the document is about such lines; or -1."""
        if not rule.quiet:
            return -1
        own = self.compiled.matcher(rule, "match")
        said = self.lines_hit(self.compiled.matcher(rule, "quiet"))
        return next((index for index in said if own not in self.hits[index]), -1)

    def _licence_lines(self, rule: LicenceRule) -> list[int]:
        if self.quiet_line(rule) >= 0:
            return []
        indexes = set(self._candidates(rule))
        keys, lines = self.document.keys, self.document.line_texts
        for index in self.lines_hit(self.compiled.matcher(rule, "wording")):
            if len(lines[index]) <= rule.max_chars and any(
                _says(wording, rule.similarity, keys[index]) for wording in rule.wording
            ):
                indexes.add(index)
        spared = self.compiled.matcher(rule, "unless")
        return sorted(index for index in indexes if spared not in self.hits[index])

    @cached_property
    def chrome(self) -> list[bool]:
        """Lines that some removing line or licence rule hits, wherever they stand; text about such lines is none."""
        first, last = self.body
        return [
            hit and not (first <= index <= last and self.topical[index]) for index, hit in enumerate(self.hit_by_any)
        ]

    @cached_property
    def verse(self) -> frozenset[int]:
        """Lines that may be verse, which no place in the frame and no model takes for a menu (`verse.py`)."""
        return verse_lines(self)

    @cached_property
    def first_text(self) -> int:
        """The first line of running text that is no chrome; behind the last line if there is none."""
        chrome, running = self.chrome, self.document.running
        return next((index for index, runs in enumerate(running) if runs and not chrome[index]), len(running))

    @cached_property
    def hit_by_any(self) -> list[bool]:
        """Lines that some removing line or licence rule hits, wherever they stand."""
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
    def topical(self) -> list[bool]:
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
        """Protected lines, each with the comment or the first keep rule that protects it."""
        found = protectors_in(self.document) if self.heeds_comments and self.document.kept else {}
        for rule in self._rules_hit:
            if isinstance(rule, KeepRule):
                for index in self._candidates(rule):
                    found.setdefault(index, rule)
        return found

    @cached_property
    def protected(self) -> list[bool]:
        """Lines that a keep rule or a comment protects."""
        protectors = self.protectors
        return [index in protectors for index in range(len(self.document.bounds))]

    @cached_property
    def body(self) -> tuple[int, int]:
        """First and last line of the body, inclusive; (n, n - 1) with n lines where there is none (`body.py`)."""
        return Body(self).lines

    @cached_property
    def trail(self) -> int:
        """The last line above the text that leads from the home page to it and that a rule hits; -1 if there is none."""
        return trail_of(self)

    @cached_property
    def openings(self) -> dict[str, list[int]]:
        """Lines with which a section of links or a box may begin: by the rules that say so, in their order."""
        found: dict[str, list[int]] = {}
        for matcher, rule_id in self._lookups.openings:
            if matcher in self._lines_by_matcher:
                found[rule_id] = self._lines_by_matcher[matcher]
        return found

    @cached_property
    def rule_of_lines(self) -> dict[int, str]:
        """For lines that removing rules hit, and those with which a section of links or a box may begin, the first rule."""
        found: dict[int, str] = {}
        for rule in self._removing_rules:
            for index in self.rule_lines[rule.id]:
                found.setdefault(index, rule.id)
        for rule_id, indexes in self.openings.items():
            for index in indexes:
                found.setdefault(index, rule_id)
        return found

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
        if where in _FRAME_PLACES:
            among = _FRAME_PLACES[where](self) - self.verse
            return lambda index: index in among
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
    def frame(self) -> Frame:
        """What is told of the lines round the text by their place."""
        return Frame(self)

    def note_sections(self, findings: Iterable[Finding]) -> None:
        """Take the lines of removing findings as cut. To be called before any line that leans on others is told."""
        self._mark_removals(self._in_section, findings)

    def note_removals(self, findings: Iterable[Finding]) -> None:
        """Take the lines of removing findings, of whatever kind, as what rules cut: the statistic looks at them."""
        self._mark_removals(self.cut_by_rules, findings)

    def _mark_removals(self, flags: list[bool], findings: Iterable[Finding]) -> None:
        for finding in findings:
            if finding.action is Action.REMOVE:
                first, last = self.document.lines_of(finding.span)
                flags[first : last + 1] = [True] * (last + 1 - first)

    @cached_property
    def contents(self) -> frozenset[int]:
        """Lines of tables of contents."""
        return contents_lines(self)

    @cached_property
    def menu(self) -> frozenset[int]:
        """Lines of menus above the text."""
        words = [
            index
            for rule in self._rules_hit
            if isinstance(rule, LineRule) and rule.where == "menu"
            for index in self.lines_hit(self.compiled.matcher(rule, "needs"))
        ]
        return menu_lines(self, words)

    @cached_property
    def beside_chrome(self) -> frozenset[int]:
        """Labels that stand beside chrome."""
        rules = [rule for rule in self._rules_hit if isinstance(rule, LineRule) and rule.where == "beside-chrome"]
        return beside_chrome(self, frozenset(index for rule in rules for index in self.lines_meeting(rule)))

    @property
    def titles(self) -> frozenset[int]:
        """Headings above the body that share terms with it."""
        return self.frame.titles

    @cached_property
    def cut_in_zone(self) -> list[bool]:
        """Lines that a removing line or licence rule hits where it may act, or that a section takes."""
        flags = list(self._in_section)
        for rule in self._removing_rules:
            allowed = self.zone(rule.where)
            for index in self.rule_lines[rule.id]:
                if allowed(index):
                    flags[index] = True
        return flags

    def enclosed_lines(self, rule: LineRule) -> list[int]:
        """Lines that a rule with `enclosed` hits: short runs of them between lines that other rules cut.

        A line that stands in the document more than once (a button below each post of a thread) encloses nothing, and what
        a count of answers promises is no chrome.
        """
        cut, protected, promised = self.cut_in_zone, self.protected, self.promised
        places = self._places_of_written
        allowed = self.zone(rule.where)
        candidates = [
            places[index]
            for index in self.lines_meeting(rule)
            if allowed(index) and not cut[index] and not protected[index] and index not in promised
        ]
        written, encloses = self._enclosures
        found: list[int] = []
        for first, last in _runs(candidates):
            closed = last + 1 == len(written) or encloses[last + 1]
            if last - first < rule.enclosed and closed and first and encloses[first - 1]:
                found += written[first : last + 1]
        return found

    @cached_property
    def promised(self) -> frozenset[int]:
        """Lines that a count of answers promises, and names of attached files: no line of the frame by its place alone."""
        keys = self.document.keys
        return promised_lines(keys, self.cut_in_zone) | attached_names(keys)

    @cached_property
    def _places_of_written(self) -> dict[int, int]:
        """Lines that are not blank, each with its place among them."""
        return {index: place for place, index in enumerate(self._enclosures[0])}

    @cached_property
    def _enclosures(self) -> tuple[list[int], list[bool]]:
        """Lines that are not blank, and whether what stands beside them may be enclosed: they are cut, say something, and stand once."""
        document, cut, copies = self.document, self.cut_in_zone, self.copies
        written = [index for index, blank in enumerate(document.blank) if not blank]
        keys, skeletons = document.keys, document.skeletons
        return written, [cut[index] and copies[keys[index]] == 1 and bool(skeletons[index]) for index in written]

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
        if matcher < 0:
            return False
        if self.compiled.is_late(matcher):
            document = self.document
            key = "" if document.blank[index] else document.keys[index]
            return self.compiled.hits_late(matcher, document.line_texts[index], key)
        return matcher in self.hits[index]


@lru_cache(maxsize=8192)
def _says(wording: str, similarity: int, key: str) -> bool:
    """Whether a line holds a wording; kept, because every pass asks again. O(n)."""
    form = Wording.of(wording)
    return form.may_match(key) and form.score(key) >= similarity


def _runs(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Runs of consecutive numbers among ascending ones: first and last of each."""
    first = last = -1
    for place in places:
        if place != last + 1 or first < 0:
            if first >= 0:
                yield first, last
            first = place
        last = place
    if first >= 0:
        yield first, last


#: Matchers of these fields are asked line by line, and most lines are hit by dozens of them.
_SINGLE = frozenset(("entry", "unless", "stop", "topic"))
#: What lines hit is remembered for so many different answers.
_REMEMBERED_ANSWERS = 20_000


class _Lookups:
    """What is known of the matchers of one rule set, for all its scans."""

    def __init__(self, compiled: CompiledRules) -> None:
        #: Matchers of opening lines, each with the id of its rule.
        self.openings = [
            (compiled.matcher(rule, "start"), rule.id)
            for rule in compiled.ruleset.rules
            if isinstance(rule, TailRule | BetweenRule)
        ]
        #: Matchers that are asked line by line.
        self.single = frozenset(number for (_, name), number in compiled.ids.items() if name in _SINGLE)
        self._listed: dict[frozenset[int], tuple[int, ...]] = {}

    def listed(self, hits: frozenset[int]) -> tuple[int, ...]:
        """The others among the matchers that hit a line."""
        found = self._listed.get(hits)
        if found is None:
            if len(self._listed) >= _REMEMBERED_ANSWERS:
                self._listed.clear()
            found = self._listed[hits] = tuple(hits - self.single)
        return found


_LOOKUPS: WeakKeyDictionary[CompiledRules, _Lookups] = WeakKeyDictionary()


def _lookups_of(compiled: CompiledRules) -> _Lookups:
    found = _LOOKUPS.get(compiled)
    if found is None:
        found = _LOOKUPS[compiled] = _Lookups(compiled)
    return found


#: Where rules act that judge a line by its place in the frame alone.
_FRAME_PLACES: dict[str, Callable[[Scan], frozenset[int]]] = {
    "above-title": lambda scan: scan.frame.above_title,
    "below-title": lambda scan: scan.frame.below_title,
    "menu": lambda scan: scan.menu,
    "beside-chrome": lambda scan: scan.beside_chrome,
    "contents": lambda scan: scan.contents,
    "below-text": lambda scan: scan.frame.below_text,
}
