"""The Python interface: the same run as the command line, for one text or one file at a time."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from scrubber.engine.clean import Cleaner
from scrubber.engine.guards import PROFILES
from scrubber.errors import UnreadableInput, UsageError, Where
from scrubber.model import CleanResult, Document, Outcome, Verdict
from scrubber.rules.load import load_rules as _load_rules
from scrubber.rules.load import select_rules
from scrubber.rules.schema import Ruleset
from scrubber.text.decode import Decoded
from scrubber.text.decode import decode as _decode

RuleSource = Ruleset | str | Path | Sequence[str | Path] | None

#: Outcomes of findings that `check` fails on: what `clean` would change, and what is shown for a person to judge.
REPORTED = frozenset((Outcome.REMOVED, Outcome.REPLACED, Outcome.FLAGGED, Outcome.LIMITED))


def load_rules(*sources: str | Path, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> Ruleset:
    """Rules from bundled sets by name (`core`, `zh`, `en`), rule files, or folders of them; later ones win.

    Without sources, all bundled sets. `select` and `ignore` are globs over full rule ids. Raises `RuleFileError`
    with every mistake of a bad file, `UsageError` for a name or a glob that finds nothing.
    """
    ruleset = _load_rules(sources)
    return select_rules(ruleset, select, ignore) if select or ignore else ruleset


def decode(data: bytes, *, declared: str | None = None) -> Decoded:
    """Bytes to text. Raises `UnreadableInput` for what is no text, or in an encoding that nobody can tell. O(n).

    The result has `text`, `encoding` (Python's name; `utf-8+gb18030` where lines are in two), `confidence` in
    thousandths, `runner_up` (the next best guess, if there was guessing), `how_known` (a phrase for people), and
    `repairs`: for each bad run of bytes where its U+FFFD stands in the text, where it stands in the file, and its bytes.
    `declared` is the encoding that the source claims, such as a page or an HTTP header; it is evidence, not an order.

    >>> read = decode("渡轮今天中午返航".encode("gbk"))
    >>> read.text, read.encoding, read.how_known
    ('渡轮今天中午返航', 'gb18030', 'its characters')
    """
    return _decode(data, declared=declared)


@lru_cache(maxsize=8)
def _bundled_cleaner(profile: str) -> Cleaner:
    return Cleaner(_load_rules(examples=False), limits=PROFILES[profile])


def cleaner(rules: RuleSource = None, *, profile: str = "standard") -> Cleaner:
    """A `Cleaner` to use for many texts: making one costs more than cleaning a short text."""
    if profile not in PROFILES:
        raise UsageError(f"there is no profile {profile!r}.", hint=f"Choose one of {', '.join(PROFILES)}.")
    if rules is None:
        return _bundled_cleaner(profile)
    if isinstance(rules, Ruleset):
        ruleset = rules
    else:
        ruleset = load_rules(*((rules,) if isinstance(rules, str | Path) else rules))
    return Cleaner(ruleset, limits=PROFILES[profile])


def clean_text(text: str, rules: RuleSource = None, *, profile: str = "standard", id: str = "text") -> CleanResult:  # noqa: A002
    """Clean one text. `result.text` is the clean text, `result.plan` has every edit and every verdict.

    `rules` is a `Ruleset` from `load_rules`, or what `load_rules` takes; the bundled rules by default.
    """
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UnreadableInput(
            "the text holds a lone surrogate, which no encoding can write.",
            hint='Decode the bytes with scrubber.decode, or replace it: text.encode("utf-8", "replace").',
        )
    return cleaner(rules, profile=profile).clean(Document(id, text))


def clean_file(
    path: str | Path, rules: RuleSource = None, *, profile: str = "standard", encoding: str | None = None
) -> CleanResult:
    """Read, decode and clean one file; nothing is written. Raises `UnreadableInput`.

    `result.document.origin` says how the file was encoded and how that was found.
    """
    from scrubber.read import reader_for

    name = str(path)
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise UnreadableInput(
                "is no regular file.", where=Where(name), hint="Read it yourself, and clean the text."
            )
        data = Path(path).read_bytes()
    except OSError as error:
        raise UnreadableInput(f"cannot be read: {error.strerror}.", where=Where(name)) from error
    document = reader_for(name)(data, id=name.replace("\\", "/"), path=name, encoding=encoding)
    return cleaner(rules, profile=profile).clean(document)


def check(source: str | Path | Document, rules: RuleSource = None, *, profile: str = "standard") -> tuple[Verdict, ...]:
    """What `clean` would change and what is shown for a person to judge; empty for a clean text.

    A `Path` is read as a file, a `str` is a text.
    """
    if isinstance(source, Path):
        result = clean_file(source, rules, profile=profile)
    elif isinstance(source, Document):
        result = cleaner(rules, profile=profile).clean(source)
    else:
        result = clean_text(source, rules, profile=profile)
    return tuple(verdict for verdict in result.plan.verdicts if verdict.outcome in REPORTED)
