"""Train the line model behind `statistic` rules: which lines of a dumped page are main text.

    pip install "torch>=2.2" numpy
    python benchmarks/train_statistic.py [FOLDER] [--validate] [--jobs 2]    # writes scrubber/detect/line_model.json
    python benchmarks/train_statistic.py [FOLDER] --validate --folds OUT     # writes the folds' models, for textdump.py

FOLDER holds `NAME.dev.jsonl.gz` files: pages as a naive scraper keeps them, with a label for each line (default:
`corpus/textdump` below SCRUBBER_CORPUS, else below ../shared). The labelled texts of this repository
(`tests/labelled/dev`) are learnt from as well; `tests/labelled/validation` is not.

Two families of networks are trained, one from the dumped pages alone, one from the repository's texts too, and two
looks (`two_looks.py`), from the dumped pages. Each page is told in several forms (`statistic_pages.py`), because real
dumps lose lines, hold the body twice, or have been cleaned before; one form of each page is shown in each epoch. With
`--validate` no model is shipped: the pages are parted into folds by site, so that each is scored by a model that saw
no page of its site, and the report says what would be kept. Seeds are fixed; torch promises equal weights only on
equal hardware and version.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from scrubber.detect import second_look
from scrubber.detect.line_features import FEATURES
from scrubber.detect.line_model import INPUT_BITS, UNIT, WEIGHT_BITS, model_of
from statistic_pages import FORMS, Telling, corpus_folder, dumped_pages, own_pages, sites, tellings
from statistic_report import judged, report, thresholds
from two_looks import FORMS as LOOKED_AT
from two_looks import ODDS, Linear, Looks, train_looks

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "scrubber" / "detect" / "line_model.json"

WIDTH = 32
DILATIONS = (1, 2, 4, 8, 16)
#: So many networks from the dumped pages alone, and as many from the repository's texts as well.
NETWORKS = 1
EPOCHS = 16
PAGES_A_STEP = 8
DROPPED = 0.3
FOLDS = 4
#: How often a page is shown in each of its forms.
SHARES = {"whole": 58, "bare": 18, "after rules": 10, "main": 5, "doubled": 4, "spoiled": 5}
#: The same where networks see no text of our own.
DUMPED_SHARES = {"whole": 70, "bare": 15, "after rules": 5, "main": 3, "doubled": 3, "spoiled": 4}
#: The repository's own texts hold much that its rules were written for: they are mostly shown without rules.
OWN_SHARES = {"whole": 20, "bare": 50, "after rules": 10, "main": 10, "doubled": 10, "spoiled": 0}


class Net(nn.Module):
    """The network of `line_model.py` with ordinary numbers."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.entrance = nn.Linear(features, WIDTH)
        self.of_lines = nn.ModuleList(nn.Linear(3 * WIDTH, WIDTH) for _ in DILATIONS)
        self.of_those = nn.ModuleList(nn.Linear(2 * WIDTH, WIDTH) for _ in DILATIONS)
        self.exit = nn.Linear(WIDTH, 1)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        state = functional.relu(self.entrance(functional.dropout(rows, DROPPED / 2, self.training)))
        for reach, of_lines, of_those in zip(DILATIONS, self.of_lines, self.of_those, strict=True):
            padded = functional.pad(state, (0, 0, reach, reach))
            triples = torch.cat([padded[: len(state)], state, padded[2 * reach :]], 1)
            seen = functional.relu(of_lines(triples))
            mean = state.mean(0, keepdim=True).expand_as(state)
            added = functional.relu(of_those(torch.cat([seen, mean], 1)))
            state = state + functional.dropout(added, DROPPED, self.training)
        return self.exit(state)[:, 0]


class Material:
    """The tellings as arrays, and what features are divided by."""

    def __init__(self, told: Sequence[Telling], own: set[int]) -> None:
        self.told = told
        self.own = own
        self.by_page: dict[int, dict[str, int]] = {}
        for number, telling in enumerate(told):
            self.by_page.setdefault(telling.page, {})[telling.form] = number
        self.rows = [np.array(telling.rows, dtype=np.float32) for telling in told]
        self.labels = [torch.tensor(telling.labels, dtype=torch.float32) for telling in told]
        self.weights = [torch.tensor(_weights(telling), dtype=torch.float32) for telling in told]
        whole = np.concatenate([rows for rows, telling in zip(self.rows, told, strict=True) if telling.form == "whole"])
        self.means = np.rint(whole.mean(0))
        self.spread = np.maximum(whole.std(0), 0.05)
        self.lowest = np.floor(np.maximum(whole.min(0), self.means - 5 * self.spread))
        self.highest = np.ceil(np.minimum(whole.max(0), self.means + 5 * self.spread))
        self.inputs = [
            torch.from_numpy((np.clip(rows, self.lowest, self.highest) - self.means) / self.spread).float()
            for rows in self.rows
        ]


