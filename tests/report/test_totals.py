"""Promises of the counts by rule and outcome, and of the rows that `--statistics` makes of them."""

from __future__ import annotations

import random

from hypothesis import given

from report_samples import edited, ferry, result, verdict
from scrubber.cli.statistics import statistics_rows
from scrubber.model import Action, CleanResult, Confidence, Edit, Outcome, Span
from scrubber.report import Tally, Totals

BODY = "one\ntwo\n\nthree\nfour\n"


def counted(*results: CleanResult) -> Totals:
    tally = Tally()
    for each in results:
        tally.add(each)
    return tally.totals()


def rows(totals: Totals) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    return {
        (word, total.rule): (total.findings, total.documents, total.lines, total.characters)
        for word, total in totals.by_outcome
    }


def test_every_line_that_went_counts_once_under_the_strongest_finding() -> None:
    claims = (
        verdict("t/section", Span(0, 9), Outcome.REMOVED, "a", confidence=Confidence.CERTAIN),
        verdict("t/line", Span(4, 15), Outcome.REMOVED, "b"),
        verdict("t/inside", Span(4, 8), Outcome.OVERLAPPED, "c"),
    )
    made = result(BODY, (Edit(Span(0, 15), "", ("t/section", "t/line", "t/inside"), (0, 1, 2)),), claims)
    assert rows(counted(made)) == {
        ("removed", "t/section"): (1, 1, 3, 9),
        ("removed", "t/line"): (1, 1, 1, 6),
        ("overlapped", "t/inside"): (1, 1, 1, 4),
    }


def test_blank_lines_beside_a_cut_go_with_its_strongest_finding() -> None:
    claim = verdict("t/line", Span(4, 8), Outcome.REMOVED, "b")
    made = result(BODY, (Edit(Span(4, 9), "", ("t/line",), (0,)),), (claim,))
    assert rows(counted(made)) == {("removed", "t/line"): (1, 1, 2, 5)}


def test_findings_are_counted_one_by_one_and_documents_once() -> None:
    claims = tuple(
        verdict("t/fix", Span(start, start + 1), Outcome.REPLACED, "r", action=Action.REPLACE) for start in (0, 4, 9)
    )
    edits = tuple(Edit(claim.finding.span, "", ("t/fix",), (number,)) for number, claim in enumerate(claims))
    made = result(BODY, edits, claims)
    assert rows(counted(made, made)) == {("replaced", "t/fix"): (6, 2, 0, 6)}


def test_what_stays_counts_by_what_it_is_about() -> None:
    claims = (
        verdict("t/flag", Span(0, 8), Outcome.FLAGGED, "f", action=Action.FLAG),
        verdict("t/held", Span(9, 15), Outcome.LIMITED, "l"),
        verdict("m/guess", Span(0, 4), Outcome.FLAGGED, "g", confidence=Confidence.POSSIBLE, kind="statistic"),
        verdict("core/encoding", Span(0, 0), Outcome.FLAGGED, "e"),
        verdict("t/kept", Span(0, 4), Outcome.KEPT, "k"),
    )
    totals = counted(result(BODY, (), claims))
    assert rows(totals) == {
        ("flagged", "t/flag"): (1, 1, 2, 8),
        ("flagged", "core/encoding"): (1, 1, 0, 0),
        ("limited", "t/held"): (1, 1, 1, 6),
        ("guessed", "m/guess"): (1, 1, 1, 4),
        ("kept", "t/kept"): (1, 1, 1, 4),
    }
    shown = [row.split()[:2] for row in statistics_rows(totals)[1:]]
    assert shown == [["t/flag", "flagged"], ["core/encoding", "flagged"], ["t/held", "limited"]]
    settled = [row.split()[:2] for row in statistics_rows(totals, show_all=True)[1:]]
    assert settled == [*shown, ["m/guess", "guessed"], ["t/kept", "kept"]]


@given(edited())
def test_what_went_adds_up(made: CleanResult) -> None:
    totals = counted(made, ferry())
    gone = [total.characters for word, total in totals.by_outcome if word in ("removed", "replaced")]
    assert sum(gone) == totals.characters_removed == sum(total.characters for total in totals.by_rule)


def test_rows_are_sorted_whatever_the_order_of_documents() -> None:
    claims = [
        result(BODY, (Edit(Span(0, 4), "", (name,), (0,)),), (verdict(name, Span(0, 4), Outcome.REMOVED, "x"),))
        for name in ("t/b", "t/a", "t/c", "t/c")
    ]
    shuffled = [*claims, ferry()]
    random.Random(7).shuffle(shuffled)
    expected = statistics_rows(counted(*claims, ferry()), show_all=True)
    assert statistics_rows(counted(*shuffled), show_all=True) == expected
    assert [row.split()[0] for row in expected[1:6]] == [
        "seed-news/related-tail", "zh/breadcrumb", "t/c", "t/a", "t/b",
    ]  # fmt: skip
    assert len({len(row) for row in expected}) == 1


def test_wide_names_and_control_characters_do_not_bend_the_columns() -> None:
    claims = (
        verdict("港口/分享", Span(0, 4), Outcome.FLAGGED, "x"),
        verdict("t/\x1b[1m\u202e", Span(0, 4), Outcome.FLAGGED, "x"),
    )
    table = statistics_rows(counted(result(BODY, (), claims)))
    assert all(row.isprintable() for row in table)
    wide = next(row for row in table if row.startswith("港口"))
    assert len(wide) + len("港口分享") == len(table[0])


def test_a_run_without_findings_says_so() -> None:
    assert statistics_rows(counted(result(BODY, (), ()))) == ["no findings"]
