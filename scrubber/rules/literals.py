"""Words that a line must hold for a pattern to match.

Most patterns of rule files are built from words. If none of a pattern's words stands in a line, the pattern need not
be asked, and looking for all words of all patterns at once is many times faster than asking. A line is searched with a
line end before and behind it, so that "stands at the beginning" and "is the whole line" are words too: `^share` needs
a line end and then `share`. "Some digit" is a character of words too, so that `\\p{Nd} views$` has one.

The words are the prefixes that begin at some place of the pattern, as in the literal extraction of Rust's
regex-syntax (https://docs.rs/regex-syntax/latest/regex_syntax/hir/literal/); of all places that one is taken whose
words are expected most rarely.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from scrubber.rules.pattern_tree import (
    Anything,
    Character,
    Choice,
    Digit,
    Edge,
    Literal,
    Node,
    Repeat,
    Sequence,
    tree_of,
)

#: What stands for the beginning and the end of a line.
LINE_END = "\n"
#: What stands for a digit, whichever it is.
DIGIT = "\0"
#: Words are cut here: longer ones say hardly more.
MAX_WORD_CHARS = 9
#: More words than this are not followed further, nor are more pairs of words.
MAX_WORDS, MAX_PAIRS = 1_500, 200
#: Expected words are counted in this many code points of text.
SCALE = 1 << 60
#: Patterns whose words are more frequent (one in 40 code points) are asked for every line at once.
MAX_FREQUENCY = SCALE // 40
#: Words that are rarer than one in a million code points are taken without a look at what else there is.
RARE_ENOUGH = SCALE >> 20
#: How rare a character is: it is one of 2 ** this many. Rough figures of web text; they change the speed only.
_BITS_LINE_END, _BITS_SPACE, _BITS_DIGIT, _BITS_LATIN, _BITS_HAN = 5.0, 2.5, 5.0, 4.0, 9.0
_BITS_SOME_DIGIT, _BITS_FURTHER_DIGIT = 4.5, 1.5
_BITS_COMMON_MARK, _BITS_OTHER = 6.0, 8.0
_COMMON_MARKS = frozenset(".,-:/'\"()。、")


class _Words(NamedTuple):
    """What a match begins with: one of these words."""

    #: A match goes on right behind these, so that what follows may be added.
    whole: frozenset[str]
    #: Behind these nothing is known.
    ended: frozenset[str]


_UNKNOWN = _Words(frozenset(), frozenset(("",)))
_EMPTY = _Words(frozenset(("",)), frozenset())
_EDGE = _Words(frozenset((LINE_END,)), frozenset())
_DIGIT = _Words(frozenset((DIGIT,)), frozenset())


class Needed(NamedTuple):
    """What a pattern needs of a line."""

    #: At least one of these words stands in each line that matches; empty if there are no such words. Sorted.
    words: tuple[str, ...]
    #: A line in which one of the words stands does match.
    enough: bool


def words_needed(pattern: str, shared: Extraction | None = None) -> Needed:
    """Words of which at least one stands in each line that a pattern matches.

    `shared` remembers what was found for groups of other patterns.

    `pattern` is in RE2's syntax. Words are casefolded, and so must be the line in which they are looked for; that they
    are `enough` is true of folded lines only. They hold `LINE_END` where the pattern is bound to the beginning or end
    of the line, and `DIGIT` where any digit may stand. O(length of the pattern) for patterns without
    choices within choices, bounded by `MAX_WORDS` for each place of it.

    >>> words_needed("^(?:share|print) this")
    Needed(words=('\\nprint th', '\\nshare th'), enough=False)
    >>> words_needed("tags?:$")
    Needed(words=('tag:\\n', 'tags:\\n'), enough=True)
    >>> words_needed(r"[0-9]+ [a-z]+")
    Needed(words=(), enough=False)
    """
    extraction = Extraction() if shared is None else shared
    tree = extraction.tree_of(pattern)
    words = extraction.best(tree)
    if _frequency(words) > MAX_FREQUENCY:
        return Needed((), False)
    enough = words == extraction.prefixes(tree) and not words.ended
    # Whoever looks for a word with some digit does not see whether the other digits are the right ones.
    mixed = any(DIGIT in word and any(map(str.isdecimal, word)) for word in words.whole)
    return Needed(_shortest(words.whole | words.ended), enough and not mixed)


def _shortest(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts without those that begin with another one, sorted."""
    kept: list[str] = []
    for text in sorted(texts):
        if not kept or not text.startswith(kept[-1]):
            kept.append(text)
    return tuple(kept)


