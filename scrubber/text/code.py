"""What lines of programs, data and marked-up text look like: no prose, whatever their length, and no headings.

Refuses to know languages; a line that could be prose is prose.
"""

from __future__ import annotations

import re

#: What a line of a program or of data begins with, or ends with. A comma ends both data and hard-wrapped prose, so it says
#: something only behind a value in quotes or brackets, or a number.
_CODE = re.compile(
    r"\s*(?:[\]})]+[;,]?\s*$|[\"'][^\"']{1,80}[\"']\s*:\s|\{|\|.*\|\s*$|<[a-z!/][^<>]{0,200}>|\$ \S|>>> |#include\b|-{2}[a-z][\w-]+[ =]|\w+ ?= ?\S"
    r"|(?:def|class) \w+\s*[(:]|(?:import|from) [\w.]+(?: import .*)?$|(?:return|elif|else)\b.*[:;]$)"
    r"|.*(?:[{;\\\[=]|[\w\"'\])]\(|[\"'\]}],)\s*$",
    re.IGNORECASE,
)
#: Longer lines are prose, or data in one line that nobody takes for a heading.
_MAX_CHARS = 500
#: What may underline a heading, and how much longer or shorter than the heading it may be.
_UNDERLINE = re.compile(r"([=~^\-_*+#.\"'`:])\1{2,}")
_UNDERLINE_SLACK = 2


def is_code(line: str) -> bool:
    """Whether a line looks like one of a program, of data in a notation such as JSON, of a drawn table, or of markup. O(n).

    >>> is_code('  "status": "open",'), is_code("for line in lines {"), is_code("The ferry, which is old,")
    (True, True, False)
    """
    return len(line) <= _MAX_CHARS and _CODE.match(line) is not None


def underlines(line: str, above: str) -> bool:
    """Whether a line of marks underlines the line above it, as headings of plain text are underlined. Both trimmed.

    >>> underlines("=========", "The ferry"), underlines("---------------------", "The ferry")
    (True, False)
    """
    return (
        abs(len(line) - len(above)) <= _UNDERLINE_SLACK
        and _UNDERLINE.fullmatch(line) is not None
        and any(map(str.isalnum, above))
    )
