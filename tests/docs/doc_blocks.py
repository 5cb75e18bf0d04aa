"""The code blocks of the documents: found, and done as they are written.

A block right below a line that ends in `` `path`: `` is the content of that file. A `diff` block changes a file; its
hunks are found by their lines, not by numbers. `sh` and `console` blocks are run, a line at a time, and what a console
block shows below a command must be what the command writes; `...` on a line of its own stands for any lines, at the end
of a line for its rest. `python` blocks are run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = (
    *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md")),
    *sorted((REPOSITORY / "docs").glob("*.md")),
)

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r"^\s*`(?P<path>[\w./-]+)`:$")
_HEADING = re.compile(r"^## (?P<title>.+)$", re.MULTILINE)
#: The one command of which an example may end with 1: it is there to find something.
_FINDS = "scrubber check "


@dataclass(frozen=True, slots=True)
class Block:
    """A code block: its page, the line that it begins in, the section around it, and the file that it is, if any."""

    page: str
    line: int
    section: str
    language: str
    text: str
    file: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks_of(page: Path) -> Iterator[Block]:
    """The blocks of a page, in order."""
    text = page.read_text("utf-8")
    for found in _FENCE.finditer(text):
        above = text[: found.start()]
        titles = _HEADING.findall(above)
        label = next((line for line in reversed(above.split("\n")) if line.strip()), "")
        file = _FILE.match(label)
        yield Block(
            page.relative_to(REPOSITORY).as_posix(),
            above.count("\n") + 1,
            titles[-1] if titles else "",
            found["language"],
            textwrap.dedent(found["text"]),
            file["path"] if file and found["language"] not in ("sh", "console", "diff") else "",
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A folder in which the blocks of a page are done, with the code of `tree`, and programs for `scrubber`, `python`."""

    folder: Path
    tree: Path
    programs: Path

    @classmethod
    def make(cls, folder: Path, programs: Path, tree: Path = REPOSITORY) -> Place:
        """A place in a folder that is there. It is the top of a work tree, so that nothing above it counts."""
        (folder / ".git").mkdir(parents=True, exist_ok=True)
        programs.mkdir(parents=True, exist_ok=True)
        for name, arguments in (("scrubber", "-m scrubber "), ("python", ""), ("python3", "")):
            program = programs / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments}"$@"\n', "utf-8")
            program.chmod(0o755)
        return cls(folder, tree, programs)

    def do(self, block: Block) -> str:
        """Do a block. What went wrong, or an empty string."""
        if block.file:
            path = self.folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8", newline="\n")
            return ""
        if block.language == "diff":
            return self._change(block.text)
        if block.language == "python":
            return self._told(self._run([sys.executable, "-c", block.text]), None)
        if block.language == "sh":
            commands = block.text.replace("\\\n", " ").split("\n")
            return "".join(self._told(self._run(["bash", "-c", line]), None) for line in commands if line.strip())
        if block.language == "console":
            return "".join(self._told(self._run(["bash", "-c", line]), shown) for line, shown in _dialogue(block.text))
        return ""

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "SCRUBBER_CACHE_DIR") if name in os.environ}
        environment = kept | {
            "PATH": f"{self.programs}{os.pathsep}{kept.get('PATH', '')}",
            "PYTHONPATH": str(self.tree),
            "PYTHONUTF8": "1",
            "COLUMNS": "80",
            "LC_ALL": "C.UTF-8",
        }
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    @staticmethod
    def _told(done: subprocess.CompletedProcess[str], shown: list[str] | None) -> str:
        command = done.args[-1]
        if done.returncode and not (done.returncode == 1 and command.startswith(_FINDS)):
            return f"{command}\nended with {done.returncode}:\n{done.stdout}\n"
        if shown is not None and not _fits(done.stdout, shown):
            return f"{command}\nwrote:\n{done.stdout}\n"
        return ""

    def _change(self, text: str) -> str:
        path: Path | None = None
        for part in re.split(r"^@@.*\n", text, flags=re.MULTILINE):
            named = re.search(r"^\+\+\+ b/(.+)$", part, re.MULTILINE)
            if named is not None:
                path = self.folder / named[1]
                continue
            if path is None:
                return f"no file is named above:\n{part}"
            lines = part.rstrip("\n").split("\n")
            old = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
            new = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
            content = path.read_text("utf-8")
            if content.count(old) != 1:
                return f"{path.name} holds these lines {content.count(old)} times:\n{old}"
            path.write_text(content.replace(old, new), "utf-8", newline="\n")
        return ""


def _dialogue(text: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a console block, each with the lines shown below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *shown = part.rstrip("\n").split("\n")
        yield command, shown


def _fits(written: str, shown: list[str]) -> bool:
    """Whether a command wrote what is shown."""
    if not shown:
        return True
    pieces = []
    for line in shown:
        if line == "...":
            pieces.append(r"(?:.*\n)*?")
        else:
            begin, rest = (line[:-3], ".*") if line.endswith("...") else (line, "")
            pieces.append(re.escape(begin.rstrip() if not rest else begin) + rest + r"[ \t]*\n")
    return re.fullmatch("".join(pieces), written if written.endswith("\n") else f"{written}\n") is not None
