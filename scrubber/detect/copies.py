"""Texts that stand in another document of the run: findings of `neardup` rules of corpus scope, and of `duplicate` rules.

What is a copy of what was decided over the whole run before (`corpus.decide`), and is the same in every pass and in
every worker; here it is brought to the text. A paragraph is known by its folded text, so it is found in the pass that
leaves it as it was compared. Without such evidence there is no detector, and the rules are silent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from scrubber.detect.scan import Scan
from scrubber.model.copies import DocumentCopies, FoundCopy, FrozenCopies, text_digest
from scrubber.model.document import Document
from scrubber.model.finding import Action, Confidence, Evidence, Finding, Kin, Span
from scrubber.rules.schema import DuplicateRule, NeardupRule

#: What a copy says that stays after all.
HELD_BACK = "it stays, for too little would be left, or a text would go that copies elsewhere were cut for"


class CopiesDetector:
    """Findings of `neardup` rules whose scope is the corpus, about paragraphs of other documents of the same run."""

    def __init__(self, rules: Sequence[NeardupRule], copies: FrozenCopies) -> None:
        self.rules = {rule.id: rule for rule in rules if rule.scope == "corpus"}
        self.copies = copies

    def find(self, scan: Scan) -> Iterator[Finding]:
        """The paragraphs that were decided to be copies, by rule and in text order, unless something protects them."""
        document = scan.document
        decided = self.copies.of(document.id)
        wanted = {copy.text for copy in decided.copies if copy.rule in self.rules}
        if not wanted:
            return
        places = _places(document, wanted)
        for copy in decided.copies:
            for first, last in places.get(copy.text, ()) if copy.rule in self.rules else ():
                if not any(scan.protected[first : last + 1]):
                    yield _finding(self.rules[copy.rule], copy, document.span_of(first, last))


class HeldCopies:
    """The same findings as flags: what they ask for would take too much."""

    def __init__(self, detector: CopiesDetector) -> None:
        self.detector = detector

    def find(self, scan: Scan) -> Iterator[Finding]:
        """What the detector finds, none of it to be cut."""
        for finding in self.detector.find(scan):
            if finding.action is Action.REMOVE:
                evidence = replace(finding.evidence, summary=f"{finding.evidence.summary}; {HELD_BACK}")
                finding = replace(finding, action=Action.FLAG, confidence=Confidence.POSSIBLE, evidence=evidence)
            yield finding


def _places(document: Document, wanted: set[str]) -> dict[str, list[tuple[int, int]]]:
    """Where in a document paragraphs with these digests stand: first and last line, in text order. O(n)."""
    found: dict[str, list[tuple[int, int]]] = {}
    for first, last in document.paragraph_lines():
        digest = text_digest(" ".join(document.keys[first : last + 1]))
        if digest in wanted:
            found.setdefault(digest, []).append((first, last))
    return found


def still_holds(document: Document, decided: DocumentCopies) -> bool:
    """Whether a document has all the texts that stay because copies elsewhere go. O(n)."""
    kept = set(decided.kept)
    return not kept or len(_places(document, kept)) == len(kept)


def duplicate_finding(document: Document, rule: DuplicateRule, copy: FoundCopy) -> Finding:
    """A document as a copy of another one, as a finding about all of it. Its anchor is its first line that is not blank."""
    first = next((index for index, blank in enumerate(document.blank) if not blank), 0)
    finding = _finding(rule, copy, Span(0, len(document.text)))
    return replace(finding, anchor=document.span_of(first, first) if document.bounds else finding.span)


def _finding(rule: NeardupRule | DuplicateRule, copy: FoundCopy, span: Span) -> Finding:
    if rule.action is not Action.REMOVE:
        confidence = Confidence.POSSIBLE
    else:
        confidence = min(rule.confidence, Confidence.CERTAIN if copy.measure == "equal" else Confidence.LIKELY)
    kin = Kin(
        document_id=copy.document_id,
        first_line=copy.first_line,
        last_line=copy.last_line,
        measure=copy.measure,
        score=copy.score,
        differing=tuple((Span(a, b), Span(c, d)) for a, b, c, d in copy.differing),
    )
    return Finding(
        rule=rule.info,
        span=span,
        action=rule.action,
        confidence=confidence,
        evidence=Evidence(_summary(copy), _facts(copy), kin),
        score=copy.score,
        anchor=span,
    )


def _summary(copy: FoundCopy) -> str:
    """How much of the text stands elsewhere. Where, the kin says."""
    percent = copy.score // 10
    own, other = ("the document", "another document") if not copy.text else ("it", "a paragraph of another document")
    if copy.measure == "equal":
        said = "another document says the same" if not copy.text else "the same paragraph stands in another document"
        return f"{said}; only case, width or spaces differ" if copy.differs else said
    if copy.measure == "edit":
        held = "its characters" if copy.text else "the document's characters"
        said = f"{percent} % of {held} stand in {other} in the same order"
    else:
        said = f"{own} has {percent} % of its shingles in common with {other}"
    if not copy.differs:
        return said
    return f"{said}; {copy.differs} {'character differs' if copy.differs == 1 else 'characters differ'}"


def _facts(copy: FoundCopy) -> tuple[tuple[str, str], ...]:
    if copy.measure == "equal":
        return (("similarity", "equal"),)
    facts = [("jaccard", _decimal(copy.jaccard))]
    if copy.edit:
        facts.append(("edit similarity", _decimal(copy.edit)))
    return tuple(facts)


def _decimal(thousandths: int) -> str:
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"
