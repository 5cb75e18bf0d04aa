"""How many texts come out right: `scrubber.decode` beside other detectors, over files in known encodings.

The files are those of `corpus/encoding` below the folder that SCRUBBER_CORPUS names (else `../shared`): bytes, and the
SHA-1 of the true text. A file counts as right when the text is; U+FFFD at both ends is left out in the cut kinds (and
the last character, which a byte that was left of it can be by itself), and characters that vendor tables map to different code points count as equal. Every peer's answer goes through the one
map of superset encodings below, and is then decoded with U+FFFD for what cannot be read. Mojibake kinds are judged on
what the `fix` rules make of the text.

    python benchmarks/encoding.py                        # scrubber alone
    python benchmarks/encoding.py --peers                # beside chardet, charset-normalizer, faust-cchardet, bs4.dammit
    python benchmarks/encoding.py --speed                # seconds and MB/s, beside the peers that are installed
    python benchmarks/encoding.py --part test            # the documents that nothing was tuned on
    python benchmarks/encoding.py --show onebad          # the wrong ones of one kind

`--part` splits the documents once more by the SHA-1 of their source: thresholds were set on `tune` (two thirds) alone.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CUT_KINDS = ("cutend", "cutboth")
DECLARED_KINDS = ("declared-right", "declared-wrong")
#: The same character in the tables of two vendors.
_TWINS = str.maketrans("～―‧・－∥￠￡￢", "〜—··−‖¢£¬")

SUPERSETS = {
    "gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "big5": "big5hkscs", "cp950": "big5hkscs",
    "big5-hkscs": "big5hkscs", "shift_jis": "cp932", "shift-jis": "cp932", "windows-31j": "cp932", "euc-kr": "cp949",
    "euc_kr": "cp949", "uhc": "cp949", "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin_1": "cp1252",
    "iso8859-1": "cp1252", "ascii": "utf-8", "us-ascii": "utf-8", "hz-gb-2312": "hz", "ibm866": "cp866",
    "utf-8-sig": "utf-8", "tis-620": "cp874",
}  # fmt: skip


def corpus() -> Path | None:
    """The folder `corpus/encoding`, or nothing where it is not to be had."""
    for place in (os.environ.get("SCRUBBER_CORPUS", ""), str(ROOT.parent / "shared")):
        folder = Path(place) / "corpus" / "encoding"
        if place and (folder / "index.jsonl").is_file():
            return folder
    return None


def part_of(source: str) -> str:
    """`tune` or `test`, by source document."""
    return (
        "test"
        if int(hashlib.sha1(b"part:" + source.encode(), usedforsecurity=False).hexdigest(), 16) % 3 == 0
        else "tune"
    )


def cases(folder: Path, part: str = "all") -> list[dict[str, Any]]:
    """The rows of the index, each with its `bytes`."""
    found = []
    for line in (folder / "index.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if part in ("all", part_of(row["src"])):
            row["bytes"] = (folder / row["file"]).read_bytes()
            found.append(row)
    return found


def reading(name: str, data: bytes) -> str | None:
    """`data` in the encoding that a detector named, or nothing for a name that Python does not know."""
    lower = name.lower()
    codec = SUPERSETS.get(lower, lower)
    readers = {"big5hkscs": ("big5hkscs", "cp950"), "cp1252": ("cp1252", "latin-1")}.get(codec, (codec,))
    try:
        for reader in readers:
            try:
                return data.decode(reader)
            except UnicodeError:
                continue
        return data.decode(readers[0], "replace")
    except (LookupError, UnicodeError):
        return None


def _digest(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def is_right(row: dict[str, Any], text: str | None) -> bool:
    """Whether `text` is the true one."""
    if text is None:
        return False
    text = text.removeprefix("\ufeff")
    variants = {text}
    if row["kind"] in CUT_KINDS:
        # What was left of the last character may be a whole one: always so where each is one byte.
        variants |= {text.strip("\ufffd"), text.strip("\ufffd")[:-1]}
    if any(_digest(one) == row["sha1"] for one in variants):
        return True
    true = reading(row["encoding"], row["bytes"])  # the vendor tables: equal but for twins
    if true is None or row["kind"] in ("mixed", *CUT_KINDS):
        return False
    return true.removeprefix("\ufeff").translate(_TWINS) == text.translate(_TWINS) and _vouched(row, true)


def _vouched(row: dict[str, Any], true: str) -> bool:
    """Whether Python's own reading is the true text up to twins; it is not where the file was damaged twice."""
    return len(true) > 0 and row["kind"] not in ("mojibake", "mojibake-lossy", "mojibake-wild", "keep")


