"""Where rule files lie: bundled sets, files and folders that a person names, files that other files extend.

A path inside a rule file is foreign: it must lead to a `.toml` file inside the root, links resolved, and what a link
leads to elsewhere is never quoted in a message.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from scrubber.errors import Mistake, UsageError
from scrubber.rules.toml_cells import Cell, nearest, shown

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
#: Where a wheel has the bundled sets; a source checkout has them in `rules/` beside the package.
_INSTALLED = Path(__file__).resolve().parents[1] / "bundled_rules"
_SUFFIX_HINT = "Rule files end in .toml."


def is_slug(name: str) -> bool:
    """Whether a name may stand as a rule id or as the name of a rule set.

    >>> is_slug("share-bar"), is_slug("Share bar"), is_slug("-x")
    (True, False, False)
    """
    return _SLUG.fullmatch(name) is not None


class RuleSource(Struct, frozen=True):
    """One rule file to load.

    `file` is where it lies, `path` what messages call it, `resolved` the file with links followed, `root` the
    folder (resolved) that its `extends` must not leave, `folder` the name of the folder that it was loaded with.
    `proven` is whether its patterns need no test by RE2: true of the sets inside an installed package, which were
    tested before it was built: the test compiles every pattern.
    """

    file: Path
    path: str
    resolved: Path
    root: Path
    folder: str = ""
    proven: bool = False

    @property
    def quotable(self) -> bool:
        """Whether messages may show its lines: a `.toml` file that no link leads elsewhere."""
        inside = self.resolved.is_relative_to(self.root) or self.resolved.is_relative_to(self.file.parent.resolve())
        return inside and self.resolved.suffix == ".toml"


def bundled_folder() -> Path:
    """The folder of the rule sets that come with scrubber: in the package, or `rules/` of a source checkout."""
    return _INSTALLED if _INSTALLED.is_dir() else _INSTALLED.parents[1] / "rules"


def bundled_names(folder: Path | None = None) -> tuple[str, ...]:
    """Names of the bundled sets, sorted: `NAME.toml`, or a folder `NAME` with rule files in it."""
    folder = bundled_folder() if folder is None else folder
    if not folder.is_dir():
        return ()
    names = {entry.stem for entry in folder.glob("*.toml")}
    names.update(entry.name for entry in folder.iterdir() if entry.is_dir() and any(entry.glob("*.toml")))
    return tuple(sorted(name for name in names if is_slug(name)))


def bundled_sources(folder: Path, name: str) -> tuple[RuleSource, ...]:
    """The files of one bundled set, sorted."""
    root, proven = folder.resolve(), folder == _INSTALLED
    single = folder / f"{name}.toml"
    if single.is_file():
        return (RuleSource(single, f"rules/{name}.toml", single.resolve(), root, proven=proven),)
    files = sorted((folder / name).glob("*.toml"))
    return tuple(
        RuleSource(file, f"rules/{name}/{file.name}", file.resolve(), root, f"rules/{name}", proven) for file in files
    )


def named_sources(path: Path, root: Path | None, bundled: Sequence[str]) -> tuple[RuleSource, ...]:
    """The rule file at a path that a person named, or those of a folder, sorted. Raises `UsageError`.

    What lies outside the root may extend files of its own folder only.
    """
    if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises for names that are too long
        files = [file for file in sorted(path.glob("*.toml")) if file.is_file()]
        if not files:
            raise UsageError(f"no rule files in {shown(path.as_posix())}.", hint=_SUFFIX_HINT)
        around, folder = _root_of(path, root), path.as_posix()
        return tuple(RuleSource(file, file.as_posix(), file.resolve(), around, folder) for file in files)
    if not os.path.isfile(path):  # noqa: PTH113
        hint = nearest(str(path), bundled) or f"Bundled sets are {', '.join(bundled) or 'missing'}."
        raise UsageError(f"no rule file, folder or bundled set {shown(path.as_posix())}.", hint=hint)
    if path.suffix != ".toml":
        raise UsageError(f"{shown(path.as_posix())} is no rule file.", hint=_SUFFIX_HINT)
    return (RuleSource(path, path.as_posix(), path.resolve(), _root_of(path.parent, root)),)


def _root_of(folder: Path, root: Path | None) -> Path:
    resolved = folder.resolve()
    if root is None:
        return resolved
    outer = root.resolve()
    return outer if resolved.is_relative_to(outer) else resolved


def extended_source(entry: str, cell: Cell, source: RuleSource, bundled: Sequence[str]) -> RuleSource | Mistake:
    """The file that `source` extends by the path `entry`, or why it must not or cannot."""
    if not entry.endswith(".toml"):
        hint = nearest(entry, bundled) or "Write a bundled name, or the path of a .toml file."
        return cell.wrong(f"no bundled set {shown(entry)}.", hint)
    if "\0" in entry or "\\" in entry or entry.startswith("/") or Path(entry).is_absolute():
        return cell.wrong("a path in extends is relative to this file, with / between folders.")
    file = source.file.parent / entry
    try:
        resolved = file.resolve()
    except (OSError, RuntimeError):  # RuntimeError: links that lead in a circle, before Python 3.13
        return cell.wrong("this path cannot be followed.")
    if not resolved.is_relative_to(source.root):
        return cell.wrong("this path leads out of the project root.", "Move the file into it.")
    if resolved.suffix != ".toml" or not os.path.isfile(resolved):  # noqa: PTH113
        return cell.wrong(f"there is no rule file {shown(entry)} beside this one.")
    return RuleSource(file, joined(source.path, entry), resolved, source.root)


def joined(path: str, entry: str) -> str:
    """What messages call the file that the file `path` extends as `entry`.

    >>> joined("rules/seed/a.toml", "../b.toml"), joined("/a.toml", "b.toml"), joined("../a.toml", "../b.toml")
    ('rules/b.toml', '/b.toml', '../../b.toml')
    """
    parts = path.split("/")[:-1]
    for part in entry.split("/"):
        if part == ".." and parts and parts[-1] not in ("..", ""):
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
