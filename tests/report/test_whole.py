"""Promises of the run as one JSON object."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given

from report_samples import edited, ferry, hostile, result, verdict
from scrubber.errors import Failure
from scrubber.model import CleanResult, Outcome, Span
from scrubber.report import REPORTS, ReportOptions, RunEnd
from scrubber.report.escape import safe_json
from scrubber.report.records import record_of

LOST = Failure("lost.txt", "in/caf\udce9\x1b[1m.txt", "cannot be read.", "Look there.")


def written(*results: CleanResult, **options: Any) -> tuple[str, Any]:
    out = io.StringIO(newline="")
    REPORTS["json"](results, out, ReportOptions(**options))
    return out.getvalue(), json.loads(out.getvalue())


def test_the_first_keys_name_the_format_and_the_others_stand_in_a_fixed_order() -> None:
    _, made = written(ferry(), versions=(("scrubber", "0.1.0"), ("fold", "1")))
    assert list(made) == [
        "format", "version", "scrubber", "fold", "files", "rules", "failures", "skipped", "totals", "interrupted",
    ]  # fmt: skip
    assert (made["format"], made["version"]) == ("scrubber-report", 1)


def test_an_empty_run_is_an_object_too() -> None:
    _, made = written()
    assert (made["files"], made["rules"], made["failures"], made["totals"]["read"]) == ([], [], [], 0)
    assert made["interrupted"] is False


def test_each_file_is_the_record_of_the_stream_on_a_line_of_its_own() -> None:
    text, made = written(ferry(), result("", (), (), id="b.txt"))
    assert made["files"] == [record_of(ferry()), record_of(result("", (), (), id="b.txt"))]
    lines = text.split("\n")
    assert [json.loads(line.removesuffix(","))["id"] for line in lines[1:3]] == ["seeds/ferry.txt", "b.txt"]


def test_rules_are_described_once_and_counted_by_outcome() -> None:
    _, made = written(ferry(), ferry())
    assert [rule["id"] for rule in made["rules"]] == sorted(rule["id"] for rule in made["rules"])
    tail = next(rule for rule in made["rules"] if rule["id"] == "seed-news/related-tail")
    assert (tail["kind"], tail["title"], tail["declared_at"]) == (
        "line", "Title of seed-news/related-tail", "rules/x.toml:1",
    )  # fmt: skip
    assert tail["outcomes"]["removed"]["findings"] == tail["outcomes"]["removed"]["documents"] == 2
    assert tail["outcomes"]["removed"]["lines"] == 26
    inside = next(rule for rule in made["rules"] if rule["id"] == "zh/entry")
    assert list(inside["outcomes"]) == ["overlapped"]


def test_totals_add_up() -> None:
    _, made = written(ferry(), result("clean\n", (), (), id="b"), ended=lambda: RunEnd((LOST,), (LOST,), True))
    totals = made["totals"]
    assert (totals["read"], totals["changed"], totals["clean"], totals["failed"], totals["skipped"]) == (3, 1, 1, 1, 1)
    assert totals["characters"] == sum(file["counts"]["characters"] for file in made["files"])
    assert totals["characters_removed"] == sum(file["counts"]["characters_removed"] for file in made["files"])
    gone = [counts["characters"] for rule in made["rules"] for word, counts in rule["outcomes"].items()
            if word in ("removed", "replaced")]  # fmt: skip
    assert sum(gone) == totals["characters_removed"]
    assert made["failures"] == made["skipped"]
    assert made["failures"][0] == {
        "id": "lost.txt", "path": "in/caf?\x1b[1m.txt", "message": "cannot be read.", "hint": "Look there.",
    }  # fmt: skip
    assert made["interrupted"] is True


def test_a_file_is_written_before_the_next_result_is_made() -> None:
    out = io.StringIO()
    seen: list[int] = []

    def results() -> Iterator[CleanResult]:
        for _ in range(3):
            seen.append(out.getvalue().count('"id":"seeds/ferry.txt","path"'))
            yield ferry()

    REPORTS["json"](results(), out, ReportOptions())
    assert seen == [0, 1, 2]


def test_how_the_run_ended_is_asked_when_the_results_are_through() -> None:
    asked: list[str] = []

    def results() -> Iterator[CleanResult]:
        yield ferry()
        asked.append("last result")

    def ended() -> RunEnd:
        asked.append("end")
        return RunEnd()

    REPORTS["json"](results(), io.StringIO(), ReportOptions(ended=ended))
    assert asked == ["last result", "end"]


def test_hostile_text_is_escaped_and_comes_back() -> None:
    text, made = written(hostile(), ended=lambda: RunEnd((LOST,)))
    assert not set(text) & set("\x1b\x07\x9b\u202e\u2066")
    assert made["files"][0]["path"] == hostile().document.origin.path
    text.encode("utf-8")


def test_no_line_of_json_is_a_workflow_command() -> None:
    body = "::error::x\n##[add-mask]a\n###[error]b\n  ::warning ::y\n"
    claim = verdict("x/y", Span(0, len(body)), Outcome.FLAGGED, "##[error]no\n::error::no")
    made = result(body, (), (claim,), id="##[error].txt")
    for name in ("json", "jsonl"):
        out = io.StringIO(newline="")
        REPORTS[name]((made,), out, ReportOptions())
        assert "##[" not in out.getvalue()
        assert not any(line.lstrip().startswith("::") for line in out.getvalue().splitlines())
    assert written(made)[1]["files"][0]["verdicts"][0]["text"] == body


def test_safe_json_leaves_no_old_command_and_the_same_meaning() -> None:
    for nasty in ("##[a]", "###[a]", "####[a]##[b]", "# #[", "##", "#["):
        assert json.loads(safe_json(json.dumps(nasty))) == nasty
        assert "##[" not in safe_json(json.dumps(nasty))


@given(edited())
def test_any_document_survives_the_way_through_json(made: CleanResult) -> None:
    whole = verdict("x/y", Span(0, len(made.document.text)), Outcome.FLAGGED, "all")
    text, back = written(result(made.document.text, (), (whole,)), made)
    assert back["files"][0]["verdicts"][0]["text"] == made.document.text
    text.encode("utf-8")
    totals = back["totals"]
    assert totals["characters_removed"] == sum(file["counts"]["characters_removed"] for file in back["files"])
