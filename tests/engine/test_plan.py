"""Who wins, what goes with a cut, and what the limits of a document hold back."""

from __future__ import annotations

from pathlib import Path

import pytest

from rule_texts import OTHER, RUNNING, THIRD, cleaner, line_rule
from scrubber.api import load_rules
from scrubber.engine.guards import Limits
from scrubber.model import CleanResult, Confidence, Document, Outcome
from scrubber.rules.decisions import Decision, Decisions

SHARE = line_rule("share", '{ equals = ["分享到"] }')
KEEP_SHARE = '[[rule]]\nid = "k"\nkind = "keep"\ntitle = "k"\nwhy = "test"\nmatch = { equals = ["分享到"] }\n'
TAIL = '[[rule]]\nid = "tail"\nkind = "tail"\ntitle = "t"\nwhy = "test"\nstart = { equals = ["相关阅读"] }\n'
REPEAT = '[[rule]]\nid = "repeat"\nkind = "repeat"\ntitle = "r"\nwhy = "test"\n'


def outcomes(result: CleanResult) -> list[tuple[str, str]]:
    return [(verdict.finding.rule.id, verdict.outcome.value) for verdict in result.plan.verdicts]


def test_a_keep_rule_wins_over_a_line_rule(tmp_path: Path) -> None:
    result = cleaner(tmp_path, SHARE + KEEP_SHARE).clean(Document("d", f"{RUNNING}\n{OTHER}\n{THIRD}\n分享到\n"))
    assert not result.changed
    assert outcomes(result) == [("t/share", "kept")]
    assert result.plan.verdicts[0].reason == "t/k protects a line of it"


def test_a_line_that_is_decoded_anew_is_judged_by_what_it_then_says(tmp_path: Path) -> None:
    fix = '[[rule]]\nid = "fix"\nkind = "fix"\ntitle = "f"\nwhy = "test"\ndo = ["mojibake"]\nconfidence = "certain"\n'
    bar = line_rule("bar", '{ starts = ["·"] }') + SHARE
    good, cut = "分类号的编码在目录里写着。", "分享到"
    text = f"{RUNNING}\n{good.encode('gbk').decode('latin-1')}\n{OTHER}\n{cut.encode('gbk').decode('latin-1')}\n"
    assert text.splitlines()[1].startswith("·")
    assert cleaner(tmp_path, fix + bar).clean(Document("d", text)).text == f"{RUNNING}\n{good}\n{OTHER}\n"


def decided(verdict: str, text: str, folder: Path, rules: str, rule_id: str = "t/share") -> CleanResult:
    """Clean once to learn the fingerprint, then again with a decision about it."""
    first = cleaner(folder, rules).clean(Document("d", text))
    fingerprint = next(each.finding.fingerprint for each in first.plan.verdicts if each.finding.rule.id == rule_id)
    decision = Decision(fingerprint, rule_id, "d", verdict, "because")
    return cleaner(folder, rules, decisions=Decisions((decision,))).clean(Document("d", text))


def test_a_keep_decision_protects_its_span_from_every_rule(tmp_path: Path) -> None:
    other = line_rule("bar", '{ starts = ["分享"] }')
    result = decided("keep", f"{RUNNING}\n{OTHER}\n{THIRD}\n分享到\n", tmp_path, SHARE + other)
    assert not result.changed
    assert sorted(outcomes(result)) == [("t/bar", "kept"), ("t/share", "decided")]


def test_a_later_decision_leaves_the_text(tmp_path: Path) -> None:
    result = decided("later", f"{RUNNING}\n{OTHER}\n{THIRD}\n分享到\n", tmp_path, SHARE)
    assert not result.changed
    assert outcomes(result) == [("t/share", "decided")]


def test_a_remove_decision_applies_whatever_the_confidence_and_the_limits(tmp_path: Path) -> None:
    rules = line_rule("share", '{ starts = ["分享"] }', 'confidence = "possible"')
    text = "分享到\n分享的人\n"
    assert not cleaner(tmp_path, rules).clean(Document("d", text)).changed
    result = decided("remove", text, tmp_path, rules)
    assert result.text == "分享的人\n"


def test_a_remove_decision_does_not_win_over_a_keep_rule(tmp_path: Path) -> None:
    result = decided("remove", f"{RUNNING}\n分享到\n", tmp_path, SHARE + KEEP_SHARE)
    assert not result.changed


