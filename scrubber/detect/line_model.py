"""The line model: a small convolutional network over the lines of a page, in whole numbers.

A line's features go through one dense layer; then each layer looks at a line together with those `d` lines above and
below it and with the mean of the page, with d doubling from layer to layer (dilated convolutions: Yu and Koltun,
"Multi-Scale Context Aggregation by Dilated Convolutions", 2016), and adds what it makes of them to what is known of the
line. The last layer gives the log-odds that the line is main text, in 256ths.

Weights are whole numbers with a fixed binary point, so that every machine gets the same answer. There are two
ways through the network with equal results: plain loops for short texts, and numpy for long ones (floating-point
numbers that hold whole numbers below 2^53, which makes sums exact in any order). The weights are the file
`line_model.json` beside this one, written by `benchmarks/train_statistic.py`.
"""

from __future__ import annotations

import json
import sys
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from operator import mul
from pathlib import Path
from typing import Any, NamedTuple

from scrubber.detect.line_features import FEATURES
from scrubber.detect.line_reading import Row
from scrubber.errors import ScrubberError

#: The unit of activations and of log-odds: so many make 1.
UNIT = 256
#: Weights between layers are in so many parts of 1, as a power of two; those of the features in more.
WEIGHT_BITS = 10
INPUT_BITS = 14
#: No activation is greater.
CEILING = 32767
#: Longer texts go through numpy, whose import costs as much as so many lines.
PLAIN_LINES = 40

#: So many lines are multiplied at a time.
_ROWS_AT_ONCE = 96

Matrix = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Dense:
    """Weights by output, and a bias in the unit of the sums."""

    weights: Matrix
    bias: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """One step of the network: what it makes of three lines, of that, and of the page's mean."""

    dilation: int
    of_lines: Dense
    of_those: Dense
    of_page: Matrix


@dataclass(frozen=True)
class Network:
    """One trained network."""

    entrance: Dense
    layers: tuple[Layer, ...]
    exit: Dense

    @cached_property
    def arrays(self) -> _Arrays:
        """The same for numpy."""
        import numpy as np

        def wide(rows: Sequence[Sequence[int]] | Sequence[int]) -> Any:
            return np.array(rows, dtype=np.float64)

        return _Arrays(
            wide(self.entrance.weights).T,
            wide(self.entrance.bias),
            tuple(
                (
                    layer.dilation, wide(layer.of_lines.weights).T, wide(layer.of_lines.bias),
                    wide(layer.of_those.weights).T, wide(layer.of_those.bias), wide(layer.of_page),
                )
                for layer in self.layers
            ),
            wide(self.exit.weights).T,
            wide(self.exit.bias),
        )  # fmt: skip


class _Arrays(NamedTuple):
    """The weights of a network as numpy arrays, inputs down and outputs across."""

    entrance: Any
    entrance_bias: Any
    layers: tuple[tuple[int, Any, Any, Any, Any, Any], ...]
    exit: Any
    exit_bias: Any


@dataclass(frozen=True)
class Looks:
    """Two looks at each line: weights of its features, then of these and of what the first look says around it.

    `lowest` and `highest` are the limits of the columns of `line_context.py`.
    """

    first: Dense
    second: Dense
    lowest: tuple[int, ...]
    highest: tuple[int, ...]

    @cached_property
    def arrays(self) -> tuple[Any, Any, Any, Any]:
        """Both rows of weights and both limits, for numpy."""
        import numpy as np

        rows = (self.first.weights[0], self.second.weights[0], self.lowest, self.highest)
        first, second, lowest, highest = (np.array(row, dtype=np.float64) for row in rows)
        return first, second, lowest, highest


