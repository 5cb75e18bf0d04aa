"""Runs the examples inside rule files, each with its own rule alone."""

from __future__ import annotations

from dataclasses import replace

from scrubber.engine.clean import Cleaner
from scrubber.engine.guards import Limits
from scrubber.model.document import Document
from scrubber.model.finding import Action, Confidence
from scrubber.rules.examples import ExampleResult, run_examples
from scrubber.rules.schema import Rule, Ruleset

#: An example is about its rule, not about the limits of documents.
_NO_LIMITS = Limits(Confidence.POSSIBLE, max_share=1000, min_left_chars=0, short_lines=0)


def check_examples(ruleset: Ruleset) -> tuple[ExampleResult, ...]:
    """The result of every example of every rule, in rule order.

    What counts is what a rule finds: one that only flags is run as one that acts.
    """
    cleaners: dict[str, Cleaner] = {}

    def clean(text: str, rule: Rule) -> tuple[str, tuple[int, ...]]:
        if rule.id not in cleaners:
            acting = replace(rule, action=rule.default_action) if rule.action is Action.FLAG else rule
            if acting.action is Action.FLAG:
                acting = replace(acting, action=Action.REMOVE)
            cleaners[rule.id] = Cleaner(Ruleset((acting,)), limits=_NO_LIMITS)
        document = Document("example", text)
        result = cleaners[rule.id].clean(document)
        removed = [
            index + 1
            for edit in result.plan.edits
            for index, (start, stop, _) in enumerate(document.bounds)
            if not document.blank[index] and edit.span.start <= start and stop <= edit.span.end
        ]
        return result.text, tuple(removed)

    return run_examples(ruleset, clean)
