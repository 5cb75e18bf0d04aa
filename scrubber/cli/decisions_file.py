"""The decisions file on disk: read once, and written whole after every answer.

Two sessions may write to one file. Each writes what it has to say into what stands there at that moment, under a lock,
so that no answer is lost. Refuses to write over a file that it cannot read: nothing of it would be left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from scrubber.errors import ConfigError, UnwritableOutput, Where
from scrubber.rules.decisions import MAX_DECISIONS_BYTES, Decision, Decisions
from scrubber.rules.decisions_write import Key, read_text
from scrubber.store.files import write_atomic
from scrubber.store.lock import brief_lock

#: The lock beside the file: `.scrubber/decisions.lock`.
_LOCK = "decisions.lock"


class DecisionsFile:
    """A decisions file; it need not be there yet. `name` is what messages call it."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path.resolve()  # a link stays, and the file that it leads to is written
        self.name = name
        self._raw: bytes | None = None
        self._text = read_text(b"", name)

    def read(self) -> Mapping[Key, Decision]:
        """What stands in the file now. Raises `ConfigError`. O(decisions) where it has changed."""
        try:
            with self.path.open("rb") as stream:
                raw = stream.read(MAX_DECISIONS_BYTES + 1)
        except FileNotFoundError:
            raw = b""
        except OSError as error:
            raise ConfigError(f"cannot be read ({error.strerror}).", where=Where(self.name)) from error
        if len(raw) > MAX_DECISIONS_BYTES:
            raise ConfigError(f"the file is larger than {MAX_DECISIONS_BYTES >> 20} MiB.", where=Where(self.name))
        if raw != self._raw:
            self._text, self._raw = read_text(raw, self.name), raw
        return {key: block.decision for key, block in self._text.blocks.items()}

    def record(
        self, before: Mapping[Key, Decision | None], after: Mapping[Key, Decision | None]
    ) -> Mapping[Key, Decision]:
        """Put decisions in, and take out those that are None; what then stands in the file.

        Where the file no longer says what `before` says, somebody else has decided meanwhile, and that stands. Raises `ConfigError` where somebody has made the file unreadable meanwhile, `UnwritableOutput`, and `UsageError`
        where another session holds it on; then nothing has changed.
        """
        with brief_lock(self.path.parent, _LOCK):
            known = self.read()
            text = self._text.changed({key: after[key] for key in after if known.get(key) == before.get(key)})
            raw = text.text().encode("utf-8")
            if len(raw) > MAX_DECISIONS_BYTES:
                raise UnwritableOutput(
                    f"would be larger than {MAX_DECISIONS_BYTES >> 20} MiB, which nothing would read.",
                    where=Where(self.name),
                    hint="A rule in a rule file says the same of many texts.",
                )
            if raw != self._raw:
                write_atomic(self.path, raw)
            self._text, self._raw = text, raw
        return {key: block.decision for key, block in text.blocks.items()}

    def decisions(self) -> Decisions:
        """What was read or written last, as the engine takes it."""
        return Decisions(self._text.decisions(), hashlib.sha256(self._raw or b"").hexdigest())
