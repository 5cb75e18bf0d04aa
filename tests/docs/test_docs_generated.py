"""The pages that are made from the code are what the code says."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
import typer.main
from doc_blocks import REPOSITORY

from scrubber.cli.main import build_app

DOCS = REPOSITORY / "docs"


@pytest.fixture(scope="module")
def picture() -> ModuleType:
    specification = importlib.util.spec_from_file_location("docs_picture", DOCS / "picture.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_pages_are_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, DOCS / "generate.py", "--check"], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    yield name, command
    for inner, found in getattr(command, "commands", {}).items():
        yield from commands(found, f"{name} {inner}")


def test_every_option_of_every_command_has_its_line() -> None:
    page = (DOCS / "commands.md").read_text("utf-8")
    for name, command in commands(typer.main.get_command(build_app()), "scrubber"):
        if name in ("scrubber rules", "scrubber config"):
            continue
        section = page.partition(f"## {name}\n")[2].partition("\n## ")[0]
        for parameter in command.params:
            if not parameter.name.endswith("_completion"):
                names = [*parameter.opts, *parameter.secondary_opts]
                shown = names if names[0].startswith("-") else [parameter.metavar.replace("|", "\\|")]
                assert f"| {', '.join(f'`{each}`' for each in shown)} |" in section, f"{name}: {names}"


def test_every_bundled_rule_has_its_line() -> None:
    from scrubber.rules.load import load_rules

    page = (DOCS / "rules.md").read_text("utf-8")
    assert [rule.id for rule in load_rules(()).rules if f"\n| `{rule.id}` |" not in page] == []


def test_the_picture_shows_the_report_and_loads_nothing(picture: ModuleType) -> None:
    drawn = picture.PICTURE.read_text("utf-8")
    assert picture.shown_in(drawn).strip().startswith(f"$ scrubber diff {picture.SAMPLE}\n")
    assert "http" not in drawn.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "](docs/report.svg)" in (REPOSITORY / "README.md").read_text("utf-8")


def test_the_picture_gives_wide_characters_two_columns(picture: ModuleType) -> None:
    drawn = picture.PICTURE.read_text("utf-8")
    lengths = re.findall(r'textLength="([\d.]+)"[^>]*>([^<]*回首頁[^<]*)<', drawn)
    assert [(float(length), len(text)) for length, text in lengths] == [(pytest.approx(3 * 2 * 20 * 0.61), 3)]
