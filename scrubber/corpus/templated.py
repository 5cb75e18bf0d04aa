"""Whether two texts fill in one template: the same words, but for numbers or names, say different things.

Of two texts alone only numbers prove it: a revision changes words, too. Names are told by more texts that have others
in the same place. Refuses to know what a name is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from scrubber.text.numerals import numbers
from scrubber.text.shingle import DENSE_LETTERS
from scrubber.text.sketch import differing_spans

#: Other texts that are asked where the slots of a text are, the first ones.
MOST_WITNESSES = 24
#: Different fillers of a slot that make it one, the text's own among them: where numbers differ too, and where only words
#: do. With fewer, human revisions of one paragraph look the same. And how many of all texts must have one of their own, in
#: hundredths: revisions share what they do not change.
FILLERS_BESIDE_NUMBERS, FILLERS_OF_WORDS = 4, 8
OWN_FILLER_PERCENT = 75
#: The longest filler, the most places at which two texts of one template differ, and the longest such text.
MOST_FILLER_CHARS = 60
MOST_SLOTS = 12
MOST_CHARS = 5_000

_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")

Couple = tuple[int, int]


class _Change(NamedTuple):
    """Where two texts differ, widened to whole words: a half-open span in each."""

    a: tuple[int, int]
    b: tuple[int, int]


def differ_in_numbers_only(a: str, b: str) -> bool:
    """Whether two folded texts are the same but for the numbers in digits that stand in them. O(n).

    >>> differ_in_numbers_only("gate 12 opens at 7", "gate 14 opens at 7:30")
    True
    >>> differ_in_numbers_only("gate 12 opens", "gate 14 opened"), differ_in_numbers_only("gate 1", "gate 1")
    (False, False)
    """
    return a != b and _NUMBER.sub("0", a) == _NUMBER.sub("0", b) and numbers(a) != numbers(b)


def of_one_template(couples: Iterable[Couple], text_of: Callable[[int], str]) -> set[Couple]:
    """Those of the `couples` of like texts that fill in one template, by numbers, names or both.

    A place is a slot of a text if several others have something else there, most of them something of their own.
    Two texts are of one template if they differ nowhere but in slots of one of them, and in numbers.
    O(couples * n**2 / 64), n bounded.
    """
    known = list(couples)
    others: dict[int, int] = {}
    for couple in known:
        for rank in couple:
            others[rank] = others.get(rank, 0) + 1
    changes: dict[Couple, tuple[_Change, ...]] = {}
    for a, b in known:
        if max(others[a], others[b]) >= FILLERS_BESIDE_NUMBERS - 1:
            found = _changes(text_of(a), text_of(b))
            if found:
                changes[a, b] = found
    seen_from: dict[int, list[Couple]] = {}
    for couple in changes:
        for rank in couple:
            seen_from.setdefault(rank, []).append(couple)
    found_templated: set[Couple] = set()
    for rank, ways in seen_from.items():
        if len(ways) >= FILLERS_BESIDE_NUMBERS - 1:
            found_templated |= _from_one(rank, ways, changes, text_of)
    return found_templated


def _from_one(
    rank: int, ways: Sequence[Couple], changes: dict[Couple, tuple[_Change, ...]], text_of: Callable[[int], str]
) -> set[Couple]:
    """The couples of one text that differ in its slots only."""
    own = text_of(rank)
    turned = {couple: _turned(changes[couple], rank == couple[0]) for couple in ways}
    fillers: dict[tuple[int, int], set[str]] = {}
    for couple in ways[:MOST_WITNESSES]:
        text = text_of(couple[1] if rank == couple[0] else couple[0])
        for change in turned[couple]:
            if change.a[0] < change.a[1] and change.b[0] < change.b[1]:
                fillers.setdefault(change.a, {own[slice(*change.a)]}).add(text[slice(*change.b)])
    enough = OWN_FILLER_PERCENT * (len(ways[:MOST_WITNESSES]) + 1)
    slots: dict[tuple[int, int], int] = {}
    for span in fillers:
        # One name is longer than the other, and spans that overlap are one place.
        together = set().union(*(said for other, said in fillers.items() if _touch(span, other)))
        if len(together) * 100 >= enough:
            slots[span] = len(together)
    templated: set[Couple] = set()
    for couple, found in turned.items():
        other = text_of(couple[1] if rank == couple[0] else couple[0])
        words = [change for change in found if not _are_numbers(own[slice(*change.a)], other[slice(*change.b)])]
        fewest = FILLERS_BESIDE_NUMBERS if len(words) < len(found) else FILLERS_OF_WORDS
        if all(any(many >= fewest and _touch(change.a, slot) for slot, many in slots.items()) for change in words):
            templated.add(couple)
    return templated


def _turned(changes: Sequence[_Change], forward: bool) -> Sequence[_Change]:
    return changes if forward else [_Change(change.b, change.a) for change in changes]


def _touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _are_numbers(one: str, other: str) -> bool:
    return _NUMBER.fullmatch(one) is not None and _NUMBER.fullmatch(other) is not None


def _changes(a: str, b: str) -> tuple[_Change, ...]:
    """Where two texts differ; nothing where that is in too many places, at too great length, or all over."""
    if max(len(a), len(b)) > MOST_CHARS:
        return ()
    found: list[_Change] = []
    for one, other in differing_spans(a, b):
        change = _Change(_widened(a, *one), _widened(b, *other))
        if found and (change.a[0] <= found[-1].a[1] or change.b[0] <= found[-1].b[1]):
            last = found.pop()
            change = _Change((last.a[0], change.a[1]), (last.b[0], change.b[1]))
        found.append(change)
        if len(found) > MOST_SLOTS:
            return ()
    if any(max(end - start for start, end in change) > MOST_FILLER_CHARS for change in found):
        return ()
    return tuple(found)


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """A span with the rest of the words that it cuts; scripts without spaces have none."""
    if start < end or (0 < start < len(text)):
        while start > 0 and _joins(text, start):
            start -= 1
        while end < len(text) and _joins(text, end):
            end += 1
    return start, end


def _joins(text: str, at: int) -> bool:
    """Whether the characters before and at a place are of one word."""
    return _is_of_word(text[at - 1]) and _is_of_word(text[at])


def _is_of_word(character: str) -> bool:
    return character.isalnum() and DENSE_LETTERS.fullmatch(character) is None
