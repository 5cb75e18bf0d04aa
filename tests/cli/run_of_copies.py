"""Texts of a run whose documents repeat each other, and the rules that find it: made from a fixed seed."""

from __future__ import annotations

from random import Random

HEAD = """\
[ruleset]
name = "near"
version = "1.0"

[[rule]]
id = "share"
kind = "line"
title = "Share bar"
match = { equals = ["Share this story"] }
"""
NEAR = """
[[rule]]
id = "close-copy"
kind = "neardup"
title = "Paragraph of another document"
why = "It stands elsewhere."
action = "ACTION"
params = { scope = "corpus", threshold = 0.8 }
"""
WHOLE = """
[[rule]]
id = "twice"
kind = "duplicate"
title = "Document of another name"
why = "It stands elsewhere."
action = "ACTION"
"""
_WORDS = [
    "ferry",
    "harbour",
    "captain",
    "wind",
    "island",
    "rope",
    "tide",
    "lantern",
    "pier",
    "boat",
    "sailor",
    "morning",
    "storm",
    "letter",
    "office",
    "bridge",
    "market",
    "river",
    "stone",
    "garden",
    "window",
    "paper",
    "winter",
    "summer",
    "night",
    "road",
    "signal",
    "anchor",
    "deck",
    "crew",
]


def rules(near: str = "", whole: str = "") -> str:
    """A rule file with one line rule, and the other two with these actions, if any."""
    return HEAD + (NEAR.replace("ACTION", near) if near else "") + (WHOLE.replace("ACTION", whole) if whole else "")


def paragraph(chance: Random, words: int = 22) -> str:
    """Words that no other paragraph has in this order."""
    return " ".join(chance.choice(_WORDS) for _ in range(words)).capitalize() + "."


def edited(text: str, chance: Random, edits: int) -> str:
    """A text in which some words are others."""
    words = text.split(" ")
    for _ in range(edits):
        words[chance.randrange(len(words))] = chance.choice(_WORDS)
    return " ".join(words)


def documents(seed: int = 5, count: int = 12) -> dict[str, str]:
    """Documents by name. Every third repeats a paragraph of the one before, every fourth one with an edit; some a whole."""
    chance = Random(seed)
    found: dict[str, str] = {}
    before: list[str] = []
    for number in range(count):
        own = [paragraph(chance) for _ in range(4)]
        if number % 3 == 2:
            own[1] = before[0]
        if number % 4 == 3:
            own[2] = edited(before[3], chance, 2)
        text = "\n".join(own)
        if number % 6 == 5:
            text = text.replace("\n", "\nShare this story\n", 1)
        found[f"{number:03}.txt"] = text + "\n"
        before = own
    names = sorted(found)
    found["900.txt"] = found[names[0]]
    found["901.txt"] = "Share this story\n" + edited(found[names[1]], chance, 3)
    return found
