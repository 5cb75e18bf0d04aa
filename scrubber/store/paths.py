"""Names: of documents, of outputs, and of what a ledger asks for.

A document's id and an output's name are made here from paths that may hold anything. What a ledger or an
archive names is foreign: it is refused, or written in a harmless form, before it meets the file system.
Nothing here reads or writes a file's content.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from scrubber.errors import LedgerMismatch, UsageError, Where

#: The file that lists the outputs of a run with their checksums (`manifest.py`).
MANIFEST_NAME = "manifest-sha256.txt"
#: What is added to the name of an output for the file beside it that holds the metadata of its page.
METADATA_SUFFIX = ".json"

#: Names that Windows gives to devices, whatever suffix follows (learn.microsoft.com, "Naming Files").
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{port}{digit}" for port in ("com", "lpt") for digit in "123456789¹²³"]
)
#: Folders whose files steer programs; nothing that a ledger or an archive names may lie in them.
_GUARDED = frozenset([".git", ".scrubber"])

_SURROGATE = "\ud800-\udfff"
_CONTROL = "\x00-\x1f\x7f-\x9f"
_CONTROLS = re.compile(f"[{_CONTROL}]")
_UNSAFE_IN_ID = re.compile(f"[%#{_CONTROL}{_SURROGATE}]|!(?=/)")
_UNSAFE_IN_NAME = re.compile(f"[\\\\{_CONTROL}{_SURROGATE}]")
_UNSAFE_IN_MEMBER = re.compile(f'[\\\\<>:"|?*{_CONTROL}{_SURROGATE}]')
_DRIVE = re.compile("[A-Za-z]:")
#: Mark of a folder joined to another place on Windows (IO_REPARSE_TAG_MOUNT_POINT), which is no symbolic
#: link.
_JUNCTION_TAG = 0xA0000003


def _percent(match: re.Match[str]) -> str:
    character = match.group()
    if "\udc80" <= character <= "\udcff":
        raw = bytes([ord(character) - 0xDC00])
    else:
        raw = character.encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02X}" for byte in raw)


def quote_id(path: str) -> str:
    """A relative path as a document id: what ids use as marks, and what is no text, is percent-encoded.

    `%`, `#`, a `!` before `/`, control characters and bytes that are not UTF-8 (as surrogates) are encoded,
    so that no two paths share an id. O(n).

    >>> quote_id("a#1/50%!/b.txt"), quote_id("新闻/一.txt")
    ('a%231/50%25%21/b.txt', '新闻/一.txt')
    """
    return _UNSAFE_IN_ID.sub(_percent, path)


def where(path: Path, line: int | None = None) -> Where:
    """The place of an error. A name that is not UTF-8 is shown with U+FFFD, for not every stream takes it."""
    return Where(os.fsencode(path).decode("utf-8", "replace"), line)


def _absolute(path: Path) -> str:
    # As it is written: an input that is a link keeps the name that the user knows.
    return os.path.abspath(path)  # noqa: PTH100


def _below(given: str, top: str) -> str | None:
    """One absolute path from another, with `/`, if it lies below that."""
    if given.startswith(top.rstrip(os.sep) + os.sep):
        return given[len(top.rstrip(os.sep)) + 1 :].replace(os.sep, "/")
    try:
        if os.path.commonpath([given, top]) == top:
            return os.path.relpath(given, top).replace(os.sep, "/")
    except ValueError:  # two drives of Windows
        pass
    return None


def relative_name(path: Path, root: Path) -> str:
    """`path` from `root`, with `/`. Links are followed only where the two do not meet as written.

    Raises UsageError where `path` does not lie below `root`.
    """
    found = _below(_absolute(path), _absolute(root))
    if found is None:
        found = _below(os.path.join(os.path.realpath(path.parent), path.name), os.path.realpath(root))  # noqa: PTH118
    if found is not None:
        return found
    raise UsageError(f"{quote_id(str(path))} does not lie below {quote_id(str(root))}.", hint="Give --root.")


def document_id(path: Path, root: Path) -> str:
    """The id of the document in the file `path`: its relative path from `root`, quoted. See `quote_id`.

    Raises UsageError where `path` does not lie below `root`.
    """
    return quote_id(relative_name(path, root))


def deepest_common_folder(paths: Sequence[Path]) -> Path:
    """The deepest folder common to all inputs; a folder counts as itself, a file as the folder it lies in.

    Absolute. Raises UsageError where there is none (two drives of Windows) or no path.
    """
    folders = [_absolute(path if path.is_dir() else path.parent) for path in paths]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:
        raise UsageError("The inputs have no folder in common.", hint="Clean them one by one.") from None


def portable_name(name: str, *, foreign: bool = False) -> str:
    """A relative path as it may be written on any system; most names stay as they are.

    Backslashes, control characters, bytes that are not UTF-8, names of devices, `..`, drive letters and
    folders that steer programs are percent-encoded; empty parts and `.` go. `foreign` (members of archives)
    also encodes what Windows forbids in names. `%` itself is kept, so two names can meet: see
    `colliding_outputs`. O(n).

    >>> portable_name("dump/a%20b.txt"), portable_name("aux.txt"), portable_name("/../c:\\\\d", foreign=True)
    ('dump/a%20b.txt', '%61ux.txt', '%2E%2E/c%3A%5Cd')
    """
    pattern = _UNSAFE_IN_MEMBER if foreign else _UNSAFE_IN_NAME
    parts = [_portable_part(part, pattern, foreign) for part in name.split("/") if part not in ("", ".")]
    if parts and _DRIVE.match(parts[0]):
        parts[0] = parts[0].replace(":", "%3A", 1)
    return "/".join(parts) or "_"


def _portable_part(part: str, pattern: re.Pattern[str], foreign: bool) -> str:
    part = pattern.sub(_percent, part)
    if _is_device(part) or part.casefold() in _GUARDED or not part.strip(". "):
        part = f"%{ord(part[0]):02X}{part[1:]}"
    if foreign and part[-1] in ". ":
        part = f"{part[:-1]}%{ord(part[-1]):02X}"
    return part


def _is_device(part: str) -> bool:
    return re.split("[.:]", part, maxsplit=1)[0].rstrip(" ").casefold() in _DEVICES


def output_name(relative: str, *, member: str = "", suffix: str = "") -> str:
    """The output of an input, relative to OUT: the input's place in the tree, by `/`.

    `relative` is the input's path below the deepest common folder, `member` its path in an archive (mirrored
    below a folder named after the archive), `suffix` is added to marked-up input.

    >>> output_name("dump/b.html", suffix=".txt"), output_name("x.zip", member="../b.txt")
    ('dump/b.html.txt', 'x.zip/%2E%2E/b.txt')
    """
    name = portable_name(relative)
    if member:
        name = f"{name}/{portable_name(member, foreign=True)}"
    return name + suffix


def colliding_outputs(claims: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Of (document id, output name) pairs, the ids that cannot have their output, each with the id that has
    it.

    Names are compared after NFC and casefold, as the strictest file systems do; a file may not stand where
    another needs a folder. The first in id order has the name. Give one claim for each output file. O(n log
    n).

    >>> colliding_outputs([("B", "b.TXT"), ("a", "a.txt"), ("C", "B.txt")])
    {'C': 'B'}
    """
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    lost: dict[str, str] = {}
    for name_id, output in sorted(claims):
        key = collision_key(output)
        above = [key[:at] for at, character in enumerate(key) if character == "/"]
        holder = files.get(key) or folders.get(key)
        holder = holder or next((files[folder] for folder in above if folder in files), None)
        if holder is not None:
            lost[name_id] = holder
            continue
        files[key] = name_id
        for folder in above:
            folders.setdefault(folder, name_id)
    return lost


