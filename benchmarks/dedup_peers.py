"""One other tool on the task of `dedup.py`: all pairs of paragraphs at a threshold, as lines `DOCUMENT:LINE DOCUMENT:LINE`.

    python benchmarks/dedup_peers.py NAME CORPUS THRESHOLD > pairs

Runs with an interpreter that has the tool, and nothing of scrubber. Each tool gets code-point k-grams, 3 for Chinese and 5
otherwise, by its own quickest way to make signatures of them, 128 permutations, and its own index.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

PERMUTATIONS = 128
#: Bands and rows where a tool leaves the choice: those that find most at .7.
BANDS, ROWS = 21, 6

Found = Iterator[tuple[int, int]]


def texts_of(path: str) -> tuple[list[str], list[str]]:
    """Names and texts of all paragraphs, in lower case, white space as single spaces."""
    names, texts = [], []
    with open(path, encoding="utf-8") as lines:  # noqa: PTH123  runs alone
        for line in lines:
            record = json.loads(line)
            for number, text in enumerate(record["text"].splitlines(), 1):
                names.append(f"{record['id']}:{number}")
                texts.append(" ".join(text.lower().split()))
    return names, texts


def length_of(text: str) -> int:
    """3 for a text that is mostly Han, else 5."""
    return 3 if sum("\u4e00" <= mark <= "\u9fff" for mark in text[:40]) > 20 else 5


def shingles(text: str, k: int) -> list[str]:
    """All runs of k code points; the whole text where it is shorter."""
    return [text[at : at + k] for at in range(max(1, len(text) - k + 1))]


def with_datasketch(texts: list[str], k: int, threshold: float) -> Found:
    """datasketch: `MinHash.bulk` with xxhash, `MinHashLSH`, its estimate."""
    import xxhash
    from datasketch import MinHash, MinHashLSH

    coded = ([shingle.encode() for shingle in shingles(text, k)] for text in texts)
    sketches = MinHash.bulk(coded, num_perm=PERMUTATIONS, hashfunc=xxhash.xxh32_intdigest)
    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, params=(BANDS, ROWS))
    for number, sketch in enumerate(sketches):
        index.insert(number, sketch, check_duplication=False)
    for number, sketch in enumerate(sketches):
        for other in index.query(sketch):
            if other > number and sketch.jaccard(sketches[other]) >= threshold:
                yield number, other


def with_rensa(texts: list[str], k: int, threshold: float) -> Found:
    """rensa: `RMinHash.from_token_sets`, `RMinHashLSH` with 16 bands, its estimate."""
    from rensa import RMinHash, RMinHashLSH

    sketches = RMinHash.from_token_sets([shingles(text, k) for text in texts], PERMUTATIONS, 42)
    index = RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=16)
    index.insert_many(sketches)
    for number, others in enumerate(index.query_all(sketches)):
        for other in others:
            if other > number and sketches[number].jaccard(sketches[other]) >= threshold:
                yield number, other


def with_gaoya(texts: list[str], k: int, threshold: float) -> Found:
    """gaoya: `MinHashStringIndex` with its own analyser of characters."""
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, threshold, BANDS, ROWS, None, "char", False, (k, k))
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    for number, others in enumerate(index.par_bulk_query(texts, return_similarity=False)):
        yield from ((number, other) for other in others if other > number)


PEERS: dict[str, Callable[[list[str], int, float], Found]] = {
    "rensa": with_rensa,
    "gaoya": with_gaoya,
    "datasketch": with_datasketch,
}


def main() -> None:
    peer, path, threshold = PEERS[sys.argv[1]], sys.argv[2], float(sys.argv[3])
    names, texts = texts_of(path)
    lengths: Any = [length_of(text) for text in texts]
    for k in (3, 5):
        members = [number for number, length in enumerate(lengths) if length == k]
        for one, other in peer([texts[number] for number in members], k, threshold):
            sys.stdout.write(f"{names[members[one]]} {names[members[other]]}\n")


if __name__ == "__main__":
    main()
