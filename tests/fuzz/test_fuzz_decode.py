"""Decoding: any bytes give a text that leads back to them, or a refusal that says what to do."""

from __future__ import annotations

from fuzz_inputs import ENCODINGS, hostile_files
from hypothesis import given
from hypothesis import strategies as st

from scrubber.read import reader_for
from scrubber.store.encode import encode_original, way_for
from scrubber.text.decode import Undecodable, decode

NAMES = st.one_of(st.none(), st.sampled_from((*ENCODINGS, "utf-7", "idna", "hz", "iso2022_jp", "johab", "koi8-r")))


@given(hostile_files(), NAMES, NAMES, st.sampled_from(("fail", "skip", "replace")))
def test_any_bytes_are_decoded_or_refused(
    content: bytes, declared: str | None, encoding: str | None, undecodable: str
) -> None:
    try:
        read = decode(content, declared=declared, encoding=encoding, undecodable=undecodable)
    except Undecodable as error:
        refusal = error
    else:
        refusal = None
    if refusal is not None:
        assert refusal.message
        assert refusal.hint
        return
    read.text.encode("utf-8")  # no lone surrogates
    assert 0 <= read.confidence <= 1000
    assert all(read.text[run.text_offset] == "\ufffd" for run in read.repairs)
    assert sum(len(run.raw) for run in read.repairs) <= len(content)


@given(hostile_files())
def test_a_document_knows_its_way_back(content: bytes) -> None:
    try:
        document = reader_for("a.txt")(content, id="a.txt", path="a.txt", undecodable="replace")
    except Undecodable:
        return
    if way_for(document, content) == "edits":
        assert encode_original(document.text, document.origin) == content
    lines = document.line_texts
    assert not any("\n" in line or "\r" in line for line in lines)
    ends = [document.text[bound.stop : bound.next] for bound in document.bounds]
    assert "".join(line + end for line, end in zip(lines, ends, strict=True)) == document.text
