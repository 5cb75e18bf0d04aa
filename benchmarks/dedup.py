"""Near-duplicates at scale: what `scrubber duplicates` finds of what is there, how fast, in how much memory; and others.

    python benchmarks/dedup.py                              # scrubber alone
    python benchmarks/dedup.py --peers PYTHON               # beside the tools that interpreter has (rensa, gaoya, datasketch)
    python benchmarks/dedup.py --paragraphs 20000           # a smaller corpus
    python benchmarks/dedup.py --human trpl-zh.dev.jsonl.gz # pairs with labels: {"label": "rev" or "none", "a", "b"}

The corpus is made by `dedup_texts.py`. Truth are all pairs of exact Jaccard >= .7 over code-point shingles of folded text
(3 for Han, else 5), found by way of MinHash with other permutations than any tool here uses, in 64 bands of 3 rows: a
pair at the threshold is missed once in 10**11. CPU seconds are those of the whole process, start-up, reading and writing
among them; every tool runs on one thread. Megabytes are 10**6.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import dedup_texts
from scrubber.text.fold import fold_lines
from scrubber.text.shingle import hashed_shingles, shingle_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
PARAGRAPHS = 100_000
THRESHOLD = 0.7
PEERS = ("rensa", "gaoya", "datasketch")
_BANDS, _ROWS = 64, 3
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

Name = tuple[str, int]
Found = set[tuple[Name, Name]]


#: A process that is begun by a large one counts the memory of that one as its own, so a small one stands between.
_LAUNCHER = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(process.pid, 0)
sys.stderr.write(f"{usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}")
sys.exit(os.waitstatus_to_exitcode(status))
"""


class Run:
    """What a process cost: CPU seconds, peak of the resident set in megabytes."""

    def __init__(self, command: Sequence[str], out: Path) -> None:
        environment = os.environ | _ONE_THREAD | {"PYTHONPATH": str(ROOT)}
        with out.open("wb") as stream:
            launched = [sys.executable, "-S", "-c", _LAUNCHER, *command]
            done = subprocess.run(launched, stdout=stream, stderr=subprocess.PIPE, env=environment, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(command[:4])} failed: {done.stderr.decode()[-500:]}")
        seconds, kibibytes = done.stderr.split()[-2:]
        self.seconds = float(seconds)
        self.peak = int(kibibytes) / 1000


def pair_of(one: Name, other: Name) -> tuple[Name, Name]:
    """Two names in order."""
    return (one, other) if one < other else (other, one)


def found_by_scrubber(path: Path) -> Found:
    """The pairs of a report in JSON Lines, by record and line."""
    with path.open(encoding="utf-8") as lines:
        pairs = map(json.loads, lines)
        return {pair_of(*((side["id"], side["lines"][0]) for side in (pair["a"], pair["b"]))) for pair in pairs}


def found_by_peer(path: Path) -> Found:
    """The pairs that `dedup_peers.py` has written."""
    found = set()
    for line in path.read_text("utf-8").splitlines():
        names = [(document, int(number)) for document, _, number in (word.partition(":") for word in line.split())]
        found.add(pair_of(*names))
    return found


