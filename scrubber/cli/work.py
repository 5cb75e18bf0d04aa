"""What is done with one document: read, decode, clean, write. Runs in this process or in a worker.

A document that cannot be handled becomes a recorded failure; only a bug ends the run. Outputs are whole or absent.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from scrubber.cli.documents import read_document, with_paragraphs
from scrubber.cli.globs import Glob
from scrubber.cli.inputs import Input
from scrubber.cli.metadata import JSON_SUFFIX, header_of, json_of
from scrubber.cli.parts import Line, Part, line_of, record_document, record_place, row_document
from scrubber.cli.reading import read_input, unreadable
from scrubber.cli.session import Session
from scrubber.cli.time_limit import TimeUp, at_most
from scrubber.corpus.line_counts import SharedLines
from scrubber.engine.builtin import BUILTINS
from scrubber.engine.clean import Cleaner
from scrubber.engine.guards import Limits
from scrubber.errors import Failure, ScrubberError, UnwritableOutput
from scrubber.model import CleanResult, Document, Outcome
from scrubber.read import form_of
from scrubber.rules.decisions import Decisions
from scrubber.rules.schema import Ruleset
from scrubber.rules.selection import ids_meant
from scrubber.store.encode import way_for
from scrubber.store.files import Fixity, fixity_of, fixity_of_file, write_atomic
from scrubber.store.ledger_entries import document_entry, failed_entry
from scrubber.store.ledger_form import DocumentEntry, LedgerEntry, Way
from scrubber.store.ledger_read import still_true
from scrubber.store.originals import put_store, replace_in_place, stored_path
from scrubber.store.paths import below, is_file, is_link
from scrubber.store.pending import noted
from scrubber.text.decode import Undecodable

#: Outcomes that change the text.
APPLIED = frozenset((Outcome.REMOVED, Outcome.REPLACED))


@dataclass(frozen=True, slots=True)
class Setup:
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


@dataclass(frozen=True, slots=True)
class Task:
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


@dataclass(frozen=True, slots=True)
class Done:
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


class Worker:
    """Handles one input after the other. Keeps cleaners, and nothing of any document."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self._cleaners: dict[tuple[str, ...], Cleaner] = {}

    def cleaner_for(self, path: str) -> Cleaner:
        """The cleaner for the file at `path`: with the rules that `per-file-ignores` leaves it."""
        absolute = os.path.abspath(path) if path else ""  # noqa: PTH100
        ignored = tuple(
            rule_id
            for glob, ids in self.setup.per_file_ignores
            if absolute and glob.covers(absolute)
            for rule_id in ids
        )
        if ignored not in self._cleaners:
            self._cleaners[ignored] = self._cleaner(ignored)
        return self._cleaners[ignored]

    def _cleaner(self, ignored: tuple[str, ...]) -> Cleaner:
        setup = self.setup
        names = dict(setup.ruleset.aliases) | {rule.id: rule.id for rule in setup.ruleset.rules}
        out = {rule_id for glob in ignored for rule_id in ids_meant(glob, names)}
        builtin = {rule.id: rule.id for rule in BUILTINS}
        skipped = {rule_id for glob in ignored for rule_id in ids_meant(glob, builtin)}
        ruleset = setup.ruleset
        if out:
            ruleset = replace(ruleset, rules=tuple(rule for rule in ruleset.rules if rule.id not in out))
        return Cleaner(
            ruleset,
            decisions=setup.decisions,
            limits=setup.limits,
            skip_builtin=setup.skip_builtin | skipped,
            shared=setup.shared,
        )

    def __call__(self, task: Task) -> Done:
        """Handle one input."""
        try:
            if task.failure is not None:
                return replace(self.failed(task, task.failure), skipped=task.skipped)
            if task.part is not None:
                return self._part(task, task.part)
            content = task.content
            if content is None:
                content = read_input(task.input.path, self.setup.max_bytes, task.input.name)
            return self._handle(task, content)
        except Undecodable as error:
            failure = failure_of(task, error)
            if self.setup.undecodable == "skip":
                failure = replace(failure, message=f"skipped: {failure.message}", hint="")
                return replace(self.failed(task, failure), skipped=True)
            return self.failed(task, failure)
        except ScrubberError as error:
            return self.failed(task, failure_of(task, error))
        except TimeUp:
            self._cleaners.clear()  # what they remember may be half of something
            message = f"took longer than limits.max-seconds ({self.setup.max_seconds:,})."
            return self.failed(task, Failure(task.input.id, task.input.name, message, "Raise it, or split the text."))
        except MemoryError:
            hint = "Split it, or set limits.max-bytes lower."
            failure = Failure(task.input.id, task.input.name, "needs more memory than there is.", hint)
            return self.failed(task, failure)

    def failed(self, task: Task, failure: Failure) -> Done:
        """An input that comes to nothing but a record of why."""
        entry = failed_entry(replace(failure, path=task.input.source)) if self.setup.record else None
        reached = task.part.reached if task.part is not None else task.input.size
        # In place, what cannot be cleaned stays as it is.
        shared = task.part if task.part is not None and task.part.shared else None
        line = line_of(shared, task.input, task.output, kept=self.setup.destination == "in-place")
        return Done(task.input, entry=entry, failure=failure, line=line, reached=reached)

    def _handle(self, task: Task, content: bytes) -> Done:
        if task.earlier is not None and self._unchanged(task.earlier, fixity_of(content)):
            # In place, what stands there is clean already: the result of this run says nothing about the first one.
            wanted = self.setup.want_results and self.setup.destination != "in-place"
            result = self._in_time(task, content) if wanted else None
            return Done(task.input, result, task.earlier, taken_over=True, reached=task.input.size)
        result = self._in_time(task, content)
        if self.setup.gather:
            return self._gathered(task, content, result)
        clean = self.written_text(result).encode("utf-8")
        written, output, way = self._write(task, content, clean, result)
        produced = None if output is None else fixity_of(clean if written else content)
        if not self.setup.record:
            names = self._produced(result, output if written else None, produced)
            return Done(task.input, result, written=written, produced=names, reached=task.input.size)
        entry = document_entry(
            result,
            path=task.input.source,
            output=output,
            produced=produced,
            way=way,
            keep_text=self.setup.keep_text,
            source=fixity_of(content),
        )
        entry = self._with_metadata(entry, result.document)
        return Done(task.input, result, entry, written=written, reached=task.input.size)

    def _gathered(self, task: Task, content: bytes, result: CleanResult) -> Done:
        """A whole input as one line of the output that all share."""
        way: Way = "source"
        if task.content is not None and self.setup.store is not None and self.setup.keep_text:
            put_store(self.setup.store, content)
            way = "store"
        part = Part(fixity_of(content), way, name=task.input.name, reached=task.input.size)
        return self._recorded(task, part, result)

    def _part(self, task: Task, part: Part) -> Done:
        """Handle a member of an archive, or a record."""
        if part.content is None and part.record is None and part.row is None:
            line = line_of(part, task.input, task.output, kept=self.setup.destination == "in-place")
            return Done(task.input, line=line, reached=part.reached)
        shared = part.record is not None or part.row is not None or part.shared or bool(self.setup.gather)
        taken = part.taken if shared else task.earlier is not None and self._unchanged(task.earlier, part.source)
        if taken and task.earlier is not None:
            wanted = self.setup.want_results and self.setup.destination != "in-place"
            result = self._in_time(task, b"", part) if wanted else None
            return Done(task.input, result, task.earlier, taken_over=True, reached=part.reached)
        result = self._in_time(task, b"", part)
        if shared:
            return self._recorded(task, part, result)
        produced, output = None, task.output
        if self.setup.output_root is not None and output is not None:
            clean = self.written_text(result).encode("utf-8")
            write_atomic(below(self.setup.output_root, output), clean)
            self._write_metadata(self.setup.output_root, output, result.document)
            produced = fixity_of(clean)
        entry = self._entry_of_part(task, part, result, output, produced)
        names = self._produced(result, output, produced)
        return Done(task.input, result, entry, written=bool(names), produced=names, reached=part.reached)

    def _in_time(self, task: Task, content: bytes, part: Part | None = None) -> CleanResult:
        """Clean an input, or the member or record `part` of one. Raises `TimeUp` where that takes too long."""
        with at_most(self.setup.max_seconds):
            return self.clean(task.input, content) if part is None else self._cleaned_part(task, part)

    def _cleaned_part(self, task: Task, part: Part) -> CleanResult:
        if part.record is not None:
            return self._clean_document(task.input, record_document(part.record, task.input.id, task.input.name))
        if part.row is not None:
            return self._clean_document(task.input, row_document(part.row, task.input.id, task.input.name))
        return self.clean(task.input, part.content or b"", part)

    def _recorded(self, task: Task, part: Part, result: CleanResult) -> Done:
        """A text as a line of an output that it shares."""
        line = line_of(
            part, task.input, task.output, result=result, fields=(self.setup.id_field, self.setup.text_field)
        )
        entry = self._entry_of_part(task, part, result, None, None)
        if isinstance(entry, DocumentEntry) and part.record is not None:
            entry = replace(entry, record=record_place(part.record, line, result))
        return Done(task.input, result, entry, written=line is not None, line=line, reached=part.reached)

    def _entry_of_part(
        self, task: Task, part: Part, result: CleanResult, output: str | None, produced: Fixity | None
    ) -> LedgerEntry | None:
        if not self.setup.record:
            return None
        entry = document_entry(
            result,
            path=task.input.source,
            output=output,
            produced=produced,
            way=part.way,
            keep_text=self.setup.keep_text,
            source=part.source,
        )
        return self._with_metadata(entry, result.document)

    def written_text(self, result: CleanResult) -> str:
        """The clean text as it is written: with what a page says of itself above it, if that is wanted."""
        return header_of(result.document) + result.text if self.setup.metadata == "header" else result.text

    def clean(self, source: Input, content: bytes, part: Part | None = None) -> CleanResult:
        """Unpack, decode and clean one input, or the member `part` of one. Raises `UnreadableInput`."""
        return self._clean_document(source, read_document(self.setup, source, content, part))

    def read(self, task: Task) -> Document:
        """The document of a task, decoded and not cleaned. Raises `UnreadableInput`."""
        part = task.part
        if part is not None and part.record is not None:
            document = record_document(part.record, task.input.id, task.input.name)
        elif part is not None and part.row is not None:
            document = row_document(part.row, task.input.id, task.input.name)
        else:
            content = part.content if part is not None else task.content
            if content is None:
                content = read_input(task.input.path, self.setup.max_bytes, task.input.name)
            document = read_document(self.setup, task.input, content, part)
        return with_paragraphs(self.setup, document)

    def _clean_document(self, source: Input, document: Document) -> CleanResult:
        return self.cleaner_for(source.path or source.name).clean(with_paragraphs(self.setup, document))

    def _unchanged(self, earlier: DocumentEntry, fixity: Fixity) -> bool:
        """Whether an earlier run has done all this, and its files are as it left them."""
        setup = self.setup
        if earlier.way == "store" and setup.store is not None:
            kept = stored_path(setup.store, earlier.source.fixity.sha256)
            if not is_file(kept) or fixity_of_file(kept) != earlier.source.fixity:
                return False
        if setup.destination == "in-place":
            # What stands there now is the output; its original went into the store before.
            return earlier.result == fixity
        return setup.output_root is not None and still_true(earlier, source=fixity, output_root=setup.output_root)

    def _write(self, task: Task, content: bytes, clean: bytes, result: CleanResult) -> tuple[bool, str | None, Way]:
        """Put the clean text where it belongs: whether it was written, the output's name, and the way back."""
        setup = self.setup
        if setup.destination == "in-place":
            applied = any(verdict.outcome in APPLIED for verdict in result.plan.verdicts) or result.plan.edits
            if not applied or clean == content:
                return False, task.output, "edits" if clean == content else "source"
            self._replace(Path(task.input.path), content, clean)
            return True, task.output, way_for(result.document, content)
        if setup.destination == "none" or setup.output_root is None or task.output is None:
            if task.content is not None and setup.store is not None and setup.keep_text:
                put_store(setup.store, content)
                return False, None, "store"
            return False, None, "source"
        packed = bool(form_of(task.input.name, setup.as_format).coding)
        way: Way = "source" if packed else way_for(result.document, content)
        if way == "source" and task.content is not None and setup.store is not None:
            way = "store"  # standard input is nowhere else
        if way == "store" and not setup.keep_text:
            way = "source"
        if way == "store" and setup.store is not None:
            put_store(setup.store, content)
        write_atomic(below(setup.output_root, task.output), clean)
        self._write_metadata(setup.output_root, task.output, result.document)
        return True, task.output, way

    def _write_metadata(self, root: Path, output: str, document: Document) -> None:
        if said := self._metadata_of(document):
            write_atomic(below(root, output + JSON_SUFFIX), said)

    def _metadata_of(self, document: Document) -> bytes:
        """What goes into the file beside the output of a page; empty where there is none."""
        wanted = self.setup.metadata == "json" and self.setup.destination == "out" and not self.setup.gather
        return json_of(document) if wanted else b""

    def _produced(
        self, result: CleanResult, output: str | None, fixity: Fixity | None
    ) -> tuple[tuple[str, Fixity], ...]:
        if output is None or fixity is None:
            return ()
        said = self._metadata_of(result.document)
        return ((output, fixity), *([(output + JSON_SUFFIX, fixity_of(said))] if said else []))

    def _with_metadata(self, entry: DocumentEntry, document: Document) -> DocumentEntry:
        said = self._metadata_of(document) if entry.output is not None else b""
        return replace(entry, metadata=fixity_of(said)) if said else entry

    def _replace(self, path: Path, content: bytes, clean: bytes) -> None:
        if self.setup.store is not None:
            with noted(self.setup.store, path, fixity_of(content), fixity_of(clean)):
                replace_in_place(path, content, clean, self.setup.store)
            return
        if is_link(path):
            raise UnwritableOutput("is a link, and links are not replaced in place.", hint="Name the file it leads to.")
        try:
            unchanged = fixity_of_file(path) == fixity_of(content)
        except OSError as error:
            raise unreadable(str(path), error) from error
        if not unchanged:
            raise UnwritableOutput("was changed by someone else during the run, and was left alone.", hint="Run again.")
        write_atomic(path, clean, mode_from=path)


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
    return own + len(part.content or part.passage or b"") + (len(part.block.content) if part.block is not None else 0)
