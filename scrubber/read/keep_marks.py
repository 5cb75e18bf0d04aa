"""Comments that keep what lies between them: `<!-- scrubber: keep reason="..." -->` to `<!-- scrubber: end -->`.

A person writes them into a page or a Markdown file of their own; nothing here ever does. What is kept lasts to the end
where no mark ends it: forgetting the second mark must not cost text. Refuses to decide whether marks count: that is for
whoever cleans.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from scrubber.model import KeptLines, kept_runs
from scrubber.read.html_blocks import Builder

#: What every mark holds; an input without it is not looked at more closely.
SIGN = "scrubber:"
SIGN_BYTES = SIGN.encode()
#: Longer reasons are cut: they are shown on one line.
_REASON_CHARS = 200

_SPACE = r"[ \t\n\f\r]"
_MARK = re.compile(
    rf"{_SPACE}*+scrubber:{_SPACE}*+"
    rf"(?:(?P<end>end)|keep(?:{_SPACE}++reason{_SPACE}*+={_SPACE}*+\"(?P<reason>[^\"]*+)\")?+){_SPACE}*+"
)
_COMMENT_LINE = re.compile(r"[ \t]*+<!--(.*?)-->[ \t]*+")


class Marks:
    """What the comments met so far say: `reason` is why text that comes next is kept, None where it is not."""

    def __init__(self) -> None:
        self.reason: str | None = None

    def heed(self, comment: str) -> bool:
        """Whether a comment, given without its `<!--` and `-->`, is a mark; `reason` is then what it says. O(n).

        >>> marks = Marks()
        >>> marks.heed(' scrubber: keep reason="An essay." '), marks.reason
        (True, 'An essay.')
        """
        match = _MARK.fullmatch(comment)
        if match is None:
            return False
        self.reason = None if match["end"] else _shown(match["reason"] or "")
        return True


def _shown(reason: str) -> str:
    """A reason on one line, without what does not print."""
    return " ".join("".join([sign if sign.isprintable() else " " for sign in reason[:_REASON_CHARS]]).split())


def kept_in_markdown(lines: Iterable[str]) -> tuple[KeptLines, ...]:
    """The lines from a mark to the one that ends it, both among them. Marks stand on lines of their own. O(n)."""
    return kept_runs(_in_markdown(lines))


def _in_markdown(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    marks = Marks()
    for index, line in enumerate(lines):
        before = marks.reason
        match = _COMMENT_LINE.fullmatch(line) if SIGN in line else None
        if match is not None:
            marks.heed(match[1])
        reason = before if marks.reason is None else marks.reason
        if reason is not None:
            yield index, reason


class MarkedBuilder(Builder):
    """Blocks of a page that holds marks: `kept` has those of which text is kept, each with the reason."""

    hears_comments = True

    def __init__(self, *, shown: frozenset[str] = frozenset()) -> None:
        super().__init__(shown=shown)
        self._marks = Marks()
        #: How many parts of the block that is not complete were there at the last mark, and what is kept of them.
        self._heard = 0
        self._reason: str | None = None

    def comment(self, comment: str) -> None:
        """A comment stands here."""
        before = self._marks.reason
        if self._marks.heed(comment):
            self._take(before)

    def _take(self, reason: str | None) -> None:
        """Note whether anything of the block that is not complete was kept since the last mark."""
        parts = self.parts
        if reason is not None and self._reason is None and any(part.strip() for part in parts[self._heard :]):
            self._reason = reason
        self._heard = len(parts)

    def _flush(self) -> None:
        self._take(self._marks.reason)
        number = len(self.blocks)
        super()._flush()
        if self._reason is not None and len(self.blocks) > number:
            self.kept[number] = self._reason
        self._heard, self._reason = 0, None
