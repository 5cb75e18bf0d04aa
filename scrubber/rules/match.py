"""All matchers of all active rules, asked for all lines of a text at once (`forms.py`), and the answers, which are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from scrubber.rules.forms import LONG_LINE_CHARS, Forms, Late, searchable
from scrubber.rules.prepared import ANY_LENGTH
from scrubber.rules.regex import RE2_BUDGET_BYTES
from scrubber.rules.schema import KINDS, KeepRule, LicenceRule, LineRule, ListingRule, Match, Rule, Ruleset
from scrubber.text.lines import trim
from scrubber.text.wording import Wording

#: Answers for lines of so many code points are kept, so that further passes over a document ask for changed lines only.
REMEMBERED_CHARS = 4_000_000

_NOTHING: frozenset[int] = frozenset()
_FIELDS: dict[Any, tuple[str, ...]] = {kind: kind.__struct_fields__ for kind in KINDS.values()}


class CompiledRules:
    """A rule set ready to be asked which of its matchers hit which lines.

    A *matcher* is one `Match` of one rule: its `match`, `unless`, `start`, ... `ids` leads from (rule id, field name)
    to the matcher's number; a field that is empty has none. An `unless` is asked only where the rule's `match` hits;
    `wording` hits each line that may hold one of a rule's wordings, and some others.
    """

    def __init__(self, ruleset: Ruleset, *, budget_bytes: int = RE2_BUDGET_BYTES) -> None:
        self.ruleset = ruleset
        self.ids: dict[tuple[str, str], int] = {}
        #: Entries of sections are asked about single lines: of the lines below an opening, until one is none.
        self._late: dict[int, tuple[Forms, Late]] = {}
        self._seen_late: dict[tuple[int, str, str], bool] = {}
        self._loose = Forms("loose", budget_bytes)
        self._exact = Forms("exact", budget_bytes)
        for rule in ruleset.rules:
            for name, match in matches_of(rule):
                number = self.ids[rule.id, name] = len(self.ids)
                forms = self._exact if rule.fold == "exact" else self._loose
                if name == "entry" and not isinstance(rule, ListingRule):
                    self._late[number] = forms, forms.late(match, _reach_chars(rule, name))
                else:
                    forms.add(number, match, _reach_chars(rule, name), self._guard(rule, name))
            if isinstance(rule, LicenceRule) and rule.wording:
                number = self.ids[rule.id, "wording"] = len(self.ids)
                for wording in rule.wording:
                    self._loose.add_wording(number, Wording.of(wording), rule.max_chars)
        #: The line, keep and licence rules that a hit of a matcher may belong to: places in the rule set.
        self.places = {
            self.ids[rule.id, name]: place
            for place, rule in enumerate(ruleset.rules)
            if isinstance(rule, LineRule | KeepRule | LicenceRule)
            for name in ("match", "wording")
            if (rule.id, name) in self.ids
        }
        self._seen: dict[tuple[str, str], frozenset[int]] = {}
        self._seen_chars = 0

    def _guard(self, rule: Rule, name: str) -> int:
        if name != "unless" or not isinstance(rule, LineRule | KeepRule | LicenceRule):
            return -1
        by_wording = isinstance(rule, LicenceRule) and bool(rule.wording)
        return -1 if by_wording else self.matcher(rule, "match")

    def matcher(self, rule: Rule, name: str) -> int:
        """Number of a rule's matcher, or -1 where the rule file leaves it empty."""
        return self.ids.get((rule.id, name), -1)

    def hits(self, line: str, key: str) -> frozenset[int]:
        """Matchers that hit one line, given as written and folded, late ones aside."""
        return self.hits_of([line], [key])[0]

    def is_late(self, matcher: int) -> bool:
        """Whether a matcher is asked by `hits_late`, line by line, and not by `hits_of`."""
        return matcher in self._late

    def hits_late(self, matcher: int, line: str, key: str) -> bool:
        """Whether a late matcher hits one line, given as written and folded; an empty key is hit by none.

        O(forms of the matcher); what was asked before is remembered for a while. Raises KeyError for one that is not late.
        """
        if not key:
            return False
        seen = self._seen_late.get((matcher, line, key))
        if seen is None:
            forms, late = self._late[matcher]
            bare = trim(line)
            (compared,) = searchable([bare if forms is self._exact else key])
            seen = self._seen_late[matcher, line, key] = forms.hits(late, compared, len(bare))
            self._seen_chars += len(line)
        return seen

    def hits_of(self, lines: Sequence[str], keys: Sequence[str]) -> list[frozenset[int]]:
        """Matchers that hit each line, given as written and folded, late ones aside; empty keys hit nothing.

        O(length of the lines), and for each line O(patterns whose words stand in it). Answers are remembered for a
        while. Raises `RuleBudgetError` where RE2's memory does not suffice.
        """
        seen = self._seen
        pairs = list(zip(lines, keys, strict=True))
        new = [pair for pair in dict.fromkeys(pairs) if pair[1] and pair not in seen]
        if new:
            seen.update(zip(new, self._answers(new), strict=True))
            self._seen_chars += sum(len(line) for line, _ in new)
        found = [seen[pair] if pair[1] else _NOTHING for pair in pairs]
        if self._seen_chars > REMEMBERED_CHARS:
            self._seen, self._seen_late, self._seen_chars = {}, {}, 0
        return found

    def _answers(self, pairs: Sequence[tuple[str, str]]) -> list[frozenset[int]]:
        bare = [trim(line) for line, _ in pairs]
        chars = [len(line) for line in bare]
        found = self._loose.matchers(searchable([key for _, key in pairs]), chars)
        if self._exact:
            for hits, more in zip(found, self._exact.matchers(searchable(bare), chars), strict=True):
                hits |= more
        return [frozenset(hits) if hits else _NOTHING for hits in found]


def matches_of(rule: Rule) -> Iterable[tuple[str, Match]]:
    """The matchers of a rule that say something, by field name, in declaration order."""
    for name in _FIELDS[type(rule)]:
        value = getattr(rule, name)
        if type(value) is Match and value:
            yield name, value


#: Fields whose lines are marks and headings: no such line is long.
_MARKS = frozenset(("start", "end", "label", "topic", "above", "below", "under", "needs"))


def _reach_chars(rule: Rule, name: str) -> int:
    """The longest line, in code points, on which a hit of this matcher can matter."""
    if name in _MARKS:
        return LONG_LINE_CHARS
    if isinstance(rule, LineRule | LicenceRule) and name in ("match", "unless"):
        return rule.max_chars
    return ANY_LENGTH
