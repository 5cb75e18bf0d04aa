"""What the block model makes of a page, and what is decided about its lines.

A page is judged once, as it was read: the trees of `block_forest.py` over the rows of `block_features.py`. What rules,
people or earlier passes take does not change it, so that all drafts of a page are judged the same.

Refused are pages without text that stands out: there is nothing to tell boilerplate from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from scrubber.detect.block_features import FAMILIES, FEATURES, BlockRows, block_features
from scrubber.detect.block_forest import BlockModel, read_model
from scrubber.detect.page_cut import BLOCKS, array_cut
from scrubber.model.document import Document
from scrubber.model.finding import Confidence

#: Fewer blocks are no page, more are none that the model has seen the like of.
LEAST_BLOCKS = 4
MOST_BLOCKS = 20_000
#: Blocks that are surely text (log-odds of nine in ten) must hold so many tokens, or nothing is sure; and those that may
#: be text (one in four), or nothing is said at all.
SURE_ODDS, MAYBE_ODDS = 563, -281
TEXT_TOKENS = 20
#: For the cut of a page log-odds count by a fifth more: that the model is right or wrong with a page as a whole is in
#: the pages that `page_cut.py` imagines.
SHARPER, SHARPER_PARTS = 6, 5

#: Family of features to what is said where it speaks for boilerplate, and where it speaks for main text.
SENTENCES: dict[str, tuple[str, str]] = {
    "form": ("it is written as labels and links are", "it is written as sentences are"),
    "links": ("links stand in it", "few links stand in it"),
    "element": ("its element is one that frames are made of", "its element is one that texts are made of"),
    "ancestors": ("the elements around it hold frames", "the elements around it hold texts"),
    "names": ("class names around it are those of frames", "class names around it are those of texts"),
    "place": ("it stands where pages keep their frame", "it stands where pages keep their text"),
    "containers": ("its containers hold little text, or many links", "its containers hold much of the text"),
    "run": ("it lies outside the densest run of text", "it lies within the densest run of text"),
    "like": ("other blocks of its place in the page are no text", "other blocks of its place in the page are text"),
    "title": ("it lies far from the title, or after other headings", "it follows the title"),
    "text": ("little text stands above and below it", "text stands above and below it"),
    "neighbours": ("the blocks next to it are those of a frame", "the blocks next to it are those of a text"),
    "page": ("most of the page is no text", "most of the page is text"),
}
_SAID = tuple(SENTENCES)
_FAMILY_OF_FEATURE = tuple(_SAID.index(family) for family in FAMILIES)


@dataclass(frozen=True)
class PageOpinion:
    """What the model makes of the blocks of one page. `log_odds` and what `found` holds run parallel to its blocks."""

    model: BlockModel
    found: BlockRows
    log_odds: Sequence[int]

    @cached_property
    def can_tell(self) -> bool:
        """Whether there is text to tell the rest from."""
        return self._tokens_from(MAYBE_ODDS) >= TEXT_TOKENS

    @cached_property
    def is_sure(self) -> bool:
        """Whether enough of the page is surely text, so that more than guesses can be made."""
        return self._tokens_from(SURE_ODDS) >= TEXT_TOKENS

    def _tokens_from(self, least: int) -> int:
        return sum(tokens for odds, tokens in zip(self.log_odds, self.found.tokens, strict=True) if odds >= least)

    @cached_property
    def page_threshold(self) -> int:
        """The log-odds from which on blocks of this page are kept for the best expected F1 of tokens."""
        sharper = [odds * SHARPER // SHARPER_PARTS for odds in self.log_odds]
        model = self.model
        cut = array_cut(sharper, self.found.tokens, model.probability, model.probabilities, BLOCKS)
        return cut * SHARPER_PARTS // SHARPER

    @cached_property
    def confidences(self) -> list[Confidence | None]:
        """How sure it is that each block goes; None: it stays."""
        if not self.can_tell:
            return [None] * len(self.log_odds)
        return [self._confidence(odds, spared) for odds, spared in zip(self.log_odds, self.found.spared, strict=True)]

    def _confidence(self, odds: int, spared: bool) -> Confidence | None:
        if self.is_sure and not spared and odds < self.model.likely:
            return Confidence.CERTAIN if odds < self.model.certain else Confidence.LIKELY
        return Confidence.POSSIBLE if odds < self.page_threshold else None


@dataclass(frozen=True)
class BlockOpinion:
    """The same for the lines of one draft of the page: `indexes` are its lines that are not blank, `blocks` theirs."""

    page: PageOpinion
    indexes: Sequence[int]
    blocks: Sequence[int]

    @property
    def model(self) -> BlockModel:
        """The model that has been asked."""
        return self.page.model

    @property
    def can_tell(self) -> bool:
        """Whether the page holds what boilerplate can be told from."""
        return self.page.can_tell

    @cached_property
    def log_odds(self) -> list[int]:
        """Log-odds that each line is main text, in 256ths."""
        return [self.page.log_odds[block] for block in self.blocks]

    @cached_property
    def confidences(self) -> list[Confidence | None]:
        """How sure it is that each line goes; None: it stays."""
        return [self.page.confidences[block] for block in self.blocks]

    def alone(self, place: int) -> Confidence | None:
        """The same as among its neighbours: what stands around it is part of its row."""
        return self.confidences[place]

    def said(self, first: int, stop: int, *, for_text: bool, most: int = 3) -> tuple[str, ...]:
        """What speaks most for some lines being text, or boilerplate, strongest first."""
        import numpy as np

        reading, means = self.page.model.reading_arrays
        blocks = sorted(set(self.blocks[first:stop]))
        brought = reading * (self.page.found.rows[blocks].sum(axis=0) - len(blocks) * means)
        totals = np.zeros(len(_SAID), dtype=brought.dtype)
        np.add.at(totals, np.array(_FAMILY_OF_FEATURE), brought)
        sums = (totals if for_text else -totals).tolist()
        order = sorted(range(len(sums)), key=lambda family: -sums[family])
        return tuple(SENTENCES[_SAID[family]][int(for_text)] for family in order[:most] if sums[family] > 0)


def block_opinion(document: Document) -> BlockOpinion | None:
    """What the model makes of a page, or of what is left of it; None if it is no page. O(code points), once a page."""
    source = document.as_read or document
    known = source.remembered
    if _NAME not in known:
        known[_NAME] = _page_opinion(source)
    page = known[_NAME]
    if not isinstance(page, PageOpinion):
        return None
    indexes = [index for index, blank in enumerate(document.blank) if not blank]
    first = source.markup[0].block
    return BlockOpinion(page, indexes, [document.markup[index].block - first for index in indexes])


_NAME = "opinion of blocks"


def _page_opinion(document: Document) -> PageOpinion | None:
    if not LEAST_BLOCKS <= len({known.block for known in document.markup}) <= MOST_BLOCKS:
        return None
    found = block_features(document)
    model = block_model()
    return PageOpinion(model, found, model.log_odds(found.rows))


def block_model() -> BlockModel:
    """The model that scrubber ships."""
    return read_model("block_model.json", FEATURES)
