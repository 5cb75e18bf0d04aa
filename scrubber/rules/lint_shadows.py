"""Forms that can never be the reason why a line is hit: others, of the same or a wider reach, hit all that they hit.

Only what is certain is said. A form is compared with the plain forms that hold it by looking these up, and a whole
line (`equals`) with every pattern by asking them all at once; two regexes are compared only where they are equal. So
the cost grows with the number of forms, never with its square.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from msgspec import Struct, field
from msgspec.structs import replace

from scrubber.model.finding import Action, RuleInfo
from scrubber.rules.lint_sources import LintSources
from scrubber.rules.match import CompiledRules, matches_of
from scrubber.rules.regex import fold_plain
from scrubber.rules.schema import MATCH_FORMS, NO_MATCH, KeepRule, LicenceRule, LineRule, Match, Rule, Ruleset
from scrubber.text.fold import fold
from scrubber.text.lines import trim

#: So many forms are named in one message.
_NAMED = 3
#: A form that more rules have is compared with the first of them only.
_COMPARED = 20
#: The probes see lines of any length.
_ANY_CHARS = 1 << 60
_WIDER = {
    "before-body": ("outside-body", "anywhere"),
    "after-body": ("outside-body", "anywhere"),
    "outside-body": ("anywhere",),
    "head": ("anywhere",),
    "tail": ("anywhere",),
}
_HINT = "Take them out, or say what they are for."

Doubts = dict[str, list[tuple[str, str]]]


class _Found(Struct):
    """Shadowed forms by rule, field and reason, in the order in which they were met."""

    forms: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)

    def note(self, rule: Rule, name: str, form: str, reason: str) -> None:
        self.forms.setdefault((rule.id, _key_of(name), reason), []).append(form)

    def doubts(self) -> Doubts:
        found: Doubts = {}
        for (rule_id, name, reason), forms in self.forms.items():
            named = ", ".join(f'"{_short(form)}"' for form in forms[:_NAMED])
            more = f" and {len(forms) - _NAMED:,} more" if len(forms) > _NAMED else ""
            found.setdefault(rule_id, []).append((f'has {named}{more} in "{name}" {reason}.', _HINT))
        return found


def _key_of(name: str) -> str:
    return name.replace("_", "-")


def _short(form: str) -> str:
    return form if len(form) <= 40 else f"{form[:39]}…"


def shadow_doubts(ruleset: Ruleset, sources: LintSources) -> Doubts:
    """By rule id, what other forms make needless. O(forms), and each whole line is matched once against all patterns."""
    found = _Found()
    for rule in ruleset.rules:
        for name, match in matches_of(rule):
            for form, reason in _needless(match, rule.fold):
                found.note(rule, name, form, reason)
    _across(ruleset, sources, found)
    return found.doubts()


# --- within one table of forms ---------------------------------------------------------------------------------------


def _needless(match: Match, fold_mode: str) -> Iterator[tuple[str, str]]:
    """Forms that another form of the same table makes needless, each with why."""
    for name in MATCH_FORMS:
        seen: set[str] = set()
        for form in getattr(match, name):
            key = form if name == "regex" else fold_plain(form, fold_mode)
            if key in seen:
                yield form, "twice"
            seen.add(key)
    starts, ends, contains = (
        {fold_plain(form, fold_mode) for form in forms} for forms in (match.starts, match.ends, match.contains)
    )
    lengths = sorted({len(part) for part in contains})

    def held(key: str) -> bool:
        """Whether some `contains` stands in a form, other than the form itself."""
        return any(
            key[place : place + length] in contains and (length < len(key) or key not in contains)
            for length in lengths
            for place in range(len(key) - length + 1)
        )

    def begun(key: str) -> bool:
        return any(key[:length] in starts for length in range(1, len(key)))

    def ended(key: str) -> bool:
        return any(key[place:] in ends for place in range(1, len(key)))

    tests: Mapping[str, Callable[[str], bool]] = {
        "starts": lambda key: begun(key) or key in contains or held(key),
        "ends": lambda key: ended(key) or key in contains or held(key),
        "contains": held,
    }
    for name, test in tests.items():
        for form in getattr(match, name):
            if test(fold_plain(form, fold_mode)):
                yield form, f"that a shorter form beside it hits ({name})"


# --- between rules ---------------------------------------------------------------------------------------------------


class _Owner(Struct, frozen=True):
    """A table of forms as a probe: patterns alone, so that a whole line does not hit itself."""

    rule: Rule
    name: str
    number: int


def _across(ruleset: Ruleset, sources: LintSources, found: _Found) -> None:
    """Whole lines that a pattern of their own table hits, or another rule; and equal forms of two rules."""
    owners = [_Owner(rule, name, number) for number, (rule, name) in enumerate(_tables(ruleset))]
    patterns = CompiledRules(Ruleset(tuple(_probe(owner) for owner in owners)))
    hit_by = {patterns.matcher(_probe(owner), "match"): owner for owner in owners}
    spared_by = {patterns.matcher(_probe(owner), "unless"): owner for owner in owners}
    whole: dict[tuple[str, str], list[_Owner]] = {}
    for owner in owners:
        for form in dict.fromkeys(_match_of(owner).equals):
            whole.setdefault((owner.rule.fold, fold_plain(form, owner.rule.fold)), []).append(owner)
    for owner in owners:
        for form in dict.fromkeys(_match_of(owner).equals):
            hits = patterns.hits(form, fold(form))
            spared = {spared_by[hit].number for hit in hits if hit in spared_by}
            others = [hit_by[hit] for hit in sorted(hits) if hit in hit_by]
            if any(other.number == owner.number for other in others):
                found.note(owner.rule, owner.name, form, "that a pattern beside it hits")
                continue
            same = (owner for mode in ("loose", "exact") for owner in whole.get((mode, fold_plain(form, mode)), ()))
            for other in (*others, *islice(same, _COMPARED)):
                if other.number not in spared and _shadows(other, owner, sources, chars=len(trim(form))):
                    found.note(owner.rule, owner.name, form, f"that {other.rule.id} hits")
                    break
    _equal_forms(owners, sources, found)


def _tables(ruleset: Ruleset) -> Iterator[tuple[Rule, str]]:
    for rule in ruleset.rules:
        for name, _ in matches_of(rule):
            yield rule, name


def _match_of(owner: _Owner) -> Match:
    match: Match = getattr(owner.rule, owner.name)
    return match


def _probe(owner: _Owner) -> LineRule:
    info = RuleInfo(f"probe/{owner.number}", "line", "", "", "")
    spares = getattr(owner.rule, "unless", NO_MATCH) if owner.name == "match" else NO_MATCH
    match = replace(_match_of(owner), equals=())
    return LineRule(info=info, fold=owner.rule.fold, match=match, unless=spares, max_chars=_ANY_CHARS)


def _equal_forms(owners: list[_Owner], sources: LintSources, found: _Found) -> None:
    """Parts and patterns that stand in two rules."""
    seen: dict[tuple[str, str, str], list[_Owner]] = {}
    for owner in owners:
        for kind in MATCH_FORMS[1:]:
            for form in dict.fromkeys(getattr(_match_of(owner), kind)):
                key = form if kind == "regex" else fold_plain(form, owner.rule.fold)
                seen.setdefault((kind, owner.rule.fold, key), []).append(owner)
    for (_, _, key), sharers in seen.items():
        for owner in sharers if len(sharers) > 1 else ():
            other = next((each for each in sharers[:_COMPARED] if _shadows(each, owner, sources, chars=None)), None)
            if other is not None:
                found.note(owner.rule, owner.name, key, f"that {other.rule.id} has, too")


def _shadows(other: _Owner, owner: _Owner, sources: LintSources, *, chars: int | None) -> bool:
    """Whether `other` acts on every line that `owner` acts on by a form that both hit.

    `chars` is the length of a whole line that `other` is known to hit and not to spare; None: any line. Of two that
    shadow each other the later one is the shadowed.
    """
    if other.number == owner.number or not _reaches(other, owner, sources, chars):
        return False
    return other.number < owner.number or not _reaches(owner, other, sources, chars)


def _reaches(other: _Owner, owner: _Owner, sources: LintSources, chars: int | None) -> bool:
    wide, narrow = other.rule, owner.rule
    if type(wide) is not type(narrow) or not (other.name == owner.name == "match"):
        return False
    if not isinstance(wide, LineRule | LicenceRule | KeepRule) or not isinstance(narrow, type(wide)):
        return False
    if wide is narrow or not sources.comparable(narrow, wide):
        return False
    if (wide.fold == "exact" and narrow.fold != "exact") or wide.confidence < narrow.confidence:
        return False
    if wide.action is not narrow.action and wide.action is not Action.REMOVE:
        return False
    if wide.max_chars < (narrow.max_chars if chars is None else chars):
        return False
    if chars is None and wide.unless not in (NO_MATCH, narrow.unless):
        return False
    return _stands_wider(wide, narrow)


def _stands_wider(wide: Rule, narrow: Rule) -> bool:
    """Whether `wide` asks of a line's place and company no more than `narrow` does."""
    place, inner = getattr(wide, "where", "anywhere"), getattr(narrow, "where", "anywhere")
    if place != inner and place not in _WIDER.get(inner, ()):
        return False
    for name in ("above", "below", "under", "topic", "quiet", "needs"):
        if getattr(wide, name, NO_MATCH) not in (NO_MATCH, getattr(narrow, name, NO_MATCH)):
            return False
    if getattr(wide, "copies", 1) > getattr(narrow, "copies", 1):
        return False
    if getattr(wide, "enclosed", 0) not in (0, getattr(narrow, "enclosed", 0)):
        return False
    same = ("spdx", "record")
    return all(getattr(wide, name, None) == getattr(narrow, name, None) for name in same)
