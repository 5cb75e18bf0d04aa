"""Documents for tests of the index: invented, each paragraph long enough to be in it."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

from scrubber.corpus.index_form import IndexShape
from scrubber.corpus.index_rows import entry_of
from scrubber.corpus.index_write import NewIndex
from scrubber.model import Document
from scrubber.text.sketch import permutations

FERRY = (
    "The ferry returned at noon, and the harbour office said that it will sail again on Monday, when the storm has "
    "moved on to the east and the pier has been repaired."
)
HARBOUR = (
    "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行。船长告诉记者，全体乘客平安，"
    "行李也已经送到岸上。岛上的学校和市场照常开放，居民可以到码头的办公室退票，也可以改签到下一个星期的班次。"
)
BRIDGE = (
    "Nobody has crossed the old bridge since the winter: its planks are loose, its ropes are wet, and the road that "
    "led to it was washed away by the spring tide."
)

_WORDS = [
    "rope",
    "sail",
    "anchor",
    "pier",
    "gull",
    "fog",
    "storm",
    "deck",
    "cabin",
    "chart",
    "compass",
    "coast",
    "lamp",
    "net",
    "pilot",
    "quay",
    "reef",
    "shore",
]


def paragraph(seed: int) -> str:
    """A paragraph that nobody else has, without digits."""
    generator = random.Random(seed)
    words = ["".join(generator.choices("abcdefghijklmnopqrstuvwxyz", k=3)) + word for word in _WORDS]
    return " ".join(generator.choices(words, k=24)).capitalize() + "."


def document(name: str, *paragraphs: str) -> Document:
    return Document(name, "\n\n".join(paragraphs) + "\n")


def shape(*, bands: int = 32, rows: int = 4, min_chars: int = 80, with_text: bool = False) -> IndexShape:
    return IndexShape(bands, rows, min_chars, with_text, permutations())


def build(
    path: Path, documents: Iterable[Document], *, with_text: bool = False, bands: int = 32, rows: int = 4
) -> Path:
    """An index of these documents."""
    with NewIndex(path, shape(bands=bands, rows=rows, with_text=with_text)) as made:
        made.add(entry_of(each, 80, with_text=with_text) for each in documents)
        made.publish()
    return path