def test_a_keep_decision_that_no_longer_matches_flags_what_its_rule_finds(tmp_path: Path) -> None:
    decision = Decision("0" * 16, "t/share", "d", "keep", "")
    scrub = cleaner(tmp_path, SHARE, decisions=Decisions((decision,)))
    text = f"{RUNNING}\n{OTHER}\n{THIRD}\n分享到\n"
    result = scrub.clean(Document("d", text))
    assert not result.changed
    assert outcomes(result) == [("t/share", "flagged")]
    assert scrub.clean(Document("another", text)).changed


def test_a_decision_is_found_under_an_old_name_of_its_rule(tmp_path: Path) -> None:
    text = f"{RUNNING}\n{OTHER}\n{THIRD}\n分享到\n"
    before = cleaner(tmp_path, line_rule("old", '{ equals = ["分享到"] }')).clean(Document("d", text))
    decision = Decision(before.plan.verdicts[0].finding.fingerprint, "t/old", "d", "keep", "")
    renamed = line_rule("new", '{ equals = ["分享到"] }', 'aliases = ["t/old"]')
    result = cleaner(tmp_path, renamed, decisions=Decisions((decision,))).clean(Document("d", text))
    assert outcomes(result) == [("t/new", "decided")]


def test_fingerprints_survive_edits_elsewhere_and_tell_equal_lines_apart(tmp_path: Path) -> None:
    scrub = cleaner(tmp_path, SHARE)
    one = scrub.clean(Document("d", f"分享到\n{RUNNING}\n{OTHER}\n分享到\n"))
    two = scrub.clean(Document("d", f"{THIRD}\n\n分享到\n{RUNNING}\n新的一行\n{OTHER}\n分享到\n"))
    prints = [[verdict.finding.fingerprint for verdict in result.plan.verdicts] for result in (one, two)]
    assert prints[0] == prints[1]
    assert len(set(prints[0])) == 2


def test_a_section_stops_above_a_line_that_a_decision_keeps(tmp_path: Path) -> None:
    rules = TAIL + line_rule("headline", '{ equals = ["要留下的一行"] }')
    text = f"{RUNNING}\n{OTHER}\n{THIRD}\n相关阅读\n一条新闻\n要留下的一行\n另一条新闻\n"
    result = decided("keep", text, tmp_path, rules, "t/headline")
    assert result.text == f"{RUNNING}\n{OTHER}\n{THIRD}\n要留下的一行\n另一条新闻\n"


def test_a_copy_stays_when_another_rule_takes_the_copy_that_it_names(tmp_path: Path) -> None:
    body = f"{RUNNING}\n{OTHER}\n{THIRD}\n渡轮返航的消息传来，码头上的人们都很高兴，纷纷前来迎接归来的亲友和渡轮上的水手。\n"
    whole = '[[rule]]\nid = "box"\nkind = "between"\ntitle = "b"\nwhy = "w"\nconfidence = "certain"\n'
    whole += 'start = { equals = ["开始"] }\nend = { equals = ["结束"] }\nlimits = { max-share = 1.0 }\n'
    result = cleaner(tmp_path, REPEAT + whole).clean(Document("d", f"开始\n{body}结束\n\n{body}"))
    assert result.text.count(RUNNING) == 1
    assert result.text == body


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        # A blank line behind a cut goes if a blank line, or the start, stands before it.
        ("A\n\n分享到\n\nB\n", "A\n\nB\n"),
        ("分享到\n\nB\n", "B\n"),
        ("A\n分享到\n\nB\n", "A\n\nB\n"),
        ("A\n\n分享到\nB\n", "A\n\nB\n"),
        # Two cuts with a blank between them, in and out of blank surroundings.
        ("A\n\n分享到\n\n分享到\n\nB\n", "A\n\nB\n"),
        ("A\n分享到\n\n分享到\nB\n", "A\n\nB\n"),
        # At the end the blank lines before the cut go.
        ("A\n\n分享到\n", "A\n"),
        ("A\n\n\u3000\n分享到\n\n\n", "A\n"),
        ("A\n\n分享到\n\n分享到", "A\n"),
        # No newline is added, and line ends stay as they are.
        ("A\r\n分享到\r\nB", "A\r\nB"),
        ("A\n分享到", "A\n"),
        # Other blank lines are not touched.
        ("\n\nA\n\n\n分享到\nB\n\n\n", "\n\nA\n\n\nB\n\n\n"),
    ],
)
def test_blank_lines_around_a_cut(tmp_path: Path, text: str, clean: str) -> None:
    rules = line_rule("share", '{ equals = ["分享到"] }', 'confidence = "certain"')
    text = text.replace("A", RUNNING + OTHER).replace("B", THIRD + OTHER)
    clean = clean.replace("A", RUNNING + OTHER).replace("B", THIRD + OTHER)
    assert cleaner(tmp_path, rules).clean(Document("d", text)).text == clean


