"""Lost main content and left boilerplate on hand-labelled dumps.

    python benchmarks/labelled.py [FOLDER ...] [--profile standard] [--rules NAME ...] [--lines]

A folder holds NAME.txt with NAME.labels.tsv (line, label, kind). Labels: `keep` must stay, exactly once with its
copies; `copy` names its twin in `kind`; `drop` must go; `meta` and `blank` are not scored. Without a folder the
repository's own labelled texts are scored: `dev` (rules are written with it) and `validation` (rules are judged by it;
whoever writes rules does not look at it).
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass, field
from pathlib import Path

from scrubber.api import cleaner
from scrubber.model import CleanResult, Document

HERE = Path(__file__).resolve().parent
OWN_FOLDERS = tuple(HERE.parent / "tests" / "labelled" / name for name in ("dev", "validation"))


@dataclass
class Score:
    """Counts of lines, for one document or summed over several."""

    keep: int = 0
    lost: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    drop: int = 0
    left: list[int] = field(default_factory=list)


def read_labels(path: Path) -> list[tuple[str, str]]:
    """Label and kind of each line."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(row["label"], row["kind"] or "") for row in rows]


def stays(result: CleanResult) -> list[bool]:
    """For each line of the original whether any of it is left."""
    flags: list[bool] = []
    edits = [edit for edit in result.plan.edits if not edit.replacement.strip()]
    place = 0
    for start, stop, _ in result.document.bounds:
        while place < len(edits) and edits[place].span.end <= start:
            place += 1
        covered = place < len(edits) and edits[place].span.start <= start and edits[place].span.end >= stop
        flags.append(not covered)
    return flags


def score(result: CleanResult, labels: list[tuple[str, str]]) -> Score:
    """Compare one result with the labels of its lines."""
    found = Score()
    flags = stays(result)
    groups = {number: [number] for number, (label, _) in enumerate(labels, 1) if label == "keep"}
    for number, (label, kind) in enumerate(labels, 1):
        if label == "copy":
            groups[int(kind)].append(number)
        elif label == "drop":
            found.drop += 1
            if flags[number - 1]:
                found.left.append(number)
    for number, members in groups.items():
        found.keep += 1
        count = sum(flags[member - 1] for member in members)
        if count == 0:
            found.lost.append(number)
        elif count > 1:
            found.twice.append(number)
    return found


def main() -> None:
    """Print a row for each document and the sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--profile", default="standard")
    parser.add_argument("--rules", action="append")
    parser.add_argument("--lines", action="store_true", help="show the lines that were lost, left or kept twice")
    parser.add_argument("--only", default="", help="documents whose name holds this")
    arguments = parser.parse_args()
    scrub = cleaner(arguments.rules, profile=arguments.profile)
    for folder in arguments.folders or OWN_FOLDERS:
        total = Score()
        for path in sorted(folder.glob("*.txt")):
            if arguments.only not in path.name:
                continue
            labels = read_labels(path.with_suffix("").with_suffix(".labels.tsv"))
            text = path.read_bytes().decode("utf-8")
            result = scrub.clean(Document(path.name, text))
            one = score(result, labels)
            print(
                f"{path.stem:40} lost {len(one.lost):3}/{one.keep:<4} twice {len(one.twice):3} "
                f"left {len(one.left):3}/{one.drop:<4} {result.plan.note}"
            )
            if arguments.lines:
                why = {
                    index: edit.rules
                    for edit in result.plan.edits
                    for index in range(
                        result.document.lines_of(edit.span)[0], result.document.lines_of(edit.span)[1] + 1
                    )
                }
                for word, numbers in (("LOST", one.lost), ("TWICE", one.twice), ("LEFT", one.left)):
                    for number in numbers:
                        rules = " ".join(why.get(number - 1, ())) if word == "LOST" else ""
                        print(f"    {word} {number}: {result.document.line_texts[number - 1][:90]} {rules}")
            total.keep += one.keep
            total.drop += one.drop
            total.lost += one.lost
            total.left += one.left
            total.twice += one.twice
        print(
            f"== {folder.name}: lost {len(total.lost)} of {total.keep}, kept twice {len(total.twice)}, "
            f"left {len(total.left)} of {total.drop} ({1000 * len(total.left) // max(1, total.drop) / 10} %)"
        )


if __name__ == "__main__":
    main()
