"""Counting a run: what was read, what went by which rule, what was only shown, what failed.

`Tally` takes results one by one and remembers no text; `Totals` is what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from scrubber.errors import Failure
from scrubber.model import CleanResult, Outcome
from scrubber.report.hunks import is_guess, removes_lines
from scrubber.report.layout import count_words


@dataclass(frozen=True, slots=True)
class RuleTotal:
    """What one rule did. `lines` and `characters` are those that went, under the strongest rule of each edit."""

    rule: str
    documents: int
    findings: int
    lines: int = 0
    characters: int = 0
    rights: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """A whole run in numbers. `characters` are code points of decoded text.

    `by_rule` are removals and replacements, most characters first; `flagged` and `limited` what was shown and
    left (`limited`: held back by a limit), most findings first. `ledger` is its path, empty where none was
    written.
    """

    read: int = 0
    changed: int = 0
    clean: int = 0
    failed: int = 0
    characters_read: int = 0
    characters_removed: int = 0
    removals: int = 0
    replacements: int = 0
    flags: int = 0
    documents_shown: int = 0
    by_rule: tuple[RuleTotal, ...] = ()
    flagged: tuple[RuleTotal, ...] = ()
    limited: tuple[RuleTotal, ...] = ()
    documents_limited: int = 0
    failures: tuple[Failure, ...] = ()
    ledger: str = ""


@dataclass(slots=True)
class _Count:
    documents: int = 0
    findings: int = 0
    lines: int = 0
    characters: int = 0
    rights: bool = False
    last_document: int = -1


@dataclass(slots=True)
class Tally:
    """Adds results up. Memory grows with the number of rules and failures, not with that of documents."""

    _rules: dict[str, _Count] = field(default_factory=dict)
    _flagged: dict[str, _Count] = field(default_factory=dict)
    _limited: dict[str, _Count] = field(default_factory=dict)
    _failures: list[Failure] = field(default_factory=list)
    _read: int = 0
    _changed: int = 0
    _characters_read: int = 0
    _characters_removed: int = 0
    _removals: int = 0
    _replacements: int = 0
    _flags: int = 0
    _shown: int = 0
    _documents_limited: int = 0

    def fail(self, failure: Failure) -> None:
        """Counts an input that could not be handled."""
        self._failures.append(failure)

    def add(self, result: CleanResult) -> None:
        """Counts one result. O(edits + findings)."""
        document, plan = result.document, result.plan
        self._read += 1
        self._changed += result.changed
        self._characters_read += len(document.text)
        for edit in plan.edits:
            gone = edit.span.end - edit.span.start - len(edit.replacement)
            first, last = document.lines_of(edit.span)
            whole = removes_lines(document, edit)
            self._removals += whole
            self._replacements += not whole
            self._characters_removed += max(0, gone)
            count = self._count(self._rules, edit.rules[0] if edit.rules else "")
            count.lines += last - first + 1 if whole else 0
            count.characters += max(0, gone)
        flags_before = self._flags
        unplaced = 0  # findings about the whole file that were acted on, such as a change of encoding
        for verdict in plan.verdicts:
            rule, outcome = verdict.finding.rule.id, verdict.outcome
            if outcome is Outcome.REMOVED and verdict.finding.rights is not None and rule in self._rules:
                self._rules[rule].rights = True
            elif outcome is Outcome.REPLACED and verdict.finding.span.start == verdict.finding.span.end:
                self._count(self._rules, rule)
                unplaced += 1
            elif outcome is Outcome.FLAGGED and not is_guess(verdict.finding):
                self._count(self._flagged, rule)
                self._flags += 1
            elif outcome is Outcome.LIMITED:
                self._count(self._limited, rule)
                self._flags += 1
        self._replacements += unplaced
        self._documents_limited += bool(plan.note) or any(
            count.last_document == self._read for count in self._limited.values()
        )
        self._shown += bool(plan.edits or unplaced or self._flags > flags_before)

    def _count(self, counts: dict[str, _Count], rule: str) -> _Count:
        count = counts.setdefault(rule, _Count())
        count.findings += 1
        if count.last_document != self._read:
            count.last_document = self._read
            count.documents += 1
        return count

    def totals(self, *, ledger: str = "") -> Totals:
        """What has been counted so far."""
        return Totals(
            read=self._read + len(self._failures),
            changed=self._changed,
            clean=self._read - self._changed,
            failed=len(self._failures),
            characters_read=self._characters_read,
            characters_removed=self._characters_removed,
            removals=self._removals,
            replacements=self._replacements,
            flags=self._flags,
            documents_shown=self._shown,
            by_rule=_sorted(self._rules, by_characters=True),
            flagged=_sorted(self._flagged, by_characters=False),
            limited=_sorted(self._limited, by_characters=False),
            documents_limited=self._documents_limited,
            failures=tuple(self._failures),
            ledger=ledger,
        )


def _sorted(counts: dict[str, _Count], *, by_characters: bool) -> tuple[RuleTotal, ...]:
    totals = [
        RuleTotal(rule, count.documents, count.findings, count.lines, count.characters, count.rights)
        for rule, count in counts.items()
    ]
    totals.sort(key=lambda total: (-(total.characters if by_characters else 0), -total.findings, total.rule))
    return tuple(totals)


def closing(totals: Totals) -> str:
    """One line on what a report has shown.

    >>> closing(Totals(removals=2, flags=1, documents_shown=1))
    '2 removals, 1 flag in 1 file.'
    """
    parts = [
        count_words(count, noun)
        for count, noun in (
            (totals.removals, "removal"),
            (totals.replacements, "replacement"),
            (totals.flags, "flag"),
        )
        if count
    ]
    if not parts:
        return "Nothing to remove and nothing to flag."
    return f"{', '.join(parts)} in {count_words(totals.documents_shown, 'file')}."
