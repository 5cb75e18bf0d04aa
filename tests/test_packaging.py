"""The built wheel, installed into a fresh environment, works from another folder and brings its rules along."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONIOENCODING"] = "utf-8"
    return subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_rules_and_the_typing_mark_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {f"scrubber/bundled_rules/{path.name}" for path in (ROOT / "rules").glob("*.toml")} <= set(names)
    assert "scrubber/py.typed" in names
    page = ROOT / "scrubber" / "report" / "page"
    assert {f"scrubber/report/page/{path.name}" for path in page.iterdir()} <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "samples/", "benchmarks/"))]


def test_an_installed_wheel_works_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "environment"
    venv.create(home, with_pip=True)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    installed = run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    if "No matching distribution" in installed.stderr and "scrubber" not in installed.stderr:
        pytest.skip("no package index can be reached, so the wheel's dependencies cannot be installed")
    assert installed.returncode == 0, installed.stderr
    scrubber = python.parent / "scrubber"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    sample = elsewhere / "page.txt"
    sample.write_text(
        "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行。\n"
        "港口今年共接待旅客三十万人次，比去年增长一成，其中外地旅客占六成，本地旅客占四成。\n"
        "天气预报说，未来三天没有大风，海面平静，适合出行，请旅客提前半小时到达候船大厅等候。\n"
        "京ICP备20221234号-1\n",
        encoding="utf-8",
    )
    cleaned = run(scrubber, "clean", "page.txt", "--out", "out", cwd=elsewhere)
    assert cleaned.returncode == 0, cleaned.stderr
    text = (elsewhere / "out" / "page.txt").read_text("utf-8")
    assert "渡轮" in text
    assert "ICP" not in text
    listed = run(scrubber, "rules", "list", cwd=elsewhere)
    assert listed.returncode == 0, listed.stderr
    assert "core/repeat" in listed.stdout
    where = run(python, "-c", "import scrubber; print(scrubber.__file__)", cwd=elsewhere)
    assert str(home) in where.stdout
