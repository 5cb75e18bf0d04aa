"""Where the files of a ledger line lie: its outputs, its source, and the place where the original is
restored.

Never at an absolute path that the ledger itself names.
"""

from __future__ import annotations

import os
from pathlib import Path

from scrubber.errors import UsageError
from scrubber.store.ledger_form import LedgerEntry
from scrubber.store.ledger_parse import true_name
from scrubber.store.lock import OWN_FOLDER
from scrubber.store.paths import below, name_problem, where


def default_output_root(ledger_path: Path) -> Path:
    """OUT of `OUT/.scrubber/ledger.jsonl`. Raises UsageError for a ledger that lies elsewhere."""
    folder = ledger_path.absolute().parent
    if folder.name != OWN_FOLDER:
        raise UsageError(
            "does not lie in a .scrubber folder, so where its outputs are is not known.",
            where=where(ledger_path),
            hint="Say where they are.",
        )
    return folder.parent


def target_name(entry: LedgerEntry) -> str:
    """The name under which an original is restored: its true one where that is harmless, else the portable
    one.
    """
    if entry.path_bytes is not None and os.name == "posix":
        name = true_name(entry.path_bytes)
        if not name_problem(name):
            return name
    return entry.path


def source_path(source: Path, entry: LedgerEntry) -> Path:
    """Where the untouched original lies below `source`. Raises LedgerMismatch for a link on the way.

    Its true name is taken as it is: it was checked not to leave `source`, and reading harms nothing.
    """
    if entry.path_bytes is not None and os.name == "posix":
        return below(source, true_name(entry.path_bytes))
    return below(source, entry.path)
