"""Train the character model behind `scrubber.decode`: how likely each character, and each pair, is in six groups of
languages.

Everything it learns from is in five packages of PyPI, pinned below with their licences; no text of any corpus that
`benchmarks/encoding.py` scores is among them. `docs/character-model.md` says what is taken from each.

    pip download --no-deps -d wheels lingua-language-detector==1.3.5 Django==5.2.19 wagtail==8.0.1 jieba==0.42.1 \\
        opencc-python-reimplemented==0.1.7
    pip install brotli
    python benchmarks/train_encoding.py wheels            # writes scrubber/text/characters.txt

There is no random number in it: the same packages give the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import io
import itertools
import json
import math
import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from scrubber.text.characters import COMMON_CLASSES, UNITS_PER_BIT, class_of

#: Package file, licence, what is taken, SHA-256 of the file.
SOURCES = {
    "lingua_language_detector-1.3.5-py3-none-any.whl": "Apache-2.0; shares of letters and letter pairs in news",
    "django-5.2.19-py3-none-any.whl": "BSD-3-Clause; translation catalogues: punctuation and what stands beside what",
    "wagtail-8.0.1-py3-none-any.whl": "BSD-3-Clause; translation catalogues, as above",
    "jieba-0.42.1.tar.gz": "MIT; word frequencies of simplified Chinese",
    "opencc_python_reimplemented-0.1.7-py2.py3-none-any.whl": "Apache-2.0; simplified and traditional characters",
}
TARGET = Path(__file__).resolve().parent.parent / "scrubber" / "text" / "characters.txt"

#: Language of the model: catalogue folders, lingua's names, and their weights.
CATALOGUES = {
    "zh-hans": ("zh_Hans",),
    "zh-hant": ("zh_Hant",),
    "ja": ("ja",),
    "ko": ("ko",),
    "cyrillic": ("ru", "ru", "ru", "bg", "uk", "be", "mk"),
    "latin": ("de", "fr", "es", "it", "pt", "pt_BR", "nl", "sv", "da", "nb", "fi", "is_IS", "is", "ca", "gl"),
    "central": ("pl", "cs", "sk", "hu", "hr", "sl", "ro"),
    "turkish": ("tr",),
    "baltic": ("lt", "lv", "et"),
    "greek": ("el",),
    "hebrew": ("he",),
    "arabic": ("ar", "ar", "fa"),
    "thai": ("th",),
}
ALPHABETS = {
    "cyrillic": {"ru": 70, "bg": 14, "uk": 8, "be": 3, "sr": 3, "mk": 2},
    "latin": {"de": 18, "fr": 18, "es": 14, "it": 8, "pt": 12, "nl": 5, "sv": 7, "da": 5, "nb": 5, "fi": 5, "is": 2,
              "ca": 2, "sq": 1},
    "central": {"pl": 30, "cs": 20, "hu": 20, "sk": 8, "hr": 8, "sl": 5, "ro": 9},
    "turkish": {"tr": 95, "az": 5},
    "baltic": {"lt": 40, "lv": 40, "et": 20},
    "greek": {"el": 1},
    "hebrew": {"he": 1},
    "arabic": {"ar": 75, "fa": 20, "ur": 5},
    "thai": {"th": 1},
}  # fmt: skip
#: Characters that catalogues of programs hardly hold and texts do, in parts of a thousand of all characters.
_HABITS: dict[str, dict[str, float]] = {
    "zh-hans": {"，": 45, "。": 25, "、": 7, "：": 5, "“": 5, "”": 5, "《": 2, "》": 2, "（": 3, "）": 3, "；": 1, "？": 2,
                "！": 2, "…": 1, "—": 1, "·": 1, "　": 4, "【": 1, "】": 1, "％": 1, "‘": 1, "’": 1},
    "zh-hant": {"，": 45, "。": 25, "、": 7, "：": 5, "「": 6, "」": 6, "《": 2, "》": 2, "（": 3, "）": 3, "；": 1, "？": 2,
                "！": 2, "…": 1, "—": 1, "‧": 1, "　": 4, "【": 1, "】": 1, "『": 1, "』": 1, "％": 1, "．": 1},
    "ja": {"、": 35, "。": 30, "「": 6, "」": 6, "・": 4, "ー": 12, "（": 3, "）": 3, "？": 2, "！": 2, "…": 1, "『": 1, "』": 1,
           "　": 5, "＝": 1, "～": 1, "【": 1, "】": 1, "．": 1, "，": 1, "：": 1, "々": 1},
    "ko": {"“": 2, "”": 2, "‘": 2, "’": 2, "…": 1, "·": 2, "「": 0.5, "」": 0.5, "→": 0.3},
    "cyrillic": {"«": 3, "»": 3, "—": 5, "–": 2, "№": 0.5, "“": 0.5, "”": 0.5, "„": 0.3, "…": 1, "\xa0": 1, "©": 0.3},
    "latin": {"’": 3, "‘": 0.6, "“": 2, "”": 2, "–": 2, "—": 1, "…": 0.8, "«": 0.6, "»": 0.6, "\xa0": 2, "•": 0.5,
              "©": 0.5, "®": 0.2, "€": 0.3, "·": 0.4, "°": 0.3, "„": 0.4, "¿": 0.2, "¡": 0.2, "´": 0.2, "£": 0.2,
              "º": 0.2, "ª": 0.2, "™": 0.2, "½": 0.1, "²": 0.1, "§": 0.1},
}  # fmt: skip
#: Where there are none of its own: typographic punctuation of most alphabets.
_LATIN_HABITS = {one: parts / 2 for one, parts in _HABITS["latin"].items()} | {"„": 1, "”": 1.5}
#: The set that tells which letters a Latin alphabet has; classes of the other alphabets.
_LATIN_SETS = {"latin": "cp1252", "central": "cp1250", "turkish": "cp1254", "baltic": "cp1257"}
_OWN_CLASSES = {"cyrillic": "cCx", "greek": "gG", "hebrew": "n", "arabic": "n", "thai": "n"}
#: How much of a text is ASCII.
_ASCII_SHARES = {"latin": 0.93, "central": 0.9, "turkish": 0.9, "baltic": 0.9}
#: So many pairs of classes count as seen at random, beside those that were; and no pair says more than this.
_DOUBT_PAIRS = 20
_MOST_PAIR_BITS = 8
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]*>|&\w+;|https?:\S+")


class Packages:
    """The files inside the packages, read without unpacking them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in SOURCES:
            if not (folder / name).is_file():
                raise SystemExit(f"{folder / name} is missing; see the docstring")

    def digest(self, name: str) -> str:
        return hashlib.sha256((self.folder / name).read_bytes()).hexdigest()

    def files(self, start: str, pattern: str) -> Iterator[tuple[str, bytes]]:
        wanted = re.compile(pattern)
        (name,) = (one for one in SOURCES if one.startswith(start))
        if name.endswith(".whl"):
            with zipfile.ZipFile(self.folder / name) as wheel:
                for member in sorted(wheel.namelist()):
                    if wanted.search(member):
                        yield member, wheel.read(member)
        else:
            with tarfile.open(self.folder / name) as archive:
                for info in sorted(archive.getmembers(), key=lambda one: one.name):
                    member = archive.extractfile(info) if wanted.search(info.name) else None
                    if member is not None:
                        yield info.name, member.read()

    def shares(self, language: str, kind: str) -> dict[str, float]:
        """lingua's relative frequencies of letters (`unigrams`) or of letter pairs (`bigrams`: given the first)."""
        import brotli  # the one thing that lingua's files need

        for _, content in self.files("lingua", rf"/{language}/{kind}\.json\.br$"):
            table = json.loads(brotli.decompress(content))["ngrams"]
            return {gram: float(Fraction(share)) for share, grams in table.items() for gram in grams.split()}
        raise SystemExit(f"lingua has no {kind} of {language}")


