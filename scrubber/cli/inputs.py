"""Which files a run reads, under which ids, in which order.

Nothing is opened here. Folders are walked; links to folders are not followed, pipes and devices never touched, and
everything that is passed over is counted. The result depends on the set of paths, not on their order.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from msgspec import Struct, field

from scrubber.cli.globs import Glob
from scrubber.errors import Failure, UsageError
from scrubber.read import is_wanted
from scrubber.rules.toml_cells import shown
from scrubber.store.paths import MANIFEST_NAME, RealPaths, deepest_common_folder, is_link, quote_id, relative_name

if TYPE_CHECKING:
    from scrubber.cli.changed import Changed

#: Why something in a folder was not read, in words for people.
HIDDEN, LINKED, SPECIAL, NO_READER, EXCLUDED, UNCHANGED = (
    "hidden folders",
    "links",
    "pipes and devices",
    "files without a reader",
    "excluded",
    "named files that have not changed",
)
STDIN = "-"
#: So many deleted files are named.
_DELETED_NAMED = 3
#: The id of standard input that has no name.
STDIN_NAME = "stdin"


class Input(Struct, frozen=True):
    """One input. `path` is what is opened, empty for standard input.

    `id` names the document; `name` is the same path for people; `source` is the path below the ledger's source root,
    `relative` below the deepest folder common to all inputs, which the output mirrors. `size` in bytes, for progress.
    """

    id: str
    path: str
    name: str
    source: str
    relative: str
    size: int = 0


class Inputs(Struct, frozen=True):
    """All inputs in id order, what failed before it could be read, and what was passed over.

    `source_root` is what `Input.source` is relative to. `notes` are for people.
    """

    inputs: tuple[Input, ...]
    failures: tuple[Failure, ...]
    passed_over: tuple[tuple[str, int], ...]
    source_root: Path
    notes: tuple[str, ...] = ()


class Wanted(Struct, frozen=True):
    """What to collect, and how: paths as people wrote them, globs, folders that are not inputs.

    `only` are the files to look at, of all that would be read. With `mirrored`, sources are named from the folder that outputs mirror, so that `restore` gives the same tree back.
    """

    paths: Sequence[str]
    include: Sequence[Glob] = ()
    exclude: Sequence[Glob] = ()
    force_exclude: bool = False
    skip: Sequence[Path] = ()
    mirrored: bool = False
    only: Changed | None = None


def file_part(document_id: str) -> str:
    """The id of the file that holds a document: without members and records.

    >>> file_part("a.tar!/b.txt#3"), file_part("a.jsonl#3"), file_part("a.txt")
    ('a.tar', 'a.jsonl', 'a.txt')
    """
    return document_id.partition("!/")[0].partition("#")[0]


def path_of(file_id: str, root: Path) -> str:
    """Where the file with this id lies, if it lies below the project root. The id may be foreign: nothing is opened."""
    return os.path.normpath(os.path.join(os.path.abspath(root), os.fsdecode(unquote_to_bytes(file_id))))  # noqa: PTH100, PTH118


def is_gone(file_id: str, root: Path) -> bool:
    """Whether no file with this id stands below the project root. One look at the disk."""
    try:
        return not os.path.lexists(path_of(file_id, root))
    except (OSError, ValueError):
        return True


def common_folder(paths: Sequence[str]) -> Path:
    """The deepest folder common to all paths; the current one where there is none. Absolute."""
    named = [Path(path) for path in paths if path != STDIN]
    try:
        return deepest_common_folder(named) if named else Path.cwd()
    except (UsageError, OSError, ValueError):
        return Path.cwd()


def collect(wanted: Wanted, root: Path) -> Inputs:
    """All inputs, each file once, sorted by id. O(n log n) in what is met."""
    walk = _Walk(wanted)
    for path in wanted.paths:
        walk.take(path)
    common = common_folder(wanted.paths)
    top = Path(os.path.abspath(root))  # noqa: PTH100  links stay as they are written
    below = [_relative(found.path, top) for found in walk.found]
    source_root = top if None not in below and not wanted.mirrored else common
    named = [
        _named(found, name, common, at_top=source_root is top) for found, name in zip(walk.found, below, strict=True)
    ]
    failed = [_failure(path, message, top, common) for path, message in walk.failed]
    inputs: list[Input] = []
    ids: dict[str, str] = {}
    chosen: set[str] = set()
    # Of two ways to one file the one that is no link counts, then the first in id order.
    for found, each in sorted(
        zip(walk.found, named, strict=True), key=lambda pair: (pair[0].link, pair[1].id, pair[1].path)
    ):
        if found.real in chosen:
            continue
        chosen.add(found.real)
        inputs.append(each)
    inputs.sort(key=lambda each: (each.id, each.path))
    kept: list[Input] = []
    for each in inputs:
        if each.id in ids:
            message = f"has the id {each.id}, as {ids[each.id]} has."
            failed.append(Failure(each.id, each.name, message, "Give --root, so that their paths differ."))
        else:
            ids[each.id] = each.path
            kept.append(each)
    once = sorted(set(failed), key=lambda failure: (failure.document_id, failure.path, failure.message))
    notes = _notes_on(wanted.only, walk.deleted, top) if wanted.only is not None else ()
    return Inputs(tuple(kept), tuple(once), tuple(sorted(walk.passed.items())), source_root, notes)


def _notes_on(changed: Changed, deleted: Set[str], root: Path) -> tuple[str, ...]:
    """What people should know of a choice of changed files."""
    notes = [changed.note] if changed.note else []
    if deleted:
        named = sorted(_relative(path, root) or path for path in deleted)
        rest = f" and {len(named) - _DELETED_NAMED:,} more" if len(named) > _DELETED_NAMED else ""
        listed = f"{', '.join(named[:_DELETED_NAMED])}{rest}"
        notes.append(f"deleted since {changed.revision}, and passed over: {listed}.")
    return tuple(notes)


class _Found(Struct, frozen=True):
    path: str
    real: str
    link: bool
    size: int


class _Walk(Struct):
    """Collects files from paths and folders."""

    wanted: Wanted
    found: list[_Found] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)
    #: Deleted files that would have been met.
    deleted: set[str] = field(default_factory=set)
    _skipped: set[tuple[int, int]] = field(default_factory=set)
    _real: RealPaths = field(default_factory=RealPaths)
    #: The folder that is walked, as it is written and with links resolved.
    _top: tuple[str, str] = ("", "")

    def __post_init__(self) -> None:
        self._skipped = {identity for folder in self.wanted.skip if (identity := _identity(folder)) is not None}

    def take(self, path: str) -> None:
        """One path that was named: a file is read whatever it is called, a folder is walked."""
        absolute = os.path.abspath(path)  # noqa: PTH100
        if self.wanted.force_exclude and self._excluded(absolute):
            self.passed[EXCLUDED] += 1
            return
        only = self.wanted.only
        gone = only.deleted_below(path) if only is not None else frozenset()
        self.deleted |= gone
        try:
            status = os.stat(path)  # noqa: PTH116  a name that is not UTF-8 stays as it is
        except (OSError, ValueError) as error:
            if gone:
                return
            reason = getattr(error, "strerror", None) or "not a path"
            self.failed.append((path, f"cannot be read ({reason})."))
            return
        if stat.S_ISDIR(status.st_mode):
            self._folder(path)
        elif only is not None and not only.has(path):
            self.passed[UNCHANGED] += 1
        elif stat.S_ISREG(status.st_mode):
            self._add(path, is_link(Path(path)), status.st_size)
        else:
            self.failed.append(
                (path, "is a pipe or a device, which is not opened. Send it to standard input, and name -.")
            )

    def _add(self, path: str, link: bool, size: int) -> None:
        self.found.append(_Found(path, self._real.of(path), link, size))

    def _folder(self, top: str) -> None:
        self._top = top, os.path.realpath(top)
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            try:
                with os.scandir(folder) as scan:
                    entries = sorted(scan, key=lambda entry: entry.name)
            except OSError as error:
                self.failed.append((folder, f"cannot be read ({error.strerror})."))
                continue
            waiting += [entry.path for entry in self._files_of(entries)]

    def _files_of(self, entries: Iterable[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
        """Add the files among the entries of a folder; yields the folders to walk."""
        for entry in entries:
            if not self._may_have_changed(entry.path):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError as error:
                self.failed.append((entry.path, f"cannot be read ({error.strerror})."))
                continue
            if stat.S_ISLNK(status.st_mode) or is_link_like(status):
                self.passed[LINKED] += 1
            elif stat.S_ISDIR(status.st_mode):
                if (status.st_dev, status.st_ino) in self._skipped:
                    continue
                if entry.name.startswith("."):
                    self.passed[HIDDEN] += 1
                elif self._excluded(os.path.abspath(entry.path)):  # noqa: PTH100
                    self.passed[EXCLUDED] += 1
                else:
                    yield entry
            elif not stat.S_ISREG(status.st_mode):
                self.passed[SPECIAL] += 1
            else:
                self._file(entry, status.st_size)

    def _file(self, entry: os.DirEntry[str], size: int) -> None:
        absolute = os.path.abspath(entry.path)  # noqa: PTH100
        included = any(glob.names(absolute) for glob in self.wanted.include)
        if self._excluded(absolute) or (self.wanted.include and not included):
            self.passed[EXCLUDED] += 1
        elif included or (is_wanted(entry.name) and entry.name != MANIFEST_NAME):
            self._add(entry.path, False, size)
        else:
            self.passed[NO_READER] += 1

    def _may_have_changed(self, path: str) -> bool:
        """Whether a path below the folder that is walked is one of the files to look at, or a folder above one."""
        only = self.wanted.only
        if only is None:
            return True
        top, real = self._top
        below = os.path.normpath(os.path.join(real, os.path.relpath(path, top)))  # noqa: PTH118
        return below in only.files or below in only.folders

    def _excluded(self, absolute: str) -> bool:
        return any(glob.covers(absolute) for glob in self.wanted.exclude)


def is_link_like(status: os.stat_result) -> bool:
    """Whether an entry is a folder joined to another place (Windows), which is no symbolic link."""
    return bool(getattr(status, "st_reparse_tag", 0)) and stat.S_ISDIR(status.st_mode)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def _relative(path: str, folder: Path) -> str | None:
    """The path from a folder; None for what lies elsewhere."""
    try:
        return relative_name(Path(path), folder)
    except UsageError:
        return None


def _below(path: str, root: Path, common: Path) -> str:
    """The path from the root; of what lies elsewhere, from the common folder."""
    name = _relative(path, root)
    return relative_name(Path(path), common) if name is None else name


def _named(found: _Found, below: str | None, common: Path, *, at_top: bool) -> Input:
    """An input. `below` is its path from the root, if it lies there; `at_top`: all of them do, and are named so."""
    relative = relative_name(Path(found.path), common)
    name = relative if below is None else below
    return Input(
        id=quote_id(name),
        path=found.path,
        name=name,
        source=name if at_top else relative,
        relative=relative,
        size=found.size,
    )


def _failure(path: str, message: str, root: Path, common: Path) -> Failure:
    try:
        name = _below(path, root, common)
    except (UsageError, ValueError):
        name = path
    return Failure(quote_id(name), name, message)


def listed_paths(text: bytes, *, nul: bool) -> list[str]:
    """The paths of a `--files-from` list, one a line (LF or CRLF) or ended by NUL; empty ones are no paths."""
    if nul:
        parts = text.split(b"\0")
    else:
        parts = [line.removesuffix(b"\r") for line in text.split(b"\n")]
    return [os.fsdecode(part) for part in parts if part]


def stdin_input(filename: str | None, root: Path) -> Input:
    """Standard input as an input, under its pretended name."""
    if filename is None:
        return Input(STDIN_NAME, "", STDIN_NAME, STDIN_NAME, STDIN_NAME)
    base = Path(filename).name
    if base in ("", ".."):
        raise UsageError(f"--stdin-filename {shown(filename)} names no file.")
    try:
        name = relative_name(Path(filename), root)
    except UsageError:
        name = base
    return Input(quote_id(name), "", name, name, base)
