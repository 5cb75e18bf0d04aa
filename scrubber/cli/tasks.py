"""What is to be done, what there is to know for it, and what became of it: all that goes to workers and comes back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from scrubber.cli.against import Against, CopiesFile
from scrubber.cli.globs import Glob
from scrubber.cli.inputs import Input
from scrubber.cli.parts import Line, Part
from scrubber.cli.session import Session
from scrubber.engine.guards import Limits
from scrubber.errors import Failure, ScrubberError
from scrubber.model import CleanResult
from scrubber.rules.decisions import Decisions
from scrubber.rules.ruleset import Ruleset
from scrubber.store.files import Fixity

if TYPE_CHECKING:
    from scrubber.cli.results import ResultsFile
    from scrubber.corpus.line_counts import SharedLines
    from scrubber.store.ledger_form import DocumentEntry, LedgerEntry


class Setup(Struct, frozen=True):
    """Everything that a worker must know; it is sent to each of them once.

    `destination` says what becomes of clean text: `none` (whoever calls has a use for it), `out` (written below
    `output_root`), `in-place`. `store` is the folder of the ledger; without a ledger there is none, and nothing is
    stored. `metadata` is where what a page says of itself goes: `none`, `header`, `json`. `record` is whether ledger
    lines are wanted, `keep_text` whether they may hold removed text. `want_results`: whether somebody looks at the
    result of a document that is taken over from an earlier run. `text_field` and `id_field` are those of records;
    `gather` is the kind of the one output that every text goes to (`jsonl`, `parquet`), if there is one. `max_seconds`
    is what a document may take. `part` names what kind of part of its inputs a run is about, if it is not about all.
    `shared` is what the whole dump shares.
    """

    ruleset: Ruleset
    decisions: Decisions
    limits: Limits
    skip_builtin: frozenset[str]
    per_file_ignores: tuple[tuple[Glob, tuple[str, ...]], ...]
    encoding: str | None
    undecodable: str
    paragraphs: str
    max_bytes: int
    destination: str = "none"
    output_root: Path | None = None
    store: Path | None = None
    record: bool = False
    keep_text: bool = True
    want_results: bool = True
    metadata: str = "none"
    text_field: str = "text"
    id_field: str = "id"
    gather: str = ""
    as_format: str | None = None
    max_seconds: int | None = None
    part: str = ""
    shared: SharedLines | None = None
    #: An index of another corpus, for evidence.
    against: Against | None = None
    #: The folder of what earlier runs have found (`kept_results.py`); None: nothing is taken from there or kept.
    results: str | None = None
    #: Whether results are kept there, and not only taken.
    keep_results: bool = True
    #: What was decided about each document of the run.
    copies: CopiesFile | None = None
    #: What documents without copies came to when they were compared.
    results_alone: ResultsFile | None = None


class Task(Struct, frozen=True):
    """One input to handle. `output` is its name below the output root; `failure` what is known to be wrong already.

    `earlier` is its line in the ledger of the run that is resumed, `content` the bytes where they are at hand (stdin).
    `part` is what is known of a member or record; its `output` is the shared one, for a record.
    """

    input: Input
    output: str | None = None
    failure: Failure | None = None
    earlier: DocumentEntry | None = None
    content: bytes | None = None
    part: Part | None = None
    skipped: bool = False

    def of_part(self, part: Part) -> Task:
        """The same task with another part."""
        return Task(self.input, self.output, self.failure, self.earlier, self.content, part, self.skipped)


class Done(Struct, frozen=True):
    """What became of one input. Without `result` it failed, was skipped, or was taken over as it is.

    `produced` are the files that this run has written for it alone, by their names below the output root. `line` is what goes to an
    output that it shares with others; then `entry` lacks that output until it is whole. `reached` counts bytes of
    input that are done with, for progress.
    """

    input: Input
    result: CleanResult | None = None
    entry: LedgerEntry | None = None
    failure: Failure | None = None
    skipped: bool = False
    taken_over: bool = False
    written: bool = False
    produced: tuple[tuple[str, Fixity], ...] = ()
    line: Line | None = None
    reached: int = 0


def setup_for(session: Session) -> Setup:
    """What workers need of a session."""
    settings = session.scene.settings
    return Setup(
        ruleset=session.ruleset,
        decisions=session.decisions,
        limits=session.limits,
        skip_builtin=session.skip_builtin,
        per_file_ignores=session.scene.per_file_ignores,
        encoding=settings.encoding,
        undecodable=settings.undecodable,
        as_format=session.scene.as_format,
        paragraphs=settings.paragraphs,
        max_bytes=settings.max_bytes,
        max_seconds=settings.max_seconds,
        text_field=session.scene.text_field,
        id_field=session.scene.id_field,
    )


def failure_of(task: Task, error: ScrubberError) -> Failure:
    """The record of an error about a task. Its place goes where it only repeats the input's name."""
    message = error.message
    if error.where is not None and error.where.path not in (task.input.name, task.input.path):
        message = f"{error.where}: {message}"
    return Failure(task.input.id, task.input.name, message, error.hint)


def weight_of(task: Task) -> int:
    """How many bytes a task brings with it to its worker."""
    part = task.part
    if part is None:
        return 0
    own = len(part.record.line) if part.record is not None else len(part.row.text) if part.row is not None else 0
    own += sum(len(text) for _, _, text in part.batch)
    return own + len(part.content or part.passage or b"") + (len(part.block.content) if part.block is not None else 0)