def catalogue_lines(packages: Packages, folders: Iterable[str]) -> list[str]:
    """The translated strings of Django and wagtail, one a line."""
    lines: list[str] = []
    for folder in folders:
        for start in ("django", "wagtail"):
            for _, content in packages.files(start, rf"/locale/{folder}/LC_MESSAGES/.*\.po$"):
                lines += translations(content.decode("utf-8"))
    return lines


def translations(catalogue: str) -> Iterator[str]:
    """The `msgstr` texts of a .po file, without placeholders and tags.

    >>> list(translations('msgid "a"\\nmsgstr "Seite %(n)s von "\\n"zehn"\\n'))
    ['Seite von zehn']
    """
    entry: list[str] | None = None
    for line in (*io.StringIO(catalogue), "msgid"):
        quoted = re.search(r'"(.*)"\s*$', line)
        if line.startswith("msgstr"):
            if entry:
                yield from _plain("".join(entry))
            entry = [quoted.group(1)] if quoted else []
        elif entry is not None and line.startswith('"') and quoted:
            entry.append(quoted.group(1))
        elif entry is not None:
            yield from _plain("".join(entry))
            entry = None


def _plain(text: str) -> Iterator[str]:
    text = text.replace('\\"', '"').replace("\\t", " ")
    if "Content-Type:" in text or "Project-Id-Version" in text:
        return
    for line in text.split("\\n"):
        found = re.sub(r" {2,}", " ", _PLACEHOLDER.sub("", line)).strip()
        if found:
            yield found


