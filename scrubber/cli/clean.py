"""`clean`: apply what was found, and keep a record of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from scrubber.cli.account import Account, account_for, tell_failures, tell_rest
from scrubber.cli.against import EvidenceOptions, with_evidence
from scrubber.cli.destination import Destination, Kind, destination_of, outputs_of, refuse_writing_over
from scrubber.cli.gathering import Gathering
from scrubber.cli.inputs import STDIN, Inputs
from scrubber.cli.kept_results import KeepingOptions, with_results
from scrubber.cli.metadata import JSON_SUFFIX, header_of
from scrubber.cli.options import (
    InputOptions,
    MessageOptions,
    Metadata,
    OutputOptions,
    ReportingOptions,
    RuleOptions,
    RunOptions,
)
from scrubber.cli.reading import read_stdin
from scrubber.cli.record import Record, earlier_entries, header_for
from scrubber.cli.reports import Request, requests_of, write_reports
from scrubber.cli.running import (
    Interruption,
    collected,
    refuse_nothing,
    run_tasks,
    tasks_for,
)
from scrubber.cli.session import Session, name_from_here, open_session, rule_warnings, set_scene
from scrubber.cli.statistics import statistics_rows
from scrubber.cli.streams import Messages, guarded_errors, write_text
from scrubber.cli.tasks import Done, Setup, setup_for
from scrubber.errors import UsageError
from scrubber.model import CleanResult
from scrubber.read import form_of
from scrubber.report import ReportOptions, summary
from scrubber.report.layout import count_words
from scrubber.rules.toml_cells import shown as quoted
from scrubber.store.files import Fixity, remove_leftovers
from scrubber.store.ledger_entries import document_entry
from scrubber.store.ledger_form import DocumentEntry
from scrubber.store.lock import run_lock
from scrubber.store.manifest import Manifest, stands_on_manifest
from scrubber.store.originals import STORE_FOLDER
from scrubber.store.paths import MANIFEST_NAME, is_link
from scrubber.store.pending import PENDING_FOLDER, forget, put_back

#: Exit code of a run that Ctrl-C has ended.
_INTERRUPTED = 130


class _Order(Struct, frozen=True):
    """Everything that is settled before the first input is read."""

    session: Session
    evidence: EvidenceOptions
    keeping: KeepingOptions
    inputs: Inputs
    destination: Destination
    requests: tuple[Request, ...]
    options: OutputOptions
    reporting: ReportingOptions
    run: RunOptions
    messages: Messages

    @property
    def bar_allowed(self) -> bool:
        shown = self.destination.kind is Kind.STDOUT or any(request.on_stdout for request in self.requests)
        return not (shown and sys.stdout.isatty())


def clean(
    inputs: InputOptions,
    rules: RuleOptions,
    evidence: EvidenceOptions,
    output: OutputOptions,
    reporting: ReportingOptions,
    run: RunOptions,
    keeping: KeepingOptions,
    message: MessageOptions,
) -> int:
    """Apply removals and repairs, and write clean UTF-8: below --out, --in-place, or one input to standard output."""
    messages = Messages(message)
    scene = set_scene(inputs, rules)
    destination = destination_of(output, scene.root)
    requests = requests_of(reporting.report, (), payload=destination.kind is Kind.STDOUT)
    if output.manifest and destination.kind is not Kind.OUT:
        raise UsageError("--manifest lists what --out holds.", hint="Give --out DIR, or leave --manifest out.")
    if output.metadata is Metadata.JSON and destination.kind is not Kind.OUT:
        raise UsageError("--metadata json writes files beside those of --out.", hint="Give --out DIR, or header.")
    if scene.paths == (STDIN,) and destination.kind is Kind.IN_PLACE:
        raise UsageError("standard input cannot be replaced in place.", hint="Leave --in-place out.")
    if scene.paths == (STDIN,) and destination.kind is Kind.OUT and inputs.stdin_filename is None:
        raise UsageError("the output needs a name.", hint="Give --stdin-filename, or leave --out out.")
    _refuse_parts(output, run, destination)
    session = open_session(scene)
    for warning in rule_warnings(session):
        messages.say(f"note: {warning}")
    skip = (destination.output_root,) if destination.kind is Kind.OUT and destination.output_root else ()
    found = collected(
        scene,
        inputs.stdin_filename,
        force_exclude=inputs.force_exclude,
        skip=skip,
        mirrored=destination.kind is Kind.OUT,
    )
    refuse_nothing(scene, found, asked=bool(inputs.paths) or inputs.files_from is not None)
    if scene.paths == (STDIN,) and not found.inputs and destination.kind is Kind.STDOUT:
        # An editor takes what comes back for its text: what is excluded comes back as it is.
        sys.stdout.flush()
        sys.stdout.buffer.write(read_stdin(messages, scene.settings.max_bytes))
        return 0
    return _carry_out(
        _Order(session, evidence, keeping, found, destination, requests, output, reporting, run, messages)
    )


def _refuse_parts(output: OutputOptions, run: RunOptions, destination: Destination) -> None:
    """Raises `UsageError` for parts of a dump that cannot be told from the whole afterwards."""
    if output.retry is not None and output.resume:
        raise UsageError("--retry and --resume do not go together.", hint="--resume tries failed documents again, too.")
    if output.retry is not None and destination.kind is Kind.STDOUT:
        raise UsageError("--retry needs --out or --in-place.", hint="Give what the run of that ledger was given.")
    if output.retry is not None and destination.gathered:
        raise UsageError("--retry cannot add to a file of records.", hint="Use --resume, or another --out.")
    if output.retry is not None and output.manifest:
        raise UsageError("--manifest lists all outputs, and --retry makes some.", hint="Use --resume with --manifest.")
    if run.sample is not None and (destination.kind is Kind.IN_PLACE or output.retry is not None):
        raise UsageError("--sample goes with neither --in-place nor --retry.", hint="Use --out DIR for a sample.")


def _carry_out(order: _Order) -> int:
    destination, found, messages = order.destination, order.inputs, order.messages
    count = len(found.inputs) + len(found.failures)
    if destination.kind is Kind.STDOUT and count > 1:
        raise UsageError(
            f"{count:,} inputs cannot go to standard output together.",
            hint="Give --out DIR to write below a folder, or --in-place to replace them.",
        )
    outputs, refused = outputs_of(
        found,
        destination,
        as_format=order.session.scene.as_format,
        beside=JSON_SUFFIX if order.options.metadata is Metadata.JSON else "",
    )
    files = [(f"--report {request.format}", request.file) for request in order.requests if request.file]
    if order.options.ledger is not None:
        files.append(("--ledger", order.options.ledger))
    manifest = _manifest_for(order, outputs, files)
    refuse_writing_over(files, found)
    setup = _setup_of(order)
    if order.run.sample is not None and not destination.gathered:
        tables = [each.name for each in found.inputs if form_of(each.name, setup.as_format).kind == "parquet"]
        if tables:
            raise UsageError(f"{tables[0]}: no table is written of a sample.", hint="Give --out x.jsonl.")
    content = read_stdin(messages, setup.max_bytes) if order.session.scene.paths == (STDIN,) else None
    every = found
    if order.options.retry is not None:
        from scrubber.cli.sampling import only_failed

        found = only_failed(found, Path(order.options.retry))
        order = replace(order, inputs=found)
    account, taking, record = account_for(order.session), _Taking(order, manifest), None
    with ExitStack() as stack:
        interruption = Interruption()
        if destination.kind is not Kind.STDOUT:
            stack.enter_context(interruption)
        earlier: dict[str, DocumentEntry] = {}
        if destination.ledger is not None and destination.output_root is not None:
            stack.enter_context(run_lock(destination.output_root))
            _remove_leftovers(destination, outputs)
            if destination.kind is Kind.IN_PLACE:
                _put_back(order, destination.ledger.parent)
        if setup.ruleset.comparing:
            setup = _compared(order, setup, every, content, stack, interruption)
        if destination.ledger is not None:
            header = header_for(order.session, setup, found.source_root, destination.output_root or found.source_root)
            if order.options.resume:
                earlier = earlier_entries(destination.ledger, header)
            record = stack.enter_context(Record(destination.ledger, header))
        finished = run_tasks(
            tasks_for(found, outputs, earlier, refused, content),
            setup,
            account,
            order.run,
            messages,
            label="cleaning",
            bar_allowed=order.bar_allowed,
            interruption=interruption,
            earlier=earlier,
        )
        gathering = Gathering(
            destination,
            record,
            account.add,
            taking.enter,
            whole=bool(destination.gathered),
            fields=(setup.id_field, setup.text_field),
        )
        stack.callback(gathering.close, interrupted=True)
        write_reports(
            taking.results(finished, record, gathering, lambda: interruption.cut),
            order.requests,
            order.reporting,
            messages,
            ended=lambda: account.ended(interrupted=interruption.cut),
        )
        if manifest is not None and destination.output_root is not None and not interruption.cut:
            # A manifest speaks of all outputs; the one of an earlier run stays until there is a whole one.
            manifest.write(destination.output_root)
        if account.second_trials:
            _remove_leftovers(destination, outputs)
        if record is not None:
            record.finish(interrupted=interruption.cut)
    return _close(order, account, taking, interrupted=interruption.cut)


def _compared(
    order: _Order, setup: Setup, every: Inputs, content: bytes | None, stack: ExitStack, interruption: Interruption
) -> Setup:
    """The setup with what comparing the documents decides: of this run, or of the interrupted one that is resumed."""
    from scrubber.cli.corpus_pass import with_corpus, with_kept_evidence

    ledger = order.destination.ledger
    if ledger is not None and order.options.resume and content is None and setup.copies is None:
        from scrubber.cli.evidence import earlier_evidence

        root = order.destination.output_root or every.source_root
        kept = earlier_evidence(ledger, header_for(order.session, setup, every.source_root, root), every)
        if kept is not None:
            return with_kept_evidence(setup, kept)
    go_on = partial(_goes_on, interruption)
    compared = with_corpus(setup, tasks_for(every, content=content), order.run, order.messages, stack, go_on=go_on)
    if ledger is not None and compared.copies is not None:
        from scrubber.cli.evidence import inputs_digest, keep_evidence

        made = compared.copies
        compared = replace(compared, copies=keep_evidence(made, ledger.parent, inputs_digest(every)))
        if setup.copies is None:
            # A run that is killed leaves as little as may be in the folder for temporary files.
            made.path.unlink(missing_ok=True)
    return compared


def _goes_on(interruption: Interruption) -> bool:
    return not interruption.asked


def _put_back(order: _Order, folder: Path) -> None:
    """Undo what a run that was killed had replaced and not yet recorded: this run finds the originals."""
    restored = put_back(folder, (Path(each.path) for each in order.inputs.inputs))
    for path in restored:
        order.messages.detail(f"{name_from_here(path)}: put back; the run that replaced it was killed.")
    if restored:
        order.messages.say(f"note: {count_words(len(restored), 'original')} put back that a killed run had replaced.")


def _remove_leftovers(destination: Destination, outputs: Mapping[str, str]) -> None:
    """Drop what processes that were killed had not finished writing."""
    folders = _folders_of(destination.output_root, outputs) if destination.output_root is not None else set()
    if destination.ledger is not None:
        folders |= {destination.ledger.parent / name for name in (STORE_FOLDER, PENDING_FOLDER)}
    remove_leftovers(folders)


def _folders_of(root: Path, outputs: Mapping[str, str]) -> set[Path]:
    """The folders that outputs lie in; those below an archive's own folder as they are there already."""
    folders = {(root / name).parent for name in outputs.values()}
    for name in outputs.values():
        if form_of(name).is_archive and not is_link(root / name):
            folders |= {Path(folder) for folder, _, _ in os.walk(root / name)}
    return folders


