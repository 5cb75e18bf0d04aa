"""Which blocks of a page are main text, by aligning them with the main text that a person has marked.

A block is main text where at least four fifths of its character n-grams (3 in scripts without spaces, else 5) stand in
the marked text. Blocks that are too short for that need to stand there as a line, or within it, and beside blocks that
are main text. Of equal blocks no more are main text than the marked text holds.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_NO_LETTERS = re.compile(r"\W+")
#: Item marks that the reader writes before items of lists.
_MARK = re.compile(r"(?:- |\d{1,6}\. )")
_SHARE = 0.8
#: Blocks are looked at together with so many above and below.
_AROUND = 6
_NEAR = 8
#: In a marked text this short, a short line of it is main text wherever it stands.
_SHORT_TEXT = 400


def _bare(text: str) -> str:
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text)).lower()


def _is_wide(bare: str) -> bool:
    return len(_WIDE.findall(bare)) * 10 > 3 * max(1, len(bare))


def _grams(bare: str, size: int) -> set[str]:
    return {bare[place : place + size] for place in range(len(bare) - size + 1)}


def labels_of(blocks: Sequence[str], gold: str) -> tuple[list[int], float]:
    """1 for each block that is main text, else 0; and the share of the marked text's n-grams that those hold."""
    whole = _bare(gold)
    if not whole:
        return [0] * len(blocks), 0.0
    grams = {size: _grams(whole, size) for size in (3, 5)}
    lines = {_bare(line) for line in gold.split("\n")} - {""}
    bare = [_bare(_MARK.sub("", text, count=1)) for text in blocks]
    short = [False] * len(blocks)
    labels = [0] * len(blocks)
    for place, text in enumerate(bare):
        size, least = (3, 7) if _is_wide(text) else (5, 15)
        if len(text) < least:
            short[place] = True
            continue
        own = [text[start : start + size] for start in range(len(text) - size + 1)]
        share = sum(gram in grams[size] for gram in own) / max(1, len(own))
        as_it_stands = len(text) >= 3 * least or share == 1.0 or text in whole
        labels[place] = int(share >= _SHARE and as_it_stands)
    sums = [0]
    mains = [0]
    for text, label in zip(bare, labels, strict=True):
        sums.append(sums[-1] + len(text))
        mains.append(mains[-1] + len(text) * label)
    dense = []
    for place, text in enumerate(bare):
        first, stop = max(0, place - _AROUND), min(len(bare), place + _AROUND + 1)
        around = sums[stop] - sums[first] - len(text)
        dense.append((mains[stop] - mains[first] - len(text) * labels[place]) / max(1, around))
    for place, text in enumerate(bare):
        if labels[place] and len(text) < 40 and dense[place] < 0.15 and text not in lines:
            labels[place] = 0  # a headline elsewhere that the text quotes

    def beside(place: int, step: int) -> bool:
        """Whether the nearest block on one side that is not short is main text."""
        at = place + step
        while 0 <= at < len(bare) and abs(at - place) <= _NEAR:
            if not short[at]:
                return bool(labels[at])
            at += step
        return False

    for place, text in enumerate(bare):
        if not short[place] or not text:
            continue
        above, below = beside(place, -1), beside(place, 1)
        if not _NO_LETTERS.sub("", text):
            labels[place] = int(above and below)
        elif text in lines:
            labels[place] = int(below or (above and dense[place] >= 0.3) or len(whole) < _SHORT_TEXT)
        elif text in whole:
            labels[place] = int(above and below)
    _without_copies(bare, labels, dense, whole)
    kept = _grams("".join(text for text, label in zip(bare, labels, strict=True) if label), 3 if _is_wide(whole) else 5)
    wanted = _grams(whole, 3 if _is_wide(whole) else 5)
    return labels, len(wanted & kept) / max(1, len(wanted))


def _without_copies(bare: Sequence[str], labels: list[int], dense: Sequence[float], whole: str) -> None:
    """Of equal blocks, leave those in the densest surroundings, no more than the marked text holds."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(bare):
        if labels[place] and len(text) > 3:
            places[text].append(place)
    for text, found in places.items():
        most = max(1, whole.count(text))
        for place in sorted(found, key=lambda place: (-round(dense[place], 1), place))[most:]:
            labels[place] = 0
