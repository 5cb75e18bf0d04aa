"""What `statistic` rules promise whatever the model says: what they leave alone, how they claim lines, how sure they are.

The models here go by the weight of a line alone, so that every test says which lines the model takes for boilerplate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_models import model_by_weight
from scrubber.detect import opinion, statistic
from scrubber.detect.line_context import CONTEXT
from scrubber.detect.line_features import FEATURES
from scrubber.detect.line_model import LineModel, builtin_model
from scrubber.detect.line_reading import scale_of
from scrubber.detect.reasons import SENTENCES
from scrubber.detect.statistic import LEAST_LINES, MOST_LINES, opinion_of
from scrubber.engine.clean import Cleaner
from scrubber.engine.guards import Limits
from scrubber.model import Document, Outcome
from scrubber.model.finding import Action, Confidence, Finding
from scrubber.report.hunks import GUESSED, hunks, outcome_word
from scrubber.rules.load import load_rules
from strategies import documents

TEXT = (
    "The ferry returned at noon, and the harbour office said that it will sail again on Monday.",
    "All passengers were safe, the captain told the reporters who had waited on the pier that day.",
    "Repairs of the northern pier take three weeks longer than planned, because the piles are worn.",
    "Until then the boats leave from the eastern quay, where there is no roof against the rain.",
)
STATISTIC = '[[rule]]\nid = "model"\nkind = "statistic"\ntitle = "Model"\nwhy = "test"\n'

HEADER = '[ruleset]\nname = "t"\nversion = "1"\ndescription = "test"\n'

Use = Callable[[LineModel], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    def take(model: LineModel) -> None:
        monkeypatch.setattr(opinion, "builtin_model", lambda: model)

    return take


@pytest.fixture
def by_weight(use: Use) -> None:
    use(model_by_weight())


def cleaner(folder: Path, rules: str, *, limits: Limits | None = None) -> Cleaner:
    path = folder / "t.toml"
    path.write_text(HEADER + rules, encoding="utf-8")
    return Cleaner(load_rules([path]), limits=limits)


def line_rule(name: str, match: str) -> str:
    return f'[[rule]]\nid = "{name}"\nkind = "line"\ntitle = "{name}"\nwhy = "test"\nmatch = {match}\n'


def found_in(scrub: Cleaner, text: str) -> tuple[Document, list[Finding]]:
    document = Document("d", text)
    found = scrub.findings(scrub.scan(document))
    return document, [finding for finding in found if finding.rule.kind == "statistic"]


def lines_of(document: Document, findings: list[Finding]) -> list[tuple[int, int]]:
    return sorted(document.lines_of(finding.span) for finding in findings)


def page(*lines: str) -> str:
    return "\n".join(lines) + "\n"


PAGE = page("Pier", "Menu", *TEXT, "", "Up", "Top")


@pytest.mark.usefixtures("by_weight")
def test_lines_that_the_model_is_against_are_claimed_in_runs_with_the_blank_lines_inside(tmp_path: Path) -> None:
    document, findings = found_in(cleaner(tmp_path, STATISTIC), page("Pier", "", "Menu", *TEXT, "Up", "", "Top"))
    assert lines_of(document, findings) == [(0, 2), (7, 9)]
    for finding in findings:
        first, last = document.lines_of(finding.span)
        assert finding.span == document.span_of(first, last)
        assert finding.anchor is not None
        assert document.text[finding.anchor.start : finding.anchor.end] == document.line_texts[first]
        assert finding.action is Action.REMOVE
        assert finding.evidence.summary.startswith(SENTENCES["form"][0])
        assert 500 < finding.score <= 1000


@pytest.mark.usefixtures("by_weight")
def test_a_short_text_is_left_alone(tmp_path: Path) -> None:
    scrub = cleaner(tmp_path, STATISTIC)
    lines = ["Pier", "Menu", *TEXT, "Up", "Top"]
    assert len(lines) == LEAST_LINES
    assert found_in(scrub, page(*lines))[1]
    for gone in range(len(lines)):
        assert not found_in(scrub, page(*lines[:gone], "", *lines[gone + 1 :]))[1]
    assert not found_in(scrub, "")[1]


@pytest.mark.usefixtures("by_weight")
def test_a_text_that_is_too_long_to_be_a_page_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scrub = cleaner(tmp_path, STATISTIC)
    monkeypatch.setattr(statistic, "MOST_LINES", 40)
    assert found_in(scrub, page("Menu", *TEXT * 9, "Up", "Top", "End"))[1]
    assert not found_in(scrub, page("Menu", *TEXT * 9, "Up", "Top", "End", "More"))[1]


def test_the_limit_of_lines_is_kept_without_asking_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never() -> LineModel:
        raise AssertionError("the model was asked")

    monkeypatch.setattr(opinion, "builtin_model", never)
    scrub = cleaner(tmp_path, STATISTIC)
    assert opinion_of(scrub.scan(Document("d", "a\n" * (MOST_LINES + 1)))) is None
    assert opinion_of(scrub.scan(Document("d", "a\n\n" * (LEAST_LINES - 1)))) is None


def surely(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.confidence is not Confidence.POSSIBLE]


@pytest.mark.usefixtures("by_weight")
def test_nothing_goes_for_sure_where_no_line_is_surely_text(tmp_path: Path) -> None:
    scrub = cleaner(tmp_path, STATISTIC)
    assert not surely(found_in(scrub, page(*("Menu", "Up", "Top", "Pier") * 5))[1])
    assert not surely(found_in(scrub, page(*("Menu", "Up", "Top", "Pier") * 5, TEXT[0]))[1]), "one sentence is no text"
    assert surely(found_in(scrub, page(*("Menu", "Up", "Top", "Pier") * 5, *TEXT[:2]))[1])


CELLS = ("12,304", "8,112", "77", "4,090", "31", "6,655")


@pytest.mark.usefixtures("by_weight")
def test_lines_of_a_table_never_go_for_sure_and_the_frame_around_it_does(tmp_path: Path) -> None:
    scrub = cleaner(tmp_path, STATISTIC)
    lines = ["Menu", "Map", *TEXT, "Quay", "Boats", *CELLS, *TEXT * 2, "Up", "Top"]
    document, findings = found_in(scrub, page(*lines))
    assert lines_of(document, surely(findings)) == [(0, 1), (len(lines) - 2, len(lines) - 1)]


@pytest.mark.usefixtures("by_weight")
def test_a_few_numbers_are_no_table(tmp_path: Path) -> None:
    scrub = cleaner(tmp_path, STATISTIC)
    document, findings = found_in(scrub, page(*TEXT, "Up", *CELLS[:3], *TEXT * 2, *CELLS[3:], "Top"))
    assert lines_of(document, surely(findings)) == [(4, 7), (16, 19)]


@pytest.mark.usefixtures("by_weight")
def test_lines_that_rules_cut_are_not_claimed_and_part_a_run(tmp_path: Path) -> None:
    scrub = cleaner(tmp_path, STATISTIC + line_rule("bar", '{ equals = ["Menu", "Top"] }'))
    document, findings = found_in(scrub, page("Pier", "Menu", "Map", *TEXT, "Up", "Top"))
    assert lines_of(document, findings) == [(0, 0), (2, 2), (7, 7)]


@pytest.mark.usefixtures("by_weight")
def test_lines_that_a_keep_rule_protects_are_not_claimed_and_stay(tmp_path: Path) -> None:
    keep = line_rule("keep", '{ equals = ["Menu"] }').replace('kind = "line"', 'kind = "keep"')
    scrub = cleaner(tmp_path, STATISTIC + keep)
    document, findings = found_in(scrub, PAGE)
    assert lines_of(document, findings) == [(0, 0), (7, 8)]
    result = scrub.clean(document)
    assert "Menu\n" in result.text
    assert "Pier\n" not in result.text


@pytest.mark.usefixtures("by_weight")
def test_the_order_of_rules_does_not_matter_for_what_is_claimed(tmp_path: Path) -> None:
    bar = line_rule("bar", '{ equals = ["Menu"] }')
    found = [found_in(cleaner(tmp_path, rules), PAGE)[1] for rules in (STATISTIC + bar, bar + STATISTIC)]
    assert [finding.span for finding in found[0]] == [finding.span for finding in found[1]] != []


@pytest.mark.parametrize("most", list(Confidence))
def test_no_finding_is_surer_than_its_rule(tmp_path: Path, use: Use, most: Confidence) -> None:
    use(model_by_weight(certain=-1000, likely=-500))
    scrub = cleaner(tmp_path, f'{STATISTIC}confidence = "{most.word}"\n')
    lines = ["Pier", "the northern pier", *TEXT, "Up", "The ferry and the boat, it", "End"]
    document, findings = found_in(scrub, page(*lines))
    sure = {document.lines_of(finding.span): finding.confidence for finding in findings}
    assert sure[(0, 0)] == min(most, Confidence.CERTAIN)
    assert all(confidence <= most for confidence in sure.values())


def test_how_sure_the_model_is_parts_runs_and_says_the_confidence(tmp_path: Path, use: Use) -> None:
    use(model_by_weight(certain=-1000, likely=-300))
    scrub = cleaner(tmp_path, f'{STATISTIC}confidence = "certain"\n')
    document, findings = found_in(scrub, page(*TEXT, "Northern piers", "Northern piers", "Up", "Top", "Map"))
    sure = {document.lines_of(finding.span): finding.confidence for finding in findings}
    assert sure == {(4, 5): Confidence.LIKELY, (6, 8): Confidence.CERTAIN}


def test_a_line_with_a_date_is_a_guess_at_most(tmp_path: Path, use: Use) -> None:
    use(model_by_weight(certain=-300, likely=-100))
    scrub = cleaner(tmp_path, f'{STATISTIC}confidence = "certain"\n')
    document, findings = found_in(scrub, page(*TEXT, "Up", "2031-03-04", "Top", "Map", "End"))
    sure = {document.lines_of(finding.span): finding.confidence for finding in findings}
    assert sure == {(4, 4): Confidence.CERTAIN, (5, 5): Confidence.POSSIBLE, (6, 8): Confidence.CERTAIN}


def test_a_guess_is_neither_applied_nor_shown(tmp_path: Path, use: Use) -> None:
    """What only the page's own threshold speaks against is `possible`, which the standard profile shows at most."""
    use(model_by_weight(certain=-4000, likely=-4000))
    scrub = cleaner(tmp_path, f'{STATISTIC}confidence = "certain"\n')
    document, findings = found_in(scrub, PAGE)
    assert {finding.confidence for finding in findings} == {Confidence.POSSIBLE}
    result = scrub.clean(document)
    assert result.text == PAGE
    assert {verdict.outcome for verdict in result.plan.verdicts} == {Outcome.FLAGGED}
    assert all(outcome_word(verdict) == GUESSED for verdict in result.plan.verdicts)
    assert hunks(result) == ()
    assert len(hunks(result, show_all=True)) == len(findings)
    thorough = cleaner(
        tmp_path, f'{STATISTIC}confidence = "certain"\n', limits=Limits(min_confidence=Confidence.POSSIBLE)
    ).clean(document)
    assert thorough.text == page(*TEXT)


