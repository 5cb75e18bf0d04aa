"""Promises of the report as GitHub workflow commands. They are read back as GitHub's own runner reads them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_samples import ferry, hostile, result, verdict
from scrubber.errors import Failure
from scrubber.model import CleanResult, Confidence, Edit, Kin, Origin, Outcome, Span, Verdict
from scrubber.report import REPORTS, ReportOptions, RunEnd
from scrubber.report.github import MAX_MESSAGE_CHARS, command

REGISTERED = ("error", "warning", "notice", "add-mask", "stop-commands", "group", "debug", "set-output")
Parsed = tuple[str, dict[str, str], str]


def as_runner_reads(line: str) -> Parsed | None:
    """The command in one line of a log, by the rules of `ActionCommand.cs` in actions/runner: the newer form, which
    must begin the line, then the older one, which may stand anywhere.
    """
    begun = line.lstrip()
    if begun.startswith("::") and (end := begun.find("::", 2)) >= 0:
        name, _, given = begun[2:end].partition(" ")
        if name in REGISTERED:
            pairs = [pair.split("=", 1) for pair in given.strip().split(",") if pair]
            properties = {pair[0]: unescaped(pair[1], ":,") for pair in pairs if len(pair) == 2 and pair[1]}
            return name, properties, unescaped(begun[end + 2 :], "")
    start = line.find("##[")
    if start >= 0 and (end := line.find("]", start)) >= 0:
        name = line[start + 3 : end].partition(" ")[0]
        if name in REGISTERED:
            return name, {}, line[end + 1 :]
    return None


def unescaped(text: str, more: str) -> str:
    for character in ("\r", "\n", *more, "%"):
        text = text.replace(f"%{ord(character):02X}", character)
    return text


def report(*results: CleanResult, **options: Any) -> tuple[list[Parsed], str]:
    """The commands, and the line of totals."""
    out = io.StringIO(newline="")
    REPORTS["github"](results, out, ReportOptions(**options))
    text = out.getvalue()
    assert text.endswith("\n")
    *lines, closing = text.split("\n")[:-1]
    assert as_runner_reads(closing) is None
    assert closing.startswith("scrubber: ")
    parsed = [as_runner_reads(line) for line in lines]
    assert None not in parsed
    return [each for each in parsed if each is not None], closing


def removal(number: int, *, lines: int = 1, sure: Confidence = Confidence.LIKELY, id: str = "a.txt") -> CleanResult:  # noqa: A002
    body = "x\n" * lines
    claim = verdict("t/bar", Span(0, len(body)), Outcome.REMOVED, f"bar {number}", confidence=sure)
    return result(f"{body}stays\n", (Edit(claim.finding.span, "", ("t/bar",), (0,)),), (claim,), id=id)


def test_one_annotation_for_each_hunk_with_its_place() -> None:
    found, closing = report(ferry())
    assert [(level, given["line"], given["endLine"]) for level, given, _ in found] == [
        ("error", "1", "1"), ("error", "10", "22"), ("error", "6", "6"), ("warning", "5", "5"),
    ]  # fmt: skip
    _, given, message = found[0]
    assert given == {"file": "seeds/ferry.txt", "line": "1", "endLine": "1", "title": "zh/breadcrumb (certain)"}
    assert message == "seeds/ferry.txt:1: removed: A path of links stands above the title"
    assert found[1][2].startswith('seeds/ferry.txt:10-22: removed: "Related stories" opens')
    assert found[3][2].endswith("\nkin: seeds/ferry.txt:8")
    assert closing == "scrubber: 3 errors, 1 warning, 0 notices in 1 of 1 document."


def test_the_form_is_that_of_the_documentation() -> None:
    assert command("error", "m", file="a.js", line=1, endLine=2, title="T") == (
        "::error file=a.js,line=1,endLine=2,title=T::m"
    )
    assert command("notice", "m") == "::notice::m"
    assert command("warning", "a%b\r\nc: d, e", file="C:\\a,b%.txt\n") == (
        "::warning file=C%3A\\a%2Cb%25.txt%0A::a%25b%0D%0Ac: d, e"
    )


@given(st.text(), st.text())
def test_what_goes_in_comes_out_of_the_runner(message: str, file: str) -> None:
    line = command("error", message, file=file, title="t")
    assert "\n" not in line
    assert "\r" not in line
    assert as_runner_reads(line) == (
        "error", {**({"file": file} if file else {}), "title": "t"}, message.replace("##[", "## ["),
    )  # fmt: skip


NASTY = (
    "::error::x", "\n::warning::y", "\r::stop-commands::z", "##[add-mask]a", "\x1b]0;t\x07", "\u202e", "%0A::error::",
    "a,b:c=d%", "::", "\u2028::error::", "\x85", "\udc80", "渡轮",
)  # fmt: skip
nasty = st.lists(st.sampled_from(NASTY), max_size=4).map("".join)


@given(nasty, nasty, nasty, nasty)
def test_foreign_text_starts_no_command_and_steers_nothing(path: str, rule: str, reason: str, body: str) -> None:
    text = f"{body}\nstays\n"
    origin = Origin(path=f"in/{path}", sha256="", size=1)
    claim = verdict(f"x/{rule}", Span(0, len(text)), Outcome.FLAGGED, reason, reason=reason,
                    kin=Kin(path or "k", 1, 2, "equal", 1000))  # fmt: skip
    made = result(text, (), (claim,), id=f"in/{path.replace('%', '%25').replace('#', '%23')}", origin=origin)
    lost = Failure(path, path, reason, rule)
    out = io.StringIO(newline="")
    REPORTS["github"]((made,), out, ReportOptions(ended=lambda: RunEnd((lost,))))
    lines = out.getvalue().split("\n")
    assert len(lines) == 4
    assert all(line.isprintable() for line in lines)
    assert [parsed and parsed[0] for parsed in map(as_runner_reads, lines)] == ["error", "warning", None, None]
    assert set(as_runner_reads(lines[1])[1]) == {"file", "line", "endLine", "title"}  # type: ignore[index]


def test_hostile_results_stay_printable() -> None:
    found, _ = report(hostile())
    assert all(
        part.replace("\n", "").isprintable() for _, given, message in found for part in (*given.values(), message)
    )


def test_only_the_ten_worst_of_each_level_are_written_and_the_rest_is_counted() -> None:
    many = [removal(number, lines=number, id=f"{number:02}.txt") for number in range(1, 14)]
    sure = removal(99, sure=Confidence.CERTAIN, id="z.txt")
    found, closing = report(*many, sure)
    assert len(found) == 10
    assert found[0][1]["file"] == "z.txt"
    assert [given["file"] for _, given, _ in found[1:]] == [f"{number:02}.txt" for number in range(13, 4, -1)]
    assert closing == (
        "scrubber: 14 errors, 0 warnings, 0 notices in 14 of 14 documents."
        " Not shown, for GitHub keeps 10 of each level a step: 4 errors."
    )


def test_the_order_of_documents_changes_nothing() -> None:
    many = [removal(number, id=f"{number:02}.txt") for number in range(25)]
    assert report(*many) == report(*reversed(many))


def test_failures_are_errors_and_come_first() -> None:
    lost = [Failure(f"{number}.txt", f"in/{number}.txt", "binary.", "Leave it out.") for number in (1, 2)]
    found, closing = report(removal(1, sure=Confidence.CERTAIN), ended=lambda: RunEnd(tuple(lost)))
    assert [given["title"] for _, given, _ in found] == ["input failed", "input failed", "t/bar (certain)"]
    assert found[0][1]["file"] == "1.txt"
    assert found[0][2] == "in/1.txt: binary. Leave it out."
    assert closing == "scrubber: 3 errors, 0 warnings, 0 notices in 3 of 3 documents."


@pytest.mark.parametrize(
    ("outcome", "level"),
    [
        (Outcome.FLAGGED, "warning"), (Outcome.LIMITED, "warning"), (Outcome.KEPT, "notice"),
        (Outcome.DECIDED, "notice"), (Outcome.VOID, "notice"),
    ],
)  # fmt: skip
def test_levels_say_whether_clean_would_act(outcome: Outcome, level: str) -> None:
    made = result("one\ntwo\n", (), (verdict("t/x", Span(0, 4), outcome, "why"),))
    assert [each[0] for each in report(made, show_all=True)[0]] == [level]
    assert len(report(made)[0]) == (level != "notice")


def test_a_finding_about_the_whole_file_points_at_its_first_line() -> None:
    made = result("one\n", (), (verdict("core/encoding", Span(0, 0), Outcome.REPLACED, "becomes UTF-8"),), id="g.txt")
    ((_, given, message),) = report(made)[0]
    assert (given["line"], given["endLine"]) == ("1", "1")
    assert message == "g.txt: replaced: becomes UTF-8"


@pytest.mark.parametrize(
    ("id_", "media", "file", "line", "place"),
    [
        ("in/100%25.txt", "text/plain", "in/100%.txt", "2", "in/100%.txt:2: "),
        ("in/a.zip!/b%23.txt", "text/plain", "in/a.zip", "1", "in/a.zip!/b#.txt:2: "),
        ("in/a.jsonl#7", "text/plain", "in/a.jsonl", "1", "in/a.jsonl#7:2: "),
        ("in/a.html", "text/html", "in/a.html", "1", "in/a.html:2: "),
        ("caf%E9.txt", "text/plain", "caf\ufffd.txt", "2", "caf\ufffd.txt:2: "),
    ],
)
def test_annotations_point_at_the_file_that_holds_the_text(
    id_: str, media: str, file: str, line: str, place: str
) -> None:
    claim: Verdict = verdict("t/x", Span(4, 8), Outcome.FLAGGED, "why")
    made = result("one\ntwo\n", (), (claim,), id=id_, origin=Origin(path="x", sha256="", size=8, media_type=media))
    ((_, given, message),) = report(made)[0]
    assert (given["file"], given["line"]) == (file, line)
    assert message.startswith(place)


def test_long_reasons_are_cut_where_the_runner_would_cut_them() -> None:
    claim = verdict(f"t/{'r' * 400}", Span(0, 4), Outcome.FLAGGED, "\U0001f6a2" * 9000)
    ((_, given, message),) = report(result("one\ntwo\n", (), (claim,)))[0]
    assert len(message) == MAX_MESSAGE_CHARS
    assert len(message.encode("utf-16-le")) // 2 <= 4096
    assert len(given["title"]) <= 255
    assert given["title"].endswith("… (likely)")


def test_memory_does_not_grow_with_the_number_of_findings() -> None:
    levels: list[int] = []

    def results() -> Iterable[CleanResult]:
        for number in range(200):
            levels.append(number)
            yield removal(number, id=f"{number:03}.txt")

    out = io.StringIO()
    REPORTS["github"](results(), out, ReportOptions())
    assert out.getvalue().count("\n") == 11
    assert "200 errors" in out.getvalue()
