"""Everything that can go wrong, as one tree.

    ScrubberError
    ├── UsageError          2   the call cannot be carried out as given
    ├── ConfigError         2   a configuration or decisions file is wrong
    ├── RuleFileError       2   a rule file is wrong; holds every mistake of the file
    ├── RuleBudgetError     3   the patterns needed more memory than RE2 may take
    ├── UnreadableInput     3   an input could not be read or decoded
    ├── UnwritableOutput    3   an output could not be written
    └── LedgerMismatch      3   a ledger does not fit the files, or asks for something it must not

The number is the exit code of the program. Messages say what is wrong, where, and what to do about it.
"""

from __future__ import annotations

import unicodedata

from msgspec import Struct


class Where(Struct, frozen=True):
    """A place in a file: path, and line and column (from 1) where they are known."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.path]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)


class ScrubberError(Exception):
    """Base of all errors that scrubber raises on purpose."""

    exit_code = 4

    def __init__(self, message: str, *, where: Where | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} {self.hint}" if self.hint else text


class UsageError(ScrubberError):
    """The call cannot be carried out as given."""

    exit_code = 2


class ConfigError(ScrubberError):
    """A configuration, decisions or baseline file is wrong."""

    exit_code = 2


class Mistake(Struct, frozen=True):
    """One mistake in a rule file, with the source line it stands in."""

    where: Where
    message: str
    source_line: str = ""
    hint: str = ""

    def render(self) -> str:
        """The mistake as text: place and message, then the line with a caret below the column."""
        head = f"{self.where}: {self.message}"
        if self.hint:
            head += f" {self.hint}"
        if not self.source_line or self.where.column is None:
            return head
        shown = self.source_line.replace("\t", " ")
        before = shown[: self.where.column - 1]
        cells = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in before)
        return f"{head}\n    {shown}\n    {' ' * cells}^"


class RuleFileError(ScrubberError):
    """A rule file is wrong. `mistakes` holds all mistakes that were found, in file order."""

    exit_code = 2

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistake.render() for mistake in mistakes), where=None)


class RuleBudgetError(ScrubberError):
    """RE2 ran out of its memory budget; the answer would have been a silent "no match"."""

    exit_code = 3


class UnreadableInput(ScrubberError):
    """An input could not be read or decoded."""

    exit_code = 3


class UnwritableOutput(ScrubberError):
    """An output could not be written."""

    exit_code = 3


class LedgerMismatch(ScrubberError):
    """A ledger does not fit the files beside it, or asks for something that is refused."""

    exit_code = 3


class Failure(Struct, frozen=True):
    """One input that could not be handled: recorded, and the run goes on."""

    document_id: str
    path: str
    message: str
    hint: str = ""
