"""What is done with one document: read, decode, clean, write. Runs in this process or in a worker.

A document that cannot be handled becomes a recorded failure; only a bug ends the run. Outputs are whole or absent.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from scrubber.cli.against import opened, opened_copies
from scrubber.cli.documents import read_document, with_paragraphs
from scrubber.cli.inputs import Input
from scrubber.cli.kept_results import KeptResults
from scrubber.cli.metadata import JSON_SUFFIX, header_of, json_of
from scrubber.cli.parts import Part, line_of, record_document, record_place, row_document
from scrubber.cli.reading import read_input, unreadable
from scrubber.cli.tasks import Done, Setup, Task, failure_of
from scrubber.cli.time_limit import TimeUp, at_most
from scrubber.errors import Failure, ScrubberError, UnwritableOutput
from scrubber.model import CleanResult, Document, Outcome
from scrubber.read import form_of
from scrubber.rules.builtin import BUILTINS
from scrubber.rules.decisions import Decisions
from scrubber.rules.selection import ids_meant
from scrubber.store.files import Fixity, fixity_of, fixity_of_file, take_away, write_atomic
from scrubber.store.paths import below, is_file, is_link
from scrubber.text.decode import Undecodable

if TYPE_CHECKING:
    from scrubber.engine.clean import Cleaner
    from scrubber.store.ledger_form import DocumentEntry, LedgerEntry, Way

#: Outcomes that change the text.
APPLIED = frozenset((Outcome.REMOVED, Outcome.REPLACED))


class Worker:
    """Handles one input after the other. Keeps cleaners, and nothing of any document."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self._cleaners: dict[tuple[str, ...], Cleaner] = {}
        self._kept = KeptResults(setup)

    def heed(self, decisions: Decisions) -> None:
        """From now on these are the recorded decisions; rules are not loaded again for it."""
        self.setup = structs.replace(self.setup, decisions=decisions)
        self._kept = KeptResults(self.setup)
        for cleaner in self._cleaners.values():
            cleaner.decisions = decisions

    def cleaner_for(self, path: str) -> Cleaner:
        """The cleaner for the file at `path`: with the rules that `per-file-ignores` leaves it."""
        ignored = self.ignored_for(path)
        if ignored not in self._cleaners:
            self._cleaners[ignored] = self._cleaner(ignored)
        return self._cleaners[ignored]

    def ignored_for(self, path: str) -> tuple[str, ...]:
        """Globs of the rules that `per-file-ignores` takes from the file at `path`."""
        if not path or not self.setup.per_file_ignores:
            return ()
        absolute = os.path.abspath(path)  # noqa: PTH100
        return tuple(rule_id for glob, ids in self.setup.per_file_ignores if glob.covers(absolute) for rule_id in ids)

    def _cleaner(self, ignored: tuple[str, ...]) -> Cleaner:
        from scrubber.engine.clean import Cleaner

        setup = self.setup
        names = dict(setup.ruleset.aliases) | {rule.id: rule.id for rule in setup.ruleset.rules}
        out = {rule_id for glob in ignored for rule_id in ids_meant(glob, names)}
        builtin = {rule.id: rule.id for rule in BUILTINS}
        skipped = {rule_id for glob in ignored for rule_id in ids_meant(glob, builtin)}
        ruleset = setup.ruleset
        if out:
            ruleset = ruleset.with_rules(tuple(rule for rule in ruleset.rules if rule.id not in out))
        return Cleaner(
            ruleset,
            decisions=setup.decisions,
            limits=setup.limits,
            skip_builtin=setup.skip_builtin | skipped,
            shared=setup.shared,
            known=opened(setup.against) if setup.against is not None else None,
            copies=opened_copies(setup.copies) if setup.copies is not None else None,
            leaves_out=setup.destination != "in-place",
        )

    def __call__(self, task: Task) -> Done:
        """Handle one input."""
        try:
            if task.failure is not None:
                return structs.replace(self.failed(task, task.failure), skipped=task.skipped)
            if task.part is not None:
                return self._part(task, task.part)
            content = task.content
            if content is None:
                content = read_input(task.input.path, self.setup.max_bytes, task.input.name)
            return self._handle(task, content)
        except Undecodable as error:
            failure = failure_of(task, error)
            if self.setup.undecodable == "skip":
                failure = structs.replace(failure, message=f"skipped: {failure.message}", hint="")
                return structs.replace(self.failed(task, failure), skipped=True)
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
        entry: LedgerEntry | None = None
        if self.setup.record:
            from scrubber.store.ledger_entries import failed_entry

            entry = failed_entry(structs.replace(failure, path=task.input.source))
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
        entry = self._entry(task, result, output, produced, way, fixity_of(content))
        return Done(task.input, result, entry, written=written, reached=task.input.size)

    def _gathered(self, task: Task, content: bytes, result: CleanResult) -> Done:
        """A whole input as one line of the output that all share."""
        way: Way = "source"
        if task.content is not None and self.setup.store is not None and self.setup.keep_text:
            from scrubber.store.originals import put_store

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
        produced, output = None, task.output if not result.left_out else None
        if self.setup.output_root is not None and output is None:
            self._leave_out(self.setup.output_root, task.output)
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
            part,
            task.input,
            task.output,
            result=result,
            fields=(self.setup.id_field, self.setup.text_field),
            keep_text=self.setup.keep_text,
        )
        entry = self._entry_of_part(task, part, result, None, None)
        if entry is not None and part.record is not None:
            entry = structs.replace(entry, record=record_place(part.record, line, result))
        written = line is not None and not line.left_out
        return Done(task.input, result, entry, written=written, line=line, reached=part.reached)

    def _entry_of_part(
        self, task: Task, part: Part, result: CleanResult, output: str | None, produced: Fixity | None
    ) -> DocumentEntry | None:
        return self._entry(task, result, output, produced, part.way, part.source) if self.setup.record else None

    def _entry(
        self, task: Task, result: CleanResult, output: str | None, produced: Fixity | None, way: Way, source: Fixity
    ) -> DocumentEntry:
        from scrubber.store.ledger_entries import document_entry

        entry = document_entry(
            result,
            path=task.input.source,
            output=output,
            produced=produced,
            way=way,
            keep_text=self.setup.keep_text,
            source=source,
        )
        said = self._metadata_of(result.document) if entry.output is not None else b""
        return structs.replace(entry, metadata=fixity_of(said)) if said else entry

    def written_text(self, result: CleanResult) -> str:
        """The clean text as it is written: with what a page says of itself above it, if that is wanted."""
        return header_of(result.document) + result.text if self.setup.metadata == "header" else result.text

    def clean(self, source: Input, content: bytes, part: Part | None = None) -> CleanResult:
        """Unpack, decode and clean one input, or the member `part` of one. Raises `UnreadableInput`."""
        document = read_document(self.setup, source, content, part)
        return self._clean_document(source, document) if part is not None else self._looked_up(source, document)

    def _looked_up(self, source: Input, document: Document) -> CleanResult:
        """What an earlier run has found in a whole input, or what is found now."""
        document = with_paragraphs(self.setup, document)
        place = self._kept.place_of(document, self.ignored_for(source.path or source.name))
        if place is None:
            return self._clean_document(source, document)
        result = self._kept.taken(place, document)
        if result is None:
            result = self._clean_document(source, document)
            self._kept.keep(place, result)
        return result

    def _clean_document(self, source: Input, document: Document) -> CleanResult:
        document, path = with_paragraphs(self.setup, document), source.path or source.name
        cleaner = self.cleaner_for(path)
        results = self.setup.results_alone
        if results is not None and cleaner.copies is not None and not cleaner.copies.of(document.id).copies:
            from scrubber.cli.results import key_of, known_result

            known = known_result(results, key_of(results, self.setup, document, self.ignored_for(path)), document)
            if known is not None:
                return known
        return cleaner.clean(document)

    def _unchanged(self, earlier: DocumentEntry, fixity: Fixity) -> bool:
        """Whether an earlier run has done all this, and its files are as it left them."""
        from scrubber.store.ledger_read import still_true
        from scrubber.store.originals import stored_path

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
        if setup.destination == "none" and (task.content is None or setup.store is None):
            return False, None, "source"
        from scrubber.store.encode import way_for
        from scrubber.store.originals import put_store

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
        if result.left_out:
            self._leave_out(setup.output_root, task.output)
            return False, None, way
        write_atomic(below(setup.output_root, task.output), clean)
        self._write_metadata(setup.output_root, task.output, result.document)
        return True, task.output, way

    def _leave_out(self, root: Path, output: str | None) -> None:
        """What an earlier run wrote of a document goes where this one leaves it out."""
        if output is not None and self.setup.destination == "out":
            take_away(below(root, output))
            if self.setup.metadata == "json":
                take_away(below(root, output + JSON_SUFFIX))

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

    def _replace(self, path: Path, content: bytes, clean: bytes) -> None:
        if self.setup.store is not None:
            from scrubber.store.originals import replace_in_place
            from scrubber.store.pending import noted

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
