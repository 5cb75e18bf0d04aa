"""What a dump of many documents costs with rules that look at all of it: throughput, memory, growth.

    python benchmarks/corpus.py                          # 2,000 and 20,000 documents
    python benchmarks/corpus.py --documents 20000 200000 # the second is about 1 GB

Documents are invented (`dedup_texts.py`, fixed seeds; each is made from its number alone, so any number of them can be had)
and lie in files of JSON Lines, a site each: a frame that its pages share, eight to twenty paragraphs in Chinese,
English-like or German-like words, some of them edited copies of paragraphs of earlier documents, and now and then a
whole document that is an edited copy. Two workers clean them as a user would, with the rules of the whole dump
(`template`, `neardup` and `duplicate` of corpus scope) and no others, or with the bundled ones as well (`--bundled`).

Memory is the largest sum over all processes of the run of what each holds alone or its share of what several hold
(proportional set size, every half second; Linux only). CPU seconds are those of all processes.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from dedup_texts import KINDS, LANGUAGES, SEED, Language, edited

HERE = Path(__file__).resolve().parent
#: Documents of one file, which is one site.
_SITE_DOCUMENTS = 500
#: A document has paragraphs up to so many bytes.
_BYTES = 4_600
#: In hundredths: documents that are edited copies of earlier ones, and paragraphs that are.
_COPIED_DOCUMENTS, _COPIED_PARAGRAPHS = 3, 5
_FRAME_LINES = 6
RULES = """[ruleset]
name        = "whole-dump"
version     = "1.0.0"
description = "Rules that look at the whole dump"

[[rule]]
id     = "frame"
kind   = "template"
title  = "Frame of the site"
why    = "Most pages of the site have these lines."
action = "remove"

[[rule]]
id     = "paragraph"
kind   = "neardup"
title  = "Paragraph of another document"
why    = "Another document has it, too."
action = "remove"
params = { scope = "corpus" }

[[rule]]
id     = "copy"
kind   = "duplicate"
title  = "Copy of another document"
why    = "Another document is the same, or nearly."
params = { scope = "corpus" }
"""


class Pages:
    """Invented documents by their number."""

    def __init__(self) -> None:
        choose = random.Random(SEED)  # always the same words
        self._languages = [Language(name, choose) for name in LANGUAGES]

    def _paragraphs(self, number: int) -> list[list[str]]:
        """The sentences of each paragraph as they were written first."""
        choose = random.Random(f"{SEED} {number}")
        language = self._language(number)
        language.draw_from(choose)
        found: list[list[str]] = []
        size = 0
        while size < _BYTES:
            found.append(language.sentences())
            size += len("".join(found[-1]).encode())
        return found

    def _language(self, number: int) -> Language:
        return self._languages[number // _SITE_DOCUMENTS % len(self._languages)]

    def _frame(self, number: int) -> list[str]:
        language = self._language(number)
        language.draw_from(random.Random(f"frame {number // _SITE_DOCUMENTS}"))
        return [language.sentence()[:40] for _ in range(2 * _FRAME_LINES)]

    def text(self, number: int) -> str:
        """The document of a number; copies are of documents with smaller ones, in the same language."""
        choose = random.Random(f"copies {number}")
        same = [site for site in range(number // _SITE_DOCUMENTS + 1)
                if site % len(LANGUAGES) == number // _SITE_DOCUMENTS % len(LANGUAGES)]  # fmt: skip
        language = self._language(number)
        earlier = min(number - 1, choose.choice(same) * _SITE_DOCUMENTS + choose.randrange(_SITE_DOCUMENTS))
        if earlier >= 0 and self._language(earlier) is language and choose.randrange(100) < _COPIED_DOCUMENTS:
            written = self._paragraphs(earlier)
            language.draw_from(choose)
            body = [edited(each, choose.choice(("char01", "char05")), language, choose) for each in written]
        else:
            written = self._paragraphs(number)
            body = ["".join(each).strip() for each in written]
            if earlier >= 0 and self._language(earlier) is language:
                others = self._paragraphs(earlier)
                language.draw_from(choose)
                for place in range(len(body)):
                    other = choose.choice(others)
                    if choose.randrange(100) < _COPIED_PARAGRAPHS and len(other) > 1:
                        body[place] = edited(other, choose.choice(KINDS), language, choose)
        frame = self._frame(number)
        return "\n".join([*frame[:_FRAME_LINES], "", *body, "", *frame[_FRAME_LINES:]]) + "\n"


def write_dump(folder: Path, documents: int) -> int:
    """Write so many documents, on all processors; their size in bytes of text."""
    folder.mkdir(parents=True)
    with ProcessPoolExecutor() as pool:
        return sum(pool.map(partial(_write_site, folder, documents), range(0, documents, _SITE_DOCUMENTS)))


def _write_site(folder: Path, documents: int, first: int) -> int:
    pages = _pages()
    size = 0
    with (folder / f"site-{first // _SITE_DOCUMENTS:04}.jsonl").open("w", encoding="utf-8") as stream:
        for number in range(first, min(documents, first + _SITE_DOCUMENTS)):
            text = pages.text(number)
            size += len(text.encode())
            stream.write(json.dumps({"id": str(number), "text": text}, ensure_ascii=False) + "\n")
    return size


@cache
def _pages() -> Pages:
    return Pages()


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took: seconds of the clock and of all processors, and the most memory in MB (0: not to be had)."""

    seconds: float
    cpu: float
    memory: float


