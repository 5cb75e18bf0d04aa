"""What is allowed in a rule file and yet no good rule.

Nothing here keeps a rule from running; that is `parse`'s business. What each check is for stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from scrubber.errors import Mistake, Where
from scrubber.model.finding import Action, RuleInfo
from scrubber.rules.lint_shadows import shadow_doubts
from scrubber.rules.lint_sources import LintSources, read_sources
from scrubber.rules.match import CompiledRules, matches_of
from scrubber.rules.schema import (
    LicenceRule,
    LineRule,
    Match,
    Rule,
    Ruleset,
    defaults_of,
    keys_of,
    leans_on_others,
    needs_corpus,
)
from scrubber.text.fold import fold

#: Ordinary lines without a form in common: a pattern that hits them all says nothing about any.
_ORDINARY_LINES = (
    "The ferry returned at noon, and the harbour opened again.",
    "渡轮中午返航，码头随后重新开放。",
    "Паром вернулся в полдень, и гавань снова открылась.",
    "Η βάρκα γύρισε το μεσημέρι στο λιμάνι",
    "フェリーは正午に港へ戻った",
)

#: Forms that hold a rule back: one that hits everything shows itself, because its rule never cuts its examples.
_SPARING = ("unless", "stop")

#: The limits of kinds that cut whole sections, as words about the value and about a tenth of it.
_SECTION_LIMITS = {"limits.max-lines": "{0} lines", "limits.max-share": "{1} % of a document"}

#: An escape of a regex: the backslash and what follows it, so that `\\\\b` is read as a backslash and a letter.
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def lint_rules(ruleset: Ruleset, about: Collection[str] | None = None) -> tuple[Mistake, ...]:
    """Everything worth a second look, by rule in their order; only of the rules whose ids are in `about`, if given.

    A rule needs a reason, an example that cuts and one that must be left alone (`keep`: one that it protects); one that
    cuts sections needs limits of its own; patterns must not hit everything, must know what `\\b` means to RE2, and must
    not be needless beside others; rights statements belong on record. Reads the rule files again. O(rules x forms).
    """
    sources = read_sources(ruleset)
    shadows = shadow_doubts(ruleset, sources)
    return tuple(
        Mistake(_where(rule.info), f"{rule.id} {message}", hint=hint)
        for rule in ruleset.rules
        if about is None or rule.id in about
        for message, hint in (*_doubts(rule), *_limit_doubts(rule, sources), *shadows.get(rule.id, ()))
    )


def _where(info: RuleInfo) -> Where:
    path, _, line = info.declared_at.rpartition(":")
    return Where(path, int(line)) if path and line.isdecimal() else Where(info.declared_at)


def _doubts(rule: Rule) -> Iterator[tuple[str, str]]:
    if not rule.info.why:
        yield 'has no "why".', "Say in a sentence why the text is not content."
    yield from _example_doubts(rule)
    for name, match in matches_of(rule):
        for pattern in match.regex:
            # RE2's word ends know ASCII letters only, which makes \b next to 页 or é an end of nothing.
            if any(escape[1] in "bB" for escape in _ESCAPE.finditer(pattern)):
                yield rf'uses \b or \B in a regex of "{name}".', r"They know ASCII only; write ^, $, \s or \W."
            if name not in _SPARING and not leans_on_others(rule) and _hits_everything(rule, pattern):
                yield f'has a regex in "{name}" that hits nearly every line.', "Give it some text of its own."
    if isinstance(rule, LicenceRule) and not rule.record:
        yield "takes rights statements away without a record.", "Attribution is often a duty: set record = true."


def _example_doubts(rule: Rule) -> Iterator[tuple[str, str]]:
    """A known gap proves nothing either way, so it does not count. What only flags can show no cut.

    An example is one text, and shows nothing of a rule that compares many.
    """
    if needs_corpus(rule):
        if any(example.cuts for example in rule.examples):
            yield "has an example that cuts, but compares documents: one text shows nothing of it.", "Leave it out."
        return
    proven = [example for example in rule.examples if not example.known_gap]
    if rule.default_action is Action.KEEP:
        if not any(not example.cuts for example in proven):
            yield "has no example of what it protects.", "Add one with removes = []."
        return
    if rule.action is not Action.FLAG and not any(example.cuts for example in proven):
        yield "has no example that cuts.", "Add one with the lines that it removes."
    if not any(not example.cuts for example in proven):
        yield "has no example that must be left alone.", "Add one with removes = []."


def _limit_doubts(rule: Rule, sources: LintSources) -> Iterator[tuple[str, str]]:
    """A cut of many lines is as good as its limits: those of the kind are wide, and nobody has thought of them."""
    limits = {path: name for path, (name, _) in keys_of(type(rule)).items() if path in _SECTION_LIMITS}
    usual = defaults_of(type(rule))
    chosen = any(getattr(rule, name) != usual[name] for name in limits.values())
    if limits and not chosen and rule.action is Action.REMOVE and sources.says(rule, "limits") is False:
        reach = [
            _SECTION_LIMITS[path].format(getattr(rule, name), getattr(rule, name) // 10)
            for path, name in limits.items()
        ]
        yield (
            f"cuts sections without limits of its own: up to {' and '.join(reach)}.",
            "Say in limits how much they hold.",
        )


def _hits_everything(rule: Rule, pattern: str) -> bool:
    lines = _ORDINARY_LINES
    probe = LineRule(info=rule.info, fold=rule.fold, match=Match(regex=(pattern,)))
    return all(CompiledRules(Ruleset((probe,))).hits_of(lines, [fold(line) for line in lines]))
