"""Memory and speed of a run over one file of JSON Lines: does the peak grow with the file, or with its largest record?

    python benchmarks/records.py [MEGABYTES ...]

Makes files of records of about 2 KB, cleans each in a process of its own (`--jobs 1`, so that the peak is that of one
process), and prints megabytes a second and the peak of the resident set. Texts are made here; sizes are in 10^6 bytes.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS = ("ferry", "noon", "harbour", "office", "sail", "again", "passenger", "captain", "pier", "tide", "mast", "crew")
#: One rule: what is measured is the way of records, not the work on their texts.
RULE = """[ruleset]
name = "pier"
[[rule]]
id = "share-bar"
kind = "line"
title = "Share bar"
match = { equals = ["Share this story"] }
"""


def make(path: Path, size: int) -> int:
    """Write records up to `size` bytes; how many there are."""
    number = written = 0
    choose = random.Random(1)  # always the same texts
    with path.open("wb") as out:
        while written < size:
            lines = [f"The {' '.join(choose.choices(WORDS, k=14))}, said one of {at}." for at in range(20)]
            lines.insert(10, "Share this story")
            record = {"id": f"r{number}", "url": f"http://pier.example/{number}", "text": "\n".join(lines) + "\n"}
            written += out.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
            number += 1
    return number


def measure(path: Path, out: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of one run."""
    begun = time.perf_counter()
    rules = path.parent / "pier.toml"
    options = ["--jobs", "1", "-q", "--isolated", "--rules", str(rules)]
    command = [sys.executable, "-m", "scrubber", "clean", str(path), "--out", str(out), *options]
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the run failed: {status}")
    return time.perf_counter() - begun, usage.ru_maxrss / 1000


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [1, 10, 40]
    print("   MB   records     MB/s   peak MB")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "pier.toml").write_text(RULE, "utf-8")
        for size in sizes:
            path = Path(folder) / f"{size}.jsonl"
            records = make(path, size * 1_000_000)
            seconds, peak = measure(path, Path(folder) / f"out{size}")
            print(f"{size:5} {records:9,} {size / seconds:8.2f} {peak:9.1f}", flush=True)


if __name__ == "__main__":
    main()
