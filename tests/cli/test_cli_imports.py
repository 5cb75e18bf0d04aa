"""What starting up costs: heavy libraries are not imported by commands that do not need them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cli_program import BODY, environment

PROGRAM = """
import sys
arguments, heavy = sys.argv[1].split("|"), sys.argv[2].split("|")
sys.argv = ["scrubber", *arguments]
from scrubber.cli.main import main
from scrubber.cli.standard import prepare_streams
prepare_streams()
code = main(arguments)
found = sorted(name for name in heavy if name in sys.modules)
print(code, *found, file=sys.stderr)
"""
ALWAYS_LATE = ("chardet", "bs4", "selectolax", "datasketch", "numpy", "scipy")
HELP_LATE = (*ALWAYS_LATE, "ftfy", "re2", "rapidfuzz", "rich", "selectolax", "pydantic", "multiprocessing")
#: The list of commands needs none of them.
LIST_LATE = (*HELP_LATE, "scrubber.cli.options", "scrubber.model", "scrubber.rules", "scrubber.report", "email")


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (("--help",), LIST_LATE),
        (("clean", "--help"), HELP_LATE),
        (("--version",), LIST_LATE),
        (("check", "a.txt", "--no-cache"), ALWAYS_LATE),
        (("check", "a.txt", "--no-cache", "--rules", "pier.toml"), ALWAYS_LATE),
        (("clean", "a.txt", "--no-cache", "--out", "out"), ALWAYS_LATE),
    ],
    ids=lambda value: " ".join(value) if value[0] in ("--help", "--version", "check", "clean") else "",
)
def test_heavy_libraries_stay_out(place: Path, arguments: tuple[str, ...], heavy: tuple[str, ...]) -> None:
    (place / "a.txt").write_text(BODY)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "|".join(arguments), "|".join(heavy)],
        cwd=place,
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert done.stderr.splitlines()[-1] == "0"


@pytest.mark.parametrize(("lines", "is_asked"), [(7, False), (8, True)])
def test_the_line_model_is_loaded_for_texts_that_are_long_enough(place: Path, lines: int, is_asked: bool) -> None:
    modules = [f"scrubber.detect.{name}" for name in ("line_features", "line_model", "opinion", "page_cut")]
    (place / "a.txt").write_text("".join(f"The ferry returned at noon on day {number}.\n" for number in range(lines)))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "check|a.txt|--no-cache", "|".join(modules)],
        cwd=place,
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert done.stderr.splitlines()[-1].split()[1:] == (modules if is_asked else [])
