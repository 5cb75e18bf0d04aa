"""Pages with the main text that people have marked in them: reading, sites, and how close a text comes to it.

The corpus is a folder of `NAME.dev.jsonl.gz` files, one JSON record a page: `id`, `dataset`, `lang`, `url` (where known),
`html` or `html_b64` (raw bytes), `gold` (main text). Nothing of it is shipped.

The measure is token F1: tokens are words in lower case, and single characters of Han and kana; both texts are bags of
tokens. A page's site is what cross-validation must not split.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_WIDE = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\u31f0-\u31ff"
_TOKEN = re.compile(rf"[{_WIDE}]|[^\W_{_WIDE}]+")
_ADDRESS = re.compile(r"https?://([A-Za-z0-9.\-]+)")
_OWN_ADDRESS = re.compile(
    r"""<link[^>]+rel=["']?canonical["']?[^>]*?href=["']?https?://([A-Za-z0-9.\-]+)"""
    r"""|property=["']og:url["'][^>]*content=["']https?://([A-Za-z0-9.\-]+)"""
    r"""|<base[^>]+href=["']?https?://([A-Za-z0-9.\-]+)""",
    re.IGNORECASE,
)
#: Hosts of services that any site links to.
_SERVICES = re.compile(
    r"google|facebook|twitter|w3\.org|schema\.org|cloudfront|jquery|doubleclick|akamai|ogp\.me|gstatic|addthis|purl\.org|"
    r"amazonaws|youtube|adobe|macromedia|weibo|instagram|pinterest|linkedin|baidu|wordpress\.org|creativecommons|jsdelivr"
)
_SECOND_LEVELS = frozenset(("com", "co", "net", "org", "gov", "edu", "ac"))
#: Sets whose pages are of one site.
_ONE_SITE = {"zh_163": "163.com"}


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page: its bytes, what it claims to be encoded in, and its main text."""

    id: str
    dataset: str
    language: str
    url: str
    data: bytes
    gold: str

    @property
    def group(self) -> str:
        """`zh`, `en` or `other`."""
        return self.language if self.language in ("zh", "en") else "other"


@dataclass(frozen=True, slots=True)
class Score:
    """Token precision, recall and F1 of one page."""

    precision: float
    recall: float
    f1: float


def corpus_folder(given: str | None, part: str = "extraction") -> Path:
    """The folder of page sets below `given`, SCRUBBER_CORPUS or ../shared. Ends the program where there is none."""
    for place in (given, os.environ.get("SCRUBBER_CORPUS"), str(Path(__file__).resolve().parents[2] / "shared")):
        if place and (Path(place) / "corpus" / part).is_dir():
            return Path(place) / "corpus" / part
    sys.exit(f"skipped: no pages here. Give --corpus, or set SCRUBBER_CORPUS to a folder that holds corpus/{part}.")


def labelled_pages(folder: Path, most: int | None = None) -> Iterator[LabelledPage]:
    """The pages of all sets, in the order of names; `most` of each set, spread evenly over it."""
    for file in sorted(folder.glob("*.dev.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as rows:
            records = [json.loads(row) for row in rows]
        if most is not None and len(records) > most:
            records = [records[place * len(records) // most] for place in range(most)]
        for record in records:
            yield LabelledPage(
                record["id"],
                file.name.split(".")[0],
                record["lang"],
                record.get("url") or "",
                record["html"].encode("utf-8", "replace") if "html" in record else base64.b64decode(record["html_b64"]),
                record["gold"],
            )


def tokens_of(text: str) -> list[str]:
    """Words in lower case, characters of Han and kana one by one.

    >>> tokens_of("The 渡轮 is_back")
    ['the', '渡', '轮', 'is', 'back']
    """
    return _TOKEN.findall(text.lower())


def score_of(gold: str, text: str) -> Score:
    """How close a text comes to the main text, both as bags of tokens.

    >>> score_of("the ferry is back", "the ferry sails")
    Score(precision=0.6666666666666666, recall=0.5, f1=0.5714285714285714)
    """
    wanted, found = Counter(tokens_of(gold)), Counter(tokens_of(text))
    right = (wanted & found).total()
    if not wanted and not found:
        return Score(1.0, 1.0, 1.0)
    precision = right / found.total() if found else 0.0
    recall = right / wanted.total() if wanted else 0.0
    return Score(precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0)


def site_of(page: LabelledPage) -> str:
    """The registered domain of a page: its address, its own claims, the host it links to most; else its id."""
    if page.dataset in _ONE_SITE:
        return _ONE_SITE[page.dataset]
    if page.url and (host := urlsplit(page.url).hostname):
        return _domain(host)
    markup = page.data.decode("latin-1")
    if match := _OWN_ADDRESS.search(markup):
        return _domain(next(host for host in match.groups() if host))
    hosts = Counter(_domain(host) for host in _ADDRESS.findall(markup) if not _SERVICES.search(host.lower()))
    if hosts and hosts.most_common(1)[0][1] >= 3:
        return hosts.most_common(1)[0][0]
    return page.id


def _domain(host: str) -> str:
    parts = host.lower().strip(".").split(".")
    two = len(parts) >= 3 and parts[-2] in _SECOND_LEVELS and len(parts[-1]) == 2
    return ".".join(parts[-3:] if two else parts[-2:])


def table_of(scored: Sequence[tuple[LabelledPage, Score]]) -> dict[str, float]:
    """Means over pages, by name; lost: recall under .5, junk: precision under .7."""
    if not scored:
        return {}
    count = len(scored)
    found = {
        "pages": float(count),
        "P": sum(score.precision for _, score in scored) / count,
        "R": sum(score.recall for _, score in scored) / count,
        "F1": sum(score.f1 for _, score in scored) / count,
    }
    for group in ("zh", "en", "other"):
        of_group = [score.f1 for page, score in scored if page.group == group]
        if of_group:
            found[group] = sum(of_group) / len(of_group)
    chinese = [score for page, score in scored if page.group == "zh"]
    found["lost"] = sum(score.recall < 0.5 for _, score in scored) / count
    found["junk"] = sum(score.precision < 0.7 for _, score in scored) / count
    if chinese:
        found["lost zh"] = sum(score.recall < 0.5 for score in chinese) / len(chinese)
        found["junk zh"] = sum(score.precision < 0.7 for score in chinese) / len(chinese)
    return found
