"""A git repository for tests: commits without the settings of whoever runs them. Skips where there is no git."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

_IDENTITY = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "Test"), ("EMAIL", "test@example.org"), ("DATE", "2001-02-03T04:05:06+00:00"))
}
#: Neither the user's settings nor the machine's, and no repository but the one in the folder.
ENVIRONMENT: Mapping[str, str] = {**_IDENTITY, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


class GitTree:
    """A repository with the branch `main` in `folder`, which may have an empty `.git`."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("git") is None:
            pytest.skip("git is not installed")
        self.folder = folder
        if (folder / ".git").is_dir() and not any((folder / ".git").iterdir()):
            (folder / ".git").rmdir()
        self("init", "--quiet")
        self("symbolic-ref", "HEAD", "refs/heads/main")

    def __call__(self, *arguments: str, fails: bool = False) -> str:
        """Run git; what it prints. It must succeed, or with `fails` it must not."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env={**inherited, **ENVIRONMENT}, capture_output=True, check=False
        )
        output = (done.stdout + done.stderr).decode("utf-8", "replace")
        assert (done.returncode != 0) is fails, output
        return output

    def commit(self, message: str = "Change") -> str:
        """Commit everything as it stands; the id of the commit."""
        self("add", "--all")
        self("commit", "--quiet", "--allow-empty", "--message", message)
        return self("rev-parse", "HEAD").strip()

    @staticmethod
    def head(folder: Path) -> str:
        """The id of the commit that a repository is at."""
        done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, check=True)
        return done.stdout.decode("ascii").strip()
