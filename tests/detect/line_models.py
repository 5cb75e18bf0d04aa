"""Small line models for tests: random ones, extreme ones, and one that goes by the weight of a line alone."""

from __future__ import annotations

import math
import random

from scrubber.detect.line_features import FEATURES
from scrubber.detect.line_model import INPUT_BITS, UNIT, WEIGHT_BITS, Dense, Layer, LineModel, Looks, Matrix, Network

#: Probabilities for log-odds from -8 to 8 in steps of a 16th, as the training script writes them.
ODDS = tuple(round(65536 / (1 + math.exp(-(step / 16 - 8)))) for step in range(257))
WHOLE_RANGE = (-(1 << 15), (1 << 15) - 1)


def _matrix(source: random.Random, height: int, width: int, limits: tuple[int, int]) -> Matrix:
    return tuple(tuple(source.randint(*limits) for _ in range(width)) for _ in range(height))


def dense(source: random.Random, height: int, width: int, limits: tuple[int, int]) -> Dense:
    """Random weights within limits, and a bias of at most 8 in the unit of the sums."""
    largest = 8 * UNIT << WEIGHT_BITS
    return Dense(
        _matrix(source, height, width, limits), tuple(source.randint(-largest, largest) for _ in range(height))
    )


def random_network(
    seed: int, *, features: int, width: int = 6, dilations: tuple[int, ...] = (1, 2, 4),
    limits: tuple[int, int] = (-1500, 1500),
) -> Network:  # fmt: skip
    """A network of the usual form with random weights."""
    source = random.Random(seed)
    return Network(
        dense(source, width, features, limits),
        tuple(
            Layer(
                reach,
                dense(source, width, 3 * width, limits),
                dense(source, width, width, limits),
                _matrix(source, width, width, limits),
            )
            for reach in dilations
        ),
        dense(source, 1, width, limits),
    )


def model_with(
    *networks: Network, lowest: tuple[int, ...] | None = None, highest: tuple[int, ...] | None = None,
    reading: tuple[int, ...] | None = None, means: tuple[int, ...] | None = None,
    certain: int = -3 * UNIT, likely: int = -UNIT, features: int = len(FEATURES), looks: Looks | None = None,
) -> LineModel:  # fmt: skip
    """A model around some networks that clips nothing and reads nothing unless it is said."""
    return LineModel(
        version="test",
        lowest=lowest or (-(1 << 20),) * features,
        highest=highest or (1 << 20,) * features,
        networks=networks,
        odds=ODDS,
        certain=certain,
        likely=likely,
        reading=reading or (0,) * features,
        means=means or (0,) * features,
        looks=looks,
    )


def model_by_weight(*, certain: int = -3 * UNIT, likely: int = -UNIT, per_step: int = 40, even: int = 80) -> LineModel:
    """A model whose log-odds are `per_step` 256ths for each step of a line's weight above `even`, in `scale_of`.

    A line of one letter has some -2,200, a line of a hundred Latin letters some 1,000.
    """
    place = FEATURES.index("weight")
    seen = tuple((1 << INPUT_BITS) if number == place else 0 for number in range(len(FEATURES)))
    network = Network(
        Dense((seen,), (0,)), (), Dense(((per_step << WEIGHT_BITS,),), (-per_step * even << WEIGHT_BITS,))
    )
    reading = tuple(65536 if number == place else 0 for number in range(len(FEATURES)))
    means = tuple(even if number == place else 0 for number in range(len(FEATURES)))
    return model_with(network, certain=certain, likely=likely, reading=reading, means=means)
