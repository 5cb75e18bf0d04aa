"""Menus above the text: short names among lines that other rules cut, or among names that a menu is known by.

A name of a menu is told by the company it keeps, wherever the title stands and whether it can be told or not. What
shares a word with the text, says when or by whom, or stands close above the text, may be a title and is left alone.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from typing import TYPE_CHECKING

from scrubber.detect.frame import VALUE
from scrubber.text.lines import ends_sentence
from scrubber.text.terms import terms, weight_of

if TYPE_CHECKING:
    from scrubber.detect.scan import Scan

#: What weighs more, in Latin letters (a Han character weighs two), may be a headline.
NAME_WEIGHT, HAN_NAME_WEIGHT = 36, 16
#: A name may stand in two other places, as in the menu for telephones and in the footer; what stands more often may be
#: a row of a table.
NAME_COPIES = 3
#: A menu has so many lines, of which so many, and so large a part (thousandths), are known.
MENU_LINES, KNOWN_LINES, KNOWN_SHARE = 8, 4, 150
#: Where no title stands below the menu for sure, so many lines right above the text are left alone.
MARGIN = 8


def menu_lines(scan: Scan, words: Collection[int]) -> frozenset[int]:
    """Lines of menus above the text: runs of short lines of which enough are known.

    Known are lines that other rules cut and `words`, lines that hold nothing but a name that a menu is known by. Below
    the last known line nothing is told, unless the title follows. O(lines).
    """
    document, frame = scan.document, scan.frame
    if not any(document.running):
        return frozenset()
    is_below = frame.is_title_sure and frame.title >= MENU_LINES
    end = frame.title if is_below else scan.body[0]
    above = [index for index in range(frame.put_first, end) if not document.blank[index]]
    if not is_below:
        above = above[:-MARGIN]
    cut, keys, headings = scan.cut_in_zone, document.keys, frozenset(frame.headings_above)
    named = {index for index in words if scan.copies[keys[index]] <= NAME_COPIES}
    found: set[int] = set()
    for is_short, group in groupby(above, lambda index: cut[index] or _is_short(keys[index])):
        run = list(group)
        known = [index for index in run if cut[index] or index in named]
        different = len({keys[index] for index in known})
        if not is_short or len(run) < MENU_LINES:
            continue
        if different >= KNOWN_LINES and different * 1000 >= len(run) * KNOWN_SHARE:
            last = run[-1] if is_below and run[-1] == above[-1] else known[-1]
            names = [index for index in run if index <= last and scan.copies[keys[index]] <= NAME_COPIES]
            found.update(index for index in names if index in named or not terms(keys[index]) & frame.running_terms)
    return frozenset(found & headings)


def _is_short(key: str) -> bool:
    weight = weight_of(key)
    most = HAN_NAME_WEIGHT if weight > len(key) else NAME_WEIGHT
    return weight <= most and not ends_sentence(key) and not VALUE.search(key)
