"""What rules that compare documents cost beside the run without them, and that nothing depends on how it is run.

The corpus of `dedup_texts.py` is written as one file for each document, with a share bar in every third; bundled rules
are in force. Printed of each run: wall time, CPU seconds of all its processes, peak memory of the largest, megabytes of
source a CPU second. The last rows say whether outputs, ledgers (times aside) and evidence of all runs are equal.

    python benchmarks/corpus_scope.py [--paragraphs 10000] [--jobs 1,2]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from dedup_texts import documents, texts

RULES = """\
[ruleset]
name = "compared"
version = "1.0"
extends = ["core", "en", "zh"]
"""
COMPARING = """
[[rule]]
id = "close-copy"
kind = "neardup"
title = "Paragraph of another document"
action = "remove"
params = { scope = "corpus", threshold = 0.8 }

[[rule]]
id = "twice"
kind = "duplicate"
title = "Document that another one repeats"
action = "remove"
"""
_HERE = Path(__file__).resolve().parent.parent
#: One program that runs another and says what that took: peak memory is that of the largest of its processes.
_MEASURE = """
import os, resource, subprocess, sys, time
began = time.perf_counter()
code = subprocess.run(sys.argv[1:]).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, code)
"""


def write_dump(folder: Path, paragraphs: int) -> int:
    """The documents as files, a thousand to a folder. Returns their size in bytes."""
    total = 0
    for number, document in enumerate(documents(texts(paragraphs))):
        bar = "Share this article\n" if number % 3 == 0 else ""
        content = (bar + "\n".join(each.text for each in document) + "\n").encode()
        path = folder / f"{number // 1000:04}" / f"{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        total += len(content)
    return total


def run(place: Path, cache: Path, rules: str, out: str, *options: str) -> tuple[float, float, int]:
    """Wall time, CPU seconds and peak megabytes of one run."""
    command = [sys.executable, "-m", "scrubber", "clean", "dump", "--rules", rules, "--out", out, "--no-summary"]
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, *command, *options],
        cwd=place,
        env=os.environ | {"SCRUBBER_CACHE_DIR": str(cache), "PYTHONPATH": str(_HERE)},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    wall, cpu, peak, code = done.stdout.split()[-4:]
    if int(code):
        raise SystemExit(f"the run ended with code {code}")
    return float(wall), float(cpu), int(peak)


def digest_of(folder: Path) -> str:
    """SHA-256 of everything a run has left, times of day and roots aside."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name == "lock":
            continue
        content = path.read_bytes()
        if path.name == "ledger.jsonl":
            lines = [json.loads(line) for line in content.splitlines()]
            lines[0] |= {"started_at": "", "roots": {}}
            lines[-1] |= {"ended_at": "", "digest": ""}
            content = json.dumps(lines).encode()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def main() -> None:
    """Print a row for each run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--paragraphs", type=int, default=10_000)
    parser.add_argument("--jobs", default="1,2", help="numbers of workers, parted by commas")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place, caches = Path(folder) / "place", Path(folder) / "caches"
        (place / "dump").mkdir(parents=True)
        size = write_dump(place / "dump", options.paragraphs)
        (place / "alone.toml").write_text(RULES, "utf-8")
        (place / "compared.toml").write_text(RULES + COMPARING, "utf-8")
        run(place, caches / "rules", "alone.toml", "warm-up", "--sample", "1")
        run(place, caches / "rules", "compared.toml", "warm-up", "--sample", "1")
        print(f"{options.paragraphs:,} paragraphs, {size / 1e6:.1f} MB")
        digests: dict[str, set[str]] = {"alone": set(), "compared": set()}
        for jobs in options.jobs.split(","):
            for name, rules, cache in (
                ("no comparison", "alone", "rules"),
                ("compared, nothing kept", "compared", f"cold{jobs}"),
                ("compared, all kept", "compared", f"cold{jobs}"),
            ):
                out = f"out-{jobs}-{name}".replace(" ", "-").replace(",", "")
                if cache != "rules" and not (caches / cache).exists():
                    (caches / cache).mkdir(parents=True)
                    (caches / cache / "rules").symlink_to(caches / "rules" / "rules")
                wall, cpu, peak = run(place, caches / cache, f"{rules}.toml", out, "--jobs", jobs)
                digests[rules].add(digest_of(place / out))
                print(
                    f"{name:24} jobs {jobs}  {wall:7.1f} s  {cpu:7.1f} CPU s  {size / 1e6 / cpu:5.2f} MB/s  {peak:5} MB"
                )
        for name, found in digests.items():
            print(f"{name}: {'equal' if len(found) == 1 else 'NOT equal'} results of all runs")
        kept = sum(path.stat().st_size for path in caches.glob("cold1/results.sqlite*"))
        print(f"results kept: {kept / 1e6:.1f} MB for {size / 1e6:.1f} MB of texts")


if __name__ == "__main__":
    main()
