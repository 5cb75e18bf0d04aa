"""What a second look sees of each line: the first look's answers about the lines around it, as whole numbers.

The first look scores every line for itself. These columns say what it made of the neighbours, of the text within some lines
above and below, of the page as a whole, and of other lines that are written alike; the second look reads them beside the
line's own features. They know nothing but the first scores, the lengths and the shapes of the lines. Sizes are as in
`line_features.py`: shares in 64ths, sums by `scale_of`, quotients rounded down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

from scrubber.detect.line_features import FAR_LINES
from scrubber.detect.line_reading import PARTS, Row, scale_of

#: First log-odds, in 256ths, are drawn into this range.
MOST_FIRST = 1536
#: The first answers for so many lines above and below stand in the row as they are.
NEIGHBOURS = 6
WINDOWS = (3, 8, 20)
#: Chances are in 256ths here. From the first on a line counts as text, from the second as surely text, below the third as
#: surely none; a line above the fourth belongs to a run of text.
EVEN, SURE, NONE, IN_RUN = 128, 205, 26, 102
UNDECIDED = (51, 205)
#: A line brings no more than so many code points to the best run.
MOST_CHARS = 300

#: Names of the columns, in their order.
CONTEXT: tuple[str, ...] = (
    "first odds",
    "first chance",
    *(f"odds {abs(step)} {'above' if step < 0 else 'below'}" for step in range(-NEIGHBOURS, NEIGHBOURS + 1) if step),
    *(
        f"{name} {reach} {side}"
        for reach in WINDOWS
        for name in ("mean chance", "mean chance of text", "expected text")
        for side in ("above", "below")
    ),
    "expected text before",
    "expected text after",
    "own expected text",
    "text expected of page",
    "expected text of page",
    "mean chance of page",
    "best chance of page",
    "lines of text of page",
    "undecided of page",
    "changes of page",
    "rank",
    "rank in page",
    *(f"{name} by {of}" for of in ("lines", "text") for name in ("from best run", "to best run end", "best run share")),
    *(f"nearest {kind} {side}" for kind in ("sure text", "sure frame") for side in ("above", "below")),
    "mean chance of this shape",
    "best chance of this shape",
    "own run share",
    "own run lines",
    "own run rank",
)


def line_context(
    odds: Sequence[int], lengths: Sequence[int], shapes: Sequence[str], chance_of: Callable[[int], int]
) -> list[Row]:
    """A row of `CONTEXT` for each line.

    `odds` are the first answers in 256ths of log-odds, `lengths` code points, `shapes` what lines that are written alike
    share (empty: nothing), `chance_of` turns log-odds into 65,536ths. O(lines * log lines).
    """
    count = len(odds)
    if not count:
        return []
    bounded = [max(-MOST_FIRST, min(MOST_FIRST, cell)) for cell in odds]
    chances = [chance_of(cell) >> 8 for cell in bounded]
    expected = [chance * length for chance, length in zip(chances, lengths, strict=True)]
    total = max(1, sum(expected))
    columns: list[Sequence[int]] = [bounded, chances]
    padding = [0] * NEIGHBOURS
    padded = padding + bounded + padding
    columns += [
        padded[NEIGHBOURS + step : NEIGHBOURS + step + count] for step in range(-NEIGHBOURS, NEIGHBOURS + 1) if step
    ]
    columns += _windows(chances, expected, lengths)
    before = list(accumulate(expected, initial=0))
    columns += [
        [PARTS * cell // total for cell in before[:-1]],
        [PARTS * (before[-1] - cell) // total for cell in before[1:]],
        [4 * PARTS * cell // total for cell in expected],
    ]
    columns += [[cell] * count for cell in _of_page(chances, expected, lengths)]
    ranks = [0] * count
    for rank, place in enumerate(sorted(range(count), key=lambda place: -bounded[place])):
        ranks[place] = rank
    columns += [list(map(scale_of, ranks)), [PARTS * rank // count for rank in ranks]]
    columns += _best_runs(bounded, chances, expected, lengths)
    for flags in ([chance > SURE for chance in chances], [chance < NONE for chance in chances]):
        columns += _distances(flags)
    columns += of_shapes(chances, shapes)
    columns += _own_runs(chances, expected)
    return list(zip(*columns, strict=True))


def _windows(chances: Sequence[int], expected: Sequence[int], lengths: Sequence[int]) -> list[list[int]]:
    count = len(chances)
    sums = [list(accumulate(found, initial=0)) for found in (chances, expected, lengths)]
    columns = []
    for reach in WINDOWS:
        above = [(max(0, place - reach), place) for place in range(count)]
        below = [(place + 1, min(count, place + 1 + reach)) for place in range(count)]
        for kind in range(3):
            for spans in (above, below):
                chance, text, length = sums
                if kind == 0:
                    found = [(chance[stop] - chance[start]) // max(1, stop - start) for start, stop in spans]
                elif kind == 1:
                    found = [
                        (text[stop] - text[start]) // max(1, length[stop] - length[start]) for start, stop in spans
                    ]
                else:
                    found = [scale_of(text[stop] - text[start] >> 8) for start, stop in spans]
                columns.append(found)
    return columns


def _of_page(chances: Sequence[int], expected: Sequence[int], lengths: Sequence[int]) -> tuple[int, ...]:
    count = len(chances)
    total = sum(expected)
    text = [chance > EVEN for chance in chances]
    return (
        total // max(1, sum(lengths)),
        scale_of(total >> 8),
        sum(chances) // count,
        max(chances),
        PARTS * sum(text) // count,
        PARTS * sum(UNDECIDED[0] < chance < UNDECIDED[1] for chance in chances) // count,
        4 * PARTS * sum(one is not other for one, other in pairwise(text)) // max(1, count - 1),
    )


def _best_runs(
    bounded: Sequence[int], chances: Sequence[int], expected: Sequence[int], lengths: Sequence[int]
) -> list[list[int]]:
    """Where the run of lines lies that the first look likes best: line by line, and by their text."""
    count = len(bounded)
    total = max(1, sum(expected))
    sizes = [scale_of(min(length, MOST_CHARS)) for length in lengths]
    columns = []
    for gains in (
        [cell * size for cell, size in zip(bounded, sizes, strict=True)],
        [(chance - EVEN) * length for chance, length in zip(chances, lengths, strict=True)],
    ):
        first, stop = best_run(gains)
        share = PARTS * sum(expected[first:stop]) // total
        columns += [
            [_signed(place - first) for place in range(count)],
            [_signed(stop - 1 - place) for place in range(count)],
            [share] * count,
        ]
    return columns


def best_run(gains: Sequence[int]) -> tuple[int, int]:
    """The run that gains most (Kadane's algorithm): first and one past the last place; the first of equals. O(n)."""
    best = current = start = first = stop = 0
    for place, gain in enumerate(gains):
        if current <= 0:
            current, start = 0, place
        current += gain
        if current > best:
            best, first, stop = current, start, place + 1
    return first, stop


def _signed(distance: int) -> int:
    return scale_of(distance) if distance >= 0 else -scale_of(-distance)


def _distances(flags: Sequence[bool]) -> list[list[int]]:
    found = []
    for ordered in (flags, flags[::-1]):
        far = FAR_LINES
        distances = []
        for flag in ordered:
            distances.append(scale_of(far))
            far = 0 if flag else min(FAR_LINES, far + 1)
        found.append(distances)
    return [found[0], found[1][::-1]]


def of_shapes(chances: Sequence[int], shapes: Sequence[str]) -> list[list[int]]:
    """The mean and the best chance of the lines that are written like each line. O(n)."""
    alike: defaultdict[str, list[int]] = defaultdict(list)
    for shape, chance in zip(shapes, chances, strict=True):
        if shape:
            alike[shape].append(chance)
    mean = {shape: (sum(found) + EVEN) // (len(found) + 1) for shape, found in alike.items()}
    best = {shape: max(found) for shape, found in alike.items()}
    return [
        [mean[shape] if shape else chance for shape, chance in zip(shapes, chances, strict=True)],
        [best[shape] if shape else chance for shape, chance in zip(shapes, chances, strict=True)],
    ]


def _own_runs(chances: Sequence[int], expected: Sequence[int]) -> list[list[int]]:
    """How much text the unbroken run of lines holds that the line is of, and how many lines."""
    sizes: list[int] = []
    counts: list[int] = []
    runs = []
    last = None
    for chance, text in zip(chances, expected, strict=True):
        inside = chance > IN_RUN
        if inside is not last:
            sizes.append(0)
            counts.append(0)
            last = inside
        sizes[-1] += text
        counts[-1] += 1
        runs.append(len(sizes) - 1)
    total, greatest = max(1, sum(sizes)), max(1, max(sizes))
    of_runs = [
        (PARTS * size // total, scale_of(count), PARTS * size // greatest)
        for size, count in zip(sizes, counts, strict=True)
    ]
    return [[of_runs[run][kind] for run in runs] for kind in range(3)]
