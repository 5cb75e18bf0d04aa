"""An invented corpus with near-duplicates of known kinds: what `dedup.py` measures on.

Everything is made from invented words with a fixed seed, so each run sees the same bytes; no text of anybody is in here.
Words follow Zipf's law and come partly in fixed phrases, so that shingles repeat as they do in real text. Three kinds of
writing: Chinese (Han without spaces), English-like, German-like. Beside the paragraphs that are unlike there are

- edited copies of them, of the kinds in `KINDS`: `char05` has 5 % of its code points replaced (half of the edits), taken
  out or followed by another (a quarter each); `sentins`, `sentdel` one sentence more or less; `prefix`, `suffix` a line of
  chrome; `reorder` the same sentences in another order;
- families of one template, whose members differ in numbers and names only: not one of them is a copy of another.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

SEED = 7
LANGUAGES = ("zh", "en", "de")
#: Shares of the languages in hundredths: of paragraphs, and of edited copies.
_SHARES = {"zh": 36, "en": 46, "de": 18}
_COPY_SHARES = {"zh": 45, "en": 40, "de": 15}
KINDS = ("char01", "char05", "char10", "char20", "sentins", "sentdel", "prefix", "suffix", "reorder")
#: Copies are made of paragraphs of at least so many code points.
_LEAST_COPIED = {"zh": 60, "en": 150, "de": 150}
#: Members of a family. Of a few texts that differ in words alone nobody can tell whether they are revisions.
_FAMILY_SIZES = (4, 6, 9, 14, 22, 34)
_FAMILY_SIZES_OF_NAMES = (12, 20, 30)
_NAMES_PER_LANGUAGE = 3_000

_SYLLABLES = {
    "en": (
        (*"bcdfghlmnprstw", "br", "cl", "st", "th", "tr", "pl", "sh"),
        (*"aeiou", "ea", "ou", "ai"),
        ("", "", *"nrstl", "nd", "ck"),
    ),
    "de": (
        (*"bdfghklmnrswz", "sch", "st", "tr", "kl", "pf"),
        (*"aeiouäöü", "ei", "au", "ie"),
        ("", "", *"nrstl", "ch", "nd", "cht"),
    ),
}
_COMMON = {
    "zh": ("的", "了", "在", "是", "和", "有", "也", "这", "不", "与", "对", "为", "将", "就", "可以", "没有", "因为"),
    "en": ("the", "of", "and", "to", "in", "a", "that", "was", "for", "with", "on", "by", "from", "this", "are", "it"),
    "de": (
        "der",
        "die",
        "und",
        "in",
        "den",
        "von",
        "zu",
        "das",
        "mit",
        "sich",
        "des",
        "auf",
        "für",
        "ist",
        "im",
        "ein",
    ),
}
_CHROME = {
    "zh": ("本文为港口编辑部整理，转引请注明来处。", "更多内容请看下一页，或返回目录。", "责任编辑：码头小组", "点此收藏本页，下次继续阅读。"),
    "en": ("Tell a friend about this page, or print it for the pier.", "Previous page | Next page | Harbour index", "This page was put together by the night crew."),
    "de": ("Diese Seite drucken oder an Freunde am Kai schicken.", "Vorige Seite | Nächste Seite | Verzeichnis"),
}  # fmt: skip
_SENTENCES = {"zh": (1, 2, 2, 3, 3, 3, 4, 5), "en": (1, 1, 2, 2, 2, 3, 4), "de": (1, 1, 1, 2, 2, 2, 3)}
_STOPS = {"zh": ("，", "。", ""), "en": (", ", ". ", " "), "de": (", ", ". ", " ")}


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph: its language, its kind (`base`, one of `KINDS`, or `template`), and the number of what it is made of.

    For members of a family that is the family's number, for others the number of the paragraph that was copied, or None.
    """

    number: int
    language: str
    kind: str
    of: int | None
    text: str


