"""The block model: boosted decision trees over the rows of a page's blocks, in whole numbers.

A tree asks up to 30 questions of a row (is this feature above that number?) and its leaf adds to the log-odds that the
block is main text. All questions of all trees are answered at once for all blocks: each answer strikes out the leaves that
it rules out, as bits of a mask, and the first bit that is left is the leaf (Lucchese and others, "QuickScorer: a Fast
Algorithm to Rank Documents with Additive Ensembles of Regression Trees", 2015). Features, thresholds and leaves are whole
numbers, so that every machine gets the same answer.

The trees are the file `block_model.json` beside this one, written by `benchmarks/train_blocks.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from scrubber.errors import ScrubberError

#: Log-odds are in so many parts of 1, those of leaves in so many.
UNIT = 256
LEAF_UNIT = 65536
#: Leaves of a tree are bits of a mask.
MOST_LEAVES = 32
#: Blocks and trees are taken in parts that fit the caches of a processor.
_ROWS_AT_ONCE = 512
_TREES_AT_ONCE = 64


@dataclass(frozen=True)
class Tree:
    """One tree: for each question the feature, the greatest number for the left side, and the leaves on that side.

    Leaves are numbered from left to right; `left` has a bit for each of those below the left side of a question.
    """

    features: tuple[int, ...]
    thresholds: tuple[int, ...]
    left: tuple[int, ...]
    leaves: tuple[int, ...]


@dataclass(frozen=True)
class BlockModel:
    """All that was trained: the trees, and the thresholds.

    `odds` are probabilities in 65,536ths for log-odds from -8 to 8 in steps of a 16th. `certain` and `likely` are
    log-odds below which a block goes. `reading` are the weights of a linear model of the trees' answer, in 65,536ths of
    log-odds for a step of a feature, and `means` the means of the features: what reasons are made of.
    """

    version: str
    trees: tuple[Tree, ...]
    odds: tuple[int, ...]
    certain: int
    likely: int
    reading: tuple[int, ...]
    means: tuple[int, ...]

    def log_odds(self, rows: Any) -> list[int]:
        """The log-odds, in 256ths, that each block is main text. `rows` is an array, blocks down. O(blocks * questions)."""
        import numpy as np

        sums = np.zeros(len(rows), dtype=np.int64)
        columns = np.ascontiguousarray(np.clip(rows, -32768, 32767).astype(np.int16).T)
        for first in range(0, len(rows), _ROWS_AT_ONCE):
            part = columns[:, first : first + _ROWS_AT_ONCE]
            for features, thresholds, left, leaves in self._arrays:
                # To go right strikes out what lies on the left. A product is quicker than a choice.
                struck = (part[features] > thresholds) * left
                gone = np.bitwise_or.reduce(struck.reshape(len(leaves), -1, part.shape[1]), axis=1)
                # The lowest bit that is not gone, as a power of two, has its number as exponent, exactly.
                leaf = np.frexp((~gone & (gone + np.uint32(1))).astype(np.float64))[1] - 1
                sums[first : first + _ROWS_AT_ONCE] += np.take_along_axis(leaves, leaf, axis=1).sum(axis=0)
        return [int(cell) for cell in sums * UNIT // LEAF_UNIT]

    @cached_property
    def _arrays(self) -> list[tuple[Any, Any, Any, Any]]:
        """Features, thresholds, masks of the left sides and leaves of some trees at a time, all filled up to one size."""
        import numpy as np

        parts = []
        for first in range(0, len(self.trees), _TREES_AT_ONCE):
            trees = self.trees[first : first + _TREES_AT_ONCE]
            most = max(1, max(len(tree.features) for tree in trees))
            features = np.zeros((len(trees), most), dtype=np.intp)
            thresholds = np.full((len(trees), most), 32767, dtype=np.int16)
            left = np.zeros((len(trees), most), dtype=np.uint32)
            leaves = np.zeros((len(trees), MOST_LEAVES), dtype=np.int64)
            for place, tree in enumerate(trees):
                count = len(tree.features)
                features[place, :count] = tree.features
                thresholds[place, :count] = tree.thresholds
                left[place, :count] = tree.left
                leaves[place, : len(tree.leaves)] = tree.leaves
            parts.append((features.ravel(), thresholds.reshape(-1, 1), left.reshape(-1, 1), leaves))
        return parts

    @cached_property
    def reading_arrays(self) -> tuple[Any, Any]:
        """`reading` and `means` for numpy."""
        import numpy as np

        return np.array(self.reading), np.array(self.means)

    def probability(self, log_odds: int) -> int:
        """The probability that belongs to log-odds in 256ths, in 65,536ths."""
        step = (log_odds + 8 * UNIT) * 16 // UNIT
        return self.odds[max(0, min(len(self.odds) - 1, step))]

    def probabilities(self, log_odds: Any) -> Any:
        """The same for an array."""
        import numpy as np

        return self._odds[np.clip((log_odds + 8 * UNIT) * 16 // UNIT, 0, len(self.odds) - 1)]

    @cached_property
    def _odds(self) -> Any:
        import numpy as np

        return np.array(self.odds, dtype=np.int64)


def model_of(record: dict[str, Any], features: Sequence[str]) -> BlockModel:
    """A model from what its file holds. Raises `ScrubberError` if it was trained for other features."""
    if record["features"] != list(features):
        raise ScrubberError(
            "the block model was trained for other features than this version has.",
            hint="Train it anew: python benchmarks/train_blocks.py",
        )
    return BlockModel(
        version=record["version"],
        trees=tuple(
            Tree(tuple(asked), tuple(thresholds), tuple(left), tuple(leaves))
            for asked, thresholds, left, leaves in record["trees"]
        ),
        odds=tuple(record["odds"]),
        certain=record["certain"],
        likely=record["likely"],
        reading=tuple(record["reading"]),
        means=tuple(record["means"]),
    )


@cache
def read_model(name: str, features: tuple[str, ...]) -> BlockModel:
    """A model that scrubber ships, by the name of its file. The first call reads it."""
    return model_of(json.loads((Path(__file__).parent / name).read_text(encoding="ascii")), features)
