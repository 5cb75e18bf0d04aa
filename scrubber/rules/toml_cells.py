"""TOML values that know where they stand.

Rule files and decision files are read as cells, so that each mistake can be shown with its line and a caret.
Lines are quoted only of files whose reader says so: a link must not make us print another file's text. This
module knows nothing about rules; what a value must be is asked in `toml_check`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from scrubber.errors import Mistake, Where

if TYPE_CHECKING:
    from scrubber.rules.toml_places import KeyPath, Place, Places

#: A longer file is refused: people write these files, and checking names against each other is not linear.
MAX_FILE_BYTES = 1 << 20
#: No more of a source line is quoted, counted in code points.
MAX_QUOTED_CHARS = 200
#: No more of a foreign name is shown in a message, counted in code points.
MAX_NAME_CHARS = 60
#: A message that holds foreign text (a pattern that RE2 refuses) is cut here, counted in code points.
MAX_MESSAGE_CHARS = 400


def shown(name: str) -> str:
    """A foreign name in quotes, shortened, characters that do not print made visible.

    >>> shown("max\\x1bchars")
    '"max\ufffdchars"'
    """
    short = name if len(name) <= MAX_NAME_CHARS else name[: MAX_NAME_CHARS - 1] + "…"
    return f'"{_printable(short)}"'


def _printable(text: str) -> str:
    """The text with each character that does not print as U+FFFD; the length stays, so that carets fit."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character in "\t\u00a0\u3000" else "\ufffd" for character in text
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """`Did you mean "x"?` for the known name that is closest, or nothing.

    >>> nearest("titel", ("id", "kind", "title"))
    'Did you mean "title"?'
    """
    if len(name) > MAX_NAME_CHARS:
        return ""
    from difflib import get_close_matches

    found = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f'Did you mean "{found[0]}"?' if found else ""


class TomlFile(Struct, frozen=True, eq=False):
    """One TOML text. `path` is the name that messages show; `quotable` is whether they may show its lines."""

    path: str
    tree: Mapping[str, object]
    places: Places
    lines: Sequence[str]
    quotable: bool
    sha256: str

    def mistake(self, place: Place, message: str, hint: str = "") -> Mistake:
        """A mistake at a place of this file."""
        return _mistake(self.path, self.lines if self.quotable else (), place, message, hint)


def _mistake(path: str, lines: Sequence[str], place: Place, message: str, hint: str = "") -> Mistake:
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    line = _printable(line[:MAX_QUOTED_CHARS]) if place.column <= MAX_QUOTED_CHARS else ""
    return Mistake(Where(path, place.line, place.column), _brief(message), line, _brief(hint))


def _brief(message: str) -> str:
    """A message with foreign text in it, made printable and not too long."""
    return _printable(message if len(message) <= MAX_MESSAGE_CHARS else message[:MAX_MESSAGE_CHARS] + "…")


def open_toml(
    file: Path, path: str, *, quotable: bool = True, may_be_empty: bool = False, max_bytes: int = MAX_FILE_BYTES
) -> TomlFile | Mistake:
    """Read a TOML file that messages call `path`; or why it cannot be read at all. O(n)."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(max_bytes + 1)
    except OSError as error:
        return Mistake(Where(path), f"the file cannot be read: {error.strerror or type(error).__name__}.")
    if len(raw) > max_bytes:
        return Mistake(Where(path), f"the file is larger than {max_bytes >> 20} MiB.")
    return toml_of(raw, path, quotable=quotable, may_be_empty=may_be_empty)


def toml_of(raw: bytes, path: str, *, quotable: bool = True, may_be_empty: bool = False) -> TomlFile | Mistake:
    """The TOML text in `raw` (UTF-8, with or without byte order mark), or why there is none. O(n)."""
    from scrubber.rules.toml_places import Place, TomlProblem, read_toml

    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig", "replace")
        place = Place(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        return _mistake(path, (), place, "the file is not UTF-8.", "Save it as UTF-8.")
    lines = [line.rstrip("\r") for line in text.split("\n")]
    if not text.strip() and not may_be_empty:
        return _mistake(path, (), Place(1, 1), "the file is empty.")
    read = read_toml(text)
    if isinstance(read, TomlProblem):
        return _mistake(path, lines if quotable else (), read.place, read.message)
    tree, places = read
    return TomlFile(path, tree, places, lines, quotable, hashlib.sha256(raw).hexdigest())


class Cell(Struct, frozen=True, eq=False):
    """One value of a TOML file, with the way back to its place.

    `merged` is set where a table was put together from several: its cells by name, each from its own file.
    """

    file: TomlFile
    path: KeyPath
    value: object
    merged: Mapping[str, Cell] | None = None

    @classmethod
    def root(cls, file: TomlFile) -> Cell:
        """The whole file as one table."""
        return cls(file, (), file.tree)

    @property
    def line(self) -> int:
        """The line on which the value starts; of a table, the line of its header."""
        return self.file.places.value(self.path).line

    @property
    def declared_at(self) -> str:
        """`path:line`."""
        return f"{self.file.path}:{self.line}"

    def is_table(self) -> bool:
        """Whether the value is a table."""
        return isinstance(self.value, dict)

    def table(self) -> Mapping[str, Cell]:
        """The cells of a table by name; nothing where the value is no table."""
        if self.merged is not None:
            return self.merged
        if not isinstance(self.value, dict):
            return {}
        return {name: Cell(self.file, (*self.path, name), value) for name, value in self.value.items()}

    def items(self) -> tuple[Cell, ...]:
        """The cells of an array; nothing where the value is no array."""
        if not isinstance(self.value, list):
            return ()
        return tuple(Cell(self.file, (*self.path, index), value) for index, value in enumerate(self.value))

    def without(self, *names: str) -> Cell:
        """This table without some of its keys."""
        kept = {name: cell for name, cell in self.table().items() if name not in names}
        return Cell(self.file, self.path, self.value, kept)

    def under(self, later: Cell) -> Cell:
        """This table with another laid over it: tables are merged, any other value is replaced."""
        if not (self.is_table() and later.is_table()):
            return later
        cells = dict(self.table())
        for name, cell in later.table().items():
            cells[name] = cells[name].under(cell) if name in cells else cell
        return Cell(self.file, self.path, self.value, cells)

    def wrong(self, message: str, hint: str = "", *, offset: int | None = None) -> Mistake:
        """A mistake at the value, or at code point `offset` of the string that it is."""
        places = self.file.places
        place = places.value(self.path) if offset is None else places.inside(self.path, offset)
        return self.file.mistake(place, message, hint)

    def wrong_key(self, message: str, hint: str = "") -> Mistake:
        """A mistake at the key, or at the header of a table."""
        return self.file.mistake(self.file.places.key(self.path), message, hint)
