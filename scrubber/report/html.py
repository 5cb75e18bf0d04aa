"""A run as one HTML page that needs nothing but itself: for curators who read, filter and share it.

The template, its style and its program lie in `page/`. Findings stand in the page as JSON, which the program shows bit by
bit: text of documents enters it by `textContent` alone. A content security policy with the hashes of our style and
program forbids every other one and every request. What cannot be seen is made visible here, before it is written.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from typing import Any, TextIO

from scrubber.errors import Failure
from scrubber.model import CleanResult, RuleInfo
from scrubber.report.escape import visible
from scrubber.report.html_records import document_record
from scrubber.report.options import ReportOptions, RunEnd
from scrubber.report.places import cut
from scrubber.report.records import compact, text_of
from scrubber.report.totals import Tally, Totals

#: Records are written in parts of about so many characters: each is parsed at once, and the page breathes between.
PART_CHARS = 250_000
#: A page of more than so many characters of records is no longer opened with pleasure: later files are counted only.
MAX_RECORD_CHARS = 60_000_000
#: The parts of the page's program, in their order.
_PROGRAM = ("state.js", "reading.js", "filtering.js", "findings.js", "files.js", "keys.js")
#: Failures that are listed; the rest is counted.
MAX_FAILURES = 200
_MAX_MESSAGE_CHARS = 500

#: What is shown unless all is asked for, by the words of `totals.OUTCOME_WORDS`.
_USUAL = ("removed", "replaced", "flagged", "limited")
#: Characters of JSON that an HTML reader could take for markup inside a script element.
_MARKUP = (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"))


def render(results: Iterable[CleanResult], out: TextIO, options: ReportOptions) -> None:
    """Writes the page while the run goes on. Memory: counts by rule, and one part of the records."""
    tally, rules = Tally(), dict[str, RuleInfo]()
    before, after = _frame()
    out.write(before)
    part: list[str] = []
    size = written = left_out = 0
    for result in results:
        tally.add(result)
        for verdict in result.plan.verdicts:
            rules.setdefault(verdict.finding.rule.id, verdict.finding.rule)
        if written >= MAX_RECORD_CHARS:
            left_out += document_record(result, options) is not None
            continue
        record = document_record(result, options)
        if record is None:
            continue
        part.append(in_script(record))
        size += len(part[-1])
        if size >= PART_CHARS:
            _write_part(out, part)
            written += size
            part, size = [], 0
    if part:
        _write_part(out, part)
    ended = options.ended()
    for failure in ended.failures:
        tally.fail(failure)
    record = _run(tally.totals(), rules, ended, left_out, show_all=options.show_all)
    out.write(f'<script type="application/json" id="run">{in_script(record)}</script>')
    out.write(after)


def in_script(record: dict[str, Any]) -> str:
    """A record as JSON for a script element: no reader of HTML finds its end, or markup, in it.

    >>> in_script("</script><!--")
    '"\\\\u003c/script\\\\u003e\\\\u003c!--"'
    """
    encoded = compact(record)
    for character, escaped in _MARKUP:
        encoded = encoded.replace(character, escaped)
    return encoded


def _write_part(out: TextIO, records: Sequence[str]) -> None:
    out.write('<script type="application/json" class="part">[\n')
    out.write(",\n".join(records))
    out.write("\n]</script>\n")


def _frame() -> tuple[str, str]:
    """The page before and after its records."""
    page, style = _asset("page.html"), _asset("page.css")
    program = f'"use strict";\n(() => {{\n{"".join(map(_asset, _PROGRAM))}}})();\n'
    policy = (
        f"default-src 'none'; script-src {_digest(program)}; style-src {_digest(style)}; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    before, after = page.split("@parts@\n")
    before = before.replace("@policy@", policy).replace("@style@", style)
    return before, after.replace("@script@", program)


def _asset(name: str) -> str:
    # As text, so that line ends are LF on every machine, as they are to the browser that takes the hash.
    return files("scrubber.report").joinpath("page", name).read_text("utf-8")


def _digest(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode('utf-8')).digest()).decode('ascii')}'"


def _run(totals: Totals, rules: dict[str, RuleInfo], ended: RunEnd, left_out: int, *, show_all: bool) -> dict[str, Any]:
    return {
        "totals": {
            "read": totals.read,
            "changed": totals.changed,
            "clean": totals.clean,
            "failed": totals.failed,
            "skipped": len(ended.skipped),
            "characters": totals.characters_read,
            "characters_removed": totals.characters_removed,
            "removals": totals.removals,
            "replacements": totals.replacements,
            "flags": totals.flags,
            "documents_shown": totals.documents_shown,
        },
        "rules": list(_rule_rows(totals, rules, show_all=show_all)),
        "known": {visible(name): _about(rules[name]) for name in sorted(rules)},
        "failures": [_failure(failure) for failure in ended.failures[:MAX_FAILURES]],
        "interrupted": ended.interrupted,
        "left_out": left_out,
    }


def _rule_rows(totals: Totals, rules: dict[str, RuleInfo], *, show_all: bool) -> Iterator[dict[str, Any]]:
    for word, total in totals.by_outcome:
        if show_all or word in _USUAL:
            rule = rules.get(total.rule)
            yield {
                "id": visible(total.rule),
                "title": visible(rule.title) if rule is not None else "",
                "outcome": word,
                "findings": total.findings,
                "documents": total.documents,
                "lines": total.lines,
                "characters": total.characters,
            }


def _about(rule: RuleInfo) -> dict[str, str]:
    return {
        "title": visible(rule.title),
        "why": visible(rule.why),
        "kind": visible(rule.kind),
        "at": visible(text_of(rule.declared_at)),
    }


def _failure(failure: Failure) -> list[str]:
    message = cut(visible(f"{failure.message} {failure.hint}".strip()), _MAX_MESSAGE_CHARS)
    return [visible(failure.path), message]
