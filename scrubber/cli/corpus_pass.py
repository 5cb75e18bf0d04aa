"""What is looked at in the whole dump before the first document is cleaned, where rules ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from scrubber.cli.account import Account
from scrubber.cli.observing import observe
from scrubber.cli.options import RunOptions
from scrubber.cli.streams import Messages
from scrubber.cli.tasks import Setup, Task
from scrubber.corpus.line_counts import LineCounts
from scrubber.corpus.template_lines import counted_group, masked_lines, numbers_of
from scrubber.model import Document
from scrubber.rules.schema import TemplateRule


def count_lines(groups: Sequence[str], document: Document) -> tuple[int, ...]:
    """What to count of a document under some kinds of groups."""
    lines = masked_lines(document)
    return tuple(number for how in groups for number in numbers_of(counted_group(document, how), lines))


def with_shared_lines(setup: Setup, tasks: Sequence[Task], options: RunOptions, messages: Messages) -> Setup:
    """The setup with what documents share, if `template` rules are in force: then every input is read once before.

    A sample is judged by all that it was drawn from. What cannot be read shares nothing; the run itself says so. The same for any order of inputs and number of workers.
    """
    rules = [rule for rule in setup.ruleset.rules if isinstance(rule, TemplateRule)]
    if not rules:
        return setup
    look = partial(count_lines, _sorted_once(rule.group for rule in rules))
    whole = replace(options, sample=None)
    with LineCounts() as counting:
        for _, numbers in observe(tasks, setup, look, Account(), whole, messages, label="comparing"):
            counting.add(numbers)
        return replace(setup, shared=counting.frequent(min(rule.min_documents for rule in rules)))


def _sorted_once(groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(groups)))