def truth(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """All pairs of texts of exact Jaccard >= THRESHOLD, by their places."""
    lengths = [shingle_length(text) for text in texts]
    for k in sorted(set(lengths)):
        members = [place for place, length in enumerate(lengths) if length == k]
        sets = distinct([texts[place] for place in members], k)
        for one, other in banded(sets):
            shared = len(np.intersect1d(sets[one], sets[other], assume_unique=True))
            if shared * 10 >= int(THRESHOLD * 10) * (len(sets[one]) + len(sets[other]) - shared):
                yield members[one], members[other]


def distinct(texts: Sequence[str], k: int) -> list[NDArray[np.uint64]]:
    """The numbers of the shingles of each text, each once."""
    found: list[list[NDArray[np.uint64]]] = [[] for _ in texts]
    for rows, starts, hashes in hashed_shingles(texts, k):
        for row, piece in zip(rows.tolist(), np.split(hashes, starts[1:]), strict=True):
            found[row].append(piece)
    return [np.unique(np.concatenate(pieces)) if pieces else np.empty(0, np.uint64) for pieces in found]


def banded(sets: Sequence[NDArray[np.uint64]]) -> Iterator[tuple[int, int]]:
    """Pairs that share a band and are not too different in size."""
    factors = np.random.default_rng(1).integers(1, 2**63, size=_BANDS * _ROWS, dtype=np.uint64) * np.uint64(
        2
    ) + np.uint64(1)
    filled = [place for place, members in enumerate(sets) if len(members)]
    sizes = [len(members) for members in sets]
    seen: set[int] = set()
    flat = np.concatenate([sets[place] for place in filled]) if filled else np.empty(0, np.uint64)
    flat ^= flat >> np.uint64(32)
    starts = np.cumsum([0] + [sizes[place] for place in filled[:-1]])
    for band in range(_BANDS):
        keys = np.zeros(len(filled), dtype=np.uint64)
        for row in range(_ROWS):
            least = np.empty(len(filled), dtype=np.uint64)
            for begin in range(0, len(filled), 500):
                stop = int(starts[begin + 500]) if begin + 500 < len(filled) else len(flat)
                permuted = flat[starts[begin] : stop] * factors[band * _ROWS + row]
                least[begin : begin + 500] = np.minimum.reduceat(permuted, starts[begin : begin + 500] - starts[begin])
            keys = (keys ^ (keys >> np.uint64(29))) * np.uint64(0xFF51AFD7ED558CCD) + least
        order = np.argsort(keys, kind="stable")
        for group in np.split(order, np.flatnonzero(np.diff(keys[order])) + 1):
            for at, one in enumerate(group[1:].tolist(), 1):
                for other in group[:at].tolist():
                    small, large = sorted((sizes[filled[one]], sizes[filled[other]]))
                    if small >= THRESHOLD * large:
                        seen.add(min(one, other) << 32 | max(one, other))
    for number in sorted(seen):
        yield filled[number >> 32], filled[number & 0xFFFFFFFF]


def row(name: str, run: Run, megabytes: float, found: Found, true: Found) -> str:
    """One line of the table."""
    right = len(found & true)
    recall, precision = right / max(1, len(true)), right / max(1, len(found))
    return (
        f"| {name} | {run.seconds:.1f} | {megabytes / run.seconds:.2f} | {run.peak:.0f} | {len(found):,} "
        f"| {recall:.4f} | {precision:.4f} |"
    )


def measured(path: Path, folder: Path, peers: str | None, true: Found) -> None:
    """The table of tools on exact Jaccard."""
    megabytes = path.stat().st_size / 1e6
    print("| tool | CPU s | MB/s | peak MB | pairs | recall | precision |\n|---|---:|---:|---:|---:|---:|---:|")
    out = folder / "found"
    options = ["--measure", "jaccard", "--threshold", str(THRESHOLD), "--jobs", "1", "-q", "--isolated"]
    run = Run([sys.executable, "-m", "scrubber", "duplicates", str(path), *options, "--report", "jsonl"], out)
    print(row("scrubber", run, megabytes, found_by_scrubber(out), true), flush=True)
    for peer in PEERS if peers else ():
        script = str(Path(__file__).with_name("dedup_peers.py"))
        run = Run([peers or "", script, peer, str(path), str(THRESHOLD)], out)
        print(row(peer, run, megabytes, found_by_peer(out), true), flush=True)


def by_kind(path: Path, folder: Path, names: dict[int, Name], texts: Sequence[dedup_texts.Text]) -> None:
    """What the default measure finds of each kind of copy, and of templates."""
    out = folder / "found"
    run = Run(
        [sys.executable, "-m", "scrubber", "duplicates", str(path), "--jobs", "1", "-q", "--report", "jsonl"], out
    )
    found = found_by_scrubber(out)
    print(f"\ndefault measure: {run.seconds:.1f} CPU s, {run.peak:.0f} MB\n")
    there, met = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    families: dict[int, list[Name]] = {}
    for text in texts:
        if text.kind == "template" and text.of is not None:
            families.setdefault(text.of, []).append(names[text.number])
        elif text.of is not None:
            key = text.kind, text.language
            there[key] += 1
            met[key] += pair_of(names[text.number], names[text.of]) in found
    print(f"| copy | {' | '.join(dedup_texts.LANGUAGES)} |\n|---|{'---:|' * len(dedup_texts.LANGUAGES)}")
    for kind in dedup_texts.KINDS:
        shares = [f"{met[kind, each] / max(1, there[kind, each]):.3f}" for each in dedup_texts.LANGUAGES]
        print(f"| {kind} | {' | '.join(shares)} |")
    templated = {
        pair_of(one, other) for members in families.values() for at, one in enumerate(members) for other in members[:at]
    }
    print(f"\npairs of one template: {len(templated):,}, reported: {len(templated & found):,}", flush=True)


def human(path: Path, folder: Path) -> None:
    """Revisions by people, and pairs that are none: both texts of each pair in one corpus, compared by default."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    corpus = folder / "human.jsonl"
    with corpus.open("w", encoding="utf-8") as stream:
        for number, pair in enumerate(rows):
            for side in "ab":
                text = " ".join(pair[side].split())
                stream.write(json.dumps({"id": f"{number}{side}", "text": text}, ensure_ascii=False) + "\n")
    out = folder / "found"
    Run([sys.executable, "-m", "scrubber", "duplicates", str(corpus), "--jobs", "1", "-q", "--report", "jsonl"], out)
    found = found_by_scrubber(out)
    met, there = Counter[str](), Counter[str]()
    for number, pair in enumerate(rows):
        there[pair["label"]] += 1
        met[pair["label"]] += pair_of((f"{number}a", 1), (f"{number}b", 1)) in found
    print(
        "\n"
        + "\n".join(f"{path.name} {label}: {met[label]:,} of {there[label]:,} pairs found" for label in sorted(there))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--paragraphs", type=int, default=PARAGRAPHS)
    parser.add_argument("--peers", metavar="PYTHON")
    parser.add_argument("--human", type=Path, metavar="FILE")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "corpus.jsonl"
        parted = dedup_texts.write_corpus(given.paragraphs, path)
        texts = [text for document in parted for text in document]
        places = [
            (f"d{number:06}", line) for number, document in enumerate(parted) for line in range(1, len(document) + 1)
        ]
        names = {text.number: place for text, place in zip(texts, places, strict=True)}
        print(f"{len(texts):,} paragraphs of {len(parted):,} documents, {path.stat().st_size / 1e6:.1f} MB", flush=True)
        true = {pair_of(places[one], places[other]) for one, other in truth(fold_lines([text.text for text in texts]))}
        print(f"{len(true):,} pairs of Jaccard >= {THRESHOLD}\n", flush=True)
        measured(path, folder, given.peers, true)
        by_kind(path, folder, names, texts)
        if given.human is not None:
            human(given.human, folder)


if __name__ == "__main__":
    main()
