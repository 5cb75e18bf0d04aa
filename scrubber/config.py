"""Settings: which configuration file counts, what it says, and where each setting came from.

Refuses keys and values that it does not know, with all mistakes at once, and paths that lead out of the project
root. It reads the configuration file and nothing else; what the settings mean is the business of those who use them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct

from scrubber.errors import ConfigError, Mistake, Where
from scrubber.rules.sources import bundled_names
from scrubber.rules.toml_cells import MAX_FILE_BYTES, Cell, TomlFile, nearest, open_toml, shown
from scrubber.rules.toml_check import Checker
from scrubber.text.charsets import codec_named

#: In one folder the first of them wins.
CONFIG_FILES = ("scrubber.toml", "pyproject.toml")
PROFILE_NAMES = ("careful", "standard", "thorough")
CONFIDENCES = ("certain", "likely", "possible")
UNDECODABLE = ("fail", "skip", "replace")
PARAGRAPHS = ("auto", "blank-line", "line")
#: A larger document is a recorded failure (DESIGN.md §11).
MAX_BYTES = 256_000_000

DEFAULT = "default"

_UNITS = {"B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_SIZE = re.compile(r"(\d{1,12})(?:\.(\d{1,3}))? ?([kKMG]i?B|B)")
_REQUIREMENT = re.compile(r"\s*(>=|<=|==|!=|>|<)\s*(\d{1,6}(?:\.\d{1,6}){0,3})\s*")


class Setting(NamedTuple):
    """The key of a field in a configuration file, and how its value is read."""

    key: str
    read: str


def _setting(key: str, read: str, default: Any) -> Any:
    return field(default=default, metadata={"setting": Setting(key, read)})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `origins` names for each key where its value came from: `default`, `PATH:LINE`, an option.

    Rules are bundled names (strings) or paths; shares are in thousandths, sizes in bytes. None: nobody said, and the
    profile or the run decides. `folder` is that of the configuration file, which its globs and paths are relative to.
    """

    rules: tuple[str | Path, ...] = _setting("rules", "rules", ())
    include: tuple[str, ...] = _setting("include", "strings", ())
    exclude: tuple[str, ...] = _setting("exclude", "strings", ())
    select: tuple[str, ...] = _setting("select", "strings", ())
    ignore: tuple[str, ...] = _setting("ignore", "strings", ())
    profile: str = _setting("profile", "profile", "standard")
    min_confidence: str | None = _setting("min-confidence", "confidence", None)
    max_share: int | None = _setting("limits.max-share", "share", None)
    min_left_chars: int | None = _setting("limits.min-left-chars", "count", None)
    max_bytes: int = _setting("limits.max-bytes", "size", MAX_BYTES)
    max_seconds: int | None = _setting("limits.max-seconds", "count", None)
    paragraphs: str = _setting("paragraphs", "paragraphs", "auto")
    encoding: str | None = _setting("encoding", "encoding", None)
    undecodable: str = _setting("undecodable", "undecodable", "fail")
    decisions: Path | None = field(default=None, metadata={"setting": Setting("decisions", "path")})
    baseline: Path | None = field(default=None, metadata={"setting": Setting("baseline", "baseline")})
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = _setting("per-file-ignores", "ignores", ())
    required_version: str | None = _setting("required-version", "version", None)
    folder: Path | None = None
    origins: Mapping[str, str] = field(default_factory=dict)

    def origin(self, key: str) -> str:
        """Where the value of a key came from."""
        return self.origins.get(key, DEFAULT)

    def over(self, values: Mapping[str, tuple[Any, str]]) -> Settings:
        """These settings with others laid over them: field name to value and origin; None changes nothing."""
        said = {name: pair for name, pair in values.items() if pair[0] is not None and pair[0] != ()}
        keys = {item.name: item.metadata["setting"].key for item in fields(self) if "setting" in item.metadata}
        origins = dict(self.origins) | {keys[name]: origin for name, (_, origin) in said.items()}
        return replace(self, **{name: value for name, (value, _) in said.items()}, origins=origins)


def setting_fields() -> tuple[tuple[str, str], ...]:
    """Field name and key of every setting, in declaration order."""
    return tuple((item.name, item.metadata["setting"].key) for item in fields(Settings) if "setting" in item.metadata)


class FoundConfig(Struct, frozen=True):
    """The configuration file that counts, or None; and what a person should know about the choice."""

    path: Path | None
    warning: str = ""


def find_config(start: Path) -> FoundConfig:
    """The nearest `scrubber.toml`, or `pyproject.toml` with a `[tool.scrubber]`, from `start` upward.

    The search ends at a folder that holds `.git`, or at the root. Raises `ConfigError` where such a file is no TOML.
    """
    for folder in (start, *start.parents):
        own, shared = (folder / name for name in CONFIG_FILES)
        # `Path.is_file` raises where nobody may look.
        shares = os.path.isfile(shared) and _has_table(shared)  # noqa: PTH113
        if os.path.isfile(own):  # noqa: PTH113
            warning = f"{shared} has a [tool.scrubber] that is not read: scrubber.toml wins." if shares else ""
            return FoundConfig(own, warning)
        if shares:
            return FoundConfig(shared)
        if os.path.lexists(folder / ".git"):
            break
    return FoundConfig(None)


