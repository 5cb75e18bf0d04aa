"""Promises of the HTML report that need no browser: what stands in the file, and what can not stand in it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_samples import edited, ferry, hostile, result, verdict
from scrubber.errors import Failure
from scrubber.model import Action, CleanResult, Confidence, Edit, Kin, Outcome, Span
from scrubber.report import REPORTS, ReportOptions, RunEnd, html
from scrubber.report.escape import visible
from scrubber.report.html_records import MAX_LINE_CHARS, MAX_LINES


def written(results: Iterable[CleanResult], **options: Any) -> str:
    out = io.StringIO(newline="")
    REPORTS["html"](results, out, ReportOptions(**options))
    return out.getvalue()


class Page(HTMLParser):
    """Elements of a page with their attributes, and the contents of its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.raw.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] in ("script", "style") and self.cdata_elem:
            tag, attributes, before = self.raw[-1]
            self.raw[-1] = (tag, attributes, before + data)

    @property
    def documents(self) -> list[dict[str, Any]]:
        parts = [json.loads(data) for _, attributes, data in self.raw if attributes.get("class") == "part"]
        return [each for part in parts for each in part]

    @property
    def run(self) -> dict[str, Any]:
        (data,) = [data for _, attributes, data in self.raw if attributes.get("id") == "run"]
        return dict(json.loads(data))


def test_the_page_holds_every_hunk_of_the_run() -> None:
    page = Page(written((ferry(), result("clean\n", (), ()))))
    (document,) = page.documents
    assert (document["id"], document["size"], document["removed"]) == ("seeds/ferry.txt", 436, 204)
    assert [(each["first"], each["last"], each["rules"][0], each["outcome"]) for each in document["hunks"]] == [
        (1, 1, "zh/breadcrumb", "removed"),
        (5, 5, "core/near-duplicate", "flagged"),
        (6, 6, "core/spaces", "replaced"),
        (10, 22, "seed-news/related-tail", "removed"),
    ]
    flag = document["hunks"][1]
    assert flag["old"] == [[5, ["The ferry carries ", "240", " people and ", "12", " cars."]]]
    assert flag["kin"] == {
        "where": "line 8",
        "how": "81 % shared shingles",
        "lines": [[8, ["The ferry carries ", "180", " people and ", "9", " cars."]]],
    }
    assert document["hunks"][2]["old"] == [
        [6, ["Tickets", "<U+00A0>", "cost 9 euros, said the office", "<U+200B>", " on Sunday."]]
    ]
    assert page.run["totals"]["removals"] == 2
    assert [(row["id"], row["outcome"], row["characters"]) for row in page.run["rules"]] == [
        ("seed-news/related-tail", "removed", 190),
        ("zh/breadcrumb", "removed", 13),
        ("core/spaces", "replaced", 1),
        ("core/near-duplicate", "flagged", 41),
    ]
    assert page.run["known"]["zh/breadcrumb"] == {
        "title": "Title of zh/breadcrumb", "why": "why", "kind": "line", "at": "rules/x.toml:1",
    }  # fmt: skip


def test_settled_findings_and_guesses_come_on_request() -> None:
    guess = result("a\n", (), (verdict("t/g", Span(0, 1), Outcome.FLAGGED, "perhaps", kind="statistic",
                                       confidence=Confidence.POSSIBLE, action=Action.FLAG),))  # fmt: skip
    assert len(Page(written((guess,))).documents) == 0
    usual = [hunk["outcome"] for each in Page(written((ferry(), guess))).documents for hunk in each["hunks"]]
    assert set(usual) == {"removed", "flagged", "replaced"}
    page = Page(written((ferry(), guess), show_all=True))
    outcomes = {hunk["outcome"] for each in page.documents for hunk in each["hunks"]}
    assert outcomes == {"removed", "flagged", "replaced", "kept", "overlapped", "guessed"}
    assert {row["outcome"] for row in page.run["rules"]} == outcomes


def test_what_failed_and_why_the_run_ended_is_told() -> None:
    lost = [Failure("", f"in/{number}\x1b.bin", "is binary.", "Leave it out.") for number in range(html.MAX_FAILURES + 1)]  # fmt: skip
    run = Page(written((ferry(),), ended=lambda: RunEnd(tuple(lost), (lost[0],), True))).run
    assert run["failures"][0] == ["in/0␛.bin", "is binary. Leave it out."]
    assert len(run["failures"]) == html.MAX_FAILURES
    assert (run["totals"]["failed"], run["totals"]["skipped"], run["interrupted"]) == (201, 1, True)


def test_one_policy_allows_our_style_and_program_and_nothing_else() -> None:
    page = Page(written((ferry(),)))
    (policy,) = [
        given["content"] for tag, given in page.elements if given.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(part.strip().split(" ", 1) for part in str(policy).split(";"))
    digests = {
        tag: f"'sha256-{base64.b64encode(hashlib.sha256(data.encode()).digest()).decode()}'"
        for tag, attributes, data in page.raw
        if "type" not in attributes
    }
    assert rules == {
        "default-src": "'none'", "script-src": digests["script"], "style-src": digests["style"], "base-uri": "'none'",
        "form-action": "'none'", "require-trusted-types-for": "'script'", "trusted-types": "'none'",
    }  # fmt: skip
    names = [tag for tag, _ in page.elements]
    assert names.index("meta") < names.index("style")  # what stands before a policy is not bound by it
    assert [tag for tag, _ in page.elements if tag == "script"] == ["script"] * 3


def test_the_page_asks_nothing_of_any_network_and_makes_no_markup_of_text() -> None:
    page = Page(written(()))
    text = written(())
    assert "http:" not in text
    assert "https:" not in text
    assert "url(" not in text
    assert "@import" not in text
    program = next(data for tag, attributes, data in page.raw if tag == "script" and not attributes)
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "DOMParser",
                 "srcdoc", "setAttribute(\"on", "setAttribute(\"style", "createContextualFragment", "fetch(",
                 "XMLHttpRequest", "import(", "localStorage"):  # fmt: skip
        assert word not in program, word
    for tag, attributes in page.elements:
        assert not {"style", "src", "href", "srcset"} & set(attributes), tag
        assert not any(name.startswith("on") for name in attributes), tag


