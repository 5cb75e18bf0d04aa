"""Whether a run's files are still what its ledger says. Reads, hashes and reports; changes nothing.

Where a manifest stands beside the outputs of a run with `--out`, it must say the same.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from scrubber.errors import LedgerMismatch
from scrubber.store.files import Fixity, fixity_of_file
from scrubber.store.ledger_form import DocumentEntry, FailedEntry
from scrubber.store.ledger_read import LedgerReader, State
from scrubber.store.manifest import read_manifest
from scrubber.store.originals import stored_path
from scrubber.store.paths import MANIFEST_NAME, METADATA_SUFFIX, below
from scrubber.store.targets import default_output_root, source_path

Problem = Literal[
    "output-missing",
    "output-changed",
    "source-missing",
    "source-changed",
    "stored-missing",
    "stored-changed",
    "manifest-lacks",
    "manifest-differs",
    "refused",
]


class Discrepancy(Struct, frozen=True):
    """One file that is not what the ledger says. `path` is relative to its root; `message` says more, if
    anything.
    """

    id: str
    problem: Problem
    path: str
    message: str = ""


class VerifyReport(Struct, frozen=True):
    """What `verify` found. `documents` were checked; `failed` counts those that had failed in the run
    itself.
    """

    state: State
    torn: bool
    documents: int
    failed: int
    discrepancies: tuple[Discrepancy, ...]

    @property
    def right(self) -> bool:
        """Whether the ledger is complete and unaltered, and every file is as it says."""
        return self.state == "complete" and not self.discrepancies


class _Hashes(Struct):
    """Remembers the file last hashed in each role: the records of one file stand together in a ledger."""

    last: dict[str, tuple[Path, Fixity | None]] = field(default_factory=dict)

    def of(self, role: str, path: Path, expected: Fixity) -> Fixity | None:
        """The fixity of `path`; None where it is missing. A file of another size is not read."""
        known = self.last.get(role)
        if known is not None and known[0] == path:
            return known[1]
        try:
            size = path.stat().st_size if path.is_file() else None
            if size is None:
                found = None
            else:
                found = fixity_of_file(path) if size == expected.size else Fixity("", size)
        except OSError:
            found = None
        self.last[role] = (path, found)
        return found


def verify(ledger_path: Path, *, output_root: Path | None = None, source: Path | None = None) -> VerifyReport:
    """Hash the outputs, what the store holds, and the originals below `source` where they are, against the
    ledger; compare a manifest of the outputs with it.

    A missing original is a discrepancy only where the way back needs it. Outputs lie below `output_root`, by
    default the folder that holds the ledger's `.scrubber`. Without `source` originals are not looked at.
    Raises UsageError, UnreadableInput, LedgerMismatch for a ledger that is not one. O(bytes); flat memory
    but for the discrepancies.
    """
    root = output_root or default_output_root(ledger_path)
    reader = LedgerReader(ledger_path)
    hashes = _Hashes()
    found: list[Discrepancy] = []
    documents = failed = 0
    manifest = _manifest(root, found) if reader.header.options.get("destination") == "out" else None
    for entry in reader.entries():
        if isinstance(entry, FailedEntry):
            failed += 1
            continue
        documents += 1
        for problem in (
            _check_output(entry, root, hashes),
            _check_metadata(entry, root, hashes, manifest),
            _check_stored(entry, ledger_path.parent, hashes),
            _check_source(entry, source, root, hashes),
            _check_manifest(entry, manifest),
        ):
            if problem is not None:
                found.append(problem)
    return VerifyReport(reader.state, reader.torn, documents, failed, tuple(found))


def _check_output(entry: DocumentEntry, root: Path, hashes: _Hashes) -> Discrepancy | None:
    if entry.output is None or entry.result is None:
        return None
    try:
        actual = hashes.of("output", below(root, entry.output), entry.result)
    except LedgerMismatch as error:
        return Discrepancy(entry.id, "refused", entry.output, str(error))
    if actual is None:
        return Discrepancy(entry.id, "output-missing", entry.output)
    return None if actual == entry.result else Discrepancy(entry.id, "output-changed", entry.output)


def _check_metadata(
    entry: DocumentEntry, root: Path, hashes: _Hashes, manifest: Mapping[str, str] | None
) -> Discrepancy | None:
    if entry.output is None or entry.metadata is None:
        return None
    beside = replace(entry, output=entry.output + METADATA_SUFFIX, result=entry.metadata, metadata=None)
    return _check_output(beside, root, hashes) or _check_manifest(beside, manifest)


def _manifest(root: Path, found: list[Discrepancy]) -> Mapping[str, str] | None:
    """What the manifest of the outputs lists; None where there is none, or where it cannot be read as one."""
    path = root / MANIFEST_NAME
    if not os.path.lexists(path):
        return None
    try:
        return read_manifest(path)
    except LedgerMismatch as error:
        found.append(Discrepancy("", "refused", MANIFEST_NAME, str(error)))
        return None


def _check_manifest(entry: DocumentEntry, manifest: Mapping[str, str] | None) -> Discrepancy | None:
    if manifest is None or entry.output is None or entry.result is None:
        return None
    listed = manifest.get(entry.output)
    if listed is None:
        return Discrepancy(entry.id, "manifest-lacks", entry.output)
    return None if listed == entry.result.sha256 else Discrepancy(entry.id, "manifest-differs", entry.output)


def _check_stored(entry: DocumentEntry, folder: Path, hashes: _Hashes) -> Discrepancy | None:
    if entry.way != "store":
        return None
    expected = entry.source.fixity
    try:
        actual = hashes.of("stored", stored_path(folder, expected.sha256), expected)
    except LedgerMismatch as error:
        return Discrepancy(entry.id, "refused", f"store/{expected.sha256}", str(error))
    if actual is None:
        return Discrepancy(entry.id, "stored-missing", f"store/{expected.sha256}")
    return None if actual == expected else Discrepancy(entry.id, "stored-changed", f"store/{expected.sha256}")


def _check_source(entry: DocumentEntry, source: Path | None, root: Path, hashes: _Hashes) -> Discrepancy | None:
    if source is None:
        return None
    try:
        path = source_path(source, entry)
        if entry.output is not None and path.absolute() == (root / entry.output).absolute():
            return None  # replaced in place: what stands there is the output
        actual = hashes.of("source", path, entry.source.fixity)
    except LedgerMismatch as error:
        return Discrepancy(entry.id, "refused", entry.path, str(error))
    if actual is None:
        return Discrepancy(entry.id, "source-missing", entry.path) if entry.way == "source" else None
    return None if actual == entry.source.fixity else Discrepancy(entry.id, "source-changed", entry.path)
