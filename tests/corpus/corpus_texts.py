"""Invented texts with near-duplicates for the tests of this folder, and what must be found in them, by brute force."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from contextlib import closing

from scrubber.corpus.collection import Collection
from scrubber.corpus.pairs import Likenesses, Pair, find_pairs
from scrubber.corpus.paragraphs import Paragraph
from scrubber.text.fold import fold
from scrubber.text.shingle import shingle_length
from scrubber.text.sketch import text_jaccard

SYLLABLES = ("ka", "lo", "mi", "ter", "sun", "be", "rod", "fa", "nek", "vi", "ols", "pra")
HAN = "渡轮今天中午返航码头将于星期一重新开放港务处表示所有班次将恢复正常运行船长说风浪已经过去旅客可以照常购票"


def sentence(choose: random.Random, *, han: bool, words: int = 9) -> str:
    """A sentence of invented words, or of Han in any order."""
    if han:
        return "".join(choose.choices(HAN, k=3 * words)) + "。"
    return " ".join("".join(choose.choices(SYLLABLES, k=choose.randint(1, 3))) for _ in range(words)) + "."


def near_copies(seed: int, count: int) -> list[str]:
    """Paragraphs of which about half are edited or equal copies of earlier ones, all folded."""
    choose = random.Random(seed)
    made: list[str] = []
    for _ in range(count):
        if made and choose.random() < 0.5:
            text = choose.choice(made)
            for _ in range(choose.randint(0, 3)):
                at = choose.randrange(len(text) + 1)
                text = (
                    text[:at] + choose.choice(("", "x", sentence(choose, han=False, words=2), "码头")) + text[at + 2 :]
                )
        else:
            text = " ".join(sentence(choose, han=choose.random() < 0.5) for _ in range(choose.randint(1, 3)))
        made.append(fold(text) or "-")
    return made


def pairs_of(texts: Iterable[str], wanted: Likenesses, order: Sequence[int] | None = None) -> list[Pair]:
    """All pairs of a corpus in which each text is a document; taken in `order`, named by its place in `texts`."""
    listed = list(texts)
    with closing(Collection()) as collection:
        for number in order if order is not None else range(len(listed)):
            collection.add(f"d{number:05}", None, [Paragraph(1, 1, listed[number])])
        collection.finish()
        return find_pairs(collection, wanted)


def alike(texts: Sequence[str], threshold: int) -> dict[tuple[int, int], int]:
    """All pairs of at least that Jaccard, in thousandths, by comparing each text with each other one."""
    found = {}
    for b, text in enumerate(texts):
        for a in range(b):
            k = min(shingle_length(texts[a]), shingle_length(text))
            jaccard = text_jaccard(texts[a], text, k)
            if jaccard >= threshold:
                found[a, b] = jaccard
    return found


def by_ranks(pairs: Iterable[Pair]) -> dict[tuple[int, int], int]:
    """Jaccard of the pairs by their ranks."""
    return {(pair.a, pair.b): pair.jaccard for pair in pairs}
