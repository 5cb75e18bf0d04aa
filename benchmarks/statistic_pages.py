"""Labelled pages for the line model, told again in the ways in which real dumps spoil them, as rows of features.

Used by `train_statistic.py`, and for the pages alone by `textdump.py`. A page is what a scraper kept of one web page, a line for each block, with a label for
each line: 1 main text, 0 boilerplate. Refuses to know anything of training.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing import Pool
from pathlib import Path

from labelled import OWN_FOLDERS, read_labels, stays
from scrubber.api import load_rules
from scrubber.detect.line_features import line_features, line_shapes
from scrubber.detect.line_reading import Row
from scrubber.engine.clean import Cleaner
from scrubber.model import Document
from scrubber.text.lines import trim

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Page:
    """One labelled page."""

    id: str
    dataset: str
    language: str
    lines: tuple[str, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True)
class Telling:
    """A page in one of its forms, as rows. `kept` marks the lines that the rules of the standard profile leave.

    `lengths` count code points but white space, by which lines are weighed; `sizes` and `shapes` are as the detector sees
    them.
    """

    page: int
    form: str
    rows: tuple[Row, ...]
    labels: tuple[int, ...]
    lengths: tuple[int, ...]
    kept: tuple[bool, ...]
    sizes: tuple[int, ...]
    shapes: tuple[str, ...]


def corpus_folder(given: Path | None) -> Path:
    """The folder of labelled pages: the one that was given, or `corpus/textdump` below SCRUBBER_CORPUS or ../shared.

    Ends the program if there are no pages.
    """
    roots = (os.environ.get("SCRUBBER_CORPUS"), HERE.parent.parent / "shared")
    places = [given] if given else [Path(root) / "corpus" / "textdump" for root in roots if root]
    for place in places:
        if any(place.glob("*.dev.jsonl.gz")):
            return place
    sys.exit("skipped: no labelled pages here; set SCRUBBER_CORPUS to a folder that holds corpus/textdump.")


def dumped_pages(folder: Path) -> list[Page]:
    """The pages of `NAME.dev.jsonl.gz` files (`id`, `dataset`, `lang`, `lines`, `labels`)."""
    pages = []
    for path in sorted(folder.glob("*.dev.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            for record in map(json.loads, stream):
                lines = tuple(" ".join(line.splitlines()) for line in record["lines"])
                pages.append(Page(record["id"], record["dataset"], record["lang"], lines, tuple(record["labels"])))
    return pages


def own_pages() -> list[Page]:
    """The repository's hand-labelled texts that rules may be written with (`tests/labelled/dev`)."""
    pages = []
    for path in sorted(OWN_FOLDERS[0].glob("*.txt")):
        lines = Document(path.stem, path.read_bytes().decode()).line_texts
        labels = [int(label != "drop") for label, _ in read_labels(path.with_suffix(".labels.tsv"))]
        pages.append(Page(path.stem, "own", "own", tuple(lines), tuple(labels)))
    return pages


def sites(pages: Sequence[Page]) -> list[int]:
    """The site of each page, as a number: pages that share three or more lines of at least twelve characters."""
    places: dict[str, list[int]] = {}
    for number, page in enumerate(pages):
        for line in {line.strip() for line in page.lines}:
            if len(line) >= 12:
                places.setdefault(line, []).append(number)
    pairs = Counter((found[0], other) for found in places.values() if len(found) <= 20 for other in found[1:])
    root = list(range(len(pages)))

    def top(number: int) -> int:
        while root[number] != number:
            number = root[number]
        return number

    for (one, other), shared in sorted(pairs.items()):
        if shared >= 3:
            root[top(other)] = top(one)
    return [top(number) for number in range(len(pages))]


@cache
def _cleaner(bare: bool) -> Cleaner:
    """The bundled rules but the model's own, or none: the model must do where a user's rules know nothing, too."""
    bundled = load_rules()
    rules = () if bare else tuple(rule for rule in bundled.rules if rule.kind != "statistic")
    return Cleaner(bundled.with_rules(rules))


def _doubled(page: Page) -> tuple[list[str], list[int]]:
    """The whole main text once more, below everything or right below itself."""
    main = [(line, label) for line, label in zip(page.lines, page.labels, strict=True) if label]
    pairs = list(zip(page.lines, page.labels, strict=True))
    last = max((place for place, label in enumerate(page.labels) if label), default=len(pairs) - 1)
    at = len(pairs) if len(main) % 2 else last + 1
    merged = pairs[:at] + main + pairs[at:]
    return [line for line, _ in merged], [label for _, label in merged]


def _spoiled(page: Page, seed: int) -> tuple[list[str], list[int]]:
    """A few lines lost, some joined with their like, some parted by blank ones."""
    source = random.Random(seed)
    lines: list[str] = []
    labels: list[int] = []
    for line, label in zip(page.lines, page.labels, strict=True):
        chance = source.random()
        if chance < 0.10:
            continue
        if chance < 0.25 and labels and labels[-1] == label and lines[-1]:
            lines[-1] += (" " if line.isascii() else "") + line
            continue
        if chance > 0.85:
            lines.append("")
            labels.append(label)
        lines.append(line)
        labels.append(label)
    return lines, labels


FORMS = ("whole", "bare", "after rules", "main", "doubled", "spoiled")


def tellings_of(number: int, page: Page, forms: Sequence[str] = FORMS) -> Iterator[Telling]:
    """The forms of one page that hold any line."""
    ruled = _cleaner(False)
    everything = list(page.lines), list(page.labels)
    kept = stays(ruled.clean(Document(page.id, "\n".join(page.lines) + "\n")))
    for form in forms:
        if form == "after rules":
            left = [place for place, flag in enumerate(kept) if flag]
            lines, labels = [page.lines[place] for place in left], [page.labels[place] for place in left]
            if len(lines) == len(page.lines):
                continue
        elif form == "main":
            left = [place for place, label in enumerate(page.labels) if label]
            lines, labels = [page.lines[place] for place in left], [1] * len(left)
        elif form == "doubled":
            lines, labels = _doubled(page)
        elif form == "spoiled":
            lines, labels = _spoiled(page, number)
        else:
            lines, labels = everything
        if any(line.strip() for line in lines):
            flags = kept if lines is everything[0] else [True] * len(lines)
            yield _telling(number, form, lines, labels, flags, _cleaner(form in ("bare", "doubled")))


def _telling(
    number: int, form: str, lines: list[str], labels: list[int], kept: Sequence[bool], cleaner: Cleaner
) -> Telling:
    document = Document(form, "\n".join(lines) + "\n")
    scan = cleaner.scan(document)
    cleaner.findings(scan)
    indexes, rows = line_features(scan, scan.cut_by_rules)
    return Telling(
        number, form, tuple(rows),
        tuple(labels[index] for index in indexes),
        tuple(len("".join(lines[index].split())) for index in indexes),
        tuple(kept[index] for index in indexes),
        tuple(len(trim(lines[index])) for index in indexes),
        tuple(line_shapes(scan, indexes)),
    )  # fmt: skip


def _work(item: tuple[int, Page]) -> list[Telling]:
    return list(tellings_of(*item))


def tellings(pages: Sequence[Page], jobs: int) -> list[Telling]:
    """All forms of all pages, in their order."""
    with Pool(jobs) as pool:
        return [telling for found in pool.map(_work, list(enumerate(pages)), chunksize=4) for telling in found]
