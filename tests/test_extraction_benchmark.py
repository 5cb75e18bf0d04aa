"""The benchmarks of pages: labels, sites and scores are what they say, and the scripts run on a corpus of two pages."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

import extraction
from block_labels import labels_of
from extraction_pages import LabelledPage, Score, corpus_folder, labelled_pages, score_of, site_of, table_of

TEXT = (
    "The ferry returned at noon, and the harbour office said that it will sail again on Monday.",
    "All passengers were safe, the captain told the reporters who had waited on the pier that day.",
    "渡轮今天中午返航，港口办公室说它星期一再次启航，船长和所有的乘客都平安。",
)


def page(
    markup: str = "", *, url: str = "", name: str = "set/1", dataset: str = "set", language: str = "en"
) -> LabelledPage:
    return LabelledPage(name, dataset, language, url, markup.encode(), "\n".join(TEXT))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    markup = f"<title>Pier</title><ul><li><a href=1>Home</a><li><a href=2>Map</a></ul><p>{'<p>'.join(TEXT)}<p>Share"
    records = [
        {
            "id": f"set/{number}",
            "lang": "en",
            "url": f"http://pier.example/{number}",
            "html": markup,
            "gold": "\n".join(TEXT),
        }
        for number in range(5)
    ]
    target = tmp_path / "corpus" / "extraction"
    target.mkdir(parents=True)
    with gzip.open(target / "set.dev.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(record) + "\n" for record in records)
    return tmp_path


@pytest.mark.parametrize(
    ("blocks", "labels"),
    [
        (["Home", TEXT[0], TEXT[1], TEXT[2], "Share"], [0, 1, 1, 1, 0]),
        ([f"- {TEXT[0]}", f"1. {TEXT[1]}", TEXT[2]], [1, 1, 1]),
        ([TEXT[0], TEXT[1], TEXT[2], TEXT[0]], [1, 1, 1, 0]),
        ([TEXT[0], "The ferry office is looking for sailors, cooks and clerks this summer.", TEXT[1]], [1, 0, 1]),
        ([TEXT[0], "on Monday", TEXT[1]], [1, 1, 1]),
        (["on Monday", "Menu", "Map"], [0, 0, 0]),
    ],
)
def test_blocks_are_labelled_by_what_of_them_is_in_the_marked_text(blocks: list[str], labels: list[int]) -> None:
    assert labels_of(blocks, "\n".join(TEXT))[0] == labels


def test_how_much_of_the_marked_text_the_blocks_hold_is_told() -> None:
    assert labels_of(list(TEXT), "\n".join(TEXT))[1] > 0.95
    assert labels_of(list(TEXT[:1]), "\n".join(TEXT))[1] < 0.5
    assert labels_of(["a"], "") == ([0], 0.0)


def test_scores_are_those_of_bags_of_tokens() -> None:
    assert score_of("a b c", "c b a") == Score(1.0, 1.0, 1.0)
    assert score_of("a a b", "a b b").f1 == pytest.approx(2 / 3)
    assert score_of("a", "") == Score(0.0, 0.0, 0.0)
    assert score_of("", "") == Score(1.0, 1.0, 1.0)
    assert score_of("渡轮", "渡船") == Score(0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("found", "site"),
    [
        (page(url="https://www.pier.example/a"), "pier.example"),
        (page(url="https://news.pier.co.uk/a"), "pier.co.uk"),
        (page('<link rel="canonical" href="https://www.pier.example/a">'), "pier.example"),
        (
            page("<a href=http://a.pier.example/1><a href=http://b.pier.example/2><a href=http://pier.example/>"),
            "pier.example",
        ),
        (page("<a href=http://a.pier.example/1>"), "set/1"),
    ],
)
def test_the_site_of_a_page(found: LabelledPage, site: str) -> None:
    assert site_of(found) == site


def test_a_table_has_means_by_language_and_of_pages_that_are_lost() -> None:
    rows = [
        (page(), Score(0.6, 1.0, 0.75)),
        (page(language="zh"), Score(1.0, 0.4, 0.57)),
        (page(language="de"), Score(1, 1, 1)),
    ]
    found = table_of(rows)
    assert found["pages"] == 3
    assert (found["zh"], found["en"], found["other"]) == (0.57, 0.75, 1)
    assert found["lost"] == found["junk"] == pytest.approx(1 / 3)
    assert (found["lost zh"], found["junk zh"]) == (1, 0)


def test_pages_of_a_set_are_spread_evenly(folder: Path) -> None:
    place = corpus_folder(str(folder))
    assert [found.id for found in labelled_pages(place)] == [f"set/{number}" for number in range(5)]
    assert [found.id for found in labelled_pages(place, 2)] == ["set/0", "set/2"]


def test_the_benchmark_prints_a_row_for_each_profile(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["extraction.py", "--corpus", str(folder), "--pages", "2"])
    extraction.main()
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| scrubber")]
    assert [row.split(" |")[0] for row in rows] == [
        f"| scrubber {name}" for name in ("careful", "standard", "thorough")
    ] * 2
    assert all(" 1.000 " in row or " 0.9" in row for row in rows[:3])