def collision_key(name: str) -> str:
    """What two names share that one file system or another takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def escape_problem(name: str) -> str:
    """Why the relative path `name` would leave the folder it is joined to; empty where it would not.

    Enough for names of this system's own files (where it is not Windows); for foreign ones see `name_problem`.
    """
    if not name:
        return "it is empty"
    if "\0" in name:
        return "it holds a NUL"
    if name.startswith("/"):
        return "it is absolute"
    if any(part in ("", ".", "..") for part in name.split("/")):
        return "it holds '..', '.' or an empty part"
    return ""


def name_problem(name: str) -> str:
    """Why `name` is not written below a folder on the word of a ledger; empty where it may be.

    Stricter than `escape_problem`: what leaves the folder on any system, not only on this one.
    """
    problem = escape_problem(name)
    if problem:
        return problem
    if _DRIVE.match(name):
        return "it names a drive"
    if _CONTROLS.search(name):
        return "it holds a control character"
    if "\\" in name:
        return "it holds a backslash"
    for part in name.split("/"):
        if not part.strip(". "):
            return "a part of it is only dots and spaces"
        if _is_device(part):
            return "it names a device of Windows"
        if part.casefold() in _GUARDED:
            return f"it lies in {part.casefold()}"
    return ""


def is_link(path: Path) -> bool:
    """Whether a symbolic link (or a junction of Windows) stands at `path`."""
    try:
        status = path.lstat()
    except (OSError, ValueError):
        return False
    return stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == _JUNCTION_TAG


def is_file(path: Path) -> bool:
    """Whether a regular file stands at `path`, links followed. Not where nobody may look: `Path` would raise there."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path) -> bool:
    """Whether a folder stands at `path`, links followed. Not where nobody may look."""
    return os.path.isdir(path)  # noqa: PTH112


class RealPaths:
    """`os.path.realpath` of many paths: each folder is looked up once, as long as the object lives."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}

    def of(self, path: str) -> str:
        """The path with all links resolved."""
        folder, name = os.path.split(path)
        if name in ("", os.curdir, os.pardir) or os.name == "nt":  # Windows has short names, too
            return os.path.realpath(path)
        real = self._folders.get(folder)
        if real is None:
            real = self._folders[folder] = os.path.realpath(folder)
        found = os.path.join(real, name)  # noqa: PTH118
        return os.path.realpath(found) if os.path.islink(found) else found  # noqa: PTH114


def below(root: Path, name: str) -> Path:
    """The place of `name`, already checked by `name_problem` or `escape_problem`, below `root`.

    Raises LedgerMismatch where a link stands on the way, at the end of it too: it may lead out of `root`.
    """
    path = root
    for part in name.split("/"):
        path = path / part
        if is_link(path):
            raise LedgerMismatch(
                f"{quote_id(name)} leads through a link at {quote_id(str(path))}.",
                hint="Links are not followed.",
            )
    return path
