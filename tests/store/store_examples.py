"""Small documents, results and ledgers that the tests of the store share. All texts are invented."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from scrubber.model import (
    Action,
    CleanResult,
    Confidence,
    Document,
    Edit,
    Evidence,
    Finding,
    Kin,
    Origin,
    Outcome,
    Plan,
    RuleInfo,
    Span,
    Verdict,
    apply_edits,
)
from scrubber.store.encode import way_for
from scrubber.store.files import fixity_of, write_atomic
from scrubber.store.ledger_entries import document_entry
from scrubber.store.ledger_form import DocumentEntry, LedgerEntry, LedgerHeader, RulesetRecord
from scrubber.store.ledger_write import LedgerWriter, ledger_header
from scrubber.store.originals import put_store
from scrubber.text.decode import decode
from scrubber.text.lines import newline_style

RULE = RuleInfo("test/bar", "line", "A bar of links", "Never part of an article.", "test.toml:3")


def read_bytes(content: bytes, name: str = "a.txt", encoding: str | None = None) -> Document:
    """Bytes as the plain reader makes a document of them."""
    from scrubber.model import BadBytes

    decoded = decode(content, encoding=encoding, undecodable="replace")
    origin = Origin(
        path=name,
        sha256=sha256(content).hexdigest(),
        size=len(content),
        encoding=decoded.encoding,
        bom=decoded.bom,
        newline=newline_style(decoded.text),
        roundtrips=decoded.roundtrips,
        repairs=tuple(BadBytes(run.text_offset, run.byte_offset, run.raw) for run in decoded.repairs),
    )
    return Document(name, decoded.text, origin)


def cleaned(
    document: Document,
    spans: Iterable[tuple[int, int]] = (),
    *,
    put: str = "",
    rights: str | None = None,
    kin: Kin | None = None,
) -> CleanResult:
    """`document` without `spans`, each on the word of one finding."""
    edits: list[Edit] = []
    verdicts: list[Verdict] = []
    for number, (start, end) in enumerate(spans):
        claim = f'"{document.text[start:end][:12]}" is a bar'
        finding = Finding(
            rule=RULE,
            span=Span(start, end),
            action=Action.REPLACE if put else Action.REMOVE,
            confidence=Confidence.CERTAIN,
            evidence=Evidence(claim, (), kin),
            replacement=put,
            rights=rights,
            fingerprint="0123456789abcdef",
        )
        verdicts.append(Verdict(finding, Outcome.REPLACED if put else Outcome.REMOVED))
        edits.append(Edit(Span(start, end), put, (RULE.id,), (number,)))
    plan = Plan(document.id, tuple(edits), tuple(verdicts))
    return CleanResult(document, apply_edits(document.text, edits), plan)


def header(out: Path, **changes: Any) -> LedgerHeader:
    """The first line of a run into `out`."""
    values: dict[str, Any] = {
        "scrubber": "0.1.0",
        "fold": 1,
        "unicode": "15.0.0",
        "versions": {"python": "3.11.7", "chardet": "5.2.0"},
        "rules": (RulesetRecord("core", "1.0.0", "ab" * 32),),
        "options": {"profile": "standard", "limits": {"max-share": 0.8}},
        "source_root": out / "no-such-source",
        "output_root": out,
        "started_at": "2024-01-01T00:00:00Z",
    }
    return ledger_header(**(values | changes))


def store_result(
    out: Path, result: CleanResult, original: bytes, *, keep_text: bool = True, source: bool = False
) -> DocumentEntry:
    """Write the output of `result` (and, where needed, its original to the store), and return its line."""
    name = result.document.id
    clean = result.text.encode("utf-8")
    write_atomic(out / name, clean)
    way = "source" if source else way_for(result.document, original)
    if way == "store":
        put_store(out / ".scrubber", original)
    return document_entry(result, path=name, output=name, produced=fixity_of(clean), way=way, keep_text=keep_text)


def write_ledger(out: Path, entries: Sequence[LedgerEntry], *, name: str = "ledger.jsonl", close: bool = True) -> Path:
    """A ledger in `out/.scrubber` with these lines."""
    path = out / ".scrubber" / name
    with LedgerWriter(path, header(out)) as writer:
        for entry in entries:
            writer.write(entry)
        if close:
            writer.finish(ended_at="2024-01-01T00:00:09Z")
    return path


def forge(path: Path, changes: dict[str, Any], line: int = 1) -> None:
    """Change fields (`source.size` reaches inside) of one line, and make the closing digest right again."""
    lines = path.read_bytes().splitlines(keepends=True)
    record = json.loads(lines[line])
    for field, value in changes.items():
        *outer, last = field.split(".")
        place = record
        for key in outer:
            place = place[int(key)] if isinstance(place, list) else place[key]
        place[last] = value
    lines[line] = json.dumps(record).encode() + b"\n"
    footer = json.loads(lines[-1])
    footer["digest"] = sha256(b"".join(lines[:-1])).hexdigest()
    lines[-1] = json.dumps(footer).encode() + b"\n"
    path.write_bytes(b"".join(lines))


def tree(folder: Path) -> dict[str, bytes]:
    """All files below `folder`, by relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
