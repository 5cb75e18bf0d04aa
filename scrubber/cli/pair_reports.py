"""Reports of `duplicates`: pairs for programs (`jsonl`, `csv`), clusters for people (`terminal`).

Ids, file names and texts are foreign: they are escaped for where they go. In a spreadsheet no cell begins a formula.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TextIO

from msgspec import Struct

from scrubber.corpus.clusters import Cluster
from scrubber.corpus.collection import Collection, Place
from scrubber.corpus.pairs import Pair
from scrubber.report.escape import safe_json, visible
from scrubber.text.sketch import differing_spans

#: Code points of a text that are shown, and of those before the first difference.
_SHOWN_CHARS = 160
_LEAD_CHARS = 40
#: A text in many pairs is named once.
_REMEMBERED_PLACES = 1 << 16
#: The longest texts whose differences are marked.
_MARKED_CHARS = 20_000
#: A cell that begins so would be worked out by a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    "a_document", "a_id", "a_first_line", "a_last_line", "b_document", "b_id", "b_first_line", "b_last_line",
    "jaccard", "edit", "kept",
)  # fmt: skip


class PairReport(Struct, frozen=True):
    """What was found. `kept` says for each pair which of its texts stays, `a` or `b`; `unit` what texts are."""

    collection: Collection
    pairs: Sequence[Pair]
    kept: Sequence[str]
    clusters: Sequence[Cluster]
    unit: str


def write_jsonl(report: PairReport, out: TextIO) -> None:
    """One object a pair, in order of `a`, then of `b`."""
    place_of = lru_cache(maxsize=_REMEMBERED_PLACES)(lambda rank: _place_json(report.collection.place(rank)))
    for pair, kept in zip(report.pairs, report.kept, strict=True):
        a, b = place_of(pair.a), place_of(pair.b)
        edit = "null" if pair.edit is None else _decimal(pair.edit)
        out.write(f'{{"a": {a}, "b": {b}, "jaccard": {_decimal(pair.jaccard)}, "edit": {edit}, "kept": "{kept}"}}\n')


def write_csv(report: PairReport, out: TextIO) -> None:
    """One row a pair, in order of `a`, then of `b`; lines end as RFC 4180 has it."""
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(_COLUMNS)
    for pair, kept in zip(report.pairs, report.kept, strict=True):
        cells: list[object] = []
        for place in (report.collection.place(pair.a), report.collection.place(pair.b)):
            cells += [_cell(place.document), _cell(place.record or ""), place.first_line, place.last_line]
        edit = "" if pair.edit is None else _decimal(pair.edit)
        rows.writerow([*cells, _decimal(pair.jaccard), edit, kept])


def write_terminal(report: PairReport, out: TextIO) -> None:
    """Each kept text with its copies below, and what differs in them in brackets. Texts are shown as compared."""
    for cluster in report.clusters:
        text = report.collection.text(cluster.kept)
        copies = f"{len(cluster.copies):,} {'copy' if len(cluster.copies) == 1 else 'copies'}"
        out.write(f"= {_place_words(report.collection.place(cluster.kept))}   kept, {copies}\n")
        out.write(f"    {_opening(text)}\n")
        for pair in cluster.copies:
            copy = report.collection.text(pair.b)
            out.write(f"  ~ {_place_words(report.collection.place(pair.b))}   {_score_words(pair)}\n")
            if copy != text:
                out.write(f"      {_marked(copy, text)}\n")
        out.write("\n")


#: By name; the first is the default.
PAIR_REPORTS: dict[str, Callable[[PairReport, TextIO], None]] = {
    "terminal": write_terminal,
    "jsonl": write_jsonl,
    "csv": write_csv,
}


def _place_json(place: Place) -> str:
    record = "null" if place.record is None else json.dumps(place.record, ensure_ascii=False)
    document = json.dumps(place.document, ensure_ascii=False)
    return safe_json(f'{{"document": {document}, "id": {record}, "lines": [{place.first_line}, {place.last_line}]}}')


def _place_words(place: Place) -> str:
    one = place.first_line == place.last_line
    lines = f"line {place.first_line:,}" if one else f"lines {place.first_line:,}-{place.last_line:,}"
    return f"{visible(place.document)} {lines}"


def _score_words(pair: Pair) -> str:
    if pair.jaccard == pair.edit == 1000:
        return "equal"
    edit = "" if pair.edit is None else f"  edit {_decimal(pair.edit)}"
    return f"jaccard {_decimal(pair.jaccard)}{edit}"


def _decimal(thousandths: int) -> str:
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"


def _cell(text: str) -> str:
    shown = visible(text)
    return f"'{shown}" if text.startswith(_FORMULA_STARTS) or shown.startswith(_FORMULA_STARTS) else shown


def _opening(text: str) -> str:
    return visible(text[:_SHOWN_CHARS]) + (" ..." if len(text) > _SHOWN_CHARS else "")


def _marked(copy: str, kept: str) -> str:
    """The copy from its first difference on, each difference in brackets."""
    if max(len(copy), len(kept)) > _MARKED_CHARS:
        return _opening(copy)
    spans = [span for span, _ in differing_spans(copy, kept)]
    begin = max(0, spans[0][0] - _LEAD_CHARS) if spans else 0
    stop = begin + _SHOWN_CHARS
    pieces, at = [], begin
    for start, end in spans:
        if start >= stop:
            break
        pieces += [copy[at:start], "[", copy[start : min(end, stop)], "]"]
        at = min(end, stop)
    pieces.append(copy[at:stop])
    return f"{'... ' if begin else ''}{visible(''.join(pieces))}{' ...' if stop < len(copy) else ''}"
