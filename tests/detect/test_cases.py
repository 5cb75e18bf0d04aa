"""Detector cases are rule files with examples: one file a kind in `cases/`. To add a case, add an example."""

from __future__ import annotations

from pathlib import Path

import pytest

from scrubber.engine.examples import check_examples
from scrubber.rules.examples import ExampleResult
from scrubber.rules.load import load_rules

CASES = Path(__file__).parent / "cases"


def results() -> list[ExampleResult]:
    return [result for path in sorted(CASES.glob("*.toml")) for result in check_examples(load_rules([path]))]


@pytest.mark.parametrize("result", results(), ids=lambda result: f"{result.rule_id}: {result.example_name}")
def test_case(result: ExampleResult) -> None:
    assert result.passed, result.message
