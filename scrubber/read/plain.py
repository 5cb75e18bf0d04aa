"""Plain text and Markdown: the decoded bytes are the text. Refuses to interpret any markup but comments that keep lines."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from scrubber.errors import Where
from scrubber.model import BadBytes, Document, Origin
from scrubber.read.keep_marks import SIGN, kept_in_markdown
from scrubber.text.decode import Undecodable, decode
from scrubber.text.lines import newline_style

MEDIA_TYPE = "text/plain"
MARKDOWN = "text/markdown"


def read(
    data: bytes,
    *,
    id: str,  # noqa: A002  the name that `Document` uses
    path: str,
    declared: str | None = None,
    encoding: str | None = None,
    undecodable: str = "fail",
    media_type: str = MEDIA_TYPE,
) -> Document:
    """The document in `data`, with all that is needed to turn its text into the same bytes again.

    `declared`, `encoding` and `undecodable` are those of `text.decode.decode`. Raises `Undecodable` with the
    path in front, and `UsageError` for an unknown `encoding`. O(n).

    >>> read(b"\\xef\\xbb\\xbfHello\\r\\n", id="a.txt", path="in/a.txt").origin.newline
    'crlf'
    """
    try:
        decoded = decode(data, declared=declared, encoding=encoding, undecodable=undecodable)
    except Undecodable as error:
        raise Undecodable(error.message, where=Where(path), hint=error.hint) from None
    origin = Origin(
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        encoding=decoded.encoding,
        bom=decoded.bom,
        newline=newline_style(decoded.text),
        media_type=media_type,
        how_known=how_known(decoded.how_known, decoded.confidence, decoded.runner_up),
        roundtrips=decoded.roundtrips,
        repairs=tuple(BadBytes(run.text_offset, run.byte_offset, run.raw) for run in decoded.repairs),
    )
    document = Document(id, decoded.text, origin)
    if media_type == MARKDOWN and SIGN in document.text:
        return replace(document, kept=kept_in_markdown(document.line_texts))
    return document


def how_known(how: str, confidence: int, runner_up: str | None) -> str:
    """How an encoding was found, in words for people."""
    if runner_up is None:
        return how
    return f"{how}, {confidence // 10} % sure; next best {runner_up}"
