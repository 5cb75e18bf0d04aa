"""Frozen types that everything above speaks in. No behaviour beyond their own arithmetic."""

from scrubber.model.document import BadBytes, Block, Document, KeptLines, Line, Origin, kept_runs
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
from scrubber.model.page import Container, Containers, Markup, Metadata, Page

__all__ = [
    "Action",
    "BadBytes",
    "Block",
    "CleanResult",
    "Confidence",
    "Container",
    "Containers",
    "Document",
    "Edit",
    "Evidence",
    "Finding",
    "KeptLines",
    "Kin",
    "Line",
    "Markup",
    "Metadata",
    "Origin",
    "Outcome",
    "Page",
    "Plan",
    "RuleInfo",
    "Span",
    "Verdict",
    "apply_edits",
    "fingerprint_of",
    "invert_edits",
    "kept_runs",
]