def run(arguments: list[str]) -> Cost:
    """One run of the program; ends this one where that fails."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "scrubber", *arguments], cwd=HERE.parent)
    most = 0
    while process.poll() is None:
        most = max(most, sum(_held(number) for number in _family(process.pid)))
        time.sleep(0.5)
    seconds, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        sys.exit(f"scrubber failed: exit code {process.returncode}.")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(seconds, cpu, most / 1000)


def _family(number: int) -> Iterator[int]:
    """A process and all below it."""
    yield number
    for path in Path(f"/proc/{number}/task").glob("*/children"):
        try:
            below = path.read_text().split()
        except OSError:
            continue
        for child in below:
            yield from _family(int(child))


def _held(number: int) -> int:
    """The proportional set size of a process in kB; 0 where it cannot be told."""
    try:
        for line in Path(f"/proc/{number}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def outcomes_of(ledger: Path) -> dict[str, int]:
    """How many findings of each rule were applied, and how many only shown."""
    found: dict[str, int] = {}
    with ledger.open(encoding="utf-8") as stream:
        for entry in map(json.loads, stream):
            for finding in entry.get("findings", ()):
                key = f"{finding['rule']} {finding['outcome']}"
                found[key] = found.get(key, 0) + 1
    return dict(sorted(found.items()))


def main() -> None:
    """Print a row for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--bundled", action="store_true", help="the bundled rules, too")
    parser.add_argument("--place", type=Path, help="folder for dumps and outputs (default: a temporary one)")
    options = parser.parse_args()
    print("| documents | MB | seconds | CPU s | MB a second | CPU ms a document | most memory, MB |")
    print("|---|---|---|---|---|---|---|")
    said = []
    for count in options.documents:
        with tempfile.TemporaryDirectory(dir=options.place) as name:
            root = Path(name)
            size = write_dump(root / "dump", count) / 1e6
            (root / "rules.toml").write_text(RULES, encoding="utf-8")
            rules = [
                "--rules",
                str(root / "rules.toml"),
                *(["--rules", "core", "--rules", "en", "--rules", "zh", "--rules", "de"] * options.bundled),
            ]
            cost = run(["clean", str(root / "dump"), "--out", str(root / "out"), "--ledger", str(root / "ledger.jsonl"),
                        "--isolated", "--jobs", str(options.jobs), "-q", "--exit-zero", *rules])  # fmt: skip
            print(
                f"| {count:,} | {size:.0f} | {cost.seconds:.0f} | {cost.cpu:.0f} | {size / cost.seconds:.2f} "
                f"| {1000 * cost.cpu / count:.1f} | {cost.memory:.0f} |",
                flush=True,
            )
            said.append(f"{count:,}: {outcomes_of(root / 'ledger.jsonl')}")
    print("\nFindings\n")
    print("\n".join(said))


if __name__ == "__main__":
    main()
