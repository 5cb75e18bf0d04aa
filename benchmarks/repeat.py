"""How quickly and how well the repeat detector finds a body that stands in a document twice.

Documents are invented (word lists, fixed seed): ten thousand to ten million code points, Chinese and English-like, in
which a body of a fifth of the text, at most 30,000 code points, is put in again with 0, 2 or 10 % of its characters
edited. Printed are CPU seconds of `find` alone (lines are folded before), the share of both true spans that findings
and their kin cover, and the share of what they cover that is true.

    python benchmarks/repeat.py [--largest CODE_POINTS]
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from scrubber.detect.repeat import RepeatDetector
from scrubber.model.document import Document
from scrubber.model.finding import RuleInfo
from scrubber.rules.schema import RepeatRule

SIZES = (10_000, 100_000, 1_000_000, 5_000_000, 10_000_000)
EDITS_PER_THOUSAND = (0, 20, 100)
LARGEST_BODY = 30_000

_ONSETS = (*"bdfghklmnprstvwz", "br", "cl", "dr", "fl", "gr", "pl", "st", "tr")
_VOWELS = (*"aeiou", "ai", "ea", "ou")
_CODAS = ("", *"nrstl", "nd", "rk", "st")


class Writer:
    """Writes invented lines of one language: paragraphs, and now and then a heading or a line with figures."""

    def __init__(self, language: str, seed: int) -> None:
        self.rng = random.Random(seed)
        self.dense = language == "zh"
        if self.dense:
            han = [chr(0x4E00 + 7 * number) for number in range(2_000)]
            self.words = ["".join(self.rng.choices(han, k=self.rng.choice((1, 2, 2, 2, 3)))) for _ in range(6_000)]
        else:
            self.words = ["".join(self._syllables()) for _ in range(6_000)]
        # Some words are common, most are rare, as in any language.
        self.weights = [1_000_000 // (rank + 20) for rank in range(len(self.words))]

    def _syllables(self) -> Iterator[str]:
        for _ in range(self.rng.choice((1, 2, 2, 3))):
            yield self.rng.choice(_ONSETS) + self.rng.choice(_VOWELS) + self.rng.choice(_CODAS)

    def line(self) -> str:
        """One line without its ending."""
        rng = self.rng
        heading = rng.random() < 0.08
        words = rng.choices(self.words, self.weights, k=rng.randint(4, 7) if heading else rng.randint(16, 70))
        if heading:
            return ("" if self.dense else " ").join(words)
        if rng.random() < 0.15:
            words[rng.randrange(len(words))] = str(rng.randint(2, 2_400))
        for place in range(8, len(words) - 2, rng.randint(8, 13)):
            words[place] += "，" if self.dense else ","
        return ("" if self.dense else " ").join(words) + ("。" if self.dense else ".")

    def text(self, chars: int) -> list[str]:
        """Lines of about so many code points."""
        lines: list[str] = []
        while chars > 0:
            lines.append(self.line())
            chars -= len(lines[-1]) + 1
        return lines

    def edited(self, line: str, per_thousand: int) -> str:
        """The line with characters exchanged (half of the edits), dropped and put in (a quarter each)."""
        rng, letters = self.rng, "".join(self.words[:400])
        written: list[str] = []
        for character in line:
            if rng.random() * 1000 >= per_thousand:
                written.append(character)
                continue
            kind = rng.random()
            if kind < 0.5:
                written.append(rng.choice(letters))
            elif kind > 0.75:
                written += (character, rng.choice(letters))
        return "".join(written)


def page(language: str, chars: int, per_thousand: int) -> tuple[str, list[tuple[int, int]]]:
    """A text with a repeated body, and the spans of its two copies."""
    writer = Writer(language, seed=chars + per_thousand)
    body_chars = min(chars // 5, LARGEST_BODY)
    body = writer.text(body_chars)
    copy = [writer.edited(line, per_thousand) for line in body]
    rest = [writer.text(share) for share in (chars // 10, chars // 2, chars * 4 // 10 - 2 * body_chars + chars // 20)]
    text, spans = "", []
    for lines, is_copy in ((rest[0], False), (body, True), (rest[1], False), (copy, True), (rest[2], False)):
        written = "".join(line + "\n" for line in lines)
        if is_copy:
            spans.append((len(text), len(text) + len(written)))
        text += written
    return text, spans


def measure(language: str, chars: int, per_thousand: int) -> tuple[float, float, float, int]:
    """CPU seconds, coverage, precision, findings."""
    text, truth = page(language, chars, per_thousand)
    document = Document("page.txt", text)
    lines = len(document.bounds)
    # Other detectors have folded the lines already when this one runs.
    _ = document.keys, document.running, document.blank
    scan: Any = SimpleNamespace(
        document=document, chrome=[False] * lines, protected=[False] * lines, zone=lambda where: lambda index: True
    )
    rule = RepeatRule(RuleInfo("bench/repeat", "repeat", "Body twice", "", ""))
    begin = time.process_time()
    findings = list(RepeatDetector([rule]).find(scan))
    seconds = time.process_time() - begin
    true, reported = bytearray(len(text)), bytearray(len(text))
    for first, end in truth:
        true[first:end] = b"\1" * (end - first)
    for finding in findings:
        kin = finding.evidence.kin
        for span in (finding.span, kin.span if kin else None):
            if span is not None:
                reported[span.start : span.end] = b"\1" * (span.end - span.start)
    both = sum(map(int.__and__, true, reported))
    return seconds, both / sum(true), both / max(1, sum(reported)), len(findings)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="skip larger documents (code points)")
    largest = parser.parse_args().largest
    measure("en", 3 * SIZES[0], 20)  # imports what is imported late
    print(f"{'language':8} {'chars':>9} {'edits':>6} {'cpu s':>8} {'coverage':>9} {'precision':>9} {'findings':>9}")
    for language in ("zh", "en"):
        for chars in SIZES:
            for per_thousand in EDITS_PER_THOUSAND:
                if chars <= largest:
                    seconds, coverage, precision, findings = measure(language, chars, per_thousand)
                    print(
                        f"{language:8} {chars:9} {per_thousand / 10:5} % {seconds:7.3f} {coverage:9.3f} "
                        f"{precision:9.3f} {findings:9}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
