"""The examples inside rule files: what a text must become under one rule alone.

They are read here and run here. How a rule cleans a text is none of this module's business: the engine hands that in.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from scrubber.rules.schema import Example, Rule, Ruleset
from scrubber.rules.toml_cells import Cell
from scrubber.rules.toml_check import Checker
from scrubber.text.lines import is_blank, line_bounds

#: Keys of a `[[rule.example]]`.
EXAMPLE_KEYS = ("name", "text", "removes", "clean", "known-gap")
#: No more of a line is shown in the message of an example that failed, counted in code points.
MAX_SHOWN_CHARS = 60

#: Cleans a text with one rule alone: the clean text, and the numbers (from 1) of the lines that went.
Clean = Callable[[str, Rule], tuple[str, tuple[int, ...]]]


class ExampleResult(Struct, frozen=True):
    """How one example went. `message` says what was expected and what came, and is empty where it passed."""

    rule_id: str
    example_name: str
    declared_at: str
    passed: bool
    known_gap: bool = False
    message: str = ""


def run_examples(ruleset: Ruleset, clean: Clean) -> tuple[ExampleResult, ...]:
    """Run all examples of all rules, in the order of the files. A known gap passes as long as it fails.

    Cost: one call of `clean` for each example.
    """
    return tuple(_run_example(rule, example, clean) for rule in ruleset.rules for example in rule.examples)


def _run_example(rule: Rule, example: Example, clean: Clean) -> ExampleResult:
    text, removed = clean(example.text, rule)
    message = _difference(example, text, removed)
    if example.known_gap:
        message = "" if message else "this known gap is closed: take known-gap = true away."
    return ExampleResult(rule.id, example.name, example.declared_at, not message, example.known_gap, message)


def _difference(example: Example, text: str, removed: tuple[int, ...]) -> str:
    """How the outcome differs from what the example says; empty where it does not."""
    if example.removes is not None:
        lines = _lines(example.text)
        counted = tuple(sorted(number for number in set(removed) if not is_blank(lines[number - 1])))
        if counted != example.removes:
            return f"expected {_named(example.removes)} to go, but {_named(counted)} went."
        if not example.removes and text != example.text:
            return f"expected no change, but {_first_difference(example.text, text)}."
        return ""
    wanted = (example.clean or "").rstrip("\r\n")
    got = text.rstrip("\r\n")
    return "" if got == wanted else f"expected another clean text: {_first_difference(wanted, got)}."


def _lines(text: str) -> list[str]:
    return [text[start:stop] for start, stop, _ in line_bounds(text)]


def _named(numbers: tuple[int, ...]) -> str:
    """Line numbers in words.

    >>> _named(()), _named((2,)), _named((2, 3))
    ('no line', 'line 2', 'lines 2, 3')
    """
    if not numbers:
        return "no line"
    return f"line{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def _first_difference(wanted: str, got: str) -> str:
    """The first line in which two texts differ. O(n)."""
    wanted_lines, got_lines = _lines(wanted), _lines(got)
    for index in range(max(len(wanted_lines), len(got_lines))):
        left = wanted_lines[index] if index < len(wanted_lines) else None
        right = got_lines[index] if index < len(got_lines) else None
        if left != right:
            return f"line {index + 1} should be {_quoted(left)} and is {_quoted(right)}"
    return "the line ends differ"


def _quoted(line: str | None) -> str:
    if line is None:
        return "absent"
    return repr(line if len(line) <= MAX_SHOWN_CHARS else line[:MAX_SHOWN_CHARS] + "…")


def read_examples(check: Checker, cell: Cell) -> tuple[Example, ...]:
    """The examples of one rule; what is wrong with one is noted, and it is left out. O(size of the texts)."""
    read = [_read_example(check, table) for table in check.tables(cell, "rule.example")]
    return tuple(example for example in read if example is not None)


def _read_example(check: Checker, table: Cell) -> Example | None:
    noted = len(check.mistakes)
    check.unknown_keys(table, EXAMPLE_KEYS, "an example")
    cells = table.table()
    for key in ("name", "text"):
        if key not in cells:
            check.missing(table, key, "an example")
    if ("removes" in cells) == ("clean" in cells):
        there = 'both "removes" and "clean"' if "clean" in cells else 'neither "removes" nor "clean"'
        check.note(table.wrong(f"an example has {there}, but needs one of them."))
    name = check.string(cells["name"]) if "name" in cells else None
    text = check.string(cells["text"]) if "text" in cells else None
    removes = _read_removes(check, cells["removes"], text) if "removes" in cells else None
    clean = check.string(cells["clean"], empty=True) if "clean" in cells else None
    known_gap = check.boolean(cells["known-gap"]) if "known-gap" in cells else False
    if name is None or text is None or known_gap is None or len(check.mistakes) > noted:
        return None
    return Example(name.strip(), text, removes, clean, known_gap, table.declared_at)


def _read_removes(check: Checker, cell: Cell, text: str | None) -> tuple[int, ...] | None:
    """Line numbers of the example's text, each of a line that is not blank."""
    if not isinstance(cell.value, list):
        check.wants(cell, "an array of line numbers")
        return None
    lines = [text[start:stop] for start, stop, _ in line_bounds(text)] if text is not None else []
    numbers: set[int] = set()
    for item in cell.items():
        number = check.integer(item, 1)
        if number is None or text is None:
            continue
        if number > len(lines):
            count = f"{len(lines)} line{'s' if len(lines) > 1 else ''}"
            check.note(item.wrong(f"there is no such line: the text of the example has {count}."))
        elif number in numbers:
            check.note(item.wrong(f"line {number} stands here twice."))
        elif is_blank(lines[number - 1]):
            check.note(item.wrong(f"line {number} is blank.", "Blank lines are not counted; leave it out."))
        numbers.add(number)
    return tuple(sorted(numbers))
