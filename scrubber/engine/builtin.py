"""Findings of built-in rules about how a document was encoded."""

from __future__ import annotations

from scrubber.model.document import Document
from scrubber.model.finding import (
    Action,
    Confidence,
    Evidence,
    Finding,
    Outcome,
    Span,
    Verdict,
    fingerprint_of,
)
from scrubber.rules.builtin import BAD_BYTES, ENCODING

_PLAIN = frozenset(("utf-8", "utf8", "ascii", "us-ascii", ""))


def encoding_verdicts(document: Document) -> list[Verdict]:
    """What re-encoding does to the document, and where bad bytes stand. Empty for plain UTF-8."""
    origin = document.origin
    verdicts: list[Verdict] = []
    if document.page is not None:
        # Reading a page makes text of it, and is no finding.
        return _bad_bytes_of_page(document)
    if origin.encoding.lower() not in _PLAIN or origin.bom:
        what = f"{origin.encoding}{' with a byte order mark' if origin.bom else ''} becomes UTF-8"
        finding = Finding(
            rule=ENCODING,
            span=Span(0, 0),
            action=Action.REPLACE,
            confidence=Confidence.CERTAIN,
            evidence=Evidence(what, (("known by", origin.how_known),) if origin.how_known else ()),
            fingerprint=fingerprint_of(ENCODING.id, "", 0),
        )
        verdicts.append(Verdict(finding, Outcome.REPLACED))
    equal_before: dict[bytes, int] = {}
    for bad in origin.repairs:
        number = equal_before.get(bad.raw, 0)
        equal_before[bad.raw] = number + 1
        finding = Finding(
            rule=BAD_BYTES,
            span=Span(bad.text_offset, bad.text_offset + 1),
            action=Action.FLAG,
            confidence=Confidence.CERTAIN,
            evidence=Evidence(
                f"bytes {bad.raw[:8].hex(' ')} at offset {bad.byte_offset} are not {origin.encoding}",
                (("bytes", str(len(bad.raw))),),
            ),
            fingerprint=fingerprint_of(BAD_BYTES.id, bad.raw.hex(), number),
        )
        verdicts.append(Verdict(finding, Outcome.FLAGGED))
    return verdicts


def _bad_bytes_of_page(document: Document) -> list[Verdict]:
    """One flag for all bad bytes of a page: where they stand in its text is not known."""
    page, origin = document.page, document.origin
    if page is None or not page.bad_runs:
        return []
    runs = "1 run of bytes is" if page.bad_runs == 1 else f"{page.bad_runs:,} runs of bytes are"
    finding = Finding(
        rule=BAD_BYTES,
        span=Span(0, 0),
        action=Action.FLAG,
        confidence=Confidence.CERTAIN,
        evidence=Evidence(f"{runs} not {origin.encoding}, the first at offset {page.first_bad_byte} of the page"),
        fingerprint=fingerprint_of(BAD_BYTES.id, str(page.bad_runs), 0),
    )
    return [Verdict(finding, Outcome.FLAGGED)]
