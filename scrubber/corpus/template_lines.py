"""Lines that most documents of one group share: the frame that a site puts round each of its texts.

A group is a folder, the host of the pages, or everything. A line belongs to the template where so many documents, and
such a share of the group, hold it, and it stands at an edge of its document: above or below everything that the
document has for itself. Refuses documents that share most of their text with others: those are copies, not pages
with one frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from msgspec import Struct

from scrubber.corpus.line_counts import MOST_LINE_CHARS, SharedLines, masked, number_of
from scrubber.model import Document

GROUPS = ("folder", "host", "all")
#: So many lines of its own may stand between two template lines of one edge: names and dates stand in a frame, too.
EDGE_GAP_LINES = 2
#: A document whose running text is shared by this share of it (thousandths) is a copy.
COPY_SHARE = 500


class Floor(Struct, frozen=True):
    """From which support on lines are a template: documents, and share of the group in thousandths."""

    documents: int
    share: int

    def least(self, group_documents: int) -> int:
        """How many documents of a group of that size must hold a line. Exact: rounded up.

        >>> Floor(8, 600).least(10), Floor(8, 600).least(1000), Floor(8, 600).least(7)
        (8, 600, 8)
        """
        return max(self.documents, -(-self.share * group_documents // 1000))


class TemplateLine(Struct, frozen=True):
    """A template line of one document. `line` is an index; `edge` is `head`, `tail` or, between both, empty."""

    line: int
    documents: int
    edge: str


def group_of(document: Document, how: str) -> str:
    """The group of a document: the folder of its id, the host of its page (else the folder), or one for all.

    >>> group_of(Document("news/a/1.txt", ""), "folder"), group_of(Document("x.jsonl#7", ""), "folder")
    ('news/a', 'x.jsonl')
    """
    if how == "all":
        return ""
    if how == "host" and (host := _host_of(document)):
        return host
    container, mark, _ = document.id.partition("#")
    return container if mark else container.rpartition("/")[0]


def counted_group(document: Document, how: str) -> str:
    """The group of a document as its lines are counted: groups of different kinds stay apart."""
    return f"{how}\0{group_of(document, how)}"


def _host_of(document: Document) -> str:
    urls = [document.page.metadata.url] if document.page is not None else []
    urls.append(document.id.partition("#")[2])
    for url in urls:
        if url.startswith(("http://", "https://")):
            try:
                return (urlsplit(url).hostname or "").removeprefix("www.")
            except ValueError:
                continue
    return ""


def masked_lines(document: Document) -> list[str]:
    """The masked key of each line; empty for blank ones and for those that are too long to be a frame's."""
    return [
        masked(key) if not blank and len(key) <= MOST_LINE_CHARS else ""
        for key, blank in zip(document.keys, document.blank, strict=True)
    ]


def numbers_of(group: str, lines: Sequence[str]) -> set[int]:
    """What to count of a document: the numbers of its masked lines, and that of its group."""
    return {number_of(group, ""), *(number_of(group, line) for line in set(lines) if line)}


def template_lines(document: Document, group: str, shared_lines: SharedLines, floor: Floor) -> tuple[TemplateLine, ...]:
    """The lines of a document that its group shares, ascending; none where the document is a copy. O(lines).

    `shared_lines` must hold what `floor.documents` documents share.
    """
    least = floor.least(shared_lines.documents(number_of(group, "")))
    lines = masked_lines(document)
    known: dict[str, int] = {}
    shared: list[tuple[int, int]] = []
    for index, line in enumerate(lines):
        if line and line not in known:
            known[line] = shared_lines.documents(number_of(group, line))
        if line and known[line] >= least:
            shared.append((index, known[line]))
    if not shared or _is_copy(document, {index for index, _ in shared}):
        return ()
    held = {index for index, _ in shared}
    filled = [index for index, blank in enumerate(document.blank) if not blank]
    head = _edge(filled, held, document.running)
    tail = _edge(filled[::-1], held, document.running) - head
    return tuple(
        TemplateLine(index, count, "head" if index in head else "tail" if index in tail else "")
        for index, count in shared
    )


def _edge(filled: Sequence[int], shared: set[int], running: Sequence[bool]) -> frozenset[int]:
    """The shared lines from one end on, until the document's own text begins.

    It begins with running text, or with more lines in a row than `EDGE_GAP_LINES`.
    """
    found: list[int] = []
    own = 0
    for index in filled:
        if index in shared:
            found.append(index)
            own = 0
            continue
        own += 1
        if own > EDGE_GAP_LINES or running[index]:
            break
    return frozenset(found)


def _is_copy(document: Document, shared: set[int]) -> bool:
    """Whether most of the running text of a document stands in others, too."""
    whole = own = 0
    for index, running in enumerate(document.running):
        if running:
            length = len(document.line_texts[index])
            whole += length
            own += 0 if index in shared else length
    return (whole - own) * 1000 >= COPY_SHARE * whole if whole else len(shared) == sum(not b for b in document.blank)
