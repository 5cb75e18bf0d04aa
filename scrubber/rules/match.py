"""All patterns of all active rules, tested once a line.

Plain forms and regexes go into one filter and one set of RE2 for each way of folding; `equals` forms are hash
look-ups. RE2 answers in linear time whatever a rule file says. Its `\\d \\w \\s` know ASCII only, so they are rewritten
to Unicode classes here; what RE2 refuses is refused with the place in the pattern. There is no fall-back to `re`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from scrubber.errors import RuleBudgetError
from scrubber.rules.schema import LicenceRule, LineRule, Match, Rule, Ruleset
from scrubber.text.fold import fold
from scrubber.text.lines import trim

#: RE2 may use so much memory for one set. Below 64 MiB a set of a few hundred rules can run out of it.
RE2_BUDGET_BYTES = 512 << 20
#: Lines longer than this meet only the patterns whose rule may act on so long a line.
LONG_LINE_CHARS = 400
#: Lines longer than this are searched in windows of this size, which overlap by `WINDOW_OVERLAP_CHARS`; every hit is
#: then confirmed on the whole line. A match longer than the overlap in such a line is not seen, and the text stays.
WINDOW_CHARS = 32_768
WINDOW_OVERLAP_CHARS = 4_096

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


def _folding_changes(character: str) -> bool:
    """Whether `loose` folding turns a literal into something that it could then never match, case aside."""
    if character.isascii():
        return False
    folded = unicodedata.normalize("NFKC", character).casefold()
    return folded != character and folded != unicodedata.normalize("NFC", character.lower())


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


def _options(fold_mode: str, budget_bytes: int) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.case_sensitive = fold_mode == "exact"
    options.max_mem = budget_bytes
    return options


def check_pattern(pattern: str, fold_mode: str) -> PatternProblem | None:
    """What is wrong with a regex of a rule file, or None. Located to the code point where that is known."""
    import re2

    try:
        translated = translate(pattern, fold_mode)
    except PatternRefused as refused:
        return refused.problem
    try:
        re2.compile(translated, _options(fold_mode, RE2_BUDGET_BYTES))
    except re2.error as error:
        message = _message_of(error)
        fragment = message.rpartition(": ")[2]
        place = pattern.find(fragment) if fragment else -1
        hint = "Make the repeats smaller." if "repetition" in message or "too large" in message else ""
        return PatternProblem(f"RE2 refuses this pattern: {message}", max(place, 0), hint)
    return None


def _message_of(error: Exception) -> str:
    raw = error.args[0] if error.args else str(error)
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)


class _Form(NamedTuple):
    """One pattern of one matcher, ready for a set."""

    matcher: int
    pattern: str
    anchored: bool


class _PatternSet:
    """Many patterns asked at once, and the matchers they belong to.

    Most patterns hold words that must stand in a line for them to match. RE2's filter looks for all those words at once
    and asks only the patterns whose words are there. The rest, which have no such word, form one `re2.Set`. One set for
    all would be quicker for a few hundred short patterns, but the states of patterns that hold whole vocabularies
    multiply in it until its memory is full and every line is slow.

    The set holds one more pattern that matches everything. RE2 answers "no match" when its memory runs out, and the
    Python binding hides the error; an answer without that last pattern is therefore the sign of it. A pattern asked
    alone needs no such sign: RE2 then falls back to slower, but exact ways.
    """

    def __init__(self, forms: Sequence[_Form], fold_mode: str, budget_bytes: int) -> None:
        self.forms = tuple(forms)
        self.owners = [form.matcher for form in forms]
        self._fold_mode = fold_mode
        self._budget_bytes = budget_bytes
        self._parts: tuple[Any, list[int], Any, list[int]] | None = None
        self._singles: dict[int, Any] = {}

    def _compiled(self) -> tuple[Any, list[int], Any, list[int]]:
        """The filter with the numbers of its patterns, and the set with those of its own."""
        if self._parts is None:
            import re2

            options = _options(self._fold_mode, self._budget_bytes)
            try:
                always = self._without_words(options)
                worded = [number for number in range(len(self.forms)) if number not in always]
                bare = sorted(always)
                filtered = re2.Filter()
                for number in worded:
                    filtered.Add(self.forms[number].pattern, options)
                if worded:
                    filtered.Compile()
                together = re2.Set.SearchSet(options)
                for number in bare:
                    together.Add(self.forms[number].pattern)
                together.Add("")
                together.Compile()
            except re2.error as error:
                raise self._exhausted() from error
            self._parts = filtered if worded else None, worded, together, bare
        return self._parts

    def _without_words(self, options: Any) -> frozenset[int]:
        """Numbers of the patterns that the filter would ask for any line."""
        import re2

        probe = re2.Filter()
        for form in self.forms:
            probe.Add(form.pattern, options)
        if not self.forms:
            return frozenset()
        probe.Compile()
        return frozenset(probe.Match("\0", potential=True) or ())

    def _exhausted(self) -> RuleBudgetError:
        return RuleBudgetError(
            f"the {len(self.forms)} patterns of the active rules need more than "
            f"{self._budget_bytes >> 20} MiB of RE2's memory.",
            hint="Make wide repeats such as .{0,900} smaller, or use fewer rules at once (--select).",
        )

    def search(self, line: str) -> list[int]:
        """Matchers that hit the line; some may come more than once."""
        if not self.owners:
            return []
        if len(line) > WINDOW_CHARS:
            return self._search_long(line)
        return [self.owners[number] for number in self._numbers(line)]

    def _numbers(self, line: str) -> list[int]:
        filtered, worded, together, bare = self._compiled()
        found = together.Match(line)
        sentinel = len(bare)
        if not found or sentinel not in found:
            raise self._exhausted()
        numbers = [bare[place] for place in found if place != sentinel] if len(found) > 1 else []
        if filtered is not None:
            numbers += [worded[place] for place in filtered.Match(line) or ()]
        return numbers

    def _search_long(self, line: str) -> list[int]:
        candidates = {number for number, form in enumerate(self.forms) if form.anchored}
        step = WINDOW_CHARS - WINDOW_OVERLAP_CHARS
        for start in range(0, len(line), step):
            candidates.update(self._numbers(line[start : start + WINDOW_CHARS]))
        return [self.owners[number] for number in sorted(candidates) if self._single(number).search(line)]

    def _single(self, number: int) -> Any:
        if number not in self._singles:
            import re2

            self._singles[number] = re2.compile(
                self.forms[number].pattern, _options(self._fold_mode, self._budget_bytes)
            )
        return self._singles[number]


class CompiledRules:
    """A rule set ready to be asked, line by line, which of its matchers hit.

    A *matcher* is one `Match` of one rule: its `match`, `unless`, `start`, ... `ids` leads from (rule id, field name)
    to the matcher's number; a field that is empty has none.
    """

    def __init__(self, ruleset: Ruleset, *, budget_bytes: int = RE2_BUDGET_BYTES) -> None:
        self.ruleset = ruleset
        self.ids: dict[tuple[str, str], int] = {}
        loose: list[_Form] = []
        exact: list[_Form] = []
        long_loose: list[_Form] = []
        long_exact: list[_Form] = []
        self._equals_loose: dict[str, tuple[int, ...]] = {}
        self._equals_exact: dict[str, tuple[int, ...]] = {}
        for rule in ruleset.rules:
            for name, match in matches_of(rule):
                reach = _reach_chars(rule, name)
                number = len(self.ids)
                self.ids[rule.id, name] = number
                is_exact = rule.fold == "exact"
                equals = self._equals_exact if is_exact else self._equals_loose
                for form in match.equals:
                    key = fold_plain(form, rule.fold)
                    equals[key] = (*equals.get(key, ()), number)
                forms = list(_forms(number, match, rule.fold))
                (exact if is_exact else loose).extend(forms)
                if reach > LONG_LINE_CHARS:
                    (long_exact if is_exact else long_loose).extend(forms)
        self._loose = _PatternSet(loose, "loose", budget_bytes)
        self._exact = _PatternSet(exact, "exact", budget_bytes)
        self._long_loose = _PatternSet(long_loose, "loose", budget_bytes)
        self._long_exact = _PatternSet(long_exact, "exact", budget_bytes)
        self._seen: dict[tuple[str, str], frozenset[int]] = {}

    def matcher(self, rule: Rule, name: str) -> int:
        """Number of a rule's matcher, or -1 where the rule file leaves it empty."""
        return self.ids.get((rule.id, name), -1)

    def hits(self, line: str, key: str) -> frozenset[int]:
        """Matchers that hit one line, given as written and folded. Answers for short lines are remembered."""
        short = len(key) <= LONG_LINE_CHARS
        remembered = self._seen.get((line, key)) if short else None
        if remembered is not None:
            return remembered
        found: list[int] = []
        if short:
            found += self._loose.search(key)
            found += self._equals_loose.get(key, ())
            if self._exact.owners or self._equals_exact:
                bare = trim(line)
                found += self._exact.search(bare)
                found += self._equals_exact.get(bare, ())
        else:
            found += self._long_loose.search(key)
            found += self._equals_loose.get(key, ())
            if self._long_exact.owners or self._equals_exact:
                bare = trim(line)
                found += self._long_exact.search(bare)
                found += self._equals_exact.get(bare, ())
        result = frozenset(found) if found else _NOTHING
        if short:
            if len(self._seen) >= _REMEMBERED_LINES:
                self._seen.clear()
            self._seen[line, key] = result
        return result

    def hits_of(self, lines: Sequence[str], keys: Sequence[str]) -> list[frozenset[int]]:
        """`hits` for many lines; empty keys hit nothing."""
        return [self.hits(line, key) if key else _NOTHING for line, key in zip(lines, keys, strict=True)]


