"""Train the block model behind `statistic` rules on pages: which blocks of a page are main text.

    pip install "lightgbm>=4.7"
    python benchmarks/train_blocks.py [--corpus FOLDER] [--validate] [--keep FOLDER]    # writes scrubber/detect/block_model.json

Pages are those of `corpus/extraction` below FOLDER (default: SCRUBBER_CORPUS, else ../shared), with the main text that
people marked; a block's label comes from aligning it with that (`block_labels.py`). Pages are parted into folds by site
first, and each is judged by trees that saw no page of its site: that sets the thresholds, and the report gives token F1 of
the model alone by language and set. `--validate` ends there; `--keep` leaves the models of the folds for `extraction.py`.

A block counts by the square root of its tokens, a page as any other of its set. Boosting is that of LightGBM, with one
thread and fixed seeds; its thresholds and leaves are rounded to whole numbers.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import lightgbm
import numpy as np

from block_labels import labels_of
from extraction_pages import LabelledPage, corpus_folder, labelled_pages, score_of, site_of, table_of
from scrubber.detect.block_features import FEATURES, BlockRows, block_features, block_texts
from scrubber.detect.block_forest import LEAF_UNIT, UNIT, BlockModel, model_of
from scrubber.detect.block_opinion import PageOpinion
from scrubber.model.finding import Confidence
from scrubber.read.html import read

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "scrubber" / "detect" / "block_model.json"

ROUNDS = 300
#: What boosting is told.
BOOSTING = {
    "objective": "binary", "num_leaves": 31, "learning_rate": 0.05, "min_data_in_leaf": 100, "lambda_l2": 5,
    "feature_fraction": 0.2, "bagging_fraction": 0.7, "bagging_freq": 1, "max_bin": 63, "seed": 1, "num_threads": 1,
    "deterministic": True, "force_col_wise": True, "verbose": -1,
}  # fmt: skip
FOLDS = 3
#: Pages are learnt from if their blocks hold so much of the marked text.
LEAST_COVERED = 0.5
#: Pages of large sets count less.
SET_WEIGHTS = {"cleaneval": 0.6, "l3s_gn1": 0.7, "dragnet": 0.7, "wcxb": 0.77}
#: Main tokens that a confidence may cost, of all and of a mean page.
MOST_LOST = {"certain": 0.0015, "likely": 0.010}


@dataclass(frozen=True)
class Example:
    """A page with its rows and labels, and the site that no fold may split."""

    page: LabelledPage
    site: str
    texts: tuple[str, ...]
    found: BlockRows
    labels: Any
    covered: float

    @property
    def tokens(self) -> Any:
        """Tokens of each block, as an array."""
        return np.array(self.found.tokens, dtype=np.float64)

    @property
    def weights(self) -> Any:
        """How much each block counts in training."""
        if self.covered < LEAST_COVERED:
            return np.zeros(len(self.texts))
        own = np.sqrt(self.tokens + 1)
        return own / own.sum() * SET_WEIGHTS.get(self.page.dataset, 1.0)


def examples(pages: Sequence[LabelledPage]) -> list[Example]:
    """The pages that have any text."""
    found: list[Example] = []
    for page in pages:
        document = read(page.data, id=page.id, path="page.html", undecodable="replace")
        if not document.markup:
            continue
        texts = block_texts(document)
        labels, covered = labels_of(texts, page.gold)
        found.append(Example(page, site_of(page), tuple(texts), block_features(document), np.array(labels), covered))
    return found


def train(told: Sequence[Example]) -> Any:
    """The boosted trees of some pages."""
    rows = np.concatenate([example.found.rows for example in told]).astype(np.float32)
    labels = np.concatenate([example.labels for example in told])
    weights = np.concatenate([example.weights for example in told])
    return lightgbm.train(BOOSTING, lightgbm.Dataset(rows, labels, weight=weights / weights.mean()), ROUNDS)


def trees_of(booster: Any) -> list[list[list[int]]]:
    """The trees as `block_forest.Tree` has them: features, thresholds, leaves on the left side, and leaves."""
    return [_flat(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]


def _flat(root: dict[str, Any]) -> list[list[int]]:
    features: list[int] = []
    thresholds: list[int] = []
    left: list[int] = []
    leaves: list[int] = []

    def add(node: dict[str, Any]) -> int:
        if "leaf_value" in node:
            leaves.append(round(node["leaf_value"] * LEAF_UNIT))
            return 1 << (len(leaves) - 1)
        place = len(features)
        features.append(node["split_feature"])
        thresholds.append(math.floor(node["threshold"]))
        left.append(0)
        left[place] = add(node["left_child"])
        return left[place] | add(node["right_child"])

    add(root)
    return [features, thresholds, left, leaves]


def record_of(booster: Any, told: Sequence[Example], thresholds: dict[str, int]) -> dict[str, Any]:
    """What `block_model.json` holds."""
    rows = np.concatenate([example.found.rows for example in told]).astype(np.float64)
    return {
        "version": f"blocks-1 ({len(told)} pages)",
        "features": list(FEATURES),
        "trees": trees_of(booster),
        "odds": [round(65536 / (1 + math.exp(-(step / 16 - 8)))) for step in range(257)],
        **thresholds,
        "reading": reading(booster, rows),
        "means": np.rint(rows.mean(0)).astype(int).tolist(),
    }


def reading(booster: Any, rows: Any) -> list[int]:
    """Weights of the linear model that comes closest to the trees' answers (ridge regression)."""
    rows = rows[::4]
    answers = np.clip(booster.predict(rows, raw_score=True, num_threads=1), -6, 6)
    spread = np.maximum(rows.std(0), 0.05)
    scaled = (rows - rows.mean(0)) / spread
    square = scaled.T @ scaled + 0.01 * len(rows) * np.eye(rows.shape[1])
    weights = np.linalg.solve(square, scaled.T @ (answers - answers.mean()))
    return np.rint(weights / spread * 65536).astype(int).tolist()  # type: ignore[no-any-return]


