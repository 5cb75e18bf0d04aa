"""Promises of the ways back from text that was decoded with the wrong encoding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.text.mojibake import Way, lost_places, ways_back
from strategies import documents

HAN = "港务处表示，所有班次将恢复正常运行，船票照旧。"
TRADITIONAL = "港務處表示，所有班次將恢復正常運行，船票照舊。"
JAPANESE = "港湾局は月曜日からすべての便が運航すると発表しました。"
GREEK = "Το καράβι γύρισε το μεσημέρι, λέει το γραφείο του λιμανιού."
POLISH = "Wiosną otworzą nowy most i przeprawę pewnie zamkną"
RUSSIAN = "Паром вернулся в полдень, и портовая служба сообщила об этом."


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [(HAN, "gbk", "latin-1"), (HAN, "gbk", "big5hkscs"), (TRADITIONAL, "big5", "latin-1"),
     (TRADITIONAL, "big5", "gb18030"), (JAPANESE, "cp932", "latin-1"), (JAPANESE, "euc_jp", "latin-1"),
     (RUSSIAN, "cp1251", "latin-1"), (RUSSIAN, "koi8-r", "latin-1"),
     (GREEK, "cp1253", "latin-1"), (POLISH, "utf-8", "cp1252"), ("船今天回来了", "utf-8", "gb18030")],
)  # fmt: skip
def test_a_way_back_is_found(text: str, right: str, wrong: str) -> None:
    broken = text.encode(right).decode(wrong)
    assert [repaired for _, repaired in ways_back(broken)] == [text]


@pytest.mark.parametrize(
    "text",
    [HAN, TRADITIONAL, JAPANESE, RUSSIAN, "«Où est l’été ?» – “à 25 °C”, ¿qué?", "ÀÉÎÕÜ", "ÀÁÂÃÄÅÆÇÈÉÊË ÌÍÎÏ ÐÑÒÓÔÕÖ", "ÄÖÜ äöü ß", "½ ¾ ¼ ©®™ §§",
     "嘅喺咗嚟", "鑫淼焱垚", "锟", "ÐÐ", "naïve façade déjà-vu", "Þórður Ágústsson", "Côté Zoë Ünür", "繁體與简体混排的文字",
     "\u3000\u3000第一章\u3000渡口", "「渡輪」、『碼頭』", "𠮷野家", "ＡＢＣ１２３"],
)  # fmt: skip
def test_good_text_is_left_alone(text: str) -> None:
    assert list(ways_back(text)) == []
    assert list(lost_places(text)) == []


@given(documents())
def test_generated_text_is_left_alone(text: str) -> None:
    for line in text.splitlines():
        assert list(ways_back(line)) == []


@given(st.text(max_size=80))
def test_what_is_repaired_can_be_broken_again(line: str) -> None:
    for way, repaired in ways_back(line):
        wrong = "latin-1" if way.wrong == "cp1252" else way.wrong
        again = repaired.encode(way.right).decode(wrong)
        assert again == (line if wrong != "latin-1" else "".join(map(_as_latin1, line)))


def _as_latin1(character: str) -> str:
    return character if character <= "\xff" else character.encode("cp1252").decode("latin-1")


def test_short_lines_follow_those_that_were_sure() -> None:
    line = "港口".encode("gbk").decode("latin-1")
    assert list(ways_back("港".encode("gbk").decode("latin-1"))) == []
    assert [text for _, text in ways_back(line, (Way("cp1252", "gb18030"),))] == ["港口"]


@pytest.mark.parametrize(
    ("line", "places"),
    [("价格锟斤拷锟斤拷元", [(2, 8)]), ("烫烫烫烫 ok", [(0, 4)]), ("a\ufffdb and far away from it, c\ufffd", [(1, 2), (27, 28)]),
     ("烫手", []), ("newspaper ï¿½ here", [(10, 13)])],
)  # fmt: skip
def test_lost_places_are_shown(line: str, places: list[tuple[int, int]]) -> None:
    assert list(lost_places(line)) == places


def test_a_way_that_leads_to_the_same_text_is_none() -> None:
    # Dashes are the same bytes in Windows-1252 and 1251, and cheaper to tell in a Cyrillic text.
    line = "\u2014" * 44 + "\u2013"
    assert list(ways_back(line)) == []