def _manifest_for(order: _Order, outputs: Mapping[str, str], files: list[tuple[str, str]]) -> Manifest | None:
    """An empty manifest where one is wanted; its file joins `files`, which must not be inputs.

    Raises `UsageError` where an output, or another file of this run, has its name.
    """
    root = order.destination.output_root
    if not order.options.manifest or root is None:
        return None
    taken = next((name for name in outputs.values() if stands_on_manifest(name)), None)
    if taken is not None:
        raise UsageError(
            f"the output {quoted(taken)} would stand where --manifest writes {MANIFEST_NAME}.",
            hint="Leave that input out with --exclude, or leave --manifest out.",
        )
    path = root / MANIFEST_NAME
    for option, other in files:
        if os.path.realpath(other) == os.path.realpath(path):
            raise UsageError(f"{option} {quoted(other)} would stand where --manifest writes.")
    files.append(("--manifest", str(path)))
    return Manifest()


def _setup_of(order: _Order) -> Setup:
    destination = order.destination
    return replace(
        with_results(with_evidence(setup_for(order.session), order.evidence), order.keeping, keep=False),
        metadata=order.options.metadata.value,
        gather=form_of(destination.gathered).kind if destination.gathered else "",
        destination=destination.kind.value,
        output_root=destination.output_root,
        store=destination.ledger.parent if destination.ledger is not None else None,
        record=destination.ledger is not None,
        keep_text=destination.keep_text,
        part="retry" if order.options.retry is not None else "sample" if order.run.sample is not None else "",
        want_results=bool(order.requests) or order.reporting.statistics,
    )


