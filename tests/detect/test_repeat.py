"""The repeat detector: which lines go, which are shown, and what is said of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from repeat_texts import CHINESE, ENGLISH, EXTRA_CHINESE, EXTRA_ENGLISH, prose, rule, scan_of
from repeat_traps import TRAPS
from scrubber.detect.repeat import RepeatDetector
from scrubber.model.document import Document
from scrubber.model.finding import Action, Confidence, Finding
from scrubber.text.fold import fold, skeleton


def findings(lines: list[str], settings: dict[str, Any] | None = None, **scan: Any) -> list[Finding]:
    return list(RepeatDetector([rule(**(settings or {}))]).find(scan_of("\n".join(lines) + "\n", **scan)))


def numbers(lines: list[str], found: list[Finding], action: Action) -> list[int]:
    """Numbers of the lines, not blank, that findings with this action span."""
    document = Document("page.txt", "\n".join(lines) + "\n")
    spanned: list[int] = []
    for finding in found:
        if finding.action is action:
            first, last = document.lines_of(finding.span)
            assert document.span_of(first, last) == finding.span, "whole lines with their endings"
            spanned += [index + 1 for index in range(first, last + 1) if not document.blank[index]]
    return spanned


class Case(NamedTuple):
    lines: list[str]
    removed: list[int]
    flagged: list[int] = []  # noqa: RUF012  (a NamedTuple default, never changed)
    settings: dict[str, Any] = {}  # noqa: RUF012
    scan: dict[str, Any] = {}  # noqa: RUF012


def span(first: int, last: int) -> list[int]:
    return list(range(first, last + 1))


CHROME_ZH = ["分享到微信", "责任编辑 小王", "高端视点"]
CHROME_EN = ["Share this story", "Print", "More from the coast"]
METADATA_ONE = ["时间:2023-01-10 09:55:00来源:《北湾日报》2023年第1期作者:林小满"]
METADATA_THREE = ["时间:2023-01-10 09:55:00", "来源:《北湾日报》2023年第1期", "作者:林小满"]


def with_blanks(lines: list[str]) -> list[str]:
    return [part for line in lines for part in (line, "")]


def wrapped(lines: list[str], width: int) -> list[str]:
    """Lines cut into pieces of one width, blank lines between."""
    return [piece for line in lines for piece in (*(line[at : at + width] for at in range(0, len(line), width)), "")]


CASES: dict[str, Case] = {}
for name, body, chrome, extra in (
    ("zh", CHINESE, CHROME_ZH, EXTRA_CHINESE),
    ("en", ENGLISH, CHROME_EN, EXTRA_ENGLISH),
):
    size = len(body)
    corrected = [*body[:5], body[5].replace("一早", "清早").replace("already", "just"), *body[6:]]
    other_number = [*body[:4], body[4].replace("。", "，共用了12天。").replace(".", " of 12 tons."), *body[5:]]
    other_number_first = [*body[:4], body[4].replace("。", "，共用了15天。").replace(".", " of 15 tons."), *body[5:]]
    rewritten = [*body[:2], body[2][: len(body[2]) * 7 // 10] + extra[: len(body[2]) * 3 // 10], *body[3:]]
    CASES |= {
        f"{name}: twice, chrome between": Case([*body, *chrome, *body], span(size + 4, 2 * size + 3)),
        f"{name}: twice, with blank lines": Case(
            with_blanks([*body, *chrome, *body]), list(range(2 * size + 7, 4 * size + 6, 2))
        ),
        f"{name}: three times": Case(
            [*body, chrome[0], *body, chrome[1], *body],
            [*span(size + 2, 2 * size + 1), *span(2 * size + 3, 3 * size + 2)],
        ),
        f"{name}: second copy with a further paragraph stays": Case(
            [*body, *chrome, *body[:4], extra, *body[4:]], span(1, size)
        ),
        f"{name}: with a further paragraph, keep first": Case(
            [*body, *chrome, *body[:4], extra, *body[4:]],
            [*span(size + 4, size + 7), *span(size + 9, 2 * size + 4)],
            settings={"keep": "first"},
        ),
        f"{name}: a further paragraph at the end, keep longest": Case(
            [*body, *chrome, *body, extra], span(1, size), settings={"keep": "longest"}
        ),
        f"{name}: corrected in a word": Case([*body, *chrome, *corrected], span(size + 4, 2 * size + 3)),
        f"{name}: a number differs": Case(
            [*other_number_first, *chrome, *other_number],
            [n for n in span(size + 4, 2 * size + 3) if n != size + 8],
            flagged=[size + 8],
        ),
        f"{name}: a paragraph rewritten": Case(
            [*body, *chrome, *rewritten],
            [n for n in span(size + 4, 2 * size + 3) if n != size + 6],
            flagged=[size + 6],
        ),
        f"{name}: the copy with chrome inside goes": Case(
            [*body[:3], "广告", *body[3:], chrome[0], *body], [*span(1, 3), *span(5, size + 1)]
        ),
        f"{name}: known chrome inside does not count": Case(
            [*body[:3], "广告", *body[3:], chrome[0], *body], span(size + 3, 2 * size + 2), scan={"chrome": {4}}
        ),
        f"{name}: inside a tail of teasers": Case(
            [*body, "推荐阅读", *prose(3, 3), *body, "版权所有"], span(size + 5, 2 * size + 4)
        ),
        f"{name}: second copy is one long line": Case([*body, chrome[0], "".join(body)], [size + 2]),
        f"{name}: first copy is one long line": Case(["".join(body), chrome[0], *body], span(3, size + 2)),
        f"{name}: one long line that says more stays": Case([*body, chrome[0], "".join(body) + extra], span(1, size)),
        f"{name}: long body and one long line": Case(
            [*prose(73, 40, name), chrome[0], "".join(prose(73, 40, name))], [42]
        ),
        f"{name}: one long line and a long body": Case(
            ["".join(prose(73, 40, name)), chrome[0], *prose(73, 40, name)], span(3, 42)
        ),
        f"{name}: different metadata layout": Case(
            [body[0], *METADATA_ONE, *body[1:], *chrome, body[0], *METADATA_THREE, *body[1:]],
            span(size + 5, 2 * size + 7),
        ),
        f"{name}: punctuation and spaces aside": Case(
            [*body, *chrome, *(line.replace("，", " ， ").replace(", ", " ,") for line in body)],
            span(size + 4, 2 * size + 3),
        ),
        f"{name}: protected lines stay": Case(
            [*body, *chrome, *body],
            [n for n in span(size + 4, 2 * size + 3) if n != size + 6],
            settings={"keep": "first"},
            scan={"protected": {size + 6}},
        ),
        f"{name}: the copy with protected lines is the one that stays": Case(
            [*body, *chrome, *body], span(1, size), scan={"protected": {size + 6}}
        ),
        f"{name}: only where the rule looks": Case(
            [*body, *chrome, *body], span(1, size), settings={"where": "head"}, scan={"zones": {"head": span(1, size)}}
        ),
        f"{name}: shorter than the rule asks for": Case([*body, *chrome, *body], [], settings={"min_lines": 12}),
        f"{name}: fewer characters than the rule asks for": Case(
            [*body, *chrome, *body], [], settings={"min_chars": 5_000}
        ),
    }
#: A short article: fewer than 200 characters are left when one of its lines does not count.
SHORT = [
    "渡轮恢复开行的第一天码头上站满了人",
    "渡轮停了十一个星期以后今天中午重新开行，码头上站着的人比船上坐得下的多出一倍，还有人牵着驴，驴背上驮着两筐鸡蛋。",
    "船老大说，这条新缆绳有三十丈长，是从山那边的镇上一段一段运过来的，光是绞紧就用了两天，中间还下过一场雨。",
    "学校的学生今天不用再绕道大桥，每人少走七公里，教导主任把上课的时间又改回了早上八点半以前。",
    "镇上的会计在岸边摆了一张桌子，给每个上船的人登记名字，说是要看看一天到底有多少人过河。",
]
CASES |= {
    "teaser of lead and three paragraphs above the body": Case([*ENGLISH[:4], *CHROME_EN, *ENGLISH], span(1, 4)),
    "Chinese teaser of four paragraphs above the body": Case(
        [*prose(71, 4), "展开全文", *prose(71, 4), *prose(72, 5)], span(1, 4)
    ),
    "title printed twice": Case(
        ["首页", "渡轮恢复开行", "", "渡轮恢复开行", *CHINESE[1:]],
        [4],
        settings={"min_lines": 1, "min_chars": 6, "where": "before-body", "keep": "first"},
        scan={"zones": {"before-body": {1, 2, 3, 4}}},
    ),
    "title that stands in the body too": Case(
        ["渡轮恢复开行", *CHINESE[1:4], "渡轮恢复开行", *CHINESE[4:]],
        [],
        settings={"min_lines": 1, "min_chars": 6, "where": "before-body", "keep": "first"},
        scan={"zones": {"before-body": {1}}},
    ),
    "titles that differ in a number": Case(
        ["渡轮通报第1.5号", "渡轮通报第15号", *CHINESE[1:]],
        [],
        settings={"min_lines": 1, "min_chars": 6, "where": "before-body", "keep": "first"},
        scan={"zones": {"before-body": {1, 2}}},
    ),
    "title above a copy, with another byline between": Case(
        [*prose(73, 3), "渡轮恢复开行的第一天", *CHINESE[1:], "评论", "渡轮恢复开行的第一天", "文/小陈", *CHINESE[1:]],
        [len(CHINESE) + 5, *span(len(CHINESE) + 7, 2 * len(CHINESE) + 5)],
    ),
    "a short body of which a number was corrected": Case(
        [*SHORT, "分享", *SHORT[:2], SHORT[2].replace("三十", "三十二"), *SHORT[3:]],
        [*span(7, 8), *span(10, 11)],
        flagged=[9],
    ),
    "a short copy with one more paragraph": Case(
        [*SHORT, "分享", *SHORT[:3], prose(74, 1)[0], *SHORT[3:]],
        span(1, 5),
    ),
    "a poem that is the whole page": Case(
        [*prose(81, 12, "en")[0].split()[:1], *(f"and {line[:38]}" for line in prose(82, 14, "en"))] * 2, span(16, 30)
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_only_lines_that_have_their_twin_go(case: Case) -> None:
    found = findings(case.lines, case.settings, **case.scan)
    assert numbers(case.lines, found, Action.REMOVE) == case.removed
    assert numbers(case.lines, found, Action.FLAG) == case.flagged


@pytest.mark.parametrize("lines", TRAPS.values(), ids=list(TRAPS))
@pytest.mark.parametrize("keep", ["cleanest", "first"])
def test_text_that_repeats_by_nature_stays(lines: list[str], keep: str) -> None:
    found = findings(lines, {"keep": keep})
    assert numbers(lines, found, Action.REMOVE) == []


@pytest.mark.parametrize("name", [name for name in TRAPS if "song" in name or "statute" in name or "minutes" in name])
def test_what_is_clearly_no_copy_is_not_even_shown(name: str) -> None:
    assert findings(TRAPS[name]) == []


def test_large_run_without_running_text_is_shown_and_stays() -> None:
    (finding,) = findings(TRAPS["table with rows that come in blocks"])
    assert (finding.action, finding.confidence) == (Action.FLAG, Confidence.POSSIBLE)
    assert finding.evidence.summary == "12 lines stand elsewhere in this document too, but may belong there"


@pytest.mark.parametrize("keep", ["cleanest", "longest"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_of_copies_wrapped_at_different_widths_one_goes_whole(language: str, keep: str) -> None:
    body = prose(74, 30, language)
    page = [*wrapped(body, 70), "Share", *wrapped(body, 60)]
    removed = numbers(page, findings(page, {"keep": keep}), Action.REMOVE)
    # A last piece of less than four letters is too short to be found in another line.
    assert removed == [n for n, line in enumerate(page[: page.index("Share")], 1) if len(skeleton(fold(line))) > 3]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_copy_that_would_be_left_in_pieces_stays(language: str) -> None:
    body = prose(74, 30, language)
    page = [*wrapped(body, 70), "Share", *wrapped(body, 60)]
    assert numbers(page, findings(page, {"keep": "first"}), Action.REMOVE) == []


def test_finding_says_what_it_repeats() -> None:
    page = [*CHINESE, "分享到微信", *CHINESE]
    (finding,) = findings(page, {"confidence": Confidence.CERTAIN})
    document = Document("page.txt", "\n".join(page) + "\n")
    kin = finding.evidence.kin
    assert finding.evidence.summary == "8 lines that stand elsewhere in this document"
    assert finding.evidence.facts[0] == ("lines", "8")
    assert ("equal", "8") in finding.evidence.facts
    assert kin is not None
    assert (kin.document_id, kin.first_line, kin.last_line) == ("page.txt", 1, 8)
    assert (kin.measure, kin.score, kin.span) == ("equal", 1000, document.span_of(0, 7))
    assert finding.confidence is Confidence.CERTAIN
    assert finding.anchor is not None
    assert document.text[finding.anchor.start : finding.anchor.end] == CHINESE[0]


def test_edited_twins_are_at_most_likely() -> None:
    page = [*ENGLISH, "Share", *ENGLISH[:3], ENGLISH[3].replace("plan", "plans"), *ENGLISH[4:]]
    (finding,) = findings(page, {"confidence": Confidence.CERTAIN})
    assert finding.confidence is Confidence.LIKELY
    assert finding.evidence.kin is not None
    assert finding.evidence.kin.measure == "edit"
    assert 850 <= finding.score < 1000


def test_each_further_copy_names_the_same_kept_one() -> None:
    page = [*ENGLISH, "Share", *ENGLISH, "Print", *ENGLISH, "Mail", *ENGLISH]
    kin = [finding.evidence.kin for finding in findings(page)]
    assert [(one.first_line, one.last_line) for one in kin if one] == [(1, 8)] * 3


def test_foreign_lines_part_the_findings_and_stay() -> None:
    page = [*ENGLISH, "Share", *ENGLISH[:4], "An offer of the day", *ENGLISH[4:]]
    found = findings(page)
    assert [finding.evidence.summary for finding in found] == [
        "4 lines that stand elsewhere in this document",
        "4 lines that stand elsewhere in this document",
    ]


def test_rule_that_flags_removes_nothing() -> None:
    found = findings([*ENGLISH, "Share", *ENGLISH], {"action": Action.FLAG})
    assert [finding.action for finding in found] == [Action.FLAG]


def test_counterpart_whose_numbers_differ_says_so() -> None:
    number = "The pier is {} metres long and was measured twice by the harbour office before the ferry came back to it."
    inner = [*ENGLISH[:4], number.format(180), *ENGLISH[4:], "Share", *ENGLISH[:4], number.format(185), *ENGLISH[4:]]
    (flag,) = [finding for finding in findings(inner) if finding.action is Action.FLAG]
    assert flag.evidence.summary == "counterpart of another line in a repeated run, but the numbers differ"
    assert flag.confidence is Confidence.POSSIBLE


def test_line_with_another_decimal_point_is_no_twin() -> None:
    line = "The fare was raised by {} percent at the beginning of the year, which the islanders took with a sigh."
    page = [*ENGLISH[:4], line.format("1.5"), *ENGLISH[4:], "Share", *ENGLISH[:4], line.format("15"), *ENGLISH[4:]]
    assert 15 not in numbers(page, findings(page), Action.REMOVE)


def test_text_as_written_is_compared_with_fold_exact() -> None:
    page = [*ENGLISH, "Share", *(line.upper() for line in ENGLISH)]
    assert numbers(page, findings(page), Action.REMOVE) == span(10, 17)
    assert findings(page, {"fold": "exact"}) == []


@pytest.mark.parametrize("text", ["", "\n\n", "one line", "a\nb\nc", "。\n。\n。\n。\n。\n。\n。\n。\n"])
def test_text_too_short_for_a_repeat_gives_nothing(text: str) -> None:
    assert list(RepeatDetector([rule()]).find(scan_of(text))) == []


def test_small_document_with_equal_copies_imports_neither_numpy_nor_rapidfuzz() -> None:
    program = (
        "import sys\n"
        "from repeat_texts import CHINESE, rule, scan_of\n"
        "from scrubber.detect.repeat import RepeatDetector\n"
        "text = chr(10).join([*CHINESE, 'x', *CHINESE])\n"
        "assert len(list(RepeatDetector([rule()]).find(scan_of(text)))) == 1\n"
        "print(sorted({'numpy', 'rapidfuzz', 'datasketch'} & set(sys.modules)))\n"
    )
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False,
        env={"PYTHONPATH": f"{here}:{here.parent.parent}"},
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_numbers_written_in_another_way_are_the_same_numbers() -> None:
    lines = [
        "闸门样机在灌区的渠道里泡了{}天，团队每天派人去看一次水位，村里的老人常来帮忙记录读数。",
        "“那{}天里谁也没有睡好觉，半夜还要起来清理浮筒下面的泥沙。”队长后来在总结会上对大家说。",
    ]
    first = [*CHINESE[:4], *(line.format("二十三") for line in lines), *CHINESE[4:]]
    second = [*CHINESE[:4], *(line.format("23") for line in lines), *CHINESE[4:]]
    page = [*first, "分享到微信", *second]
    assert numbers(page, findings(page), Action.REMOVE) == span(12, 21)
    other = [*first, "分享到微信", *(line.replace("23", "24") for line in second)]
    assert {16, 17}.isdisjoint(numbers(other, findings(other), Action.REMOVE))