class Extraction:
    """Walks over trees. What is known of a node is worked out once; patterns share the trees of their word lists."""

    def __init__(self) -> None:
        self._groups: dict[str, Node] = {}
        #: What is known goes by the identity of nodes, so they must live.
        self._trees: dict[str, Node] = {}
        #: For `pattern_tree.most_chars`.
        self.most_chars: dict[int, int | None] = {}
        self._known: dict[int, _Words] = {}
        self._best: dict[int, _Words] = {}

    def tree_of(self, pattern: str) -> Node:
        """The tree of a pattern, which is read once."""
        tree = self._trees.get(pattern)
        if tree is None:
            tree = self._trees[pattern] = tree_of(pattern, self._groups)
        return tree

    def best(self, node: Node) -> _Words:
        """The rarest words that every match of a node holds, or those that it begins with if they are rare enough."""
        known = self._best.get(id(node))
        if known is None:
            known = self._best[id(node)] = self._found(node)
        return known

    def _found(self, node: Node) -> _Words:
        found = [self.prefixes(node)]
        if _frequency(found[0]) <= RARE_ENOUGH:
            return found[0]
        if isinstance(node, Sequence):
            behind = _EMPTY
            for place in range(len(node.items) - 1, 0, -1):
                item, before = node.items[place], self.prefixes(node.items[place - 1])
                behind = _joined(self.prefixes(item), behind)
                if before.ended or "" in before.whole or len(before.whole) > 1:
                    found.append(behind)  # else words that begin one place earlier hold these, and are rarer
            found += [
                self.best(item)
                for item in node.items
                if not isinstance(item, Literal | Edge | Digit | Character | Anything)
            ]
        elif isinstance(node, Choice):
            found.append(_union(self.best(branch) for branch in node.branches))
        elif isinstance(node, Repeat) and node.least:
            found.append(self.best(node.item))
        return min(found, key=_frequency)

    def prefixes(self, node: Node) -> _Words:
        """What each match of a node begins with."""
        if isinstance(node, Literal):
            return _literal(node.text.casefold()) if DIGIT not in node.text else _UNKNOWN
        if isinstance(node, Digit):
            return _DIGIT
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = self._prefixes(node)
        return known

    def _prefixes(self, node: Node) -> _Words:
        if isinstance(node, Choice):
            return _union(self.prefixes(branch) for branch in node.branches)
        if isinstance(node, Sequence):
            words = _EMPTY
            for item in node.items:
                words = _joined(words, self.prefixes(item))
                if not words.whole:
                    break
            return words
        if isinstance(node, Repeat):
            return self._repeated(node)
        return _EDGE if isinstance(node, Edge) else _UNKNOWN

    def _repeated(self, node: Repeat) -> _Words:
        if node.most == 0:
            return _EMPTY
        once = self.prefixes(node.item)
        words = _EMPTY
        for _ in range(min(node.least, MAX_WORD_CHARS)):
            words = _joined(words, once)
        if node.most == node.least <= MAX_WORD_CHARS:
            return words
        further = _joined(words, once)
        return _union((words, further if (node.least, node.most) == (0, 1) else _ended(further)))


def _literal(text: str) -> _Words:
    word = frozenset((text[:MAX_WORD_CHARS],))
    return _Words(word, frozenset()) if len(text) <= MAX_WORD_CHARS else _Words(frozenset(), word)


def _ended(words: _Words) -> _Words:
    return _Words(frozenset(), words.whole | words.ended)


def _union(parts: Iterable[_Words]) -> _Words:
    whole: set[str] = set()
    ended: set[str] = set()
    for words in parts:
        whole |= words.whole
        ended |= words.ended
        if len(whole) + len(ended) > MAX_WORDS * 4:
            return _UNKNOWN
    return _Words(frozenset(whole), frozenset(ended))


def _joined(first: _Words, second: _Words) -> _Words:
    """Each whole word of the first with each of the second behind it."""
    if not first.whole or second == _EMPTY:
        return first
    if first == _EMPTY:
        return second
    many = len(second.whole) + len(second.ended)
    pairs = len(first.whole) * many
    if pairs + len(first.ended) > MAX_WORDS or (pairs > MAX_PAIRS and len(first.whole) > 1 < many):
        return _ended(first)
    whole: set[str] = set()
    ended = set(first.ended)
    for word in first.whole:
        room = MAX_WORD_CHARS - len(word)
        at_end = word.endswith(LINE_END)
        for behind in second.whole:
            if at_end and behind.startswith(LINE_END):
                ended.add(word)  # one line end serves any number of edges in a row, so another one need not follow
            elif len(behind) <= room:
                whole.add(word + behind)
            else:
                ended.add(word + behind[:room])
        for behind in second.ended:
            ended.add(word if at_end and behind.startswith(LINE_END) else word + behind[:room])
    return _Words(frozenset(whole), frozenset(ended))


def _frequency(words: _Words) -> int:
    """How often one of the words is expected to stand in `SCALE` code points of text."""
    return _frequency_of_all(words.whole) + _frequency_of_all(words.ended)


@lru_cache(maxsize=1 << 12)
def _frequency_of_all(words: frozenset[str]) -> int:
    return sum(map(_frequency_of, words))


@lru_cache(maxsize=1 << 17)
def _frequency_of(word: str) -> int:
    further = word.count(DIGIT + DIGIT) * (_BITS_SOME_DIGIT - _BITS_FURTHER_DIGIT)
    return int(SCALE * 2.0 ** -(sum(map(_bits, word)) - further))  # all bits are halves, so their sum is exact


@lru_cache(maxsize=1 << 14)
def _bits(character: str) -> float:
    if character == LINE_END:
        return _BITS_LINE_END
    if character == " ":
        return _BITS_SPACE
    if character.isdigit():
        return _BITS_DIGIT
    if character == DIGIT:
        return _BITS_SOME_DIGIT
    if character in _COMMON_MARKS:
        return _BITS_COMMON_MARK
    if character < "\u0530":
        return _BITS_LATIN if character.isalpha() else _BITS_OTHER
    return _BITS_HAN if character >= "\u3400" else _BITS_OTHER
