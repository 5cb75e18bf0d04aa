"""The text of a decisions file with decisions put in, changed and taken out.

Nothing else of the file is touched: comments stay with the decision below them, decisions that nobody changed stay as
they are written. Refuses a file whose decisions are no `[[decision]]` tables, and to change one that is written over
several lines: what it could not keep, it does not rewrite. Reads and writes no file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from scrubber.errors import ConfigError, Where
from scrubber.rules.decisions import Decision, decisions_in
from scrubber.rules.toml_cells import Cell, TomlFile, toml_of
from scrubber.rules.toml_write import toml_string

#: Stands at the top of a new file.
PREAMBLE = (
    "# What people decided about single findings of scrubber: keep, remove or later.\n"
    "# Sorted by fingerprint, so that branches that add decisions seldom meet. `scrubber review` writes it.\n"
)
_KEYS = ("fingerprint", "rule", "path", "verdict", "reason", "by")
_KEY_CELLS = max(map(len, _KEYS))
_HEADER = re.compile(r"\s*\[\[\s*(?:decision|\"decision\"|'decision')\s*\]\]\s*(#.*)?")
#: A key with a string on one line, and the comment behind it.
_PLAIN_LINE = re.compile(r"""\s*[\w"'-]+\s*=\s*(?:"(?:[^"\\]|\\.)*"|'[^']*')\s*(#.*)?""")


class Key(NamedTuple):
    """What a decision is known by: one finding of one document."""

    fingerprint: str
    path: str


def key_of(decision: Decision) -> Key:
    """The key of a decision; keys sort as the file does."""
    return Key(decision.fingerprint, decision.path)


@dataclass(frozen=True, slots=True)
class _Block:
    """One decision as it is written: the comments above it, and its table. All lines end with their line end."""

    decision: Decision
    above: str
    table: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class DecisionsText:
    """A decisions file taken apart. `name` is what messages call it; `newline` is how its lines end."""

    name: str
    blocks: Mapping[Key, _Block]
    preamble: str = ""
    epilogue: str = ""
    newline: str = "\n"

    def decisions(self) -> tuple[Decision, ...]:
        """All decisions, sorted by fingerprint and path."""
        return tuple(self.blocks[key].decision for key in sorted(self.blocks))

    def changed(self, changes: Mapping[Key, Decision | None]) -> DecisionsText:
        """The file with these decisions in it, and without those that are None. O(decisions).

        Raises `ConfigError` where a table that is to change has values over several lines.
        """
        blocks = dict(self.blocks)
        orphaned: list[str] = []
        for key, decision in changes.items():
            old = blocks.pop(key, None)
            if old is not None and old.decision == decision:
                blocks[key] = old
            elif decision is not None:
                comments = self._comments(old) if old is not None else ""
                blocks[key] = _Block(decision, comments, self._table(decision))
            elif old is not None:
                orphaned.append(self._comments(old))
        return replace(self, blocks=blocks, epilogue=self.epilogue + "".join(filter(str.strip, orphaned)))

    def _comments(self, block: _Block) -> str:
        """Every comment of a block, to stand above it. Raises `ConfigError`."""
        found: list[str] = []
        for line in block.table.splitlines(keepends=True):
            bare = line.strip()
            match = _HEADER.fullmatch(bare) or _PLAIN_LINE.fullmatch(bare)
            if bare and not bare.startswith("#") and match is None:
                raise ConfigError(
                    "this decision has a value over several lines, and is not rewritten.",
                    where=Where(self.name, block.line),
                    hint="Put each value on one line.",
                )
            comment = bare if bare.startswith("#") else match.group(1) if match is not None else None
            if comment:
                found.append(comment + self.newline)
        return block.above + "".join(found)

    def _table(self, decision: Decision) -> str:
        rows = [(key, getattr(decision, key)) for key in _KEYS]
        lines = ["[[decision]]"]
        lines += [
            f"{key.ljust(_KEY_CELLS)} = {toml_string(value)}" for key, value in rows if value or key not in _MAY_LACK
        ]
        return "".join(f"{line}{self.newline}" for line in lines)

    def text(self) -> str:
        """The file as it is to be written. O(n)."""
        parts: list[str] = []
        if self.preamble:
            parts.append(self.preamble)
        elif not self.epilogue and all(not block.line for block in self.blocks.values()):
            parts.append(PREAMBLE.replace("\n", self.newline))
        for key in sorted(self.blocks):
            block = self.blocks[key]
            above = block.above
            if parts and not above.startswith(("\n", "\r\n")):
                above = self.newline + above
            elif not parts:
                above = above.lstrip("\r\n")
            parts += (above, block.table)
        return "".join(parts) + self.epilogue


_MAY_LACK = ("reason", "by")


def read_text(raw: bytes, name: str) -> DecisionsText:
    """A decisions file taken apart. O(n). Raises `ConfigError` with all its mistakes.

    >>> print(read_text(b"", "d.toml").changed({}).text().splitlines()[0])
    # What people decided about single findings of scrubber: keep, remove or later.
    """
    read = toml_of(raw, name, may_be_empty=True)
    decisions = decisions_in(read)
    assert isinstance(read, TomlFile)  # noqa: S101  (anything else was raised)
    lines = raw.decode("utf-8-sig").split("\n")
    ended = [line + "\n" for line in lines[:-1]] + ([lines[-1] + "\n"] if lines[-1] else [])
    newline = "\r\n" if ended and ended[0].endswith("\r\n") else "\n"
    if not decisions:
        return DecisionsText(name, {}, "".join(ended), "", newline)
    starts = [cell.line - 1 for cell in Cell.root(read).table()["decision"].items()]
    for start in starts:
        if not _HEADER.fullmatch(ended[start].strip()):
            raise ConfigError(
                "decisions are added to a file of [[decision]] tables only.",
                where=Where(name, start + 1),
                hint="Write each as a table of its own.",
            )
    # What stands between two tables belongs to the one below; what stands apart from the first, to the file.
    first = starts[0]
    while first and ended[first - 1].strip():
        first -= 1
    while first and not ended[first - 1].strip():
        first -= 1
    tops = [first, *(_top(ended, above, start) for above, start in pairwise(starts))]
    end = _top(ended, starts[-1], len(ended))
    blocks = {
        key_of(decision): _Block(decision, "".join(ended[top:start]), "".join(ended[start:stop]), start + 1)
        for decision, top, start, stop in zip(decisions, tops, starts, (*tops[1:], end), strict=True)
    }
    return DecisionsText(name, blocks, "".join(ended[:first]), "".join(ended[end:]), newline)


def _top(lines: list[str], above: int, start: int) -> int:
    """Where the blank and comment lines directly above `start` begin; the table at `above` ends there."""
    top = start
    while top > above + 1 and (not lines[top - 1].strip() or lines[top - 1].lstrip().startswith("#")):
        top -= 1
    return top


def differences(before: DecisionsText, after: DecisionsText) -> Iterator[Key]:
    """The keys under which two states of a file say different things, sorted."""
    for key in sorted({*before.blocks, *after.blocks}):
        old, new = before.blocks.get(key), after.blocks.get(key)
        if (old and old.decision) != (new and new.decision):
            yield key
