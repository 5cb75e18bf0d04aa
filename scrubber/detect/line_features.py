"""What the line model sees of each line: whole numbers that need no site and no other page.

A row describes one line that is not blank: its characters, its end, its place, its copies, the densest run of text
and how far away it lies, the block of text around it, and what rules say of it. Shares are in 64ths, sizes in
sixteenths of a power of two (`scale_of`), both rounded down, so that every machine gets the same rows. Which features
there are, and in which order, is `FEATURES`; the weights that were trained for them name them too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from scrubber.detect.cues import FAMILIES
from scrubber.detect.line_reading import OF_LINE, PARTS, LineRead, Row, read_line, scale_of
from scrubber.detect.scan import Scan
from scrubber.text.writing import Writing

#: What one line must hold, in half-width characters, to pay for itself in a densest run, and the most it may bring:
#: a narrow, a middle and a wide idea of what text is.
RUN_COSTS = ((25, 800), (60, 400), (150, 400))
#: A line is text from this weight on; lines of text so many lines apart are of one block.
_TEXT_WEIGHT = 50
_BLOCK_GAP = 3

_OF_PLACE = (
    "place",
    "from start",
    "from end",
    "copies",
    "is a copy",
    "lines of this shape",
    "unlike the one above",
    "unlike the one below",
    "share of text",
    "text above",
)
_OF_RUN = ("in run", "from run start", "to run end", "run share")
_OF_SURROUNDINGS = (
    "place in run",
    "block share",
    "block rank",
    "block size",
    "topic share",
    "topic size",
    "rarity",
    "cut by a rule",
    "known to a rule",
    "in body",
    "from body start",
    "to body end",
    "title",
    "blank above",
    "cut by a rule, all above",
    "cut by a rule, all below",
    "known to a rule, all above",
    "known to a rule, all below",
)

#: Sums over so many lines above, and below: of text, and of lines of some kind.
TEXT_WINDOWS = (1, 2, 5, 12, 30)
KIND_WINDOWS = (3, 10)
#: Kinds of lines that are counted around a line, and those of which the nearest one is looked for.
COUNTED = ("closed", "worded", "short", "date or source", "capitalised", "cut by a rule", "known to a rule", "cue")
_CUED = tuple(f"cue of {family}" for family in FAMILIES)
NEAREST = ("long", "sentence", "date or source", "cut by a rule", "known to a rule", *_CUED)
#: A line of text in windows brings no more than this; from the second weight on a line is long, below the third short.
MOST_IN_WINDOW = 600
LONG_WEIGHT = 80
LABEL_WEIGHT = 40
SENTENCE_WEIGHT = 30
#: Farther lines are all equally far.
FAR_LINES = 60

#: Names of the features, in the order of a row.
FEATURES: tuple[str, ...] = (
    *OF_LINE,
    *_OF_PLACE,
    *(f"{name} {cost}" for cost, _ in RUN_COSTS for name in _OF_RUN),
    *_OF_SURROUNDINGS,
    *_CUED,
    *(f"text {reach} {side}" for reach in TEXT_WINDOWS for side in ("above", "below")),
    *(f"{kind} {reach} {side}" for kind in COUNTED for reach in KIND_WINDOWS for side in ("above", "below")),
    *(f"nearest {kind} {side}" for kind in NEAREST for side in ("above", "below")),
    *(
        "lines of page",
        "text of page",
        "long share of page",
        "wide share of page",
        "short share of page",
        "longest of page",
        "closed share of page",
        "dated share of page",
        "cued share of page",
        "cut share of page",
        "known share of page",
    ),
)


def _signed(distance: int) -> int:
    return scale_of(distance) if distance >= 0 else -scale_of(-distance)


def line_features(scan: Scan, cut: Sequence[bool]) -> tuple[list[int], list[Row]]:
    """Indexes of the lines that are not blank, and the row of each. `cut` marks the lines that rules take.

    O(code points + lines).
    """
    document = scan.document
    indexes = [index for index, blank in enumerate(document.blank) if not blank]
    if not indexes:
        return [], []
    keys = [document.keys[index] for index in indexes]
    lines = [read_line(document.line_texts[index], key) for index, key in zip(indexes, keys, strict=True)]
    written = [line.writing for line in lines]
    worth = [line.worth for line in lines]
    of_lines: list[Sequence[int]] = list(zip(*(line.cells for line in lines), strict=True))
    columns = [*of_lines, *_columns_of_places(keys, lines, worth)]
    runs = [densest(worth, cost, cap) for cost, cap in RUN_COSTS]
    total = max(1, sum(worth))
    for first, stop in runs:
        columns += _columns_of_run(worth, first, stop, total)
    columns += _columns_of_surroundings([line.words for line in lines], worth, runs[1], total)
    columns += _columns_of_rules(scan, indexes, cut)
    cues = [line.cues for line in lines]
    columns += _columns_of_windows(scan, indexes, cut, cues, written, worth, of_lines[OF_LINE.index("date or source")])
    return indexes, list(zip(*columns, strict=True))


def line_shapes(scan: Scan, indexes: Sequence[int]) -> list[str]:
    """What lines that are written alike share, for lines that are not blank; empty for long ones. O(code points)."""
    document = scan.document
    return [read_line(document.line_texts[index], document.keys[index]).shape for index in indexes]


def _columns_of_places(keys: Sequence[str], lines: Sequence[LineRead], worth: Sequence[int]) -> list[Sequence[int]]:
    count = len(keys)
    copies = Counter(keys)
    shapes = [line.shape for line in lines]
    alike = Counter(shapes)
    seen: set[str] = set()
    again: list[int] = []
    for key in keys:
        again.append(int(key in seen))
        seen.add(key)
    sizes = [line.cells[0] for line in lines]
    total = max(1, sum(worth))
    above = accumulate(worth, initial=0)
    return [
        [PARTS * place // max(1, count - 1) for place in range(count)],
        [scale_of(place) for place in range(count)],
        [scale_of(count - 1 - place) for place in range(count)],
        [scale_of(copies[key] - 1) for key in keys],
        again,
        [scale_of(alike[shape] - 1) if shape else 0 for shape in shapes],
        [abs(size - before) for size, before in zip(sizes, [0, *sizes], strict=False)],
        [abs(size - after) for size, after in zip(sizes, [*sizes[1:], 0], strict=True)],
        [4 * PARTS * own // total for own in worth],
        [PARTS * before // total for before, _ in zip(above, worth, strict=False)],
    ]


def densest(worth: Sequence[int], cost: int, cap: int) -> tuple[int, int]:
    """The run of lines that brings most when each line costs something (Kadane's algorithm): first, and one past."""
    best = current = start = 0
    found = (0, 0)
    for place, own in enumerate(worth):
        gain = min(own, cap) - cost
        if current <= 0:
            current, start = gain, place
        else:
            current += gain
        if current > best:
            best, found = current, (start, place + 1)
    return found


def _columns_of_run(worth: Sequence[int], first: int, stop: int, total: int) -> list[list[int]]:
    count = len(worth)
    share = PARTS * sum(worth[first:stop]) // total
    return [
        [int(first <= place < stop) for place in range(count)],
        [_signed(place - first) for place in range(count)],
        [_signed(stop - 1 - place) for place in range(count)],
        [share] * count,
    ]


def _columns_of_surroundings(
    words: Sequence[frozenset[str]], worth: Sequence[int], run: tuple[int, int], total: int
) -> list[list[int]]:
    first, stop = run
    length = max(1, stop - first)
    blocks, sizes = blocks_of(worth)
    greatest = max(sizes, default=0) or 1
    own = [sizes[block] if block >= 0 else 0 for block in blocks]
    columns = [
        [max(-PARTS, min(2 * PARTS, PARTS * (place - first) // length)) for place in range(len(words))],
        [PARTS * size // total for size in own],
        [PARTS * size // greatest for size in own],
        [scale_of(size) for size in own],
    ]
    inside = Counter(word for line in words[first:stop] for word in line)
    everywhere = Counter(word for line in words for word in line)
    topic, topics, rare = [], [], []
    for place, line in enumerate(words):
        least = 1 if first <= place < stop else 0
        shared = sum(inside[word] > least for word in line)
        topic.append(PARTS * shared // max(1, len(line)))
        topics.append(scale_of(shared))
        rare.append(sum(PARTS // everywhere[word] for word in line) // max(1, len(line)))
    return [*columns, topic, topics, rare]


def blocks_of(worth: Sequence[int]) -> tuple[list[int], list[int]]:
    """For each line the number of the block of text around it (-1: none), and how much text each block holds."""
    blocks = [-1] * len(worth)
    sizes: list[int] = []
    last = -_BLOCK_GAP - 1
    for place, own in enumerate(worth):
        if own < _TEXT_WEIGHT:
            continue
        if place - last > _BLOCK_GAP:
            sizes.append(0)
            last = place - 1
        blocks[last + 1 : place + 1] = [len(sizes) - 1] * (place - last)
        sizes[-1] += own
        last = place
    return blocks, sizes


def _columns_of_rules(scan: Scan, indexes: Sequence[int], cut: Sequence[bool]) -> list[list[int]]:
    known, blank = scan.hit_by_any, scan.document.blank
    place_of = {index: place for place, index in enumerate(indexes)}
    first, last = (place_of.get(index, len(indexes)) for index in scan.body)
    title = scan.frame.title if indexes else -1
    places = range(len(indexes))
    sums = [list(accumulate((int(flags[index]) for index in indexes), initial=0)) for flags in (cut, known)]
    return [
        [int(cut[index]) for index in indexes],
        [int(known[index]) for index in indexes],
        [int(first <= place <= last) for place in places],
        [_signed(place - first) for place in places],
        [_signed(last - place) for place in places],
        [int(title > 0 and index == title) for index in indexes],
        [int(index > 0 and blank[index - 1]) for index in indexes],
        *(
            [scale_of(found[place]) if above else scale_of(found[-1] - found[place + 1]) for place in places]
            for found in sums
            for above in (True, False)
        ),
    ]


def _columns_of_windows(
    scan: Scan, indexes: Sequence[int], cut: Sequence[bool], cues: Sequence[Row], written: Sequence[Writing],
    worth: Sequence[int], dated: Sequence[int],
) -> list[Sequence[int]]:  # fmt: skip
    """What stands within some lines above and below, how far the nearest line of a kind is, and the whole page."""
    count = len(indexes)
    known = scan.hit_by_any
    flags: dict[str, Sequence[int]] = {
        "closed": [line.closed for line in written],
        "worded": [min(PARTS, PARTS * line.function_words // max(1, line.wide if line.is_wide else line.words))
                   for line in written],
        "short": [int(line.weight < LABEL_WEIGHT) for line in written],
        "date or source": dated,
        "capitalised": [PARTS * line.capitalised // max(1, line.words) for line in written],
        "cut by a rule": [int(cut[index]) for index in indexes],
        "known to a rule": [int(known[index]) for index in indexes],
        "cue": [int(any(found)) for found in cues],
        "long": [int(own >= LONG_WEIGHT) for own in worth],
        "sentence": [int(line.ends_sentence and line.weight >= SENTENCE_WEIGHT) for line in written],
    }  # fmt: skip
    for number, kind in enumerate(_CUED):
        flags[kind] = [found[number] for found in cues]
    columns: list[Sequence[int]] = [flags[kind] for kind in _CUED]
    sums = list(accumulate((min(own, MOST_IN_WINDOW) for own in worth), initial=0))
    for reach in TEXT_WINDOWS:
        above, below = _windows(sums, reach)
        columns += [list(map(scale_of, above)), list(map(scale_of, below))]
    for kind in COUNTED:
        sums = list(accumulate(flags[kind], initial=0))
        for reach in KIND_WINDOWS:
            columns += _windows(sums, reach)
    for kind in NEAREST:
        columns += _distances(flags[kind])
    total = max(1, sum(worth))
    page = (
        scale_of(count),
        scale_of(total),
        PARTS * sum(own for own in worth if own >= LONG_WEIGHT) // total,
        PARTS * sum(line.wide for line in written) // max(1, sum(line.length for line in written)),
        PARTS * sum(flags["short"]) // max(1, count),
        PARTS * max(worth, default=0) // total,
        PARTS * sum(flags["closed"]) // max(1, count),
        PARTS * sum(flags["date or source"]) // max(1, count),
        PARTS * sum(flags["cue"]) // max(1, count),
        PARTS * sum(flags["cut by a rule"]) // max(1, count),
        PARTS * sum(flags["known to a rule"]) // max(1, count),
    )
    return [*columns, *([cell] * count for cell in page)]


def _windows(sums: Sequence[int], reach: int) -> list[list[int]]:
    """Sums over the `reach` lines above each line and over those below it, from running sums that begin with 0."""
    count = len(sums) - 1
    if not sums[-1]:
        return [[0] * count] * 2
    padded = [0] * reach + list(sums) + [sums[-1]] * reach
    above = [here - far for here, far in zip(sums, padded, strict=False)][:count]
    below = [far - here for here, far in zip(sums[1:], padded[2 * reach + 1 :], strict=False)][:count]
    return [above, below]


def _distances(flags: Sequence[int]) -> list[list[int]]:
    """How many lines lie between each line and the nearest marked one above it, and below it."""
    if not any(flags):
        return [[scale_of(FAR_LINES)] * len(flags)] * 2
    found: list[list[int]] = []
    for ordered in (flags, flags[::-1]):
        far = FAR_LINES
        distances: list[int] = []
        for flag in ordered:
            distances.append(scale_of(far))
            far = 0 if flag else min(FAR_LINES, far + 1)
        found.append(distances)
    return [found[0], found[1][::-1]]
