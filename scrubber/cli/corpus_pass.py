"""What is looked at in the whole dump before the first document is cleaned, where rules ask for it.

First lines are counted, for `template` rules. Then every document is cleaned by the rules that need no other document,
and what is left of it is compared with what is left of the others, for `neardup` rules of corpus scope and `duplicate`
rules. Both come to a file of evidence, which workers look into; its digest names the state of the corpus.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from scrubber.cli.account import Account
from scrubber.cli.against import CopiesFile
from scrubber.cli.observing import observe, of_document
from scrubber.cli.options import RunOptions
from scrubber.cli.streams import Messages
from scrubber.cli.tasks import Setup, Task
from scrubber.corpus.line_counts import LineCounts, SharedLines
from scrubber.corpus.template_lines import counted_group, masked_lines, numbers_of
from scrubber.errors import UnwritableOutput, UsageError, Where
from scrubber.model import Document
from scrubber.model.finding import Action
from scrubber.rules.schema import DuplicateRule, NeardupRule, Rule, TemplateRule
from scrubber.store.files import fixity_of_file

if TYPE_CHECKING:
    from scrubber.cli.results import ResultsFile
    from scrubber.cli.work import Worker
    from scrubber.corpus.decide import Comparison
    from scrubber.corpus.observation import Observations
    from scrubber.model.copies import DocumentCopies

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
    if setup.copies is not None:
        return setup  # it was given
    run = _Pass(tasks, replace(options, sample=None), messages, go_on)
    try:
        return _with_evidence(setup, run, stack)
    except OSError as error:
        raise UnwritableOutput(
            f"what is compared cannot be put on disk ({error.strerror}).",
            hint="Set TMPDIR to a folder with more room.",
        ) from error


def _with_evidence(setup: Setup, run: _Pass, stack: ExitStack) -> Setup:
    from scrubber.corpus.decide import decide
    from scrubber.corpus.evidence import write_evidence

    shared = _shared_lines(setup, run)
    if shared is not None:
        setup = replace(setup, shared=shared)
    comparisons = comparisons_of(setup.ruleset.rules)
    if shared is None and not comparisons:
        return setup
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scrubber-evidence-")))
    path = folder / _NAME
    results: ResultsFile | None = None
    with ExitStack() as inner:
        decided: Iterable[tuple[str, DocumentCopies]] = ()
        if comparisons:
            observations, results = _observed(setup, run, comparisons, folder, inner)
            decided = decide(observations, comparisons)
        digest = write_evidence(path, shared, template_of(setup.ruleset.rules), comparisons, decided)
    return replace(setup, copies=CopiesFile(path, digest), results_alone=results)


def with_kept_evidence(setup: Setup, copies: CopiesFile) -> Setup:
    """The setup with evidence that was found before. Raises UsageError for a file that is none."""
    from scrubber.corpus.evidence import Evidence

    with closing(Evidence(copies.path)) as evidence:
        return replace(setup, shared=evidence.shared(), copies=copies)


def with_given_evidence(setup: Setup, path: Path) -> Setup:
    """The setup with the evidence that an earlier run has left. Raises UsageError where it does not fit the rules."""
    from scrubber.corpus.evidence import Evidence

    with closing(Evidence(path)) as evidence:
        if not evidence.answers(template_of(setup.ruleset.rules), comparisons_of(setup.ruleset.rules)):
            raise UsageError(
                "is the evidence of a run that compared documents under other rules.",
                where=Where(str(path)),
                hint="Use the rules of that run, or run without it.",
            )
    return with_kept_evidence(setup, CopiesFile(path, fixity_of_file(path).sha256))


class _Pass(Struct, frozen=True):
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
    template = template_of(setup.ruleset.rules)
    if template is None:
        return None
    look = partial(count_lines, template[1])
    with LineCounts() as counting:
        for _, numbers in run.look(setup, partial(of_document, look), "counting"):
            counting.add(numbers)
        return counting.frequent(template[0])


def template_of(rules: Iterable[Rule]) -> tuple[int, tuple[str, ...]] | None:
    """From how many documents on `template` rules want to know of a line, and in which kinds of groups; None without any."""
    wanted = [rule for rule in rules if isinstance(rule, TemplateRule)]
    if not wanted:
        return None
    return min(rule.min_documents for rule in wanted), tuple(sorted({rule.group for rule in wanted}))


def comparisons_of(rules: Iterable[Rule]) -> tuple[Comparison, ...]:
    """What the rules that compare documents ask for, in the order in which it is decided."""
    wanted = [rule for rule in rules if isinstance(rule, NeardupRule | DuplicateRule) and rule.scope == "corpus"]
    if not wanted:
        return ()
    from scrubber.corpus.decide import Comparison, in_order

    return in_order(
        Comparison(
            rule=rule.id,
            whole=isinstance(rule, DuplicateRule),
            threshold=rule.threshold,
            min_chars=rule.min_chars,
            shingle=None if rule.shingle == "auto" else int(rule.shingle),
            keep=rule.keep,
            by_numbers="numbers-differ" in rule.spare_if,
            takes=rule.action is Action.REMOVE,
        )
        for rule in wanted
    )


def _observed(
    setup: Setup, run: _Pass, comparisons: Sequence[Comparison], folder: Path, stack: ExitStack
) -> tuple[Observations, ResultsFile]:
    """What is left of every document, and where what they came to is kept."""
    from scrubber.cli.results import ResultsFile, conditions_of, results_path
    from scrubber.corpus.observation import Observations
    from scrubber.corpus.result_cache import ResultWriter

    least = [comparison.min_chars for comparison in comparisons if not comparison.whole]
    wanted = min(least, default=None), any(comparison.whole for comparison in comparisons)
    results = ResultsFile(results_path(folder), conditions_of(setup, wanted))
    try:
        writer = ResultWriter(results.path)
    except OSError:
        results = replace(results, path=folder / results.path.name)
        writer = ResultWriter(results.path)
    observations = stack.enter_context(closing(Observations()))
    with writer:
        for document_id, seen in run.look(setup, LeftTexts(setup, results, *wanted), "comparing"):
            observations.add(document_id, seen.observation)
            if seen.packed is None:
                writer.touch(seen.key)
            else:
                writer.put(seen.key, seen.plan, seen.packed)
    return observations, results


class Left(NamedTuple):
    """What is left of a document, as `Observation.coded` gives it; and what to keep of it, unless it is kept already."""

    observation: bytes
    key: bytes
    plan: bytes | None = None
    packed: bytes | None = None


@dataclass(slots=True)
class LeftTexts:
    """What is left of a document when the rules are through with it that need no other one."""

    setup: Setup
    results: ResultsFile
    min_chars: int | None
    whole: bool
    _worker: Worker | None = field(default=None, repr=False)

    def __call__(self, task: Task, document: Document) -> Left:
        from scrubber.cli.results import key_of, opened_results, packed_plan
        from scrubber.corpus.observation import Observation
        from scrubber.corpus.result_cache import packed
        from scrubber.engine.observe import observe_result

        if self._worker is None:
            from scrubber.cli.work import Worker

            self._worker = Worker(self.setup)
        path = task.input.path or task.input.name
        key = key_of(self.results, self.setup, document, self._worker.ignored_for(path))
        known = opened_results(self.results).observation(key)
        if known is not None and Observation.holds(known):
            return Left(known, key)
        cleaner = self._worker.cleaner_for(path)
        result = cleaner.clean(document)
        coded = observe_result(cleaner, result, min_chars=self.min_chars, whole=self.whole).coded()
        return Left(coded, key, packed_plan(key, result), packed(key, coded))
