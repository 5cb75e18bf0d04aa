"""The action for GitHub: what it declares, and its script as a runner would start it.

Nothing is installed: the script finds the scrubber of this checkout where its own step would have put one.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cli_program import BODY, DIRTY, REPOSITORY, environment
from git_tree import GitTree

from scrubber.report import REPORTS

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed: pip install 'corpus-scrubber[test]'")
ACTION: dict[str, Any] = yaml.safe_load((REPOSITORY / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
CHECK = next(step for step in STEPS if step.get("id") == "check")

runs_the_script = pytest.mark.skipif(
    os.name == "nt" or shutil.which("bash") is None, reason="the script of the action is run by a POSIX bash"
)


@dataclass(frozen=True)
class Step:
    """What the step left behind."""

    code: int
    stdout: str
    summary: str
    outputs: str


@pytest.fixture
def runner(place: Path, tmp_path: Path) -> Path:
    """The folder of a runner, with the program where the first step installs it."""
    programs = tmp_path / "runner" / "scrubber-action" / "bin"
    programs.mkdir(parents=True)
    launcher = programs / "scrubber"
    launcher.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m scrubber "$@"\n')
    launcher.chmod(0o755)
    return tmp_path / "runner"


def check(place: Path, runner: Path, **inputs: str) -> Step:
    """Run the script with these inputs, `_` for `-` in their names; defaults for the rest."""
    values = {name: declared["default"] for name, declared in ACTION["inputs"].items()}
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    assert given.keys() <= values.keys()
    values |= given
    env = environment(GITHUB_ACTIONS="true")
    for name, expression in CHECK["env"].items():
        wanted = re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", expression)
        env[name] = values[wanted[1]] if wanted else expression.replace("${{ runner.temp }}", str(runner))
    summary, outputs = runner / "summary.md", runner / "outputs"
    for file in (summary, outputs):
        file.write_text("")
    env |= {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(outputs)}
    done = subprocess.run(  # as runners start `shell: bash`
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", CHECK["run"]],
        cwd=place, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    return Step(done.returncode, done.stdout.decode(), summary.read_text(), outputs.read_text())


def test_every_input_is_described_has_a_default_and_is_used() -> None:
    used = set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", (REPOSITORY / "action.yml").read_text("utf-8")))
    assert used == set(ACTION["inputs"])
    for name, declared in ACTION["inputs"].items():
        assert declared["description"].strip(), name
        assert isinstance(declared["default"], str), name


def test_no_expression_becomes_program_text() -> None:
    """A path or a branch name may hold anything; as a variable it stays a value."""
    for step in STEPS:
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def test_options_of_the_script_are_those_of_the_program(scrubber: Any) -> None:
    known = set(re.findall(r"--[\w-]+", scrubber("check", "--help").text))
    assert set(re.findall(r"--[a-z][\w-]*", CHECK["run"])) <= known
    assert "github" in REPORTS


def test_the_page_on_ci_names_every_input() -> None:
    page = (REPOSITORY / "docs" / "ci.md").read_text("utf-8")
    assert all(f"`{name}`" in page for name in ACTION["inputs"])


@runs_the_script
def test_findings_become_annotations_and_fail(place: Path, runner: Path) -> None:
    (place / "seeds").mkdir()
    (place / "seeds" / "a.txt").write_text(DIRTY)
    (place / "seeds" / "b b.txt").write_text(BODY)
    step = check(place, runner, paths="seeds", rules="pier.toml", summary="false")
    assert (step.code, step.outputs) == (1, "exit-code=1\n")
    assert re.findall(r"::(\w+) file=([^,]+),line=(\d+)", step.stdout) == [("error", "seeds/a.txt", "2")]
    assert check(place, runner, paths="seeds/b b.txt\n", rules="pier.toml", summary="false").code == 0
    step = check(place, runner, paths="seeds", rules="pier.toml", summary="false", exit_zero="true")
    assert (step.code, step.outputs) == (0, "exit-code=0\n")


@runs_the_script
def test_inputs_reach_the_program(place: Path, runner: Path) -> None:
    git = GitTree(place)
    (place / "scrubber.toml").write_text('rules = ["pier.toml"]\n')
    (place / "old.txt").write_text(DIRTY)
    git.commit()
    assert check(place, runner, summary="false").code == 1
    assert check(place, runner, summary="false", changed_since="main").code == 0
    assert check(place, runner, summary="false", changed_since="--upload-pack=x").code == 2
    assert check(place, runner, summary="false", isolated="true", rules="core\npier.toml").code == 1
    assert check(place, runner, summary="false", baseline="none.json").code == 2
    (place / "new.txt").write_text(BODY + "Advert: a boat\n")
    assert check(place, runner, summary="false", changed_since="main").code == 1
    assert check(place, runner, summary="false", changed_since="main", fail_on="remove").code == 0
    (place / "other.toml").write_text('rules = ["pier.toml"]\nignore = ["pier/*"]\n')
    assert check(place, runner, summary="false", config="other.toml").code == 0


@runs_the_script
def test_inputs_are_values_and_nothing_else(place: Path, runner: Path) -> None:
    evil = '"; touch started; $(touch started) `touch started` ${{ x }} --exit-zero'
    for name in sorted(ACTION["inputs"].keys() - {"summary", "isolated", "exit-zero", "python"}):
        step = check(place, runner, summary="false", **{name.replace("-", "_"): evil})
        # Any name will do for a file that is written; whatever is read must be there.
        assert step.code in ((0, 2, 3) if name == "sarif-file" else (2, 3)), name
    assert not list(place.rglob("started"))


@runs_the_script
def test_sarif_and_summary_are_written_beside_the_annotations(place: Path, runner: Path) -> None:
    (place / "a.txt").write_text(DIRTY)
    step = check(place, runner, paths="a.txt", rules="pier.toml", sarif_file="found.sarif")
    assert step.code == 1
    assert "file=a.txt,line=2" in step.stdout
    assert "pier/share-bar" in step.summary
    (run,) = json.loads((place / "found.sarif").read_text("utf-8"))["runs"]
    (found,) = run["results"]
    place_of = found["locations"][0]["physicalLocation"]
    assert (place_of["artifactLocation"]["uri"], place_of["region"]["startLine"]) == ("a.txt", 2)


@runs_the_script
def test_a_python_that_is_too_old_is_told_before_anything_is_installed(tmp_path: Path) -> None:
    install = next(step for step in STEPS if step["name"] == "Install scrubber")
    old = tmp_path / "old python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    env = environment(SOURCE=str(REPOSITORY), PYTHON=str(old), PLACE=str(tmp_path / "place"))
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", install["run"]],
        env=env, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.startswith("::error::scrubber needs Python 3.11")) == (2, True)
    assert not (tmp_path / "place").exists()
