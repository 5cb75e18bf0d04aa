"""Main text of pages: how close each profile of scrubber comes to what people marked, and how close others come.

    python benchmarks/extraction.py [--corpus FOLDER] [--pages 20] [--peers PEERS/bin/python] [--model FOLDS]

Pages are those of `corpus/extraction` below FOLDER (default: SCRUBBER_CORPUS, else ../shared), all of them or so many of
each set. The measure is token F1 (`extraction_pages.py`), as a mean over pages: P and R are precision and recall, `lost` is
the share of pages with a recall under .5, `junk` of those with a precision under .7. The whole program is measured: reader,
rules, models, guards; pages a second are CPU seconds of one process, pages that were seen once before counted out.

The shipped models have learnt from the development half, so figures on it flatter. `--model FOLDS` takes models that
`train_blocks.py --validate --keep FOLDS` left: each page is then cleaned with the one that saw no page of its site.

`--peers` runs `extraction_peers.py` with another interpreter over the same pages. It gets them decoded as we did it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from extraction_pages import LabelledPage, Score, corpus_folder, labelled_pages, score_of, site_of, table_of
from scrubber.api import cleaner
from scrubber.detect import block_opinion
from scrubber.detect.block_features import FEATURES
from scrubber.detect.block_forest import BlockModel, model_of
from scrubber.engine.guards import PROFILES
from scrubber.model import Document
from scrubber.read.html import read
from scrubber.text.decode import decode

_COLUMNS = ("P", "R", "F1", "zh", "en", "other", "lost", "junk", "lost zh", "junk zh")
Scored = list[tuple[LabelledPage, Score]]


def document_of(page: LabelledPage) -> Document:
    """A page as the reader gives it."""
    return read(page.data, id=page.id, path="page.html", undecodable="replace")


def fold_models(folder: Path) -> tuple[dict[str, int], list[BlockModel]]:
    """The fold of each site, and the model that did not see it."""
    folds = json.loads((folder / "folds.json").read_text(encoding="utf-8"))
    files = sorted(folder.glob("model-*.json"))
    return folds, [model_of(json.loads(file.read_text(encoding="ascii")), FEATURES) for file in files]


def model_alone(pages: Sequence[LabelledPage], folds: Path | None) -> tuple[Scored, float]:
    """The same for what the block model leaves by itself, guesses applied: no rule, no guard."""
    scored: Scored = []
    spent = 0.0
    for number, page in enumerate(_with_models(pages, folds)):
        if number < _WARM:
            block_opinion.block_opinion(document_of(page))
        start = time.process_time()
        document = document_of(page)
        opinion = block_opinion.block_opinion(document)
        kept = (
            [
                document.line_texts[index]
                for index, goes in zip(opinion.indexes, opinion.confidences, strict=True)
                if goes is None
            ]
            if opinion is not None
            else document.line_texts
        )
        text = "\n".join(kept)
        spent += time.process_time() - start
        scored.append((page, score_of(page.gold, text)))
    return scored, spent / max(1, len(pages))


def _with_models(pages: Sequence[LabelledPage], folds: Path | None) -> Iterator[LabelledPage]:
    """The pages, each while the model that did not see its site is in place."""
    sites, models = fold_models(folds) if folds else ({}, [])
    for page in pages:
        if models:
            fold = sites.get(site_of(page), 0)
            block_opinion.block_model = lambda fold=fold: models[fold]  # type: ignore[misc]
        yield page


def ours(pages: Sequence[LabelledPage], profile: str, folds: Path | None) -> tuple[Scored, float]:
    """Scores of one profile, and CPU seconds a page."""
    clean = cleaner(profile=profile).clean
    scored: Scored = []
    spent = 0.0
    for number, page in enumerate(_with_models(pages, folds)):
        if number < _WARM:
            clean(document_of(page))
        start = time.process_time()
        text = clean(document_of(page)).text
        spent += time.process_time() - start
        scored.append((page, score_of(page.gold, text)))
    return scored, spent / max(1, len(pages))


#: The first pages also pay for patterns that are compiled when they are first needed: they are cleaned twice.
_WARM = 40


def reader_alone(pages: Sequence[LabelledPage]) -> tuple[Scored, float]:
    """The same for all that the reader gives."""
    start = time.process_time()
    texts = [document_of(page).text for page in pages]
    spent = time.process_time() - start
    return [(page, score_of(page.gold, text)) for page, text in zip(pages, texts, strict=True)], spent / max(
        1, len(pages)
    )


def of_peers(
    pages: Sequence[LabelledPage], interpreter: str
) -> tuple[dict[str, tuple[Scored, float]], Mapping[str, str]]:
    """Scores and CPU seconds a page of other extractors, and their versions."""
    script = Path(__file__).resolve().parent / "extraction_peers.py"
    asked = "".join(
        json.dumps({"id": page.id, "html": decode(page.data).text if _is_clear(page.data) else _replaced(page.data)})
        + "\n"
        for page in pages
    )
    answer = subprocess.run(
        [interpreter, str(script)], input=asked, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True,
        env={**os.environ, "PYTHONPATH": "", "OMP_NUM_THREADS": "1"},
    ).stdout.splitlines()  # fmt: skip
    by_id = {page.id: page for page in pages}
    found: dict[str, list[tuple[LabelledPage, Score, float]]] = {}
    for line in answer[1:]:
        row = json.loads(line)
        page = by_id[row["id"]]
        found.setdefault(row["tool"], []).append((page, score_of(page.gold, row["text"]), row["seconds"]))
    tables = {
        tool: ([(page, score) for page, score, _ in rows], sum(seconds for *_, seconds in rows) / len(rows))
        for tool, rows in found.items()
    }
    return tables, json.loads(answer[0])["versions"]


def _is_clear(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _replaced(data: bytes) -> str:
    """A page in another encoding, decoded as our reader does it."""
    encoding = read(data, id="page", path="page.html", undecodable="replace").origin.encoding
    return data.decode(encoding.partition("+")[0], "replace")


def print_tables(tables: Mapping[str, tuple[Scored, float]]) -> None:
    """Means over all pages, and F1 by set, as Markdown."""
    slowest = tables.get("trafilatura", ([], 0.0))[1]
    print(f"\n| | {' | '.join(_COLUMNS)} | pages/s | x trafilatura |")
    print("|---|" + "---|" * (len(_COLUMNS) + 2))
    for name, (scored, seconds) in tables.items():
        means = table_of(scored)
        cells = [_shown(column, means.get(column)) for column in _COLUMNS]
        speed = f"{1 / seconds:.0f}" if seconds else ""
        ratio = f"{slowest / seconds:.1f}" if slowest and seconds else ""
        print(f"| {name} | {' | '.join(cells)} | {speed} | {ratio} |")
    sets = sorted({page.dataset for scored, _ in tables.values() for page, _ in scored})
    print(f"\n| F1 by set | {' | '.join(sets)} |")
    print("|---|" + "---|" * len(sets))
    for name, (scored, _) in tables.items():
        cells = []
        for dataset in sets:
            values = [score.f1 for page, score in scored if page.dataset == dataset]
            cells.append(f"{sum(values) / len(values):.3f}" if values else "")
        print(f"| {name} | {' | '.join(cells)} |")


def _shown(column: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{100 * value:.1f} %" if column.startswith(("lost", "junk")) else f"{value:.3f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", help="folder that holds corpus/extraction")
    parser.add_argument("--pages", type=int, help="pages of each set; all of them without it")
    parser.add_argument("--peers", help="a Python interpreter that has other extractors installed")
    parser.add_argument("--model", type=Path, help="folder of models by fold of sites")
    parser.add_argument("--profile", nargs="*", default=list(PROFILES), choices=list(PROFILES))
    options = parser.parse_args()
    pages = list(labelled_pages(corpus_folder(options.corpus), options.pages))
    print(f"{len(pages)} pages, {sum(len(page.data) for page in pages) / 1e6:.1f} MB; Python {sys.version.split()[0]}")
    tables: dict[str, tuple[Scored, float]] = {"reader alone": reader_alone(pages)}
    tables["reader and block model"] = model_alone(pages, options.model)
    for profile in options.profile:
        tables[f"scrubber {profile}"] = ours(pages, profile, options.model)
        print(f"{profile}: done", file=sys.stderr)
    if options.peers:
        found, versions = of_peers(pages, options.peers)
        tables.update(found)
        print(", ".join(f"{name} {version}" for name, version in versions.items()))
    print_tables(tables)


if __name__ == "__main__":
    main()
