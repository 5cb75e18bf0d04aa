"""Train the line model behind `statistic` rules: which lines of a dumped page are main text.

    pip install "torch>=2.2" numpy
    python benchmarks/train_statistic.py FOLDER [--validate] [--jobs 2]      # writes scrubber/detect/line_model.json

FOLDER holds `NAME.dev.jsonl.gz` files: pages as a naive scraper keeps them, with a label for each line (`textdump` of
the development corpora; `SCRUBBER_CORPUS` or `../shared/corpus` is looked at where no folder is given). The labelled
texts of this repository (`tests/labelled/dev`) are learnt from as well; `tests/labelled/validation` is not.

Each page is told in several forms (`statistic_pages.py`), because real dumps lose lines, hold the body twice, or have
been cleaned before; one form of each page is shown in each epoch. With `--validate` nothing is written: the pages are
parted into folds by site, so that each is scored by networks that saw no page of its site, and the report says what
would be kept. Seeds are fixed; torch promises equal weights only on equal hardware and version.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from scrubber.detect.line_features import FEATURES
from scrubber.detect.line_model import INPUT_BITS, UNIT, WEIGHT_BITS, best_threshold, model_of, smoothed
from scrubber.detect.statistic import (
    CHANGE_COST,
    HIGHEST_THRESHOLD,
    LEAST_LINES,
    LOWEST_THRESHOLD,
    MOST_ODDS,
    can_tell,
    is_spared,
)
from statistic_pages import FORMS, Page, Telling, dumped_pages, own_pages, sites, tellings

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "scrubber" / "detect" / "line_model.json"

WIDTH = 32
DILATIONS = (1, 2, 4, 8, 16)
NETWORKS = 3
EPOCHS = 16
PAGES_A_STEP = 8
DROPPED = 0.3
FOLDS = 4
#: How often a page is shown in each of its forms.
SHARES = {"whole": 58, "bare": 18, "after rules": 10, "main": 5, "doubled": 4, "spoiled": 5}
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

    def __init__(self, told: Sequence[Telling]) -> None:
        self.told = told
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


def train(material: Material, pages: Sequence[int], own: set[int], seed: int) -> Net:
    """One network, from the pages with these numbers."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    source = np.random.default_rng(seed)
    net = Net(len(FEATURES))
    optimiser = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=1e-4)
    steps = EPOCHS * math.ceil(len(pages) / PAGES_A_STEP)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, steps)
    for _ in range(EPOCHS):
        order = source.permutation(np.array(pages))
        for start in range(0, len(order), PAGES_A_STEP):
            optimiser.zero_grad()
            for page in order[start : start + PAGES_A_STEP].tolist():
                number = _form(material, page, OWN_SHARES if page in own else SHARES, source)
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