def _weights(telling: Telling) -> np.ndarray:
    """Half: every line of a page the same, long ones a little more; half: the line's share of the page's characters."""
    lengths = np.array(telling.lengths, dtype=float)
    one = 1 + np.sqrt(lengths) / 5
    return 0.5 * one / one.sum() + 0.5 * lengths / max(1.0, lengths.sum())


def train(material: Material, pages: Sequence[int], seed: int) -> Net:
    """One network, from the pages with these numbers."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    source = np.random.default_rng(seed)
    net = Net(len(FEATURES))
    optimiser = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=1e-4)
    steps = EPOCHS * math.ceil(len(pages) / PAGES_A_STEP)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, steps)
    dumped = SHARES if material.own.intersection(pages) else DUMPED_SHARES
    for _ in range(EPOCHS):
        order = source.permutation(np.array(pages))
        for start in range(0, len(order), PAGES_A_STEP):
            optimiser.zero_grad()
            for page in order[start : start + PAGES_A_STEP].tolist():
                number = _form(material, page, OWN_SHARES if page in material.own else dumped, source)
                loss = functional.binary_cross_entropy_with_logits(
                    net(material.inputs[number]), material.labels[number], weight=material.weights[number],
                    reduction="sum",
                )  # fmt: skip
                (loss / PAGES_A_STEP).backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            schedule.step()
    return net.eval()


def _form(material: Material, page: int, shares: dict[str, int], source: np.random.Generator) -> int:
    forms = material.by_page[page]
    names = [name for name in FORMS if name in forms]
    odds = np.array([shares[name] for name in names], dtype=float)
    return forms[names[source.choice(len(names), p=odds / odds.sum())]]


@dataclass(frozen=True)
class Trained:
    """All that answers together."""

    nets: list[Net]
    looks: Looks


def quantised(material: Material, trained: Trained) -> dict[str, Any]:
    """The record of `line_model.json`, thresholds and what explains aside."""
    looks = trained.looks
    means = np.concatenate([material.means, looks.scales.means])
    spread = np.concatenate([material.spread, looks.scales.spread])
    return {
        "features": list(FEATURES),
        "lowest": material.lowest.astype(int).tolist(),
        "highest": material.highest.astype(int).tolist(),
        "means": material.means.astype(int).tolist(),
        "networks": [_network(material, net) for net in trained.nets],
        "looks": {
            "first": _look(looks.first, material.means, material.spread),
            "second": _look(looks.second, means, spread),
            "lowest": looks.scales.lowest.astype(int).tolist(),
            "highest": looks.scales.highest.astype(int).tolist(),
        },
        "odds": list(ODDS),
    }


def _look(look: Linear, means: np.ndarray, spread: np.ndarray) -> dict[str, Any]:
    weights = look.weights / spread
    scale = UNIT * (1 << INPUT_BITS)
    whole = np.rint(weights * scale)
    return {
        "weights": [whole.astype(int).tolist()],
        "bias": [round(float(look.bias * scale - (whole * means).sum()))],
    }


def _network(material: Material, net: Net) -> dict[str, Any]:
    def whole(array: torch.Tensor, scale: float) -> list[Any]:
        return np.rint(array.detach().numpy() * scale).astype(int).tolist()

    # Features come as they are, so their mean and spread go into the first weights. Sums are in UNIT << bits.
    first = net.entrance.weight.detach().numpy() / material.spread
    bias = net.entrance.bias.detach().numpy() - first @ material.means
    scale = 1 << WEIGHT_BITS
    layers = []
    for reach, of_lines, of_those in zip(DILATIONS, net.of_lines, net.of_those, strict=True):
        layers.append(
            {
                "dilation": reach,
                "of_lines": {"weights": whole(of_lines.weight, scale), "bias": whole(of_lines.bias, scale * UNIT)},
                "of_those": {
                    "weights": whole(of_those.weight[:, :WIDTH], scale),
                    "bias": whole(of_those.bias, scale * UNIT),
                },
                "of_page": whole(of_those.weight[:, WIDTH:], scale),
            }
        )
    return {
        "entrance": {
            "weights": np.rint(first * UNIT * (1 << INPUT_BITS)).astype(int).tolist(),
            "bias": np.rint(bias * UNIT * (1 << INPUT_BITS)).astype(int).tolist(),
        },
        "layers": layers,
        "exit": {"weights": whole(net.exit.weight, scale), "bias": whole(net.exit.bias, scale * UNIT)},
    }


def logits(material: Material, nets: Sequence[Net], number: int) -> np.ndarray:
    """The mean answer of some networks about one telling."""
    with torch.no_grad():
        return np.mean([net(material.inputs[number]).numpy() for net in nets], axis=0)


def trained_on(material: Material, pages: Sequence[int], folds: Sequence[int], networks: int) -> Trained:
    """The whole model from some pages."""
    dumped = [page for page in pages if page not in material.own]
    nets = [train(material, learn, seed) for learn in (dumped, list(pages)) for seed in range(networks)]
    numbers = [
        number for page in dumped for form, number in sorted(material.by_page[page].items()) if form in LOOKED_AT
    ]
    rows = {number: material.inputs[number].numpy() for number in numbers}
    looks = train_looks(
        material.told, rows, numbers, lambda page: folds[page], lambda number: material.weights[number].numpy()
    )
    return Trained(nets, looks)


def answers_of(material: Material, trained: Trained, number: int) -> np.ndarray:
    """What all say together about one telling, and below it the wary answer, as in `second_look.py`."""
    looked = trained.looks.of(material.inputs[number].numpy(), material.told[number])
    heard = len(trained.nets)
    found = (heard * logits(material, trained.nets, number) + looked) / (heard + 1)
    return np.stack([found, np.maximum(found, logits(material, trained.nets[-1:], number))])


_SHARED: dict[str, Any] = {}


def _fold(fold: int) -> tuple[int, Trained, dict[int, np.ndarray]]:
    """A model from some pages, and what it says of others; fold -1: from all pages, and nothing."""
    material, folds = _SHARED["material"], _SHARED["folds"]
    trained = trained_on(
        material, [page for page in material.by_page if folds[page] != fold], folds, _SHARED["networks"]
    )
    found = {
        number: answers_of(material, trained, number)
        for page, forms in material.by_page.items()
        for form, number in forms.items()
        if folds[page] == fold and form == "whole"
    }
    print(f"fold {fold}: {len(found)} pages judged" if fold >= 0 else "trained", file=sys.stderr, flush=True)
    return fold, trained, found


def folds_of(groups: Sequence[int]) -> list[int]:
    """The fold of each page, from the number of its site."""
    order = np.random.default_rng(0).permutation(max(groups) + 1)
    return [int(order[group]) % FOLDS for group in groups]


def reading(material: Material, nets: Sequence[Net]) -> list[int]:
    """Weights of the linear model that comes closest to the networks' answers (ridge regression)."""
    numbers = [number for number, telling in enumerate(material.told) if telling.form in ("whole", "bare")]
    rows = np.concatenate([material.inputs[number].numpy() for number in numbers])
    answers = np.concatenate([np.clip(logits(material, nets, number), -6, 6) for number in numbers])
    square = rows.T @ rows + 0.01 * len(rows) * np.eye(rows.shape[1])
    weights = np.linalg.solve(square, rows.T @ (answers - answers.mean()))
    return np.rint(weights / material.spread * 65536).astype(int).tolist()


