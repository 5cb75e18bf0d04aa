"""What was found in a document, kept between runs: a text that has not changed is not looked at again.

An entry holds for exactly one document (its text, name, encoding, markup), the rules in force, the decisions about it, the
limits, and the code and libraries at hand; it has the plan, from which the clean text follows. Refused are results that
depend on other documents, and whole dumps: members of archives and records, and what a run finds beyond its first
`MAX_KEPT_A_RUN` texts, are looked at each time. What does not fit, cannot be read or cannot be written is as if it were
not there. Entries are JSON, and lie in 256 folders that each make room for themselves.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec import Struct
from msgspec.structs import replace

import scrubber
from scrubber.model.document import Document
from scrubber.model.edit import CleanResult, apply_edits
from scrubber.model.plan_form import plan_in, written_plan
from scrubber.rules.entries import STRANGE, cache_root

if TYPE_CHECKING:
    from scrubber.cli.tasks import Setup

#: The form of entries. It goes into their names.
FORM = 1
#: A run keeps the results of so many texts in each process: a dump of millions would only push out everything else.
MAX_KEPT_A_RUN = 4096
#: A result that takes more bytes is not kept; no more of an entry is read.
MAX_ENTRY_BYTES = 128 << 10
#: What one of the 256 folders holds at most; half of it goes when there is more, what was used longest ago first.
MAX_FOLDER_ENTRIES = 64
MAX_FOLDER_BYTES = 512 << 10

#: Fields of `Setup` that decide what is found in a document: they are part of an entry's name, as are those of the
#: document that others decide. `ruleset`, `skip_builtin` and `per_file_ignores` meet in the rules of one file.
DECIDING = frozenset(("ruleset", "decisions", "limits", "skip_builtin", "per_file_ignores"))
#: Fields that decide which document there is, and so are seen in it.
OF_DOCUMENT = frozenset(("encoding", "undecodable", "paragraphs", "as_format", "text_field", "id_field"))
#: Fields that say what is done with a result.
OF_OUTPUT = frozenset((
    "max_bytes", "max_seconds", "destination", "output_root", "store", "record", "keep_text", "want_results", "metadata",
    "gather", "part", "results", "keep_results",
))  # fmt: skip
#: Fields under which what is found depends on other documents: with one of them set, nothing is taken or kept.
OF_OTHERS = frozenset(("shared", "against", "copies", "results_alone"))

_PACKAGE = Path(scrubber.__file__).resolve().parent
#: Libraries whose version can change what is found.
_LIBRARIES = ("ahocorasick", "beautifulsoup4", "chardet", "datasketch", "ftfy", "google_re2", "numpy", "rapidfuzz")
_temporary = itertools.count()


class KeepingOptions(Struct, frozen=True):
    """Whether a run may take what earlier ones have found."""

    no_cache: Annotated[bool, typer.Option("--no-cache", help="Take no results of earlier checks, and keep none.")] = (
        False
    )


def with_results(setup: Setup, keeping: KeepingOptions, *, keep: bool = True) -> Setup:
    """The setup with the folder of kept results, unless that is switched off. Without `keep` they are only taken.

    Keeping a result costs as much as making a file, and whoever cleans a dump seldom does it twice.
    """
    root = None if keeping.no_cache else cache_root()
    return replace(setup, results=str(root / "results"), keep_results=keep) if root is not None else setup


class KeptResults:
    """The results that are kept for one setup."""

    def __init__(self, setup: Setup) -> None:
        self._folder = setup.results or ""
        self._on = bool(setup.results) and all(getattr(setup, name) is None for name in OF_OTHERS)
        self._setup = setup
        self._left = MAX_KEPT_A_RUN if setup.keep_results else 0
        self._common: bytes | None = None
        #: Entries and bytes of the folders that this process has written to.
        self._held: dict[str, tuple[int, int]] = {}

    def place_of(self, document: Document, ignored: Sequence[str]) -> str | None:
        """Where the result of a document lies, under rules without those that globs of `ignored` mean. None: nowhere."""
        if not self._on:
            return None
        if self._common is None:
            self._common = _common(self._setup)
        page = (document.page, document.markup) if document.page is not None else None
        about = (
            document.id,
            document.origin,
            document.paragraphs,
            document.kept,
            page,
            self._setup.decisions.for_path(document.id),
            tuple(ignored),
        )
        digest = hashlib.sha256(self._common)
        digest.update(repr(about).encode("utf-8", "surrogatepass") + b"\0")
        digest.update(document.text.encode("utf-8", "surrogatepass"))
        name = digest.hexdigest()
        return os.path.join(self._folder, name[:2], name[2:48])  # noqa: PTH118 - for each text of a run

    def taken(self, place: str, document: Document) -> CleanResult | None:
        """The result that lies at a place; None where there is none."""
        try:
            with open(place, "rb") as stream:  # noqa: PTH123
                content = stream.read(MAX_ENTRY_BYTES + 1)
            name, written = json.loads(content)
            if name != os.path.basename(place) or len(content) > MAX_ENTRY_BYTES:  # noqa: PTH119
                return None
            plan = plan_in(written, document)
            text = apply_edits(document.text, plan.edits)
        except STRANGE:
            return None
        with contextlib.suppress(OSError):
            os.utime(place)
        return CleanResult(document, text, plan)

    def keep(self, place: str, result: CleanResult) -> None:
        """Keep a result, if there is room for it. Atomic; where it fails there is no entry."""
        if self._left <= 0:
            return
        folder, name = os.path.split(place)
        content = json.dumps([name, written_plan(result.plan)], separators=(",", ":")).encode()
        if len(content) > MAX_ENTRY_BYTES:
            return
        self._left -= 1
        new = f"{place}.{os.getpid()}-{next(_temporary)}.new"
        try:
            self._make_room(folder, len(content))
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(content)
                os.replace(new, place)  # noqa: PTH105
            except BaseException:
                os.unlink(new)  # noqa: PTH108
                raise
        except OSError:
            self._left = 0  # a full disk or a folder that is not ours: the rest would fare no better

    def _make_room(self, folder: str, size: int) -> None:
        """Make the folder, and leave room for an entry of so many bytes. O(its entries), the first time and when it is full."""
        held = self._held.get(folder)
        if held is None:
            os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103
            sizes = [entry.stat(follow_symlinks=False).st_size for entry in os.scandir(folder)]
            held = len(sizes), sum(sizes)
        entries, total = held[0] + 1, held[1] + size
        if entries > MAX_FOLDER_ENTRIES or total > MAX_FOLDER_BYTES:
            entries, total = _halved(folder)
            entries, total = entries + 1, total + size
        self._held[folder] = entries, total


def _halved(folder: str) -> tuple[int, int]:
    """Remove what was used longest ago, until half of what may be there is left: how much that is."""
    found = [(entry.stat(follow_symlinks=False), entry.path) for entry in os.scandir(folder)]
    found.sort(key=lambda each: each[0].st_mtime_ns, reverse=True)
    entries = total = 0
    full = False
    for stat, path in found:
        full = full or entries >= MAX_FOLDER_ENTRIES // 2 or total + stat.st_size > MAX_FOLDER_BYTES // 2
        if full:
            with contextlib.suppress(OSError):
                os.unlink(path)  # noqa: PTH108
        else:
            entries, total = entries + 1, total + stat.st_size
    return entries, total


def _common(setup: Setup) -> bytes:
    """What the results of all documents of a setup depend on. O(modules of the program)."""
    ruleset = setup.ruleset
    about: tuple[Any, ...] = (
        FORM,
        scrubber.__version__,
        sys.version,
        unicodedata.unidata_version,
        tuple(_code()),
        tuple(_libraries()),
        ruleset.digest,
        ruleset.files,
        sorted(setup.skip_builtin),
        setup.limits,
    )
    return repr(about).encode("utf-8", "surrogatepass") + b"\0"


def _code(folder: str = str(_PACKAGE)) -> Iterator[tuple[str, int, int]]:
    """Every module and table of the program, with size and time of its last change, as Python trusts its bytecode."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir():
            if entry.name not in ("__pycache__", "bundled_rules"):
                yield from _code(entry.path)
        else:
            stat = entry.stat()
            yield entry.name, stat.st_size, stat.st_mtime_ns


def _libraries() -> Iterator[str]:
    """The folders in which installers record the libraries at hand: their names hold the versions."""
    for folder in sys.path:
        with contextlib.suppress(OSError):
            found = os.listdir(folder or ".")  # noqa: PTH208
            yield from sorted(
                name for name in found if name.endswith(("-info", ".egg")) and name.lower().startswith(_LIBRARIES)
            )
