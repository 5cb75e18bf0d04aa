"""What a key of a rule table is, and the forms that a line may match: the parts that rule kinds are declared with."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct


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


class Match(Struct, frozen=True):
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
