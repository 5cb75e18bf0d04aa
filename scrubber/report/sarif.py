"""Findings as SARIF 2.1.0 (OASIS), for code scanning: one result for each finding, worst first.

GitHub takes 25,000 results of a run, shows the 5,000 worst, and takes 1,000 locations and 25,000 rules; so the 5,000 worst
are written and the rest is counted in a notification. Lines and columns are those of the decoded text, in code points;
a text that was read out of a page, an archive or a record is placed at the first line of its file, and its own lines
stand in the message. Refuses absolute paths: every URI is relative to `%SRCROOT%`, which whoever reads the file knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TextIO

from scrubber.errors import Failure
from scrubber.model import CleanResult, Document, Kin, Outcome, RuleInfo, Span, Verdict
from scrubber.report.escape import visible
from scrubber.report.hunks import is_shown, outcome_word
from scrubber.report.layout import count_words
from scrubber.report.options import ReportOptions, RunEnd
from scrubber.report.places import cut, has_own_lines, lines_words, quote, shown_parts, uri_of
from scrubber.report.records import compact, text_of
from scrubber.report.worst import Worst, key_of, level_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: GitHub shows so many results of a run ("SARIF support for code scanning").
MAX_RESULTS = 5_000
#: Inputs that failed or were skipped, each with a notification; the rest is counted.
MAX_NOTIFICATIONS = 1_000
#: Code points of a finding's text that are quoted; of a message; of a title or reason of a rule.
MAX_QUOTE_CHARS, MAX_MESSAGE_CHARS, MAX_RULE_CHARS = 200, 1_000, 1_000
#: The name under which our fingerprints stand. `primaryLocationLineHash` is left to GitHub's upload action, which works
#: it out itself and warns, for each result, of any other value under that name.
FINGERPRINT = "scrubber/v1"
#: By the level of `worst.level_of`.
LEVELS = ("error", "warning", "note")

_ROOT = "%SRCROOT%"
#: A link, or a place for an argument, to readers of SARIF (§§3.11.5, 3.11.6): parted, it is text.
_LINK = re.compile(r"\](?=\()")
_ARGUMENT = re.compile(r"\{(?=\d+\})")
_NOTIFICATIONS = {
    "input-failed": "An input that could not be handled",
    "input-skipped": "An input that was passed over, as asked",
    "interrupted": "The run ended before all inputs were handled",
    "left-out": "Not everything is in this file",
}
_Result = tuple[RuleInfo, dict[str, Any]]


def render(results: Iterable[CleanResult], out: TextIO, options: ReportOptions) -> None:
    """Writes the log when all results are through. Memory: 10,000 results at most, whatever is found."""
    worst: Worst[_Result] = Worst(MAX_RESULTS)
    for result in results:
        document = result.document
        for verdict in result.plan.verdicts:
            if is_shown(verdict, show_all=options.show_all):
                key = key_of(document.id, verdict)
                if worst.wants(key):
                    worst.add(key, (verdict.finding.rule, _result(document, verdict)))
    kept = worst.items()
    rules = {rule.id: rule for rule, _ in kept}
    places = {name: number for number, name in enumerate(sorted(rules))}
    ended = options.ended()
    out.write(f'{{"$schema":"{SCHEMA}","version":"2.1.0","runs":[{{')
    out.write(f'\n"tool":{{"driver":{compact(_driver(options))[:-1]},"rules":[')
    _lines(out, (_rule(rules[name]) for name in places))
    out.write("]}}")
    out.write(f',\n"invocations":[{compact(_invocation(ended, worst.left_out))}]')
    root = {_ROOT: {"description": {"text": "The project root, from which the paths of documents are told."}}}
    out.write(f',\n"originalUriBaseIds":{compact(root)}')
    out.write(',\n"columnKind":"unicodeCodePoints","newlineSequences":["\\r\\n","\\n","\\r"]')
    out.write(',\n"results":[')
    _lines(out, ({"ruleId": visible(rule.id), "ruleIndex": places[rule.id], **made} for rule, made in kept))
    out.write("]}]}\n")


def _lines(out: TextIO, records: Iterable[dict[str, Any]]) -> None:
    before = "\n"
    for record in records:
        out.write(before + compact(record))
        before = ",\n"


def message(text: str, most: int = MAX_MESSAGE_CHARS) -> dict[str, str]:
    """A message that is text: nothing in it is a link or stands for an argument.

    >>> message("see [here](http://x.example) {0}")
    {'text': 'see [here] (http://x.example) { 0}'}
    """
    return {"text": cut(_ARGUMENT.sub("{ ", _LINK.sub("] ", text)), most)}


def _driver(options: ReportOptions) -> dict[str, Any]:
    versions = dict(options.versions)
    version = versions.pop("scrubber", "")
    return {
        "name": "scrubber",
        **({"semanticVersion": version} if version else {}),
        **({"properties": versions} if versions else {}),
        "notifications": [{"id": name, "shortDescription": {"text": text}} for name, text in _NOTIFICATIONS.items()],
    }


def _rule(rule: RuleInfo) -> dict[str, Any]:
    name, title = visible(rule.id), visible(rule.title) or visible(rule.id)
    why = visible(rule.why) or title
    told = [why, f"Kind: {visible(rule.kind)}."]
    if rule.declared_at:
        told.append(f"Declared at {visible(text_of(rule.declared_at))}.")
    told.append(f"Look at it: scrubber rules show {name}. Switch it off: --ignore {name}.")
    return {
        "id": name,
        "shortDescription": message(title, MAX_RULE_CHARS),
        "fullDescription": message(why, MAX_RULE_CHARS),
        "help": message("\n".join(told), 2 * MAX_RULE_CHARS),
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": [visible(rule.kind)]},
    }


def _result(document: Document, verdict: Verdict) -> dict[str, Any]:
    finding = verdict.finding
    made: dict[str, Any] = {
        **_standing(verdict),
        "message": message(_told(document, verdict)),
        "locations": [_location(document, finding.span)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
    }
    if finding.evidence.kin is not None:
        made["relatedLocations"] = [_related(document, finding.evidence.kin)]
    made["properties"] = {
        "outcome": outcome_word(verdict),
        "action": finding.action.value,
        "confidence": finding.confidence.word,
        "score": finding.score,
        "facts": [[visible(name), visible(value)] for name, value in finding.evidence.facts],
        **({"rights": visible(finding.rights)} if finding.rights is not None else {}),
    }
    return made


def _standing(verdict: Verdict) -> dict[str, Any]:
    """Level, and for what is settled why nobody needs to look: kept by rule or decision, or told by another finding."""
    level = LEVELS[level_of(verdict.outcome)]
    if verdict.outcome in (Outcome.KEPT, Outcome.DECIDED):
        why = message(visible(verdict.reason) or verdict.outcome.value)["text"]
        return {"level": level, "suppressions": [{"kind": "external", "status": "accepted", "justification": why}]}
    if verdict.outcome in (Outcome.OVERLAPPED, Outcome.VOID):
        return {"kind": "informational", "level": "none"}
    return {"level": level}


def _told(document: Document, verdict: Verdict) -> str:
    finding = verdict.finding
    told = [f"{outcome_word(verdict)}: {visible(finding.evidence.summary or finding.rule.title)}"]
    if verdict.reason:
        told.append(visible(verdict.reason))
    member = shown_parts(document.id)[1]
    if finding.span.start < finding.span.end and not has_own_lines(document):
        first, last = document.lines_of(finding.span)
        lines = lines_words(first + 1, last + 1)
        told.append(f"{member or 'text'}, {'line' if first == last else 'lines'} {lines}")
    elif member:
        told.append(member)
    # The quotation comes last: what is cut from a long message is text, and not the reason.
    said = quote(document.text[finding.span.start : finding.span.end], MAX_QUOTE_CHARS)
    head = cut("\n".join(told), MAX_MESSAGE_CHARS - MAX_QUOTE_CHARS - 3)
    return f"{head}\n“{said}”" if said else head


def _location(document: Document, span: Span) -> dict[str, Any]:
    region = _region(document, span) if has_own_lines(document) and span.start < span.end else {"startLine": 1}
    made: dict[str, Any] = {"physicalLocation": {"artifactLocation": _artifact(document.id), "region": region}}
    if shown_parts(document.id)[1]:
        made["logicalLocations"] = [{"fullyQualifiedName": visible(document.id), "kind": "member"}]
    return made


def _region(document: Document, span: Span) -> dict[str, int]:
    """Lines and columns from 1; the end column is the one behind the last character, line endings left out."""
    first, last = document.lines_of(span)
    begin, end = document.bounds[first], document.bounds[last]
    return {
        "startLine": first + 1,
        "startColumn": min(span.start, begin.stop) - begin.start + 1,
        "endLine": last + 1,
        "endColumn": min(span.end, end.stop) - end.start + 1,
    }


def _artifact(document_id: str) -> dict[str, str]:
    return {"uri": uri_of(document_id), "uriBaseId": _ROOT}


def _related(document: Document, kin: Kin) -> dict[str, Any]:
    """The text that the finding repeats. Its lines are told in words where it is not known that its file has them."""
    here = kin.document_id == document.id
    file, member = shown_parts(kin.document_id)
    lines = lines_words(kin.first_line, kin.last_line)
    how = "equal" if kin.score >= 1000 else f"{kin.score // 10} % {visible(kin.measure)}"
    place: dict[str, Any] = {"artifactLocation": _artifact(kin.document_id)}
    plain = has_own_lines(document) if here else not member and document.origin.media_type == "text/plain"
    place["region"] = {"startLine": kin.first_line, "endLine": kin.last_line} if plain and lines else {"startLine": 1}
    return {"id": 1, "physicalLocation": place, "message": message(f"kin, {how}: {file}{member}:{lines}".rstrip(":"))}


def _invocation(ended: RunEnd, left_out: int) -> dict[str, Any]:
    told = [_lost("input-failed", "error", failure) for failure in ended.failures[:MAX_NOTIFICATIONS]]
    told += [_lost("input-skipped", "note", failure) for failure in ended.skipped[:MAX_NOTIFICATIONS]]
    if ended.interrupted:
        told.insert(0, _notification("interrupted", "error", "The run was interrupted; further inputs were not read."))
    for what, missing in (
        ("finding", left_out),
        ("failure", len(ended.failures) - MAX_NOTIFICATIONS),
        ("skipped input", len(ended.skipped) - MAX_NOTIFICATIONS),
    ):
        if missing > 0:
            text = f"{count_words(missing, f'more {what}')} not in this file; the json report has them all."
            told.insert(0, _notification("left-out", "warning", text))
    successful = not ended.failures and not ended.interrupted
    return {"executionSuccessful": successful, "toolExecutionNotifications": told}


def _notification(name: str, level: str, text: str) -> dict[str, Any]:
    return {"descriptor": {"id": name}, "level": level, "message": message(text)}


def _lost(name: str, level: str, failure: Failure) -> dict[str, Any]:
    text = f"{visible(failure.path)}: {visible(failure.message)} {visible(failure.hint)}".rstrip()
    made = _notification(name, level, text)
    if failure.document_id:
        made["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(failure.document_id)}}]
    return made
