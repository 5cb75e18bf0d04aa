"""Runs the examples inside rule files, each with its own rule alone."""

from __future__ import annotations

from msgspec.structs import replace

from scrubber.engine.clean import Cleaner
from scrubber.engine.guards import Limits
from scrubber.model.document import Document
from scrubber.model.finding import Action, Confidence
from scrubber.rules.examples import ExampleResult, run_examples
from scrubber.rules.schema import LicenceRule, LineRule, Rule, Ruleset, leans_on_others

#: An example is about its rule, not about the limits of documents.
_NO_LIMITS = Limits(Confidence.POSSIBLE, max_share=1000, min_left_chars=0, short_lines=0)


def check_examples(ruleset: Ruleset) -> tuple[ExampleResult, ...]:
    """The result of every example of every rule, in rule order.

    What counts is what a rule finds: one that only flags is run as one that acts. A rule that takes other rules' cuts
    as evidence runs with them, and only its own cuts count.
    """
    cleaners: dict[str, Cleaner] = {}

    def clean(text: str, rule: Rule) -> tuple[str, tuple[int, ...]]:
        if rule.id not in cleaners:
            cleaners[rule.id] = Cleaner(_alone(rule, ruleset), limits=_NO_LIMITS)
        document = Document("example", text)
        result = cleaners[rule.id].clean(document)
        removed = [
            index + 1
            for edit in result.plan.edits
            if rule.id in edit.rules
            for index, (start, stop, _) in enumerate(document.bounds)
            if not document.blank[index] and edit.span.start <= start and stop <= edit.span.end
        ]
        if leans_on_others(rule) and not removed:
            return text, ()
        return result.text, tuple(removed)

    return run_examples(ruleset, clean)


def _alone(rule: Rule, ruleset: Ruleset) -> Ruleset:
    """The rule alone, in earnest; with the rules that it leans on, where it does."""
    acting = rule
    if rule.action is Action.FLAG:
        acting = replace(rule, action=Action.REMOVE if rule.default_action is Action.FLAG else rule.default_action)
    if not leans_on_others(rule):
        return Ruleset((acting,))
    others = tuple(other for other in ruleset.rules if isinstance(other, LineRule | LicenceRule) and other is not rule)
    return Ruleset((*(other for other in others if not leans_on_others(other)), acting))
