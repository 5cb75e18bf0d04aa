"""Rule sets as they were loaded, kept in the user's cache folder between runs.

Reading half a megabyte of rule files and finding the words of their patterns takes seconds, reading the result back
some hundredths. An entry holds for exactly the files that it names, by checksum, and for the code that made it; what
does not fit, cannot be read or cannot be written is as if it were not there. Entries are JSON, so a strange one can
do no more than be refused.

The folder is that of the operating system for caches (`platformdirs`), or `SCRUBBER_CACHE_DIR`; that variable empty
switches the cache off.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from scrubber.model.finding import Action, Confidence, RuleInfo
from scrubber.rules.literals import Extraction
from scrubber.rules.match import Prepared, matches_of, prepared, remember
from scrubber.rules.schema import KINDS, Example, Match, Ruleset, RuleSetInfo
from scrubber.rules.sources import RuleSource

#: So many entries are kept; those used longest ago go.
MAX_ENTRIES = 16
#: Sets of fewer patterns are quickly loaded and not kept.
MIN_PATTERNS = 100
#: A larger entry is not read: no rule set that was ever written needs so much.
MAX_ENTRY_BYTES = 64 << 20

_TYPES: Mapping[str, Any] = {
    cls.__name__: cls for cls in (*KINDS.values(), Ruleset, RuleSetInfo, RuleInfo, Example, Match, Action, Confidence)
}
_FIELDS = {name: tuple(item.name for item in fields(cls)) for name, cls in _TYPES.items() if is_dataclass(cls)}
#: The code whose answers an entry holds.
_CODE = Path(__file__).resolve().parent


class RuleFile(NamedTuple):
    """A rule file that took part, and the SHA-256 of its bytes."""

    path: str
    sha256: str


def cache_folder() -> Path | None:
    """Where entries lie; None where the cache is switched off."""
    named = os.environ.get("SCRUBBER_CACHE_DIR")
    if named is not None:
        return Path(named) / "rules" if named else None
    from platformdirs import user_cache_path

    return user_cache_path("scrubber", appauthor=False) / "rules"


def entry_name(sources: Sequence[RuleSource], bundled: Path) -> str:
    """The name of the entry for these files. O(files): their text is compared when the entry is read."""
    parts = [
        *(_sha256_of(entry) for entry in _sorted(_CODE, "*.py")),
        *(entry.as_posix() for entry in _sorted(bundled, "**/*.toml")),
        *(repr(source) for source in sources),
    ]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:40] + ".json"


def _sorted(folder: Path, glob: str) -> Iterator[Path]:
    yield from sorted(folder.glob(glob))


def read_entry(name: str) -> Ruleset | None:
    """The rule set of an entry whose files are what they were, its patterns prepared; else None. O(size)."""
    folder = cache_folder()
    if folder is None:
        return None
    path = folder / name
    try:
        with path.open("rb") as stream:
            text = stream.read(MAX_ENTRY_BYTES + 1)
        if len(text) > MAX_ENTRY_BYTES:
            return None
        entry = json.loads(text)
        if not all(_sha256_of(file) == sha256 for file, sha256 in entry["files"]):
            return None
        ruleset = _decoded(entry["ruleset"])
        known = [(pattern, fold, Prepared(*_decoded(found))) for pattern, fold, found in entry["prepared"]]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    if not isinstance(ruleset, Ruleset):
        return None
    remember(known)
    with contextlib.suppress(OSError):
        os.utime(path)
    return ruleset


def write_entry(name: str, ruleset: Ruleset, files: Iterable[RuleFile]) -> None:
    """Keep a rule set with the prepared forms of its patterns. Atomic; where it fails there is no entry. O(size)."""
    folder = cache_folder()
    if folder is None:
        return
    patterns = dict.fromkeys(
        (pattern, rule.fold) for rule in ruleset.rules for _, match in matches_of(rule) for pattern in match.regex
    )
    if len(patterns) < MIN_PATTERNS:
        return
    shared = Extraction()
    entry = {
        "files": list(files),
        "ruleset": _encoded(ruleset),
        "prepared": [(pattern, fold, _encoded(tuple(prepared(pattern, fold, shared)))) for pattern, fold in patterns],
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_room(folder)
        handle, new = tempfile.mkstemp(dir=folder, suffix=".new")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(entry, stream, ensure_ascii=False, separators=(",", ":"))
            Path(new).replace(folder / name)
        except BaseException:
            Path(new).unlink()
            raise
    except OSError:
        return


def _make_room(folder: Path) -> None:
    """Leave room for one entry: those used longest ago go, and what a run that was killed left half written."""
    by_age = sorted(
        (path for path in folder.iterdir() if path.suffix in (".json", ".new")), key=lambda path: path.stat().st_mtime
    )
    for path in by_age[: max(0, len(by_age) - MAX_ENTRIES + 1)]:
        with contextlib.suppress(OSError):
            path.unlink()


def _sha256_of(file: str | Path) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def _encoded(value: Any) -> Any:
    """A value as JSON can hold it. A list begins with the name of its type, which is empty for a tuple."""
    if isinstance(value, Enum):
        return [type(value).__name__, value.value]
    if is_dataclass(value):
        return [type(value).__name__, *(_encoded(getattr(value, item.name)) for item in fields(value))]
    if isinstance(value, Mapping):
        return {key: _encoded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return ["", *map(_encoded, value)]
    return value


def _decoded(value: Any) -> Any:
    """The value that `_encoded` was given. Raises `KeyError`, `TypeError` or `ValueError` for what it never makes."""
    if isinstance(value, dict):
        return {key: _decoded(item) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    name, *parts = value
    if not name:
        return tuple(_decoded(part) if isinstance(part, list) else part for part in parts)
    cls, names = _TYPES[name], _FIELDS.get(name)
    if names is None:
        return cls(*parts)
    return cls(**dict(zip(names, map(_decoded, parts), strict=True)))
