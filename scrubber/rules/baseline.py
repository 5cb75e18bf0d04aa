"""Baselines: findings of an old corpus that `check` no longer fails on, one a line, in a file that is kept in git.

An entry is a fingerprint and the document that it stands in, so a line that moves stays known. No line numbers, no dates,
and every entry ends with a comma: what two branches add can be joined line by line (`merge=union`). A file with a mistake
is refused as a whole: what is passed over in silence would come back as a finding that nobody understands.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from scrubber.errors import ConfigError, Where
from scrubber.model.finding import FINGERPRINT_SCHEME
from scrubber.rules.sources import is_slug
from scrubber.rules.toml_cells import shown
from scrubber.text.fold import FOLD_VERSION

FORMAT, VERSION = "scrubber-baseline", 1
#: Half a million findings. A corpus with more of them is cleaned, not excused.
MAX_BASELINE_BYTES = 64 << 20
#: What a baseline's name ends in; no walk through folders reads such a file as a text.
SUFFIX = ".json"

_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
_SPACE = re.compile(r"[ \t\r\n]*")
_REPAIR = "Repair the line, or take it out. Where two branches met, keep the entries of both."
_AGAIN = "Write it again with check --write-baseline."


class BaselineEntry(NamedTuple):
    """One recorded finding: its fingerprint, the id of its document, its rule. Entries sort in this order."""

    fingerprint: str
    path: str
    rule: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """All entries of one file, sorted, each once.

    `outdated` says that fingerprints were made in another way when the file was written, so that few will match.
    """

    entries: tuple[BaselineEntry, ...] = ()
    outdated: bool = False
    _by_path: Mapping[str, tuple[BaselineEntry, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_path: dict[str, list[BaselineEntry]] = {}
        for entry in self.entries:
            by_path.setdefault(entry.path, []).append(entry)
        object.__setattr__(self, "_by_path", {path: tuple(found) for path, found in by_path.items()})

    def for_path(self, document_id: str) -> tuple[BaselineEntry, ...]:
        """The entries about one document. O(1)."""
        return self._by_path.get(document_id, ())


def baseline_of(entries: Iterable[BaselineEntry]) -> Baseline:
    """The baseline of these findings. O(n log n)."""
    return Baseline(tuple(sorted(set(entries))))


def baseline_text(baseline: Baseline) -> str:
    """A baseline as it is written: format first, then what fingerprints depend on, then one finding a line. O(n).

    >>> print(baseline_text(Baseline((BaselineEntry("09" * 8, "a.txt", "core/x"),))).splitlines()[3])
    {"fingerprint":"0909090909090909","rule":"core/x","path":"a.txt"},
    """
    lines = [
        f'{{"format":"{FORMAT}","version":{VERSION},',
        f'"scheme":{FINGERPRINT_SCHEME},"fold":{FOLD_VERSION},"unicode":"{unicodedata.unidata_version}",',
        '"findings":[',
    ]
    for entry in baseline.entries:
        written = {"fingerprint": entry.fingerprint, "rule": entry.rule, "path": entry.path}
        lines.append(json.dumps(written, ensure_ascii=False, separators=(",", ":")) + ",")
    # The last entry has a comma as any other, so that lines can be added behind it.
    return "\n".join([*lines, "null]}", ""])


def load_baseline(path: Path, name: str) -> Baseline:
    """The baseline in a file that messages call `name`. O(size of the file).

    Raises `ConfigError` with line and column where it is none, is damaged, or comes from a later version.
    """
    return read_baseline(_raw(path, name), name)


def _raw(path: Path, name: str) -> bytes:
    where = Where(name)
    try:
        if not path.is_file():
            # A pipe of that name would be waited for.
            wrong = "is no regular file." if path.exists() else "there is no such baseline file."
            raise ConfigError(wrong, where=where, hint="check --write-baseline makes one.")
        with path.open("rb") as stream:
            raw = stream.read(MAX_BASELINE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise ConfigError(f"the baseline cannot be read ({reason}).", where=where) from error
    if len(raw) > MAX_BASELINE_BYTES:
        raise ConfigError(f"the baseline is larger than {MAX_BASELINE_BYTES >> 20} MiB.", where=where)
    return raw


def read_baseline(raw: bytes, name: str) -> Baseline:
    """The baseline in these bytes. Raises `ConfigError`. O(n).

    >>> read_baseline(baseline_text(Baseline()).encode(), "b.json").entries
    ()
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError("the baseline is not UTF-8.", where=Where(name, line), hint=_AGAIN) from error
    return _Reader(text, name).read()


