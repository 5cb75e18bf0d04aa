"""Promises of the character model and of its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrubber.text.characters as characters
from scrubber.text.characters import COMMON_CLASSES, LANGUAGES, cheapest, class_of, is_at_least, languages

FILE = Path(characters.__file__).with_name("characters.txt")

OWN = {
    "zh-hans": "港务处表示，所有班次将恢复正常运行。",
    "zh-hant": "港務處表示，所有班次將恢復正常運行。",
    "ja": "港湾局は月曜日からすべての便が運航すると発表しました。",
    "ko": "항만청은 월요일부터 모든 노선이 정상 운항한다고 밝혔다.",
    "cyrillic": "Паром вернулся в полдень, и портовая служба сообщила",
    "latin": "Die Fähre kehrte zurück, à l'été, mañana",
    "central": "Prom wrócił w południe, příští loď vyjede žádostí",
    "turkish": "Feribot öğleyin döndü, seferler başlayacağını söyledi",
    "baltic": "Keltas grįžo vidurdienį, o uosto tarnyba pranešė",
    "greek": "Το πλοίο επέστρεψε το μεσημέρι και το λιμάνι ανοίγει",
    "hebrew": "המעבורת חזרה בצהריים, והנמל ייפתח מחדש",
    "arabic": "عادت العبارة ظهرا وقالت إدارة الميناء إن الرحلات",
    "thai": "เรือข้ามฟากกลับมาตอนเที่ยง และท่าเรือจะเปิด",
}


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_text_is_cheapest_in_its_own_language(name: str) -> None:
    costs = {other: language.cost(OWN[name]) for other, language in languages().items()}
    assert min(costs, key=lambda other: (costs[other], other)) == name


def test_the_file_is_small_and_names_its_sources() -> None:
    assert FILE.stat().st_size < 1_000_000
    head = FILE.read_text("utf-8").split("\n[", 1)[0]
    assert head.startswith("# scrubber characters 1: written by benchmarks/train_encoding.py")
    assert head.count(" sha256 ") == 5


def test_all_numbers_are_integers_and_all_pairs_of_classes_are_there() -> None:
    assert tuple(languages()) == LANGUAGES
    for language in languages().values():
        assert all(type(number) is int for number in (*language.singles.values(), *language.classes.values()))
        assert all(before + after in language.classes for before in COMMON_CLASSES for after in COMMON_CLASSES)


@given(st.text(max_size=60))
def test_any_text_has_a_cost_and_rough_plus_context_is_it(text: str) -> None:
    for language in languages().values():
        assert language.cost(text) == language.rough(text) + language.context(text)
        assert is_at_least(text, language.rough(text) + 1) is False
    assert cheapest(text) == min(language.cost(text) for language in languages().values())


@given(st.characters())
def test_every_character_has_one_class(character: str) -> None:
    assert len(class_of(character)) == 1