def test_cuts_over_the_share_of_running_text_are_held_back_as_a_whole(tmp_path: Path) -> None:
    rules = line_rule("all", '{ regex = ["。$"] }', "limits = { max-chars = 500 }")
    text = f"{RUNNING}\n{OTHER}\n{THIRD}\n短行\n"
    result = cleaner(tmp_path, rules).clean(Document("d", text))
    assert not result.changed
    assert {verdict.outcome for verdict in result.plan.verdicts} == {Outcome.LIMITED}
    assert result.plan.note == "100 % of the running text would go, more than 80 %"


def test_certain_cuts_are_applied_though_the_rest_is_held_back(tmp_path: Path) -> None:
    rules = line_rule("all", '{ regex = ["。$"] }', "limits = { max-chars = 500 }")
    rules += line_rule("share", '{ equals = ["分享到"] }', 'confidence = "certain"')
    result = cleaner(tmp_path, rules).clean(Document("d", f"{RUNNING}\n{OTHER}\n{THIRD}\n分享到\n"))
    assert result.text == f"{RUNNING}\n{OTHER}\n{THIRD}\n"


def test_even_certain_cuts_may_not_eat_a_document(tmp_path: Path) -> None:
    rules = line_rule("all", '{ regex = ["."] }', 'confidence = "certain"\nlimits = { max-chars = 500 }')
    result = cleaner(tmp_path, rules).clean(Document("d", f"{RUNNING}\n{OTHER}\n{THIRD}\n"))
    assert not result.changed
    assert "characters would be left" in result.plan.note


def test_in_a_document_of_two_lines_only_certain_findings_cut(tmp_path: Path) -> None:
    text = f"{RUNNING}{OTHER}{THIRD}\n分享到\n"
    assert not cleaner(tmp_path, SHARE).clean(Document("d", text)).changed
    certain = SHARE.replace("why", 'confidence = "certain"\nwhy')
    assert cleaner(tmp_path, certain).clean(Document("d", text)).changed


def test_a_cut_does_not_split_a_hard_wrapped_sentence(tmp_path: Path) -> None:
    rules = line_rule("share", '{ starts = ["share this"] }')
    wrapped = (
        "The ferry came back to the pier at noon today, and those who\n"
        "share this view of the harbour office say that it will not be\n"
        "able to sail before the storm has passed over the whole coast\n"
        "and the waves have gone down to what the captain calls calm.\n"
    )
    result = cleaner(tmp_path, rules).clean(Document("d", wrapped + "\n" + wrapped.replace("share", "shared")))
    assert not result.changed
    assert [verdict.outcome for verdict in result.plan.verdicts] == [Outcome.LIMITED]


def test_confidence_below_the_limit_is_shown_and_not_applied(tmp_path: Path) -> None:
    text = f"{RUNNING}\n{OTHER}\n{THIRD}\n分享到\n"
    result = cleaner(tmp_path, SHARE, limits=Limits(Confidence.CERTAIN)).clean(Document("d", text))
    assert outcomes(result) == [("t/share", "flagged")]
    assert result.plan.verdicts[0].reason == "likely is below certain"


def test_overlapping_removals_are_united_and_the_strongest_is_named_first(tmp_path: Path) -> None:
    rules = TAIL + line_rule("headline", '{ equals = ["一条新闻"] }')
    text = f"{RUNNING}\n{OTHER}\n{THIRD}\n相关阅读\n一条新闻\n另一条新闻\n"
    result = cleaner(tmp_path, rules).clean(Document("d", text))
    assert [edit.rules for edit in result.plan.edits] == [("t/tail", "t/headline")]
    assert sorted(outcomes(result)) == [("t/headline", "overlapped"), ("t/tail", "removed")]