def scrubber_reading(data: bytes, declared: str | None = None) -> str | None:
    """What `scrubber.decode` makes of the bytes, or nothing where it refuses."""
    from scrubber import UnreadableInput, decode

    try:
        return decode(data, declared=declared).text
    except UnreadableInput:
        return None


def declared_in(data: bytes) -> str | None:
    """The charset that a page claims, as bs4 finds it."""
    from bs4.dammit import EncodingDetector

    return EncodingDetector.find_declared_encoding(data, is_html=True, search_entire_document=False)


def peers() -> dict[str, Callable[[bytes], str | None]]:
    """The detectors that are installed, each as bytes to text."""
    found: dict[str, Callable[[bytes], str | None]] = {}
    try:
        import chardet

        def by_chardet(data: bytes) -> str | None:
            name = chardet.detect(data)["encoding"]
            return reading(name, data) if name else None

        found["chardet"] = by_chardet
    except ImportError:
        pass
    try:
        import charset_normalizer

        def by_normalizer(data: bytes) -> str | None:
            best = charset_normalizer.from_bytes(data).best()
            return reading(best.encoding, data) if best else None

        found["charset-normalizer"] = by_normalizer
    except ImportError:
        pass
    try:
        import cchardet

        def by_cchardet(data: bytes) -> str | None:
            name = cchardet.detect(data)["encoding"]
            return reading(name, data) if name else None

        found["faust-cchardet"] = by_cchardet
    except ImportError:
        pass
    try:
        import logging

        from bs4.dammit import UnicodeDammit

        logging.disable(logging.CRITICAL)

        def by_dammit(data: bytes) -> str | None:
            return UnicodeDammit(data, is_html=True).unicode_markup

        found["bs4.dammit"] = by_dammit
    except ImportError:
        pass
    return found


def cell_of(row: dict[str, Any]) -> Iterable[str]:
    """The rows of the table that a file counts in."""
    yield "all"
    yield row["kind"]
    if row["kind"] == "clean":
        encoding, size = row["encoding"], row["size"]
        if row["lang"].startswith("zh") and size == 20 and encoding in ("gb2312", "gbk", "gb18030", "big5hkscs",
                                                                        "cp950", "utf-8"):  # fmt: skip
            yield "Chinese GB*/Big5/UTF-8, 20 bytes"
        if encoding.startswith("utf-16-") and size == 20:
            yield "UTF-16 without mark, 20 bytes"
        yield f"clean {encoding}"


def quality(rows: Sequence[dict[str, Any]], with_peers: bool, show: str) -> None:
    """Print the share of right texts, a column for each detector."""
    readers: dict[str, Callable[[dict[str, Any]], str | None]] = {
        "scrubber": lambda row: scrubber_reading(
            row["bytes"], declared_in(row["bytes"]) if row["kind"] in DECLARED_KINDS else None
        )
    }
    if with_peers:
        readers.update({name: _of_row(function) for name, function in peers().items()})
    right: dict[str, collections.Counter[str]] = {name: collections.Counter() for name in readers}
    total: collections.Counter[str] = collections.Counter()
    for row in rows:
        if "mojibake" in row["kind"] or row["kind"] == "keep":
            continue
        cells = list(cell_of(row))
        total.update(cells)
        for name, function in readers.items():
            good = is_right(row, function(row))
            right[name].update(dict.fromkeys(cells, int(good)))
            if not good and name == "scrubber" and show and any(show in cell for cell in cells):
                print("wrong:", row["file"], row["encoding"], _said(row), file=sys.stderr)
    print(f"{'':36}{'files':>7}" + "".join(f"{name:>20}" for name in readers))
    for cell in sorted(total, key=lambda one: (one.startswith("clean "), one != "all", one)):
        print(f"{cell:36}{total[cell]:>7}" + "".join(f"{100 * right[n][cell] / total[cell]:>20.1f}" for n in readers))


def _of_row(function: Callable[[bytes], str | None]) -> Callable[[dict[str, Any]], str | None]:
    return lambda row: function(row["bytes"])


def _said(row: dict[str, Any]) -> str:
    from scrubber import UnreadableInput, decode

    try:
        read = decode(row["bytes"], declared=declared_in(row["bytes"]) if row["kind"] in DECLARED_KINDS else None)
    except UnreadableInput as error:
        return f"refused: {error.message}"
    return f"{read.encoding} ({read.confidence}, {read.how_known}, next {read.runner_up}) {read.text[:40]!r}"


