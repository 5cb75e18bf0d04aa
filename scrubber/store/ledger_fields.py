"""Foreign JSON into the types of `ledger_form`: every field checked, nothing believed.

A wrong field raises LedgerMismatch that names the line and the field. Unknown fields are passed over.
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable
from typing import Any, TypeVar

from scrubber.errors import LedgerMismatch, Where
from scrubber.model import Span
from scrubber.store.ledger_form import (
    canonical,
)
from scrubber.store.originals import is_sha256
from scrubber.store.paths import name_problem

Part = TypeVar("Part")
#: Sizes and offsets past this are no sizes: no file system holds larger files.
_MAX_COUNT = (1 << 63) - 1


class Fields:
    """One JSON object of a ledger line, read field by field."""

    def __init__(self, value: object, where: Where, name: str = "the line") -> None:
        self._where = where
        if not isinstance(value, dict):
            raise self.wrong(name, "an object")
        self._values: dict[str, Any] = value

    def wrong(self, name: str, expected: str) -> LedgerMismatch:
        """The error to raise where the field `name` is not what is `expected`."""
        return LedgerMismatch(f'"{name}" is not {expected}.', where=self._where, hint="The ledger is damaged.")

    def has(self, name: str) -> bool:
        return name in self._values

    def is_null(self, name: str) -> bool:
        return self._values.get(name) is None

    def value(self, name: str) -> Any:
        if name not in self._values:
            raise self.wrong(name, "there")
        return self._values[name]

    def text(self, name: str) -> str:
        value = self.value(name)
        if not isinstance(value, str) or not _is_encodable(value):
            raise self.wrong(name, "a text")
        return value

    def word(self, name: str, words: tuple[str, ...]) -> str:
        value = self.text(name)
        if value not in words:
            raise self.wrong(name, f"one of {', '.join(words)}")
        return value

    def count(self, name: str) -> int:
        value = self.value(name)
        if not is_count(value):
            raise self.wrong(name, "a count")
        return int(value)

    def counts(self, name: str, length: int | None = None) -> tuple[int, ...]:
        values = self.value(name)
        if not isinstance(values, list) or not all(is_count(value) for value in values):
            raise self.wrong(name, "a list of counts")
        if length is not None and len(values) != length:
            raise self.wrong(name, f"a list of {length} counts")
        return tuple(values)

    def span(self, name: str) -> Span:
        start, end = self.counts(name, 2)
        if start > end:
            raise self.wrong(name, "a span")
        return Span(start, end)

    def sha256(self, name: str, *, may_be_empty: bool = False) -> str:
        value = self.text(name)
        if not is_sha256(value) and not (may_be_empty and not value):
            raise self.wrong(name, "a SHA-256 in hex")
        return value

    def raw(self, name: str) -> bytes:
        raw = from_hex(self.value(name))
        if raw is None:
            raise self.wrong(name, "bytes in hex")
        return raw

    def part(self, name: str) -> Fields:
        return Fields(self.value(name), self._where, name)

    def parts(self, name: str, build: Callable[[Fields], Part]) -> tuple[Part, ...]:
        values = self.value(name)
        if not isinstance(values, list):
            raise self.wrong(name, "a list")
        return tuple(build(Fields(value, self._where, name)) for value in values)

    def texts(self, name: str) -> dict[str, str]:
        part = self.part(name)
        return {key: part.text(key) for key in part._values if _is_encodable(key)}

    def totals(self, name: str) -> dict[str, int]:
        part = self.part(name)
        return {key: part.count(key) for key in part._values if _is_encodable(key)}

    def plain(self, name: str) -> dict[str, Any]:
        """A JSON object of whatever form that can be written again."""
        value = self.value(name)
        try:
            canonical(value)
        except (ValueError, RecursionError):
            raise self.wrong(name, "plain JSON") from None
        if not isinstance(value, dict):
            raise self.wrong(name, "an object")
        return value

    def safe_path(self, name: str) -> str:
        """A relative path that is harmless on every system."""
        value = self.text(name)
        if problem := name_problem(value):
            raise LedgerMismatch(
                f'"{name}" is refused: {problem}.',
                where=self._where,
                hint="A ledger of ours never holds such a path: do not trust this one.",
            )
        return value


def is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_COUNT


def _is_encodable(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def from_hex(value: object) -> bytes | None:
    if not isinstance(value, str):
        return None
    try:
        return binascii.unhexlify(value)
    except ValueError:
        return None


def parse_line(line: bytes, where: Where) -> Fields:
    """One line as an object. Raises LedgerMismatch for anything but a JSON object in UTF-8."""
    try:
        value = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise LedgerMismatch("is no JSON in UTF-8.", where=where, hint="The ledger is damaged.") from None
    return Fields(value, where)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
