"""Labels beside chrome: the words of a button or of a page that stand alone where the frame of the page begins.

Many words of the frame are ordinary words: "Contact", "Save", "More". Such a line is a label of the frame where it leads
to nothing: below the text with only chrome below it, or above a title that is told with only chrome above it. What may
be a heading of the text, or what readers or a thread say, is left alone.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrubber.detect.scan import Scan

#: Right below the text more labels in a row may be a list of it.
MOST_BELOW_TEXT = 2


def beside_chrome(scan: Scan, words: Collection[int]) -> frozenset[int]:
    """Those of the lines `words`, which hold nothing but a label, that stand beside chrome; indexes from 0. O(lines).

    Labels in a row are judged together; three of them right below the text, or below a line with a colon, may be a list
    of it. The end of the document counts as chrome; its beginning does where more than one label stands there, for one may
    be a heading. Without running text nothing is told.
    """
    document, frame = scan.document, scan.frame
    if not words or not any(document.running) or frame.is_thread:
        return frozenset()
    first, last = scan.body
    cut, promised, protected = scan.cut_in_zone, scan.promised, scan.protected
    labels = {
        index for index in words if not (cut[index] or protected[index] or index in promised or document.running[index])
    }
    title = frame.title if frame.is_title_sure else -1
    written = [index for index, blank in enumerate(document.blank) if not blank]
    found: set[int] = set()
    start = 0
    while start < len(written):
        stop = start
        while stop < len(written) and written[stop] in labels and written[stop] != title:
            stop += 1
        run = written[start:stop]
        if run:
            above = cut[written[start - 1]] if start else len(run) > 1
            below = stop == len(written) or cut[written[stop]]
            listed = (
                start > 0
                and not above
                and (len(run) > MOST_BELOW_TEXT or document.keys[written[start - 1]].endswith(":"))
            )
            below_text = run[0] > last and below and not listed
            above_title = run[-1] < min(first, title) and above
            if below_text or above_title:
                found.update(run)
        start = max(stop, start + 1)
    return frozenset(found)
