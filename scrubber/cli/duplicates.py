"""`duplicates`: paragraphs or documents of a batch that nearly repeat each other, and which one of them would stay.

Every input is read once; what is compared lies in nameless files meanwhile. Nothing is changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, closing
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated

import typer
from msgspec import Struct, field

from scrubber.cli.inputs import Inputs
from scrubber.cli.looking import Seen, see
from scrubber.cli.options import InputOptions, MessageOptions, RuleOptions, RunOptions
from scrubber.cli.pair_reports import PAIR_REPORTS, PairReport
from scrubber.cli.reading import read_stdin
from scrubber.cli.reports import Request, outlet
from scrubber.cli.running import collected, refuse_nothing
from scrubber.cli.session import Scene, Session, limits_of, set_scene
from scrubber.cli.streams import Messages
from scrubber.cli.tasks import Setup, setup_for
from scrubber.errors import Failure, UnwritableOutput, UsageError
from scrubber.report.layout import count_words
from scrubber.rules.decisions import Decisions
from scrubber.rules.schema import Ruleset
from scrubber.rules.toml_cells import nearest, shown

#: Thresholds that fit most texts, in thousandths, and how many copies of one text are a heap.
DEFAULT_THRESHOLD = "0.5"
DEFAULT_MOST_COPIES = 1000
_FAILURES_LISTED = 20


class Unit(StrEnum):
    """What is compared."""

    PARAGRAPH = "paragraph"
    DOCUMENT = "document"


class Measure(StrEnum):
    """What makes two texts alike."""

    JACCARD = "jaccard"
    EDIT = "edit"
    EITHER = "either"


class DuplicateOptions(Struct, frozen=True):
    """What is compared, and what counts."""

    unit: Annotated[Unit, typer.Option(help="Compare paragraphs, or whole documents.")] = Unit.PARAGRAPH
    measure: Annotated[
        Measure,
        typer.Option(
            help="Shared shingles (blind to scattered edits), characters in order (blind to moves), or either."
        ),
    ] = Measure.EITHER
    threshold: Annotated[
        str,
        typer.Option(metavar="T", help="0.1 to 1. With either, edit similarity must reach the middle between T and 1."),
    ] = DEFAULT_THRESHOLD
    min_chars: Annotated[
        int, typer.Option(metavar="N", min=1, help="Pass shorter texts over, counted as compared.")
    ] = 1
    max_copies: Annotated[
        int, typer.Option(metavar="N", min=1, help="The most copies of one text; the next one is kept in turn.")
    ] = DEFAULT_MOST_COPIES
    spare_templated: Annotated[
        bool | None,
        typer.Option(
            "--spare-templated/--with-templated",
            help="No pairs of one template with other numbers or names. Default: spare, but with jaccard.",
        ),
    ] = None
    report: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMAT[:FILE]", help="terminal, jsonl or csv; to standard output, or FILE. Repeatable."),
    ] = None
    jobs: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=256, help="Processes that read; never changes results.")
    ] = None
    no_progress: Annotated[bool, typer.Option("--no-progress", help="No progress bar.")] = False
    isolated: Annotated[bool, typer.Option("--isolated", help="No configuration file.")] = False
    config: Annotated[str | None, typer.Option(metavar="FILE", help="Configuration file; nothing is looked for.")] = (
        None
    )


class _Account(Struct):
    """What was read, and what was not."""

    documents: int = 0
    failures: list[Failure] = field(default_factory=list)
    skipped: list[Failure] = field(default_factory=list)
    #: Members of archives that were not read, by the reason.
    passed: Counter[str] = field(default_factory=Counter)

    def add(self, seen: Seen) -> None:
        self.documents += seen.document is not None
        if seen.failure is not None:
            (self.skipped if seen.skipped else self.failures).append(seen.failure)


def duplicates(inputs: InputOptions, wanted: DuplicateOptions, message: MessageOptions) -> int:
    """Show paragraphs or documents that nearly repeat each other: pairs, scores, and which one would be kept."""
    messages = Messages(message)
    threshold = _thousandths(wanted.threshold)
    requests = _requests(wanted.report)
    scene = set_scene(inputs, RuleOptions(isolated=wanted.isolated, config=wanted.config))
    for warning in scene.warnings:
        messages.say(f"note: {warning}")
    found = collected(scene, inputs.stdin_filename, force_exclude=inputs.force_exclude)
    refuse_nothing(scene, found, asked=bool(inputs.paths) or inputs.files_from is not None)
    setup = setup_for(Session(scene, Ruleset(()), Decisions(), limits_of(scene.settings)[0], frozenset()))
    account = _Account()
    with ExitStack() as stack:
        try:
            summary = _compare(scene, found, setup, account, wanted, threshold, requests, messages, stack)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise UnwritableOutput(
                f"what is compared cannot be put on disk ({error.strerror}).",
                hint="Set TMPDIR to a folder with more room.",
            ) from error
    _tell(account, found, messages)
    messages.say(summary)
    return 3 if account.failures else 0


def _compare(
    scene: Scene,
    found: Inputs,
    setup: Setup,
    account: _Account,
    wanted: DuplicateOptions,
    threshold: int,
    requests: Sequence[Request],
    messages: Messages,
    stack: ExitStack,
) -> str:
    from scrubber.corpus.clusters import clusters_of, kept_of_pairs
    from scrubber.corpus.collection import Collection
    from scrubber.corpus.pairs import find_pairs, likenesses

    content = read_stdin(messages, setup.max_bytes) if scene.paths == ("-",) else None
    collection = stack.enter_context(closing(Collection()))
    run = RunOptions(jobs=wanted.jobs, no_progress=wanted.no_progress)
    whole = wanted.unit is Unit.DOCUMENT
    looked = see(
        found, setup, run, messages, whole=whole, min_chars=wanted.min_chars, content=content, passed=account.passed
    )
    for seen in looked:
        account.add(seen)
        if seen.document is not None:
            collection.add(seen.document, seen.record, seen.paragraphs)
    collection.finish()
    pairs = find_pairs(collection, likenesses(wanted.measure.value, threshold, spare_templated=wanted.spare_templated))
    clusters = clusters_of(pairs, wanted.max_copies)
    report = PairReport(collection, pairs, kept_of_pairs(pairs, clusters), clusters, wanted.unit.value)
    for request in requests:
        out, _ = outlet(request, stack, messages, pager=False)
        PAIR_REPORTS[request.format](report, out)
        out.flush()
    return _summary(report, account)


def _summary(report: PairReport, account: _Account) -> str:
    compared = f"{count_words(len(report.collection), report.unit)} of {count_words(account.documents, 'document')}"
    if report.unit == Unit.DOCUMENT:
        compared = count_words(len(report.collection), "document")
    if not report.pairs:
        return f"no near-duplicates among {compared}."
    copies = sum(len(cluster.copies) for cluster in report.clusters)
    stay = count_words(len(report.clusters), report.unit)
    copied = f"{copies:,} would go, being like {stay} that would stay"
    return f"{count_words(len(report.pairs), 'pair')} among {compared}: {copied}."


def _thousandths(given: str) -> int:
    """A threshold as whole thousandths. Raises `UsageError`."""
    try:
        value = Decimal(given) * 1000
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or not 100 <= value <= 1000 or value != int(value):
        raise UsageError(f"--threshold {shown(given)} is no threshold.", hint="Write 0.1 to 1, to three decimals.")
    return int(value)


def _requests(given: Sequence[str] | None) -> tuple[Request, ...]:
    """The reports that are wanted. Raises `UsageError`."""
    requests = tuple(_request(text) for text in given or ("terminal",))
    if sum(request.on_stdout for request in requests) > 1:
        raise UsageError("only one report can go to standard output.", hint="Give --report FORMAT:FILE.")
    files = [request.file for request in requests if request.file]
    twice = next((file for file in files if files.count(file) > 1), None)
    if twice is not None:
        raise UsageError(f"two reports cannot go to {shown(twice)}.")
    return requests


def _request(text: str) -> Request:
    name, colon, file = text.partition(":")
    if name not in PAIR_REPORTS:
        known = f"Known: {', '.join(PAIR_REPORTS)}."
        raise UsageError(f"no report {shown(name)} of duplicates.", hint=nearest(name, PAIR_REPORTS) or known)
    if colon and not file:
        raise UsageError(f"--report {shown(text)} names no file.", hint=f"Write {name}:FILE, or {name} alone.")
    return Request(name, file)


def _tell(account: _Account, found: Inputs, messages: Messages) -> None:
    """What could not be read, and what was passed over."""
    listed = account.failures if messages.options.verbose else account.failures[:_FAILURES_LISTED]
    for failure in listed:
        messages.error(f"{failure.path}: {failure.message} {failure.hint}".rstrip())
    if len(listed) < len(account.failures):
        more = count_words(len(account.failures) - len(listed), "more failure")
        messages.error(f"... {more}; --verbose lists them all.")
    for failure in account.skipped:
        messages.say(f"{failure.path}: {failure.message}")
    passed_over = Counter(dict(found.passed_over)) + account.passed
    if passed_over:
        words = ", ".join(f"{count:,} {what}" for what, count in sorted(passed_over.items()))
        messages.detail(f"passed over: {words}")
