"""What is known of a pattern before it is asked: how RE2 takes it, the words that it needs, how long a line it matches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from scrubber.rules.literals import Extraction, words_needed
from scrubber.rules.pattern_tree import most_chars
from scrubber.rules.regex import plain_digits, translate
from scrubber.rules.vocabulary import Vocabulary

#: Longer than any line.
ANY_LENGTH = 1 << 60


class Prepared(NamedTuple):
    """A regex of a rule file as RE2 takes it, and what lines must be like for it to match."""

    #: In UTF-8 where it comes from the cache: most patterns are never asked, and so need not be decoded.
    pattern: str | bytes
    #: One of these stands in the line; empty if no words are known.
    words: tuple[str, ...]
    #: A line in which one of the words stands does match.
    enough: bool = False
    #: The line, as it is compared, is at most so long, in code points.
    most_chars: int = ANY_LENGTH
    #: Where its words are known to a vocabulary, that and its number there; `words` is then empty.
    vocabulary: Vocabulary | None = None
    number: int = -1


_prepared: dict[tuple[str, str], Prepared] = {}


def prepared(pattern: str, fold_mode: str, shared: Extraction | None = None) -> Prepared:
    """Translate a regex and find its words; both are worked out once in a process. Raises `PatternRefused`.

    Who asks for many patterns gives the same `shared` with each: word lists that they have in common are read once.
    """
    found = _prepared.get((pattern, fold_mode))
    if found is None or (shared is not None and found.vocabulary is not None):
        translated = translate(pattern, fold_mode)
        shared = Extraction() if shared is None else shared
        words, enough = words_needed(translated, shared)
        most = most_chars(translated, shared.tree_of(translated), shared.most_chars)
        together = "".join(words)
        enough = enough and fold_mode == "loose" and plain_digits(together) is together
        found = Prepared(translated, words, enough, ANY_LENGTH if most is None else most)
        _prepared[pattern, fold_mode] = found
    return found


def remember(known: Iterable[tuple[str, str, Prepared]]) -> None:
    """Take over what `prepared` found in an earlier process: pattern, way of folding, answer."""
    _prepared.update({(pattern, fold_mode): found for pattern, fold_mode, found in known})
