"""What detectors claim, and what became of each claim."""

from __future__ import annotations

import hashlib
from enum import IntEnum, StrEnum
from typing import NamedTuple

from msgspec import Struct

#: Scheme number of fingerprints. It goes into every fingerprint, so a change of it changes them all.
FINGERPRINT_SCHEME = 1


class Span(NamedTuple):
    """Half-open code-point offsets into a text."""

    start: int
    end: int

    def touches(self, other: Span) -> bool:
        """Whether the two share at least one code point."""
        return self.start < other.end and other.start < self.end

    def holds(self, other: Span) -> bool:
        """Whether the other lies wholly inside this one."""
        return self.start <= other.start and other.end <= self.end


class Confidence(IntEnum):
    """How sure a finding is. `CERTAIN` and `LIKELY` are applied by default, `POSSIBLE` is shown."""

    POSSIBLE = 1
    LIKELY = 2
    CERTAIN = 3

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> Confidence:
        return cls[word.upper()]


class Action(StrEnum):
    """What a finding asks for."""

    REMOVE = "remove"
    REPLACE = "replace"
    FLAG = "flag"
    KEEP = "keep"


class Outcome(StrEnum):
    """What became of a finding."""

    REMOVED = "removed"
    REPLACED = "replaced"
    FLAGGED = "flagged"
    KEPT = "kept"  # a keep rule protects the text
    DECIDED = "decided"  # a recorded decision keeps it, or has put it off
    OVERLAPPED = "overlapped"  # wholly inside a stronger finding
    LIMITED = "limited"  # a limit of the rule or of the document held it back
    VOID = "void"  # the copy that it names is itself gone


class RuleInfo(Struct, frozen=True):
    """All that a report may know of a rule. `declared_at` is `path:line`."""

    id: str
    kind: str
    title: str
    why: str
    declared_at: str


class Kin(Struct, frozen=True):
    """The other text that a finding refers to: the copy that stays.

    `first_line` and `last_line` count from 1 in the decoded original; `span` is in the coordinates of the text that
    the finding is about. `measure` is `equal`, `jaccard`, `containment`, `edit`, or
    `estimate` (of the Jaccard ratio), `score` is in thousandths; `span` is None where the kin is in another document.
    `differing` marks what differs: pairs of spans, the first inside the finding's text, the second inside the kin's,
    both counted from the start of their own text.
    """

    document_id: str
    first_line: int
    last_line: int
    measure: str
    score: int
    span: Span | None = None
    differing: tuple[tuple[Span, Span], ...] = ()


class Evidence(Struct, frozen=True):
    """Why a detector believes what it claims: a sentence, a few ordered facts, and the kin if there is one."""

    summary: str
    facts: tuple[tuple[str, str], ...] = ()
    kin: Kin | None = None


class Finding(Struct, frozen=True):
    """A claim about one span: this text is boilerplate (or a copy, or in need of repair), because of `evidence`.

    `score` is in thousandths (1000 = sure). `replacement` is what shall stand there instead; empty for removals.
    `rights` is set where the text is a rights statement that must stay on record: its SPDX id, or `NOASSERTION`.
    `anchor` is the text that the fingerprint is made of; `fingerprint` is empty until the plan has set it.
    """

    rule: RuleInfo
    span: Span
    action: Action
    confidence: Confidence
    evidence: Evidence
    score: int = 1000
    replacement: str = ""
    rights: str | None = None
    anchor: Span | None = None
    fingerprint: str = ""


class Verdict(Struct, frozen=True):
    """What became of one finding, and why."""

    finding: Finding
    outcome: Outcome
    reason: str = ""


def fingerprint_of(rule_id: str, folded_anchor: str, equal_before: int) -> str:
    """16 hex digits that name a finding whatever stands above it and wherever its file lies (DESIGN.md §11).

    `folded_anchor` is the folded text of the anchor, `equal_before` how many equal anchors stand before it in the
    document. No path and no line number go in.

    >>> fingerprint_of("core/share-bar", "share this story", 0)
    '4b19398ffb7e2ecd'
    """
    key = "\x1f".join((str(FINGERPRINT_SCHEME), rule_id, folded_anchor, str(equal_before)))
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
