"""Promises of the Markdown report. It is read as GitHub reads it: with its own fork of cmark."""

from __future__ import annotations

import io
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st

from report_samples import ferry, hostile, result, verdict
from scrubber.errors import Failure
from scrubber.model import Action, CleanResult, Confidence, Edit, Outcome, Span
from scrubber.report import REPORTS, ReportOptions, RunEnd
from scrubber.report.escape import visible
from scrubber.report.markdown import MAX_FILES, MAX_FINDINGS, code, words

#: GitHub's limit for the summaries of one step.
MIB = 1024 * 1024
TAGS = {"h2", "h3", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code"}


def written(results: Iterable[CleanResult], **options: Any) -> str:
    out = io.StringIO(newline="")
    REPORTS["markdown"](results, out, ReportOptions(**options))
    return out.getvalue()


class Page(HTMLParser):
    """The tags of a page, and its tables as rows of the texts of cells."""

    def __init__(self, markdown: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.rows: list[list[str]] = []
        self.in_cell = False
        self.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert all(name == "align" for name, _ in attrs), attrs
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.in_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.in_cell = self.in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.in_cell:
            self.rows[-1][-1] += data


def test_the_page_counts_by_rule_and_by_file_and_shows_the_worst() -> None:
    lost = Failure("lost.txt", "in/lost.txt", "cannot be read.", "Look there.")
    other = result("clean\n", (), (), id="b.txt")
    text = written((ferry(), other), ended=lambda: RunEnd((lost,), (lost,), True))
    assert text.splitlines()[:3] == [
        "## scrubber: 2 removals, 2 replacements, 1 flag in 1 file",
        "",
        "3 read, 1 changed, 1 already clean, **1 failed**, 1 skipped. 46 % of the text goes: 204 of 442 characters."
        " **The run was interrupted; further inputs were not read.**",
    ]  # fmt: skip
    page = Page(text)
    assert page.tags == TAGS
    assert page.rows == [
        ["Input", "Why"],
        ["in/lost.txt", "cannot be read. Look there."],
        ["Rule", "What it is", "Outcome", "Findings", "Documents", "Lines", "Characters"],
        ["seed-news/related-tail", "Title of seed-news/related-tail", "removed", "1", "1", "13", "190"],
        ["zh/breadcrumb", "Title of zh/breadcrumb", "removed", "1", "1", "1", "13"],
        ["core/spaces", "Title of core/spaces", "replaced", "2", "1", "0", "1"],
        ["core/near-duplicate", "Title of core/near-duplicate", "flagged", "1", "1", "1", "41"],
        ["File", "Goes", "Removals", "Replacements", "Flags"],
        ["seeds/ferry.txt", "47 %", "2", "1", "1"],
        ["Place", "Outcome", "Rule", "Reason", "Text"],
        ["seeds/ferry.txt:1", "removed, certain", "zh/breadcrumb", "A path of links stands above the title", "首页 > 新闻 > 正文"],
        ["seeds/ferry.txt:10-22", "removed, likely", "seed-news/related-tail", '"Related stories" opens a tail of 12 entries that reaches the end', page.rows[11][4]],
        ["seeds/ferry.txt:6", "replaced, certain", "core/spaces", "A no-break space between words", page.rows[12][4]],
        ["seeds/ferry.txt:5", "flagged, possible", "core/near-duplicate", "81 % of its shingles are in line 8; numbers differ", "The ferry carries 240 people and 12 cars."],
    ]  # fmt: skip


def test_nothing_to_tell_is_told_in_two_lines() -> None:
    assert written((result("clean\n", (), ()),)) == (
        "## scrubber: Nothing to remove and nothing to flag\n\n1 read, 0 changed, 1 already clean.\n"
    )


def test_settled_findings_and_guesses_come_on_request() -> None:
    guess = result("a\n", (), (verdict("t/g", Span(0, 1), Outcome.FLAGGED, "perhaps", kind="statistic",
                                       confidence=Confidence.POSSIBLE, action=Action.FLAG),))  # fmt: skip
    assert "t/g" not in written((ferry(), guess))
    assert "keep-corrections" not in written((ferry(), guess))
    rows = Page(written((ferry(), guess), show_all=True)).rows
    assert ["t/g", "Title of t/g", "guessed", "1", "1", "1", "1"] in rows
    assert any(row[:3] == ["core/keep-corrections", "Title of core/keep-corrections", "kept"] for row in rows)


def removal(number: int) -> CleanResult:
    text = "x" * number + "\nstays\n"
    claim = verdict(f"t/r{number:04}", Span(0, number + 1), Outcome.REMOVED, "why")
    edit = Edit(claim.finding.span, "", (claim.finding.rule.id,), (0,))
    return result(text, (edit,), (claim,), id=f"{number}.txt")


def test_the_worst_files_and_findings_are_listed_and_the_rest_is_counted() -> None:
    many = [removal(number) for number in range(1, 301)]
    text = written(many)
    rows = Page(text).rows
    files = [row[0] for row in rows if len(row) == 5 and row[0].endswith(".txt")]
    assert files == [f"{number}.txt" for number in range(300, 300 - MAX_FILES, -1)]
    places = [row[0] for row in rows if len(row) == 5 and row[0].endswith(":1")]
    assert places == [f"{number}.txt:1" for number in range(300, 300 - MAX_FINDINGS, -1)]
    for told in ("200 more rules not listed.", "100 more files not listed.", "250 more findings not listed."):
        assert told in text
    assert written(reversed(many)) == text


def test_it_stays_far_below_the_limit_of_github_whatever_is_found() -> None:
    def worst(number: int) -> CleanResult:
        name = "@:#`|*" * 300 + str(number)
        text = "<>|\\" * 1000
        claims = [verdict(name, Span(at, at + 400), Outcome.FLAGGED, "|" * 1000) for at in range(0, 800, 400)]
        return result(text, (), claims, id=f"{'|' * 900}{number}")

    lost = [Failure("", "|" * 9000, "|" * 9000)] * 500
    text = written(map(worst, range(400)), ended=lambda: RunEnd(tuple(lost)))
    assert len(text.encode("utf-8")) < MIB // 2
    assert "not listed" in text


NASTY = ("[a](http://x.example)", "![i](x.png)", "<script>alert(1)</script>", "<img src=x>", "`", "``", "|", "\\|", "\\", "*b*",
         "_u_", "~~s~~", "# h", "- l", "@user", "#12", "GH-12", ":smile:", "$x$", "&lt;", "&#42;", "www.x.example",
         "https://x.example", "mailto:a@x.example", "a@x.example", "<!-- ", "-->", "\x1b]0;t\x07", "\u202e", "\n\n", "\r",
         "::error::x", "##[a]", "=1", "\u2028", "渡轮", "[^1]", "</code>", "\t", "{{", "</details>", " ")  # fmt: skip
nasty = st.lists(st.sampled_from(NASTY), max_size=5).map("".join)


@given(nasty, nasty, nasty)
def test_foreign_text_stays_text(path: str, reason: str, body: str) -> None:
    claim = verdict(f"x/{reason}", Span(0, len(body)), Outcome.FLAGGED, reason)
    made = result(f"{body}\n", (), (claim,), id=f"in/{path}")
    text = written((made,), ended=lambda: RunEnd((Failure("", f"in/{path}", reason, body),)))
    page = Page(text)
    assert page.tags == TAGS
    assert all(line.isprintable() for line in text.split("\n"))
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in text.split("\n"))
    assert page.rows[1][0].rstrip() == visible(f"in/{path}").rstrip()
    (place, _, rule, *_), *_ = [row for row in page.rows if len(row) == 5 and row[0].startswith("in/")][::-1]
    assert place.startswith(visible(f"in/{path}"))
    assert rule.rstrip() == visible(f"x/{reason}").rstrip()


@pytest.mark.parametrize("text", NASTY)
def test_what_github_looks_for_is_code_or_parted(text: str) -> None:
    shown = words(text)
    if not shown.startswith("<code>"):
        assert cmarkgfm.github_flavored_markdown_to_html(f"x {shown}") == f"<p>x {shown}".rstrip() + "</p>\n"
        assert not set(shown) & set("@#:$<>`*_|")
    assert Page(code(text)).tags <= {"p", "code"}


def test_hostile_results_stay_printable() -> None:
    text = written((hostile(),), show_all=True)
    assert all(line.isprintable() for line in text.split("\n"))
    assert Page(text).tags <= TAGS
