"""The ledger of a run: its header, its lines, and what of earlier runs may be taken over."""

from __future__ import annotations

import platform
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import scrubber
from scrubber.cli.session import Session
from scrubber.cli.tasks import Setup
from scrubber.errors import LedgerMismatch
from scrubber.store.ledger_form import DocumentEntry, LedgerEntry, LedgerHeader, RulesetRecord
from scrubber.store.ledger_read import read_ledger, resumable
from scrubber.store.ledger_write import LedgerWriter, earlier_ledgers, ledger_header
from scrubber.store.paths import is_file
from scrubber.text.fold import FOLD_VERSION

#: Libraries whose version can change what comes out.
_LIBRARIES = (
    "beautifulsoup4",
    "chardet",
    "datasketch",
    "fastwarc",
    "ftfy",
    "google-re2",
    "numpy",
    "pyarrow",
    "rapidfuzz",
    "selectolax",
)


def header_for(session: Session, setup: Setup, source_root: Path, output_root: Path) -> LedgerHeader:
    """The first line of this run's ledger: everything that decides what comes out, and when it began."""
    return ledger_header(
        scrubber=scrubber.__version__,
        fold=FOLD_VERSION,
        unicode=unicodedata.unidata_version,
        versions=library_versions(),
        rules=[RulesetRecord(info.name, info.version, info.digest) for info in session.ruleset.files],
        rules_digest=session.ruleset.digest,
        decisions_digest=session.decisions.digest,
        evidence_digest=setup.copies.digest if setup.copies is not None else "",
        options=_options(setup),
        source_root=source_root,
        output_root=output_root,
        started_at=_now(),
    )


def _options(setup: Setup) -> Mapping[str, Any]:
    """The options that decide what comes out. `jobs`, colours and reports do not."""
    part = {"part": setup.part} if setup.part else {}
    against = {"against": setup.against.digest} if setup.against is not None else {}
    return (
        part
        | against
        | {
            "as": setup.as_format,
            "destination": setup.destination,
            "encoding": setup.encoding,
            "id-field": setup.id_field,
            "ledger-text": "keep" if setup.keep_text else "hash",
            "max-bytes": setup.max_bytes,
            "max-page-share": setup.limits.max_page_share,
            "max-share": setup.limits.max_share,
            "metadata": setup.metadata,
            "min-confidence": setup.limits.min_confidence.word,
            "min-left-chars": setup.limits.min_left_chars,
            "paragraphs": setup.paragraphs,
            "per-file-ignores": {glob.pattern: list(ids) for glob, ids in setup.per_file_ignores},
            "skipped": sorted(setup.skip_builtin),
            "text-field": setup.text_field,
            "undecodable": setup.undecodable,
        }
    )


def library_versions() -> dict[str, str]:
    """The versions of Python and of the libraries that can change what comes out."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def earlier_entries(path: Path, header: LedgerHeader) -> dict[str, DocumentEntry]:
    """Lines of earlier runs under the same conditions, by document id: of the last one, and of those before it.

    Runs are looked at back to the first one that was complete: a resumed run that was interrupted in turn holds only
    a part, and so does one that was about failures or a sample. Raises `LedgerMismatch` for a ledger that is damaged.
    """
    found: dict[str, DocumentEntry] = {}
    for each in (path, *earlier_ledgers(path)):
        if not is_file(each):
            continue
        try:
            ledger = read_ledger(each)
        except LedgerMismatch as error:
            hint = "Run without --resume: everything is done anew, and that ledger is kept under another name."
            raise LedgerMismatch(error.message, where=error.where, hint=hint) from error
        for name, entry in resumable(ledger, header).items():
            found.setdefault(name, entry)
        if ledger.state == "complete" and "part" not in ledger.header.options:
            break
    return found


class Record:
    """The ledger while it is written. Without `finish` it counts as interrupted."""

    def __init__(self, path: Path, header: LedgerHeader) -> None:
        self._writer = LedgerWriter(path, header)
        #: Where the ledger and the store lie.
        self.folder = path.parent

    @property
    def earlier(self) -> Path | None:
        """Where the ledger that was there before is now."""
        return self._writer.earlier

    def write(self, entry: LedgerEntry) -> None:
        """Add the line of one document, whose output is in place."""
        self._writer.write(entry)

    def finish(self, *, interrupted: bool) -> None:
        """Write the closing line."""
        self._writer.finish(ended_at=_now(), status="interrupted" if interrupted else "complete")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._writer.close()