NASTY = ("</script>", "<script>alert(1)</script>", "<!--", "-->", "<!--<script>", "]]>", "<img src=x onerror=alert(1)>",
         "</style>", "&lt;", "\x1b]0;t\x07", "\u202egnp.exe", "\n::error::x", "##[error]y", "${1}", "`", "\\", '"', "'",
         "=1", "\u2028", "\u2029", "\x85", "\x00", "渡轮", "\u200b", "\ufeff", "</SCRIPT ", "<\u2028/script>")  # fmt: skip
nasty = st.lists(st.sampled_from(NASTY), max_size=5).map("".join)


@given(nasty, nasty, nasty)
def test_foreign_text_stays_text(path: str, reason: str, body: str) -> None:
    claim = verdict(f"x/{reason}", Span(0, len(body)), Outcome.FLAGGED, reason, reason=body,
                    kin=Kin(f"k{path}", 1, 1, reason, 700))  # fmt: skip
    made = result(f"{body}\n", (), (claim,), id=f"in/{path}", note=reason)
    text = written((made,), ended=lambda: RunEnd((Failure("", path, reason, body),)))
    page, bare = Page(text), Page(written((ferry(),)))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in bare.elements]
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    (document,) = page.documents
    assert document["id"] == visible(f"in/{path}")
    assert document["hunks"][0]["rules"] == [visible(f"x/{reason}")]
    said = "\n".join(line[1] for line in document["hunks"][0]["old"])
    if body:
        assert said.replace("\n", "") == "".join(visible(line) for line in re.split("\r\n|\n|\r", body))
    data = "".join(data for _, attributes, data in page.raw if attributes.get("type"))
    assert not set(data) & set("<>&\x1b\x00\x85\u2028\u2029\u202e")


def test_hostile_results_are_shown_with_symbols() -> None:
    (document,) = Page(written((hostile(),))).documents
    for line in [line for hunk in document["hunks"] for line in (*hunk["before"], *hunk["old"], *hunk["after"])]:
        assert line[1].isprintable()
    assert document["encoding"] == "x␛[5m"


def test_long_lists_and_long_lines_are_cut_and_say_so() -> None:
    text = "".join(f"line {number}\n" for number in range(1000))
    long = result(text, (Edit(Span(0, len(text)), "", ("t/x",), (0,)),), (verdict("t/x", Span(0, len(text)), Outcome.REMOVED, "why"),))  # fmt: skip
    (document,) = Page(written((long,))).documents
    lines = document["hunks"][0]["old"]
    assert len(lines) == MAX_LINES + 1
    assert [line for line in lines if line[0] == -1] == [[-1, "… 800 lines not in this page …", 800]]
    assert len(Page(written((long,), full=True)).documents[0]["hunks"][0]["old"]) == 1000
    wide = result("渡" * 50_000, (), (verdict("t/x", Span(0, 50_000), Outcome.FLAGGED, "why"),))
    ((_, shown),) = Page(written((wide,))).documents[0]["hunks"][0]["old"]
    assert len(shown) < MAX_LINE_CHARS + 40
    assert "… 46,000 characters …" in shown


def test_a_page_that_would_be_too_large_counts_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "PART_CHARS", 1)
    monkeypatch.setattr(html, "MAX_RECORD_CHARS", 5000)
    page = Page(written([ferry()] * 9 + [result("clean\n", (), ())]))
    assert 0 < len(page.documents) < 9
    assert page.run["left_out"] == 9 - len(page.documents)
    assert page.run["totals"]["documents_shown"] == 9


def test_the_page_is_written_while_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "PART_CHARS", 1)
    out = io.StringIO(newline="")
    seen: list[int] = []

    def results() -> Iterator[CleanResult]:
        for _ in range(3):
            seen.append(out.getvalue().count('"id":"seeds/ferry.txt"'))
            yield ferry()

    REPORTS["html"](results(), out, ReportOptions())
    assert seen == [0, 1, 2]


@given(edited())
def test_lines_of_any_document_come_whole(made: CleanResult) -> None:
    (*documents,) = Page(written((made,))).documents
    lines = made.document.line_texts
    for hunk in (hunk for each in documents for hunk in each["hunks"]):
        for number, content in (*hunk["before"], *hunk["after"]):
            assert content == visible(lines[number - 1])
        for number, content in hunk["old"]:
            shown = content if isinstance(content, str) else "".join(content)
            assert shown.replace("<U+00A0>", "\u00a0").replace("<U+3000>", "\u3000") == visible(
                lines[number - 1]
            ).replace("<U+00A0>", "\u00a0").replace("<U+3000>", "\u3000")