class Language:
    """Words, phrases and names of one kind of writing."""

    def __init__(self, name: str, choose: random.Random) -> None:
        self.name = name
        self._choose = choose
        words = list(dict.fromkeys(self._word() for _ in range(14_000)))
        self._words = [*_COMMON[name], *words]
        self._weights = list(accumulate(1 / (rank + 8) for rank in range(len(self._words))))
        gap = _STOPS[name][2]
        self._phrases = [gap.join(self._some(choose.randint(3, 6))) for _ in range(25_000)]
        self._phrase_weights = list(accumulate(1 / (rank + 20) for rank in range(len(self._phrases))))
        self.names = [self._name() for _ in range(_NAMES_PER_LANGUAGE)]
        sample = "".join(self.paragraph() for _ in range(200))
        self.characters = [choose.choice(sample) for _ in range(5_000)]

    def draw_from(self, choose: random.Random) -> None:
        """Take what is written from now on from another source of chance; words and phrases stay."""
        self._choose = choose

    def _word(self) -> str:
        choose = self._choose
        if self.name == "zh":
            return "".join(
                chr(0x4E00 + int(2_800 * choose.random() ** 2) * 7) for _ in range(choose.choice((1, 2, 2, 2, 3)))
            )
        onsets, vowels, codas = _SYLLABLES[self.name]
        count = choose.choice((1, 1, 2, 2) if self.name == "en" else (1, 1, 2, 2, 3))
        word = "".join(choose.choice(onsets) + choose.choice(vowels) + choose.choice(codas) for _ in range(count))
        return word.title() if self.name == "de" and choose.random() < 0.3 else word

    def _some(self, count: int) -> list[str]:
        return self._choose.choices(self._words, cum_weights=self._weights, k=count)

    def _name(self) -> str:
        if self.name == "zh":
            return "".join(
                chr(0x4E00 + self._choose.randrange(2_800) * 7) for _ in range(self._choose.choice((2, 3, 3)))
            )
        return " ".join(self._word().title() for _ in range(self._choose.choice((1, 2, 2))))

    def sentence(self) -> str:
        """A sentence with its stop: words and phrases."""
        choose = self._choose
        comma, stop, gap = _STOPS[self.name]
        clauses = []
        for _ in range(choose.choice((1, 1, 2, 2))):
            pieces = self._some(choose.randint(2, 6))
            phrases = choose.choices(self._phrases, cum_weights=self._phrase_weights, k=choose.choice((0, 1, 1, 2)))
            for phrase in phrases:
                pieces.insert(choose.randrange(len(pieces) + 1), phrase)
            if choose.random() < 0.08:
                pieces.insert(choose.randrange(len(pieces) + 1), str(choose.randint(2, 2_000)))
            clauses.append(gap.join(pieces))
        said = comma.join(clauses)
        return said[:1].upper() + said[1:] + stop

    def sentences(self) -> list[str]:
        """The sentences of one paragraph."""
        return [self.sentence() for _ in range(self._choose.choice(_SENTENCES[self.name]))]

    def paragraph(self) -> str:
        """A paragraph."""
        return "".join(self.sentences()).strip()


