"""`--changed-since`: which files git reports as changed. Git is called with argument lists, never by way of a shell.

Refuses revisions that look like options. Compared is the working tree, as the run will read it, with the commit where
the branch left REV: what others have changed in REV since then is their business.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from scrubber.cli.session import Session, name_from_here
from scrubber.errors import UsageError
from scrubber.rules.decisions import DECISIONS_FILE
from scrubber.rules.toml_cells import shown

_OPTION = "--changed-since"
#: Nothing that the configuration of a repository may start is started for a look at its files.
_HARMLESS = ("-c", "core.fsmonitor=false")
#: Git sets these for its hooks; the repository is the one that the inputs lie in.
_NOT_OURS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE")


class Changed(Struct, frozen=True):
    """What has changed. Paths are absolute, with all links of the folders above the work tree resolved.

    `files` stand there now, whether they are new, changed or renamed; `deleted` do not. `folders` are those above `files`.
    `note` is for people: what was compared, where it is not what they asked for.
    """

    revision: str
    files: frozenset[str]
    deleted: frozenset[str]
    folders: frozenset[str]
    note: str = ""

    def has(self, path: str) -> bool:
        """Whether a file has changed, or what it leads to if it is a link."""
        folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100
        return os.path.join(os.path.realpath(folder), name) in self.files or os.path.realpath(path) in self.files  # noqa: PTH118

    def deleted_below(self, path: str) -> frozenset[str]:
        """The deleted files at or below a path. O(deleted files)."""
        real = os.path.realpath(path)
        inside = real.rstrip(os.sep) + os.sep
        return frozenset(file for file in self.deleted if file == real or file.startswith(inside))


def changed_since(revision: str, start: Path) -> Changed:
    """The files of the work tree around `start` that differ from where its branch left `revision`; new ones included.

    Raises `UsageError`: no such revision, no repository, no git. O(files that differ), as far as git is.
    """
    if not revision or revision.startswith("-"):
        raise UsageError(
            f"{_OPTION} {shown(revision)} is no revision.", hint="Name a branch, a tag or a commit: origin/main."
        )
    top = _Git(_folder_of(start)).path(("rev-parse", "--show-toplevel"))
    git = _Git(Path(top))
    commit = git.try_line(("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"))
    if commit is None:
        raise UsageError(
            f"git knows no revision {shown(revision)} here.",
            hint="Fetch it first; checkouts of CI are often shallow (`fetch-depth: 0`).",
        )
    base = git.try_line(("merge-base", commit, "HEAD"))
    note = "" if base is not None else f"no common history with {revision} is known here: compared with it as it is."
    compared = ("diff", "--name-status", "-z", "-M", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all")
    standing, deleted = _statuses(git.parts((*compared, base or commit, "--")))
    standing += git.parts(("ls-files", "--others", "--exclude-standard", "-z"))
    files = frozenset(_below(top, name) for name in standing)
    gone = frozenset(_below(top, name) for name in deleted) - files
    folders = frozenset(folder for file in files for folder in _above(file, top))
    return Changed(revision, files, gone, folders, note)


def steering_changed(changed: Changed, session: Session, baseline: Path | None) -> tuple[str, ...]:
    """Files among the changed ones that say what is found and what fails: configuration, rules, decisions, baseline."""
    scene = session.scene
    files = [scene.config, scene.settings.decisions or scene.root / DECISIONS_FILE, baseline]
    named = [str(file) for file in files if file is not None] + [info.path for info in session.ruleset.files]
    return tuple(dict.fromkeys(name_from_here(Path(name)) for name in named if changed.has(name)))


def _folder_of(start: Path) -> Path:
    """The nearest folder at or above `start` that is there."""
    return next((folder for folder in (start, *start.parents) if folder.is_dir()), Path.cwd())


def _below(top: str, name: bytes) -> str:
    return os.path.join(top, os.fsdecode(name).replace("/", os.sep))  # noqa: PTH118  a name that is not UTF-8 stays


def _above(file: str, top: str) -> Iterator[str]:
    folder = os.path.dirname(file)  # noqa: PTH120
    while len(folder) >= len(top):
        yield folder
        if folder == (above := os.path.dirname(folder)):  # noqa: PTH120
            return
        folder = above


def _statuses(parts: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Names that stand and names that are gone, from `git diff --name-status -z`. Of a rename the new name stands."""
    standing: list[bytes] = []
    deleted: list[bytes] = []
    rest = iter(parts)
    for status in rest:
        name = next(rest, b"")
        if status[:1] in (b"R", b"C"):
            name = next(rest, b"")
        (deleted if status[:1] == b"D" else standing).append(name)
    return standing, deleted


def _environment() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    return {**inherited, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}


class _Git(Struct, frozen=True):
    """Git, run in one folder."""

    folder: Path

    def _run(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                ["git", *_HARMLESS, *arguments],
                cwd=self.folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not a revision"
            raise UsageError(f"{_OPTION} needs git, which cannot be run ({reason}).") from error

    def output(self, arguments: Sequence[str]) -> bytes:
        """What git prints. Raises `UsageError` with what it says where it fails."""
        done = self._run(arguments)
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["nothing"]
            raise UsageError(f'{_OPTION}: git says "{said[0]}".', hint="The inputs must lie in a git work tree.")
        return done.stdout

    def try_line(self, arguments: Sequence[str]) -> str | None:
        """The first line that git prints, or None where it fails."""
        done = self._run(arguments)
        lines = done.stdout.decode("ascii", "replace").splitlines()
        return lines[0] if not done.returncode and lines else None

    def path(self, arguments: Sequence[str]) -> str:
        """A path that git prints, links resolved."""
        return os.path.realpath(os.fsdecode(self.output(arguments).removesuffix(b"\n").removesuffix(b"\r")))

    def parts(self, arguments: Sequence[str]) -> list[bytes]:
        """What git prints, each part ended by NUL."""
        return self.output(arguments).split(b"\0")[:-1]
