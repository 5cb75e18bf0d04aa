"""Recorded decisions that meet nothing: their finding, their document or their file is gone.

They are told and never fail a run: where a `keep` misses its text the engine flags what its rule finds instead. A
`remove` whose text is no longer there has what it asked for, as after `clean --in-place`: it is *done*, and counted
apart. Where its text still stands and no rule finds it, it is as unused as any other. Refuses to judge decisions about
what a run has not looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from scrubber.cli.inputs import file_part, is_gone, path_of
from scrubber.engine.anchors import fingerprint_in, standing_fingerprints
from scrubber.errors import Failure
from scrubber.model import CleanResult
from scrubber.rules.decisions import Decision, Decisions


class Unused(Struct, frozen=True):
    """A decision that meets nothing. `elsewhere` is the first document that has the finding which it is about, if any."""

    decision: Decision
    why: str
    elsewhere: str = ""

    def __str__(self) -> str:
        decision = self.decision
        text = (
            f"unused-decision: {decision.fingerprint} ({decision.verdict}, {decision.rule}) "
            f"meets nothing in {decision.path}{self.why}."
        )
        return f"{text} The same finding stands in {self.elsewhere}." if self.elsewhere else text


class DecisionWatch(Struct):
    """Sees every result of a run, and knows in the end which decisions met nothing. Memory grows with the decisions."""

    decisions: Decisions
    aliases: Mapping[str, str]
    _missed: set[tuple[str, str]] = field(default_factory=set)
    _done: set[tuple[str, str]] = field(default_factory=set)
    _documents: set[str] = field(default_factory=set)
    _files: set[str] = field(default_factory=set)
    _elsewhere: dict[str, str] = field(default_factory=dict)
    _wanted: frozenset[str] = frozenset()
    _wanted_files: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._wanted = frozenset(decision.fingerprint for decision in self.decisions.decisions)
        self._wanted_files = frozenset(file_part(decision.path) for decision in self.decisions.decisions)

    def see(self, result: CleanResult) -> None:
        """Take note of one result. O(its findings)."""
        if not self._wanted:
            return
        document_id = result.document.id
        for verdict in result.plan.verdicts:
            fingerprint = verdict.finding.fingerprint
            if fingerprint in self._wanted:
                self._elsewhere[fingerprint] = min(document_id, self._elsewhere.get(fingerprint, document_id))
        if file_part(document_id) in self._wanted_files:
            self._files.add(file_part(document_id))
        wanted = self.decisions.for_path(document_id)
        if wanted:
            self._documents.add(document_id)
            met = self._met(result)
            missed = [decision for decision in wanted if decision.fingerprint not in met]
            self._missed.update((decision.fingerprint, decision.path) for decision in missed)
            self._done.update(self._of_text_that_is_gone(result, missed))

    @staticmethod
    def _of_text_that_is_gone(result: CleanResult, missed: Sequence[Decision]) -> Iterator[tuple[str, str]]:
        removes = [decision for decision in missed if decision.verdict == "remove"]
        standing = {rule: standing_fingerprints(result.document, rule) for rule in {each.rule for each in removes}}
        for decision in removes:
            if decision.fingerprint not in standing[decision.rule]:
                yield decision.fingerprint, decision.path

    @property
    def done(self) -> int:
        """How many decisions to remove have nothing left to remove, in documents that were read."""
        return len(self._done)

    def _met(self, result: CleanResult) -> set[str]:
        """The fingerprints of all findings of a result, under any name of their rules."""
        verdicts = result.plan.verdicts
        met = {verdict.finding.fingerprint for verdict in verdicts}
        for old, new in self.aliases.items():
            met |= {
                fingerprint_in(result.document, verdict.finding, old)
                for verdict in verdicts
                if verdict.finding.rule.id == new
            }
        return met

    def unused(self, paths: Sequence[str], root: Path, failures: Sequence[Failure], *, whole: bool) -> Iterator[Unused]:
        """The decisions that met nothing, in order. `paths` are those of the run: what is gone from below them is missed.

        Where the run was not `whole`, nothing is said of members and records that it has not met.
        One look at the disk for each file that decisions name and the run has not read.
        """
        failed = {file_part(failure.document_id) for failure in failures}
        gone: dict[str, bool] = {}
        for decision in self.decisions.decisions:
            file = file_part(decision.path)
            why = None
            key = decision.fingerprint, decision.path
            if decision.path in self._documents:
                why = "" if key in self._missed and key not in self._done else None
                if why is not None and decision.verdict == "remove":
                    why = ", where its text still stands"
            elif file in failed:
                continue
            elif file in self._files:
                why = ", which is gone" if whole else None
            else:
                if file not in gone:
                    gone[file] = _lies_below(file, root, paths) and is_gone(file, root)
                why = ", which is gone" if gone[file] else None
            if why is not None:
                elsewhere = (
                    self._elsewhere.get(decision.fingerprint, "") if decision.path not in self._documents else ""
                )
                yield Unused(decision, why, elsewhere)


def _lies_below(file: str, root: Path, paths: Sequence[str]) -> bool:
    try:
        path = path_of(file, root)
    except ValueError:
        return True
    named = [os.path.abspath(each) for each in paths]  # noqa: PTH100
    return any(path == each or path.startswith(each.rstrip(os.sep) + os.sep) for each in named)
