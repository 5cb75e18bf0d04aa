"""Counting a run: what was read, what went by which rule, what was only shown, what failed.

`Tally` takes results one by one and remembers no text; `Totals` is what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct, field

from scrubber.errors import Failure
from scrubber.model import CleanResult, Document, Edit, Finding, Outcome, Verdict
from scrubber.report.hunks import GUESSED, outcome_word, removes_lines
from scrubber.report.layout import count_words

#: What may become of a finding, in the order in which it is listed.
OUTCOME_WORDS = ("removed", "replaced", "flagged", "limited", GUESSED, "kept", "decided", "overlapped", "void")
_APPLIED = (Outcome.REMOVED, Outcome.REPLACED)

Key = TypeVar("Key", str, tuple[str, str])


class RuleTotal(Struct, frozen=True):
    """What one rule did, all in all or under one outcome.

    `lines` and `characters` of removals and replacements are those that went, each once: under the strongest finding
    that asked for it. Of anything else they are those that the findings are about.
    """

    rule: str
    documents: int
    findings: int
    lines: int = 0
    characters: int = 0
    rights: bool = False


class Totals(Struct, frozen=True):
    """A whole run in numbers. `characters` are code points of decoded text.

    `by_rule` are removals and replacements, most characters first; `flagged` and `limited` what was shown and
    left (`limited`: held back by a limit), most findings first. `characters_hidden` are those that pages hold and do not
    show, scripts included, in so many documents; they are no part of any text. `by_outcome` has every finding, with its outcome as a
    word (see `OUTCOME_WORDS`), in that order. `ledger` is its path, empty where none was written.
    """

    read: int = 0
    changed: int = 0
    clean: int = 0
    failed: int = 0
    characters_read: int = 0
    characters_removed: int = 0
    characters_hidden: int = 0
    documents_hiding: int = 0
    removals: int = 0
    replacements: int = 0
    flags: int = 0
    documents_shown: int = 0
    by_rule: tuple[RuleTotal, ...] = ()
    flagged: tuple[RuleTotal, ...] = ()
    limited: tuple[RuleTotal, ...] = ()
    by_outcome: tuple[tuple[str, RuleTotal], ...] = ()
    documents_limited: int = 0
    failures: tuple[Failure, ...] = ()
    ledger: str = ""


class _Count(Struct):
    documents: int = 0
    findings: int = 0
    lines: int = 0
    characters: int = 0
    rights: bool = False
    last_document: int = -1


class Tally(Struct):
    """Adds results up. Memory grows with the number of rules and failures, not with that of documents."""

    _rules: dict[str, _Count] = field(default_factory=dict)
    _flagged: dict[str, _Count] = field(default_factory=dict)
    _limited: dict[str, _Count] = field(default_factory=dict)
    _outcomes: dict[tuple[str, str], _Count] = field(default_factory=dict)
    _failures: list[Failure] = field(default_factory=list)
    _read: int = 0
    _changed: int = 0
    _characters_read: int = 0
    _characters_removed: int = 0
    _characters_hidden: int = 0
    _documents_hiding: int = 0
    _removals: int = 0
    _replacements: int = 0
    _flags: int = 0
    _shown: int = 0
    _documents_limited: int = 0

    def fail(self, failure: Failure) -> None:
        """Counts an input that could not be handled."""
        self._failures.append(failure)

    def add(self, result: CleanResult) -> None:
        """Counts one result. O(edits + findings + their lines)."""
        document, plan = result.document, result.plan
        self._read += 1
        self._changed += result.changed
        self._characters_read += len(document.text)
        hidden = document.page.hidden_chars if document.page is not None else 0
        self._characters_hidden += hidden
        self._documents_hiding += hidden > 0
        for edit in plan.edits:
            self._add_edit(document, edit, plan.verdicts)
        flags_before = self._flags
        unplaced = 0  # findings about the whole file that were acted on, such as a change of encoding
        for verdict in plan.verdicts:
            self._add_verdict(document, verdict)
            unplaced += verdict.outcome is Outcome.REPLACED and not _size(verdict.finding)
        self._replacements += unplaced
        self._documents_limited += bool(plan.note) or any(
            count.last_document == self._read for count in self._limited.values()
        )
        self._shown += bool(plan.edits or unplaced or self._flags > flags_before)

    def _add_edit(self, document: Document, edit: Edit, verdicts: tuple[Verdict, ...]) -> None:
        whole = removes_lines(document, edit)
        self._removals += whole
        self._replacements += not whole
        for share in _shares(document, edit, verdicts, whole=whole):
            self._characters_removed += share.characters
            for count in (
                self._count(self._rules, share.rule),
                self._count(self._outcomes, (share.outcome.value, share.rule)),
            ):
                count.lines += share.lines
                count.characters += share.characters
                count.findings += not edit.verdicts  # otherwise its findings are counted one by one

    def _add_verdict(self, document: Document, verdict: Verdict) -> None:
        finding, outcome = verdict.finding, verdict.outcome
        rule = finding.rule.id
        word = outcome_word(verdict)
        counts = [self._count(self._outcomes, (word, rule))]
        if outcome in _APPLIED:
            counts.append(self._count(self._rules, rule))
            counts[-1].rights |= outcome is Outcome.REMOVED and finding.rights is not None
        elif outcome in (Outcome.LIMITED, Outcome.FLAGGED) and word != GUESSED:
            counts.append(self._count(self._limited if outcome is Outcome.LIMITED else self._flagged, rule))
            self._flags += 1
        first, last = document.lines_of(finding.span)
        for count in counts:
            count.findings += 1
            if outcome not in _APPLIED:
                count.lines += last - first + 1 if _size(finding) else 0
                count.characters += _size(finding)

    def _count(self, counts: dict[Key, _Count], key: Key) -> _Count:
        count = counts.setdefault(key, _Count())
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
            characters_hidden=self._characters_hidden,
            documents_hiding=self._documents_hiding,
            removals=self._removals,
            replacements=self._replacements,
            flags=self._flags,
            documents_shown=self._shown,
            by_rule=_sorted(self._rules, by_characters=True),
            flagged=_sorted(self._flagged, by_characters=False),
            limited=_sorted(self._limited, by_characters=False),
            by_outcome=_by_outcome(self._outcomes),
            documents_limited=self._documents_limited,
            failures=tuple(self._failures),
            ledger=ledger,
        )


def _size(finding: Finding) -> int:
    return finding.span.end - finding.span.start


class _Share(Struct):
    """What of one edit went by one finding."""

    rule: str
    outcome: Outcome
    lines: int = 0
    characters: int = 0


def _shares(document: Document, edit: Edit, verdicts: tuple[Verdict, ...], *, whole: bool) -> list[_Share]:
    """What of an edit went by which finding, the strongest first: each takes the lines that no stronger one has.

    Lines that no finding names (blank ones beside a cut) go with the strongest.
    """
    asking = [verdicts[number] for number in edit.verdicts if verdicts[number].outcome in _APPLIED]
    if not asking:
        outcome = Outcome.REMOVED if whole else Outcome.REPLACED
        shares = [_Share(edit.rules[0] if edit.rules else "", outcome)]
    else:
        shares = [_Share(verdict.finding.rule.id, verdict.outcome) for verdict in asking]
    if not whole:
        shares[0].characters = max(0, edit.span.end - edit.span.start - len(edit.replacement))
        return shares[:1]
    first, last = document.lines_of(edit.span)
    if len(shares) == 1:
        shares[0].lines = last - first + 1
        shares[0].characters = edit.span.end - document.bounds[first].start
        return shares
    owners = dict.fromkeys(range(first, last + 1), shares[0])
    taken: set[int] = set()
    for share, verdict in zip(shares, asking, strict=False):
        begin, end = document.lines_of(verdict.finding.span)
        for index in range(max(first, begin), min(last, end) + 1):
            if index not in taken:
                taken.add(index)
                owners[index] = share
    for index, share in owners.items():
        start, _, following = document.bounds[index]
        share.lines += 1
        share.characters += min(following, edit.span.end) - start
    return shares


def _sorted(counts: Mapping[str, _Count], *, by_characters: bool) -> tuple[RuleTotal, ...]:
    totals = [_total(rule, count) for rule, count in counts.items()]
    totals.sort(key=lambda total: (-(total.characters if by_characters else 0), -total.findings, total.rule))
    return tuple(totals)


def _total(rule: str, count: _Count) -> RuleTotal:
    return RuleTotal(rule, count.documents, count.findings, count.lines, count.characters, count.rights)


def _by_outcome(counts: Mapping[tuple[str, str], _Count]) -> tuple[tuple[str, RuleTotal], ...]:
    """Outcomes in their order; in each, most characters first."""
    rows = [(word, _total(rule, count)) for (word, rule), count in counts.items()]
    rows.sort(key=lambda row: (OUTCOME_WORDS.index(row[0]), -row[1].characters, -row[1].findings, row[1].rule))
    return tuple(rows)


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
