"""Promises of the report for terminals: its look (golden files), and that foreign text cannot steer it."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from report_samples import FERRY, edited, ferry, hostile, result, rule, span_of, verdict
from scrubber.errors import Failure
from scrubber.model import CleanResult, Confidence, Document, Edit, Kin, Origin, Outcome, Span
from scrubber.report import REPORTS, ReportOptions, RuleTotal, Tally, Totals, closing, summary

GOLDEN = Path(__file__).parent / "golden"

TOTALS = Totals(
    read=12_480, changed=9_112, clean=3_365, failed=3, characters_read=311_000_000, characters_removed=57_000_000,
    by_rule=(
        RuleTotal("seed-news/related-tail", 8_801, 8_801, 61_607, 41_200_000),
        RuleTotal("seed-news/issue-contents", 412, 412, 9_802, 9_800_000),
        RuleTotal("core/cc-line", 6_240, 6_240, 6_240, 1_100_000, True),
    ),
    flagged=(RuleTotal("core/near-duplicate", 377, 1_204),),
    limited=(RuleTotal("zh/tail", 17, 21),), documents_limited=17,
    failures=(
        Failure("dump/1998/0417.txt", "dump/1998/0417.txt",
                "not UTF-8, and chardet is only 2 % sure of Windows-1250.",
                "Pass --encoding, or --undecodable skip."),
        *(Failure(f"dump/{n}.bin", f"dump/{n}.bin", "binary.") for n in range(6)),
    ),
    ledger="clean/.scrubber/ledger.jsonl",
)  # fmt: skip


def shown(*results: CleanResult, **options: object) -> str:
    out = io.StringIO()
    REPORTS["terminal"](results, out, ReportOptions(**{"width": 80, "color": False, **options}))  # type: ignore[arg-type]
    return out.getvalue()


def summed(totals: Totals, width: int) -> str:
    out = io.StringIO()
    summary(totals, out, ReportOptions(width=width, color=False))
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 50])
@pytest.mark.parametrize("name", ["ferry", "ferry-all", "hostile", "summary"])
def test_the_look_is_the_golden_one(name: str, width: int, request: pytest.FixtureRequest) -> None:
    made = {
        "ferry": lambda: shown(ferry(), width=width),
        "ferry-all": lambda: shown(ferry(), width=width, show_all=True, full=True, context=1),
        "hostile": lambda: shown(hostile(), width=width),
        "summary": lambda: summed(TOTALS, width),
    }[name]()
    path = GOLDEN / f"{name}-{width}.txt"
    if request.config.getoption("--update-golden", default=False):
        path.write_text(made, encoding="utf-8", newline="")
    assert made == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [20, 50, 80, 120])
@pytest.mark.parametrize("make", [ferry, hostile])
def test_nothing_reaches_beyond_the_right_edge(make: object, width: int) -> None:
    for row in shown(make(), width=max(40, width), full=True, show_all=True).splitlines():  # type: ignore[operator]
        assert cell_len(row) <= max(40, width)


#: Everything a terminal may obey: C0 but the line feed, DEL, C1, directional and zero-width controls.
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


@pytest.mark.parametrize("width", [50, 80])
def test_hostile_text_is_shown_and_obeyed_by_nobody(width: int) -> None:
    made = shown(hostile(), width=width, show_all=True)
    assert not STEERING.search(made)
    for literal in ("[/]", ":smile:", "[bold]here[/bold]", "␛[31m", "<U+202E>", "<U+009B>", "␀"):
        assert literal in made.replace("\n        ", "")


def test_colour_adds_only_our_own_sequences() -> None:
    made = shown(hostile(), color=True)
    assert "\x1b[31m" in made
    plain = re.sub(r"\x1b\[[0-9;]*m", "", made)
    assert plain == shown(hostile())
    assert not STEERING.search(plain)


@given(edited(), st.sampled_from([40, 60, 100]))
def test_any_result_can_be_shown(made: CleanResult, width: int) -> None:
    text = shown(made, width=width, show_all=True)
    assert not STEERING.search(text)
    assert bool(text) == bool(made.plan.edits)
    assert all(row == row.rstrip() for row in text.split("\n"))


def test_decoration_is_ascii() -> None:
    plain = result("one\ntwo\nthree\n" * 9, [Edit(Span(0, 42 * 2), "", ("x/y",))], ())
    assert shown(plain).isascii()
    assert summed(TOTALS, 80).isascii()


def test_nothing_to_show_prints_nothing() -> None:
    assert shown(result("a\n", (), ()), result("b\n", (), ())) == ""


def test_a_long_removal_folds_and_full_unfolds() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 217))
    made = result(text, [Edit(Span(0, len(text)), "", ("x/y",))], ())
    folded = shown(made)
    assert "    3 - line 3\n        ... 211 lines ...\n  215 - line 215\n" in folded
    assert "line 100" not in folded
    assert "line 100" in shown(made, full=True)
    eight = result(text[: text.index("line 9\n")], [Edit(Span(0, 56), "", ("x/y",))], ())
    assert "..." not in shown(eight)


def test_a_very_long_line_folds_in_its_middle() -> None:
    text = "渡" * 5_000 + "\nend\n"
    made = result(text, [Edit(Span(0, 5_001), "", ("x/y",))], ())
    assert "... 3,800 characters ..." in shown(made).replace("\n        ", "")
    assert "characters ..." not in shown(made, full=True)


def test_context_lines_belong_to_one_hunk_and_are_never_cut_lines() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 12))
    cuts = [span_of(text, "line 4\n"), span_of(text, "line 7\n")]
    made = shown(result(text, [Edit(cut, "", ("x/y",)) for cut in cuts], ()))
    numbers = [int(row[:5]) for row in made.splitlines() if row[:5].strip().isdigit() and row[5] == " "]
    marks = {int(row[:5]): row[6] for row in made.splitlines() if re.match(r" *\d+ [- ] line", row)}
    assert marks == {2: " ", 3: " ", 4: "-", 5: " ", 6: " ", 7: "-", 8: " ", 9: " "}
    assert len(numbers) == len(set(numbers))
    assert shown(result(text, [Edit(cuts[0], "", ("x/y",))], ()), context=0).count(" line ") == 1


def test_replacements_on_neighbouring_lines_share_a_hunk() -> None:
    text = "\u3000one\n\u3000two\n\nplain\n\u3000three\n"
    edits = [Edit(Span(place, place + 1), "", ("core/spaces",)) for place in (0, 5, text.rindex("\u3000"))]
    made = shown(result(text, edits, ()))
    assert made.count("core/spaces") == 2
    assert "    1 - <U+3000>one\n    2 - <U+3000>two\n      + one\n      + two\n" in made


def test_a_cut_inside_a_line_shows_the_line_before_and_after() -> None:
    text = "The ferry returned at noon. Share this story\n"
    made = shown(result(text, [Edit(span_of(text, " Share this story"), "", ("x/bar",))], ()))
    assert "    1 - The ferry returned at noon. Share this story\n      + The ferry returned at noon.\n" in made


def test_a_finding_about_the_whole_file_has_no_lines() -> None:
    encoding = verdict("core/encoding", Span(0, 0), Outcome.REPLACED, "gb18030 becomes UTF-8")
    origin = Origin(path="a.txt", sha256="", size=4, encoding="gb18030")
    made = shown(result("渡轮\n", (), (encoding,), origin=origin))
    assert made.partition("\nTo keep")[0] == (
        "a.txt   7 B   gb18030\n"
        "  file  core/encoding   likely     replaced\n"
        "        gb18030 becomes UTF-8   rules/x.toml:1\n"
    )  # fmt: skip


def test_what_a_limit_held_back_is_shown_and_said_once() -> None:
    note = "82 % of the running text would go"
    made = shown(result("a\nb\n", (), (verdict("x/y", Span(0, 2), Outcome.LIMITED, "a tail", reason=note),), note=note))
    assert "    1 ~ a\n" in made
    assert made.count(note) == 1


@pytest.mark.parametrize("outcome", [Outcome.KEPT, Outcome.DECIDED, Outcome.OVERLAPPED, Outcome.VOID])
def test_settled_findings_are_shown_when_asked_for(outcome: Outcome) -> None:
    made = result("a\nb\n", (), (verdict("x/y", Span(0, 2), outcome, "because", reason="settled"),))
    assert shown(made) == ""
    assert "settled" in shown(made, show_all=True)


def test_a_guess_of_the_model_is_shown_when_asked_for() -> None:
    guess = verdict(
        "core/model", Span(0, 2), Outcome.FLAGGED, "short", confidence=Confidence.POSSIBLE, kind="statistic"
    )
    assert shown(result("a\nb\n", (), (guess,))) == ""
    assert "core/model" in shown(result("a\nb\n", (), (guess,)), show_all=True)


def test_kin_in_another_document_is_shown_where_it_is_at_hand() -> None:
    text = "The ferry carries 240 people.\n"
    other = Document("seeds/pier.txt", "Top\nThe ferry carries 180 people.\n")
    kin = Kin("seeds/pier.txt", 2, 2, "edit", 934, None, ((Span(18, 21), Span(18, 21)),))
    made = result(text, (), (verdict("core/near", Span(0, 29), Outcome.FLAGGED, "a near copy", kin=kin),))
    without = shown(made)
    assert "   kin  seeds/pier.txt:2   93 % alike\n" in without
    assert "180" not in without
    found = shown(made, document=lambda name: other if name == other.id else None)
    assert "    1 ~ The ferry carries [240] people.\n" in found
    assert "    2   The ferry carries [180] people.\n" in found


def test_long_paths_and_rules_are_shortened_in_the_middle() -> None:
    path = "dump/" + "harbour-news/" * 12 + "0417.txt"
    long_rule = "seed-news/" + "very-" * 12 + "long"
    made = shown(result("a\nb\n", [Edit(Span(0, 2), "", (long_rule,))], (), id=path), width=50)
    header, head = made.splitlines()[:2]
    assert header.startswith("dump/")
    assert "..." in header
    assert "0417.txt   4 B -> 2 B   -50 %" in header
    assert head.endswith("long   removed")


def test_tabs_are_four_spaces_and_wide_text_wraps_under_itself() -> None:
    made = shown(result("\ta" + "渡轮返航" * 12 + "。\nb\n", [Edit(Span(0, 52), "", ("x/y",))], ()), width=60)
    rows = made.splitlines()[2:]
    assert rows[0].startswith("    1 -     a渡轮")
    assert rows[1].startswith(" " * 8 + "渡") or rows[1].startswith(" " * 8 + "轮") or rows[1][8] in "返航"
    assert not any(row.strip().startswith("。") for row in rows)


def test_the_tally_counts_under_the_strongest_rule() -> None:
    tally = Tally()
    rights = verdict("zh/cc", Span(0, 2), Outcome.REMOVED, "licence", rights="CC-BY-4.0")
    tally.add(ferry())
    tally.add(result("a\nb\nc\n", [Edit(Span(0, 4), "", ("zh/cc", "zh/entry"), (0,))], (rights,), id="b"))
    tally.add(result("clean\n", (), (), id="c"))
    tally.fail(Failure("d", "d.txt", "binary."))
    totals = tally.totals(ledger="x")
    assert (totals.read, totals.changed, totals.clean, totals.failed) == (4, 2, 1, 1)
    assert [(total.rule, total.lines, total.rights) for total in totals.by_rule] == [
        ("seed-news/related-tail", 13, False),
        ("zh/breadcrumb", 1, False),
        ("zh/cc", 2, True),
        ("core/spaces", 0, False),
    ]
    assert totals.characters_removed == len(FERRY) + 6 + 6 - sum(
        len(made.text) for made in (ferry(), result("c\n", (), ()), result("clean\n", (), ()))
    )
    assert [total.rule for total in totals.flagged] == ["core/near-duplicate"]
    assert closing(totals) == "3 removals, 2 replacements, 1 flag in 2 files."


def test_an_empty_run_has_a_summary() -> None:
    assert summed(Totals(), 80) == " 0 read\n"
    assert closing(Totals()) == "Nothing to remove and nothing to flag."


def test_a_run_that_only_changes_encodings_says_that_no_text_went() -> None:
    totals = replace(Totals(), read=1, changed=0, clean=1, by_rule=(RuleTotal("core/encoding", 1, 1),))
    assert " no text removed; changes by 1 rule\n" in summed(totals, 80)


def test_importing_the_reports_does_not_import_rich() -> None:
    code = "import sys, scrubber.report; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_titles_stand_in_for_missing_reasons() -> None:
    assert rule("x/y").title in shown(result("a\nb\n", (), (verdict("x/y", Span(0, 2), Outcome.FLAGGED, ""),)))
