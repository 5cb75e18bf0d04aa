"""Edits, the plan that holds them, and the arithmetic of applying and undoing them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from scrubber.model.document import Document
from scrubber.model.finding import Outcome, Span, Verdict


class Edit(Struct, frozen=True):
    """`span` of the decoded original gives way to `replacement`, on the word of `rules` (ids, strongest first).

    `verdicts` are indexes into the verdicts of the plan: the findings that asked for this edit, strongest first.
    """

    span: Span
    replacement: str
    rules: tuple[str, ...]
    verdicts: tuple[int, ...] = ()


class Plan(Struct, frozen=True):
    """Everything that happens to one document: edits sorted and disjoint, and a verdict for every finding.

    `note` says why a guard rejected cuts, and is empty where none did.
    """

    document_id: str
    edits: tuple[Edit, ...]
    verdicts: tuple[Verdict, ...]
    note: str = ""

    def __post_init__(self) -> None:
        reached = 0
        for edit in self.edits:
            if not reached <= edit.span.start <= edit.span.end:
                raise ValueError(f"edits of {self.document_id} overlap or are out of order at {edit.span.start}")
            reached = edit.span.end


class CleanResult(Struct, frozen=True):
    """A document, its clean text, and the plan that leads from one to the other."""

    document: Document
    text: str
    plan: Plan

    @property
    def changed(self) -> bool:
        """Whether the clean text differs from the text that was read."""
        return self.text != self.document.text

    @property
    def left_out(self) -> bool:
        """Whether the document is a copy of another one and has no output: its one edit takes all of its text."""
        verdicts = self.plan.verdicts
        return (
            len(verdicts) == 1
            and verdicts[0].finding.rule.kind == "duplicate"
            and verdicts[0].outcome is Outcome.REMOVED
        )


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """The text after `edits`, which must be sorted, disjoint and inside it. O(n).

    >>> apply_edits("abcdef", [Edit(Span(1, 3), "X", ("r",))])
    'aXdef'
    """
    parts: list[str] = []
    position = 0
    for edit in edits:
        if edit.span.start < position or edit.span.end > len(text):
            raise ValueError(f"edit {edit.span} overlaps another or lies outside the text")
        parts.append(text[position : edit.span.start])
        parts.append(edit.replacement)
        position = edit.span.end
    parts.append(text[position:])
    return "".join(parts)


def invert_edits(text: str, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Edits that turn `apply_edits(text, edits)` back into `text`. O(n).

    >>> edits = [Edit(Span(1, 3), "X", ("r",))]
    >>> apply_edits("aXdef", invert_edits("abcdef", edits))
    'abcdef'
    """
    inverse: list[Edit] = []
    shift = 0
    for edit in edits:
        start = edit.span.start + shift
        inverse.append(
            Edit(Span(start, start + len(edit.replacement)), text[edit.span.start : edit.span.end], edit.rules)
        )
        shift += len(edit.replacement) - (edit.span.end - edit.span.start)
    return tuple(inverse)
