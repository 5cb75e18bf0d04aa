"""Train the two looks of the line model: two logistic regressions, of which the second sees what the first said around it.

Used by `train_statistic.py`. The first look goes by a line's own row; the second by the row and by `line_context.py`, made of
first answers that were given by looks that had not learnt from the page's site (cross-fitting): else the second would
trust the first too much. Fitted with L-BFGS in double precision, without a random number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from scrubber.detect.line_context import CONTEXT, line_context
from scrubber.detect.line_model import UNIT
from statistic_pages import Telling

#: How much a sum of squared weights costs, as 1 / C of the usual notation, and how many steps are made at most.
C = 0.5
STEPS = 100
#: The forms that are learnt, and what a page weighs in each.
FORMS = {"whole": 0.75, "bare": 0.25}
#: Probabilities in 65,536ths for log-odds from -8 to 8 in 16ths, as the model holds them.
ODDS = tuple(round(65536 / (1 + math.exp(-(step / 16 - 8)))) for step in range(257))


def chance_of(log_odds: int) -> int:
    """The probability, in 65,536ths, that belongs to log-odds in 256ths."""
    return ODDS[max(0, min(256, (log_odds + 8 * UNIT) * 16 // UNIT))]


@dataclass(frozen=True)
class Linear:
    """Weights of standardised columns, and a bias."""

    weights: np.ndarray
    bias: float

    def of(self, rows: np.ndarray) -> np.ndarray:
        """Log-odds of rows."""
        return np.asarray(rows @ self.weights + self.bias)


@dataclass(frozen=True)
class Scales:
    """How columns become comparable: drawn into limits, less their mean, over their spread."""

    lowest: np.ndarray
    highest: np.ndarray
    means: np.ndarray
    spread: np.ndarray

    @staticmethod
    def of(rows: np.ndarray) -> Scales:
        """The scales of some rows: limits at five deviations."""
        means, spread = np.rint(rows.mean(0)), np.maximum(rows.std(0), 0.05)
        return Scales(
            np.floor(np.maximum(rows.min(0), means - 5 * spread)),
            np.ceil(np.minimum(rows.max(0), means + 5 * spread)),
            means,
            spread,
        )

    def apply(self, rows: np.ndarray) -> np.ndarray:
        """Comparable columns."""
        return np.asarray((np.clip(rows, self.lowest, self.highest) - self.means) / self.spread, dtype=np.float32)


@dataclass(frozen=True)
class Looks:
    """Both looks. `scales` are those of the context."""

    first: Linear
    second: Linear
    scales: Scales

    def of(self, rows: np.ndarray, telling: Telling) -> np.ndarray:
        """Log-odds of the lines of a telling, from its standardised rows."""
        context = self.scales.apply(context_of(self.first.of(rows), telling))
        return self.second.of(np.concatenate([rows, context], 1))


def context_of(odds: np.ndarray, telling: Telling) -> np.ndarray:
    """The rows of `line_context.py` for first answers."""
    whole = np.rint(odds * UNIT).astype(int).tolist()
    return np.array(line_context(whole, telling.sizes, telling.shapes, chance_of), dtype=np.float32)


def fit(rows: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> Linear:
    """Logistic regression with weighted lines."""
    torch.set_num_threads(1)
    seen = torch.from_numpy(rows)
    wanted, counted = torch.from_numpy(labels).float(), torch.from_numpy(weights / weights.mean()).float()
    found = torch.zeros(rows.shape[1] + 1, requires_grad=True)
    optimiser = torch.optim.LBFGS([found], max_iter=STEPS, line_search_fn="strong_wolfe", tolerance_change=1e-7)

    def loss() -> Any:
        optimiser.zero_grad()
        errors = functional.binary_cross_entropy_with_logits(seen @ found[:-1] + found[-1], wanted, weight=counted)
        whole = errors + (found[:-1] ** 2).sum() / (2 * C * len(rows))
        whole.backward()
        return whole

    optimiser.step(loss)
    answer = found.detach().double().numpy()
    return Linear(answer[:-1].astype(np.float32), float(answer[-1]))


def train_looks(
    told: Sequence[Telling], inputs: Mapping[int, np.ndarray] | Sequence[np.ndarray], numbers: Sequence[int],
    fold_of: Callable[[int], int], weigh: Callable[[int], np.ndarray],
) -> Looks:  # fmt: skip
    """Both looks from the tellings with these numbers; `fold_of` says which pages may not tell of each other."""
    folds = [fold_of(told[number].page) for number in numbers]
    rows = [inputs[number] for number in numbers]
    labels = [np.array(told[number].labels) for number in numbers]
    weights = [weigh(number) * FORMS[told[number].form] for number in numbers]
    context: list[np.ndarray] = [np.empty((0, len(CONTEXT)))] * len(numbers)
    for fold in sorted(set(folds)):
        learnt = [place for place, own in enumerate(folds) if own != fold]
        first = fit(*(np.concatenate([part[place] for place in learnt]) for part in (rows, labels, weights)))
        for place, own in enumerate(folds):
            if own == fold:
                context[place] = context_of(first.of(rows[place]), told[numbers[place]])
    everything, target, counted = np.concatenate(rows), np.concatenate(labels), np.concatenate(weights)
    around = np.concatenate(context)
    scales = Scales.of(around)
    second = fit(np.concatenate([everything, scales.apply(around)], 1), target, counted)
    return Looks(fit(everything, target, counted), second, scales)
