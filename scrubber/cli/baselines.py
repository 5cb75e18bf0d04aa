"""`check` under a baseline: which findings are quiet, which entries match nothing any more, and today's baseline.

Nothing is quiet but in `check`. Refuses to write over a file that is no baseline, and to forget entries about documents
that this run has not read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from scrubber.cli.inputs import file_part, is_gone
from scrubber.cli.session import Session, name_from_here
from scrubber.cli.streams import Messages
from scrubber.cli.tasks import Done
from scrubber.engine.quiet import OPEN, old_names, quieted
from scrubber.errors import ConfigError, UnwritableOutput, UsageError, Where
from scrubber.report.hunks import GUESSED, outcome_word
from scrubber.report.layout import count_words
from scrubber.rules.baseline import (
    MAX_BASELINE_BYTES,
    SUFFIX,
    Baseline,
    BaselineEntry,
    baseline_of,
    baseline_text,
    load_baseline,
)
from scrubber.rules.builtin import BUILTINS
from scrubber.store.files import write_atomic

#: So many entries that match nothing are named with `--verbose`.
_NAMED = 20


class BaselineFile(Struct, frozen=True):
    """Where the baseline of a run stands. `name` is for people; `origin` is where it was named."""

    path: Path
    name: str
    origin: str

    @property
    def is_there(self) -> bool:
        return os.path.lexists(self.path)


def baseline_file(session: Session, given: str | None) -> BaselineFile | None:
    """The file that `--baseline` names, else the configuration; None where neither does. Raises `UsageError`."""
    if given is not None:
        if Path(given).suffix != SUFFIX:
            raise UsageError(f"a baseline is named {SUFFIX}.", where=Where(given))
        return BaselineFile(Path(given), name_from_here(Path(given)), "--baseline")
    path = session.scene.settings.baseline
    if path is None:
        return None
    return BaselineFile(path, name_from_here(path), session.scene.settings.origin("baseline"))


def open_baseline(file: BaselineFile, *, may_lack: bool) -> Baseline:
    """The baseline of a run. Raises `ConfigError`; a file that is not there yet is empty where it `may_lack`."""
    if not file.is_there:
        if may_lack:
            return Baseline()
        raise ConfigError(
            f"there is no baseline ({file.origin} names it).",
            where=Where(file.name),
            hint="check --write-baseline makes it.",
        )
    return load_baseline(file.path, file.name)


class Quieting(Struct):
    """Takes what is done, quiets what the baseline records, and remembers what is found today."""

    session: Session
    file: BaselineFile
    baseline: Baseline
    quiet: int = 0
    documents_quiet: int = 0
    _met: set[BaselineEntry] = field(default_factory=set)
    _today: list[BaselineEntry] = field(default_factory=list)
    _read: set[str] = field(default_factory=set)
    _failed: set[str] = field(default_factory=set)
    _former: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._former = old_names(self.session.ruleset.aliases)

    def take(self, done: Done) -> Done:
        """The same with recorded findings settled."""
        result = done.result
        if result is None:
            if done.failure is not None:
                self._failed.add(file_part(done.input.id))
            return done
        document_id = result.document.id
        self._read.add(file_part(document_id))
        self._today += (
            BaselineEntry(verdict.finding.fingerprint, document_id, verdict.finding.rule.id)
            for verdict in result.plan.verdicts
            if verdict.outcome in OPEN and outcome_word(verdict) != GUESSED
        )
        found = quieted(result, self.baseline, self._former)
        self.quiet += found.quiet
        self.documents_quiet += found.quiet > 0
        self._met.update(entry for entry in self.baseline.for_path(document_id) if entry.fingerprint in found.met)
        return replace(done, result=found.result)

    def unmatched(self) -> list[BaselineEntry]:
        """Entries that match nothing any more: their file was read, or it is gone. One look at the disk for each file.

        Of a file that failed nothing is known, nor of rules that this run was told to leave out.
        """
        gone: dict[str, bool] = {}
        found: list[BaselineEntry] = []
        for entry in self.baseline.entries:
            file = file_part(entry.path)
            if entry in self._met or file in self._failed:
                continue
            if file not in self._read:
                if file not in gone:
                    gone[file] = is_gone(file, self.session.scene.root)
                if gone[file]:
                    found.append(entry)
            elif self._was_looked_for(entry.rule):
                found.append(entry)
        return found

    def _was_looked_for(self, rule: str) -> bool:
        """Whether the run had the rule, or would have had it: only the command line says what to do without for once."""
        settings = self.session.scene.settings
        if not any(settings.origin(key).startswith("--") for key in ("select", "ignore", "rules")):
            return True
        ruleset = self.session.ruleset
        ids = {*ruleset.ids} | {each.id for each in BUILTINS} - self.session.skip_builtin
        return ruleset.aliases.get(rule, rule) in ids

    def tell(self, messages: Messages) -> None:
        """What was quiet, and what may go from the file."""
        if self.baseline.outdated:
            messages.say(
                f"note: {self.file.name} was written by a scrubber that knew findings by other marks; "
                "write it again with --write-baseline."
            )
        if self.quiet:
            messages.say(
                f"note: quiet, as recorded in {self.file.name}: {count_words(self.quiet, 'finding')} "
                f"in {count_words(self.documents_quiet, 'file')}."
            )
        unmatched = self.unmatched()
        if unmatched:
            match = "matches" if len(unmatched) == 1 else "match"
            messages.say(
                f"note: {_entries(len(unmatched))} of {self.file.name} {match} nothing any more; "
                "--write-baseline drops what is not needed."
            )
        for entry in unmatched[:_NAMED]:
            messages.detail(f"  {entry.fingerprint} ({entry.rule}) in {entry.path}")

    def write(self, messages: Messages) -> None:
        """Today's baseline: what this run has found, and what is known of files that it has not read.

        Raises `UnwritableOutput`.
        """
        new = baseline_of([*self._today, *self._still_held()])
        raw = baseline_text(new).encode("utf-8")
        if len(raw) > MAX_BASELINE_BYTES:
            raise UnwritableOutput(
                f"would be larger than {MAX_BASELINE_BYTES >> 20} MiB, which nothing would read.",
                where=Where(self.file.name),
                hint="Clean the texts instead, or switch the rules off that find so much.",
            )
        first = not self.file.is_there
        write_atomic(self.file.path.resolve(), raw)  # a link stays, and the file that it leads to is written
        before, after = set(self.baseline.entries), set(new.entries)
        paths = {entry.path for entry in new.entries}
        messages.say(
            f"{count_words(len(after), 'finding')} in {count_words(len(paths), 'file')} recorded in {self.file.name}: "
            f"{len(after - before):,} new, {len(before - after):,} dropped."
        )
        if first:
            messages.say(
                f"note: with `{self.file.path.name} merge=union` in .gitattributes, what two branches add is joined."
            )

    def _still_held(self) -> Iterator[BaselineEntry]:
        """Entries that this run says nothing about. What it has met stands there under its present name already."""
        dropped = set(self.unmatched()) | self._met
        return (entry for entry in self.baseline.entries if entry not in dropped)


def _entries(count: int) -> str:
    return f"{count:,} {'entry' if count == 1 else 'entries'}"
