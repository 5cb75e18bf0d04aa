"""Promises of the SARIF report, held against the official schema and against the text that it speaks of."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_samples import edited, ferry, hostile, result, verdict
from sarif_schema import SCHEMA_ID, mistakes
from scrubber.errors import Failure
from scrubber.model import Action, CleanResult, Confidence, Edit, Kin, Origin, Outcome, Span
from scrubber.report import REPORTS, ReportOptions, RunEnd
from scrubber.report.sarif import MAX_MESSAGE_CHARS, MAX_QUOTE_CHARS, MAX_RESULTS, message

LOST = Failure("in/lost.txt", "in/lost\x1b[1m.txt", "cannot be read.", "Look there.")


def written(results: Iterable[CleanResult], **options: Any) -> dict[str, Any]:
    out = io.StringIO(newline="")
    REPORTS["sarif"](results, out, ReportOptions(**options))
    log = json.loads(out.getvalue())
    assert mistakes(log) == []
    (run,) = log["runs"]
    return run


def flag(text: str, outcome: Outcome = Outcome.FLAGGED, **more: Any) -> CleanResult:
    return result(f"{text}\nstays\n", (), (verdict("t/x", Span(0, len(text)), outcome, "why", **more),))


def test_it_is_valid_by_the_official_schema_and_names_it() -> None:
    out = io.StringIO(newline="")
    ended = RunEnd((LOST,), (LOST,), True)
    REPORTS["sarif"](
        (ferry(), hostile()),
        out,
        ReportOptions(show_all=True, versions=(("scrubber", "1.2.3"), ("fold", "1")), ended=lambda: ended),
    )
    log = json.loads(out.getvalue())
    assert mistakes(log) == []
    assert (log["$schema"], log["version"]) == (SCHEMA_ID, "2.1.0")
    driver = log["runs"][0]["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("scrubber", "1.2.3")
    assert mistakes({"version": "2.1.0", "runs": [{}]}) != []


def test_a_run_without_findings_is_valid_and_clean() -> None:
    run = written((result("one\n", (), ()),))
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_one_result_for_each_finding_worst_first() -> None:
    run = written((ferry(),))
    assert [(made["ruleId"], made["level"]) for made in run["results"]] == [
        ("zh/breadcrumb", "error"),
        ("seed-news/related-tail", "error"),
        ("core/spaces", "error"),
        ("core/spaces", "error"),
        ("core/near-duplicate", "warning"),
    ]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[made["ruleIndex"]]["id"] for made in run["results"]] == [made["ruleId"] for made in run["results"]]
    assert [rule["id"] for rule in rules] == sorted({made["ruleId"] for made in run["results"]})
    assert all(made["partialFingerprints"] == {"scrubber/v1": "0123456789abcdef"} for made in run["results"])


def test_rules_say_what_they_are_for_and_how_to_stop_them() -> None:
    rule = next(each for each in written((ferry(),))["tool"]["driver"]["rules"] if each["id"] == "zh/breadcrumb")
    assert rule["shortDescription"] == {"text": "Title of zh/breadcrumb"}
    assert rule["fullDescription"] == {"text": "why"}
    assert rule["help"]["text"].split("\n") == [
        "why",
        "Kind: line.",
        "Declared at rules/x.toml:1.",
        "Look at it: scrubber rules show zh/breadcrumb. Switch it off: --ignore zh/breadcrumb.",
    ]


def test_what_is_settled_appears_on_request_and_is_suppressed() -> None:
    run = written((ferry(),), show_all=True)
    made = {each["properties"]["outcome"]: each for each in run["results"]}
    assert made["kept"]["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "kept"}]
    assert made["kept"]["level"] == "note"
    assert (made["overlapped"]["kind"], made["overlapped"]["level"]) == ("informational", "none")
    assert "suppressions" not in made["removed"]


def test_a_mere_guess_appears_on_request_only() -> None:
    guess = flag("a line", kind="statistic", confidence=Confidence.POSSIBLE, action=Action.FLAG)
    assert written((guess,))["results"] == []
    (made,) = written((guess,), show_all=True)["results"]
    assert made["properties"]["outcome"] == "guessed"


def text_at(text: str, region: dict[str, int]) -> str:
    """What a reader of SARIF finds at a region: lines end at CRLF, LF or CR, columns are code points."""
    lines = re.split("\r\n|\n|\r", text)[region["startLine"] - 1 : region["endLine"]]
    lines[-1] = lines[-1][: region["endColumn"] - 1]
    lines[0] = lines[0][region["startColumn"] - 1 :]
    return "\n".join(lines)


def test_regions_hold_the_text_that_the_finding_is_about() -> None:
    text = "渡轮\U0001f6a2返航\r\n\u2028分享到\r\n末行"
    for part in ("\U0001f6a2", "返航\r\n\u2028分享", "末行", "\u2028分享到\r\n", text):
        start = text.index(part)
        made = result(text, (), (verdict("t/x", Span(start, start + len(part)), Outcome.FLAGGED, "why"),))
        run = written((made,))
        region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
        assert text_at(text, region) == part.replace("\r\n", "\n").removesuffix("\n"), part
        assert run["columnKind"] == "unicodeCodePoints"


@given(edited(), st.data())
def test_any_region_lies_in_the_text(made: CleanResult, data: st.DataObject) -> None:
    text = made.document.text
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    out = io.StringIO(newline="")
    claim = verdict("t/x", Span(start, end), Outcome.FLAGGED, "why")
    REPORTS["sarif"]((result(text, (), (claim,)),), out, ReportOptions())
    (one,) = json.loads(out.getvalue())["runs"][0]["results"]
    region = one["locations"][0]["physicalLocation"]["region"]
    if start == end:
        assert region == {"startLine": 1}
        return
    lines = re.split("\r\n|\n|\r", text)
    first, last = lines[region["startLine"] - 1], lines[region["endLine"] - 1]
    assert 1 <= region["startColumn"] <= len(first) + 1
    assert 1 <= region["endColumn"] <= len(last) + 1
    assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])


@pytest.mark.parametrize(
    ("id_", "media", "uri", "region"),
    [
        ("in/a b%25:c.txt", "text/plain", "in/a%20b%25%3Ac.txt", {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 4}),
        ("渡轮.txt", "text/plain", "%E6%B8%A1%E8%BD%AE.txt", {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 4}),
        ("in/a.zip!/b%23.txt", "text/plain", "in/a.zip", {"startLine": 1}),
        ("in/a.jsonl#7", "text/plain", "in/a.jsonl", {"startLine": 1}),
        ("in/a.html", "text/html", "in/a.html", {"startLine": 1}),
        ("https%3A//evil.example/x", "text/plain", "https%3A//evil.example/x", {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 4}),
        ("//evil.example/x", "text/plain", "evil.example/x", {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 4}),
    ],
)  # fmt: skip
def test_places_are_relative_uris_and_lines_of_that_file(
    id_: str, media: str, uri: str, region: dict[str, int]
) -> None:
    origin = Origin(path=id_, sha256="", size=1, media_type=media)
    made = result("one\ntwo\n", (), (verdict("t/x", Span(0, 3), Outcome.FLAGGED, "why"),), id=id_, origin=origin)
    run = written((made,))
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": uri, "uriBaseId": "%SRCROOT%"}
    assert place["region"] == region
    assert list(run["originalUriBaseIds"]) == ["%SRCROOT%"]
    told = run["results"][0]["message"]["text"]
    assert ("line 1" in told) == (len(region) == 1)


def test_kin_is_a_related_location() -> None:
    made = next(each for each in written((ferry(),))["results"] if each["ruleId"] == "core/near-duplicate")
    (related,) = made["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "seeds/ferry.txt"
    assert related["physicalLocation"]["region"] == {"startLine": 8, "endLine": 8}
    assert related["message"]["text"] == "kin, 81 % jaccard: seeds/ferry.txt:8"


def test_quotations_are_short() -> None:
    made = written((flag("长" * 5000),))["results"][0]["message"]["text"]
    quoted = made[made.index("“") + 1 : -1]
    assert len(quoted) == MAX_QUOTE_CHARS
    assert quoted.endswith("…")
    long = flag("x" * 5000, reason="y" * 5000)
    assert len(written((long,))["results"][0]["message"]["text"]) <= MAX_MESSAGE_CHARS


def test_the_worst_are_kept_and_the_rest_is_counted() -> None:
    text = "x\n" * 3000
    many = [
        result(text, (), [verdict("t/x", Span(at, at + 1), Outcome.FLAGGED, "why") for at in range(0, 6000, 2)], id=name)
        for name in ("b.txt", "a.txt")
    ]  # fmt: skip
    bad = verdict("t/bad", Span(0, 1), Outcome.REMOVED, "why")
    last = result("x\n", (Edit(Span(0, 1), "", ("t/bad",), (0,)),), (bad,), id="z.txt")
    out = io.StringIO(newline="")
    REPORTS["sarif"]((*many, last), out, ReportOptions())
    (run,) = json.loads(out.getvalue())["runs"]
    assert len(run["results"]) == MAX_RESULTS
    assert run["results"][0]["ruleId"] == "t/bad"
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["descriptor"] == {"id": "left-out"}
    assert told["message"]["text"] == "1,001 more findings not in this file; the json report has them all."
    again = io.StringIO(newline="")
    REPORTS["sarif"]((last, *reversed(many)), again, ReportOptions())
    assert again.getvalue() == out.getvalue()


def test_failures_are_notifications_and_the_run_was_no_success() -> None:
    run = written((ferry(),), ended=lambda: RunEnd((LOST,), (), True))
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    interrupted, lost = invocation["toolExecutionNotifications"]
    assert interrupted["descriptor"]["id"] == "interrupted"
    assert (lost["descriptor"]["id"], lost["level"]) == ("input-failed", "error")
    assert lost["message"]["text"] == "in/lost␛[1m.txt: cannot be read. Look there."
    assert lost["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "in/lost.txt"
    known = {each["id"] for each in run["tool"]["driver"]["notifications"]}
    assert known >= {"input-failed", "interrupted", "left-out", "input-skipped"}


NASTY = (
    "[click](javascript:alert(1))", "{0}", "{{1}}", "\x1b]0;t\x07", "\u202egnp.exe", "\n::error::x", "##[error]y",
    "<script>alert(1)</script>", "=1+1", "\u2028", "\x85", "\\[a\\](b)", "渡轮", "\u200b",
)  # fmt: skip
nasty = st.lists(st.sampled_from(NASTY), max_size=5).map("".join)


@given(nasty, nasty, nasty)
def test_foreign_text_stays_text(path: str, reason: str, body: str) -> None:
    id_ = "in/" + "".join(c if c.isalnum() else "".join(f"%{b:02X}" for b in c.encode()) for c in path)
    claim = verdict(f"x/{reason}", Span(0, len(body)), Outcome.FLAGGED, reason, reason=f"{reason}!",
                    kin=Kin(id_, 1, 1, reason, 700))  # fmt: skip
    out = io.StringIO(newline="")
    ended = RunEnd((Failure(id_, path, reason, body),))
    REPORTS["sarif"]((result(f"{body}\n", (), (claim,), id=id_),), out, ReportOptions(ended=lambda: ended))
    text = out.getvalue()
    assert all(line.isprintable() for line in text.split("\n"))
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.split("\n"))
    log = json.loads(text)
    assert mistakes(log) == []
    run = log["runs"][0]
    assert unquote(run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) == f"in/{path}"
    texts = [run["results"][0]["message"]["text"], *(each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"])]  # fmt: skip
    for each in (*texts, run["results"][0]["relatedLocations"][0]["message"]["text"]):
        assert "](" not in each
        assert not re.search(r"\{\d+\}", each)
        assert each.replace("\n", "").isprintable()


def test_a_message_that_looks_like_a_link_is_parted() -> None:
    assert message("[a](b) {12} {x} {") == {"text": "[a] (b) { 12} {x} {"}