class _Taking(Struct):
    """Takes what is done: lines into the ledger and the manifest, text to standard output, rights for people."""

    order: _Order
    manifest: Manifest | None = None
    statements: list[str] = field(default_factory=list)

    def results(
        self, finished: Iterable[Done], record: Record | None, gathering: Gathering, cut: Callable[[], bool]
    ) -> Iterator[CleanResult]:
        """The results, for reports."""
        for done in finished:
            shared = gathering.take(done)
            if not shared:
                if record is not None and done.entry is not None:
                    record.write(done.entry)
                    if done.written and self.order.destination.kind is Kind.IN_PLACE:
                        forget(record.folder, Path(done.input.path))
                self._list(done)
            result = done.result
            if result is None:
                continue
            if self.order.destination.kind is Kind.STDOUT and not shared:
                write_text(self.written_text(result))
            if record is None:
                self.statements += _rights_statements(result)
            yield result
        gathering.close(interrupted=cut())

    def written_text(self, result: CleanResult) -> str:
        """The clean text as it goes to standard output."""
        header = header_of(result.document) if self.order.options.metadata is Metadata.HEADER else ""
        return header + result.text

    def enter(self, output: str, fixity: Fixity) -> None:
        """Enter an output that is in place into the manifest."""
        if self.manifest is not None:
            self.manifest.add(output, fixity.sha256)

    def _list(self, done: Done) -> None:
        """Enter an output that is in place, of this run or taken over from an earlier one, into the manifest."""
        if self.manifest is None:
            return
        entry = done.entry
        if isinstance(entry, DocumentEntry) and entry.output is not None and entry.result is not None:
            self.manifest.add(entry.output, entry.result.sha256)
            if entry.metadata is not None:
                self.manifest.add(entry.output + JSON_SUFFIX, entry.metadata.sha256)
        for name, fixity in done.produced:
            self.manifest.add(name, fixity.sha256)


