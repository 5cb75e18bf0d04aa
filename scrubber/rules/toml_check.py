"""Reads values of known types out of TOML cells, notes what is wrong with them, and goes on.

So all mistakes of a file are shown at once, each with what was wanted, what is there and the nearest known
name. Nothing is converted on the quiet: a boolean is no integer, a string is no array of one string.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct, field

from scrubber.errors import Mistake
from scrubber.rules.toml_cells import Cell, nearest, shown

#: No count or length in a rule file needs to be larger.
MAX_INTEGER = 10**9

_KINDS_OF_VALUE: tuple[tuple[type, str], ...] = (
    (bool, "a boolean"),  # before int: a bool is an int to Python, but not to us
    (str, "a string"),
    (int, "an integer"),
    (Decimal, "a decimal number"),
    (dict, "a table"),
    (list, "an array"),
    (datetime.datetime, "a date and time"),  # before date, of which it is one
    (datetime.date, "a date"),
    (datetime.time, "a time"),
)


def found_in(value: object) -> str:
    """What a TOML value is, in words.

    >>> found_in(True), found_in([])
    ('a boolean', 'an array')
    """
    return next((word for kind, word in _KINDS_OF_VALUE if isinstance(value, kind)), "something else")


class Checker(Struct):
    """Reads values of known types out of cells. What is wrong is noted in `mistakes`, and None comes back.

    `words` holds the word lists of each rule file that was opened, by its path.
    """

    mistakes: list[Mistake] = field(default_factory=list)
    words: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def note(self, mistake: Mistake) -> None:
        """Note a mistake."""
        self.mistakes.append(mistake)

    def wants(self, cell: Cell, wanted: str, hint: str = "") -> None:
        """Note that the value is of the wrong type."""
        name = next((part for part in reversed(cell.path) if isinstance(part, str)), "")
        here = f"{shown(name)} " if name else ""
        self.note(cell.wrong(f"{here}wants {wanted}, found {found_in(cell.value)}.", hint))

    def unknown_keys(self, table: Cell, known: Sequence[str], what: str) -> None:
        """Note each key of a table that is not among the known ones."""
        for name, cell in table.table().items():
            if name not in known:
                self.note(cell.wrong_key(f"unknown key {shown(name)} in {what}.", nearest(name, known)))

    def missing(self, table: Cell, key: str, what: str) -> None:
        """Note that a key must be there."""
        self.note(table.wrong(f"{what} needs {shown(key)}."))

    def table(self, cell: Cell, wanted: str = "a table") -> bool:
        """Whether the value is a table, as it must be."""
        if not cell.is_table():
            self.wants(cell, wanted)
        return cell.is_table()

    def tables(self, cell: Cell, header: str) -> tuple[Cell, ...]:
        """The tables of an array of tables, which is written `[[header]]`."""
        if cell.is_table():
            self.note(cell.wrong_key(f"[{header}] is one table, but there may be many.", f"Write [[{header}]]."))
            return ()
        if not isinstance(cell.value, list):
            self.wants(cell, f"tables, each under [[{header}]]")
            return ()
        return tuple(item for item in cell.items() if self.table(item))

    def string(self, cell: Cell, *, empty: bool = False) -> str | None:
        """A string, not empty unless that is allowed."""
        if not isinstance(cell.value, str):
            self.wants(cell, "a string")
            return None
        if not empty and not cell.value.strip():
            self.note(cell.wrong("this string is empty or blank."))
            return None
        return cell.value

    def strings(self, cell: Cell) -> tuple[tuple[str, Cell], ...] | None:
        """An array of strings, none of them empty, each with its cell. The array may be empty."""
        if not isinstance(cell.value, list):
            quoted = isinstance(cell.value, str)
            self.wants(cell, "an array of strings", "Write it in [...]." if quoted else "")
            return None
        read = [(self.string(item), item) for item in cell.items()]
        return tuple((text, item) for text, item in read if text is not None)

    def boolean(self, cell: Cell) -> bool | None:
        """true or false."""
        if not isinstance(cell.value, bool):
            self.wants(cell, "true or false")
            return None
        return cell.value

    def integer(self, cell: Cell, least: int | None = None, most: int | None = None) -> int | None:
        """An integer (a boolean is none) from `least` to `most`."""
        value = cell.value
        if not isinstance(value, int) or isinstance(value, bool):
            self.wants(cell, "an integer")
            return None
        if least is not None and value < least:
            self.note(cell.wrong(f"{_number(value)} is too small: the least is {least}."))
            return None
        most = MAX_INTEGER if most is None else most
        if value > most:
            self.note(cell.wrong(f"{_number(value)} is too large: the most is {most}."))
            return None
        return value

    def share(self, cell: Cell, least: int | None = None, most: int | None = None) -> int | None:
        """A decimal fraction from 0 to 1 with at most three decimals, as thousandths."""
        value = cell.value
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.wants(cell, "a share from 0 to 1, such as 0.85")
            return None
        if (isinstance(value, Decimal) and value.is_nan()) or not 0 <= value <= 1:
            self.note(cell.wrong("a share is a decimal fraction from 0 to 1.", "Write 85 % as 0.85."))
            return None
        thousandths = round(value * 1000)
        if value != Decimal(thousandths).scaleb(-3):
            self.note(cell.wrong("a share may have three decimals at most.", f"Write {_decimals(thousandths)}."))
            return None
        low, high = 0 if least is None else least, 1000 if most is None else most
        if not low <= thousandths <= high:
            self.note(cell.wrong(f"this share must lie between {_decimals(low)} and {_decimals(high)}."))
            return None
        return thousandths

    def choice(self, cell: Cell, choices: Sequence[str]) -> str | None:
        """One of some words."""
        wanted = "one of " + ", ".join(choices) if len(choices) > 1 else f'"{choices[0]}"'
        if not isinstance(cell.value, str):
            as_word = _number(cell.value) if isinstance(cell.value, int) else ""
            self.wants(cell, wanted, f'Write "{as_word}".' if as_word in choices else "")
            return None
        if cell.value not in choices:
            self.note(cell.wrong(f"{shown(cell.value)} is not {wanted}.", nearest(cell.value, choices)))
            return None
        return cell.value


def _number(value: int) -> str:
    """An integer as digits, unless it is one of those that Python refuses to print."""
    return str(value) if abs(value) < 10**18 else "this number"


def _decimals(thousandths: int) -> str:
    return str(Decimal(thousandths).scaleb(-3).normalize())