@pytest.mark.usefixtures("by_weight")
def test_a_rule_that_flags_shows_and_leaves(tmp_path: Path) -> None:
    result = cleaner(tmp_path, f'{STATISTIC}action = "flag"\n').clean(Document("d", PAGE))
    assert result.text == PAGE
    assert [verdict.outcome for verdict in result.plan.verdicts] == [Outcome.FLAGGED] * 2


@pytest.mark.usefixtures("by_weight")
def test_a_reason_is_given_even_where_the_model_can_read_none(tmp_path: Path, use: Use) -> None:
    use(replace(model_by_weight(), reading=(0,) * len(model_by_weight().reading)))
    findings = found_in(cleaner(tmp_path, STATISTIC), PAGE)[1]
    assert [finding.evidence.summary for finding in findings] == ["Model", "Model"]


def test_a_line_near_the_threshold_follows_its_neighbours(tmp_path: Path, use: Use) -> None:
    """`alone` says what would be without the neighbours: the heading would go, but text stands on both sides of it."""
    threshold = -6 * (80 - scale_of(len("Repairs"))) + 30
    use(model_by_weight(certain=-4000, likely=threshold, per_step=6, even=80))
    monday = TEXT[0] * 40
    scan = cleaner(tmp_path, STATISTIC).scan(Document("d", page(*[monday] * 4, "Repairs", *[monday] * 4)))
    found = opinion_of(scan)
    assert found is not None
    assert found.log_odds[4] == threshold - 30
    assert found.alone(4) is Confidence.LIKELY
    assert found.confidences[4] is not Confidence.LIKELY