def level(codec: str, first: int, last: int) -> list[str]:
    """The characters of a two-byte set whose lead bytes are in a range, in the order of the set."""
    found = []
    for lead in range(first, last + 1):
        for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            try:
                character = bytes([lead, trail]).decode(codec)
            except UnicodeDecodeError:
                continue
            if len(character) == 1:
                found.append(character)
    return found


#: The everyday and the rarer half of each national set, and every other character of its common superset.
LEVELS = {
    "zh-hans": (("gb2312", 0xB0, 0xD7), ("gb2312", 0xD8, 0xF7), ("gbk", 0x81, 0xFE)),
    "zh-hant": (("big5", 0xA4, 0xC6), ("big5", 0xC9, 0xF9), ("big5hkscs", 0x87, 0xFE)),
    "ja": (("euc_jp", 0xB0, 0xCF), ("euc_jp", 0xD0, 0xF4), ("cp932", 0xFA, 0xFC)),
    "ko": (("euc_kr", 0xB0, 0xC8), ("cp949", 0x81, 0xA0), ("euc_kr", 0xCA, 0xFD)),
}
#: What share of running characters each level has at least, spread evenly over it.
_LEVEL_SHARES = (0.02, 0.002, 0.0002)


def own_letters(packages: Packages, language: str) -> dict[str, float]:
    """How often each Han character, kana or syllable stands among those of its language. Sums to about 1."""
    if language.startswith("zh"):
        return chinese(packages, language)
    shares = packages.shares(language, "unigrams")
    return {letter: share for letter, share in shares.items() if len(letter) == 1 and not letter.isascii()}


