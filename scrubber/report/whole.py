"""A run as one JSON object, for programs that want it whole: files, rules, failures, totals.

Written while the run goes on, a line for each file, so that memory does not grow with the number of documents. What
is only known at the end stands at the end. An object without its closing brace is that of a run that broke off.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from scrubber.errors import Failure
from scrubber.model import CleanResult, RuleInfo
from scrubber.report.options import ReportOptions
from scrubber.report.records import compact, record_of, text_of
from scrubber.report.totals import RuleTotal, Tally, Totals

FORMAT = "scrubber-report"
VERSION = 1


def render(results: Iterable[CleanResult], out: TextIO, options: ReportOptions) -> None:
    """Writes the object. Each file is a record as in `jsonl`, on a line of its own. Streams."""
    tally, rules = Tally(), dict[str, RuleInfo]()
    head = compact({"format": FORMAT, "version": VERSION, **dict(options.versions)})
    out.write(f'{head[:-1]},"files":[')
    before = "\n"
    for result in results:
        tally.add(result)
        for verdict in result.plan.verdicts:
            rules.setdefault(verdict.finding.rule.id, verdict.finding.rule)
        out.write(before + compact(record_of(result, show_all=options.show_all)))
        before = ",\n"
    ended = options.ended()
    for failure in ended.failures:
        tally.fail(failure)
    totals = tally.totals()
    _array(out, "rules", _rules(totals, rules))
    _array(out, "failures", map(_failure, ended.failures))
    _array(out, "skipped", map(_failure, ended.skipped))
    out.write(f'\n],"totals":{compact(_totals(totals, len(ended.skipped)))}')
    out.write(f',"interrupted":{json.dumps(ended.interrupted)}}}\n')


def _array(out: TextIO, name: str, records: Iterable[dict[str, Any]]) -> None:
    """Close the array before, and write another one, a line for each record."""
    out.write(f'\n],"{name}":[')
    before = "\n"
    for record in records:
        out.write(before + compact(record))
        before = ",\n"


def _rules(totals: Totals, rules: dict[str, RuleInfo]) -> list[dict[str, Any]]:
    """The rules that found something, by id, each with its counts under every outcome that it met."""
    counts: dict[str, list[tuple[str, RuleTotal]]] = {}
    for word, total in totals.by_outcome:
        counts.setdefault(total.rule, []).append((word, total))
    return [_rule(rules.get(name) or RuleInfo(name, "", "", "", ""), counts[name]) for name in sorted(counts)]


def _rule(rule: RuleInfo, counts: Sequence[tuple[str, RuleTotal]]) -> dict[str, Any]:
    return {
        "id": rule.id,
        "kind": rule.kind,
        "title": rule.title,
        "why": rule.why,
        "declared_at": text_of(rule.declared_at),
        "outcomes": {
            word: {
                "findings": total.findings,
                "documents": total.documents,
                "lines": total.lines,
                "characters": total.characters,
            }
            for word, total in counts
        },
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "id": failure.document_id,
        "path": text_of(failure.path),
        "message": text_of(failure.message),
        "hint": text_of(failure.hint),
    }


def _totals(totals: Totals, skipped: int) -> dict[str, int]:
    return {
        "read": totals.read,
        "changed": totals.changed,
        "clean": totals.clean,
        "failed": totals.failed,
        "skipped": skipped,
        "characters": totals.characters_read,
        "characters_removed": totals.characters_removed,
        "characters_hidden": totals.characters_hidden,
        "removals": totals.removals,
        "replacements": totals.replacements,
        "flags": totals.flags,
        "documents_shown": totals.documents_shown,
    }
