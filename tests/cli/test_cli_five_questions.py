"""Five questions that the report for terminals answers by itself, for every cut that it shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_program import Run

RULES = """\
[ruleset]
name = "pier"
version = "1.0"

[[rule]]
id = "share-bar"
kind = "line"
title = "Share bar"
why = "Buttons flattened to text."
match = { equals = ["分享到"] }

[[rule]]
id = "near"
kind = "neardup"
title = "Nearly the same"
why = "A paragraph that nearly repeats another."
params = { threshold = 0.5, min-chars = 20 }
"""
FIRST = "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行，夜班船也会在下周末以前全部恢复。"
SECOND = FIRST.replace("中午", "傍晚").replace("星期一", "星期三")
PAGE = f"{FIRST}\n分享到\n风浪很大的时候，渡轮不开，旅客在候船室里等候通知。\n{SECOND}\n"


@pytest.fixture
def report(place: Path, scrubber: Run) -> str:
    """What `diff` prints on standard output, and nothing else."""
    (place / "rules").mkdir()
    (place / "rules" / "pier.toml").write_text(RULES, "utf-8")
    (place / "a.txt").write_text(PAGE, "utf-8")
    return scrubber("diff", "--rules", "rules/pier.toml", "a.txt").text


def test_what_was_cut(report: str) -> None:
    assert "\n    2 - 分享到\n" in report


def test_why(report: str) -> None:
    assert "     2  pier/share-bar   likely     removed\n        Buttons flattened to text.   " in report


def test_by_which_rule_with_file_and_line(report: str) -> None:
    line = RULES[: RULES.index('id = "share-bar"')].count("\n")
    assert f"        Buttons flattened to text.   rules/pier.toml:{line}\n" in report
    line = RULES[: RULES.index('id = "near"')].count("\n")
    assert f"rules/pier.toml:{line}\n" in report.partition("pier/near")[2]


def test_which_other_text_it_repeats(report: str) -> None:
    assert "\n   kin  line 1   9" in report
    assert "\n    4 ~ 渡轮今天[傍晚]返航，码头将于星期[三]重新开放" in report
    assert "\n    1   渡轮今天[中午]返航，码头将于星期[一]重新开放" in report.partition("\n   kin")[2]


def test_how_to_stop_it(report: str) -> None:
    closing = " ".join(report.splitlines()[-2:])
    assert "To keep a text: scrubber review. To switch a rule off: --ignore RULE." in closing
    assert "Why a line goes or stays: scrubber explain FILE:LINE." in closing


def test_the_ways_to_stop_it_stop_it(place: Path, report: str, scrubber: Run) -> None:
    command = ("diff", "--rules", "rules/pier.toml", "a.txt")
    assert "share-bar" not in scrubber(*command, "--ignore", "pier/share-bar").text
    assert "rules/pier.toml:" in scrubber("explain", "--rules", "rules/pier.toml", "a.txt:2").text