def chinese(packages: Packages, language: str) -> dict[str, float]:
    """Half from news (lingua's Chinese, which is mostly traditional), half from jieba's word counts."""
    tables: dict[str, dict[str, str]] = {}
    for name, content in packages.files("opencc", r"dictionary/(ST|TS)Characters\.txt$"):
        rows = (line.split("\t") for line in content.decode("utf-8").splitlines() if "\t" in line)
        tables[name[-16:-14]] = {source: targets.split()[0] for source, targets in rows}
    table = tables["TS" if language == "zh-hans" else "ST"]
    news = packages.shares("zh", "unigrams")
    counts: collections.Counter[str] = collections.Counter()
    for _, content in packages.files("jieba", r"/jieba/dict\.txt$"):
        for line in content.decode("utf-8").splitlines():
            word, count = line.split(" ")[:2]
            for character in word:
                counts[character] += int(count)
    total = sum(counts.values())
    found: dict[str, float] = collections.defaultdict(float)
    for character, share in news.items():
        found[table.get(character, character)] += 0.5 * share
    for character in sorted(counts):
        found[table.get(character, character)] += 0.5 * counts[character] / total
    return {character: share for character, share in found.items() if not character.isascii()}


def cost(share: float) -> int:
    """What a share costs, in units of the model."""
    return round(-math.log2(share) * UNITS_PER_BIT)


class Group:
    """One language of the model: costs of characters, of class pairs beyond them, of letter pairs beyond both."""

    def __init__(self, packages: Packages, language: str, english: collections.Counter[str]) -> None:
        self.packages, self.language = packages, language
        lines = catalogue_lines(packages, CATALOGUES[language])
        text = "\n".join(lines) + "\n"
        self.singles = self._singles(text, english)
        self.by_class: dict[str, float] = collections.defaultdict(float)
        for character, share in self.singles.items():
            self.by_class[class_of(character)] += share
        self.class_pairs = self._class_pairs(text)
        self.pairs = self._letter_pairs() if language in ALPHABETS else {}

    def _singles(self, text: str, english: collections.Counter[str]) -> dict[str, float]:
        # A fifth of a scraped text is ASCII, whatever its language; the rest as catalogues, habits and news have it.
        counted = collections.Counter(text)
        ascii_total = sum(count for one, count in english.items() if one.isascii())
        foreign = {one: count for one, count in counted.items() if not one.isascii()}
        foreign_total = sum(foreign.values())
        ascii_share = _ASCII_SHARES.get(self.language, 0.25)
        shares: dict[str, float] = collections.defaultdict(float)
        for one, count in english.items():
            if one.isascii():
                shares[one] += ascii_share * count / ascii_total
        habits = {one: parts / 1000 for one, parts in _HABITS.get(self.language, _LATIN_HABITS).items()}
        letters = self._letters()
        letter_share = 1 - ascii_share - sum(habits.values())
        for one, share in habits.items():
            shares[one] += share
        for one, share in letters.items():
            shares[one] += letter_share * 0.93 * share
        for one, count in foreign.items():
            shares[one] += letter_share * 0.05 * count / foreign_total
        for number, (codec, first, last) in enumerate(LEVELS.get(self.language, ())):
            members = level(codec, first, last)
            for one in members:
                if not one.isascii():
                    shares[one] += letter_share * _LEVEL_SHARES[number] / len(members)
        return {one: share for one, share in shares.items() if share > 1e-9}

    def _letters(self) -> dict[str, float]:
        if self.language not in ALPHABETS:
            return own_letters(self.packages, self.language)
        found: dict[str, float] = collections.defaultdict(float)
        weights = ALPHABETS[self.language]
        for language, weight in weights.items():
            for letter, share in self.packages.shares(language, "unigrams").items():
                if not letter.isascii() and len(letter) == 1 and self._belongs(letter):
                    found[letter] += weight * share
        total = sum(found.values())
        cased: dict[str, float] = {}
        for letter, share in found.items():
            upper = letter.upper()
            cased[letter] = cased.get(letter, 0) + 0.95 * share / total
            if len(upper) == 1 and upper != letter:
                cased[upper] = cased.get(upper, 0) + 0.05 * share / total
        return cased

    def _belongs(self, letter: str) -> bool:
        if self.language in _LATIN_SETS:
            try:  # what its set does not hold is of another language
                return bool(letter.encode(_LATIN_SETS[self.language]))
            except UnicodeEncodeError:
                return False
        return class_of(letter) in _OWN_CLASSES[self.language]

    def _class_pairs(self, text: str) -> dict[str, int]:
        """How much dearer (or cheaper) a class is after another than its characters are by themselves."""
        kinds = "".join(map(class_of, text))
        counts = collections.Counter(map("".join, itertools.pairwise(kinds)))
        first = collections.Counter(kinds[:-1])
        share_of = {kind: max(self.by_class[kind], 1e-5) for kind in COMMON_CLASSES}
        share_of["s"] = max(share_of["s"], 0.05)
        found = {}
        for before in COMMON_CLASSES:
            for after in COMMON_CLASSES:
                # Smoothed by what independence would give, so that what was hardly seen says little.
                share = (counts[before + after] + _DOUBT_PAIRS * share_of[after]) / (first[before] + _DOUBT_PAIRS)
                bound = _MOST_PAIR_BITS * UNITS_PER_BIT
                found[before + after] = max(-bound, min(bound, cost(share / share_of[after])))
        return found

    def _letter_pairs(self) -> dict[str, int]:
        """How much dearer a letter is after another than by itself: all pairs of the alphabet with a foreign letter."""
        shares: dict[str, float] = collections.defaultdict(float)
        single: dict[str, float] = collections.defaultdict(float)
        for language, weight in ALPHABETS[self.language].items():
            ones = self.packages.shares(language, "unigrams")
            for letter, share in ones.items():
                single[letter] += weight * share
            for pair, given in self.packages.shares(language, "bigrams").items():
                shares[pair] += weight * given * ones.get(pair[0], 0.0)
        alphabet = sorted(one for one in single if len(one) == 1 and (one.isascii() or self._belongs(one)))
        if self.language not in _LATIN_SETS:
            alphabet = [one for one in alphabet if not one.isascii()]
        total = sum(single[one] for one in alphabet)
        pair_total = sum(shares[a + b] for a in alphabet for b in alphabet)
        found = {}
        for before in alphabet:
            for after in alphabet:
                if (before + after).isascii():
                    continue
                chance = single[before] * single[after] / total / total
                seen = shares[before + after] / pair_total + 0.003 * chance + 1e-9
                found[before + after] = max(-8 * UNITS_PER_BIT, min(9 * UNITS_PER_BIT, cost(seen / (chance + 1e-9))))
        return found