def fold_of(site: str) -> int:
    """The fold of a site."""
    return zlib.crc32(f"f{site}".encode()) % FOLDS


Judged = list[tuple[Example, list[int]]]


def thresholds_of(found: Judged) -> dict[str, int]:
    """The highest log-odds for each confidence at which no more main text is lost than may be."""
    return {
        name: max((odds for odds in range(-1800, 1, 20) if max(lost(found, odds)) <= most), default=-1800)
        for name, most in MOST_LOST.items()
    }


def lost(found: Judged, threshold: int) -> tuple[float, float]:
    """Main tokens below a threshold: of all, and of a mean page. The title and what is dated is spared."""
    costs = [
        (float((example.tokens * example.labels * (np.array(odds) < threshold) * ~np.array(example.found.spared)).sum()),
         float((example.tokens * example.labels).sum()))
        for example, odds in found
    ]  # fmt: skip
    whole = sum(main for _, main in costs)
    return sum(gone for gone, _ in costs) / max(1.0, whole), float(
        np.mean([gone / main for gone, main in costs if main])
    )


def report(found: Judged, thresholds: dict[str, int], model: BlockModel) -> None:
    """What each confidence costs and brings, and token F1 of what stays at each."""
    for name, threshold in thresholds.items():
        cost, mean = lost(found, threshold)
        gone = sum(
            float((example.tokens * (1 - example.labels) * (np.array(odds) < threshold)).sum())
            for example, odds in found
        )
        junk = sum(float((example.tokens * (1 - example.labels)).sum()) for example, _ in found)
        print(
            f"{name:8} below {threshold:6}: main tokens lost {cost:.2%}, of a mean page {mean:.2%}; other tokens gone {gone / junk:.1%}"
        )
    for least in (Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE):
        scored = []
        for example, odds in found:
            opinion = PageOpinion(model, example.found, odds)
            kept = [
                text
                for text, goes in zip(example.texts, opinion.confidences, strict=True)
                if goes is None or goes < least
            ]
            scored.append((example.page, score_of(example.page.gold, "\n".join(kept))))
        print(f"model alone, {least.word:9}", {name: round(value, 4) for name, value in table_of(scored).items()})
        if least is Confidence.POSSIBLE:
            sets = sorted({page.dataset for page, _ in scored})
            print(
                {
                    one: round(float(np.mean([score.f1 for page, score in scored if page.dataset == one])), 3)
                    for one in sets
                }
            )


def main() -> None:
    """Train and write the model, or validate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", help="folder that holds corpus/extraction")
    parser.add_argument("--validate", action="store_true", help="judge by folds of sites; write no model")
    parser.add_argument("--keep", type=Path, help="a folder for the models of the folds")
    parser.add_argument("--to", type=Path, default=TARGET)
    options = parser.parse_args()
    told = examples(list(labelled_pages(corpus_folder(options.corpus))))
    found: Judged = []
    records: list[dict[str, Any]] = []
    nothing = {"certain": 0, "likely": 0}
    for fold in range(FOLDS):
        learnt = [example for example in told if fold_of(example.site) != fold]
        records.append(record_of(train(learnt), learnt, nothing))
        model = model_of(records[-1], FEATURES)
        found += [(example, model.log_odds(example.found.rows)) for example in told if fold_of(example.site) == fold]
        print(f"fold {fold}: {len(learnt)} pages learnt", file=sys.stderr, flush=True)
    thresholds = thresholds_of([(example, odds) for example, odds in found if example.covered >= LEAST_COVERED])
    report(found, thresholds, model_of({**records[0], **thresholds}, FEATURES))
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        sites = {example.site: fold_of(example.site) for example in told}
        (options.keep / "folds.json").write_text(json.dumps(sites), encoding="utf-8")
        for fold, record in enumerate(records):
            (options.keep / f"model-{fold}.json").write_text(_written({**record, **thresholds}), encoding="ascii")
    if options.validate:
        return
    booster = train(told)
    record = record_of(booster, told, thresholds)
    model = model_of(record, FEATURES)
    rows = np.concatenate([example.found.rows for example in told[::20]])
    apart = np.abs(np.array(model.log_odds(rows)) - booster.predict(rows, raw_score=True, num_threads=1) * UNIT)
    print(f"whole numbers and ordinary ones differ by {apart.max():.2f} 256ths at most")
    options.to.write_text(_written(record), encoding="ascii")
    print(f"{options.to.name}: {options.to.stat().st_size:,} bytes")


def _written(record: dict[str, Any]) -> str:
    return json.dumps(record, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    main()