#: Our name, or the escapes that may stand for letters of it.
_SPOKEN_WITH = (b"scrubber", b"\\u", b"\\U")


def _has_table(file: Path) -> bool:
    """Whether a `pyproject.toml` speaks to us. One that is no TOML does if it seems to."""
    try:
        with file.open("rb") as start:
            content = start.read(MAX_FILE_BYTES)
    except OSError:
        return False
    if not any(part in content for part in _SPOKEN_WITH):
        return False  # most are another's, and reading them takes longer than all else about a configuration
    read = open_toml(file, str(file), may_be_empty=True)
    if isinstance(read, Mistake):
        return b"[tool.scrubber" in content
    tool = read.tree.get("tool")
    return isinstance(tool, dict) and "scrubber" in tool


def project_root(given: Path | None, config: Path | None, start: Path, current: Path) -> Path:
    """The project root: as given, else the configuration's folder, else the top of the git work tree, else `current`.

    The work tree is looked for from `start` (the common folder of the inputs) upward.
    """
    if given is not None:
        return given
    if config is not None:
        return config.parent
    return next((folder for folder in (start, *start.parents) if os.path.lexists(folder / ".git")), current)


def load_config(path: Path, root: Path, *, version: str, name: str = "") -> Settings:
    """The settings of one file. `name` is what messages call it, `version` that of this scrubber.

    Raises `ConfigError` with all mistakes: unknown keys, wrong values, paths outside `root` (links resolved), and a
    scrubber that is not the required one. O(size of the file).
    """
    name = name or str(path)
    inside = path.resolve().is_relative_to(root.resolve())
    read = open_toml(path, name, quotable=inside and path.suffix == ".toml", may_be_empty=True)
    if isinstance(read, Mistake):
        raise _config_error([read])
    table = _table_of(read, path.name)
    reader = _Reader(path.parent, root.resolve(), version)
    settings = reader.read(table)
    if reader.check.mistakes:
        raise _config_error(reader.check.mistakes)
    return settings


def _config_error(mistakes: list[Mistake]) -> ConfigError:
    first, *others = sorted(mistakes, key=lambda each: (each.where.line or 0, each.where.column or 0))
    opening = first.render().removeprefix(f"{first.where}: ")
    return ConfigError("\n".join((opening, *(mistake.render() for mistake in others))), where=first.where)


def _table_of(file: TomlFile, name: str) -> Cell:
    """`[tool.scrubber]`; of files that are ours alone the whole, unless that table is all there is."""
    top = Cell.root(file)
    tool = top.table().get("tool")
    inner = tool.table().get("scrubber") if tool is not None else None
    if inner is not None and (name != CONFIG_FILES[0] or len(top.table()) == 1):
        return inner
    return Cell(file, ("tool", "scrubber"), {}) if name == CONFIG_FILES[1] else top


