"""The regex language of rule files: RE2's, with classes that know all scripts.

RE2 answers in linear time whatever a rule file says. Its `\\d \\w \\s` know ASCII only, so they are rewritten to Unicode
classes here; what RE2 refuses is refused with the place in the pattern. There is no fall-back to `re`.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from scrubber.text.fold import fold
from scrubber.text.lines import trim

#: RE2 may use so much memory for one pattern or one set. Below 64 MiB a set of a few hundred rules can run out of it.
RE2_BUDGET_BYTES = 512 << 20

#: Longer patterns, word lists filled in, are refused: compiling one could take minutes.
MAX_PATTERN_CHARS = 60_000

#: RE2 refuses repeats that multiply to more.
MOST_REPEATS = 1000
#: Programs up to this size fit the budget twice over: it holds eight million instructions.
_FEW_INSTRUCTIONS = 4_000_000

_REPEAT = re.compile(r"\{\d{1,9}(?:,(\d{0,9}))?\}", re.ASCII)
_CATEGORY = re.compile(r"\\[pPwWdDsS]|\[:")
_PLAIN = re.compile(r"[^\\()\[\]]+")
_WORD = r"\p{L}\p{M}\p{N}_"
_DIGIT = r"\p{Nd}"
_SPACE = r"\t\n\v\f\r \x{1c}-\x{1f}\x{85}\p{Z}"
_NOT_SPACE = (
    r"\x{00}-\x{08}\x{0e}-\x{1b}!-\x{84}\x{86}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}"
    r"\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{10ffff}"
)


class PatternProblem(NamedTuple):
    """What is wrong with a pattern, and at which code point of it."""

    message: str
    offset: int
    hint: str = ""


class PatternRefused(ValueError):
    """A pattern that cannot be used; `problem` says why."""

    def __init__(self, problem: PatternProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def fold_plain(form: str, fold_mode: str) -> str:
    """A plain form as it is compared: folded as the text is (`loose`), or with its ends trimmed (`exact`)."""
    return fold(form) if fold_mode == "loose" else trim(form)


@lru_cache(maxsize=1 << 14)
def _folding_changes(character: str) -> bool:
    """Whether `loose` folding turns a literal into something that it could then never match, case aside."""
    if character.isascii():
        return False
    folded = unicodedata.normalize("NFKC", character).casefold()
    return folded != character and folded != unicodedata.normalize("NFC", character.lower())


@lru_cache(maxsize=1 << 14)
def translate(pattern: str, fold_mode: str) -> str:
    """The pattern as RE2 must see it, `\\d \\w \\s` widened to Unicode. Raises `PatternRefused`. O(n).

    >>> translate(r"^\\d+$", "loose")
    '^[\\\\p{Nd}]+$'
    """
    out: list[str] = []
    index, in_class = 0, False
    classes = {"w": _WORD, "d": _DIGIT, "s": _SPACE}
    inside_negated = {"D": r"\P{Nd}", "S": _NOT_SPACE}
    while index < len(pattern):
        character = pattern[index]
        if character == "\\":
            if index + 1 >= len(pattern):
                raise PatternRefused(PatternProblem("a lone backslash ends the pattern", index))
            escape = pattern[index + 1]
            if escape in classes:
                out.append(classes[escape] if in_class else f"[{classes[escape]}]")
            elif escape.lower() in classes and not in_class:
                out.append(f"[^{classes[escape.lower()]}]")
            elif escape in inside_negated:
                out.append(inside_negated[escape])
            elif escape == "W":
                raise PatternRefused(
                    PatternProblem(r"\W cannot stand inside [...]", index, r"Write [^\w...] or name the characters.")
                )
            elif escape.isdigit() and escape != "0" and not in_class:
                raise PatternRefused(
                    PatternProblem(
                        "back-references are not possible", index, "RE2 answers in linear time and has none."
                    )
                )
            elif escape in "Zu":
                hint = r"Use \z." if escape == "Z" else r"Write the character itself, or \x{...}."
                raise PatternRefused(PatternProblem(f"RE2 does not know \\{escape}", index, hint))
            else:
                out.append("\\" + escape)
            index += 2
            if escape in "pPx" and index < len(pattern) and pattern[index] == "{":
                close = pattern.find("}", index)
                if close > 0:
                    out.append(pattern[index : close + 1])
                    index = close + 1
            continue
        plain = None if in_class else _PLAIN.match(pattern, index)
        if plain and (fold_mode == "exact" or not any(map(_folding_changes, set(plain[0])))):
            out.append(plain[0])
            index = plain.end()
            continue
        if fold_mode == "loose" and _folding_changes(character):
            raise PatternRefused(
                PatternProblem(
                    f"{character} never stands in a folded line",
                    index,
                    f'Write {fold(character) or "nothing"} instead, or set fold = "exact".',
                )
            )
        if character == "[" and not in_class:
            in_class = True
            out.append(character)
            index += 1
            if pattern[index : index + 1] == "^":
                out.append("^")
                index += 1
            if pattern[index : index + 1] == "]":
                out.append(r"\]")
                index += 1
            continue
        if character == "[" and in_class and pattern[index : index + 2] != "[:":
            out.append(r"\[")
            index += 1
            continue
        if character == "[" and in_class:
            close = pattern.find(":]", index)
            if close > 0:
                out.append(pattern[index : close + 2])
                index = close + 2
                continue
        if character == "]" and in_class:
            in_class = False
        if character == "(" and not in_class and pattern[index + 1 : index + 2] == "?":
            _refuse_group(pattern, index)
        out.append(character)
        index += 1
    return "".join(out)


def _refuse_group(pattern: str, index: int) -> None:
    opening = pattern[index : index + 4]
    for start, name in (("(?=", "look-ahead"), ("(?!", "look-ahead"), ("(?<=", "look-behind"), ("(?<!", "look-behind")):
        if opening.startswith(start):
            raise PatternRefused(
                PatternProblem(f"{name} is not possible", index, "Say what must not be there in `unless`.")
            )
    if opening.startswith("(?>"):
        raise PatternRefused(PatternProblem("atomic groups are not possible", index, "RE2 needs none."))


@lru_cache(maxsize=1)
def _other_digits() -> Any:
    import re2

    return re2.compile(r"[^\x{0}-\x{7f}\P{Nd}]")


def plain_digits(text: str) -> str:
    """The text with digits of other scripts, as RE2 knows them, as `0`. The same object if there are none. O(n)."""
    if text.isascii() or _other_digits().search(text.encode()) is None:
        return text
    return str(_other_digits().sub("0", text))


def re2_options(fold_mode: str, budget_bytes: int) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.case_sensitive = fold_mode == "exact"
    options.max_mem = budget_bytes
    return options


def searching(compiled: Any) -> Callable[[bytes], bool]:
    """Whether a pattern, as `re2.compile` returns it, is found in a text in UTF-8.

    The module makes an object for what it found, which takes longer than finding it; so RE2 itself is asked where it
    can be reached.
    """
    try:
        from re2._re2 import RE2

        match, unanchored = compiled._regexp.Match, RE2.Anchor.UNANCHORED
        if match(unanchored, b"", 0, 0)[0] not in ((0, 0), (-1, -1)):
            raise ValueError("not what it was")
    except (ImportError, AttributeError, TypeError, ValueError, LookupError):
        search = compiled.search
        return lambda text: search(text) is not None
    return lambda text: bool(match(unanchored, text, 0, len(text))[0][0] >= 0)


def check_pattern(pattern: str, fold_mode: str) -> PatternProblem | None:
    """What is wrong with a regex of a rule file, or None. Located to the code point where that is known."""
    import re2

    if len(pattern) > MAX_PATTERN_CHARS:
        return PatternProblem(f"a pattern of {len(pattern):,} characters is too long", 0, "Split it into several.")
    try:
        translated = translate(pattern, fold_mode)
    except PatternRefused as refused:
        return refused.problem
    options = re2_options(fold_mode, RE2_BUDGET_BYTES)
    try:
        if _most_instructions(translated) < _FEW_INSTRUCTIONS:
            with contextlib.suppress(re2.error):
                re2.Set.SearchSet(options).Add(translated)
                return None
        re2.compile(translated, options)
    except re2.error as error:
        message = _message_of(error)
        fragment = message.rpartition(": ")[2]
        place = pattern.find(fragment) if fragment else -1
        hint = "Make the repeats smaller." if "repetition" in message or "too large" in message else ""
        return PatternProblem(f"RE2 refuses this pattern: {message}", max(place, 0), hint)
    return None


def _most_instructions(translated: str) -> int:
    """More than RE2's program for a pattern can have: where that is little, reading the pattern tells all about it.

    A class of a script or category is some thousand byte ranges; any other character, or range in a class, is a few
    dozen. RE2 refuses repeats in repeats of more than 1,000 times in all.
    """
    times = 1
    for repeat in _REPEAT.finditer(translated):
        times = min(MOST_REPEATS, times * max(1, int(repeat[1] or repeat[0][1:-1].rstrip(","))))
    return times * (40 * len(translated) + 4_000 * len(_CATEGORY.findall(translated)))


def _message_of(error: Exception) -> str:
    raw = error.args[0] if error.args else str(error)
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