def _rights_statements(result: CleanResult) -> list[str]:
    """The rights statements that were cut from a text, which no ledger holds."""
    if all(verdict.finding.rights is None for verdict in result.plan.verdicts):
        return []
    entry = document_entry(result, path="document", output=None, produced=None, way="source")
    name = result.document.origin.path
    return [f"{name}:{licence.line}: {licence.spdx}: {licence.text.strip()}" for licence in entry.licences]


def _close(order: _Order, account: Account, taking: _Taking, *, interrupted: bool) -> int:
    """The closing lines, and the exit code."""
    messages, reporting = order.messages, order.reporting
    ledger = order.destination.ledger
    totals = account.tally.totals(ledger=name_from_here(ledger) if ledger is not None else "")
    wanted = reporting.summary if reporting.summary is not None else order.destination.kind is not Kind.STDOUT
    shown = wanted and not messages.options.quiet
    if taking.statements:
        messages.say("rights statements that were removed, and that no ledger holds:")
        for statement in taking.statements:
            messages.say(f"  {statement}")
    if reporting.statistics:
        messages.say("\n".join(statistics_rows(totals, show_all=reporting.show_all)))
    if shown:
        with guarded_errors():
            summary(totals, sys.stderr, ReportOptions(color=messages.colour(sys.stderr)))
    if not shown or messages.options.verbose:
        tell_failures(account, messages)
    if taking.manifest is not None and shown and not interrupted:
        messages.say(f" manifest lists {count_words(len(taking.manifest), 'file')}")
    if account.taken_over and shown:
        messages.say(f" {account.taken_over:,} taken over from an earlier run")
    account.whole &= not interrupted and order.options.retry is None
    tell_rest(account, order.inputs, order.session, messages)
    if interrupted:
        again = ", --resume continues" if ledger is not None and order.destination.output_root is not None else ""
        messages.error(f"interrupted: finished files are whole{again}.")
        return _INTERRUPTED
    changed = order.options.fail_on_change and not order.run.exit_zero and account.documents_changed
    return account.exit_code(findings=bool(changed))
