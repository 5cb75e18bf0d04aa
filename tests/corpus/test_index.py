"""Promises of an index: what is found in it, and that only what is in it decides."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest
from index_texts import BRIDGE, FERRY, HARBOUR, build, document, paragraph, shape

import scrubber.corpus.index_tables as index_tables
from scrubber.corpus.index_lookup import MAX_CANDIDATES, KnownIndex, jaccard_of_bands
from scrubber.corpus.index_rows import entry_of
from scrubber.corpus.index_write import IndexWriter, NewIndex
from scrubber.model import Document
from scrubber.model.known import KnownParagraph
from scrubber.text.fold import fold

ABROAD = "somewhere/else.txt"


def asked(path: Path, *texts: str, name: str = ABROAD) -> list[tuple[KnownParagraph, ...]]:
    with KnownIndex(path) as known:
        return list(known.candidates([fold(text) for text in texts], name))


def counts(path: Path) -> dict[str, int]:
    with KnownIndex(path) as known:
        return known.counts()


def content(path: Path) -> str:
    with KnownIndex(path) as known:
        return known.digest


def changed(path: Path, *documents: Document, gone: tuple[str, ...] = ()) -> None:
    """Takes documents in and out, in one go."""
    with IndexWriter(path, wait_ms=0) as writer:
        writer.remove(gone)
        writer.add(entry_of(each, writer.shape.min_chars, with_text=writer.shape.with_text) for each in documents)
        writer.finish()


def rows_of(path: Path, table: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as database:
        return database.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608


@pytest.mark.parametrize("with_text", [False, True])
@pytest.mark.parametrize(("bands", "rows"), [(32, 4), (21, 6)])
def test_an_equal_paragraph_is_found_with_its_place(tmp_path: Path, bands: int, rows: int, with_text: bool) -> None:
    path = build(tmp_path / "c.index", [document("a.txt", FERRY, HARBOUR)], with_text=with_text, bands=bands, rows=rows)
    for text, line in ((FERRY.upper(), 1), (HARBOUR, 3)):
        first = asked(path, text)[0][0]
        written = (FERRY if line == 1 else HARBOUR) if with_text else None
        assert first == KnownParagraph("a.txt", line, line, 1000, True, False, written)


def test_a_near_paragraph_is_found_with_an_estimate(tmp_path: Path) -> None:
    path = build(tmp_path / "c.index", [document("a.txt", FERRY, BRIDGE)])
    [(found, *others)] = asked(path, FERRY.replace("storm", "gale"))
    assert (found.document_id, found.first_line, found.equal) == ("a.txt", 1, False)
    assert 700 <= found.estimate < 1000
    assert not others


def test_what_is_not_in_it_is_not_found(tmp_path: Path) -> None:
    path = build(tmp_path / "c.index", [document("a.txt", FERRY)])
    assert asked(path, BRIDGE, "", "ab") == [(), (), ()]


def test_an_empty_index_answers_nothing(tmp_path: Path) -> None:
    path = build(tmp_path / "c.index", [])
    assert asked(path, FERRY) == [()]
    assert counts(path) == {"documents": 0, "paragraphs": 0, "texts": 0, "dead": 0}


def test_a_document_is_never_its_own_kin(tmp_path: Path) -> None:
    path = build(tmp_path / "c.index", [document("a.txt", FERRY, FERRY), document("b.txt", HARBOUR)])
    assert asked(path, FERRY, HARBOUR, name="a.txt")[0] == ()
    assert asked(path, FERRY, HARBOUR, name="a.txt")[1][0].document_id == "b.txt"


def test_the_first_document_by_id_is_named(tmp_path: Path) -> None:
    path = build(tmp_path / "c.index", [document(name, FERRY) for name in ("c.txt", "a.txt", "b.txt")])
    assert asked(path, FERRY)[0][0].document_id == "a.txt"
    assert asked(path, FERRY, name="a.txt")[0][0].document_id == "b.txt"


def test_texts_shorter_than_a_shingle_are_compared_whole(tmp_path: Path) -> None:
    path = tmp_path / "c.index"
    with NewIndex(path, shape(min_chars=10)) as made:
        made.add([entry_of(document("a.txt", "ABCD", FERRY), 1, with_text=False)])
        made.publish()
    assert asked(path, "abcd")[0][0].equal
    assert asked(path, "abce") == [()]


def test_numbers_are_told_apart_without_texts(tmp_path: Path) -> None:
    text = FERRY.replace("Monday", "4 May")
    path = build(tmp_path / "c.index", [document("a.txt", text)])
    [(same,), (other,)] = asked(path, text, text.replace("4", "5"))
    assert not same.numbers_differ
    assert other.numbers_differ


def test_the_order_of_documents_decides_nothing(tmp_path: Path) -> None:
    documents = [
        document(f"{number % 7}/{number}.txt", paragraph(number), paragraph(number // 3)) for number in range(60)
    ]
    first = build(tmp_path / "a.index", documents, with_text=True)
    random.Random(4).shuffle(documents)
    second = build(tmp_path / "b.index", documents[:20], with_text=True)
    changed(second, *documents[20:50])
    changed(second, *documents[50:])
    assert content(first) == content(second)
    assert [rows_of(first, table) for table in ("document", "place", "body")] == [
        rows_of(second, table) for table in ("document", "place", "body")
    ]
    texts = [paragraph(number) for number in range(60)] + [paragraph(7).replace("rope", "chain")]
    assert asked(first, *texts) == asked(second, *texts)


def test_a_document_that_comes_again_replaces_itself(tmp_path: Path) -> None:
    path = build(tmp_path / "c.index", [document("a.txt", FERRY, BRIDGE), document("b.txt", BRIDGE)])
    changed(path, document("a.txt", HARBOUR))
    assert asked(path, FERRY) == [()]
    assert asked(path, HARBOUR)[0][0].document_id == "a.txt"
    assert asked(path, BRIDGE)[0][0].document_id == "b.txt"
    assert counts(path)["paragraphs"] == 2
    assert content(path) == content(
        build(tmp_path / "d.index", [document("b.txt", BRIDGE), document("a.txt", HARBOUR)])
    )


@pytest.mark.parametrize("with_text", [False, True])
def test_what_was_added_and_removed_leaves_the_content_as_it_was(tmp_path: Path, with_text: bool) -> None:
    path = build(tmp_path / "c.index", [document("a.txt", FERRY)], with_text=with_text)
    before = content(path)
    changed(path, document("b.txt", HARBOUR, FERRY))
    assert content(path) != before
    changed(path, gone=("b.txt", "nowhere.txt"))
    assert content(path) == before
    assert asked(path, HARBOUR) == [()]
    changed(path, document("b.txt", HARBOUR))
    assert asked(path, HARBOUR)[0][0].document_id == "b.txt"


def test_entries_of_texts_that_are_gone_are_cleared_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_tables, "MOST_DEAD", 5)
    documents = [document(f"{number}.txt", paragraph(number)) for number in range(40)]
    path = build(tmp_path / "c.index", documents)
    changed(path, gone=tuple(f"{number}.txt" for number in range(20)))
    assert counts(path) == {"documents": 20, "paragraphs": 20, "texts": 20, "dead": 0}
    assert rows_of(path, "posting") == rows_of(build(tmp_path / "d.index", documents[20:]), "posting")
    assert asked(path, paragraph(3), paragraph(30))[0] == ()
    assert asked(path, paragraph(3), paragraph(30))[1][0].document_id == "30.txt"


def test_postings_that_went_through_files_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [document(f"{number}.txt", paragraph(number)) for number in range(40)]
    first = build(tmp_path / "c.index", documents)
    monkeypatch.setattr(index_tables, "BATCH_CHARS", 1_000)
    monkeypatch.setattr(index_tables, "SPILL_TEXTS", 10)
    second = build(tmp_path / "d.index", documents)
    assert rows_of(first, "posting") == rows_of(second, "posting")


def test_candidates_of_a_template_are_bounded(tmp_path: Path) -> None:
    texts = [f"{FERRY} {paragraph(number)[:12]}" for number in range(400)]
    path = build(tmp_path / "c.index", [document("a.txt", *texts)])
    found = list(asked(path, FERRY)[0])
    assert len(found) == MAX_CANDIDATES
    assert found == sorted(found, key=lambda each: -each.estimate)


def test_many_paragraphs_and_few_get_the_same_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = build(tmp_path / "c.index", [document(f"{number}.txt", paragraph(number)) for number in range(20)])
    texts = [paragraph(number).replace("fog", "mist") for number in range(20)] + [HARBOUR, ""]
    few = asked(path, *texts)
    monkeypatch.setattr("scrubber.corpus.index_lookup.MOST_PLAIN_CHARS", 0)
    assert asked(path, *texts) == few
    assert any(few)


def test_texts_are_kept_as_written(tmp_path: Path) -> None:
    written = f"{FERRY.upper()}\r\nＴｈｅ　pier.{'x' * 30}\r\n"
    path = build(tmp_path / "c.index", [Document("a.txt", written)], with_text=True)
    assert asked(path, FERRY)[0][0].text == FERRY.upper()


def test_estimates_follow_the_bands() -> None:
    for bands, rows in ((32, 4), (21, 6)):
        found = [jaccard_of_bands(shared, bands, rows) for shared in range(bands + 1)]
        assert found == sorted(set(found))
        assert (found[0], found[-1]) == (0, 1000)


def test_answers_are_the_same_with_little_room_to_remember(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = build(
        tmp_path / "c.index", [document(f"{number}.txt", paragraph(number)) for number in range(9)], with_text=True
    )
    texts = [paragraph(number % 9).replace("fog", "mist") for number in range(30)]
    whole = asked(path, *texts)
    monkeypatch.setattr("scrubber.corpus.index_lookup._REMEMBERED_CHARS", 0)
    monkeypatch.setattr("scrubber.corpus.index_lookup._BATCH_CHARS", 1)
    assert asked(path, *texts) == whole
    with KnownIndex(path) as known:
        folded = [fold(text) for text in texts]
        assert [list(known.candidates(folded, ABROAD)) for _ in range(2)] == [whole, whole]
        assert list(known.candidates(folded, "3.txt")) != whole
