"""Frozen types that everything above speaks in. No behaviour beyond their own arithmetic."""

from scrubber.model.document import BadBytes, Block, Document, Line, Origin
from scrubber.model.edit import CleanResult, Edit, Plan, apply_edits, invert_edits
from scrubber.model.finding import (
    Action,
    Confidence,
    Evidence,
    Finding,
    Kin,
    Outcome,
    RuleInfo,
    Span,
    Verdict,
    fingerprint_of,
)

__all__ = [
    "Action",
    "BadBytes",
    "Block",
    "CleanResult",
    "Confidence",
    "Document",
    "Edit",
    "Evidence",
    "Finding",
    "Kin",
    "Line",
    "Origin",
    "Outcome",
    "Plan",
    "RuleInfo",
    "Span",
    "Verdict",
    "apply_edits",
    "fingerprint_of",
    "invert_edits",
]
