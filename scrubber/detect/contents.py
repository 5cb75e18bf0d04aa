"""Tables of contents: lines that only say which headings come further down.

What such a line says stands in the text again, so little can be lost; but a list of those present may look alike where
each of them speaks once, so something beside the headings must speak for a table of contents.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from scrubber.text.terms import REMEMBERED_LINES, weight_of

if TYPE_CHECKING:
    from scrubber.detect.scan import Scan

#: A table of contents has at least so many entries,
ENTRIES = 3
#: none of which weighs more than this, in Latin letters (a Han character weighs two).
ENTRY_WEIGHT = 80
_NUMBERING = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2}){0,3}[.)、]?|(?:[ivx]{1,4}|[a-z])[.)、]|[一二三四五六七八九十]{1,3}、) ?(?=[^\d\W])"
)
#: Longer lines are no entries, whatever number and button they bear.
_LONGEST = ENTRY_WEIGHT + 64
#: A button behind a heading, as `[edit]`.
_BUTTON = re.compile(r" ?\[[^\]]{1,40}\]$")


def contents_lines(scan: Scan) -> frozenset[int]:
    """Lines of tables of contents, indexes from 0: runs of entries whose headings stand below them, in that order.

    Each heading stands below its entry once and with other lines behind it. A line that other rules cut stands next to
    the run, or its entries bear numbers that the headings do not. O(lines).
    """
    document = scan.document
    written = [index for index, blank in enumerate(document.blank) if not blank]
    keys = [document.keys[index] for index in written]
    names = [_name_of(key) if len(key) <= _LONGEST else "" for key in keys]
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        places[name].append(place)
    found: set[int] = set()
    run: list[int] = []
    headings: list[int] = []
    for place, name in enumerate([*names, ""]):
        twice = places[name] if name else []
        heading = twice[1] if len(twice) == 2 and twice[0] == place else -1
        is_entry = (
            heading >= 0
            and not document.running[written[place]]
            and weight_of(name) <= ENTRY_WEIGHT
            and (not headings or heading > headings[-1] + 1)
        )
        if is_entry:
            run.append(place)
            headings.append(heading)
            continue
        if _is_contents(scan, written, run, headings):
            found.update(written[entry] for entry in run)
        run, headings = [], []
    return frozenset(found)


@lru_cache(maxsize=REMEMBERED_LINES)
def _name_of(key: str) -> str:
    """A folded line without the number before it and the button behind it."""
    return _BUTTON.sub("", _NUMBERING.sub("", key, count=1))


def _is_contents(scan: Scan, written: Sequence[int], run: Sequence[int], headings: Sequence[int]) -> bool:
    if len(run) < ENTRIES or headings[0] <= run[-1]:
        return False
    keys, cut = scan.document.keys, scan.cut_in_zone
    numbered = sum(keys[written[entry]] != keys[written[heading]] for entry, heading in zip(run, headings, strict=True))
    beside = [place for place in (run[0] - 1, run[-1] + 1) if 0 <= place < len(written)]
    return numbered * 2 >= len(run) or any(cut[written[place]] for place in beside)
