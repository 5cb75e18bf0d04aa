"""A paragraph is found when it nearly repeats one that stays, and what is not the same fact is left alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.detect.neardup import MAX_MARKS, NeardupDetector
from scrubber.detect.scan import Scan
from scrubber.model.document import Document
from scrubber.model.finding import Action, Confidence, Finding, RuleInfo
from scrubber.rules.schema import NeardupRule
from scrubber.text import nearest
from scrubber.text.shingle import shingle_length
from scrubber.text.sketch import edit_similarity, text_jaccard

FERRY = (
    "渡轮今天中午返航，码头将于星期一重新开放。港务处表示，所有班次将恢复正常运行，旅客可以照常购票上船，"
    "行李寄存处也会在同一天恢复服务。船长林远说，风浪比预想的小，全体船员平安，乘客的情绪一直很稳定，没有人受伤。"
)
FERRY_EDITED = FERRY.replace("平安", "安好").replace("一直很", "始终")
BRIDGE = (
    "新桥的桥墩已经全部浇筑完毕，施工队正在铺设桥面，预计入冬以前可以通车。沿河的居民等这座桥等了许多年，"
    "从前他们进城要绕行很远的山路，碰上雨季山路塌方，孩子们就只好住在亲戚家里，几个星期也回不来。"
)
HARBOUR = (
    "The harbour office said on Monday that the ferry would sail again as soon as the wind had dropped, and that "
    "passengers who held tickets for the weekend could use them on any later day without paying a second time."
)
HARBOUR_EDITED = HARBOUR.replace("as soon as", "once").replace("any later day", "any other day")
ORCHARD = (
    "Nobody in the valley remembers who planted the old orchard, yet every autumn the whole village climbs the slope "
    "to pick its small sour apples, press them in the barn, and argue until nightfall about whose cider tastes best."
)


class StandIn:
    """What the detector asks of a scan."""

    def __init__(self, text: str, chrome: Iterable[int] = (), protected: Iterable[int] = ()) -> None:
        self.document = Document("a/story.txt", text)
        count = len(self.document.bounds)
        self.chrome = [index in set(chrome) for index in range(count)]
        self.protected = [index in set(protected) for index in range(count)]


def rule(**keys: Any) -> NeardupRule:
    keys.setdefault("action", Action.FLAG)
    return NeardupRule(info=RuleInfo("test/close-copy", "neardup", "Close copy", "", "test.toml:1"), **keys)


def find(text: str, *, chrome: Iterable[int] = (), protected: Iterable[int] = (), **keys: Any) -> list[Finding]:
    scan = cast(Scan, StandIn(text, chrome, protected))
    return list(NeardupDetector([rule(**keys)]).find(scan))


def lines_and_kin(findings: list[Finding], text: str) -> list[tuple[int, int]]:
    """For each finding its first line and that of its kin."""
    document = Document("", text)
    found = []
    for finding in findings:
        assert finding.evidence.kin is not None
        found.append((document.line_at(finding.span.start) + 1, finding.evidence.kin.first_line))
    return found


@pytest.mark.parametrize(("first", "second"), [(FERRY, FERRY_EDITED), (HARBOUR, HARBOUR_EDITED), (FERRY_EDITED, FERRY)])
def test_an_edited_copy_names_the_paragraph_that_stays(first: str, second: str) -> None:
    text = f"标题\n\n{first}\n{BRIDGE}\n{ORCHARD}\n\n{second}\r\n尾声"
    (finding,) = find(text)
    kin = finding.evidence.kin
    assert kin is not None
    document = Document("", text)
    assert finding.span == finding.anchor == document.span_of(6, 6)
    assert text[finding.span.start : finding.span.end] == second + "\r\n"
    assert (kin.document_id, kin.first_line, kin.last_line) == ("a/story.txt", 3, 3)
    assert kin.span == document.span_of(2, 2)
    assert finding.action is Action.FLAG
    assert finding.confidence is Confidence.POSSIBLE
    assert finding.score == kin.score >= 800
    k = shingle_length(first)
    best = max(text_jaccard(first.lower(), second.lower(), k), edit_similarity(first.lower(), second.lower()))
    assert abs(kin.score - best) <= 5  # folding touches punctuation


def test_the_differing_spans_are_those_of_the_texts_as_written() -> None:
    (finding,) = find(f"{FERRY}\n{FERRY_EDITED}\n")
    kin = finding.evidence.kin
    assert kin is not None
    assert "安好" in FERRY_EDITED[kin.differing[0][0].start : kin.differing[0][0].end]
    rest, rest_kept = FERRY_EDITED, FERRY
    for own, other in reversed(kin.differing):
        rest = rest[: own.start] + rest[own.end :]
        rest_kept = rest_kept[: other.start] + rest_kept[other.end :]
    assert rest == rest_kept
    assert "characters differ" in finding.evidence.summary


def test_equal_paragraphs_are_found_and_cost_no_import() -> None:
    (finding,) = find(f"{FERRY}\n{BRIDGE}\n{FERRY}")
    kin = finding.evidence.kin
    assert kin is not None
    assert (kin.measure, kin.score, finding.score, kin.differing) == ("equal", 1000, 1000, ())
    assert finding.evidence.summary == "the same paragraph stands elsewhere in this document"


def test_paragraphs_that_are_equal_after_folding_are_equal() -> None:
    wide = HARBOUR.replace(",", "，").upper()
    (finding,) = find(f"{HARBOUR}\n{wide}")
    assert finding.evidence.kin is not None
    assert finding.evidence.kin.measure == "equal"
    assert finding.evidence.summary.endswith("only case, width or spaces differ")


def test_reordered_sentences_are_found_by_their_shingles() -> None:
    first, second, third = (part + "。" for part in FERRY.rstrip("。").split("。"))
    (finding,) = find(f"{FERRY}\n{third}{first}{second}")
    assert finding.evidence.kin is not None
    assert finding.evidence.kin.measure == "jaccard"


def test_scattered_edits_are_found_by_edit_similarity() -> None:
    scattered = "".join("某" if place % 12 == 5 else character for place, character in enumerate(FERRY))
    (finding,) = find(f"{FERRY}\n{scattered}")
    assert finding.evidence.kin is not None
    assert finding.evidence.kin.measure == "edit"
    assert text_jaccard(FERRY, scattered, 3) < 800


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "2023年第一季度，全港共运送旅客1377人次，比上年同期增长12%，其中节假日304人次，平日1073人次；渡轮准点率为97%，"
            "较上季度提高2个百分点，旅客投诉共8件，均已在7日内办结，并按规定回访了投诉人。",
            "2023年第二季度，全港共运送旅客1521人次，比上年同期增长14%，其中节假日377人次，平日1144人次；渡轮准点率为98%，"
            "较上季度提高1个百分点，旅客投诉共5件，均已在7日内办结，并按规定回访了投诉人。",
        ),
        (
            "Section 12. Whoever moors a vessel in the outer basin without leave shall pay a fine of 40 crowns for "
            "each day or part of a day, and the harbour master may have the vessel removed at the owner's expense.",
            "Section 13. Whoever moors a vessel in the inner basin without leave shall pay a fine of 60 crowns for "
            "each day or part of a day, and the harbour master may have the vessel removed at the owner's expense.",
        ),
    ],
)
def test_paragraphs_whose_numbers_differ_are_two_facts(first: str, second: str) -> None:
    assert find(f"{first}\n\n{second}\n") == []
    assert len(find(f"{first}\n\n{second}\n", spare_if=())) == 1


def test_short_refrains_are_not_paragraphs() -> None:
    refrain = "And the river rolls on to the sea."
    assert find(f"{refrain}\n{ORCHARD}\n{refrain}\n{HARBOUR}\n{refrain}\n") == []
    assert len(find(f"{refrain}\n{ORCHARD}\n{refrain}\n{HARBOUR}\n{refrain}\n", min_chars=20)) == 2


def test_bars_and_leaders_are_not_paragraphs() -> None:
    bar = "-" * 100
    assert find(f"{bar}\n{FERRY}\n{bar}\n{BRIDGE}\n{bar}\n") == []


def test_unlike_paragraphs_are_left_alone() -> None:
    assert find("\n".join((FERRY, BRIDGE, HARBOUR, ORCHARD))) == []


def test_templates_with_other_names_are_left_alone_below_the_threshold() -> None:
    form = (
        "{0}是{1}的居民，自幼在{2}长大，后来随{3}学习造船，三十岁那年与{4}结婚，育有{5}，"
        "晚年回到{6}，著有{7}，为乡人所敬重，卒年不详，葬于{6}之南。"
    )
    one = form.format("林远航", "青石港", "外婆家", "陈老船匠", "邻村的许家女儿", "二子一女", "白沙湾", "《造船笔记》")
    two = form.format(
        "许大海", "龙门镇", "舅舅的船上", "远房的堂叔", "同乡女教师", "独子一人", "石桥头", "《潮汐歌谣集》"
    )
    assert find(f"{one}\n{two}", min_chars=60) == []


def test_the_first_stays_or_the_longest() -> None:
    longer = FERRY_EDITED + "码头上等候的家属也都松了一口气。"
    text = f"{FERRY}\n{BRIDGE}\n{longer}\n"
    assert lines_and_kin(find(text), text) == [(3, 1)]
    assert lines_and_kin(find(text, keep="longest"), text) == [(1, 3)]


def test_a_chain_is_not_followed() -> None:
    step = len(FERRY) * 12 // 100

    def drift(parts: int) -> str:
        return "".join("某" if place < parts * step else character for place, character in enumerate(FERRY))

    text = "\n".join((drift(0), drift(1), drift(2), drift(3)))
    findings = find(text)
    # The third is alike to the second, which is a copy itself, but not to the first: it stays and is kin of the last.
    assert lines_and_kin(findings, text) == [(2, 1), (4, 3)]


def test_of_several_kept_ones_the_most_alike_is_named() -> None:
    far = "".join("某" if place % 9 == 4 else character for place, character in enumerate(FERRY))
    near = "".join("某" if place % 40 == 8 else character for place, character in enumerate(FERRY))
    text = "\n".join((far, BRIDGE, FERRY, near))
    findings = find(text, threshold=900)
    assert lines_and_kin(findings, text) == [(4, 3)]


def test_equal_copies_of_a_copy_name_the_kept_one() -> None:
    text = "\n".join((FERRY, FERRY_EDITED, FERRY_EDITED, FERRY))
    assert lines_and_kin(find(text), text) == [(2, 1), (3, 1), (4, 1)]


def test_protected_paragraphs_stay_and_are_the_kin() -> None:
    text = "\n".join((FERRY, BRIDGE, FERRY_EDITED))
    assert lines_and_kin(find(text, protected=[2]), text) == [(1, 3)]
    assert find(text, protected=[0, 2]) == []


def test_lines_that_other_rules_hit_are_no_kin() -> None:
    text = "\n".join((FERRY, BRIDGE, FERRY_EDITED))
    assert find(text, chrome=[0]) == []
    assert find(text, chrome=[2]) == []


def test_a_removal_is_as_sure_as_its_rule_allows() -> None:
    text = "\n".join((FERRY, FERRY, FERRY_EDITED))
    sure = {confidence: find(text, action=Action.REMOVE, confidence=confidence) for confidence in Confidence}
    assert [finding.confidence for finding in sure[Confidence.CERTAIN]] == [Confidence.CERTAIN, Confidence.LIKELY]
    assert [finding.confidence for finding in sure[Confidence.LIKELY]] == [Confidence.LIKELY, Confidence.LIKELY]
    assert [finding.confidence for finding in sure[Confidence.POSSIBLE]] == [Confidence.POSSIBLE] * 2
    assert {finding.action for finding in sure[Confidence.LIKELY]} == {Action.REMOVE}


def test_paragraphs_of_several_lines_are_found_whole() -> None:
    def wrapped(text: str) -> str:
        return "\n".join(text[start : start + 60] for start in range(0, len(text), 60))

    text = f"{wrapped(HARBOUR)}\n\n{wrapped(ORCHARD)}\n\n{wrapped(HARBOUR_EDITED)}\n"
    (finding,) = find(text)
    kin = finding.evidence.kin
    assert kin is not None
    assert (kin.first_line, kin.last_line) == (1, 4)
    assert text[finding.span.start : finding.span.end] == wrapped(HARBOUR_EDITED) + "\n"


def test_rules_for_a_corpus_are_left_to_the_corpus_pass() -> None:
    assert find(f"{FERRY}\n{FERRY}", scope="corpus") == []


@pytest.mark.parametrize("shingle", ["2", "8"])
def test_the_shingle_length_of_the_rule_is_used(shingle: str) -> None:
    (finding,) = find(f"{FERRY}\n{FERRY_EDITED}", shingle=shingle)
    jaccard = text_jaccard(FERRY.replace("，", ","), FERRY_EDITED.replace("，", ","), int(shingle))
    assert ("jaccard", f"0.{jaccard:03d}") in finding.evidence.facts


def test_marks_are_bounded() -> None:
    scattered = "".join("某" if place % 40 == 5 else character for place, character in enumerate(FERRY * 12))
    (finding,) = find(f"{FERRY * 12}\n{scattered}")
    assert finding.evidence.kin is not None
    assert len(finding.evidence.kin.differing) == MAX_MARKS


@pytest.mark.parametrize("text", ["", "\n\n", FERRY, "a\n" * 50])
def test_nothing_to_compare_is_no_finding(text: str) -> None:
    assert find(text) == []


paragraphs = st.sampled_from((FERRY, BRIDGE, HARBOUR, ORCHARD))


@st.composite
def edited(draw: st.DrawFn) -> str:
    """A paragraph with a few characters replaced, or with a part cut out."""
    text = draw(paragraphs)
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(text) - 1))
        text = text[:place] + draw(st.sampled_from("某 x也0")) + text[place + 1 :]
    cut = draw(st.integers(0, 8))
    return text[:20] + text[20 + cut :]


@given(st.lists(edited(), min_size=2, max_size=12), st.sampled_from(["first", "longest"]))
def test_bands_give_the_same_findings_as_samples(many: list[str], keep: str) -> None:
    text = "\n".join(many)
    plain = find(text, keep=keep)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "MAX_SAMPLED_TEXTS", 0)
        assert find(text, keep=keep) == plain
        patch.setattr(nearest, "MAX_STRING_SHINGLE_CHARS", 0)
        assert find(text, keep=keep) == plain


@given(st.lists(edited(), min_size=2, max_size=12), st.sampled_from([800, 900, 970]))
def test_every_finding_is_true_and_no_kin_is_itself_found(many: list[str], threshold: int) -> None:
    text = "\n".join(many)
    document = Document("", text)
    findings = find(text, threshold=threshold)
    found = {finding.span for finding in findings}
    assert len(found) == len(findings)
    assert [finding.span for finding in findings] == sorted(found)
    for finding in findings:
        kin = finding.evidence.kin
        assert kin is not None
        assert kin.span not in found
        own = document.keys[document.line_at(finding.span.start)]
        kept = document.keys[kin.first_line - 1]
        k = min(shingle_length(own), shingle_length(kept))
        assert kin.score == max(text_jaccard(own, kept, k), edit_similarity(own, kept)) >= threshold


def test_of_edited_copies_that_keep_four_fifths_ninety_nine_in_a_hundred_are_found() -> None:
    others = "\n".join((FERRY, BRIDGE, HARBOUR, ORCHARD))
    chance = 7
    alike = found = 0
    for number in range(600):
        paragraph = (FERRY, BRIDGE, HARBOUR, ORCHARD)[number % 4]
        copy = ""
        for character in paragraph:
            chance = (chance * 1_103_515_245 + 12_345) % 2**31
            # A tenth to a fifth of the characters are replaced, left out or followed by another one.
            roll = chance // 2**11 % 1000 - 100 - number % 3 * 45
            copy += character if roll >= 0 else ("某", "x", "", character + "z")[-roll % 4]
        if edit_similarity(paragraph, copy) >= 800:
            alike += 1
            found += len(find(f"{others}\n{copy}"))
    assert alike >= 500
    assert found * 100 >= alike * 99


class TestHostileTexts:
    """Work is bounded by counts; these would take minutes if a pair of loops hid somewhere."""

    def test_very_many_equal_paragraphs(self) -> None:
        count = 20_000
        findings = find("\n".join([FERRY] * count))
        assert len(findings) == count - 1
        assert {finding.evidence.kin.first_line for finding in findings if finding.evidence.kin} == {1}

    def test_one_giant_paragraph(self) -> None:
        giant = FERRY * (1_000_000 // len(FERRY))
        assert find(f"{giant}\n{HARBOUR}") == []
        (finding,) = find(f"{giant}\n{giant[:500_000]}某{giant[500_000:]}")
        assert finding.evidence.kin is not None
        assert finding.evidence.kin.measure == "jaccard"
        assert finding.evidence.kin.differing == ()

    def test_all_characters_equal(self) -> None:
        assert len(find(f"{'啊' * 400_000}\n{'啊' * 400_001}\n{'啊' * 100}")) == 1

    def test_very_many_paragraphs_of_one_form_with_other_numbers(self) -> None:
        assert find("\n".join(f"{FERRY}{number}" for number in range(5_000))) == []

    def test_very_many_edits_of_one_paragraph(self) -> None:
        signs = "甲乙丙丁戊己庚辛壬癸"
        copies = (
            f"{FERRY[:30]}{signs[a]}{signs[b]}{signs[c]}{FERRY[30:]}"
            for a in range(8)
            for b in range(10)
            for c in range(10)
        )
        findings = find("\n".join(copies))
        assert len(findings) == 799
        assert {finding.evidence.kin.first_line for finding in findings if finding.evidence.kin} == {1}


def test_a_clean_document_imports_nothing_heavy() -> None:
    code = f"""
import sys
from types import SimpleNamespace
from scrubber.detect.neardup import NeardupDetector
from scrubber.model.document import Document
from scrubber.model.finding import RuleInfo
from scrubber.rules.schema import NeardupRule
document = Document("a", {chr(10).join((FERRY, BRIDGE, HARBOUR, ORCHARD, FERRY))!r})
flags = [False] * 5
rule = NeardupRule(info=RuleInfo("t/n", "neardup", "", "", ""))
scan = SimpleNamespace(document=document, chrome=flags, protected=flags)
print(len(list(NeardupDetector([rule]).find(scan))))
print(sorted({{"numpy", "datasketch", "scipy", "rapidfuzz"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["1", "[]"]
