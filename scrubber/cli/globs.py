"""Globs over paths: `--include`, `--exclude`, `per-file-ignores`.

`*` and `?` stay inside one part of a path, `**` stands for any number of parts. A glob without `/` speaks of any one
part, as in git: `*.bak`, `drafts`. Matching costs O(parts of the glob x parts of the path), whatever the glob says.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from fnmatch import fnmatchcase

from msgspec import Struct


class Glob(Struct, frozen=True):
    """One glob. `base` is the absolute folder that it is relative to."""

    pattern: str
    base: str

    def covers(self, path: str) -> bool:
        """Whether the glob matches the absolute `path`, or a folder that it lies in."""
        return self._matches(path, whole=False)

    def names(self, path: str) -> bool:
        """Whether the glob matches the absolute `path` itself."""
        return self._matches(path, whole=True)

    def _matches(self, path: str, *, whole: bool) -> bool:
        parts = _parts_from(self.base, path)
        wanted = [part for part in self.pattern.split("/") if part not in ("", ".")]
        if "/" not in self.pattern.rstrip("/"):
            looked_at = parts[-1:] if whole else parts
            return any(fnmatchcase(part, "".join(wanted)) for part in looked_at)
        reached = {0}
        for part in wanted:
            if part == "**":
                reached = set(range(min(reached), len(parts) + 1))
            else:
                reached = {at + 1 for at in reached if at < len(parts) and fnmatchcase(parts[at], part)}
            if not reached:
                return False
        return len(parts) in reached if whole else True


def _parts_from(base: str, path: str) -> Sequence[str]:
    """The parts of `path` below `base`; all of them where it lies elsewhere."""
    inside = path.startswith(base.rstrip(os.sep) + os.sep)
    relative = path[len(base.rstrip(os.sep)) :] if inside else path
    return [part for part in relative.replace(os.sep, "/").split("/") if part]