def quantised(material: Material, nets: Sequence[Net]) -> dict[str, Any]:
    """The record of `line_model.json`, thresholds aside."""
    return {
        "features": list(FEATURES),
        "lowest": material.lowest.astype(int).tolist(),
        "highest": material.highest.astype(int).tolist(),
        "means": material.means.astype(int).tolist(),
        "networks": [_network(material, net) for net in nets],
        "odds": [round(65536 / (1 + math.exp(-(step / 16 - 8)))) for step in range(257)],
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


_SHARED: dict[str, Any] = {}


def _fold(job: tuple[int, list[int], list[int], int]) -> dict[int, np.ndarray]:
    """Networks from some pages, and what they say of the forms of others."""
    fold, learn, judge, count = job
    material: Material = _SHARED["material"]
    nets = [train(material, learn, _SHARED["own"], seed) for seed in range(count)]
    print(f"fold {fold}: {len(learn)} pages learnt, {len(judge)} judged", file=sys.stderr, flush=True)
    return {number: logits(material, nets, number) for page in judge for number in material.by_page[page].values()}


def cross_validated(
    material: Material, groups: Sequence[int], own: set[int], jobs: int, networks: int = NETWORKS
) -> dict[int, np.ndarray]:
    """What is said of every telling by networks that saw no page of its site."""
    order = np.random.default_rng(0).permutation(max(groups) + 1)
    folds = [int(order[group]) % FOLDS for group in groups]
    tasks = [
        (fold, [page for page in material.by_page if folds[page] != fold],
         [page for page in material.by_page if folds[page] == fold], networks)
        for fold in range(FOLDS)
    ]  # fmt: skip
    _SHARED.update(material=material, own=own)
    with get_context("fork").Pool(jobs) as pool:
        found: dict[int, np.ndarray] = {}
        for part in pool.imap_unordered(_fold, tasks):
            found.update(part)
    return found


#: Shares of main characters, in all and of a mean page, that a confidence may cost; with `likely` the rules counted in.
MOST_LOST = {"certain": 0.0018, "likely": 0.014}
#: `certain` is so many 256ths of log-odds below `likely`.
BETWEEN = 200
#: Log-odds of the page's own threshold are drawn together by so many 64ths, so that unsure pages keep more.
CAUTION = 64


Judged = list[tuple[Telling, list[int]]]


def judged(material: Material, pages: Sequence[Page], answers: dict[int, np.ndarray], *, own: bool) -> Judged:
    """Whole tellings of the dumped pages, or of our own, with what was said of their lines in 256ths."""
    return [
        (material.told[number], np.rint(answer * UNIT).astype(int).tolist())
        for number, answer in sorted(answers.items())
        if material.told[number].form == "whole" and (pages[material.told[number].page].dataset == "own") is own
    ]


def thresholds(dumped: Judged, own: Judged) -> dict[str, int]:
    """The highest log-odds for each confidence at which no more main text is lost than may be.

    Of the repository's own texts, many of which are traps, no line at all may be lost below `likely`.
    """
    steps = range(-1800, 1, 10)
    likely = max(odds for odds in steps if max(lost(dumped, odds, ruled=True)) <= MOST_LOST["likely"])
    likely = max(odds for odds in steps if odds <= likely and lost(own, odds, ruled=False)[0] == 0)
    certain = max(odds for odds in steps if max(lost(dumped, odds, ruled=False)) <= MOST_LOST["certain"])
    return {"certain": min(certain, likely - BETWEEN), "likely": likely}


def lost(found: Judged, threshold: int, *, ruled: bool) -> tuple[float, float]:
    """Main characters lost below a threshold: of all, and of a mean page. `ruled`: what rules take is counted in."""
    cost = whole = 0
    shares = []
    for telling, odds in found:
        keep = kept_lines(telling, odds, threshold)
        gone = [
            length * (not (stays and rule) if ruled else rule and not stays)
            for length, label, stays, rule in zip(telling.lengths, telling.labels, keep, telling.kept, strict=True)
            if label
        ]
        main = sum(length for length, label in zip(telling.lengths, telling.labels, strict=True) if label)
        cost, whole = cost + sum(gone), whole + main
        if main:
            shares.append(sum(gone) / main)
    return cost / max(1, whole), float(np.mean(shares))


def kept_lines(telling: Telling, odds: Sequence[int], threshold: int | None) -> list[bool]:
    """Lines that the model leaves, below one threshold for all pages or the page's own."""
    if len(odds) < LEAST_LINES or not can_tell(telling.rows, odds, telling.lengths):
        return [True] * len(odds)
    is_page_own = threshold is None
    if threshold is None:
        chances = [round(65536 / (1 + math.exp(-cell / UNIT))) for cell in odds]
        best = best_threshold(chances, telling.lengths)
        limit = math.log(max(1, best) / max(1, 65536 - best)) * UNIT
        threshold = round(max(LOWEST_THRESHOLD, min(HIGHEST_THRESHOLD, limit)))
    bounded = [max(-MOST_ODDS, min(MOST_ODDS, cell)) for cell in odds]
    keep = smoothed(bounded, threshold, CHANGE_COST)
    return keep if is_page_own else [stays or is_spared(row) for stays, row in zip(keep, telling.rows, strict=True)]


def reading(material: Material, nets: Sequence[Net]) -> list[int]:
    """Weights of the linear model that comes closest to the networks' answers (ridge regression)."""
    numbers = [number for number, telling in enumerate(material.told) if telling.form in ("whole", "bare")]
    rows = np.concatenate([material.inputs[number].numpy() for number in numbers])
    answers = np.concatenate([np.clip(logits(material, nets, number), -6, 6) for number in numbers])
    square = rows.T @ rows + 0.01 * len(rows) * np.eye(rows.shape[1])
    weights = np.linalg.solve(square, rows.T @ (answers - answers.mean()))
    return np.rint(weights / material.spread * 65536).astype(int).tolist()


def main() -> None:
    """Train and write the model, or validate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="the labelled pages")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--networks", type=int, default=NETWORKS)
    parser.add_argument("--validate", action="store_true", help="judge by folds of sites; write nothing")
    parser.add_argument("--to", type=Path, default=TARGET)
    options = parser.parse_args()
    folder = (
        options.folder or Path(os.environ.get("SCRUBBER_CORPUS", HERE.parent.parent / "shared" / "corpus")) / "textdump"
    )
    if not any(folder.glob("*.dev.jsonl.gz")):
        sys.exit(f"skipped: no labelled pages in {folder}.")
    pages = [*dumped_pages(folder), *own_pages()]
    material = Material(tellings(pages, options.jobs))
    own = {number for number, page in enumerate(pages) if page.dataset == "own"}
    found = sites(pages)
    numbers = {site: number for number, site in enumerate(sorted(set(found)))}
    groups = [numbers[site] for site in found]
    answers = cross_validated(material, groups, own, options.jobs, options.networks)
    dumped = judged(material, pages, answers, own=False)
    found_thresholds = thresholds(dumped, judged(material, pages, answers, own=True))
    report(dumped, found_thresholds)
    if options.validate:
        return
    everything = list(material.by_page)
    _SHARED.update(material=material, own=own)
    with get_context("fork").Pool(options.jobs) as pool:
        nets = pool.starmap(_on_all, [(everything, seed) for seed in range(options.networks)])
    record = {
        "version": f"lines-1 ({len(pages)} pages, {len(material.told)} tellings)",
        **quantised(material, nets),
        **found_thresholds,
        "caution": CAUTION,
        "reading": reading(material, nets),
    }
    model = model_of(record)
    number = next(iter(material.by_page[0].values()))
    exact = logits(material, nets, number) * UNIT
    off = max(abs(one - other) for one, other in zip(model.log_odds(material.told[number].rows), exact, strict=True))
    print(f"whole numbers differ from ordinary ones by at most {off / UNIT:.3f} in log-odds on the first page")
    options.to.write_text(json.dumps(record, separators=(",", ":")) + "\n", encoding="ascii")


def _on_all(pages: list[int], seed: int) -> Net:
    return train(_SHARED["material"], pages, _SHARED["own"], seed)


def report(found: Judged, chosen: dict[str, int]) -> None:
    """What each confidence loses and takes of pages of unseen sites, in one pass; the rules' cuts counted in."""
    for name in ("certain", "likely", "possible"):
        cost = gone = main = rest = 0
        for telling, odds in found:
            keep = kept_lines(telling, odds, chosen.get(name))
            cells = zip(telling.lengths, telling.labels, keep, telling.kept, strict=True)
            for length, label, stays, rule in cells:
                cut = length * (not (stays and (rule or name == "certain")))
                main, rest = main + length * label, rest + length * (1 - label)
                cost, gone = cost + cut * label, gone + cut * (1 - label)
        print(
            f"{name:9} below {chosen.get(name, 'its own'):>7}: main text lost {cost / main:.4f}, "
            f"boilerplate gone {gone / rest:.3f}"
        )


if __name__ == "__main__":
    main()
