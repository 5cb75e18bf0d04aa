"""What a review knows: findings in order, answers, the way back. Knows no terminal, no files and no texts.

Nothing changes before it is saved: `answered`, `reasoned` and `taken_back` say what is to be written as a `Step`, and
`take` makes it so once that is done.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum

from msgspec import Struct, field

from scrubber.rules.decisions import Decision
from scrubber.rules.decisions_write import Key

REMOVE, KEEP, LATER = "remove", "keep", "later"


class Reach(Enum):
    """What an answer is given for."""

    ITEM = "item"
    DOCUMENT = "document"
    RULE = "rule"


class Subject(Struct, frozen=True):
    """One finding that an answer decides: its fingerprint, and the rule that made it."""

    fingerprint: str
    rule: str


class Item(Struct, frozen=True):
    """One hunk to answer for. `subjects` are its findings, strongest first; at least one.

    `beneath` are findings inside them, which would come up once those are put off. Items sort by `confidence` (1 to 3:
    the doubtful first), rule, document and position. `removable` is whether `remove` would change anything. `source`
    and `place` are the caller's own: where it came from, where its text is.
    """

    confidence: int
    rule: str
    document_id: str
    position: tuple[int, int]
    subjects: tuple[Subject, ...]
    beneath: tuple[Subject, ...] = ()
    removable: bool = True
    source: int = 0
    place: int = 0

    @property
    def order(self) -> tuple[int, str, str, tuple[int, int], tuple[str, ...]]:
        """Sort key: no two items of a review have the same."""
        marks = tuple(subject.fingerprint for subject in self.subjects)
        return self.confidence, self.rule, self.document_id, self.position, marks

    @property
    def keys(self) -> tuple[Key, ...]:
        """What its decisions are known by."""
        return tuple(Key(subject.fingerprint, self.document_id) for subject in self.subjects)


class Step(Struct, frozen=True):
    """Decisions before and after; `None` where there is none. `item` is where the reviewer stood.

    `items` is how many items they are about, `sources` where these come from, sorted.
    """

    item: Item
    before: Mapping[Key, Decision | None]
    after: Mapping[Key, Decision | None]
    items: int
    sources: tuple[int, ...]


class Standing(Struct, frozen=True):
    """Counts of a review: items, those without an answer, and of these the ones of the rule and document in hand."""

    items: int
    open: int
    of_rule: int
    of_document: int


class Review(Struct):
    """The state of a review. `decided` is what the decisions file says, `by` goes into what is recorded."""

    items: list[Item]
    decided: dict[Key, Decision] = field(default_factory=dict)
    by: str = ""
    position: int = 0
    #: Reasons for items that have no answer yet, by their keys.
    reasons: dict[tuple[Key, ...], str] = field(default_factory=dict)
    _history: list[Step] = field(default_factory=list)
    #: What was answered in this session.
    _mine: set[Key] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.items = _in_order(self.items)
        self.decided = dict(self.decided)
        if self.items and not self.is_open(self.items[0]):
            self._to_open(0)

    @property
    def current(self) -> Item | None:
        """The item in hand; None behind the last one."""
        return self.items[self.position] if self.position < len(self.items) else None

    def is_open(self, item: Item) -> bool:
        """Whether something of an item is undecided."""
        return any((subject.fingerprint, item.document_id) not in self.decided for subject in item.subjects)

    def answer_of(self, item: Item) -> Decision | None:
        """What was decided about an item: the decision on its strongest finding, once all of it is decided."""
        return None if self.is_open(item) else self.decided[item.keys[0]]

    def standing(self) -> Standing:
        """Counts. O(items)."""
        here = self.current
        left = of_rule = of_document = 0
        for item in self.items:
            if self.is_open(item):
                left += 1
                of_rule += here is not None and item.rule == here.rule
                of_document += here is not None and item.document_id == here.document_id
        return Standing(len(self.items), left, of_rule, of_document)

    def answered(self, verdict: str, reach: Reach = Reach.ITEM) -> Step | None:
        """What an answer is to record: for the item in hand, and with it for the open ones of its document or rule.

        None where it would record nothing.
        """
        here = self.current
        if here is None:
            return None
        chosen = [
            item for item in self.items if item is here or (self._is_near(here, item, reach) and self.is_open(item))
        ]
        if verdict == REMOVE:
            chosen = [item for item in chosen if item.removable]
        reason = self.reasons.get(here.keys, "")
        if not reason and (given := self.answer_of(here)) is not None:
            reason = given.reason
        after: dict[Key, Decision | None] = {}
        for item in chosen:
            # What is kept shields what lies inside it, what is removed takes it along; what is put off does neither.
            for subject in (*item.subjects, *(item.beneath if verdict == LATER else ())):
                key = Key(subject.fingerprint, item.document_id)
                # What others have decided about a part of a hunk stands, but for the hunk in hand.
                if item is here or key not in self.decided:
                    after[key] = Decision(subject.fingerprint, subject.rule, item.document_id, verdict, reason, self.by)
        return self._step(here, after, chosen) if after else None

    @staticmethod
    def _is_near(here: Item, item: Item, reach: Reach) -> bool:
        if reach is Reach.DOCUMENT:
            return item.document_id == here.document_id
        return reach is Reach.RULE and item.rule == here.rule

    def reasoned(self, reason: str) -> Step | None:
        """What a reason for the item in hand is to record; None (and kept for later) where it has no answer yet."""
        here = self.current
        if here is None:
            return None
        if self.is_open(here):
            self.reasons[here.keys] = reason
            return None
        after: dict[Key, Decision | None] = {}
        for key in here.keys:
            old = self.decided[key]
            after[key] = Decision(old.fingerprint, old.rule, old.path, old.verdict, reason, self.by)
        return self._step(here, after, [here])

    def _step(self, here: Item, after: Mapping[Key, Decision | None], chosen: Sequence[Item]) -> Step:
        before = {key: self.decided.get(key) for key in after}
        return Step(here, before, after, len(chosen), tuple(sorted({item.source for item in chosen})))

    def taken_back(self) -> Step | None:
        """The last step the other way round; None where there is none."""
        if not self._history:
            return None
        last = self._history[-1]
        return Step(last.item, last.after, last.before, last.items, last.sources)

    def take(self, step: Step, saved: Mapping[Key, Decision], *, move: bool = True) -> None:
        """A step was saved, and `saved` is what the file now says; with `move` the next open item comes in hand."""
        self._history.append(step)
        self._mine.update(step.after)
        self.reasons.pop(step.item.keys, None)
        self.decided = dict(saved)
        if move:
            self._to_open(self.position + 1)

    def take_back(self, step: Step, saved: Mapping[Key, Decision]) -> None:
        """The step of `taken_back` was saved: its item is in hand again."""
        self._history.pop()
        self._mine.difference_update(key for key, decision in step.after.items() if decision is None)
        self.decided = dict(saved)
        self.go_to(step.item)

    def unmet(self, met: Mapping[str, frozenset[str]]) -> dict[Key, Decision]:
        """Decisions of this session that meet nothing in documents that were read again.

        `met` are the fingerprints of all that is found in each, by document. A later answer has made these
        superfluous: what they are about is not found any more.
        """
        return {
            key: self.decided[key]
            for key in sorted(self._mine)
            if key in self.decided and key.path in met and key.fingerprint not in met[key.path]
        }

    def forget(self, unmet: Iterable[Key], saved: Mapping[Key, Decision]) -> None:
        """What `unmet` named was taken out of the file, for what it is about is not found any more."""
        gone = set(unmet)
        here = self.current
        self._mine -= gone
        self.decided = dict(saved)
        self.items = [item for item in self.items if gone.isdisjoint(item.keys)]
        if here is None:
            self._to_open(len(self.items))
        else:
            self.go_to(here)

    def forward(self) -> bool:
        """To the next item, answered or not."""
        if self.position + 1 >= len(self.items):
            return False
        self.position += 1
        return True

    def back(self) -> bool:
        """To the item before, answered or not."""
        if not self.position or not self.items:
            return False
        self.position = min(self.position, len(self.items)) - 1
        return True

    def go_to(self, item: Item) -> None:
        """To an item, or to where it would stand."""
        self.position = bisect_left(self.items, item.order, key=lambda each: each.order)

    def seek(self, holds: Callable[[Item], bool]) -> bool:
        """To the next item of which `holds` is true, from the one behind this on, and around the end."""
        count = len(self.items)
        for step in range(1, count + 1):
            place = (self.position + step) % count
            if holds(self.items[place]):
                self.position = place
                return True
        return False

    def _to_open(self, start: int) -> None:
        """To the first open item from `start` on, else to the first of all; behind the last where none is open."""
        count = len(self.items)
        for place in (*range(start, count), *range(min(start, count))):
            if self.is_open(self.items[place]):
                self.position = place
                return
        self.position = count

    def to_open(self) -> None:
        """To the item in hand if it is open, else to the next open one."""
        self._to_open(self.position)

    def renew(self, source: int, fresh: Iterable[Item]) -> None:
        """The items of one source were looked for again: these are they. What was answered here stays in sight."""
        here = self.current
        found = list(fresh)
        known = {item.keys for item in found}
        answered = [
            item
            for item in self.items
            if item.source == source
            and item.keys not in known
            and not self.is_open(item)
            and self._mine.issuperset(item.keys)
        ]
        others = [item for item in self.items if item.source != source]
        self.items = _in_order([*others, *found, *answered])
        if here is None:
            self._to_open(len(self.items))
            return
        self.go_to(here)
        if self.current is None or self.current.keys != here.keys:
            # Another text, perhaps: what the same rule finds in the same document comes nearest to it.
            self.position = bisect_left(self.items, here.order[:3], key=lambda each: each.order[:3])
            self._to_open(self.position)

    def tally(self) -> Counter[str]:
        """How many items were answered in this session, by verdict. O(items)."""
        found: Counter[str] = Counter()
        for item in self.items:
            if self._mine.issuperset(item.keys) and (answer := self.answer_of(item)) is not None:
                found[answer.verdict] += 1
        return found


def _in_order(items: Iterable[Item]) -> list[Item]:
    """Items sorted, each once. O(n log n)."""
    ordered = sorted(items, key=lambda item: item.order)
    return [item for number, item in enumerate(ordered) if not number or item.order != ordered[number - 1].order]
