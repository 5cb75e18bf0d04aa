"""How quickly pages become text, beside others, and whether the fast walk and bs4 find the same blocks.

    python benchmarks/html_pages.py [--pages 20] [--corpus FOLDER]    pages a second, and Jaccard of block sets
    python benchmarks/html_pages.py --hostile                         pages made to break readers: seconds, memory, lost text

Pages are those of `corpus/extraction` below FOLDER (default: SCRUBBER_CORPUS, else ../shared): of each set the first
ones after a shuffle with a fixed seed, decoded beforehand. Times are CPU seconds of this process, the best of two runs
for each page; engines take turns page by page, so that a busy machine slows all of them. Peers that are not installed
are left out. bs4 with html5lib builds the tree of the standard, as lexbor does: blocks that differ from those of
html.parser or lxml and not from its own are differences of trees. Each hostile page is read in a process of its own.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import importlib.util
import json
import multiprocessing
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from scrubber.read.html import page_text, read, walked_by
from scrubber.read.html_blocks import Builder
from scrubber.read.html_guard import Route
from scrubber.read.html_layout import lay_out
from scrubber.read.html_meta import head_title
from scrubber.read.html_scan import mended
from scrubber.read.html_slow import walk_tree
from scrubber.read.html_walk import walk

_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso-8859-1": "cp1252"}
_TEXT = "the ferry is back"


def corpus_folder(given: str | None) -> Path:
    """The folder of page sets."""
    for place in (given, os.environ.get("SCRUBBER_CORPUS"), str(Path(__file__).resolve().parents[2] / "shared")):
        if place and (Path(place) / "corpus" / "extraction").is_dir():
            return Path(place) / "corpus" / "extraction"
    sys.exit("no pages here: give --corpus, or set SCRUBBER_CORPUS to a folder that holds corpus/extraction")


def pages_of(folder: Path, count: int) -> Iterator[tuple[str, str]]:
    """Name and text of `count` pages of each set."""
    for file in sorted(folder.glob("*.dev.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as rows:
            records = [json.loads(row) for row in rows]
        random.Random(1).shuffle(records)
        for record in records[:count]:
            page = record.get("html")
            if page is None:
                charset = (record.get("encoding_declared") or "utf-8").lower()
                try:
                    page = base64.b64decode(record["html_b64"]).decode(_WIDER.get(charset, charset), "replace")
                except LookupError:
                    page = base64.b64decode(record["html_b64"]).decode("utf-8", "replace")
            yield record["id"], page


def engines() -> dict[str, Callable[[str], object]]:
    """What is compared, by name; the first one is ours, whole."""
    from selectolax.lexbor import LexborHTMLParser

    in_bytes = cache(
        lambda page: page.encode("utf-8", "replace")
    )  # done once: it is the better of two runs that counts
    found: dict[str, Callable[[str], object]] = {
        "scrubber, whole reader": lambda page: read(in_bytes(page), id="page", path="page.html"),
        "scrubber, of decoded pages": page_text,
        "scrubber, lexbor and walk": lambda page: walk(page.encode(), Builder()),
        "lexbor, tree alone": lambda page: LexborHTMLParser(page.encode()),
        "scrubber, tokens only": lambda page: page_text(page, Route.TOKENS),
        "bs4 html.parser, our blocks": lambda page: walk_tree(page, Builder(), "html.parser"),
    }
    has = {name: importlib.util.find_spec(name) is not None for name in ("lxml", "trafilatura", "resiliparse")}
    if has["lxml"]:
        import lxml.html

        found["bs4 lxml, our blocks"] = lambda page: walk_tree(page, Builder(), "lxml")
        found["lxml text_content"] = lambda page: lxml.html.document_fromstring(page.encode()).text_content()
    if has["resiliparse"]:
        from resiliparse.extract.html2text import extract_plain_text

        found["resiliparse, plain text"] = extract_plain_text
    if has["trafilatura"]:
        import trafilatura

        found["trafilatura.extract"] = trafilatura.extract
    return found


def timed(function: Callable[[str], object], page: str) -> float:
    """CPU seconds, the better of two runs. A page that a peer refuses counts with the time until then."""
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        try:
            function(page)
        except Exception as error:  # a peer's own limits are no failure of ours
            print(f"  refused: {type(error).__name__}", file=sys.stderr)
        best = min(best, time.process_time() - start)
    return best


def speeds(pages: list[tuple[str, str]]) -> None:
    """Print pages a second of all engines, and how much quicker ours are than trafilatura."""
    functions = engines()
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _, page in pages:
        for name, function in functions.items():
            times[name].append(timed(function, page))
    slow = times.get("trafilatura.extract")
    print(f"{'':30} {'mean ms':>8} {'median':>8} {'p95':>8} {'pages/s':>8}  x trafilatura")
    for name, seconds in times.items():
        ordered = sorted(seconds)
        row = (statistics.mean(seconds), statistics.median(seconds), ordered[len(ordered) * 95 // 100])
        times_as_quick = f"{sum(slow) / sum(seconds):8.1f}" if slow else ""
        print(f"{name:30} {''.join(f'{each * 1000:9.2f}' for each in row)} {1 / row[0]:8.0f} {times_as_quick}")


def tree_lines(page: str, parser: str) -> set[str]:
    """The lines of a page by way of bs4 and `parser`."""
    builder, facts = walked_by(lambda builder: walk_tree(mended(page).text, builder, parser))
    return {line for line in lay_out(builder, head_title(facts)).lines if line}


def agreement(pages: list[tuple[str, str]]) -> None:
    """Print the Jaccard index of block sets between the fast walk and bs4."""
    fast = [set(page_text(page, Route.FAST).text.split("\n")) - {""} for _, page in pages]
    explained: list[bool] = []
    for parser in ("html5lib", "lxml", "html.parser"):
        if parser != "html.parser" and importlib.util.find_spec(parser) is None:
            continue
        shared = everything = 0
        each: list[float] = []
        lowest = ("", 1.0)
        for number, (name, page) in enumerate(pages):
            tree = tree_lines(page, parser)
            if parser == "html5lib":
                explained.append(tree == fast[number])
            shared += len(fast[number] & tree)
            everything += len(fast[number] | tree)
            each.append(len(fast[number] & tree) / max(1, len(fast[number] | tree)) if fast[number] | tree else 1.0)
            if each[-1] < lowest[1]:
                lowest = (name, each[-1])
        print(
            f"blocks of lexbor and bs4 {parser:12} pooled {shared / max(1, everything):.4f}  mean {statistics.mean(each):.4f}"
            f"  equal {sum(value == 1 for value in each)} of {len(each)}  lowest {lowest[1]:.3f} {lowest[0]}"
        )
    if explained:
        left = [name for (name, _), equal in zip(pages, explained, strict=True) if not equal]
        print(f"differences that html5lib does not explain: {len(left)} {left[:5]}")


def hostile_pages() -> dict[str, str]:
    """Pages that break readers. All end in the same words."""
    numbers = range(200_000)
    pages = {
        "100,000 nested div": "<div>" * 100_000,
        "1,000,000 nested div": "<div>" * 1_000_000,
        "10,000 nested div": "<div>" * 10_000,
        "bold opened 2,000,000 times": "".join(f"<p><b id={number}>x" for number in range(215)) + "<p>x" * 9_000,
        "200,000 attributes": "<p " + " ".join(f"a{number}=1" for number in numbers) + ">",
        "200,000 attributes with >": "<p " + " ".join(f"a{number}='>'" for number in numbers) + ">",
        "20 MB attribute": "<p title='" + "x" * 20_000_000 + "'>",
        "1.4 M entities": "<p>" + "&amp;" * 1_400_000,
        "600,000 NULs": "<p>\0</p>\0<b>" * 300_000,
        "lone surrogates": "<p>\ud800" * 10_000,
        "unclosed comment, 5 MB": "<p>x<!-- " + "y " * 2_500_000,
        "1 M unclosed comments": "<!-- " * 1_000_000,
        "unclosed title": "<title>x<p>",
        "20,000 open bold": "".join(f"<p><b id={number}>x" for number in range(20_000)),
        "300,000 siblings, deep": "<div>" * 1_900 + "<div></div>" * 300_000,
        "20,000 nested tables": "<table><tr><td>" * 20_000,
        "3 M open brackets": "< " * 3_000_000,
        "1 M open tags": "<a " * 1_000_000 + ">",
        "1 M open quotes": "<a b='" * 1_000_000 + "'>",
        "500,000 cells": "<table><tr>" + "<td>x" * 500_000 + "</table>",
    }
    return {name: f"{page}{_TEXT}" for name, page in pages.items()}


def _read_one(page: str, answers: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    import resource

    start = time.process_time()
    found = page_text(page)
    spent = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    answers.put((found.page.parser, spent, peak, _TEXT in found.text, found.page.hidden_chars))


def hostile() -> None:
    """Print what each hostile page costs, and whether its text comes through."""
    print(f"{'':28} {'way':>8} {'CPU s':>7} {'peak MB':>8}  text")
    context = multiprocessing.get_context("fork")
    for name, page in hostile_pages().items():
        answers = context.Queue()
        process = context.Process(target=_read_one, args=(page, answers))
        process.start()
        way, seconds, peak, whole, hidden = answers.get(timeout=120)
        process.join()
        print(f"{name:28} {way:>8} {seconds:7.2f} {peak:8}  {'whole' if whole else f'{hidden} hidden'}")


def main() -> None:
    """Run what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20, help="pages of each set")
    parser.add_argument("--corpus", help="folder that holds corpus/extraction")
    parser.add_argument("--hostile", action="store_true", help="hostile pages instead")
    options = parser.parse_args()
    if options.hostile:
        hostile()
        return
    pages = list(pages_of(corpus_folder(options.corpus), options.pages))
    names = ("selectolax", "beautifulsoup4", "lxml", "html5lib", "resiliparse", "trafilatura")
    known = [
        f"{name} {version(name)}" for name in names if importlib.util.find_spec(name.replace("beautifulsoup4", "bs4"))
    ]
    print(f"{len(pages)} pages, {sum(len(page) for _, page in pages) / 1e6:.1f} M characters; {', '.join(known)}")
    speeds(pages)
    agreement(pages)


if __name__ == "__main__":
    main()