_NOTHING: frozenset[int] = frozenset()
#: Answers for so many lines are kept, so that further passes over a document ask for changed lines only.
_REMEMBERED_LINES = 20_000


def matches_of(rule: Rule) -> Iterable[tuple[str, Match]]:
    """The matchers of a rule that say something, by field name, in declaration order."""
    for item in fields(rule):
        value = getattr(rule, item.name)
        if isinstance(value, Match) and value:
            yield item.name, value


#: Fields whose lines are marks and headings: no such line is long.
_MARKS = frozenset(("start", "end", "label", "topic", "above", "below"))


def _reach_chars(rule: Rule, name: str) -> int:
    """The longest line, in code points, on which a hit of this matcher can matter."""
    if name in _MARKS:
        return LONG_LINE_CHARS
    if isinstance(rule, LineRule | LicenceRule) and name in ("match", "unless"):
        return rule.max_chars
    return 1 << 60


def _forms(number: int, match: Match, fold_mode: str) -> Iterable[_Form]:
    import re2

    for name, before, behind in (("starts", "^", ""), ("ends", "", "$"), ("contains", "", "")):
        for form in getattr(match, name):
            yield _Form(number, before + re2.escape(fold_plain(form, fold_mode)) + behind, False)
    for pattern in match.regex:
        translated = translate(pattern, fold_mode)
        yield _Form(number, translated, "^" in translated and "$" in translated)