class _Reader:
    """Reads a baseline value by value, so that each mistake has its place. Formatted otherwise it is the same file."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name, self.at = text, name, 0
        self.decoder = json.JSONDecoder()
        self.entries: set[BaselineEntry] = set()

    def read(self) -> Baseline:
        heads: dict[str, list[Any]] = {}
        has_findings = False
        self._skip()
        self._expect("{", "this is no baseline.")
        while not self._ends("}"):
            start = self.at
            key = self._value()
            if not isinstance(key, str) or (not heads and key != "format"):
                raise self._wrong(start, "this is no baseline: it begins with its format.")
            self._expect(":")
            if key == "findings":
                self._check_format(heads)
                self._findings()
                has_findings = True
            else:
                heads.setdefault(key, []).append(self._value())
                if key in ("format", "version"):
                    self._check_format(heads, start)
            self._separate("}")
        self._check_format(heads)
        if not has_findings:
            raise self._wrong(self.at, 'the baseline has no "findings".')
        if self.at < len(self.text):
            raise self._wrong(self.at, "text stands behind the end of the baseline.")
        # Where branches met whose Python knows other characters, there may be a line of each.
        outdated = any(value != FINGERPRINT_SCHEME for value in heads.get("scheme", [])) or any(
            value != FOLD_VERSION for value in heads.get("fold", [])
        )
        return Baseline(tuple(sorted(self.entries)), outdated)

    def _check_format(self, heads: Mapping[str, list[Any]], at: int | None = None) -> None:
        """Of another format or a later version nothing more is read."""
        place = self.at if at is None else at
        if any(value != FORMAT for value in heads.get("format", [None])):
            raise self._wrong(place, "this is no baseline: its format is another.")
        for version in heads.get("version", [] if at is not None else [None]):
            if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
                raise self._wrong(place, "the baseline was written by a later scrubber.", "Install that one.")
            if version != VERSION or isinstance(version, bool):
                raise self._wrong(place, f"the baseline has no version that is known ({VERSION}).", _AGAIN)

    def _findings(self) -> None:
        self._expect("[")
        while not self._ends("]"):
            start = self.at
            value = self._value()
            if value is not None:
                self.entries.add(self._entry(value, start))
            self._separate("]")

    def _entry(self, value: object, at: int) -> BaselineEntry:
        if not isinstance(value, dict):
            raise self._wrong(at, "a finding is written {...}.")
        for key in ("fingerprint", "rule", "path"):
            if not isinstance(value.get(key), str):
                raise self._wrong(at, f'this finding has no "{key}" that is a string.')
        fingerprint, rule, path = value["fingerprint"], value["rule"], value["path"]
        if not _FINGERPRINT.fullmatch(fingerprint):
            raise self._wrong(at, "a fingerprint has 16 hex digits, 0-9 and a-f.")
        if not (rule.count("/") == 1 and all(is_slug(part) for part in rule.split("/"))):
            raise self._wrong(at, f"{shown(rule)} is no full id.")
        if not path or any("\ud800" <= character <= "\udfff" for character in path):
            raise self._wrong(at, "this path names no document.")
        return BaselineEntry(fingerprint, path, rule)

    def _value(self) -> Any:
        start = self.at
        try:
            value, self.at = self.decoder.raw_decode(self.text, self.at)
        except json.JSONDecodeError as error:
            raise self._wrong(error.pos, "this is not JSON.") from error
        except (RecursionError, ValueError) as error:  # brackets in brackets; a number of thousands of digits
            raise self._wrong(start, "this is nothing that a baseline holds.") from error
        self._skip()
        return value

    def _skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match is not None else self.at

    def _expect(self, mark: str, message: str = "") -> None:
        if not self.text.startswith(mark, self.at):
            raise self._wrong(self.at, message or f"{mark} is missing here.")
        self.at += 1
        self._skip()

    def _ends(self, mark: str) -> bool:
        if not self.text.startswith(mark, self.at):
            return False
        self._expect(mark)
        return True

    def _separate(self, end: str) -> None:
        """A comma, unless the end comes next."""
        if not self.text.startswith(end, self.at):
            self._expect(",")

    def _wrong(self, at: int, message: str, hint: str = _REPAIR) -> ConfigError:
        """The error for a mistake at a place of the text; nothing of the text is quoted but names."""
        line = self.text.count("\n", 0, at) + 1
        column = at - self.text.rfind("\n", 0, at)
        return ConfigError(message, where=Where(self.name, line, column), hint=hint)
