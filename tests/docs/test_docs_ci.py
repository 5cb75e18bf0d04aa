"""What the page on CI shows in YAML is YAML, and calls scrubber as it can be called."""

from __future__ import annotations

import re
from typing import Any

import pytest
import typer
from doc_blocks import REPOSITORY, blocks_of

from scrubber.cli.main import build_app
from scrubber.report import REPORTS

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed: pip install 'corpus-scrubber[test]'")

BLOCKS = [block for block in blocks_of(REPOSITORY / "docs" / "ci.md") if block.language == "yaml"]
HOOKS = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text("utf-8"))
ACTION = yaml.safe_load((REPOSITORY / "action.yml").read_text("utf-8"))


def texts_in(value: Any) -> list[str]:
    """All strings of a YAML value."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts_in(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts_in(inner)]
    return [value] if isinstance(value, str) else []


def calls_in(text: str) -> list[list[str]]:
    """The calls of scrubber in a script, as words."""
    return [line.split() for line in text.splitlines() if line.startswith("scrubber ")]


def assert_call_is_known(words: list[str]) -> None:
    commands: Any = typer.main.get_command(build_app()).commands  # type: ignore[attr-defined]
    options = {name for parameter in commands[words[1]].params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options, words
    formats = {words[place + 1].partition(":")[0] for place, word in enumerate(words) if word == "--report"}
    assert formats <= {*REPORTS, "sarif", "markdown", "html", "csv"}


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_yaml_is_yaml_and_its_calls_are_known(block: Any) -> None:
    value = yaml.safe_load(block.text)
    for text in texts_in(value):
        for call in calls_in(text):
            assert_call_is_known(call)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks_call_what_there_is(hook: dict[str, Any]) -> None:
    assert_call_is_known(hook["entry"].split())
    assert hook["require_serial"] is True
    taken = re.compile(hook["files"])
    assert taken.search("seeds/a.TXT")
    assert not taken.search("program.py")
    assert bool(taken.search("page.html")) is (hook["id"] == "scrubber-check")


def test_the_workflow_gives_the_action_inputs_that_it_has() -> None:
    steps = [step for block in BLOCKS for step in _steps(yaml.safe_load(block.text))]
    ours = [step for step in steps if "corpus-scrubber" in step.get("uses", "")]
    assert ours
    assert all(set(step["with"]) <= set(ACTION["inputs"]) for step in ours)


def _steps(value: Any) -> list[dict[str, Any]]:
    jobs = value.get("jobs", {}) if isinstance(value, dict) else {}
    return [step for job in jobs.values() for step in job["steps"]]
