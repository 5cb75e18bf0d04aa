"""The way back: from clean text and its ledger line to the original bytes, proved by their SHA-256.

A ledger is foreign. Its paths are checked before the first byte is written, targets lie below the folder
that was asked for, and bytes that do not have the recorded checksum are not written at all.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from scrubber.errors import LedgerMismatch, ScrubberError, UsageError
from scrubber.store.encode import encode_original
from scrubber.store.files import fixity_of, write_atomic
from scrubber.store.ledger_form import DocumentEntry, FailedEntry, LedgerEntry
from scrubber.store.ledger_read import LedgerReader, State
from scrubber.store.lock import OWN_FOLDER
from scrubber.store.originals import get_store, read_proved, stored_path
from scrubber.store.paths import below, collision_key, where
from scrubber.store.record_lines import RecordFile
from scrubber.store.streamed import copy_proved
from scrubber.store.targets import default_output_root, source_path, target_name
from scrubber.store.uncleaned import uncleaned_text


def restore_entry(
    entry: DocumentEntry, output: bytes, *, store: Path | None = None, source: Path | None = None
) -> bytes:
    """The original bytes of one document, proved by size and SHA-256.

    `output` are the bytes of its output (empty where it has none), `store` the folder of the ledger,
    `source` the folder of the untouched originals. Raises LedgerMismatch. O(n).
    """
    if entry.way == "store":
        if store is None:
            raise LedgerMismatch("the original is in a store, and none was given.")
        content = get_store(store, entry.source.fixity.sha256)
    elif entry.way == "source":
        if source is None:
            raise LedgerMismatch("the untouched original is needed.", hint="Give --source.")
        content = read_proved(source_path(source, entry), entry.source.fixity)
    elif entry.record is not None:
        raise LedgerMismatch("is one record of a file, which comes back as a whole.", hint="Restore the file.")
    elif entry.result == entry.source.fixity:
        content = output  # in place, a file with nothing to change is left in its own encoding
    else:
        if fixity_of(output) != entry.result and not (entry.result is None and not output):
            raise LedgerMismatch("the output is not the one that was written.")
        try:
            clean = output.decode("utf-8")
        except UnicodeDecodeError:
            raise LedgerMismatch("the output is not UTF-8.") from None
        content = encode_original(uncleaned_text(entry, clean), entry.source)
    if fixity_of(content) != entry.source.fixity:
        raise LedgerMismatch("what came back does not have the recorded checksum.")
    return content


Restored = Literal["restored", "same", "failed"]


class RestoredDocument(Struct, frozen=True):
    """What became of one document. `same`: its file was restored for an earlier one (records of one file)."""

    id: str
    outcome: Restored
    target: Path | None
    message: str = ""


class RestoreReport(Struct, frozen=True):
    """What `restore` did. `state` is the ledger's; `unrecorded` counts inputs that the run itself could not read."""

    documents: tuple[RestoredDocument, ...]
    state: State
    torn: bool
    unrecorded: int

    @property
    def failed(self) -> tuple[RestoredDocument, ...]:
        """The documents that did not come back."""
        return tuple(document for document in self.documents if document.outcome == "failed")


