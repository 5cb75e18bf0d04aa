"""Why the line model says what it says, in words.

The network's answer is read through a linear model of it: each feature's weight there, times how far the feature is
from its mean, is what the feature brings. Features of one family are added up, and each family has two sentences: what
speaks for boilerplate, and what speaks for text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scrubber.detect.line_features import FEATURES
from scrubber.detect.line_model import LineModel

#: Family to what is said where it speaks for boilerplate, and where it speaks for main text.
SENTENCES: dict[str, tuple[str, str]] = {
    "form": ("it is written as labels and links are", "it is written as sentences are"),
    "source": ("dates or sources stand in it or around it", "no dates or sources stand around it"),
    "cues": ("words that stand round texts are in it or near it", "no words that stand round texts are near it"),
    "place": ("it stands where pages keep their frame", "it stands where pages keep their text"),
    "copies": ("it repeats, or shares its shape with other lines", "no other line is like it"),
    "text": ("little text stands above and below it", "text stands above and below it"),
    "run": ("it lies outside the densest run of text", "it lies within the densest run of text"),
    "block": ("it belongs to no large block of text", "it belongs to a large block of text"),
    "topic": ("its words are not the text's words", "its words are words of the text"),
    "rules": ("rules cut lines around it", "no rule cuts lines around it"),
    "body": ("it lies outside the body that the rules leave", "it lies in the body that the rules leave"),
    "lines": ("lines around it are labels", "lines around it are sentences"),
    "page": ("most of the page is no text", "most of the page is text"),
}

#: Beginnings of feature names by family; the first that fits counts.
_BEGINNINGS = (
    ("rules", ("cut by a rule", "known to a rule", "nearest cut", "nearest known", "cut share", "known share")),
    ("cues", ("cue", "nearest cue", "cued share")),
    ("source", ("date or source", "nearest date", "dated share")),
    ("page", ("lines of page", "text of page", "long share", "wide share of page", "short share", "longest of page",
              "closed share")),
    ("lines", tuple(f"{kind} {reach}" for kind in ("closed", "worded", "short", "capitalised") for reach in (3, 10))),
    ("run", ("in run", "from run", "to run", "run share", "place in run")),
    ("body", ("in body", "from body", "to body", "title")),
    ("block", ("block", "share of text")),
    ("text", ("text above", "text ", "nearest long", "nearest sentence", "unlike")),
    ("topic", ("topic", "rarity")),
    ("copies", ("copies", "is a copy", "lines of this shape")),
    ("place", ("place", "from start", "from end", "blank above")),
)  # fmt: skip


def family_of(feature: str) -> str:
    """The family of a feature.

    >>> family_of("from run start 60"), family_of("commas")
    ('run', 'form')
    """
    for family, beginnings in _BEGINNINGS:
        if feature.startswith(beginnings):
            return family
    return "form"


_FAMILIES = tuple(SENTENCES)
_FAMILY_OF_FEATURE = tuple(_FAMILIES.index(family_of(feature)) for feature in FEATURES)


def reasons(model: LineModel, rows: Any, *, for_text: bool, most: int = 3) -> tuple[str, ...]:
    """What speaks most for some lines being text, or boilerplate, strongest first. Rows are tuples, or one array."""
    sums = [0] * len(_FAMILIES)
    count = len(rows)
    totals = list(map(sum, zip(*rows, strict=True))) if isinstance(rows, list) else rows.sum(axis=0).tolist()
    for family, weight, mean, total in zip(_FAMILY_OF_FEATURE, model.reading, model.means, totals, strict=True):
        sums[family] += weight * (total - count * mean)
    signed: Sequence[int] = sums if for_text else [-found for found in sums]
    order = sorted(range(len(signed)), key=lambda family: -signed[family])
    said = 1 if for_text else 0
    return tuple(SENTENCES[_FAMILIES[family]][said] for family in order[:most] if signed[family] > 0)
