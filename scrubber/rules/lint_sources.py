"""What the files of a rule set say that the loaded rules no longer tell: keys that were written, sets built on.

A value that is the usual one may have been chosen or never thought of; only the file knows. Files that changed since
they were loaded, or that are not where their name says, are passed over: then nothing is known, and nothing is said.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from scrubber.rules.schema import Rule, Ruleset
from scrubber.rules.sources import bundled_folder, bundled_names, bundled_sources, joined


class LintSources(Struct, frozen=True):
    """Files by the path that messages call them, as TOML tables; and for each set name those that it builds on."""

    trees: Mapping[str, Mapping[str, Any]]
    builds_on: Mapping[str, frozenset[str]]

    def says(self, rule: Rule, prefix: str) -> bool | None:
        """Whether the rule or the [defaults] of its file hold a key such as `limits`; None where nobody knows."""
        path = rule.info.declared_at.rpartition(":")[0]
        tree = self.trees.get(path)
        if tree is None:
            return None
        bare = rule.id.rpartition("/")[2]
        tables = [table for table in tree.get("rule", ()) if table.get("id") == bare]
        return any(prefix in table for table in (*tables, tree.get("defaults", {}))) if tables else None

    def comparable(self, rule: Rule, other: Rule) -> bool:
        """Whether `other` is in force wherever `rule` is: of the same set, or of one that it builds on."""
        own, others = rule.id.partition("/")[0], other.id.partition("/")[0]
        return own == others or others in self.builds_on.get(own, frozenset())


def read_sources(ruleset: Ruleset) -> LintSources:
    """Read the files that took part in a rule set. O(size of the files)."""
    places = dict(_bundled_places())
    trees: dict[str, Mapping[str, Any]] = {}
    for info in ruleset.files:
        for file in dict.fromkeys((places.get(info.path), Path(info.path))):
            tree = _tree(file, info.digest) if file is not None else None
            if tree is not None:
                trees[info.path] = tree
                break
    sets = {info.path: info.name for info in ruleset.files}
    direct: dict[str, set[str]] = {}
    for path, tree in trees.items():
        for entry in tree["ruleset"].get("extends", ()):
            target = sets.get(joined(path, entry), entry)
            direct.setdefault(sets[path], set()).add(target)
    return LintSources(trees, {name: _reached(name, direct) for name in direct})


def _bundled_places() -> Iterator[tuple[str, Path]]:
    folder = bundled_folder()
    for name in bundled_names(folder):
        for source in bundled_sources(folder, name):
            yield source.path, source.file


def _tree(file: Path, digest: str) -> Mapping[str, Any] | None:
    """A file as TOML, if it is the one that was loaded."""
    try:
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            return None
        return tomllib.loads(content.decode("utf-8-sig"))
    except (OSError, ValueError):
        return None


def _reached(name: str, direct: Mapping[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for other in direct.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return frozenset(found)
