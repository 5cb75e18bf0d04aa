"""A block model for tests that goes by the weight of a block alone, and pages to ask it about."""

from __future__ import annotations

from line_models import ODDS
from scrubber.detect.block_features import FEATURES
from scrubber.detect.block_forest import LEAF_UNIT, UNIT, BlockModel, Tree
from scrubber.model import Document
from scrubber.read.html import read


def page_model(*, certain: int = -3 * UNIT, likely: int = -UNIT, per_step: int = 40, even: int = 80) -> BlockModel:
    """A model whose log-odds are `per_step` 256ths for each step of a block's weight above `even`, up to 150."""
    place = FEATURES.index("weight")
    step = per_step * LEAF_UNIT // UNIT
    lowest = Tree((), (), (), (-even * step,))
    trees = tuple(Tree((place,), (weight,), (1,), (0, step)) for weight in range(150))
    return BlockModel(
        version="test",
        trees=(lowest, *trees),
        odds=ODDS,
        certain=certain,
        likely=likely,
        reading=tuple(65536 if number == place else 0 for number in range(len(FEATURES))),
        means=tuple(even if number == place else 0 for number in range(len(FEATURES))),
    )


def page_of(markup: str) -> Document:
    """A page as the reader gives it."""
    return read(markup.encode(), id="page", path="page.html")
