"""Where a drafted rule goes: standard output, a new rule file, or behind the rules of one.

Refuses to add to a file that has mistakes, and to write what would not load.
"""

from __future__ import annotations

import os
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrubber.cli.inputs import STDIN
from scrubber.cli.session import name_from_here
from scrubber.cli.streams import print_lines
from scrubber.errors import RuleFileError, UsageError, Where
from scrubber.rules.load import load_rules
from scrubber.rules.schema import Rule, keys_of
from scrubber.rules.sources import is_slug
from scrubber.rules.toml_cells import shown
from scrubber.rules.toml_write import ruleset_toml
from scrubber.store.files import write_atomic

#: Name of the set of a rule that goes to standard output: `--select 'new/*'` means it.
NEW_SET = "new"


@dataclass(frozen=True, slots=True)
class RuleTarget:
    """A place for a rule. Without `path` it is standard output; `content` is what the file holds so far."""

    path: Path | None
    set_name: str
    content: bytes = b""
    tree: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def at(cls, file: str | None, root: Path) -> RuleTarget:
        """The target that a command line names. Raises `UsageError`, and `RuleFileError` for a file with mistakes."""
        if file is None or file == STDIN:
            return cls(None, NEW_SET)
        path = Path(file)
        if path.suffix != ".toml":
            raise UsageError(f"{shown(file)} is no rule file.", hint="Rule files end in .toml.")
        if not os.path.lexists(path):
            return cls(path, path.stem if is_slug(path.stem) else NEW_SET)
        load_rules([path], root=root)
        content = path.read_bytes()
        tree = tomllib.loads(content.decode("utf-8-sig"))
        return cls(path, tree["ruleset"]["name"], content, tree)

    @property
    def name(self) -> str:
        return name_from_here(self.path) if self.path is not None else "standard output"

    @property
    def taken(self) -> frozenset[str]:
        """Bare ids and aliases that the file has already."""
        rules = self.tree.get("rule", [])
        names = {rule["id"] for rule in rules} | {alias for rule in rules for alias in rule.get("aliases", [])}
        return frozenset(name.rpartition("/")[2] for name in names)

    def defaults_of(self, cls: type[Rule]) -> tuple[str, ...]:
        """Keys of a kind that [defaults] of the file sets."""
        defaults = self.tree.get("defaults", {})

        def says(path: str) -> bool:
            outer, _, inner = path.partition(".")
            return outer in defaults and (not inner or inner in defaults[outer])

        return tuple(path for path in keys_of(cls) if says(path) and not (path == "action" and cls.kind == "keep"))

    def write(self, rule: str, description: str) -> None:
        """Write the rule; what stands in the file already stays as it is, byte for byte.

        Raises `UsageError` where it would not load, and `UnwritableOutput`.
        """
        head = ruleset_toml(self.set_name, description)
        _refuse_unloadable(f"{head}\n{rule}")
        if self.path is None:
            print_lines(f"{head}\n{rule}".removesuffix("\n"), sys.stdout)
            return
        before = self.content or head.encode("utf-8")
        newline = "\r\n" if b"\r\n" in before else "\n"
        added = f"\n{rule}" if before.endswith(b"\n") else f"\n\n{rule}"
        whole = before + added.replace("\n", newline).encode("utf-8")
        try:
            tomllib.loads(whole.decode("utf-8-sig"))
        except tomllib.TOMLDecodeError as error:
            raise UsageError(
                "the rules of this file stand in one array, which nothing can be added to.",
                where=Where(self.name),
                hint="Write them as [[rule]] tables, or leave FILE out and add the rule by hand.",
            ) from error
        write_atomic(self.path, whole)


def _refuse_unloadable(text: str) -> None:
    """Load the rule as a file of its own. Raises `UsageError` where no rule can be made of the line."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "new.toml"
        file.write_bytes(text.encode("utf-8"))
        try:
            load_rules([file])
        except RuleFileError as error:
            first = error.mistakes[0]
            raise UsageError(f"no rule can be made of this line: {first.message}", hint=first.hint) from error
