"""What a look at the whole dump brings where a site has many pages: lines removed with and without it, rightly or not.

Pages of `corpus/textdump` below SCRUBBER_CORPUS (else ../shared) whose set holds many pages of few sites, as a naive
scraper keeps them, with a label for each line. Each site is a folder. Precision is the share of removed lines that are
boilerplate, recall the share of boilerplate lines that are removed; lost is the share of main lines that are.

    python benchmarks/templates.py [--profile standard] [--sets zh_163 cleanportaleval]

"alone" is a page for itself; "template" adds a rule of kind `template`, which sees the pages of the site. "learn" adds the
rules that `scrubber learn` writes from every other page of each site, with `action = "remove"`, and is measured on the
pages that it did not see; the rows marked "unseen half" are of these pages alone. With the bundled rules it writes what these
do not take. Without them ("no rules") the figures are those of template and learn by themselves.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from statistic_pages import Page, corpus_folder, dumped_pages
from textdump import left_by

HERE = Path(__file__).resolve().parent
SETS = ("zh_163", "cleanportaleval")
#: The name of a page without its number: `bbc.co.uk_news_01` is of `bbc.co.uk_news`.
_NUMBER = re.compile(r"[-_]?\d+(?:\.html?)?$")
TEMPLATE = """[ruleset]
name        = "frames"
version     = "1.0.0"
description = "What the pages of a folder share"

[[rule]]
id     = "frame"
kind   = "template"
title  = "Frame of the site"
why    = "Most pages of the folder have these lines."
action = "remove"
params = {{ min-documents = {least} }}
"""
#: Rule sets that are in force without `--rules`.
BUNDLED = ("core", "de", "en", "es", "fr", "it", "ja", "ko", "pt", "ru", "zh")


@dataclass(frozen=True, slots=True)
class Removed:
    """Lines of some pages: boilerplate that went and that stayed, main text that went and that stayed."""

    right: int
    left: int
    wrong: int
    kept: int

    def row(self, name: str) -> str:
        """One line of a table in Markdown."""
        gone = self.right + self.wrong
        precision = self.right / gone if gone else 1.0
        recall = self.right / max(1, self.right + self.left)
        lost = self.wrong / max(1, self.wrong + self.kept)
        return f"| {name} | {precision:.3f} | {recall:.3f} | {lost:.2%} |"


def site_of(page: Page) -> str:
    """The site of a page by its name: what stands before its number."""
    return _NUMBER.sub("", page.id.partition("/")[2]) or page.dataset


def run(arguments: Sequence[str | Path]) -> None:
    """One call of the program; ends this one where that fails."""
    done = subprocess.run([sys.executable, "-m", "scrubber", *map(str, arguments)], cwd=HERE.parent, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"scrubber {arguments[0]} failed: exit code {done.returncode}.")


def write_pages(folder: Path, pages: Iterable[tuple[int, Page]]) -> None:
    """A file of JSON Lines for each site, which is a group of its own."""
    sites = defaultdict(list)
    for number, page in pages:
        sites[site_of(page)].append({"id": str(number), "text": "\n".join(page.lines) + "\n"})
    folder.mkdir()
    for site, records in sorted(sites.items()):
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (folder / f"{site}.jsonl").write_text(lines, encoding="utf-8")


def removed(pages: Sequence[Page], source: Path, rules: Sequence[str | Path], options: Sequence[str]) -> Removed:
    """What cleaning a folder of pages takes with some rules."""
    with tempfile.TemporaryDirectory() as name:
        ledger = Path(name) / "ledger.jsonl"
        chosen = [part for path in rules for part in ("--rules", path)]
        run(
            ["clean", source, "--out", Path(name) / "out", "--ledger", ledger, "--isolated", "--jobs", "1", "-q",
             "--exit-zero", *options, *chosen]
        )  # fmt: skip
        counts = [0, 0, 0, 0]
        with ledger.open(encoding="utf-8") as stream:
            for entry in map(json.loads, stream):
                if "edits" not in entry:
                    continue
                page = pages[int(entry["id"].rpartition("#")[2])]
                for stays, label, line in zip(
                    left_by(page.lines, entry["edits"]), page.labels, page.lines, strict=True
                ):
                    if line.strip():
                        counts[2 * label + stays] += 1
    return Removed(*counts)


def learned(source: Path, target: Path, least: int, options: Sequence[str]) -> list[Path]:
    """The rules that `learn` writes from some pages, made to remove; nothing where there is none."""
    run(["learn", source, "--isolated", "--out", target, "--min-documents", str(least), "-q", "--jobs", "1", *options])
    if target.exists():
        text = target.read_text(encoding="utf-8")
        target.write_text(re.sub(r'^action( *)= "flag"$', r'action\1= "remove"', text, flags=re.M), encoding="utf-8")
    return [target] if target.exists() else []


def main() -> None:
    """Print a table in Markdown for each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="the labelled pages")
    parser.add_argument("--profile", default="standard")
    parser.add_argument("--sets", nargs="+", default=SETS)
    parser.add_argument("--min-documents", type=int, default=4, help="fewest pages of a site that share a line")
    options = parser.parse_args()
    every = dumped_pages(corpus_folder(options.folder))
    for name in options.sets:
        pages = [page for page in every if page.dataset == name]
        numbered = list(enumerate(pages))
        sites = sorted({site_of(page) for page in pages})
        print(f"\n{name}: {len(pages)} pages of {len(sites)} sites, profile {options.profile}\n")
        print("| rules | precision | recall | main lines lost |\n|---|---|---|---|")
        with tempfile.TemporaryDirectory() as place:
            root = Path(place)
            frames = root / "frames.toml"
            frames.write_text(TEMPLATE.format(least=options.min_documents), encoding="utf-8")
            write_pages(root / "all", numbered)
            write_pages(root / "seen", numbered[::2])
            write_pages(root / "unseen", numbered[1::2])
            for title, base, none in (("bundled rules", BUNDLED, []), ("no rules", (), ["--ignore", "*"])):
                own = learned(root / "seen", root / f"learned{len(base)}.toml", options.min_documents, none)
                for label, source, more in (
                    ("alone", "all", []), ("template", "all", [frames]),
                    ("alone, unseen half", "unseen", []), ("learn, unseen half", "unseen", own),
                ):  # fmt: skip
                    rules = [*base, *more]
                    if rules:
                        found = removed(pages, root / source, rules, ["--profile", options.profile])
                        print(found.row(f"{title}, {label}"), flush=True)


if __name__ == "__main__":
    main()
