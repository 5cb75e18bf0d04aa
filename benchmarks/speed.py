"""What cleaning costs in CPU time, stage by stage, beside bare pattern matching, and what starting up costs.

The dump and 200 rules for it are invented (`speed_texts.py`, fixed seed); the same is measured with all bundled rules.
"end to end" is one process of the program: files on disk to clean files and ledger, start-up included. Stages are
measured in this process; stages of the first look at a text are apart from those of further looks, after cuts.
"bare re2.Set" holds the same patterns, asked line by line and for nothing else; "re" asks them one after the other.
Both are scaled up from a part of the lines where they would take too long. All figures are CPU time of one core and depend on the machine: compare those of one run.

    python benchmarks/speed.py              # 5 MB
    python benchmarks/speed.py --size 50
    python benchmarks/speed.py --linear     # end to end for 1, 10 and 100 MB
    python benchmarks/speed.py --startup    # nothing but start-up
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from scrubber.detect import Scan
from scrubber.engine.clean import Cleaner
from scrubber.model import Document
from scrubber.model.finding import Finding
from scrubber.read import reader_for
from scrubber.rules.load import load_rules
from scrubber.rules.match import matches_of
from scrubber.rules.regex import RE2_BUDGET_BYTES, fold_plain, re2_options, translate
from scrubber.rules.schema import Ruleset
from scrubber.store.files import fixity_of, write_atomic
from scrubber.store.ledger_entries import document_entry
from scrubber.store.ledger_form import canonical
from speed_texts import rule_file, write_dump

MEGABYTE = 1_000_000
LINEAR_MEGABYTES = (1, 10, 100)
#: `re`, and sets of more patterns than the second figure, are so slow that they see this many code points of lines.
SAMPLE_CHARS = 100_000
MANY_PATTERNS = 500
#: One pattern of `re` may take so long for all its lines: some would not come to an end in years.
RE_SECONDS = 2.0
#: What no program with such a command line and such reports can do without.
YARDSTICK = "import typer, rich"
#: Small commands are run so often.
STARTS = 7
#: A pull request: so many files, from so many bytes of the dump.
CHANGED_FILES, CHANGED_BYTES = 5, 60_000
#: Modules whose import alone costs more than some milliseconds.
HEAVY = (
    "ahocorasick_rs", "bs4", "chardet", "datasketch", "ftfy", "hypothesis", "multiprocessing", "numpy", "platformdirs",
    "rapidfuzz", "re2", "rich", "scipy", "typer", "tomllib", "email", "importlib.metadata",
)  # fmt: skip
clock = time.process_time


class Stopwatch(Cleaner):
    """A cleaner that adds up what each stage costs, in seconds, for first looks and for further ones."""

    first: dict[str, float]
    further: dict[str, float]
    source: Document

    def findings(self, scan: Scan) -> tuple[Finding, ...]:
        """Everything that the detectors find, with what they share measured apart."""
        spent = self.first if scan.document is self.source else self.further
        document = scan.document
        shared: tuple[tuple[str, Callable[[], object]], ...] = (
            ("lines and folding", lambda: (document.keys, document.blank, document.running)),
            ("patterns", lambda: scan.hits),
            ("conditions of rules", lambda: (scan.rule_lines, scan.chrome, scan.protected)),
        )
        for name, work in shared:
            begin = clock()
            work()
            spent[name] += clock() - begin
        return super().findings(scan)

    def detect(self, kind: str, scan: Scan) -> tuple[Finding, ...]:
        """What one detector finds, timed."""
        begin = clock()
        found = super().detect(kind, scan)
        (self.first if scan.document is self.source else self.further)[f"detector {kind}"] += clock() - begin
        return found

    def found(self) -> float:
        """Seconds of all stages so far."""
        return sum(self.first.values()) + sum(self.further.values())


def stages(ruleset: Ruleset, files: Sequence[Path], folder: Path) -> dict[str, float]:
    """CPU seconds of each stage over all files."""
    cleaner = Stopwatch(ruleset)
    cleaner.first, cleaner.further = defaultdict(float), defaultdict(float)
    spent: dict[str, float] = defaultdict(float)
    for path in files:
        begin = clock()
        content = path.read_bytes()
        document = reader_for(path.name)(content, id=path.name, path=path.name)
        read = clock()
        before = cleaner.found()
        cleaner.source = document
        result = cleaner.clean(document)
        cleaned = clock()
        clean = result.text.encode()
        write_atomic(folder / path.name, clean)
        entry = document_entry(result, path=path.name, output=path.name, produced=fixity_of(clean), way="edits")
        with (folder / "ledger.jsonl").open("ab") as ledger:
            ledger.write(canonical(entry.to_json()) + b"\n")
        spent["read and decode"] += read - begin
        spent["decide and apply"] += cleaned - read - (cleaner.found() - before)
        spent["write and ledger"] += clock() - cleaned
    (folder / "ledger.jsonl").unlink()
    return {
        "read and decode": spent["read and decode"],
        **cleaner.first,
        **{f"further looks: {name}": seconds for name, seconds in cleaner.further.items()},
        "decide and apply": spent["decide and apply"],
        "write and ledger": spent["write and ledger"],
    }


def patterns_of(ruleset: Ruleset) -> list[tuple[str, str]]:
    """All patterns of some rules as they stand in rule files, plain forms escaped, each with its way of folding."""
    found: dict[tuple[str, str], None] = {}
    for rule in ruleset.rules:
        for _, match in matches_of(rule):
            for name, start, end in (
                ("equals", "^", "$"),
                ("starts", "^", ""),
                ("ends", "", "$"),
                ("contains", "", ""),
            ):
                for form in getattr(match, name):
                    found[start + re.escape(fold_plain(form, rule.fold)) + end, rule.fold] = None
            for pattern in match.regex:
                found[pattern, rule.fold] = None
    return list(found)


def bare_set(patterns: Sequence[tuple[str, str]], lines: Sequence[str]) -> tuple[float, int, int]:
    """CPU seconds of `re2.Set` over all lines, its compilation aside, lines for which its memory ran out, and how many sets.

    One set, unless it holds more than RE2 can compile; then twice as many, until each can.
    """
    parts = 1
    while (sets := _sets(patterns, parts)) is None:
        parts *= 2
    begin = clock()
    failed = sum(together.Match(line) is None for together in sets for line in lines)
    return clock() - begin, failed, parts


def _sets(patterns: Sequence[tuple[str, str]], parts: int) -> list[Any] | None:
    """So many sets that hold all patterns; None if one of them is too large."""
    import re2

    sets = []
    for part in range(parts):
        together = re2.Set.SearchSet(re2_options("loose", RE2_BUDGET_BYTES))
        for pattern, fold in patterns[part::parts]:
            together.Add(translate(pattern, fold))
        together.Add("")
        try:
            together.Compile()
        except re2.error:
            return None
        sets.append(together)
    return sets


def one_by_one(patterns: Sequence[tuple[str, str]], lines: Sequence[str]) -> tuple[float, int]:
    """CPU seconds of `re` over the lines, and how many patterns it does not take or does not come to an end with."""
    signal.signal(signal.SIGVTALRM, _give_up)
    seconds, without = 0.0, 0
    for pattern, fold in patterns:
        begin = clock()
        try:
            search = re.compile(_for_re(pattern), re.IGNORECASE if fold == "loose" else 0).search
            begin = clock()
            signal.setitimer(signal.ITIMER_VIRTUAL, RE_SECONDS)
            for line in lines:
                search(line)
        except (re.error, TimeoutError):
            without += 1
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        seconds += clock() - begin
    return seconds, without


def _give_up(number: int, frame: object) -> None:
    raise TimeoutError


_CLASSES = {
    "Han": "\u3400-\u4dbf\u4e00-\u9fff",
    "Hangul": "\uac00-\ud7a3",
    "L": "^\\W\\d_",
    "Lo": "^\\W\\d_",
    "Lu": "A-Z",
    "Ll": "a-z",
}


def _for_re(pattern: str) -> str:
    """A pattern of a rule file with what `re` does not know of RE2's language put in its own."""
    return re.sub(
        r"\\p\{(\w+)\}|\[[^]]*\]",
        lambda found: (
            f"[{_CLASSES[found[1]]}]"
            if found[1]
            else re.sub(r"\\p\{(\w+)\}", lambda inner: _CLASSES[inner[1]].replace("^\\W\\d_", "\\w"), found[0])
        ),
        pattern,
    )


