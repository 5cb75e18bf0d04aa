"""The measures of text dumps are what `benchmarks/line_scores.py` says, and the benchmark of dumps runs."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

import line_scores
import textdump
from line_scores import counts_of, kept_by, measures_of, rows_of

SENTENCE = "The ferry returned at noon, and the harbour office said that it will sail again on Monday."
OTHER = "All passengers were safe, the captain told the reporters who had waited on the pier."
LINES = ["Menu", SENTENCE, OTHER, "Menu", "渡轮今天中午返航。"]
LABELS = [0, 1, 1, 0, 1]


def test_a_page_told_apart_rightly_has_the_best_measures() -> None:
    found = measures_of([counts_of(LINES, LABELS, [bool(label) for label in LABELS])])
    assert (found.line_f1, found.char_f1, found.lossy, found.exact, found.lost, found.gone) == (1, 1, 0, 1, 0, 1)


def test_copies_of_a_line_are_interchangeable() -> None:
    lines, labels = ["Pier", SENTENCE, "Pier"], [0, 1, 1]
    assert counts_of(lines, labels, [True, True, False]) == counts_of(lines, labels, [False, True, True])


def test_a_page_that_lost_more_than_a_tenth_is_lossy_and_what_it_lost_counts() -> None:
    found = measures_of([counts_of(LINES, LABELS, [True, True, False, True, True])])
    assert found.lossy == 1
    assert found.gone == 0
    assert 0.3 < found.lost < 0.6


def test_a_page_without_text_of_which_nothing_stays_is_right() -> None:
    assert measures_of([counts_of(["Menu"], [0], [False])]).line_f1 == 1


def test_pages_count_the_same_whatever_their_length() -> None:
    good = counts_of([SENTENCE], [1], [True])
    bad = counts_of([OTHER] * 1 + ["Menu"] * 50, [1] + [0] * 50, [False] + [True] * 50)
    assert measures_of([good, bad]).line_f1 == 0.5


def test_rows_are_those_of_all_pages_of_languages_and_of_sets() -> None:
    counts = counts_of(LINES, LABELS, [True] * 5)
    found = rows_of([("news", "zh", counts), ("news", "en", counts), ("blogs", "xx", counts)])
    assert list(found) == ["all", "language en", "language other", "language zh", "set blogs", "set news"]
    assert [measures.pages for measures in found.values()] == [3, 1, 1, 1, 1, 2]


@given(st.lists(st.sampled_from([*LINES, "", "Up", "  "]), max_size=12), st.data())
def test_lines_that_were_kept_are_found_again_in_what_came_out(lines: list[str], data: st.DataObject) -> None:
    flags = data.draw(st.lists(st.booleans(), min_size=len(lines), max_size=len(lines)))
    kept = kept_by(lines, "\n".join(line for line, flag in zip(lines, flags, strict=True) if flag))
    labels = [1] * len(lines)
    assert counts_of(lines, labels, kept) == counts_of(lines, labels, flags)


def test_lines_that_a_tool_joined_or_cut_short_are_found_and_short_ones_are_not_guessed() -> None:
    assert kept_by(["Menu", SENTENCE, OTHER], f"{SENTENCE} {OTHER} Menu") == [False, True, True]
    assert kept_by([SENTENCE + " Share"], SENTENCE) == [True]
    assert kept_by([SENTENCE], SENTENCE[:40]) == [False]


def test_a_line_that_was_repaired_or_lost_a_part_stays_and_one_that_went_in_parts_is_gone() -> None:
    def edit(start: int, end: int, put: str = "") -> dict[str, object]:
        return {"start": start, "end": end, "put": put}

    lines = ["Menu", "Pier", "", "Ferry"]
    assert textdump.left_by(lines, []) == [True, True, False, True]
    assert textdump.left_by(lines, [edit(0, 5)]) == [False, True, False, True]
    assert textdump.left_by(lines, [edit(0, 4, "Map"), edit(5, 7)]) == [True, True, False, True]
    assert textdump.left_by(lines, [edit(0, 7), edit(7, 16)]) == [False] * 4


def test_the_densest_run_leaves_the_frame() -> None:
    assert textdump.densest_run(["Menu", "Map", SENTENCE, "Boats", OTHER, "Up", "Top"]) == [
        False, False, True, True, True, False, False,
    ]  # fmt: skip
    assert textdump.densest_run([]) == []


def test_the_benchmark_runs_the_program_and_says_what_it_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record = {"id": "a", "dataset": "news", "lang": "zh", "lines": LINES, "labels": LABELS}
    with gzip.open(tmp_path / "news.dev.jsonl.gz", "wt", encoding="utf-8") as stream:
        stream.write(json.dumps(record) + "\n")
    monkeypatch.setattr(sys, "argv", ["textdump.py", str(tmp_path), "--profile", "careful"])
    textdump.main()
    printed = capsys.readouterr().out
    assert printed.startswith("1 pages, 0.0 MB\n")
    assert [line.split("|")[1].strip().split(" (")[0] for line in printed.splitlines() if line.startswith("|")] == [
        "", "---", "scrubber `careful`", "&nbsp; zh", "keep all", "&nbsp; zh", "densest run", "&nbsp; zh",
    ]  # fmt: skip
    assert "| 1 | 0.750 |" in printed


def test_without_pages_the_benchmark_says_so(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no labelled pages"):
        textdump.corpus_folder(tmp_path)


def test_the_measures_are_those_that_are_printed() -> None:
    found = measures_of([counts_of(LINES, LABELS, [True] * 5)])
    assert line_scores.row("all", found).count("|") == line_scores.HEADING.splitlines()[0].count("|")
