"""Quality floors on the hand-labelled texts: what may never get worse without someone saying so.

The floors stand in `labelled/floors.json` with a digest of the texts. `--update-floors` rewrites them and refuses to
lower one unless `--allow-regression` is given too.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest

from scrubber.engine.clean import Cleaner
from scrubber.model import Document

HERE = Path(__file__).resolve().parent / "labelled"
sys.path.insert(0, str(HERE.parent.parent / "benchmarks"))

from labelled import Score, read_labels, score  # noqa: E402  (the benchmark is the one scorer)

FLOORS = HERE / "floors.json"
SETS = ("dev", "validation")


def measured(scrub: Cleaner, folder: Path) -> dict[str, int | str]:
    digest = hashlib.sha256()
    total = Score()
    for path in sorted(folder.glob("*.txt")):
        labels_path = path.with_name(path.stem + ".labels.tsv")
        data = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + data + b"\0" + labels_path.read_bytes())
        one = score(scrub.clean(Document(path.name, data.decode("utf-8"))), read_labels(labels_path))
        total.keep += one.keep
        total.drop += one.drop
        total.lost += one.lost
        total.twice += one.twice
        total.left += one.left
    return {
        "texts": digest.hexdigest(),
        "keep": total.keep,
        "lost": len(total.lost),
        "twice": len(total.twice),
        "drop": total.drop,
        "left": len(total.left),
    }


@pytest.mark.parametrize("name", SETS)
def test_quality_does_not_fall(name: str, bundled: Cleaner, request: pytest.FixtureRequest) -> None:
    now = measured(bundled, HERE / name)
    floors = json.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    before = floors.get(name)
    worse = [key for key in ("lost", "twice", "left") if before and now[key] > before[key]]
    if request.config.getoption("--update-floors"):
        allowed = request.config.getoption("--allow-regression")
        assert not worse or allowed, f"{name}: {worse} got worse; say so with --allow-regression"
        floors[name] = now
        FLOORS.write_text(json.dumps(floors, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return
    assert before, "run with --update-floors once"
    assert now["texts"] == before["texts"], "the labelled texts changed: run with --update-floors"
    assert not worse, f"{name}: {worse} got worse: {now} against {before}"


@pytest.mark.parametrize("name", SETS)
def test_labels_fit_their_texts(name: str) -> None:
    paths = sorted((HERE / name).glob("*.txt"))
    assert len(paths) >= 14
    for path in paths:
        lines = Document(path.name, path.read_bytes().decode("utf-8")).line_texts
        labels = read_labels(path.with_name(path.stem + ".labels.tsv"))
        assert len(labels) == len(lines), path.name
        for label, kind in labels:
            assert label in ("keep", "copy", "drop", "meta", "blank")
            assert label != "copy" or labels[int(kind) - 1][0] == "keep", path.name


def test_the_reference_dumps_come_out_right(bundled: Cleaner, corpus: Path) -> None:
    paths = sorted((corpus / "seeds").glob("*.txt"))
    assert paths
    for path in paths:
        labels = read_labels(path.with_name(path.stem + ".labels.tsv"))
        found = score(bundled.clean(Document(path.name, path.read_bytes().decode("utf-8"))), labels)
        assert (found.lost, found.twice, found.left) == ([], [], []), path.name