class _Restoration(Struct):
    """The folders of one `restore`, and the targets that it has written: by name, with their SHA-256."""

    out: Path
    output_root: Path
    store: Path
    source: Path | None
    force: bool
    written: dict[str, str] = field(default_factory=dict)

    def begin(self, entry: DocumentEntry) -> RecordFile:
        """The file of a record, to which all its records are added in turn."""
        output = below(self.output_root, entry.output or "")
        return RecordFile(entry, output, below(self.out, target_name(entry)))

    def end(self, file: RecordFile) -> list[RestoredDocument]:
        """What became of the records that were asked for; where their output fails, the original may still be there."""

        def written(target: Path) -> None:
            try:
                file.finish()
            except ScrubberError:
                if self.source is None:
                    raise
                copy_proved(source_path(self.source, file.first), target, file.first.source.fixity)

        try:
            return [self.restore(replace(file.first, id=name), written) for name in file.asked]
        finally:
            file.close()

    def restore(self, entry: DocumentEntry, write: Callable[[Path], None] | None = None) -> RestoredDocument:
        """Restore the file of one document, by `write` where that is given."""
        name = target_name(entry)
        key = collision_key(name)
        sha256 = entry.source.fixity.sha256
        if self.written.get(key) == sha256:
            return RestoredDocument(entry.id, "same", self.out / name)
        try:
            if key in self.written:
                raise LedgerMismatch("another document of this ledger has the same name.", hint="Restore them apart.")
            target = below(self.out, name)
            if os.path.lexists(target) and not self.force:
                raise LedgerMismatch(
                    "is there already.", where=where(target), hint="Nothing is overwritten without --force."
                )
            if write is not None:
                write(target)
            else:
                self._write(entry, target)
        except ScrubberError as error:
            return RestoredDocument(entry.id, "failed", None, str(error))
        self.written[key] = sha256
        return RestoredDocument(entry.id, "restored", target)

    def _write(self, entry: DocumentEntry, target: Path) -> None:
        """Write the original. What only has to be copied may be larger than memory."""
        fixity = entry.source.fixity
        if entry.way == "source" and self.source is not None:
            copy_proved(source_path(self.source, entry), target, fixity)
        elif entry.way == "store" and stored_path(self.store, fixity.sha256).exists():
            copy_proved(stored_path(self.store, fixity.sha256), target, fixity)
        else:
            write_atomic(target, restore_entry(entry, self._output(entry), store=self.store, source=self.source))

    def _output(self, entry: DocumentEntry) -> bytes:
        if entry.way != "edits" or entry.output is None or entry.result is None:
            return b""
        return read_proved(below(self.output_root, entry.output), entry.result)


def restore(
    ledger_path: Path,
    *,
    out: Path,
    only: Sequence[str] = (),
    source: Path | None = None,
    output_root: Path | None = None,
    force: bool = False,
) -> RestoreReport:
    """Rebuild the originals of a run below `out`, each proved before it is written.

    `only` names ids, paths, outputs, or folders of them. `source` is the folder of the untouched originals,
    for what needs them. `output_root` is where the outputs lie: by default the folder that holds the
    ledger's `.scrubber`, never one that the ledger names. The whole ledger is checked before the first
    write: LedgerMismatch for a path that is refused or a link on the way to a target. After that each
    document succeeds or fails alone. UsageError where `only` names nothing, or `out` lies in a `.scrubber`.
    O(size of outputs and ledger); memory O(documents).
    """
    if OWN_FOLDER in (part.casefold() for part in out.resolve().parts):
        raise UsageError("Originals are not restored into a .scrubber folder.", hint="Choose another --out.")
    root = output_root or default_output_root(ledger_path)
    reader = LedgerReader(ledger_path)
    wanted = set(only)
    files: set[str] = set()
    for entry in reader.entries():
        asked = _asked_by(entry, only)
        wanted.difference_update(asked)
        if isinstance(entry, DocumentEntry) and (asked or not only):
            below(out, target_name(entry))
            if entry.record is not None:
                files.add(target_name(entry))
    if wanted:
        listed = ", ".join(sorted(repr(name) for name in wanted))
        raise UsageError(f"The ledger names no {listed}.", hint="Give ids, paths or outputs of the ledger.")
    restoration = _Restoration(out, root, ledger_path.parent, source, force)
    documents: list[RestoredDocument] = []
    unrecorded = 0
    file: RecordFile | None = None
    try:
        for entry in reader.entries():
            is_asked = not only or bool(_asked_by(entry, only))
            if isinstance(entry, FailedEntry):
                unrecorded += is_asked
                continue
            if file is not None and not _is_of(entry, file):
                documents += restoration.end(file)
                file = None
            if entry.record is None:
                documents += [restoration.restore(entry)] if is_asked else []
            elif target_name(entry) in files:
                file = file or restoration.begin(entry)
                file.asked += [entry.id] if is_asked else []
                file.add(entry)
        if file is not None:
            documents += restoration.end(file)
    finally:
        if file is not None:
            file.close()
    return RestoreReport(tuple(documents), reader.state, reader.torn, unrecorded)


def _is_of(entry: DocumentEntry, file: RecordFile) -> bool:
    """Whether a record is one of the file that is in the making."""
    return entry.record is not None and (entry.path, entry.output) == (file.first.path, file.first.output)


def _asked_by(entry: LedgerEntry, only: Sequence[str]) -> list[str]:
    names = [entry.id, entry.path]
    if isinstance(entry, DocumentEntry) and entry.output is not None:
        names.append(entry.output)
    return [item for item in only if any(name == item or name.startswith(item.rstrip("/") + "/") for name in names)]