@given(text=documents(), seed=st.integers(-400, 100))
def test_claims_are_disjoint_whole_lines_that_are_not_blank_at_their_ends(
    tmp_path_factory: pytest.TempPathFactory, text: str, seed: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        model = model_by_weight(likely=seed, certain=seed - 300)
        patch.setattr(opinion, "builtin_model", lambda: model)
        scrub = cleaner(tmp_path_factory.getbasetemp(), f'{STATISTIC}confidence = "certain"\n')
        document, findings = found_in(scrub, text)
        assert found_in(scrub, text)[1] == findings
    taken: set[int] = set()
    for finding in findings:
        first, last = document.lines_of(finding.span)
        assert finding.span == document.span_of(first, last)
        assert not document.blank[first]
        assert not document.blank[last]
        assert not taken & set(range(first, last + 1))
        taken |= set(range(first, last + 1))
        assert 0 <= finding.score <= 1000


def test_thresholds_of_the_shipped_model_lie_where_the_sequence_step_can_reach_them() -> None:
    model = builtin_model()
    assert -opinion.MOST_ODDS < model.certain < model.likely < 0
    assert model.looks is not None
    assert len(model.looks.lowest) == len(model.looks.highest) == len(CONTEXT)
    assert len(model.looks.second.weights[0]) == len(FEATURES) + len(CONTEXT)