def end_to_end(dump: Path, folder: Path, rules: Sequence[str]) -> float:
    """CPU seconds of one process of the program, from files to clean files and ledger."""
    options = (
        "--isolated",
        *rules,
        "--no-cache",
        "--jobs",
        "1",
        "--quiet",
        "--no-progress",
        "--exit-zero",
        "--out",
        str(folder),
    )
    return cpu_of([sys.executable, "-m", "scrubber", "clean", str(dump), *options])


def cpu_of(command: Sequence[str]) -> float:
    """CPU seconds of one process. Raises if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env=_environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _environment() -> dict[str, str]:
    """That of child processes: they take the package under measurement, and keep its bytecode as an installation does."""
    paths = os.pathsep.join((str(Path(__file__).resolve().parent.parent), os.environ.get("PYTHONPATH", "")))
    environment = os.environ | {"PYTHONPATH": paths}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def print_throughput(megabytes: float, folder: Path) -> None:
    """The tables for one dump: end to end, bare matching, stages."""
    dump, rules = folder / "dump", folder / "bench.toml"
    size = write_dump(dump, int(megabytes * MEGABYTE)) / MEGABYTE
    rules.write_text(rule_file(), encoding="utf-8")
    files = sorted(dump.rglob("*.txt"))
    documents = [Document(path.name, path.read_text(encoding="utf-8")) for path in files]
    lines = [key for document in documents for key in document.keys if key]
    sample = lines[: bisect_left(list(accumulate(map(len, lines))), SAMPLE_CHARS) + 1]
    scale = sum(len(line.encode()) for line in lines) / sum(len(line.encode()) for line in sample)
    print(f"{size:.1f} MB of text, {len(files):,} documents, {len(lines):,} lines that are not blank")
    for title, named, given in (("200 generated rules", [rules], ("--rules", str(rules))), ("bundled rules", [], ())):
        # One set after the other: a process shares what it knows of patterns that both have.
        ruleset = load_rules(named)
        patterns = patterns_of(ruleset)
        print(f"\n{title}: {len(ruleset.rules):,} rules, {len(patterns):,} patterns\n")
        whole = end_to_end(dump, folder / f"out {title}", given)
        many = len(patterns) > MANY_PATTERNS
        alone, failed, sets = bare_set(patterns, sample if many else lines)
        alone *= scale if many else 1
        each, refused = one_by_one(patterns, sample)
        each *= scale
        print(f"{'':44}{'CPU s':>9}{'MB/s':>9}{'of re2.Set':>12}")
        _print_row("end to end, one process", whole, size / whole, alone / whole)
        _print_row(
            f"bare re2.Set{f', {sets} sets' * (sets > 1)}, line by line{' (scaled)' * many}", alone, size / alone, 1.0
        )
        _print_row("bare re, one by one (scaled)", each, size / each, alone / each)
        if failed or refused:
            print(f"({failed:,} lines for which re2.Set ran out of memory; {refused:,} patterns that re gave up)")
        out = folder / f"stages {title}"
        out.mkdir()
        stages(ruleset, files[:20], out)
        spent = stages(ruleset, files, out)
        print(f"\n{'stage':44}{'CPU s':>9}{'ms/MB':>9}{'share':>12}")
        total = sum(spent.values())
        for name, seconds in spent.items():
            print(f"{name:44}{seconds:9.2f}{1000 * seconds / size:9.1f}{100 * seconds / total:11.1f}%")
        print(f"{'all stages':44}{total:9.2f}{1000 * total / size:9.1f}{100:11.1f}%")


def _print_row(name: str, seconds: float, speed: float, ratio: float) -> None:
    print(f"{name:44}{seconds:9.2f}{speed:9.2f}{ratio:12.2f}")


def print_linear(folder: Path, sizes: Sequence[float]) -> None:
    """End-to-end cost for dumps of several sizes, with both sets of rules."""
    rules = folder / "bench.toml"
    rules.write_text(rule_file(), encoding="utf-8")
    print(f"{'rules':24}{'MB':>8}{'CPU s':>10}{'s/MB':>10}")
    for megabytes in sizes:
        dump = folder / f"dump {megabytes}"
        size = write_dump(dump, int(megabytes * MEGABYTE)) / MEGABYTE
        for title, given in (("200 generated", ("--rules", str(rules))), ("bundled", ())):
            seconds = end_to_end(dump, folder / f"out {title} {megabytes}", given)
            print(f"{title:24}{size:8.1f}{seconds:10.2f}{seconds / size:10.3f}")


def print_startup(folder: Path, times: int) -> None:
    """CPU milliseconds of small commands, the median of several runs, what they are to importing what any program of
    this kind imports, and the heavy modules that each imports."""
    text = folder / "one.txt"
    text.write_text("A short text, which is clean and has one line.\n", encoding="utf-8")
    rules = folder / "two-hundred.toml"
    rules.write_text(rule_file(), encoding="utf-8")
    dump = folder / "changed"
    write_dump(dump, CHANGED_BYTES)
    five = [str(path) for path in sorted(dump.rglob("*.txt"))[:CHANGED_FILES]]
    program = ("-m", "scrubber")
    check = (*program, "check", "--isolated", "--quiet", "--exit-zero", "--jobs", "1")
    ruled = (*check, "--rules", str(rules))
    commands: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("python -c pass", ("-c", "pass")),
        (YARDSTICK, ("-c", "import typer, rich")),
        ("scrubber --version", (*program, "--version")),
        ("scrubber --help", (*program, "--help")),
        ("check one.txt", (*check, "--no-cache", str(text))),
        ("check one.txt again", (*check, str(text))),
        ("check 5 changed files, 200 rules", (*ruled, *five)),
        ("check 5 files, 200 rules, again", (*ruled, *five)),
        ("check 5 changed files", (*check, *five)),
        ("check 5 files again", (*check, *five)),
    )
    for _, arguments in commands:
        cpu_of([sys.executable, *arguments])  # bytecode, loaded rules, and results where they are kept
    spent: dict[str, list[float]] = {name: [] for name, _ in commands}
    for turn in range(times):  # in turn, so that what else the machine does meets all of them
        for name, arguments in commands:
            if "changed" in name:
                for path in five:
                    Path(path).write_text(f"{Path(path).read_text('utf-8')}Line {turn} for {name}.\n", "utf-8")
            spent[name].append(cpu_of([sys.executable, *arguments]))
    usual = statistics.median(spent[YARDSTICK])
    print(f"{'command':34}{'CPU ms':>8}{'times':>8}  heavy modules")
    for name, arguments in commands:
        middle = statistics.median(spent[name])
        heavy = ", ".join(_heavy(arguments)) or "none"
        print(f"{name:34}{1000 * middle:8.0f}{middle / usual:8.2f}  {heavy}")


def _heavy(arguments: Sequence[str]) -> list[str]:
    """Modules of `HEAVY` that a command imports."""
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        check=True, capture_output=True, text=True, env=_environment(),
    )  # fmt: skip
    imported = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if line.startswith("import time:")}
    return [module for module in HEAVY if module in imported]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=float, default=5, help="megabytes of text (default: 5)")
    parser.add_argument("--linear", action="store_true", help="end to end for 1, 10 and 100 MB, and nothing else")
    parser.add_argument("--startup", action="store_true", help="start-up, and nothing else")
    parser.add_argument("--starts", type=int, default=STARTS, help=f"runs of each small command (default: {STARTS})")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="scrubber-speed-") as name:
        folder = Path(name)
        if options.linear:
            scale = options.size / parser.get_default("size")
            print_linear(folder, [size * scale for size in LINEAR_MEGABYTES])
            return
        if not options.startup:
            print_throughput(options.size, folder)
            print()
        print_startup(folder, options.starts)


if __name__ == "__main__":
    main()
