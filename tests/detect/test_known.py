"""Paragraphs that another corpus holds: confirmed with their text, estimated without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from scrubber.detect.known import ESTIMATE, ESTIMATE_MARGIN, built_in_rule
from scrubber.engine.clean import Cleaner
from scrubber.model import Action, Confidence, Document, Outcome, Verdict
from scrubber.model.known import KnownParagraph
from scrubber.rules.builtin import KNOWN_PARAGRAPH
from scrubber.rules.schema import NeardupRule, Ruleset

FERRY = (
    "The ferry returned at noon, and the harbour office said that it will sail again on Monday, when the storm has "
    "moved on to the east and the pier has been repaired."
)
BRIDGE = (
    "Nobody has crossed the old bridge since the winter: its planks are loose, its ropes are wet, and the road that "
    "led to it was washed away by the spring tide."
)
GALE = FERRY.replace("storm", "gale")


@dataclass
class Corpus:
    """A corpus that proposes the same for every paragraph."""

    proposed: tuple[KnownParagraph, ...]
    min_chars: int = 80

    def candidates(self, texts: Sequence[str], document_id: str) -> list[tuple[KnownParagraph, ...]]:
        return [self.proposed for _ in texts]


def known(text: str | None, **fields: object) -> KnownParagraph:
    return replace(KnownParagraph("a.txt", 7, 7, 850, False, False, text), **fields)


def verdicts(
    text: str, *proposed: KnownParagraph, rules: tuple[NeardupRule, ...] = (), skip: str = ""
) -> list[Verdict]:
    cleaner = Cleaner(Ruleset(rules), known=Corpus(proposed), skip_builtin=(skip,))
    result = cleaner.clean(Document("new.txt", text))
    return list(result.plan.verdicts)


def test_a_paragraph_with_text_is_confirmed_exactly() -> None:
    (verdict,) = verdicts(f"News\n\n{GALE}\n", known(FERRY))
    finding = verdict.finding
    assert (verdict.outcome, finding.rule, finding.confidence) == (
        Outcome.FLAGGED, KNOWN_PARAGRAPH, Confidence.POSSIBLE,
    )  # fmt: skip
    kin = finding.evidence.kin
    assert kin is not None
    assert (kin.document_id, kin.first_line, kin.last_line, kin.measure, kin.span) == ("a.txt", 7, 7, "edit", None)
    assert kin.score == finding.score == 972
    assert [(GALE[slice(*own)], FERRY[slice(*other)]) for own, other in kin.differing] == [("gale", "storm")]
    assert finding.evidence.summary.endswith("in the same order; 5 characters differ")


def test_what_the_text_refutes_is_no_finding() -> None:
    assert verdicts(f"{GALE}\n", known("Nobody has crossed the old bridge since the winter. " * 3, estimate=999)) == []


def test_an_equal_paragraph_may_differ_in_form() -> None:
    (verdict,) = verdicts(f"{FERRY}\n", known(FERRY.upper(), equal=True))
    assert (
        verdict.finding.evidence.summary == "the same paragraph stands in the corpus; only case, width or spaces differ"
    )


def test_without_text_a_finding_is_an_estimate_and_says_so() -> None:
    (verdict,) = verdicts(f"{GALE}\n", known(None))
    evidence = verdict.finding.evidence
    assert evidence.kin is not None
    assert evidence.kin.measure == ESTIMATE
    assert "an estimate" in evidence.summary
    assert evidence.facts == (("estimated jaccard", "0.850"),)


def test_without_text_equal_texts_are_still_equal() -> None:
    (verdict,) = verdicts(f"{GALE}\n", known(None, estimate=1000, equal=True))
    assert verdict.finding.evidence.kin is not None
    assert verdict.finding.evidence.kin.measure == "equal"


@pytest.mark.parametrize(("estimate", "found"), [(800 - ESTIMATE_MARGIN, 1), (799 - ESTIMATE_MARGIN, 0)])
def test_estimates_have_a_margin(estimate: int, found: int) -> None:
    assert len(verdicts(f"{GALE}\n", known(None, estimate=estimate))) == found


def test_two_facts_are_not_one() -> None:
    first, second = FERRY.replace("Monday", "4 May"), FERRY.replace("Monday", "5 May")
    assert verdicts(f"{first}\n", known(second)) == []
    assert verdicts(f"{first}\n", known(None, numbers_differ=True)) == []


def test_the_most_alike_is_named_then_the_first_by_id() -> None:
    proposed = (known(GALE + " It was late."), known(FERRY, document_id="c.txt"), known(FERRY, document_id="b.txt"))
    (verdict,) = verdicts(f"{FERRY}\n", *proposed)
    assert verdict.finding.evidence.kin is not None
    assert verdict.finding.evidence.kin.document_id == "b.txt"


def test_short_paragraphs_and_bars_are_not_looked_up() -> None:
    assert verdicts(f"{FERRY[:60]}\n\n{'=-' * 80}\n", known(None, estimate=1000, equal=True)) == []


def test_a_switched_off_rule_finds_nothing() -> None:
    assert verdicts(f"{FERRY}\n", known(FERRY), skip=KNOWN_PARAGRAPH.id) == []


def test_a_rule_of_corpus_scope_takes_the_place_of_the_built_in_one() -> None:
    own = replace(
        built_in_rule(Corpus(())), info=replace(KNOWN_PARAGRAPH, id="own/copy"), action=Action.REMOVE,
        confidence=Confidence.CERTAIN,
    )  # fmt: skip
    (removed,) = verdicts(f"{BRIDGE}\n\n{FERRY}\n", known(FERRY, equal=True), rules=(own,))
    assert (removed.finding.rule.id, removed.outcome) == ("own/copy", Outcome.REMOVED)
    (shown,) = verdicts(f"{FERRY}\n", known(None), rules=(own,))
    assert (shown.outcome, shown.finding.confidence) == (Outcome.FLAGGED, Confidence.POSSIBLE)
    document_scope = replace(own, scope="document")
    (built_in,) = verdicts(f"{FERRY}\n", known(FERRY, equal=True), rules=(document_scope,))
    assert built_in.finding.rule == KNOWN_PARAGRAPH


def test_without_a_corpus_rules_of_corpus_scope_find_nothing() -> None:
    rule = replace(built_in_rule(Corpus(())), action=Action.REMOVE)
    assert Cleaner(Ruleset((rule,))).clean(Document("a", f"{FERRY}\n\n{FERRY}\n")).plan.verdicts == ()
