"""Rule sets as they were loaded, kept in the user's cache folder between runs.

Reading half a megabyte of rule files and finding the words of their patterns takes seconds, reading the result back
some hundredths. An entry holds for exactly the files that it names, by checksum, and for the code that made it; what
does not fit, cannot be read or cannot be written is as if it were not there. Entries are lines of JSON, so a strange
one can do no more than be refused. The first line says what it holds for (`entries.py`), the second one has the rules,
and behind the texts of patterns and words the last one has the examples, which only few commands want.

The folder is that of the operating system for caches (`platformdirs`), or `SCRUBBER_CACHE_DIR`; that variable empty
switches the cache off.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct, structs

from scrubber.model.finding import Action, Confidence, RuleInfo
from scrubber.rules.entries import MAX_ENTRY_BYTES, STRANGE, RuleFile, cache_folder, head_in, head_of, line_of
from scrubber.rules.literals import Extraction
from scrubber.rules.match import matches_of
from scrubber.rules.prepared import ANY_LENGTH, Prepared, prepared, remember
from scrubber.rules.schema import KINDS, Example, Match, Ruleset, RuleSetInfo
from scrubber.rules.vocabulary import SEPARATOR, Vocabulary

#: So many entries are kept; those used longest ago go.
MAX_ENTRIES = 16
#: Sets of fewer patterns are quickly loaded and not kept.
MIN_PATTERNS = 100

_TYPES: Mapping[str, Any] = {
    cls.__name__: cls for cls in (*KINDS.values(), Ruleset, RuleSetInfo, RuleInfo, Example, Match, Action, Confidence)
}
_FIELDS: Mapping[str, tuple[str, ...]] = {
    Ruleset.__name__: tuple(item.name for item in fields(Ruleset)),
    **{name: cls.__struct_fields__ for name, cls in _TYPES.items() if issubclass(cls, Struct)},
}
_MATCH_FIELDS = tuple(name for name in Match.__struct_fields__ if name != "regex")
_NO_MATCH = Match()
_FOLD_MODES = ("loose", "exact")
_PLAIN = frozenset((str, int, float, bool, type(None)))


def read_entry(name: str, examples: bool) -> Ruleset | None:
    """The rule set of an entry whose files are what they were, its patterns prepared; else None. O(size)."""
    folder = cache_folder()
    if folder is None:
        return None
    path = folder / name
    try:
        with path.open("rb") as stream:
            head_in(stream)
            entry = json.loads(stream.readline(MAX_ENTRY_BYTES))
            patterns, words = (_text_of(stream, entry[name][0]) for name in ("patterns", "words"))
            second = stream.readline(MAX_ENTRY_BYTES) if examples else b""
        vocabulary = Vocabulary.laid_out(words, *entry["words"][1:])
        known = list(_prepared_of(patterns, entry["patterns"][1:], vocabulary))
        ruleset = _Decoder([pattern for pattern, *_ in known]).value(entry["ruleset"])
        if examples:
            ruleset = _with_examples(ruleset, json.loads(second))
    except STRANGE:
        return None
    if not isinstance(ruleset, Ruleset):
        return None
    remember(known)
    with contextlib.suppress(OSError):
        os.utime(path)
    return ruleset


def _text_of(stream: BinaryIO, size: Any) -> bytes:
    """A text of so many bytes. Raises `TypeError` or `ValueError`."""
    if not 0 <= size <= MAX_ENTRY_BYTES:
        raise ValueError("no size of a text")
    text = stream.read(size)
    if len(text) != size:
        raise ValueError("the entry ends too early")
    return text


def _prepared_of(joined: bytes, columns: Any, vocabulary: Vocabulary) -> Iterator[tuple[str, str, Prepared]]:
    """The patterns of an entry, ready to be asked.

    Raises `LookupError`, `TypeError` or `ValueError` for what `write_entry` never makes.
    """
    texts = joined.split(SEPARATOR)
    rows = zip(texts[:-1:2], texts[1::2], *columns, strict=True)
    for number, (pattern, translated, fold, enough, most, worded) in enumerate(rows):
        most = ANY_LENGTH if most < 0 else most
        ready = Prepared(translated or pattern, (), bool(enough), most, vocabulary if worded else None, number)
        yield pattern.decode(), _FOLD_MODES[fold], ready


def _with_examples(ruleset: Ruleset, examples: Any) -> Ruleset:
    decode = _Decoder(()).value
    rules = tuple(
        structs.replace(rule, examples=decode(own)) if len(own) > 1 else rule
        for rule, own in zip(ruleset.rules, examples, strict=True)
    )
    return ruleset.with_rules(rules)


def write_entry(name: str, ruleset: Ruleset, files: Iterable[RuleFile]) -> None:
    """Keep a rule set with the prepared forms of its patterns. Atomic; where it fails there is no entry. O(size)."""
    folder = cache_folder()
    if folder is None:
        return
    patterns = dict.fromkeys(
        (pattern, rule.fold) for rule in ruleset.rules for _, match in matches_of(rule) for pattern in match.regex
    )
    if len(patterns) < MIN_PATTERNS:
        return
    shared = Extraction()
    ready = [(pattern, fold, prepared(pattern, fold, shared)) for pattern, fold in patterns]
    vocabulary = Vocabulary.of(found.words for _, _, found in ready)
    texts = b"".join(
        pattern.encode() + SEPARATOR + _bytes_of(found.pattern, unless=pattern) + SEPARATOR
        for pattern, _, found in ready
    )
    places = {pattern: place for place, (pattern, _) in enumerate(patterns)}
    bare = ruleset.with_rules(tuple(structs.replace(rule, examples=()) for rule in ruleset.rules))
    entry = {
        "patterns": [
            len(texts),
            [_FOLD_MODES.index(fold) for _, fold, _ in ready],
            [int(found.enough) for _, _, found in ready],
            [-1 if found.most_chars == ANY_LENGTH else found.most_chars for _, _, found in ready],
            [int(bool(found.words)) for _, _, found in ready],
        ],
        "words": [
            len(vocabulary.joined),
            list(vocabulary.groups),
            [end - begin for begin, end in vocabulary.groups.values()],
        ],
        "ruleset": _encoded(bare, places),
    }
    examples = [_encoded(rule.examples, {}) for rule in ruleset.rules]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_room(folder)
        import tempfile

        handle, new = tempfile.mkstemp(dir=folder, suffix=".new")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.writelines(
                    (head_of(ruleset, list(files)), line_of(entry), texts, vocabulary.joined, line_of(examples))
                )
            Path(new).replace(folder / name)
        except BaseException:
            Path(new).unlink()
            raise
    except OSError:
        return


def _bytes_of(text: str | bytes, unless: str) -> bytes:
    if text == unless:
        return b""
    return text.encode() if isinstance(text, str) else text


def _make_room(folder: Path) -> None:
    """Leave room for one entry: those used longest ago go, and what a run that was killed left half written."""
    by_age = sorted(
        (path for path in folder.iterdir() if path.suffix in (".json", ".new")), key=lambda path: path.stat().st_mtime
    )
    for path in by_age[: max(0, len(by_age) - MAX_ENTRIES + 1)]:
        with contextlib.suppress(OSError):
            path.unlink()


def _encoded(value: Any, patterns: Mapping[str, int]) -> Any:
    """A value as JSON can hold it. A list begins with the name of its type, which is empty for a tuple.

    The regexes of a `Match` are the places of their patterns.
    """
    if isinstance(value, Enum):
        return [type(value).__name__, value.value]
    if isinstance(value, Match):
        plain = [list(getattr(value, name)) for name in _MATCH_FIELDS]
        return ["Match", *plain, [patterns[regex] for regex in value.regex]] if value else ["Match"]
    names = _FIELDS.get(type(value).__name__)
    if names is not None:
        return [type(value).__name__, *(_encoded(getattr(value, name), patterns) for name in names)]
    if isinstance(value, Mapping):
        return {key: _encoded(item, patterns) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return ["", *(_encoded(item, patterns) for item in value)]
    return value


class _Decoder:
    """Values that `_encoded` was given. Raises `LookupError`, `TypeError` or `ValueError` for what it never makes."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = patterns

    def value(self, value: Any) -> Any:
        """One value. O(size)."""
        kind = type(value)
        if kind is dict:
            return {key: self.value(item) for key, item in value.items()}
        if kind is not list:
            return value
        name = value[0]
        if name == "Match":
            return self._match(value[1:]) if len(value) > 1 else _NO_MATCH
        parts = [part if type(part) in _PLAIN else self.value(part) for part in value[1:]]
        if not name:
            return tuple(parts)
        cls, names = _TYPES[name], _FIELDS.get(name)
        if names is None:
            return cls(*parts)
        return cls(**dict(zip(names, parts, strict=True)))

    def _match(self, parts: Sequence[Any]) -> Match:
        *plain, regex = parts
        forms = dict(zip(_MATCH_FIELDS, map(tuple, plain), strict=True))
        return Match(**forms, regex=tuple(self._patterns[place] for place in regex))