def record_of(material: Material, trained: Trained, chosen: dict[str, int], version: str) -> dict[str, Any]:
    """What the model's file holds."""
    return {
        "version": version,
        **quantised(material, trained),
        **chosen,
        "reading": reading(material, trained.nets),
    }


def main() -> None:
    """Train and write the model, or validate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="the labelled pages")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--networks", type=int, default=NETWORKS, help="of each family")
    parser.add_argument("--validate", action="store_true", help="judge by folds of sites; ship nothing")
    parser.add_argument("--folds", type=Path, help="write the folds' models into this folder")
    parser.add_argument("--to", type=Path, default=TARGET)
    options = parser.parse_args()
    pages = [*dumped_pages(corpus_folder(options.folder)), *own_pages()]
    own = {number for number, page in enumerate(pages) if page.dataset == "own"}
    material = Material(tellings(pages, options.jobs), own)
    found = sites(pages)
    numbers = {site: number for number, site in enumerate(sorted(set(found)))}
    folds = folds_of([numbers[site] for site in found])
    _SHARED.update(material=material, folds=folds, networks=options.networks)
    with get_context("fork").Pool(options.jobs) as pool:
        done = {fold: (trained, said) for fold, trained, said in
                pool.imap_unordered(_fold, range(-1 if not options.validate else 0, FOLDS))}  # fmt: skip
    answers = {number: answer for _, said in done.values() for number, answer in said.items()}
    everything = judged(material.told, pages, answers)
    chosen = thresholds(everything)
    report(everything, chosen)
    version = f"lines-2 ({len(pages)} pages, {len(material.told)} tellings)"
    if options.folds:
        options.folds.mkdir(parents=True, exist_ok=True)
        for fold in range(FOLDS):
            unseen = [page.id for number, page in enumerate(pages) if folds[number] == fold and number not in own]
            record = record_of(material, done[fold][0], chosen, f"{version}, without fold {fold}")
            write(options.folds / f"fold-{fold}.json", {**record, "unseen": unseen})
    if options.validate:
        return
    record = record_of(material, done[-1][0], chosen, version)
    write(options.to, record)
    model = model_of(record)
    number = material.by_page[0]["whole"]
    telling = material.told[number]
    whole = second_look.answers_of(model, telling.rows, telling.sizes, telling.shapes).likeliest
    exact = answers_of(material, done[-1][0], number)[0] * UNIT
    off = max(abs(one - other) for one, other in zip(whole, exact, strict=True))
    print(f"whole numbers differ from ordinary ones by at most {off / UNIT:.3f} in log-odds on the first page")


def write(path: Path, record: dict[str, Any]) -> None:
    """A model's file."""
    path.write_text(json.dumps(record, separators=(",", ":")) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
