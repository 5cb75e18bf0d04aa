"""What is looked at in the whole dump before the first document is cleaned, where rules ask for it.

First lines are counted, for `template` rules. Then every document is cleaned by the rules that need no other document,
and what is left of it is compared with what is left of the others, for `neardup` rules of corpus scope and `duplicate`
rules. Both come to a file of evidence, which workers look into; its digest names the state of the corpus.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrubber.cli.account import Account
from scrubber.cli.against import CopiesFile
from scrubber.cli.observing import observe, of_document
from scrubber.cli.options import RunOptions
from scrubber.cli.streams import Messages
from scrubber.cli.tasks import Setup, Task
from scrubber.corpus.line_counts import LineCounts, SharedLines
from scrubber.corpus.template_lines import counted_group, masked_lines, numbers_of
from scrubber.errors import UnwritableOutput
from scrubber.model import Document
from scrubber.model.finding import Action
from scrubber.rules.schema import DuplicateRule, NeardupRule, Rule, TemplateRule

if TYPE_CHECKING:
    from scrubber.cli.work import Worker
    from scrubber.corpus.decide import Comparison

#: The name of the evidence in a folder that lasts no longer than the run.
_NAME = "evidence.jsonl"


def count_lines(groups: Sequence[str], document: Document) -> tuple[int, ...]:
    """What to count of a document under some kinds of groups."""
    lines = masked_lines(document)
    return tuple(number for how in groups for number in numbers_of(counted_group(document, how), lines))


def with_corpus(
    setup: Setup,
    tasks: Sequence[Task],
    options: RunOptions,
    messages: Messages,
    stack: ExitStack,
    *,
    go_on: Callable[[], bool] = lambda: True,
) -> Setup:
    """The setup with what documents share, and with what comparing them decides, as far as rules ask for it.

    Every input is read once before for each of both. A sample is judged by all that it was drawn from. What cannot be
    read shares nothing and is like nothing; the run itself says so. The same for any order of inputs and number of
    workers. What is left on disk goes with `stack`. Raises KeyboardInterrupt where `go_on` says no.
    """
    run = _Pass(tasks, replace(options, sample=None), messages, go_on)
    try:
        return _with_evidence(setup, run, stack)
    except OSError as error:
        raise UnwritableOutput(
            f"what is compared cannot be put on disk ({error.strerror}).",
            hint="Set TMPDIR to a folder with more room.",
        ) from error


def _with_evidence(setup: Setup, run: _Pass, stack: ExitStack) -> Setup:
    from scrubber.corpus.evidence import write_evidence

    shared = _shared_lines(setup, run)
    if shared is not None:
        setup = replace(setup, shared=shared)
    comparisons = comparisons_of(setup.ruleset.rules)
    if shared is None and not comparisons:
        return setup
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="scrubber-evidence-"))
    path = Path(folder) / _NAME
    with ExitStack() as inner:
        decided = _decided(setup, run, comparisons, inner) if comparisons else ()
        digest = write_evidence(path, shared, comparisons, decided)
    return replace(setup, copies=CopiesFile(path, digest))


@dataclass(frozen=True, slots=True)
class _Pass:
    """What is read, and how."""

    tasks: Sequence[Task]
    options: RunOptions
    messages: Messages
    go_on: Callable[[], bool]

    def look(self, setup: Setup, look: Any, label: str) -> Iterator[tuple[str, Any]]:
        for each in observe(self.tasks, setup, look, Account(), self.options, self.messages, label=label):
            if not self.go_on():
                raise KeyboardInterrupt
            yield each


def _shared_lines(setup: Setup, run: _Pass) -> SharedLines | None:
    rules = [rule for rule in setup.ruleset.rules if isinstance(rule, TemplateRule)]
    if not rules:
        return None
    look = partial(count_lines, _sorted_once(rule.group for rule in rules))
    with LineCounts() as counting:
        for _, numbers in run.look(setup, partial(of_document, look), "counting"):
            counting.add(numbers)
        return counting.frequent(min(rule.min_documents for rule in rules))


def _sorted_once(groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(groups)))


def comparisons_of(rules: Iterable[Rule]) -> tuple[Comparison, ...]:
    """What the rules that compare documents ask for, in the order in which it is decided."""
    found = [rule for rule in rules if isinstance(rule, NeardupRule | DuplicateRule)]
    wanted = [rule for rule in found if isinstance(rule, DuplicateRule) or rule.scope == "corpus"]
    if not wanted:
        return ()
    from scrubber.corpus.decide import Comparison, in_order

    return in_order(
        Comparison(
            rule=rule.id,
            whole=isinstance(rule, DuplicateRule),
            threshold=rule.threshold,
            min_chars=rule.min_chars,
            shingle=None if isinstance(rule, DuplicateRule) or rule.shingle == "auto" else int(rule.shingle),
            keep=rule.keep,
            by_numbers="numbers-differ" in rule.spare_if,
            takes=rule.action is Action.REMOVE,
        )
        for rule in wanted
    )


def _decided(setup: Setup, run: _Pass, comparisons: Sequence[Comparison], stack: ExitStack) -> Iterable[Any]:
    from scrubber.corpus.decide import decide
    from scrubber.corpus.observation import Observations

    least = [comparison.min_chars for comparison in comparisons if not comparison.whole]
    look = LeftTexts(setup, min(least, default=None), any(comparison.whole for comparison in comparisons))
    observations = stack.enter_context(closing(Observations()))
    for document_id, coded in run.look(setup, look, "comparing"):
        observations.add(document_id, coded)
    return decide(observations, comparisons)


@dataclass(slots=True)
class LeftTexts:
    """What is left of a document when the rules are through with it that need no other one: an observation, coded."""

    setup: Setup
    min_chars: int | None
    whole: bool
    _worker: Worker | None = field(default=None, repr=False)

    def __call__(self, task: Task, document: Document) -> bytes:
        from scrubber.cli.work import Worker
        from scrubber.engine.observe import observe_result

        if self._worker is None:
            self._worker = Worker(self.setup)
        cleaner = self._worker.cleaner_for(task.input.path or task.input.name)
        found = observe_result(cleaner, cleaner.clean(document), min_chars=self.min_chars, whole=self.whole)
        return found.coded()
