"""The line model's whole answer: what the networks say, and what two looks at each line say, half and half.

The networks see far and bend to anything; the looks are linear and see the networks' features once line by line, then
together with what the first look said of the lines around (`line_context.py`). They err in different places. Everything is
a whole number, and both ways of multiplying give equal answers, as in `line_model.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

from scrubber.detect.line_context import line_context
from scrubber.detect.line_features import Row
from scrubber.detect.line_model import INPUT_BITS, Dense, LineModel, Looks, goes_plain


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
    answers = model.answers(rows, plain_lines=plain_lines)
    found = [sum(said) // len(answers) for said in zip(*answers, strict=True)]
    if model.looks is not None:
        looked = _looked(model, model.looks, rows, lengths, shapes, plain_lines)
        found = [(one + other) // 2 for one, other in zip(found, looked, strict=True)]
    return Answers(found, list(map(max, found, answers[-1])))


def _looked(
    model: LineModel, looks: Looks, rows: Sequence[Row], lengths: Sequence[int], shapes: Sequence[str],
    plain_lines: int | None,
) -> list[int]:  # fmt: skip
    clipped = _clipped(rows, model.lowest, model.highest)
    plain = goes_plain(len(rows), plain_lines)
    first = _weighed(looks.first, clipped, plain=plain)
    context = _clipped(line_context(first, lengths, shapes, model.probability), looks.lowest, looks.highest)
    return _weighed(looks.second, [row + around for row, around in zip(clipped, context, strict=True)], plain=plain)


def _clipped(rows: Sequence[Row], lowest: Row, highest: Row) -> list[Row]:
    return [tuple(map(max, lowest, map(min, highest, row))) for row in rows]


def _weighed(dense: Dense, rows: Sequence[Row], *, plain: bool) -> list[int]:
    weights, bias = dense.weights[0], dense.bias[0]
    if plain or not rows:
        return [(sum(map(mul, weights, row)) + bias) >> INPUT_BITS for row in rows]
    import numpy as np

    sums = np.array(rows, dtype=np.float64) @ np.array(weights, dtype=np.float64) + bias
    return [int(cell) for cell in np.floor(sums * 2.0**-INPUT_BITS)]