def mojibake(rows: Sequence[dict[str, Any]], show: str) -> None:
    """Print what the `fix` rules make of mojibake, and of text that must stay."""
    from scrubber import Document, Outcome, cleaner

    clean = cleaner()
    total: collections.Counter[str] = collections.Counter()
    good: collections.Counter[str] = collections.Counter()
    for row in rows:
        kind = row["kind"]
        if "mojibake" not in kind and kind != "keep":
            continue
        text = row["bytes"].decode("utf-8")
        verdicts = [
            verdict
            for verdict in clean.clean(Document("case", text)).plan.verdicts
            if "mojibake" in verdict.finding.rule.id
        ]
        edits = [verdict for verdict in verdicts if verdict.outcome is Outcome.REPLACED]
        fixed = text
        for verdict in sorted(edits, key=lambda one: -one.finding.span.start):
            span = verdict.finding.span
            fixed = fixed[: span.start] + (verdict.finding.replacement or "") + fixed[span.end :]
        name = kind if kind in ("mojibake-wild", "keep") else f"{kind} {row['mojibake']}"
        if kind == "mojibake-lossy":
            name += ": flagged, unchanged"
            fine = fixed == text and bool(verdicts)
        elif kind == "keep":
            name += ": unchanged"
            fine = fixed == text
        else:
            fine = _digest(fixed) == row["sha1"]
        total[name] += 1
        good[name] += fine
        if not fine and show and show in name:
            print("wrong:", row["file"], repr(text[:60]), "->", repr(fixed[:60]), file=sys.stderr)
    for name in sorted(total):
        print(f"{name:60}{total[name]:>7}{100 * good[name] / total[name]:>8.1f}")


def speed(rows: Sequence[dict[str, Any]]) -> None:
    """Print seconds and MB/s of decoding, beside the peers."""
    readers: dict[str, Callable[[bytes], str | None]] = {"scrubber": scrubber_reading, **peers()}
    hans = [row["bytes"].decode("utf-8") for row in rows if row["kind"] == "clean" and row["encoding"] == "utf-8"
            and row["lang"] == "zh-hans"]  # fmt: skip
    text = "\n".join(hans)
    text = text * (1 + 600_000 // len(text))
    gbk = text.encode("gbk", "ignore")[: 1 << 20]
    utf8 = text.encode("utf-8")[: 1 << 20].decode("utf-8", "ignore").encode()
    step = max(1, (len(text) - 600) // 200)
    short = [text[place * step : place * step + 600].encode("gbk", "ignore")[:1024] for place in range(200)]
    short = [data.decode("gbk", "ignore").encode("gbk") for data in short]
    bare = _best(lambda: utf8.decode("utf-8"))
    print(f"bare bytes.decode of 1 MB UTF-8: {len(utf8) / bare / 1e6:.0f} MB/s")
    for name, function in readers.items():
        function(short[0])
        times = []
        for data in short:
            start = time.perf_counter()
            function(data)
            times.append(time.perf_counter() - start)
        middle = statistics.median(times) * 1000
        print(
            f"{name:20} UTF-8 1 MB {len(utf8) / _best(lambda f=function: f(utf8)) / 1e6:8.1f} MB/s"
            f"   GBK 1 MB {len(gbk) / _best(lambda f=function: f(gbk)) / 1e6:7.1f} MB/s   GBK 1 KB {middle:6.2f} ms"
        )


def _best(action: Callable[[], object], times: int = 7) -> float:
    """The shortest of some runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        found.append(time.perf_counter() - start)
    return min(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", action="store_true", help="beside the other detectors that are installed")
    parser.add_argument("--speed", action="store_true", help="speed in place of quality")
    parser.add_argument("--mojibake", action="store_true", help="the mojibake kinds alone")
    parser.add_argument("--part", choices=("all", "tune", "test"), default="all")
    parser.add_argument("--show", default="", metavar="KIND", help="name the wrong ones whose row holds KIND")
    options = parser.parse_args()
    folder = corpus()
    if folder is None:
        print("no corpora here: set SCRUBBER_CORPUS to a folder that holds corpus/", file=sys.stderr)
        return 2
    rows = cases(folder, options.part)
    if options.speed:
        speed(rows)
        return 0
    if not options.mojibake:
        quality(rows, options.peers, options.show)
    mojibake(rows, options.show)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
