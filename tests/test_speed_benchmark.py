"""The benchmark of `benchmarks/speed.py` runs, and its texts and rules are what it says. No time is asserted."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scrubber.engine.clean import Cleaner
from scrubber.model import Document
from scrubber.rules.load import load_rules

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

import speed
import speed_texts


def test_a_dump_is_the_same_each_time_and_smaller_ones_are_its_beginning() -> None:
    pages = list(speed_texts.pages(60_000))
    assert pages == list(speed_texts.pages(60_000))
    assert pages[:3] == list(speed_texts.pages(200_000))[:3]
    assert all(1_000 < len(page.encode()) < 40_000 for page in pages)


def test_the_generated_rules_hit_the_chrome_of_the_dump(tmp_path: Path) -> None:
    path = tmp_path / "bench.toml"
    path.write_text(speed_texts.rule_file(), encoding="utf-8")
    ruleset = load_rules([path])
    assert len(ruleset.rules) == speed_texts.RULES
    cleaner = Cleaner(ruleset)
    lines = left = 0
    for number, page in enumerate(speed_texts.pages(60_000)):
        result = cleaner.clean(Document(str(number), page))
        lines += page.count("\n")
        left += result.text.count("\n")
    assert lines * 15 <= (lines - left) * 100 <= lines * 35


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), ("end to end, one process", "bare re2.Set", "detector neardup", "write and ledger", "scrubber --help")),
        (("--linear",), ("200 generated", "bundled")),
    ],
)
def test_it_prints_its_tables(
    options: tuple[str, ...],
    expected: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(speed, "SAMPLE_CHARS", 200)
    speed.main(["--size", "0.005", "--starts", "1", *options])
    printed = capsys.readouterr().out
    for words in expected:
        assert words in printed
