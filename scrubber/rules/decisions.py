"""Recorded verdicts of people on single findings: `scrubber.decisions.toml`.

Made by `scrubber review`, kept in git beside the text. A file with a mistake is refused as a whole, because a
decision that is passed over in silence could let text go that someone meant to keep.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import Struct

from scrubber.errors import ConfigError, Mistake, Where
from scrubber.rules.sources import is_slug
from scrubber.rules.toml_cells import Cell, TomlFile, open_toml, shown
from scrubber.rules.toml_check import Checker

#: The file's name where a configuration does not say another.
DECISIONS_FILE = "scrubber.decisions.toml"
#: keep: the text stays; remove: it goes whatever its confidence; later: it stays for now, and quietly.
VERDICTS = ("keep", "remove", "later")

#: A longer file is refused. So many bytes hold some 80,000 decisions, which are read in linear time.
MAX_DECISIONS_BYTES = 16 << 20

_KEYS = ("fingerprint", "rule", "path", "verdict", "reason", "by")
_REQUIRED = ("fingerprint", "rule", "path", "verdict")
_FINGERPRINT = re.compile(r"[0-9a-f]{16}")


class Decision(Struct, frozen=True):
    """One verdict. `path` is the id of the document; `fingerprint` has 16 hex digits (model.fingerprint_of)."""

    fingerprint: str
    rule: str
    path: str
    verdict: str
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions of one file, sorted by fingerprint and path. `digest` is SHA-256 of its bytes; "" for no file."""

    decisions: tuple[Decision, ...] = ()
    digest: str = ""
    _by_path: Mapping[str, tuple[Decision, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_path: dict[str, list[Decision]] = {}
        for decision in self.decisions:
            by_path.setdefault(decision.path, []).append(decision)
        object.__setattr__(self, "_by_path", {path: tuple(found) for path, found in by_path.items()})

    def for_path(self, document_id: str) -> tuple[Decision, ...]:
        """The decisions about one document. O(1)."""
        return self._by_path.get(document_id, ())


def load_decisions(path: Path, root: Path | None = None) -> Decisions:
    """The decisions in a file; none where there is no such file. O(size of the file).

    The file must be a `.toml` file inside `root` (default: its own folder), links resolved. Raises `ConfigError`
    with all mistakes of the file.
    """
    name = path.as_posix()
    if not path.exists():
        return Decisions()
    resolved = path.resolve()
    if not resolved.is_relative_to((root or path.parent).resolve()):
        raise ConfigError("the decisions file lies outside the project root.", where=Where(name))
    if resolved.suffix != ".toml":
        raise ConfigError("a decisions file is named .toml.", where=Where(name))
    read = open_toml(path, name, may_be_empty=True, max_bytes=MAX_DECISIONS_BYTES)
    decisions = decisions_in(read)
    digest = "" if isinstance(read, Mistake) else read.sha256
    return Decisions(tuple(sorted(decisions, key=lambda each: (each.fingerprint, each.path))), digest)


def decisions_in(read: TomlFile | Mistake) -> tuple[Decision, ...]:
    """The decisions of a file that was read, in its own order. Raises `ConfigError` with all its mistakes."""
    if isinstance(read, Mistake):
        raise _as_config_error([read])
    check = Checker()
    decisions = _read_all(check, Cell.root(read))
    if check.mistakes:
        raise _as_config_error(check.mistakes)
    return tuple(decisions)


def _as_config_error(mistakes: list[Mistake]) -> ConfigError:
    """All mistakes in one error, in file order; the error's own place is that of the first."""
    first, *others = sorted(mistakes, key=lambda each: (each.where.line or 0, each.where.column or 0))
    opening = first.render().removeprefix(f"{first.where}: ")
    text = "\n".join([opening, *(mistake.render() for mistake in others)])
    return ConfigError(text, where=first.where)


def _read_all(check: Checker, top: Cell) -> list[Decision]:
    check.unknown_keys(top, ("decision",), "a decisions file")
    cells = top.table()
    decisions: list[Decision] = []
    lines: dict[tuple[str, str], int] = {}
    for table in check.tables(cells["decision"], "decision") if "decision" in cells else ():
        decision = _read_decision(check, table)
        if decision is None:
            continue
        key = decision.fingerprint, decision.path
        if key in lines:
            check.note(table.wrong(f"this finding is decided already (line {lines[key]})."))
        lines.setdefault(key, table.line)
        decisions.append(decision)
    return decisions


def _read_decision(check: Checker, table: Cell) -> Decision | None:
    noted = len(check.mistakes)
    check.unknown_keys(table, _KEYS, "a decision")
    cells = table.table()
    for key in _REQUIRED:
        if key not in cells:
            check.missing(table, key, "a decision")
    texts = {
        key: check.string(cells[key], empty=key not in _REQUIRED) or ""
        for key in _KEYS
        if key in cells and key != "verdict"
    }
    verdict = check.choice(cells["verdict"], VERDICTS) if "verdict" in cells else None
    fingerprint, rule = texts.get("fingerprint"), texts.get("rule")
    if fingerprint and not _FINGERPRINT.fullmatch(fingerprint):
        check.note(cells["fingerprint"].wrong("a fingerprint has 16 hex digits, 0-9 and a-f."))
    if rule and not (rule.count("/") == 1 and all(is_slug(part) for part in rule.split("/"))):
        check.note(cells["rule"].wrong(f"{shown(rule)} is no full id.", 'Write "set/rule".'))
    if verdict is None or len(check.mistakes) > noted:
        return None
    return Decision(verdict=verdict, **texts)
