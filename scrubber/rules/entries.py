"""Where loaded rule sets lie between runs, and the first line of each: which files it holds for, and what it is about.

That line is all that a run needs which takes what an earlier one has found; the rules behind it are `cache.py`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from scrubber.rules.late import LateRules, LateRuleset
from scrubber.rules.ruleset import Ruleset, RuleSetInfo

if TYPE_CHECKING:
    from scrubber.rules.schema import Rule
    from scrubber.rules.sources import RuleSource

#: No more of a line is read: no rule set that was ever written needs so much.
MAX_ENTRY_BYTES = 64 << 20
#: What a strange entry may raise while it is read.
STRANGE = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
#: The code whose answers an entry holds.
_CODE = Path(__file__).resolve().parent


class RuleFile(NamedTuple):
    """A rule file that took part, and the SHA-256 of its bytes."""

    path: str
    sha256: str


def cache_root() -> Path | None:
    """The folder of all that is kept between runs; None where nothing is to be kept."""
    named = os.environ.get("SCRUBBER_CACHE_DIR")
    if named is not None:
        return Path(named) if named else None
    from platformdirs import user_cache_path

    return user_cache_path("scrubber", appauthor=False)


def cache_folder() -> Path | None:
    """Where loaded rule sets lie; None where the cache is switched off."""
    root = cache_root()
    return root / "rules" if root is not None else None


def entry_name(sources: Sequence[RuleSource], bundled: Path) -> str:
    """The name of the entry for these files. O(files): their text is compared when the entry is read."""
    parts = [
        *(sha256_of(entry) for entry in _sorted(_CODE, "*.py")),
        *(entry.as_posix() for entry in _sorted(bundled, "**/*.toml")),
        *(repr(source) for source in sources),
    ]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:40] + ".json"


def _sorted(folder: Path, glob: str) -> Iterator[Path]:
    yield from sorted(folder.glob(glob))


def sha256_of(file: str | Path) -> str:
    """SHA-256 of the bytes of a file, in hex. Raises `OSError`."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def line_of(value: Any) -> bytes:
    """A value as one line of an entry."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def head_of(ruleset: Ruleset, files: Sequence[RuleFile]) -> bytes:
    """The first line of an entry."""
    infos = [[info.name, info.version, info.description, info.path, info.digest] for info in ruleset.files]
    known = [infos, ruleset.digest, dict(ruleset.aliases), list(ruleset.warnings)]
    return line_of({"files": files, "known": known, "ids": ruleset.ids, "comparing": ruleset.comparing})


def head_in(stream: BinaryIO) -> dict[str, Any]:
    """The first line of an entry whose files are what they were. Raises one of `STRANGE`."""
    head: dict[str, Any] = json.loads(stream.readline(MAX_ENTRY_BYTES))
    if not all(sha256_of(file) == sha256 for file, sha256 in head["files"]):
        raise ValueError("a rule file is another one now")
    return head


def read_late(name: str, read: Callable[[], Ruleset]) -> Ruleset | None:
    """The rule set of an entry whose files are what they were, its rules left to `read`; else None. O(size of files)."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        with (folder / name).open("rb") as stream:
            head = head_in(stream)
        infos, digest, aliases, warnings = head["known"]
        files = tuple(RuleSetInfo(*map(str, info)) for info in infos)
        late = LateRules(_texts(head["ids"]), _texts(head["comparing"]), lambda: _rules_of(read(), str(digest)))
        names = {str(old): str(new) for old, new in aliases.items()}
        return LateRuleset(late, files, str(digest), names, _texts(warnings))
    except STRANGE:
        return None


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(map(str, values))


def _rules_of(ruleset: Ruleset, digest: str) -> tuple[Rule, ...]:
    if ruleset.digest != digest:
        from scrubber.errors import ConfigError

        raise ConfigError("the rule files were changed during the run.", hint="Run again.")
    return ruleset.rules
