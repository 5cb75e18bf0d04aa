"""The text of a decisions file with decisions put in, changed and taken out.

A new file has one decision a line, in one array: git's `merge=union` then joins what two branches add, where the lines
of `[[decision]]` tables would be mixed up, for many of them are equal. A file of such tables stays one.

Nothing else of the file is touched: comments stay with the decision below them, decisions that nobody changed stay as
they are written. Refuses a file that is neither, and to change a decision with values over several lines: what it could
not keep, it does not rewrite. Reads and writes no file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from scrubber.errors import ConfigError, Where
from scrubber.rules.decisions import Decision, decisions_in
from scrubber.rules.toml_cells import Cell, TomlFile, toml_of
from scrubber.rules.toml_write import toml_string

#: Stands at the top of a new file.
PREAMBLE = (
    "# What people decided about single findings of scrubber: keep, remove or later. `scrubber review` writes it.\n"
    "# Sorted, one decision a line, so that branches merge: put `scrubber.decisions.toml merge=union` in .gitattributes.\n"
)
_OPENED, _CLOSED = "decision = [\n", "]\n"
_KEYS = ("fingerprint", "rule", "path", "verdict", "reason", "by")
_KEY_CELLS = max(map(len, _KEYS))
_HEADER = re.compile(r"\s*\[\[\s*(?:decision|\"decision\"|'decision')\s*\]\]\s*(#.*)?")
_ARRAY_OPENED = re.compile(r"(?:decision|\"decision\"|'decision')\s*=\s*\[\s*(#.*)?")
#: A decision on one line of an array, and the comment behind it.
_LINE = re.compile(r"""\s*(\{(?:[^"'{}#]|"(?:[^"\\]|\\.)*"|'[^']*')*\})\s*,?\s*(#.*)?""")
#: A key with a string on one line, and the comment behind it.
_PLAIN_LINE = re.compile(r"""\s*[\w"'-]+\s*=\s*(?:"(?:[^"\\]|\\.)*"|'[^']*')\s*(#.*)?""")


class Key(NamedTuple):
    """What a decision is known by: one finding of one document."""

    fingerprint: str
    path: str


def key_of(decision: Decision) -> Key:
    """The key of a decision; keys sort as the file does."""
    return Key(decision.fingerprint, decision.path)


class _Block(Struct, frozen=True):
    """One decision as it is written: the comments above it, and its table, in one line or several, with line ends."""

    decision: Decision
    above: str
    table: str
    line: int = 0


class DecisionsText(Struct, frozen=True):
    """A decisions file taken apart. `name` is what messages call it; `newline` is how its lines end.

    With `lines` the decisions are lines of an array, which `preamble` opens and `epilogue` closes.
    """

    name: str
    blocks: Mapping[Key, _Block]
    preamble: str = ""
    epilogue: str = ""
    newline: str = "\n"
    lines: bool = True

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
        left = "".join(filter(str.strip, orphaned))
        return replace(self, blocks=blocks, epilogue=left + self.epilogue if self.lines else self.epilogue + left)

    def _comments(self, block: _Block) -> str:
        """Every comment of a block, to stand above it. Raises `ConfigError`."""
        found: list[str] = []
        for line in block.table.splitlines(keepends=True):
            bare = line.strip()
            match = _HEADER.fullmatch(bare) or _PLAIN_LINE.fullmatch(bare)
            if self.lines:
                match = _LINE.fullmatch(bare)
            if bare and not bare.startswith("#") and match is None:
                raise ConfigError(
                    "this decision has a value over several lines, and is not rewritten.",
                    where=Where(self.name, block.line),
                    hint="Put each value on one line.",
                )
            comment = bare if bare.startswith("#") else match.group(match.re.groups) if match is not None else None
            if comment:
                found.append(comment + self.newline)
        return block.above + "".join(found)

    def _table(self, decision: Decision) -> str:
        pairs = [(key, toml_string(getattr(decision, key))) for key in _KEYS]
        pairs = [(key, value) for key, value in pairs if key not in _MAY_LACK or getattr(decision, key)]
        if self.lines:
            return f"  {{ {', '.join(f'{key} = {value}' for key, value in pairs)} }},{self.newline}"
        lines = ["[[decision]]", *(f"{key.ljust(_KEY_CELLS)} = {value}" for key, value in pairs)]
        return "".join(f"{line}{self.newline}" for line in lines)

    def text(self) -> str:
        """The file as it is to be written. O(n)."""
        parts = [self.preamble] if self.preamble else []
        for key in sorted(self.blocks):
            block = self.blocks[key]
            above = block.above
            if self.lines:
                parts += (above, block.table)
                continue
            if parts and not above.startswith(("\n", "\r\n")):
                above = self.newline + above
            elif not parts:
                above = above.lstrip("\r\n")
            parts += (above, block.table)
        return "".join(parts) + self.epilogue


_MAY_LACK = ("reason", "by")


def read_text(raw: bytes, name: str) -> DecisionsText:
    """A decisions file taken apart. O(n). Raises `ConfigError` with all its mistakes.

    >>> print(read_text(b"", "d.toml").changed({}).text().splitlines()[-2])
    decision = [
    """
    read = toml_of(raw, name, may_be_empty=True)
    decisions = decisions_in(read)
    assert isinstance(read, TomlFile)  # noqa: S101  (anything else was raised)
    lines = raw.decode("utf-8-sig").split("\n")
    ended = [line + "\n" for line in lines[:-1]] + ([lines[-1] + "\n"] if lines[-1] else [])
    newline = "\r\n" if ended and ended[0].endswith("\r\n") else "\n"
    top = Cell.root(read).table()
    starts = [cell.line - 1 for cell in top["decision"].items()] if "decision" in top else []
    if not any(line.strip() for line in ended):
        preamble = (PREAMBLE + "\n" + _OPENED).replace("\n", newline)
        return DecisionsText(name, {}, preamble, _CLOSED.replace("\n", newline), newline)
    if "decision" in top and (not starts or not _HEADER.fullmatch(ended[starts[0]].strip())):
        return _array_text(name, ended, decisions, top["decision"], newline)
    if not starts:  # nothing but comments
        opened, closed = (part.replace("\n", newline) for part in ("\n" + _OPENED, _CLOSED))
        return DecisionsText(name, {}, "".join(ended) + opened, closed, newline)
    first = starts[0]
    # What stands between two tables belongs to the one below; what stands apart from the first, to the file.
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
    return DecisionsText(name, blocks, "".join(ended[:first]), "".join(ended[end:]), newline, lines=False)


def _array_text(name: str, ended: list[str], decisions: Sequence[Decision], array: Cell, newline: str) -> DecisionsText:
    """A file whose decisions are lines of an array. Raises `ConfigError` where they share lines with anything."""
    starts = [cell.line - 1 for cell in array.items()]
    opened = array.line - 1
    close = (starts[-1] if starts else opened) + 1
    while close < len(ended) and _is_comment(ended[close]):
        close += 1
    odd = [opened] if not _ARRAY_OPENED.fullmatch(ended[opened].strip()) else []
    odd += [start for start in starts if not _LINE.fullmatch(ended[start].strip())]
    odd += [close] if close >= len(ended) or not ended[close].lstrip().startswith("]") else []
    if odd:
        raise ConfigError(
            "decisions are added to a file of [[decision]] tables, or of one decision a line.",
            where=Where(name, min(odd) + 1),
            hint="Write each on one line, between lines of their own that open and close the array.",
        )
    blocks: dict[Key, _Block] = {}
    above = opened + 1
    for decision, start in zip(decisions, starts, strict=True):
        match = _LINE.fullmatch(ended[start].strip())
        line = ended[start]
        if match is not None and match[1] + "," not in line:  # the last one of an array need have no comma
            line = f"  {match[1]},{f' {match[2]}' if match[2] else ''}{newline}"
        blocks[key_of(decision)] = _Block(decision, "".join(ended[above:start]), line, start + 1)
        above = start + 1
    return DecisionsText(name, blocks, "".join(ended[: opened + 1]), "".join(ended[above:]), newline)


def _is_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _top(lines: list[str], above: int, start: int) -> int:
    """Where the blank and comment lines directly above `start` begin; the table at `above` ends there."""
    top = start
    while top > above + 1 and _is_comment(lines[top - 1]):
        top -= 1
    return top
