"""The hooks of this repository in the real pre-commit, at a real commit.

Each hook runs as it is declared, but for one word: `language: system` in place of `python`, so that the scrubber of this
checkout answers and nothing is installed.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from cli_program import BODY, CHINESE, DIRTY, REPOSITORY, RULES, environment
from git_tree import ENVIRONMENT, GitTree

pytest.importorskip("pre_commit", reason="pre-commit is not installed: pip install 'corpus-scrubber[test]'")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the launcher of these tests is a shell script")

HOOKS = REPOSITORY / ".pre-commit-hooks.yaml"


@dataclass(frozen=True)
class Project:
    """A repository whose commits go through the hooks."""

    folder: Path
    git: GitTree
    env: dict[str, str]

    def run(self, *arguments: str) -> tuple[int, str]:
        """Exit code and output of pre-commit."""
        return self.call(sys.executable, "-m", "pre_commit", *arguments)

    def call(self, *arguments: str) -> tuple[int, str]:
        """Exit code and output of a program in that repository."""
        done = subprocess.run(arguments, cwd=self.folder, env=self.env, capture_output=True, timeout=300, check=False)
        return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")

    def configure(self, *hooks: str) -> None:
        """Use these hooks; each is a line of YAML."""
        source = self.folder.parent / "hooks"
        rev = GitTree.head(source)
        lines = ["repos:", f"- repo: {source}", f"  rev: {rev}", "  hooks:", *(f"  - {{{hook}}}" for hook in hooks)]
        (self.folder / ".pre-commit-config.yaml").write_text("\n".join(lines) + "\n")

    def commit(self, **texts: str | bytes) -> tuple[int, str]:
        """Write `NAME.txt` files below `seeds`, stage everything, and commit."""
        for name, text in texts.items():
            file = self.folder / "seeds" / f"{name}.txt"
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.git("add", "--all")
        return self.call("git", "commit", "--quiet", "--message", "Seeds")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    source = tmp_path / "hooks"
    source.mkdir()
    declared = HOOKS.read_text("utf-8")
    assert declared.count("language: python") == declared.count("- id:") == 2
    (source / ".pre-commit-hooks.yaml").write_text(declared.replace("language: python", "language: system"), "utf-8")
    GitTree(source).commit()
    programs = tmp_path / "bin"
    programs.mkdir()
    launcher = programs / "scrubber"
    launcher.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m scrubber "$@"\n')
    launcher.chmod(0o755)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pier.toml").write_text(RULES, "utf-8")
    (folder / "scrubber.toml").write_text('rules = ["pier.toml"]\nexclude = ["seeds/raw*"]\n')
    env = environment(PRE_COMMIT_HOME=str(tmp_path / "home"), HOME=str(tmp_path), **ENVIRONMENT)
    env["PATH"] = f"{programs}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    env.pop("PYTHONWARNINGS")  # other people's programs
    made = Project(folder, GitTree(folder), env)
    made.configure("id: scrubber-check")
    code, output = made.run("install")
    assert code == 0, output
    return made


def test_a_dirty_text_is_not_committed_and_a_clean_one_is(project: Project) -> None:
    code, output = project.commit(a=DIRTY, b=BODY)
    assert code == 1
    assert re.search(r"scrubber check\.+Failed", output)
    assert "\nseeds/a.txt   " in output
    assert " - Share this story" in output
    assert "\nseeds/b.txt   " not in output
    code, output = project.commit(a=BODY)
    assert code == 0, output
    assert re.search(r"scrubber check\.+Passed", output)


def test_only_texts_are_looked_at_and_excludes_hold(project: Project) -> None:
    (project.folder / "program.py").write_text("Share_this_story = 1\n")
    (project.folder / "notes").write_text("Share this story\n")
    (project.folder / "seeds").mkdir()
    (project.folder / "seeds" / "raw.txt").write_text(DIRTY)
    code, output = project.commit(b=BODY)
    assert code == 0, output
    (project.folder / "page.HTML").write_text(f"<p>{BODY}</p><p>Share this story</p>")
    code, output = project.commit()
    assert (code, "page.HTML" in output) == (1, True)


def test_without_texts_among_the_staged_files_nothing_is_run(project: Project) -> None:
    code, output = project.commit()
    assert code == 0, output
    assert "(no files to check)Skipped" in output


def test_deleting_a_dirty_text_is_allowed(project: Project) -> None:
    (project.folder / "seeds").mkdir()
    (project.folder / "seeds" / "a.txt").write_text(DIRTY)
    project.git("add", "--all")
    project.git("commit", "--quiet", "--no-verify", "--message", "Dirty")
    project.git("rm", "--quiet", "seeds/a.txt")
    code, output = project.commit(b=BODY)
    assert code == 0, output


def test_options_and_files_of_the_project_count(project: Project) -> None:
    project.configure("id: scrubber-check, files: ^other/")
    assert project.commit(a=DIRTY)[0] == 0
    project.configure("id: scrubber-check, args: [--fail-on, remove]")
    assert project.commit(b=BODY + "Advert: a boat\n")[0] == 0
    project.configure("id: scrubber-check")
    code, output = project.run("run", "--all-files")
    assert code == 1
    assert "seeds/a.txt" in output
    assert "Advert: a boat" in output


def test_a_baseline_lets_an_old_corpus_through_and_no_new_finding(project: Project) -> None:
    (project.folder / "seeds").mkdir()
    (project.folder / "seeds" / "old.txt").write_text(DIRTY)
    with (project.folder / "scrubber.toml").open("a") as config:
        config.write('baseline = "base.json"\n')
    assert project.call("scrubber", "check", "seeds", "--write-baseline")[0] == 0
    code, output = project.commit(new=BODY)
    assert code == 0, output
    code, output = project.commit(old=DIRTY + "Advert: a boat\n")
    assert code == 1
    assert "Advert: a boat" in output
    assert " - Share this story" not in output


def test_clean_mends_what_is_staged_and_stops_the_commit_once(project: Project) -> None:
    project.configure("id: scrubber-clean", "id: scrubber-check")
    gbk = f"{CHINESE}\n" * 4 + "分享到\n"
    (project.folder / "page.html").write_text(f"<p>{BODY}</p>")
    code, output = project.commit(a=DIRTY, b=BODY, c=gbk.encode("gbk"))
    assert code == 1
    assert re.search(r"scrubber clean\.+Failed", output)
    assert "files were modified by this hook" in output
    seeds = project.folder / "seeds"
    assert (seeds / "a.txt").read_text() == (seeds / "b.txt").read_text() == BODY
    assert (seeds / "c.txt").read_text("utf-8") == f"{CHINESE}\n" * 4
    assert not list(project.folder.rglob(".scrubber"))
    code, output = project.commit()
    assert code == 0, output
    assert project.git("status", "--porcelain") == ""


def test_a_broken_configuration_is_no_finding(project: Project) -> None:
    (project.folder / "scrubber.toml").write_text("exlude = []\n")
    code, output = project.commit(a=BODY)
    assert code == 1
    assert "exit code: 2" in output
    assert 'unknown key "exlude"' in output
