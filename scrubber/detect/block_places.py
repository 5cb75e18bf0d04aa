"""Where a block of a page stands: its containers, the densest runs of text, and its like on the page, as columns.

Running sums over the blocks make any range of them cost two look-ups, so all of it is linear in blocks and containers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from scrubber.detect.block_tree import CUES, Tree
from scrubber.detect.block_writing import Written, scaled
from scrubber.detect.line_reading import PARTS

#: Containers around a block, from the inside out, that are described.
LEVELS = 5
#: What one block must hold to pay for itself in a densest run, and the most it may bring.
RUN_COSTS = ((25, 400), (60, 400))
#: A block of text: so much weight, some punctuation, less than this in links (in 64ths).
_GOOD_WEIGHT = 60
_GOOD_LINKS = 19
#: Blocks without punctuation are worth so many tenths of their weight.
_BARE_TENTHS = 4


class Measures:
    """Text, links and marks of the blocks, with running sums, so that any range of blocks costs two look-ups."""

    def __init__(self, written: Written, density: Any) -> None:
        import numpy as np

        self.written = written
        self.weight = weight = written.weight
        self.density = density
        self.marks = np.minimum(30, written.sentences) + np.minimum(30, written.commas)
        self.good = (density < _GOOD_LINKS) & (weight > _GOOD_WEIGHT) & (self.marks > 0)
        worth = np.where(self.marks > 0, weight, weight * _BARE_TENTHS // 10)
        self.worth = worth * (PARTS - density) // PARTS
        running = {
            "weight": weight,
            "links": weight * density // PARTS,
            "marks": self.marks,
            "good": self.good.astype(np.int64),
            "text": np.where(self.good, weight, 0),
        }
        self.sums = {name: np.append(0, np.cumsum(column)) for name, column in running.items()}
        self.total = max(1, int(self.sums["weight"][-1]))
        self.text = max(1, int(self.sums["text"][-1]))
        self.before = self.sums["weight"][:-1]

    def within(self, name: str, first: Any, stop: Any) -> Any:
        """The sum of one measure over the blocks from `first` to before `stop`."""
        return self.sums[name][stop] - self.sums[name][first]


def page_share(measures: Measures, tree: Tree, cue: str) -> Any:
    """The share of text that stands in containers that are named like something, for each block the same."""
    import numpy as np

    named = tree.cues[:, CUES.index(cue)] < tree.far
    found = int(measures.weight[named & (measures.density < PARTS // 2)].sum())
    return np.full(len(measures.weight), PARTS * found // measures.total)


def of_containers(measures: Measures, tree: Tree, place: Any) -> list[Any]:
    import numpy as np

    weight, text, links, marks = (
        measures.within(name, tree.firsts, tree.stops) for name in ("weight", "text", "links", "marks")
    )
    blocks = tree.stops - tree.firsts
    per_container = (
        PARTS * weight // measures.total, PARTS * text // measures.text, PARTS * links // np.maximum(1, weight),
        scaled(marks), scaled(blocks), scaled(weight // np.maximum(1, blocks)),
    )  # fmt: skip
    columns: list[Any] = []
    at = tree.owners
    for _ in range(LEVELS):
        columns += [column[at] for column in per_container]
        at = np.maximum(0, tree.parents[at])
    scores = _scores(measures, tree, links, weight)
    best = int(scores.argmax())
    first, stop = int(tree.firsts[best]), int(tree.stops[best])
    inside = (place >= first) & (place < stop)
    highest = max(1, int(scores[best]))
    return [
        *columns,
        inside.astype(np.int64),
        scaled(np.maximum(0, first - place)),
        scaled(np.maximum(0, place - stop + 1)),
        np.where(inside, PARTS * (place - first) // max(1, stop - first), -1),
        np.full(len(place), PARTS * int(weight[best]) // measures.total),
        PARTS * scores[tree.owners] // highest,
        PARTS * scores[np.maximum(0, tree.parents[tree.owners])] // highest,
    ]


def _scores(measures: Measures, tree: Tree, links: Any, weight: Any) -> Any:
    """How much running text a container holds near itself: the score by which readability picks one."""
    import numpy as np

    counted = (measures.weight >= 40) & (measures.density < PARTS // 2)
    brought = np.where(counted, 16 * (1 + measures.marks) + np.minimum(48, measures.weight * 16 // 100), 0)
    scores = np.zeros(len(tree.parents), dtype=np.int64)
    at = tree.owners
    for thousandths in (1000, 600, 360, 216):
        np.add.at(scores, at, brought * thousandths)
        brought = np.where(tree.parents[at] >= 0, brought, 0)
        at = np.maximum(0, tree.parents[at])
    return scores * (1024 - 1024 * links // np.maximum(1, weight)) // 1024


def of_runs(measures: Measures, place: Any) -> list[Any]:
    import numpy as np

    worth = measures.worth.tolist()
    columns: list[Any] = []
    for cost, most in RUN_COSTS:
        first, stop = _densest(worth, cost, most)
        columns += [
            ((place >= first) & (place < stop)).astype(np.int64),
            scaled(np.maximum(0, first - place)),
            scaled(np.maximum(0, place - stop + 1)),
            np.full(len(place), PARTS * int(measures.within("weight", first, stop)) // measures.total),
        ]
    return columns


def _densest(worth: Sequence[int], cost: int, most: int) -> tuple[int, int]:
    """The run of blocks that brings most when each costs something: first, and one past."""
    best = current = start = 0
    found = (0, 0)
    for place, own in enumerate(worth):
        gain = min(own, most) - cost
        if current <= 0:
            current, start = gain, place
        else:
            current += gain
        if current > best:
            best, found = current, (start, place + 1)
    return found


def of_like(measures: Measures, tree: Tree, texts: Sequence[str], place: Any) -> list[Any]:
    import numpy as np

    def summed(groups: Any, column: Any, size: int) -> Any:
        return np.bincount(groups, weights=column, minlength=size).astype(np.int64)

    size = int(tree.paths.max()) + 1
    own = tree.paths[tree.owners]
    count = np.bincount(own, minlength=size)
    weight = summed(own, measures.weight, size)
    links = summed(own, measures.weight * measures.density // PARTS, size)
    text = summed(own, np.where(measures.good, measures.weight, 0), size)
    first = np.full(size, len(place))
    np.minimum.at(first, own, place)
    columns: list[Any] = [
        scaled(count)[own], (PARTS * weight // measures.total)[own], (PARTS * text // measures.text)[own],
        scaled(weight // np.maximum(1, count))[own], (PARTS * links // np.maximum(1, weight))[own],
        scaled(place - first[own]),
    ]  # fmt: skip
    siblings = np.bincount(tree.paths, minlength=size)
    of_siblings = summed(tree.paths, measures.within("text", tree.firsts, tree.stops), size)
    share = np.minimum(PARTS, PARTS * of_siblings // measures.text)
    at = tree.owners
    for _ in range(LEVELS):
        columns += [scaled(tree.ranks[at]), scaled(siblings[tree.paths[at]]), share[tree.paths[at]]]
        at = np.maximum(0, tree.parents[at])
    copies = Counter(texts)
    seen: Counter[str] = Counter()
    earlier: list[int] = []
    for each in texts:
        earlier.append(seen[each])
        seen[each] += 1
    above = np.array(earlier, dtype=np.int64)
    return [
        *columns,
        scaled([copies[each] - 1 for each in texts]),
        np.minimum(1, above),
        scaled(above),
    ]
