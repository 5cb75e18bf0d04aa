"""Promises of the findings as JSON Lines."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given

from report_samples import edited, ferry, hostile, result, verdict
from scrubber.model import CleanResult, Confidence, Kin, Outcome, Span
from scrubber.report import REPORTS, ReportOptions
from scrubber.report.escape import safe_json, visible
from scrubber.report.records import record_of


def records(*results: CleanResult, versions: tuple[tuple[str, str], ...] = ()) -> tuple[str, list[Any]]:
    out = io.StringIO(newline="")
    REPORTS["jsonl"](results, out, ReportOptions(versions=versions))
    return out.getvalue(), [json.loads(line) for line in out.getvalue().split("\n")[:-1]]


def test_the_first_line_names_the_format() -> None:
    text, made = records(versions=(("scrubber", "0.1.0"), ("fold", "1")))
    assert text == '{"format":"scrubber-findings","version":1,"scrubber":"0.1.0","fold":"1"}\n'
    assert len(made) == 1


def test_every_verdict_is_there_in_a_stable_order_of_keys() -> None:
    _, (_, made) = records(ferry())
    assert list(made) == ["id", "path", "encoding", "changed", "note", "counts", "verdicts"]
    assert [item["outcome"] for item in made["verdicts"]] == [
        "removed", "flagged", "replaced", "replaced", "kept", "removed", "overlapped",
    ]  # fmt: skip
    assert list(made["verdicts"][0]) == [
        "rule", "kind", "action", "confidence", "outcome", "score", "reason", "why", "facts", "lines", "span",
        "fingerprint", "rights", "kin", "text", "replacement",
    ]  # fmt: skip
    flag = made["verdicts"][1]
    assert (flag["lines"], flag["text"]) == ([5, 5], "The ferry carries 240 people and 12 cars.")
    assert flag["kin"]["differing"] == [[[18, 21], [18, 21]], [[33, 35], [33, 34]]]
    counts = made["counts"]
    assert (counts["lines"], counts["edits"], counts["findings"]["removed"]) == (22, 4, 2)
    assert counts["characters"] - counts["characters_removed"] == len(ferry().text)


def test_a_guess_of_the_model_is_counted_and_told_on_request_only() -> None:
    text = "The ferry is back.\nHarbour, tide, weather\nTickets\n"
    guess = verdict(
        "m/model", Span(19, 41), Outcome.FLAGGED, "reads so", confidence=Confidence.POSSIBLE, kind="statistic"
    )
    flag = verdict("m/flag", Span(42, 49), Outcome.FLAGGED, "a word", confidence=Confidence.POSSIBLE)
    made = result(text, (), (guess, flag))
    for show_all, rules in ((False, ["m/flag"]), (True, ["m/model", "m/flag"])):
        record = record_of(made, show_all=show_all)
        assert [item["rule"] for item in record["verdicts"]] == rules
        assert (record["counts"]["findings"]["flagged"], record["counts"]["findings"]["guessed"]) == (1, 1)


def test_unchanged_documents_have_a_line_too() -> None:
    _, made = records(result("渡轮\n", (), ()), result("", (), ()))
    assert [item["changed"] for item in made[1:]] == [False, False]


def test_it_is_written_as_utf8_and_not_as_escapes() -> None:
    text, _ = records(ferry())
    assert "港口动态" in text


def test_a_line_is_written_before_the_next_result_is_made() -> None:
    out = io.StringIO()
    seen: list[int] = []

    def results() -> Iterator[CleanResult]:
        for _ in range(3):
            seen.append(out.getvalue().count("\n"))
            yield ferry()

    REPORTS["jsonl"](results(), out, ReportOptions())
    assert seen == [1, 2, 3]


def test_hostile_text_is_escaped_and_comes_back() -> None:
    text, (_, made) = records(hostile())
    assert not set(text) & set("\x1b\x07\x9b\u202e\u2066")
    assert made["path"] == hostile().document.origin.path
    assert made["verdicts"][0]["text"] == hostile().document.text.split("\n")[2] + "\n"


@given(edited())
def test_any_document_survives_the_way_through_json(made: CleanResult) -> None:
    kin = Kin("b\u2028\udc80.txt", 1, 1, "equal", 1000)
    whole = verdict("x/y", Span(0, len(made.document.text)), Outcome.FLAGGED, "all", kin=kin)
    text, (_, record) = records(result(made.document.text, (), (whole,)))
    assert record["verdicts"][0]["text"] == made.document.text
    assert record["verdicts"][0]["kin"]["id"] == kin.document_id
    text.encode("utf-8")
    assert len(text.splitlines()) == 2


def test_safe_json_means_the_same() -> None:
    nasty = "".join(map(chr, [*range(0x300), 0x061C, *range(0x2000, 0x2070), 0xD800, 0xFEFF, 0xDFFF]))
    encoded = json.dumps(nasty, ensure_ascii=False)
    assert json.loads(safe_json(encoded)) == nasty


def test_visible_leaves_nothing_that_a_terminal_obeys() -> None:
    every = "".join(map(chr, range(0x3100))) + "\ud800\ufeff\ufff9\U000e0041\U0001f6a2"
    shown = visible(every, spaces=True)
    assert shown.isprintable()
    assert "\U0001f6a2" in shown
    assert "<U+E0041>" in shown
    assert visible(visible(every)) == visible(every)
    assert visible("渡轮 café \u3000x") == "渡轮 café \u3000x"
