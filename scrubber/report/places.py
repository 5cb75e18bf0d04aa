"""Where a document lies, for reports that others look up: the file that holds it, and its place inside that file.

Ids are percent-encoded (a path from the project root, `!/` before a member of an archive, `#` before a record). Refuses
to know how a report writes them.
"""

from __future__ import annotations

from urllib.parse import quote_from_bytes, unquote_to_bytes

from scrubber.model import Document
from scrubber.report.escape import visible


def parts_of(document_id: str) -> tuple[bytes, bytes]:
    """The file that holds a document, from the project root, and the rest of its id; the bytes of both. O(n).

    >>> parts_of("in/100%25.zip!/a%23.txt#3")
    (b'in/100%.zip', b'!/a#.txt#3')
    """
    archive = document_id.find("!/")
    record = document_id.find("#")
    end = min((place for place in (archive, record) if place >= 0), default=len(document_id))
    file, member = (
        unquote_to_bytes(part.encode("utf-8", "replace")) for part in (document_id[:end], document_id[end:])
    )
    return file, member


def shown_parts(document_id: str) -> tuple[str, str]:
    """What `parts_of` gives, fit to be looked at.

    >>> shown_parts("in/%1B.zip!/a%23.txt#3")
    ('in/␛.zip', '!/a#.txt#3')
    """
    file, member = (visible(part.decode("utf-8", "replace")) for part in parts_of(document_id))
    return file, member


def uri_of(document_id: str) -> str:
    """The file that holds a document as a relative reference (RFC 3986), which no reader takes for an absolute one.

    >>> uri_of("in/a b:100%25.txt"), uri_of("//host/a"), uri_of("渡.txt")
    ('in/a%20b%3A100%25.txt', 'host/a', '%E6%B8%A1.txt')
    """
    return quote_from_bytes(parts_of(document_id)[0].lstrip(b"/"), safe="/")


def has_own_lines(document: Document) -> bool:
    """Whether lines of the text are lines of the file: not so for what was read out of a page or another file."""
    return document.origin.media_type == "text/plain" and not parts_of(document.id)[1]


def lines_words(first: int, last: int) -> str:
    """Line numbers as one word; empty where they are 0, for then the whole file is meant.

    >>> lines_words(3, 3), lines_words(3, 5), lines_words(0, 0)
    ('3', '3-5', '')
    """
    if not first:
        return ""
    return f"{first}" if first == last else f"{first}-{last}"


def cut(text: str, most: int) -> str:
    """`text` in at most `most` code points; an ellipsis says where it was cut.

    >>> cut("渡轮今天中午返航", 5)
    '渡轮今天…'
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def quote(text: str, most: int) -> str:
    """Foreign text as a quotation in one line, made visible, at most `most` code points. O(most).

    >>> quote("Share\\n this\\tstory ", 200), quote("渡轮今天中午返航", 5)
    ('Share this story', '渡轮今天…')
    """
    # Ten times as much covers runs of spaces; where more of them come the quotation ends early, and says so.
    taken = " ".join(text[: most * 10].split())
    return cut(visible(taken) if len(text) <= most * 10 else f"{visible(taken)}…", most)
