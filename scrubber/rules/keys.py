"""What a key of a rule table is, and the forms that a line may match: the parts that rule kinds are declared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Key(NamedTuple):
    """One key of a rule table.

    `path` is dotted, `type` one of `match`, `strings`, `string`, `integer`, `share`, `boolean`, `choice`.
    `least` and `most` bound integers (and shares, in thousandths).
    """

    path: str
    type: str
    doc: str
    required: bool = False
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None


def key(
    path: str,
    type_: str,
    doc: str,
    default: Any,
    *,
    required: bool = False,
    choices: tuple[str, ...] = (),
    least: int | None = None,
    most: int | None = None,
) -> Any:
    """A field of a rule's dataclass with its key."""
    return field(default=default, metadata={"key": Key(path, type_, doc, required, choices, least, most)}, kw_only=True)


@dataclass(frozen=True, slots=True)
class Match:
    """Any of these forms, each about one folded line. Plain forms first; regex (RE2) is the last resort."""

    equals: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    regex: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.equals or self.starts or self.ends or self.contains or self.regex)


MATCH_FORMS = ("equals", "starts", "ends", "contains", "regex")
NO_MATCH = Match()
