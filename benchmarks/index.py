"""Size and speed of an index: generated paragraphs, bytes a row, and a look-up by the whole program.

    python benchmarks/index.py --rows 200000 [--bands 21x6] [--with-text]

Makes documents of ten paragraphs each, half of them Chinese characters, half English words, drawn at random (so no
two share a band by more than chance); builds an index of them by the program; looks up a new document of 200
paragraphs, of which 20 are edited copies of such as the index holds; then adds 1,000 paragraphs. Each step is a
process of its own; of `--repeat` look-ups the one with the least CPU time is printed. Everything lies in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

PARAGRAPHS_A_DOCUMENT = 10
NEW_PARAGRAPHS = 200
COPIES = 20
ADDED_DOCUMENTS = 100

_WORDS = [
    "ferry",
    "harbour",
    "noon",
    "captain",
    "letter",
    "island",
    "morning",
    "tide",
    "boat",
    "crew",
    "stone",
    "market",
    "road",
    "winter",
    "bridge",
    "light",
    "rope",
    "sail",
    "anchor",
    "pier",
    "north",
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
    "wharf",
]
_HAN = [chr(point) for point in range(0x4E00, 0x4E00 + 1500)]


def paragraph(number: int) -> str:
    """The paragraph with this number: always the same. Without digits, which would keep copies apart."""
    generator = random.Random(number)
    if number % 2:
        return "".join(generator.choices(_HAN, k=generator.randint(90, 260))) + "。"
    chosen = generator.choices(_WORDS, k=generator.randint(20, 60))
    letters = "abcdefghijklmnopqrstuvwxyz"
    return " ".join(word + "".join(generator.choices(letters, k=2)) for word in chosen).capitalize() + "."


def edited(text: str, seed: int) -> str:
    """The paragraph with every fiftieth character replaced, on average."""
    generator = random.Random(seed)
    return "".join("x" if generator.random() < 0.02 else character for character in text)


def write_corpus(path: Path, first: int, count: int) -> None:
    """Documents as JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        for document in range(first // PARAGRAPHS_A_DOCUMENT, (first + count) // PARAGRAPHS_A_DOCUMENT):
            numbers = range(document * PARAGRAPHS_A_DOCUMENT, (document + 1) * PARAGRAPHS_A_DOCUMENT)
            text = "\n\n".join(map(paragraph, numbers)) + "\n"
            file.write(json.dumps({"id": f"page-{document:07d}", "text": text}, ensure_ascii=False) + "\n")


def write_new(path: Path, rows: int) -> None:
    """The document that is looked up."""
    fresh = [paragraph(10**9 + number) for number in range(NEW_PARAGRAPHS - COPIES)]
    copies = [edited(paragraph(number * (rows // COPIES)), number) for number in range(COPIES)]
    path.write_text("\n\n".join(fresh + copies) + "\n", "utf-8")


class Run(NamedTuple):
    """One run of the program: wall and CPU seconds, and its standard output."""

    wall: float
    cpu: float
    output: str

    def __str__(self) -> str:
        return f"{self.wall:6.2f} s, {self.cpu:5.2f} s of CPU"


def timed(folder: Path, *arguments: str) -> Run:
    """One run of the program. Exit codes 0 and 1 are both fine."""
    start, before = time.perf_counter(), os.times()
    done = subprocess.run(
        [sys.executable, "-m", "scrubber", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = time.perf_counter() - start, os.times()
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(wall, cpu, done.stdout)


def main() -> None:
    """Prints one line for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--bands", default="32x4", choices=("32x4", "21x6"))
    parser.add_argument("--with-text", action="store_true")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / ".git").mkdir()
        write_corpus(folder / "corpus.jsonl", 0, options.rows)
        write_corpus(folder / "more.jsonl", options.rows, ADDED_DOCUMENTS * PARAGRAPHS_A_DOCUMENT)
        write_new(folder / "new.txt", options.rows)
        text = ["--with-text"] if options.with_text else []
        built = timed(folder, "index", "build", "c.index", "corpus.jsonl", "--bands", options.bands, *text)
        stats = json.loads(timed(folder, "index", "stats", "c.index", "--json").output)
        rows = stats["paragraphs"]
        print(f"{rows:,} rows, {options.bands}, {'with' if options.with_text else 'without'} text")
        print(f"keys              {stats['key-bytes'] / rows:6.1f} bytes a row")
        print(f"texts             {stats['text-bytes'] / rows:6.1f} bytes a row")
        print(f"build             {built}")
        one_rule = ("check", "new.txt", "--no-cache", "--isolated", "--select", "core/known-paragraph", "--report", "jsonl")
        all_rules = ("check", "new.txt", "--no-cache", "--isolated", "--report", "jsonl")
        for label, arguments in (
            ("query", ("index", "query", "c.index", "new.txt", "--report", "jsonl")),
            ("check, one rule", (*one_rule, "--against", "c.index")),
            ("  without index", one_rule),
            ("check, all rules", (*all_rules, "--against", "c.index")),
            ("  without index", all_rules),
        ):
            runs = [timed(folder, *arguments) for _ in range(options.repeat)]
            best = min(runs, key=lambda run: run.cpu)
            mark = '"kin"' if label == "query" else '"core/known-paragraph"'
            print(f"{label:<17} {best}, {best.output.count(mark)} of {COPIES} copies found")
        print(f"add 1,000 rows    {timed(folder, 'index', 'add', 'c.index', 'more.jsonl')}")


if __name__ == "__main__":
    main()
