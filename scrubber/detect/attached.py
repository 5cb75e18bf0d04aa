"""Names of attached files: what stands right above a line that holds only the kind and the size of a file.

A document that is to be had below a notice is part of the notice, though its button and its size are not. Refuses to
know what the file is about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SIZE = r"[\d.,]+ ?(?:[kmg] ?i?b|[km]o|bytes?|[кмг]б)"
_FILE = re.compile(
    rf"\W*(?:pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|zip|rar|7z|hwpx?|csv|txt|epub|mp3|jpe?g|png)[ ,:;()/–-]*(?:{_SIZE})?\W*"
    rf"|[(\[]?{_SIZE}[)\]]?"
)
_FILE_CHARS = 40


def attached_names(keys: Sequence[str]) -> frozenset[int]:
    """Lines right above the kind and size of a file, blank ones between passed over; `keys` are folded. O(lines).

    >>> sorted(attached_names(["plan of the new pier", "pdf - 214 kb", "download"]))
    [0]
    """
    found: set[int] = set()
    above = -1
    for index, key in enumerate(keys):
        if not key:
            continue
        is_file = len(key) <= _FILE_CHARS and _FILE.fullmatch(key) is not None
        if is_file and above >= 0:
            found.add(above)
        above = -1 if is_file else index
    return frozenset(found)