@dataclass(frozen=True)
class LineModel:
    """All that was trained: the limits of each feature, the networks whose answers are averaged, and the thresholds.

    `odds` are probabilities in 65,536ths for log-odds from -8 to 8 in steps of a 16th. `certain` and `likely` are
    log-odds below which a line goes. The last network is the one that learnt from traps, too. `looks` is what answers beside the networks (`second_look.py`), if anything. `reading` are the weights of a linear model of the networks' answer, in 65,536ths of log-odds for a
    step of a feature, and `means` the means of the features: what reasons are made of.
    """

    version: str
    lowest: tuple[int, ...]
    highest: tuple[int, ...]
    networks: tuple[Network, ...]
    odds: tuple[int, ...]
    certain: int
    likely: int
    reading: tuple[int, ...]
    means: tuple[int, ...]
    looks: Looks | None = None

    @cached_property
    def _arrays(self) -> tuple[Any, Any, Any]:
        """The limits and the probabilities for numpy."""
        import numpy as np

        lowest, highest = (np.array(row, dtype=np.float64) for row in (self.lowest, self.highest))
        return lowest, highest, np.array(self.odds, dtype=np.int64)

    def clipped(self, rows: Any) -> Any:
        """Rows within the limits of their features, as an array of floating-point numbers."""
        import numpy as np

        lowest, highest, _ = self._arrays
        block = np.array(rows, dtype=np.float64, order="C")
        np.maximum(block, lowest, out=block)
        return np.minimum(block, highest, out=block)

    def log_odds(self, rows: Sequence[Row], *, plain_lines: int | None = None) -> list[int]:
        """The log-odds, in 256ths, that each line is main text: the mean of the networks' answers."""
        answers = self.answers(rows, plain_lines=plain_lines)
        return [sum(found) // len(answers) for found in zip(*answers, strict=True)]

    def answers(self, rows: Sequence[Row], *, plain_lines: int | None = None) -> list[list[int]]:
        """What each network says of each line. O(lines), about 30,000 products a line and network.

        Up to `plain_lines` lines go the plain way: `PLAIN_LINES` as long as nothing has imported numpy, else none.
        """
        if not len(rows):
            return [[] for _ in self.networks]
        if goes_plain(len(rows), plain_lines):
            clipped = [tuple(map(max, self.lowest, map(min, self.highest, row))) for row in rows]
            return [_plain_answer(network, clipped) for network in self.networks]
        block = self.clipped(rows)
        return [_array_answer(network, block).tolist() for network in self.networks]

    def array_answers(self, block: Any) -> list[Any]:
        """The same as arrays, for rows that are clipped already and of which there is one at least."""
        return [_array_answer(network, block) for network in self.networks]

    def log_odds_of(self, probability: int) -> int:
        """The log-odds, in 256ths, from which on a line has at least some probability, in 65,536ths."""
        return bisect_left(self.odds, probability) * UNIT // 16 - 8 * UNIT

    def probability(self, log_odds: int) -> int:
        """The probability that belongs to log-odds in 256ths, in 65,536ths."""
        step = (log_odds + 8 * UNIT) * 16 // UNIT
        return self.odds[max(0, min(len(self.odds) - 1, step))]

    def probabilities(self, log_odds: Any) -> Any:
        """The same for an array."""
        import numpy as np

        steps = (log_odds + 8 * UNIT) * 16 // UNIT
        return self._arrays[2][np.clip(steps, 0, len(self.odds) - 1)]


def goes_plain(lines: int, plain_lines: int | None = None) -> bool:
    """Whether so many lines are worth no numpy: up to `plain_lines`, by default `PLAIN_LINES` until something imported it."""
    if plain_lines is None:
        plain_lines = 0 if "numpy" in sys.modules else PLAIN_LINES
    return lines <= plain_lines


def prefer_arrays() -> None:
    """From now on no line goes the plain way: worth its start-up where a process looks at document after document."""
    import numpy  # noqa: F401  `log_odds` asks whether it is there


def _plain_answer(network: Network, rows: Sequence[Row]) -> list[int]:
    state = _plain(network.entrance, rows, INPUT_BITS)
    width = len(network.entrance.bias)
    nothing = (0,) * width
    count = len(rows)
    for layer in network.layers:
        reach = layer.dilation
        padded = [nothing] * reach + state + [nothing] * reach
        triples = [padded[place] + state[place] + padded[place + 2 * reach] for place in range(count)]
        seen = _plain(layer.of_lines, triples, WEIGHT_BITS)
        mean = [sum(column) // count for column in zip(*state, strict=True)]
        offsets = tuple(
            bias + sum(map(mul, weights, mean))
            for bias, weights in zip(layer.of_those.bias, layer.of_page, strict=True)
        )
        added = _plain(Dense(layer.of_those.weights, offsets), seen, WEIGHT_BITS)
        state = [
            tuple(min(CEILING, old + new) for old, new in zip(*pair, strict=True))
            for pair in zip(state, added, strict=True)
        ]
    weights, bias = network.exit.weights[0], network.exit.bias[0]
    return [(sum(map(mul, weights, line)) + bias) >> WEIGHT_BITS for line in state]


def _plain(dense: Dense, rows: Sequence[Row], bits: int) -> list[Row]:
    pairs = tuple(zip(dense.weights, dense.bias, strict=True))
    return [
        tuple(max(0, min(CEILING, (sum(map(mul, weights, row)) + bias) >> bits)) for weights, bias in pairs)
        for row in rows
    ]


def _array_answer(network: Network, rows: Any) -> Any:
    import numpy as np

    def rectified(block: Any, weights: Any, bias: Any, bits: int) -> Any:
        # Larger products wake threads that wait busily for the next one.
        sums = np.empty((len(block), len(bias)))
        for first in range(0, len(block), _ROWS_AT_ONCE):
            np.matmul(block[first : first + _ROWS_AT_ONCE], weights, out=sums[first : first + _ROWS_AT_ONCE])
        sums += bias
        sums *= 2.0**-bits
        np.floor(sums, out=sums)
        np.maximum(sums, 0, out=sums)
        return np.minimum(sums, CEILING, out=sums)

    weights = network.arrays
    state = rectified(rows, weights.entrance, weights.entrance_bias, INPUT_BITS)
    count, width = state.shape
    for reach, of_lines, lines_bias, of_those, those_bias, of_page in weights.layers:
        padded = np.zeros((count + 2 * reach, width))
        padded[reach : reach + count] = state
        triples = np.concatenate([padded[:count], state, padded[2 * reach :]], axis=1)
        seen = rectified(triples, of_lines, lines_bias, WEIGHT_BITS)
        mean = np.floor(state.sum(axis=0) / count)
        added = rectified(seen, of_those, of_page @ mean + those_bias, WEIGHT_BITS)
        state = np.minimum(CEILING, state + added)
    sums = state @ weights.exit + weights.exit_bias
    return np.floor(sums[:, 0] * 2.0**-WEIGHT_BITS).astype(np.int64)


@cache
def builtin_model() -> LineModel:
    """The model that scrubber ships. The first call reads it."""
    return model_of(json.loads((Path(__file__).parent / "line_model.json").read_text(encoding="ascii")))


def model_of(record: dict[str, Any]) -> LineModel:
    """A model from what its file holds. Raises `ScrubberError` if it was trained for other features."""
    if tuple(record["features"]) != FEATURES:
        raise ScrubberError(
            "the line model was trained for other features than this version has.",
            hint="Train it anew: python benchmarks/train_statistic.py",
        )

    def dense(found: dict[str, Any]) -> Dense:
        return Dense(tuple(map(tuple, found["weights"])), tuple(found["bias"]))

    networks = tuple(
        Network(
            dense(network["entrance"]),
            tuple(
                Layer(
                    layer["dilation"],
                    dense(layer["of_lines"]),
                    dense(layer["of_those"]),
                    tuple(map(tuple, layer["of_page"])),
                )
                for layer in network["layers"]
            ),
            dense(network["exit"]),
        )
        for network in record["networks"]
    )
    looks = record.get("looks")
    return LineModel(
        version=record["version"],
        lowest=tuple(record["lowest"]),
        highest=tuple(record["highest"]),
        networks=networks,
        odds=tuple(record["odds"]),
        certain=record["certain"],
        likely=record["likely"],
        reading=tuple(record["reading"]),
        means=tuple(record["means"]),
        looks=looks
        and Looks(dense(looks["first"]), dense(looks["second"]), tuple(looks["lowest"]), tuple(looks["highest"])),
    )


def smoothed(scores: Sequence[int], threshold: int, cost: int) -> list[bool]:
    """Which lines to keep: the sequence that pays most (Viterbi, "Error bounds for convolutional codes", 1967).

    A kept line brings its score less the threshold, and each change from keeping to cutting or back costs `cost`: a line
    that is nearly on the threshold follows its neighbours. O(lines).
    """
    keep = cut = 0
    steps: list[tuple[bool, bool]] = []
    for score in scores:
        from_cut, from_keep = cut - cost > keep, keep - cost > cut
        keep, cut = (cut - cost if from_cut else keep) + score - threshold, keep - cost if from_keep else cut
        steps.append((from_cut, from_keep))
    flags = [False] * len(scores)
    keeping = keep > cut
    for place in range(len(scores) - 1, -1, -1):
        flags[place] = keeping
        from_cut, from_keep = steps[place]
        if from_cut if keeping else from_keep:
            keeping = not keeping
    return flags


def runs_of(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Maximal runs of set flags: first and one past the last place."""
    edges = [place for place, (before, after) in enumerate(pairwise([False, *flags, False])) if before != after]
    return list(zip(edges[::2], edges[1::2], strict=True))
