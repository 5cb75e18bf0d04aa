"""The evidence of a run beside its ledger: put there before the first document is done, and found there by `--resume`.

The file bears the digest that the ledger names; beside it stands the digest of the inputs that it speaks about. A run
that is resumed over the same inputs takes it as it is, and compares nothing again: in place, what the killed run had
done already would be compared otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from scrubber.cli.against import CopiesFile
from scrubber.cli.inputs import Inputs
from scrubber.errors import LedgerMismatch, UnreadableInput, UsageError
from scrubber.store.files import fixity_of_file, write_atomic
from scrubber.store.ledger_form import DocumentEntry, LedgerHeader
from scrubber.store.ledger_read import LedgerReader, changed_since
from scrubber.store.ledger_write import earlier_ledgers
from scrubber.store.paths import is_file, is_link
from scrubber.store.streamed import copy_proved

#: What may differ between a run and the one that it takes the evidence of.
_EVIDENCE = "the corpus evidence"
#: Originals of files that were replaced: by path below the source root and by SHA-256 of what stands there now.
Originals = Mapping[tuple[str, str], str]


def evidence_path(folder: Path, digest: str) -> Path:
    """Where the evidence of a run lies: beside its ledger, by the digest that the ledger names."""
    return folder / f"evidence-{digest[:16]}.jsonl"


def _inputs_path(folder: Path, digest: str) -> Path:
    return folder / f"evidence-{digest[:16]}.inputs"


def keep_evidence(copies: CopiesFile, folder: Path, inputs: str) -> CopiesFile:
    """Put the evidence of a run beside its ledger, with the digest of its inputs; where it is now. Raises UnwritableOutput."""
    target = evidence_path(folder, copies.digest)
    if not _is_whole(target, copies.digest):
        copy_proved(copies.path, target, fixity_of_file(copies.path), private=True)
    write_atomic(_inputs_path(folder, copies.digest), f"{inputs}\n".encode("ascii"), private=True)
    return CopiesFile(target, copies.digest)


def _is_whole(path: Path, digest: str) -> bool:
    return is_file(path) and not is_link(path) and fixity_of_file(path).sha256 == digest


def inputs_digest(found: Inputs, originals: Originals = MappingProxyType({})) -> str:
    """SHA-256 over the ids and the bytes of all inputs: of those that were replaced in place, the bytes before. O(bytes)."""
    digest = hashlib.sha256()
    for each in found.inputs:
        try:
            sha256 = fixity_of_file(Path(each.path)).sha256
        except OSError:
            sha256 = "unreadable"
        sha256 = originals.get((each.source, sha256), sha256)
        digest.update(f"{each.id}\0{sha256}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def earlier_evidence(ledger: Path, now: LedgerHeader, found: Inputs) -> CopiesFile | None:
    """The evidence of an interrupted run under the same conditions over the same inputs, if it lies beside its ledger."""
    for path in (ledger, *earlier_ledgers(ledger)):
        if not is_file(path):
            continue
        try:
            reader = LedgerReader(path)
            digest = reader.header.evidence_digest
            if not digest or set(changed_since(reader.header, now)) - {_EVIDENCE}:
                continue
            kept = evidence_path(ledger.parent, digest)
            inputs = _inputs_path(ledger.parent, digest).read_text("ascii").strip()
            if _is_whole(kept, digest) and inputs == inputs_digest(found, _originals(reader, ledger, now)):
                return CopiesFile(kept, digest)
        except (LedgerMismatch, UnreadableInput, UsageError, OSError, ValueError):
            continue
    return None


def _originals(reader: LedgerReader, ledger: Path, now: LedgerHeader) -> Originals:
    """What runs with the evidence of `reader` have replaced in place."""
    if now.options.get("destination") != "in-place":
        return {}
    originals: dict[tuple[str, str], str] = {}
    for path in (ledger, *earlier_ledgers(ledger)):
        if not is_file(path):
            continue
        other = LedgerReader(path) if path != reader.path else reader
        if other.header.evidence_digest != reader.header.evidence_digest:
            continue
        for entry in other.entries():
            if isinstance(entry, DocumentEntry) and entry.result is not None:
                originals[entry.path, entry.result.sha256] = entry.source.fixity.sha256
    return originals