def grouped(table: Mapping[str, int], step: int) -> Iterator[str]:
    """`cost<TAB>characters` lines, cheap first; costs rounded to `step`."""
    by_cost: dict[int, list[str]] = collections.defaultdict(list)
    for key in sorted(table):
        by_cost[round(table[key] / step) * step].append(key)
    for number in sorted(by_cost):
        yield f"{number}\t{''.join(by_cost[number])}"


#: These would be lost at the ends of lines; the model counts them as spaces or controls.
_UNSAFE = frozenset("\t\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", type=Path)
    parser.add_argument("--out", type=Path, default=TARGET)
    options = parser.parse_args()
    packages = Packages(options.packages)
    english = collections.Counter("\n".join(catalogue_lines(packages, ("de", "fr", "es", "nl", "sv"))))
    english = collections.Counter({one: count for one, count in english.items() if one.isascii()})
    english.update({chr(code): 5 for code in range(0x20, 0x7F)})
    lines = ["# scrubber characters 1: written by benchmarks/train_encoding.py; see docs/character-model.md"]
    lines += [f"# {name} sha256 {packages.digest(name)} {what}" for name, what in SOURCES.items()]
    for language in CATALOGUES:
        group = Group(packages, language, english)
        lines.append(f"[{language}]")
        lines += [
            "singles",
            *grouped({one: cost(share) for one, share in group.singles.items() if one not in _UNSAFE}, 4),
        ]
        lines += ["classes", *grouped(group.class_pairs, 4)]
        lines += ["pairs", *grouped(group.pairs, 4)]
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(options.out, options.out.stat().st_size, "bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