class _Reader:
    """Reads one table of settings; mistakes are noted in `check`."""

    def __init__(self, folder: Path, root: Path, version: str) -> None:
        self.folder, self.root, self.version = folder, root, version
        self.check = Checker()
        self.by: Mapping[str, Callable[[Cell], Any]] = {
            "rules": self._rules,
            "strings": self._strings,
            "profile": lambda cell: self.check.choice(cell, PROFILE_NAMES),
            "confidence": lambda cell: self.check.choice(cell, CONFIDENCES),
            "paragraphs": lambda cell: self.check.choice(cell, PARAGRAPHS),
            "undecodable": lambda cell: self.check.choice(cell, UNDECODABLE),
            "share": lambda cell: self.check.share(cell, 0, 1000),
            "count": lambda cell: self.check.integer(cell, 0, 10**9),
            "size": self._size,
            "encoding": self._encoding,
            "path": self._decisions,
            "baseline": self._baseline,
            "ignores": self._ignores,
            "version": self._required_version,
        }

    def read(self, table: Cell) -> Settings:
        if not self.check.table(table):
            return Settings()
        cells = self._cells(table)
        values: dict[str, tuple[Any, str]] = {}
        for item in fields(Settings):
            setting: Setting | None = item.metadata.get("setting")
            if setting is not None and setting.key in cells:
                cell = cells[setting.key]
                values[item.name] = (self.by[setting.read](cell), cell.declared_at)
        return replace(Settings(), folder=self.folder).over(values)

    def _cells(self, table: Cell) -> dict[str, Cell]:
        """The cells by dotted key. Keys that nobody knows are noted."""
        known = [key for _, key in setting_fields()]
        tables = {key.partition(".")[0] for key in known if "." in key}
        found: dict[str, Cell] = {}
        for name, cell in table.table().items():
            if name in tables and self.check.table(cell):
                for inner, inner_cell in cell.table().items():
                    self._take(f"{name}.{inner}", inner_cell, known, found)
            elif name not in tables:
                self._take(name, cell, [*known, *tables], found)
        return found

    def _take(self, key: str, cell: Cell, known: list[str], found: dict[str, Cell]) -> None:
        if key in known:
            found[key] = cell
        else:
            last = key.rpartition(".")[2]
            belongs = next((name for name in known if name.rpartition(".")[2] == last and name != key), "")
            hint = f'It is "{belongs}" here.' if belongs else nearest(key, known)
            self.check.note(cell.wrong_key(f"unknown key {shown(key)}.", hint))

    def _strings(self, cell: Cell) -> tuple[str, ...]:
        return tuple(text for text, _ in self.check.strings(cell) or ())

    def _rules(self, cell: Cell) -> tuple[str | Path, ...]:
        names = bundled_names()
        return tuple(
            source
            for text, item in self.check.strings(cell) or ()
            if (source := text if text in names else self._inside(text, item)) is not None
        )

    def _inside(self, text: str, cell: Cell) -> Path | None:
        """A path relative to the file, which must stay inside the root with all links resolved."""
        try:
            path = self.folder / text
            resolved = path.resolve()
        except (OSError, ValueError, RuntimeError):
            self.check.note(cell.wrong("this path cannot be followed."))
            return None
        if not resolved.is_relative_to(self.root):
            self.check.note(
                cell.wrong("this path leads out of the project root.", "Move the file into it, or give --root.")
            )
            return None
        return path

    def _decisions(self, cell: Cell) -> Path | None:
        text = self.check.string(cell)
        path = self._inside(text, cell) if text is not None else None
        if path is not None and path.suffix != ".toml":
            self.check.note(cell.wrong("a decisions file is named .toml."))
            return None
        return path

    def _baseline(self, cell: Cell) -> Path | None:
        text = self.check.string(cell)
        path = self._inside(text, cell) if text is not None else None
        if path is not None and path.suffix != ".json":
            self.check.note(cell.wrong("a baseline is named .json."))
            return None
        return path

    def _size(self, cell: Cell) -> int | None:
        if isinstance(cell.value, int):
            return self.check.integer(cell, 1)
        text = self.check.string(cell)
        if text is None:
            return None
        size = size_in_bytes(text)
        if not size:
            self.check.note(cell.wrong(f"{shown(text)} is no size.", 'Write it as "256 MB".'))
            return None
        return size

    def _encoding(self, cell: Cell) -> str | None:
        text = self.check.string(cell)
        if text is not None and codec_named(text) is None:
            self.check.note(cell.wrong(f"unknown encoding {shown(text)}.", "Names are those of Python: gb18030, big5."))
            return None
        return text

    def _ignores(self, cell: Cell) -> tuple[tuple[str, tuple[str, ...]], ...]:
        if not self.check.table(cell):
            return ()
        return tuple((glob, self._strings(item)) for glob, item in cell.table().items())

    def _required_version(self, cell: Cell) -> str | None:
        text = self.check.string(cell)
        if text is None:
            return None
        fits = meets(self.version, text)
        if fits is None:
            self.check.note(cell.wrong(f"{shown(text)} is no requirement.", 'Write it as ">=1.2".'))
        elif not fits:
            self.check.note(
                cell.wrong(f"this project asks for scrubber {text}, and this is {self.version}.", "Install another.")
            )
        return text


def size_in_bytes(text: str) -> int | None:
    """A size as people write it; None where it is none. `k`, `M`, `G` count in thousands, `Ki`, `Mi`, `Gi` in 1024s.

    >>> size_in_bytes("256 MB"), size_in_bytes("1.5 kB"), size_in_bytes("much")
    (256000000, 1500, None)
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        return None
    whole, decimals, unit = found[1], found[2] or "", found[3]
    if unit not in _UNITS:
        return None
    return int(whole + decimals) * _UNITS[unit] // int(10 ** len(decimals))


def meets(version: str, requirement: str) -> bool | None:
    """Whether a version meets a requirement such as `>=1.2,<2`; None where that is no requirement.

    >>> meets("1.10.0", ">=1.2"), meets("0.9", ">=1,<2"), meets("1.0", "new")
    (True, False, None)
    """
    own = _numbers(version)
    for part in requirement.split(","):
        found = _REQUIREMENT.fullmatch(part)
        if found is None:
            return None
        wanted = _numbers(found[2])
        order = (own > wanted) - (own < wanted)
        allowed = {
            ">=": order >= 0,
            "<=": order <= 0,
            "==": order == 0,
            "!=": order != 0,
            ">": order > 0,
            "<": order < 0,
        }
        if not allowed[found[1]]:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:4]]
    return tuple([*numbers, 0, 0, 0, 0][:4])


def not_a_file(path: Path) -> ConfigError:
    """The error for a configuration file that was named and is not there."""
    return ConfigError("there is no such configuration file.", where=Where(str(path)))
