"""The real program in a subprocess: its standard output, standard error and exit code, apart."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from cli_program import RULES, Outcome, Run, environment


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder that is the top of a work tree, so that no configuration above it counts."""
    folder = tmp_path / "place"
    (folder / ".git").mkdir(parents=True)
    (folder / "pier.toml").write_text(RULES, "utf-8")
    return folder


@pytest.fixture
def scrubber(place: Path) -> Run:
    """Runs `scrubber ARGUMENTS` in that folder."""

    def run(
        *arguments: str | bytes, stdin: bytes = b"", env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-m", "scrubber", *arguments],
            input=stdin,
            capture_output=True,
            cwd=cwd or place,
            env=environment(**(env or {})),
            timeout=120,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))

    return run


@pytest.fixture
def pier(scrubber: Run) -> Run:
    """Runs `scrubber COMMAND --rules pier.toml ARGUMENTS`: start-up is quick with three rules."""

    def run(command: str, *arguments: str | bytes, **options: object) -> Outcome:
        return scrubber(command, "--rules", "pier.toml", *arguments, **options)

    return run
