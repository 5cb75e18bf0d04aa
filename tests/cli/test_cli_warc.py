"""WARC in, JSON Lines out: a record a page, with its address."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest
from cli_program import BODY, CHINESE, DIRTY, Run

from scrubber.store.ledger_read import read_ledger

sys.path.append(str(Path(__file__).resolve().parents[1] / "read"))
from warc_files import record

pytest.importorskip("fastwarc", reason="the extra warc is not installed")

LEDGER = Path("out") / ".scrubber" / "ledger.jsonl"


def test_pages_become_records_and_a_wrong_length_costs_one(place: Path, pier: Run, scrubber: Run) -> None:
    page = f"<p>{'</p><p>'.join(DIRTY.splitlines())}</p>"
    chinese = f"<p>{CHINESE}</p><p>分享到</p><p>{CHINESE}{CHINESE}</p>"
    content = [
        record(1, page.encode()),
        record(2, page.encode(), more_bytes=11),
        record(3, chinese.encode("gbk"), media="text/html; charset=gbk"),
        record(4, DIRTY.encode(), kind="conversion", media="text/plain"),
    ]
    packed = b"".join(map(gzip.compress, content))
    (place / "x.warc.gz").write_bytes(packed)
    outcome = pier("clean", "x.warc.gz", "--out", "out")
    assert outcome.code == 3
    assert "urn:uuid:2" in outcome.errors
    lines = [json.loads(line) for line in (place / "out" / "x.warc.jsonl").read_text("utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["urn:uuid:1", "urn:uuid:3", "urn:uuid:4"]
    assert [line["text"] for line in lines] == [BODY, f"{CHINESE}\n{CHINESE}{CHINESE}\n", BODY]
    assert lines[0]["url"] == "http://pier.example/1"
    assert next(entry.id for entry in read_ledger(place / LEDGER).entries) == "x.warc.gz#urn:uuid:1"
    assert scrubber("verify", str(LEDGER)).code == 0
    assert scrubber("restore", str(LEDGER), "--out", "back").code == 0
    assert (place / "back" / "x.warc.gz").read_bytes() == packed
    assert "3 taken over" in pier("clean", "x.warc.gz", "--out", "out", "--resume").errors
    assert pier("clean", "x.warc.gz", "--in-place").code == 3