def texts(count: int) -> list[Text]:
    """About `count` paragraphs: four fifths unlike, a fiftieth of one template or another, the rest edited copies."""
    choose = random.Random(SEED)  # always the same texts
    languages = {name: Language(name, choose) for name in LANGUAGES}
    found: list[Text] = []
    made: list[tuple[str, list[str]]] = []
    for name in LANGUAGES:
        for _ in range(count * 78 // 100 * _SHARES[name] // 100):
            sentences = languages[name].sentences()
            made.append((name, sentences))
            found.append(Text(len(found), name, "base", None, "".join(sentences).strip()))
    for family, name, text in _families(languages, count // 50, choose):
        found.append(Text(len(found), name, "template", family, text))
    long = {
        name: [each for each in found if each.kind == "base" and each.language == name and len(made[each.number][1]) >= 2
               and len(each.text) >= _LEAST_COPIED[name]]
        for name in LANGUAGES
    }  # fmt: skip
    for kind in KINDS:
        for name in LANGUAGES:
            for _ in range(count // 5 * _COPY_SHARES[name] // 100 // len(KINDS)):
                source = choose.choice(long[name])
                copy = source.text
                while copy == source.text:
                    copy = edited(made[source.number][1], kind, languages[name], choose)
                found.append(Text(len(found), name, kind, source.number, copy))
    return found


def _families(languages: dict[str, Language], count: int, choose: random.Random) -> Iterator[tuple[int, str, str]]:
    """Members of templates, up to `count`: family, language, text. Each slot is filled with a number or a name."""
    family = made = 0
    while made < count:
        language = languages[choose.choice(LANGUAGES)]
        gap = _STOPS[language.name][2]
        frame = [
            piece
            for sentence in language.sentences() + language.sentences()
            for piece in (sentence[:-2], sentence[-2:])
        ]
        kinds = choose.choice(
            (("number",), ("number", "number"), ("number", "name"), ("name", "name", "number"), ("name",))
        )
        places = choose.sample(range(len(frame) // 2), min(len(kinds), len(frame) // 2))
        slots = {place * 2 + 1: kind for place, kind in zip(places, kinds, strict=False)}
        for _ in range(choose.choice(_FAMILY_SIZES if "number" in slots.values() else _FAMILY_SIZES_OF_NAMES)):
            pieces = []
            for place, piece in enumerate(frame):
                if place in slots:
                    filled = (
                        choose.choice(language.names) if slots[place] == "name" else str(choose.randint(100, 99_999))
                    )
                    pieces.append(gap + filled)
                pieces.append(piece)
            yield family, language.name, "".join(pieces).strip()
            made += 1
        family += 1


def edited(sentences: Sequence[str], kind: str, language: Language, choose: random.Random) -> str:
    """A copy of a paragraph with edits of one kind."""
    found = list(sentences)
    if kind.startswith("char"):
        return _with_errors("".join(found).strip(), int(kind[4:]) / 100, language.characters, choose)
    gap = _STOPS[language.name][2]
    if kind == "sentins":
        found.insert(choose.randrange(len(found) + 1), language.sentence())
    elif kind == "sentdel":
        found.pop(choose.randrange(len(found)))
    elif kind == "prefix":
        found.insert(0, choose.choice(_CHROME[language.name]) + gap)
    elif kind == "suffix":
        found.append(gap + choose.choice(_CHROME[language.name]))
    else:
        choose.shuffle(found)
    return "".join(found).strip()


def _with_errors(text: str, rate: float, characters: Sequence[str], choose: random.Random) -> str:
    found: list[str] = []
    for character in text:
        if choose.random() >= rate:
            found.append(character)
            continue
        way = choose.randrange(4)
        if way >= 2:
            found.append(choose.choice(characters))
        elif way == 1:
            found += [character, choose.choice(characters)]
    return "".join(found).strip()


def documents(found: Sequence[Text]) -> list[list[Text]]:
    """The paragraphs in documents of three to six, in an order that is no help: copies stand anywhere."""
    choose = random.Random(SEED)
    order = list(found)
    choose.shuffle(order)
    parted: list[list[Text]] = []
    while order:
        size = choose.randint(3, 6)
        parted.append(order[:size])
        del order[:size]
    return parted


def write_corpus(count: int, path: Path) -> list[list[Text]]:
    """Write about `count` paragraphs as JSON Lines, one document a record, one paragraph a line; the documents.

    The id of a record is `d` and the number of the document, six digits.
    """
    parted = documents(texts(count))
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for number, document in enumerate(parted):
            record = {"id": f"d{number:06}", "text": "\n".join(each.text for each in document) + "\n"}
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
    return parted
