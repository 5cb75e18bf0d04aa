"""Promises of the CSV report: rows that any reader of RFC 4180 gets back, and cells that are no formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_samples import ferry, hostile, result, verdict
from scrubber.errors import Failure
from scrubber.model import Action, CleanResult, Confidence, Kin, Outcome, Span
from scrubber.report import REPORTS, ReportOptions, RunEnd
from scrubber.report.spreadsheet import COLUMNS, MAX_CELL_CHARS, cell


def written(results: Iterable[CleanResult], **options: Any) -> str:
    out = io.StringIO(newline="")
    REPORTS["csv"](results, out, ReportOptions(**options))
    return out.getvalue()


def rows_of(text: str) -> list[dict[str, str]]:
    assert text[0] == "\ufeff"
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), strict=True))


def test_a_row_for_each_finding_in_the_order_of_the_text() -> None:
    text = written((ferry(),))
    assert text.split("\r\n")[0] == "\ufeff" + ",".join(COLUMNS)
    assert text.count("\n") == text.count("\r\n") == 6
    rows = rows_of(text)
    assert [(row["rule"], row["first line"], row["last line"], row["outcome"]) for row in rows] == [
        ("zh/breadcrumb", "1", "1", "removed"),
        ("core/near-duplicate", "5", "5", "flagged"),
        ("core/spaces", "6", "6", "replaced"),
        ("core/spaces", "6", "6", "replaced"),
        ("seed-news/related-tail", "10", "22", "removed"),
    ]
    assert rows[1] == {
        "document": "seeds/ferry.txt", "first line": "5", "last line": "5", "rule": "core/near-duplicate",
        "kind": "neardup", "title": "Title of core/near-duplicate", "outcome": "flagged", "confidence": "possible",
        "score": "1000", "reason": "81 % of its shingles are in line 8; numbers differ", "why": "",
        "repeats": "seeds/ferry.txt:8", "characters": "41", "text": "The ferry carries 240 people and 12 cars.",
        "replacement": "", "rights": "", "fingerprint": "0123456789abcdef",
    }  # fmt: skip
    assert rows[0]["text"] == "首页 > 新闻 > 正文"


def test_settled_findings_and_guesses_come_on_request() -> None:
    guess = result("a\n", (), (verdict("t/g", Span(0, 1), Outcome.FLAGGED, "perhaps", kind="statistic",
                                       confidence=Confidence.POSSIBLE, action=Action.FLAG),))  # fmt: skip
    assert len(rows_of(written((ferry(), guess)))) == 5
    rows = rows_of(written((ferry(), guess), show_all=True))
    assert [row["outcome"] for row in rows if row["outcome"] not in ("removed", "replaced", "flagged")] == [
        "kept", "overlapped", "guessed",
    ]  # fmt: skip


def test_what_failed_has_a_row_at_the_end() -> None:
    lost = Failure("in/lost.txt", "in/lost.txt", "cannot be read.", "=Look there.")
    rows = rows_of(written((ferry(),), ended=lambda: RunEnd((lost,))))
    assert (rows[-1]["document"], rows[-1]["outcome"], rows[-1]["reason"], rows[-1]["why"]) == (
        "in/lost.txt", "failed", "cannot be read.", "'=Look there.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'    =1"),
        ("\rx", "'␍x"), ("\nx", "'␊x"), ("  =1", "'  =1"), ("\u00a0=1", "'\u00a0=1"), ("＝1", "'＝1"),
        ("a;=1", "a;'=1"), ('a;"=1', "a;\"'=1"), ("a; '-1", "a; ''-1"), ("a; b", "a; b"), ("渡轮-返航", "渡轮-返航"),
        ("a, -5", "a, -5"), ("", ""), ("\u200b=1", "<U+200B>=1"), ("\u202e=1", "<U+202E>=1"),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(text: str, shown: str) -> None:
    assert cell(text) == shown


NASTY = ("=cmd|' /C calc'!A0", "+", "-", "@", "\t", "\r", "\n", ";", ",", '"', "'", "\x1b]0;t\x07", "\u202e", "＝", "渡",
         "<script>", "::error::x", "##[a]", "\u2028", " ")  # fmt: skip
nasty = st.lists(st.sampled_from(NASTY), max_size=6).map("".join)


def cells_in_any_country(text: str) -> Iterator[str]:
    """The cells of a file as programs see them that part at commas, and as those do that part at semicolons."""
    for mark in ",;":
        for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=mark):
            yield from row
    yield from re.split("[;\r\n]", text.removeprefix("\ufeff"))


@given(nasty, nasty, nasty)
def test_foreign_text_stays_text(path: str, reason: str, body: str) -> None:
    claim = verdict(f"x/{reason}", Span(0, len(body)), Outcome.FLAGGED, reason, reason=body, replacement=body,
                    rights=path, kin=Kin(path, 1, 2, reason, 700))  # fmt: skip
    text = written(
        (result(f"{body}\n", (), (claim,), id=path),), ended=lambda: RunEnd((Failure("", path, reason, body),))
    )
    assert len(rows_of(text)) == 2
    for found in cells_in_any_country(text):
        assert not found.lstrip(' "\r\n').startswith(("=", "+", "-", "@", "＝")), found
        assert found.replace("\r\n", "").isprintable()


def test_hostile_results_stay_printable() -> None:
    text = written((hostile(),))
    assert all(line.isprintable() for line in text.removeprefix("\ufeff").split("\r\n"))
    assert rows_of(text)[0]["rule"] == "x/␛[2J[red]"


def test_long_texts_are_cut_and_counted() -> None:
    made = result("渡" * 5000, (), (verdict("t/x", Span(0, 5000), Outcome.FLAGGED, "why"),))
    (row,) = rows_of(written((made,)))
    assert (len(row["text"]), row["characters"]) == (MAX_CELL_CHARS, "5000")
    assert row["text"].endswith("…")


def test_rows_are_written_before_the_next_result_is_made() -> None:
    out = io.StringIO(newline="")
    seen: list[int] = []

    def results() -> Iterator[CleanResult]:
        for _ in range(3):
            seen.append(out.getvalue().count("Title of zh/breadcrumb"))
            yield ferry()

    REPORTS["csv"](results(), out, ReportOptions())
    assert seen == [0, 1, 2]
