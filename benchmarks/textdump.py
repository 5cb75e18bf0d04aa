"""How well bare text dumps come clean: scrubber as a whole program at each profile, beside other tools and baselines.

    python benchmarks/textdump.py [--profile NAME ...] [--by language|set] [--sample N]
    python benchmarks/textdump.py --peers PYTHON        # beside the tools that are installed for that interpreter
    python benchmarks/textdump.py --folds FILE ...      # pages as models judge that never saw their sites

Pages are those of `corpus/textdump` below SCRUBBER_CORPUS (else ../shared): what a naive scraper keeps of web pages, a
line for each block, with a label for each line. They go through `scrubber clean` as records of one file of JSON Lines;
its ledger says which lines went. What peers put out is matched with the lines. `line_scores.py` says what is measured. The shipped model learnt from these
pages, so its figures here are better than on others: `--folds` takes what `train_statistic.py --validate --folds FOLDER`
wrote, models with the pages that each of them never saw, and runs the same program with these.

Peers are made for HTML and get each line as a paragraph; they run in their own environment, for example

    python -m venv peers && peers/bin/pip install boilerpy3 justext trafilatura resiliparse

"densest run" keeps the run of lines that holds most text when each line costs 30 half-width characters; "keep all" is
what doing nothing brings. Seconds are those of the processor, without start-up for peers.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from line_scores import HEADING, Counts, Measures, counts_of, kept_by, row, rows_of
from statistic_pages import Page, corpus_folder, dumped_pages

HERE = Path(__file__).resolve().parent
PROFILES = ("careful", "standard", "thorough")
#: What a line must hold to pay for itself in the densest run, the most it may bring, and what bare lines are worth of it.
_RUN_COST, _RUN_MOST, _BARE = 30, 800, 0.4
_MARKS = frozenset(".!?;,:。！？；，、：…")


def cleaned(pages: Sequence[Page], profile: str, model: Path | None = None) -> tuple[dict[int, list[bool]], float]:
    """Which lines `scrubber clean` leaves of each page, by its place, and the seconds of the whole process.

    What went is read off the ledger, so that a line in which something was repaired is a line that stayed. `model` stands
    in for the shipped line model.
    """
    with tempfile.TemporaryDirectory() as name:
        source, out = Path(name) / "pages.jsonl", Path(name) / "out"
        with source.open("w", encoding="utf-8") as stream:
            for number, page in enumerate(pages):
                stream.write(json.dumps({"id": str(number), "text": "\n".join(page.lines) + "\n"}) + "\n")
        start = "from scrubber.cli.main import run; run()"
        if model is not None:
            start = (
                "import json, sys; from pathlib import Path; from scrubber.detect import line_model, opinion; "
                f"found = line_model.model_of(json.loads(Path({str(model)!r}).read_text('ascii'))); "
                f"opinion.builtin_model = lambda: found; {start}"
            )
        ledger = Path(name) / "ledger.jsonl"
        options = ["--isolated", "--profile", profile, "--ledger", str(ledger), "--jobs", "1", "-q", "--exit-zero"]
        before = os.times()
        done = subprocess.run(
            [sys.executable, "-c", start, "clean", str(source), "--out", str(out), *options],
            cwd=HERE.parent,
            check=False,
        )
        after = os.times()
        if done.returncode:
            sys.exit(f"the program failed: exit code {done.returncode}.")
        seconds = after.children_user + after.children_system - before.children_user - before.children_system
        kept = {}
        with ledger.open(encoding="utf-8") as stream:
            for entry in map(json.loads, stream):
                if "edits" in entry:
                    place = int(entry["id"].rpartition("#")[2])
                    kept[place] = left_by(pages[place].lines, entry["edits"])
        return kept, seconds


def left_by(lines: Sequence[str], edits: Sequence[dict[str, Any]]) -> list[bool]:
    """Which lines of a text, each ended by a line feed, some edits of a ledger leave. O(lines + edits)."""
    gone = sorted((edit["start"], edit["end"]) for edit in edits if not (edit["put"] or "").strip())
    flags = []
    start = place = 0
    for line in lines:
        stop = start + len(line)
        while place < len(gone) and gone[place][1] <= start:
            place += 1
        at, number = start, place
        while number < len(gone) and gone[number][0] <= at < stop:
            at, number = max(at, gone[number][1]), number + 1
        flags.append(at < stop)
        start = stop + 1
    return flags


def densest_run(lines: Sequence[str]) -> list[bool]:
    """The run of lines that brings most when each line costs something (Kadane's algorithm)."""
    best = current = 0.0
    start = 0
    found = (0, 0)
    for place, line in enumerate(lines):
        size = sum(2.5 if "\u2e80" <= mark <= "\ud7ff" else 1 for mark in line.strip())
        worth = size if any(mark in _MARKS for mark in line) else size * _BARE
        if current <= 0:
            current, start = 0.0, place
        current += min(worth, _RUN_MOST) - _RUN_COST
        if current > best:
            best, found = current, (start, place + 1)
    return [found[0] <= place < found[1] for place in range(len(lines))]


def versions_of(python: str) -> dict[str, str]:
    """The peers that an interpreter has, with their versions."""
    found = subprocess.run([python, HERE / "textdump_peers.py", "--versions"], capture_output=True, check=True)
    return dict(json.loads(found.stdout))


def peer(python: str, tool: str, pages: Sequence[Page]) -> tuple[dict[int, str], float]:
    """What a peer keeps of each page, by its place, and its seconds. A page it fails on is empty."""
    records = (
        json.dumps({"id": number, "language": page.language, "lines": page.lines}) for number, page in enumerate(pages)
    )
    found = subprocess.run(
        [python, HERE / "textdump_peers.py", tool], input="\n".join(records), capture_output=True, text=True, check=True
    )
    answers = [json.loads(line) for line in found.stdout.splitlines()]
    return {answer["id"]: answer.get("text", "") for answer in answers}, sum(answer["seconds"] for answer in answers)


def judged(pages: Sequence[Page], kept: Iterable[Sequence[bool]]) -> dict[str, Measures]:
    """The measures by row, from the lines that were kept of each page."""
    counts: list[tuple[str, str, Counts]] = [
        (page.dataset, page.language, counts_of(page.lines, page.labels, flags))
        for page, flags in zip(pages, kept, strict=True)
    ]
    return rows_of(counts)


def judged_in_order(pages: Sequence[Page], kept: dict[int, list[bool]]) -> dict[str, Measures]:
    """The measures by row, from the lines that were kept of each page by its place; a page that failed kept none."""
    return judged(pages, [kept.get(number, [False] * len(page.lines)) for number, page in enumerate(pages)])


def judged_texts(pages: Sequence[Page], texts: dict[int, str]) -> dict[str, Measures]:
    """The measures by row, from what came out."""
    return judged(pages, [kept_by(page.lines, texts.get(number, "")) for number, page in enumerate(pages)])


def of_folds(pages: Sequence[Page], folds: Sequence[Path], profile: str) -> dict[int, list[bool]]:
    """Which lines stay where each page is cleaned with the model that never saw its site."""
    places = {page.id: number for number, page in enumerate(pages)}
    kept: dict[int, list[bool]] = {}
    for path in folds:
        unseen = [places[name] for name in json.loads(path.read_text("ascii"))["unseen"] if name in places]
        found, _ = cleaned([pages[place] for place in unseen], profile, path)
        kept.update({unseen[number]: flags for number, flags in found.items()})
    if len(kept) != len(pages):
        sys.exit(f"the folds hold {len(kept)} of {len(pages)} pages.")
    return kept


def show(name: str, found: dict[str, Measures], by: str, note: str = "") -> None:
    """Print the rows of one tool."""
    for key, measures in found.items():
        if key == "all" or key.startswith(f"{by} "):
            print(row(name + note if key == "all" else f"&nbsp; {key.split(' ', 1)[1]}", measures), flush=True)


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="the labelled pages")
    parser.add_argument("--profile", action="append", choices=PROFILES, help="default: all")
    parser.add_argument("--by", choices=("language", "set", "none"), default="language", help="rows below each tool")
    parser.add_argument("--peers", metavar="PYTHON", help="an interpreter whose environment holds the peers")
    parser.add_argument("--folds", type=Path, nargs="+", default=[], help="models, each with the pages it never saw")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="every Nth page alone")
    options = parser.parse_args()
    pages = dumped_pages(corpus_folder(options.folder))[:: options.sample]
    size = sum(len(line.encode()) + 1 for page in pages for line in page.lines) / 1e6
    print(f"{len(pages)} pages, {size:.1f} MB\n\n{HEADING}")
    for profile in options.profile or PROFILES:
        kept, seconds = cleaned(pages, profile)
        show(f"scrubber `{profile}`", judged_in_order(pages, kept), options.by, f" ({seconds:.0f} s)")
        if options.folds:
            kept = of_folds(pages, options.folds, profile)
            show(f"scrubber `{profile}`, unseen sites", judged_in_order(pages, kept), options.by)
    show("keep all", judged(pages, ([True] * len(page.lines) for page in pages)), options.by)
    show("densest run", judged(pages, (densest_run(page.lines) for page in pages)), options.by)
    if options.peers:
        for tool, version in versions_of(options.peers).items():
            texts, seconds = peer(options.peers, tool, pages)
            show(f"{tool} {version}", judged_texts(pages, texts), options.by, f" ({seconds:.0f} s)")


if __name__ == "__main__":
    main()
