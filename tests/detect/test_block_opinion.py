"""What `statistic` rules promise on pages whose markup is known, whatever the model says.

The model here goes by the weight of a block alone, so that every test says which blocks it takes for boilerplate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from page_models import page_model, page_of
from scrubber.detect import block_opinion
from scrubber.detect.block_forest import BlockModel
from scrubber.detect.block_opinion import LEAST_BLOCKS, SENTENCES, BlockOpinion
from scrubber.detect.statistic import opinion_of
from scrubber.engine.clean import Cleaner
from scrubber.engine.guards import PROFILES, Limits
from scrubber.model import Document, Outcome
from scrubber.model.finding import Confidence, Finding
from scrubber.rules.load import load_rules

TEXT = (
    "The ferry returned at noon, and the harbour office said that it will sail again on Monday.",
    "All passengers were safe, the captain told the reporters who had waited on the pier that day.",
    "Repairs of the northern pier take three weeks longer than planned, because the piles are worn.",
)
PAGE = f"<title>Pier</title><h1>Pier</h1><p>Menu<p>{'<p>'.join(TEXT)}<p>Up<p>Top"
HEADER = '[ruleset]\nname = "t"\nversion = "1"\ndescription = "test"\n'
STATISTIC = '[[rule]]\nid = "model"\nkind = "statistic"\ntitle = "Model"\nwhy = "test"\nconfidence = "certain"\n'

Use = Callable[[BlockModel], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    def take(model: BlockModel) -> None:
        monkeypatch.setattr(block_opinion, "block_model", lambda: model)

    return take


@pytest.fixture
def by_weight(use: Use) -> None:
    use(page_model())


def cleaner(folder: Path, rules: str = "", *, limits: Limits | None = None) -> Cleaner:
    path = folder / "t.toml"
    path.write_text(HEADER + STATISTIC + rules, encoding="utf-8")
    return Cleaner(load_rules([path]), limits=limits)


def line_rule(name: str, match: str, kind: str = "line") -> str:
    return f'[[rule]]\nid = "{name}"\nkind = "{kind}"\ntitle = "{name}"\nwhy = "test"\nmatch = {match}\n'


def found_in(scrub: Cleaner, document: Document) -> list[tuple[str, Confidence]]:
    found: list[Finding] = list(scrub.findings(scrub.scan(document)))
    return [
        (document.text[finding.span.start : finding.span.end], finding.confidence)
        for finding in sorted(found, key=lambda finding: finding.span)
        if finding.rule.kind == "statistic"
    ]


@pytest.mark.usefixtures("by_weight")
def test_blocks_go_in_runs_and_the_title_is_a_guess_at_most(tmp_path: Path) -> None:
    assert found_in(cleaner(tmp_path), page_of(PAGE)) == [
        ("Pier\n", Confidence.POSSIBLE),
        ("Menu\n", Confidence.CERTAIN),
        ("Up\nTop\n", Confidence.CERTAIN),
    ]


@pytest.mark.usefixtures("by_weight")
def test_lines_of_one_block_go_together(tmp_path: Path) -> None:
    page = page_of(f"<p>{'<p>'.join(TEXT)}<pre>a\n\nb</pre><p>{TEXT[0]}")
    assert found_in(cleaner(tmp_path), page) == [("a\n\nb\n", Confidence.CERTAIN)]


@pytest.mark.usefixtures("by_weight")
@pytest.mark.parametrize(
    "markup",
    ["", "<p>Menu" * (LEAST_BLOCKS - 1), "<p>Menu<p>Home<p>Top<p>Up<p>Share", f"<p>{TEXT[0]}<p>Menu<p>Home"],
)
def test_a_page_with_few_blocks_or_without_text_is_left_alone(tmp_path: Path, markup: str) -> None:
    assert found_in(cleaner(tmp_path), page_of(markup)) == []


@pytest.mark.usefixtures("by_weight")
def test_what_is_cut_does_not_change_what_is_said_of_the_rest(tmp_path: Path) -> None:
    scrub = cleaner(tmp_path)
    document = page_of(PAGE)
    rest = document.edited("\n".join(TEXT) + "\nTop\n", lambda start: 2 if start < 200 else 6)
    assert rest.as_read is document
    whole, left = opinion_of(scrub.scan(document)), opinion_of(scrub.scan(rest))
    assert isinstance(whole, BlockOpinion)
    assert isinstance(left, BlockOpinion)
    assert left.page is whole.page
    assert left.log_odds[-1] == whole.log_odds[6]


@pytest.mark.usefixtures("by_weight")
def test_lines_that_rules_take_or_protect_are_not_claimed(tmp_path: Path) -> None:
    rules = line_rule("bar", '{ equals = ["Up"] }') + line_rule("keep", '{ equals = ["Menu"] }', "keep")
    assert [text for text, _ in found_in(cleaner(tmp_path, rules), page_of(PAGE))] == ["Pier\n", "Top\n"]
    assert "Menu\n" in cleaner(tmp_path, rules).clean(page_of(PAGE)).text


@pytest.mark.usefixtures("by_weight")
def test_guesses_are_applied_by_the_thorough_profile_only(tmp_path: Path) -> None:
    assert cleaner(tmp_path).clean(page_of(PAGE)).text == "Pier\n" + "\n".join(TEXT) + "\n"
    thorough = cleaner(tmp_path, limits=Limits(min_confidence=Confidence.POSSIBLE))
    assert thorough.clean(page_of(PAGE)).text == "\n".join(TEXT) + "\n"


def test_how_sure_the_model_is_says_the_confidence(tmp_path: Path, use: Use) -> None:
    use(page_model(certain=-1500, likely=-500))
    page = page_of(f"<p>{'<p>'.join(TEXT)}<p>Up<p>Northern piers")
    assert found_in(cleaner(tmp_path), page) == [
        ("Up\n", Confidence.CERTAIN),
        ("Northern piers\n", Confidence.LIKELY),
    ]


@pytest.mark.usefixtures("by_weight")
def test_reasons_are_given(tmp_path: Path, use: Use) -> None:
    scrub = cleaner(tmp_path)
    opinion = opinion_of(scrub.scan(page_of(PAGE)))
    assert isinstance(opinion, BlockOpinion)
    assert opinion.said(1, 2, for_text=False) == (SENTENCES["form"][0],)
    assert opinion.said(2, 4, for_text=True) == (SENTENCES["form"][1],)
    assert opinion.said(2, 4, for_text=False) == ()
    use(replace(page_model(), reading=(0,) * len(page_model().reading)))
    result = scrub.clean(page_of(PAGE))
    assert {verdict.finding.evidence.summary for verdict in result.plan.verdicts} == {"Model"}


@pytest.mark.usefixtures("by_weight")
def test_a_page_cleaned_twice_is_cleaned_the_same(tmp_path: Path) -> None:
    scrub = cleaner(tmp_path)
    first, second = scrub.clean(page_of(PAGE)), scrub.clean(page_of(PAGE))
    assert first.text == second.text
    assert [verdict.outcome for verdict in first.plan.verdicts] == [verdict.outcome for verdict in second.plan.verdicts]
    document = page_of(PAGE)
    assert scrub.clean(document).text == scrub.clean(document).text == first.text
    assert {verdict.outcome for verdict in first.plan.verdicts} == {Outcome.REMOVED, Outcome.FLAGGED}


@pytest.mark.usefixtures("by_weight")
def test_a_short_report_among_teasers_is_reached_where_the_profile_allows_it(tmp_path: Path) -> None:
    teasers = [f"More: {TEXT[0]} {number}." for number in range(40)]
    rules = line_rule("teaser", '{ starts = ["more:"] }') + 'confidence = "likely"\n'
    page = page_of(f"<p>{TEXT[1]}<p>{'<p>'.join(teasers)}")
    thorough = PROFILES["thorough"]
    assert cleaner(tmp_path, rules, limits=thorough).clean(page).text.count("More:") == 0
    assert cleaner(tmp_path, rules, limits=structs.replace(thorough, max_page_share=None)).clean(page).text == page.text
    assert cleaner(tmp_path, rules, limits=thorough).clean(Document("d", page.text)).text == page.text
