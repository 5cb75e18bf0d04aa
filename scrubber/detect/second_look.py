"""The line model's whole answer: the mean of what each network says and of what two looks at each line say.

The networks see far and bend to anything; the looks are linear and see the networks' features once line by line, then
together with what the first look said of the lines around (`line_context.py`). They err in different places. Everything is
a whole number, and both ways of multiplying give equal answers, as in `line_model.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul
from typing import Any, NamedTuple

from scrubber.detect.line_context import line_context
from scrubber.detect.line_model import INPUT_BITS, Dense, LineModel, Looks, goes_plain
from scrubber.detect.line_reading import Row


class Answers(NamedTuple):
    """The log-odds, in 256ths, that each line is main text: `likeliest`, and `wary`, which is never less.

    The wary answer is the greater one of the likeliest and of what the last network says, which learnt from texts that
    are made to mislead as well: a line is surely boilerplate only if both agree.
    """

    likeliest: list[int]
    wary: list[int]


def answers_of(
    model: LineModel,
    rows: Sequence[Row],
    lengths: Sequence[int],
    shapes: Sequence[str],
    *,
    plain_lines: int | None = None,
) -> Answers:
    """What the whole model says of each line. O(lines * log lines).

    `lengths` are code points, `shapes` what `line_features.line_shapes` says; `plain_lines` as for the networks.
    """
    if len(rows) and not goes_plain(len(rows), plain_lines):
        return _array_answers(model, rows, lengths, shapes)
    answers = model.answers(rows, plain_lines=plain_lines)
    heard = list(answers)
    if model.looks is not None:
        heard.append(_looked(model, model.looks, rows, lengths, shapes))
    found = [sum(said) // len(heard) for said in zip(*heard, strict=True)]
    return Answers(found, list(map(max, found, answers[-1])))


def _looked(
    model: LineModel, looks: Looks, rows: Sequence[Row], lengths: Sequence[int], shapes: Sequence[str]
) -> list[int]:
    clipped = _clipped(rows, model.lowest, model.highest)
    first = _weighed(looks.first, clipped)
    context = _clipped(line_context(first, lengths, shapes, model.probability), looks.lowest, looks.highest)
    return _weighed(looks.second, [row + around for row, around in zip(clipped, context, strict=True)])


def _clipped(rows: Sequence[Row], lowest: Row, highest: Row) -> list[Row]:
    return [tuple(map(max, lowest, map(min, highest, row))) for row in rows]


def _weighed(dense: Dense, rows: Sequence[Row]) -> list[int]:
    weights, bias = dense.weights[0], dense.bias[0]
    return [(sum(map(mul, weights, row)) + bias) >> INPUT_BITS for row in rows]


def _array_answers(model: LineModel, rows: Any, lengths: Sequence[int], shapes: Sequence[str]) -> Answers:
    """The same with numpy: every sum is a whole number below 2^53, and so exact in floating point, in any order."""
    import numpy as np

    block = model.clipped(rows)
    answers = model.array_answers(block)
    heard = list(answers)
    if model.looks is not None:
        heard.append(_array_looked(model, model.looks, block, lengths, shapes))
    found = sum(heard) // len(heard)
    return Answers(found.tolist(), np.maximum(found, answers[-1]).tolist())


def _array_looked(model: LineModel, looks: Looks, block: Any, lengths: Sequence[int], shapes: Sequence[str]) -> Any:
    import numpy as np

    from scrubber.detect.context_arrays import context_arrays

    weights, second_weights, lowest, highest = looks.arrays
    first = np.floor((block @ weights + looks.first.bias[0]) * 2.0**-INPUT_BITS).astype(np.int64)
    context = context_arrays(first, lengths, shapes, model.probabilities)
    around = np.minimum(np.maximum(context, lowest), highest)
    own = block.shape[1]
    sums = block @ second_weights[:own] + around @ second_weights[own:] + looks.second.bias[0]
    return np.floor(sums * 2.0**-INPUT_BITS).astype(np.int64)
