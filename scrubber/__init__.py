"""Scrubber turns scraped documents into clean text, explains every cut, and can undo it.

    >>> import scrubber
    >>> text = "The ferry returned at noon, and the harbour office said that it will sail again.\\nShare this story\\n"
    >>> scrubber.clean_text(text).text
    'The ferry returned at noon, and the harbour office said that it will sail again.\\n'

The public names are those in `__all__`; everything below the package's modules may change. They are imported when they
are first used, so that `import scrubber` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrubber.api import check, clean_file, clean_text, cleaner, decode, load_rules
    from scrubber.errors import (
        ConfigError,
        LedgerMismatch,
        RuleBudgetError,
        RuleFileError,
        ScrubberError,
        UnreadableInput,
        UnwritableOutput,
        UsageError,
    )
    from scrubber.model import (
        Action,
        CleanResult,
        Confidence,
        Document,
        Edit,
        Evidence,
        Finding,
        Kin,
        Origin,
        Outcome,
        Plan,
        RuleInfo,
        Span,
        Verdict,
        apply_edits,
        invert_edits,
    )

__version__ = "0.1.0"

__all__ = [
    "Action",
    "CleanResult",
    "Confidence",
    "ConfigError",
    "Document",
    "Edit",
    "Evidence",
    "Finding",
    "Kin",
    "LedgerMismatch",
    "Origin",
    "Outcome",
    "Plan",
    "RuleBudgetError",
    "RuleFileError",
    "RuleInfo",
    "ScrubberError",
    "Span",
    "UnreadableInput",
    "UnwritableOutput",
    "UsageError",
    "Verdict",
    "__version__",
    "apply_edits",
    "check",
    "clean_file",
    "clean_text",
    "cleaner",
    "decode",
    "invert_edits",
    "load_rules",
]

_API = ("check", "clean_file", "clean_text", "cleaner", "decode", "load_rules")
_ERRORS = (
    "ConfigError",
    "LedgerMismatch",
    "RuleBudgetError",
    "RuleFileError",
    "ScrubberError",
    "UnreadableInput",
    "UnwritableOutput",
    "UsageError",
)


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "scrubber.api" if name in _API else "scrubber.errors" if name in _ERRORS else "scrubber.model"
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value
