"""How well a cleaner told the lines of a page apart: the measures of text dumps, for every benchmark that needs them.

A page has lines and a label for each: 1 main text, 0 boilerplate. Lines that are equal after folding (NFKC, lower case,
no white space) are interchangeable: it does not matter which copy a cleaner keeps. Characters are those of folded lines.

- line F1, char F1: of the kept lines and of their characters, for each page, then the mean of the pages;
- lossy: share of pages that lose more than a tenth of their main characters;
- exact: share of pages whose char F1 is at least .95;
- lost, gone: shares of all main characters that were lost, and of all boilerplate characters that went.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields

_SPACE = re.compile(r"[\s\u200b\ufeff]+")
#: Languages that have a row of their own.
LANGUAGES = ("zh", "en", "de", "ja", "ko", "ru")
LOSSY, EXACT = 0.9, 0.95
#: Lines of an output hold a line of the page if they hold it whole, from so many characters on; or most of it.
_WHOLE_CHARS, _MOST_CHARS, _MOST = 8, 20, 0.7


def folded(line: str) -> str:
    """What two lines are compared by.

    >>> folded(" Ｔhe Ferry ")
    'theferry'
    """
    return _SPACE.sub("", unicodedata.normalize("NFKC", line)).lower()


@dataclass(frozen=True, slots=True)
class Counts:
    """Lines of a page, and characters of these: kept rightly, kept wrongly, lost, gone rightly."""

    hit: int = 0
    wrong: int = 0
    missed: int = 0
    char_hit: int = 0
    char_wrong: int = 0
    char_missed: int = 0
    char_gone: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Measures:
    """The means and shares of some pages."""

    pages: int
    line_f1: float
    char_f1: float
    lossy: float
    exact: float
    lost: float
    gone: float


def counts_of(lines: Sequence[str], labels: Sequence[int], kept: Sequence[bool]) -> Counts:
    """Compare the lines that were kept of a page with its labels. O(characters)."""
    right: Counter[str] = Counter()
    left: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for line, label, stays in zip(map(folded, lines), labels, kept, strict=True):
        if line:
            whole[line] += 1
            right[line] += label
            left[line] += bool(stays)
    sums = [0] * len(fields(Counts))
    for line, count in whole.items():
        hit = min(right[line], left[line])
        wrong, missed = left[line] - hit, right[line] - hit
        gone = count - right[line] - wrong
        for place, number in enumerate((hit, wrong, missed)):
            sums[place] += number
        for place, number in enumerate((hit, wrong, missed, gone)):
            sums[3 + place] += number * len(line)
    return Counts(*sums)


def f1_of(hit: int, wrong: int, missed: int) -> float:
    """Harmonic mean of precision and recall; 1 where there is nothing to keep and nothing was kept."""
    return 2 * hit / (2 * hit + wrong + missed) if hit + wrong + missed else 1.0


def measures_of(found: Sequence[Counts]) -> Measures:
    """The measures of some pages."""
    pages = max(1, len(found))
    chars = [f1_of(one.char_hit, one.char_wrong, one.char_missed) for one in found]
    total = sum(found, Counts())
    main, rest = total.char_hit + total.char_missed, total.char_wrong + total.char_gone
    return Measures(
        pages=len(found),
        line_f1=sum(f1_of(one.hit, one.wrong, one.missed) for one in found) / pages,
        char_f1=sum(chars) / pages,
        lossy=sum(one.char_missed > (1 - LOSSY) * (one.char_hit + one.char_missed) for one in found) / pages,
        exact=sum(one >= EXACT for one in chars) / pages,
        lost=total.char_missed / max(1, main),
        gone=total.char_gone / max(1, rest),
    )


def kept_by(lines: Sequence[str], output: str) -> list[bool]:
    """Which lines of a page an output still holds: equal lines first, then long ones that are part of another.

    A line of which most was kept in one piece counts, too. Costs what `in` costs for the lines that have no equal.
    """
    keys = [folded(line) for line in lines]
    out = Counter(filter(None, map(folded, output.split("\n"))))
    kept = [False] * len(lines)
    rest = []
    for place, key in enumerate(keys):
        if key and out[key] > 0:
            out[key] -= 1
            kept[place] = True
        elif key:
            rest.append(place)
    left = [line for line, count in out.items() for _ in range(count)]
    flat, parted = "".join(left), "\n".join(left)
    for place in rest:
        kept[place] = len(keys[place]) >= _WHOLE_CHARS and (keys[place] in parted or keys[place] in flat)
    for place in rest:
        key = keys[place]
        if kept[place] or len(key) < _MOST_CHARS:
            continue
        part = next((line for line in left if len(line) >= _MOST * len(key) and line in key), None)
        if part is not None:
            kept[place] = True
            left.remove(part)
    return kept


def language_of(name: str) -> str:
    """The name of a language's row."""
    return name if name in LANGUAGES else "other"


def rows_of(pages: Iterable[tuple[str, str, Counts]]) -> dict[str, Measures]:
    """Measures of all pages, of each language and of each set, by the name of the row, from (set, language, counts)."""
    groups: dict[str, list[Counts]] = {"all": []}
    for dataset, language, counts in pages:
        for name in ("all", f"language {language_of(language)}", f"set {dataset}"):
            groups.setdefault(name, []).append(counts)
    return {name: measures_of(groups[name]) for name in sorted(groups)}


HEADING = "| | pages | line F1 | char F1 | lossy | exact | main text lost | boilerplate gone |\n|---|---|---|---|---|---|---|---|"


def row(name: str, found: Measures) -> str:
    """One row of a table in Markdown."""
    return (
        f"| {name} | {found.pages} | {found.line_f1:.3f} | {found.char_f1:.3f} | {found.lossy:.3f} | {found.exact:.3f} "
        f"| {100 * found.lost:.2f} % | {100 * found.gone:.1f} % |"
    )
