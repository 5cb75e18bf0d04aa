"""Ledgers: any bytes are entries, or a mismatch with its line. Whatever they say, nothing is written outside."""

from __future__ import annotations

import contextlib
import copy
import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

from fuzz_inputs import HOSTILE_BYTES, mutated
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import LedgerMismatch, ScrubberError, UnreadableInput
from scrubber.store.ledger_read import LedgerReader
from scrubber.store.paths import name_problem
from scrubber.store.restore import restore
from scrubber.store.verify import verify

SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
HEADER: dict[str, Any] = {
    "format": "scrubber-ledger",
    "version": 1,
    "scrubber": "0.1.0",
    "fold": 1,
    "unicode": "15.0.0",
    "versions": {"python": "3.11.7"},
    "rules": [{"name": "core", "version": "1.0.0", "digest": SHA}],
    "rules_digest": SHA,
    "decisions_digest": "",
    "evidence_digest": "",
    "options": {"destination": "out", "max-share": 800},
    "options_digest": SHA,
    "roots": {"source": "/no/such/place", "output": "/no/such/place"},
    "started_at": "2024-01-01T00:00:00+00:00",
}
ENTRY: dict[str, Any] = {
    "id": "a.txt",
    "path": "a.txt",
    "output": "a.txt",
    "source": {"sha256": SHA, "size": 4, "encoding": "utf-8", "bom": "", "newline": "lf", "repairs": [[1, 1, "ff"]]},
    "result": {"sha256": SHA, "size": 4},
    "findings": [
        {
            "rule": "core/bar",
            "confidence": "likely",
            "outcome": "removed",
            "score": 900,
            "reason": "a bar",
            "kin": {"document": "b.txt", "lines": [1, 2], "measure": "edit", "score": 900, "span": [0, 4]},
            "span": [0, 4],
            "fingerprint": "0123456789abcdef",
        }
    ],
    "edits": [{"start": 0, "end": 4, "cut": "test", "put": "", "by": [0]}],
    "licences": [{"rule": "core/rights", "spdx": "NOASSERTION", "text": "©", "line": 1}],
    "way": "edits",
}
FAILED: dict[str, Any] = {"id": "b.txt", "path": "b.txt", "path_b64": "Yi50eHQ=", "error": "binary."}
FOOTER: dict[str, Any] = {"totals": {"documents": 1}, "ended_at": "", "status": "complete", "digest": SHA}
LINES = (HEADER, ENTRY, FAILED, FOOTER)

#: What stands in for some value of a line.
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e300, 1 << 63, 1 << 70, "", "x", "\x00", "/etc/hostname", "../x", "a/../../x",
    "..", "C:\\x", "\\\\host\\x", "aux", ".git/config", ".scrubber/ledger.jsonl", "x" * 5000, "\x1b[2J", "\u202e",
    "idna", "utf-7", "utf-16", "zlib", "rot13", "store", "source", "edits", "interrupted", SHA.upper(), "00" * 32, [],
    {}, [[]], [0], [4, 0], [0, 10**18], [None], {"a": {}}, "Li4veA==",
)  # fmt: skip


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in _places(item, (*path, key)))]


@st.composite
def forged_lines(draw: st.DrawFn) -> bytes:
    """A ledger whose lines are JSON, some values of them odd, missing or doubled."""
    records = copy.deepcopy(list(LINES))
    for _ in range(draw(st.integers(0, 4))):
        record = records[draw(st.integers(0, len(records) - 1))]
        place = draw(st.sampled_from(_places(record)))
        if not place:
            records.insert(
                draw(st.integers(0, len(records))), copy.deepcopy(draw(st.sampled_from((record, [], 1, {}, None))))
            )
            continue
        holder = record
        for key in place[:-1]:
            holder = holder[key]
        if draw(st.booleans()):
            holder[place[-1]] = copy.deepcopy(draw(st.sampled_from(ODD)))
        else:
            del holder[place[-1]]
        records = [each for each in records if isinstance(each, dict)] or [{}]
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


WHOLE = b"".join(json.dumps(record).encode() + b"\n" for record in LINES)
PIECES = (*HOSTILE_BYTES, b"[" * 3000, b'{"a":' * 900, b"9" * 5000, b"NaN", b"-Infinity", b"\\ud800", b"\n", b'"', b"}")
ledgers = st.one_of(
    forged_lines(),
    mutated((WHOLE,), PIECES),
    mutated((WHOLE,), PIECES).map(lambda content: gzip.compress(content, mtime=0)),
    mutated((gzip.compress(WHOLE, mtime=0),), HOSTILE_BYTES),
    st.binary(max_size=200),
)


@given(ledgers)
def test_any_bytes_are_entries_or_a_mismatch_with_its_place(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.jsonl"
        path.write_bytes(content)
        refusal: ScrubberError | None = None
        try:
            reader = LedgerReader(path)
            entries = list(reader.entries())
        except (LedgerMismatch, UnreadableInput) as error:
            refusal = error
    if refusal is not None:
        assert refusal.where is not None
        assert Path(refusal.where.path).name == "ledger.jsonl"
        assert str(refusal).encode("utf-8")
        return
    assert reader.state in ("complete", "interrupted", "altered")
    assert all(name_problem(entry.path) == "" for entry in entries)


@given(ledgers, st.booleans())
def test_whatever_a_ledger_says_files_stay_below_out(content: bytes, force: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        own = top / "run" / ".scrubber"
        own.mkdir(parents=True)
        (own / "ledger.jsonl").write_bytes(content)
        (top / "run" / "a.txt").write_bytes(b"test")
        before = {path: path.read_bytes() for path in top.rglob("*") if path.is_file()}
        for call in (
            lambda: verify(own / "ledger.jsonl", source=top / "run"),
            lambda: restore(own / "ledger.jsonl", out=top / "back", source=top / "run", force=force),
        ):
            with contextlib.suppress(LedgerMismatch, UnreadableInput):
                call()
        after = {path: path.read_bytes() for path in top.rglob("*") if path.is_file()}
        strange = {path for path in after if after[path] != before.get(path)}
        assert all(path.is_relative_to(top / "back") for path in strange)
        # The only bytes that these ledgers can prove.
        assert all(after[path] == b"test" for path in strange)