def test_fixes_come_first_and_rules_see_the_fixed_text(tmp_path: Path) -> None:
    fix = '[[rule]]\nid = "fix"\nkind = "fix"\ntitle = "f"\nwhy = "w"\ndo = ["entities"]\n'
    text = f"{RUNNING}\n{OTHER}&nbsp;{THIRD}\n{THIRD}\n&nbsp;分享到&nbsp;\n"
    result = cleaner(tmp_path, fix + SHARE).clean(Document("d", text))
    assert result.text == f"{RUNNING}\n{OTHER} {THIRD}\n{THIRD}\n"
    removed = next(verdict for verdict in result.plan.verdicts if verdict.outcome is Outcome.REMOVED)
    assert text[removed.finding.span.start : removed.finding.span.end] == "&nbsp;分享到&nbsp;\n"


def test_text_that_never_settles_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrubber.engine.clean.MAX_PASSES", 2)
    fix = '[[rule]]\nid = "fix"\nkind = "fix"\ntitle = "f"\nwhy = "w"\ndo = ["entities"]\n'
    text = f"{RUNNING}\n{OTHER}\n{THIRD}&amp;amp;amp;amp;nbsp;\n"
    result = cleaner(tmp_path, fix).clean(Document("d", text))
    assert not result.changed
    assert "did not settle" in result.plan.note


def test_lines_of_a_copy_whose_numbers_differ_are_shown_and_stay(tmp_path: Path) -> None:
    body = [
        RUNNING,
        OTHER,
        THIRD,
        "渡轮返航的消息传来，码头上的人们都很高兴，纷纷前来迎接归来的亲友和水手。",
        "岛上唯一的菜店老板娘说，停航期间蔬菜只能靠小渔船零星捎带，如今终于可以照常进货了。",
        "学校的老师也松了一口气，住在北湾的学生从下周一开始可以重新坐船上学，不必在家里自习。",
    ]
    fares = "船票的价钱没有变，成人{}元，孩子半价，老人凭证免费，团体票请到码头的窗口提前预订。"
    first, second = [*body, fares.format(12)], [*body, fares.format(15)]
    result = cleaner(tmp_path, REPEAT).clean(Document("d", "\n".join([*first, *second]) + "\n"))
    assert all(result.text.count(line) == 1 for line in body)
    assert fares.format(12) in result.text
    assert fares.format(15) in result.text
    flagged = [verdict for verdict in result.plan.verdicts if verdict.outcome is Outcome.FLAGGED]
    assert [result.document.lines_of(verdict.finding.span) for verdict in flagged] == [(13, 13)]
    assert flagged[0].finding.evidence.kin is not None
    assert flagged[0].finding.evidence.kin.first_line == 7


def test_a_decision_to_remove_a_residue_repairs_and_leaves_the_line(tmp_path: Path) -> None:
    rule = '[[rule]]\nid = "f"\nkind = "fix"\ntitle = "f"\nwhy = "test"\nconfidence = "possible"\ndo = ["control"]\n'
    text = f"{RUNNING}\x01{OTHER}\n{THIRD}\n"
    shown = cleaner(tmp_path, rule).clean(Document("d", text))
    assert shown.text == text
    decided = Decision(shown.plan.verdicts[0].finding.fingerprint, "t/f", "d", "remove")
    result = cleaner(tmp_path, rule, decisions=Decisions((decided,))).clean(Document("d", text))
    assert result.text == f"{RUNNING}{OTHER}\n{THIRD}\n"


def test_what_was_put_off_is_not_cut_when_its_place_among_equals_has_changed(tmp_path: Path) -> None:
    rule = line_rule("bar", '{ equals = ["Share"] }')
    text = f"{RUNNING}\nShare\n{OTHER}\nShare\n{THIRD}\n"
    second = cleaner(tmp_path, rule).clean(Document("d", text)).plan.verdicts[1].finding
    decisions = Decisions((Decision(second.fingerprint, "t/bar", "d", "later"),))
    scrub = cleaner(tmp_path, rule, decisions=decisions)
    once = scrub.clean(Document("d", text))
    assert once.text.count("Share") == 1
    assert scrub.clean(Document("d", once.text)).text == once.text


def test_a_model_that_does_not_settle_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundled = load_rules().get("core/reads-like-boilerplate")
    assert bundled is not None
    page = bundled.examples[0].text
    model = cleaner(tmp_path, '[[rule]]\nid = "model"\nkind = "statistic"\ntitle = "m"\nwhy = "w"\n')
    assert model.clean(Document("d", page)).changed
    # One pass is too few for anything that changes a text, so nothing of the model settles.
    monkeypatch.setattr("scrubber.engine.clean.MAX_PASSES", 1)
    result = model.clean(Document("d", page))
    assert (result.text, result.plan.note) == (page, "")
