"""`index build`, `add`, `remove`, `query`, `stats`: paragraphs of an existing corpus, for `--against`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from msgspec.structs import replace

from scrubber.cli.account import Account, tell_failures
from scrubber.cli.inputs import STDIN, Inputs
from scrubber.cli.options import InputOptions, MessageOptions, RuleOptions, RunOptions
from scrubber.cli.reading import read_stdin
from scrubber.cli.running import collected, refuse_nothing, run_tasks, tasks_for
from scrubber.cli.session import Scene, Session, limits_of, set_scene
from scrubber.cli.streams import Messages, print_lines
from scrubber.cli.tasks import setup_for
from scrubber.corpus.index_form import IndexShape
from scrubber.corpus.index_lookup import KnownIndex
from scrubber.corpus.index_rows import Entry, entry_of
from scrubber.detect.known import Match, matches, summary
from scrubber.errors import UsageError, Where
from scrubber.model import Document
from scrubber.model.finding import Action
from scrubber.read import form_of
from scrubber.report.escape import safe_json, visible
from scrubber.report.layout import count_words
from scrubber.rules.builtin import BUILTINS, KNOWN_PARAGRAPH
from scrubber.rules.decisions import Decisions
from scrubber.rules.schema import NeardupRule, Ruleset
from scrubber.store.paths import document_id, quote_id
from scrubber.text.nearest import EditBudget

#: Shortest paragraph that an index takes, in folded code points: as the bundled rule for near-duplicates.
_MIN_CHARS = 80
_FORMAT = 1
_Index = Annotated[str, typer.Argument(metavar="INDEX", help="The index: one file.")]
_Wait = Annotated[
    int, typer.Option(metavar="SECONDS", min=0, max=86_400, help="How long to wait while another process writes.")
]


class Bands(StrEnum):
    """How signatures are cut into bands: which likeness is found."""

    WIDE = "32x4"
    NARROW = "21x6"


class QueryFormat(StrEnum):
    """How `query` prints what it finds."""

    TERMINAL = "terminal"
    JSONL = "jsonl"


class _Reading(Struct, frozen=True):
    """A run over inputs that changes none of them: their documents, and what became of each."""

    scene: Scene
    inputs: Inputs
    account: Account
    documents: Iterator[Document]


def build(
    index: _Index,
    inputs: InputOptions,
    run: RunOptions,
    message: MessageOptions,
    with_text: Annotated[
        bool, typer.Option("--with-text", help="Store the paragraphs, compressed: findings are exact, not estimates.")
    ] = False,
    bands: Annotated[
        Bands, typer.Option(help="32x4 finds what is half alike; 21x6 is smaller and finds what is .7 alike.")
    ] = Bands.WIDE,
    min_chars: Annotated[
        int, typer.Option(metavar="N", min=10, max=100_000, help="Shortest paragraph, in code points.")
    ] = _MIN_CHARS,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is no index, or a damaged one.")] = False,
    wait: _Wait = 60,
) -> int:
    """Make an index of all paragraphs of the inputs. One that is there is replaced, at once, when the new one is whole."""
    from scrubber.corpus.index_write import NewIndex
    from scrubber.text.sketch import permutations

    messages = Messages(message)
    path = _index_path(index)
    opened = _opened(inputs, run, messages, label="indexing", skip=path)
    number, rows = map(int, bands.value.split("x"))
    shape = IndexShape(number, rows, min_chars, with_text, permutations())
    with NewIndex(path, shape, force=force) as made:
        added = made.add(entry_of(document, min_chars, with_text=with_text) for document in opened.documents)
        if opened.account.failures and not added.anew:
            messages.error(f"{path}: no input could be read; nothing was built")
            return _ended(opened, messages)
        made.publish(wait_ms=wait * 1000, waiting=lambda: _say_waiting(messages, path))
    _say_counts(messages, path)
    return _ended(opened, messages)


def add(
    index: _Index,
    inputs: InputOptions,
    run: RunOptions,
    message: MessageOptions,
    wait: _Wait = 60,
) -> int:
    """Add the paragraphs of the inputs. Documents that are in the index already, by their ids, are replaced."""
    from scrubber.corpus.index_write import IndexWriter

    messages = Messages(message)
    path = _index_path(index)
    with KnownIndex(path) as known:
        shape = known.shape
    opened = _opened(inputs, run, messages, label="indexing", skip=path)
    held: set[str] = set()

    def entries() -> Iterator[Entry]:
        for document in opened.documents:
            held.add(document.id)
            yield entry_of(document, shape.min_chars, with_text=shape.with_text)

    with IndexWriter(path, wait_ms=wait * 1000, waiting=lambda: _say_waiting(messages, path)) as writer:
        added = writer.add(entries())
        stale = [
            document
            for each in opened.inputs.inputs
            if form_of(each.name, opened.scene.as_format).holds_many
            for prefix in (f"{each.id}#", f"{each.id}!/")
            for document in writer.ids_below(prefix)
            if document not in held
        ]
        # Of an input that failed nobody knows what it holds.
        gone = 0 if opened.account.failures else writer.remove(stale)
        writer.finish()
    more = f", {gone:,} that the inputs hold no more removed" if gone else ""
    messages.say(f"{count_words(added.anew, 'document')} added, {added.replaced:,} replaced{more}")
    _say_counts(messages, path)
    return _ended(opened, messages)


def remove(
    index: _Index,
    names: Annotated[list[str], typer.Argument(metavar="ID|PATH", help="Documents; a folder or file with its own.")],
    message: MessageOptions,
    root: Annotated[str | None, typer.Option(metavar="DIR", help="What ids are relative to.")] = None,
    wait: _Wait = 60,
) -> int:
    """Remove documents, by id or by path; of a folder, an archive, a file of records all that came from it."""
    from scrubber.corpus.index_write import IndexWriter

    messages = Messages(message)
    path = _index_path(index)
    scene = set_scene(InputOptions(root=root), RuleOptions())
    with IndexWriter(path, wait_ms=wait * 1000, waiting=lambda: _say_waiting(messages, path)) as writer:
        unknown: list[str] = []
        gone = 0
        for name in names:
            ids = _meant(name, scene.root, writer.has, writer.ids_below)
            if not ids:
                unknown.append(name)
            gone += writer.remove(ids)
        if unknown:
            raise UsageError(
                f"no document is called {visible(unknown[0])}; nothing was removed.",
                where=Where(str(path)),
                hint="Ids are paths from the project root, or from --root.",
            )
        writer.finish()
    messages.say(f"{count_words(gone, 'document')} removed")
    _say_counts(messages, path)
    return 0


def _meant(name: str, root: Path, has: Callable[[str], bool], below: Callable[[str], list[str]]) -> list[str]:
    """The ids that a name stands for: its own, and those of what lies in it; as an id, else as a path."""
    said = name.rstrip("/") or name
    tried = [said]
    try:
        tried.append(document_id(Path(name), root))
    except (UsageError, ValueError):
        tried.append(quote_id(said))
    for each in dict.fromkeys(tried):
        found = [each] if has(each) else []
        for mark in ("/", "#", "!/"):
            found += below(each + mark)
        if found:
            return found
    return []


def query(
    index: _Index,
    inputs: InputOptions,
    run: RunOptions,
    message: MessageOptions,
    threshold: Annotated[
        float, typer.Option(metavar="T", min=0.3, max=1.0, help="Jaccard or edit similarity from which on.")
    ] = 0.8,
    numbers: Annotated[
        bool, typer.Option("--any-numbers", help="Also paragraphs that differ in their numbers: two facts.")
    ] = False,
    report: Annotated[QueryFormat, typer.Option(help="How to print what is found.")] = QueryFormat.TERMINAL,
) -> int:
    """Print the paragraphs of the inputs that the index holds, each with what it is most like there."""
    messages = Messages(message)
    path = _index_path(index)
    with KnownIndex(path) as known:
        opened = _opened(inputs, run, messages, label="looking up", skip=path)
        rule = NeardupRule(
            info=KNOWN_PARAGRAPH,
            action=Action.FLAG,
            scope="corpus",
            min_chars=known.min_chars,
            threshold=round(threshold * 1000),
            spare_if=() if numbers else ("numbers-differ",),
        )
        found = asked = 0
        for document in opened.documents:
            places = document.paragraph_lines()
            texts = [" ".join(document.keys[first : last + 1]) for first, last in places]
            asked += sum(len(text) >= known.min_chars for text in texts)
            for number, match in matches(texts, rule, known, document.id, EditBudget(len(document.text))):
                found += 1
                first, last = places[number]
                _print_match(document.id, first + 1, last + 1, match, report)
    messages.say(f"{found:,} of {count_words(asked, 'paragraph')} found")
    return _ended(opened, messages)


def _print_match(document: str, first: int, last: int, match: Match, report: QueryFormat) -> None:
    known, likeness = match
    if report is QueryFormat.JSONL:
        row = {
            "version": _FORMAT,
            "document": document,
            "lines": [first, last],
            "kin": {
                "id": known.document_id,
                "lines": [known.first_line, known.last_line],
                "measure": likeness.measure,
                "score": likeness.score,
                "jaccard": likeness.jaccard,
                "edit": likeness.edit if known.text is not None else None,
            },
        }
        sys.stdout.write(safe_json(json.dumps(row, ensure_ascii=False)) + "\n")
        return
    own = f"{document}:{_lines(first, last)}"
    kin = f"{known.document_id}:{_lines(known.first_line, known.last_line)}"
    print_lines(f"{visible(own)}\n    kin  {visible(kin)}\n    {summary(likeness, None)}", sys.stdout)


def _lines(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def stats(
    index: _Index,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> int:
    """Print what the index holds, how large it is, and how it was made."""
    path = _index_path(index)
    with KnownIndex(path) as known:
        counts, shape = known.counts(), known.shape
        keys, texts = known.sizes()
        digest = known.digest
    if as_json:
        row = {
            "version": _FORMAT,
            **counts,
            "bands": shape.bands,
            "rows": shape.rows,
            "min-chars": shape.min_chars,
            "with-text": shape.with_text,
            "key-bytes": keys,
            "text-bytes": texts,
            "digest": digest,
        }
        sys.stdout.write(json.dumps(row) + "\n")
        return 0
    each = keys // max(1, counts["paragraphs"])
    rows = [
        ("documents", f"{counts['documents']:,}"),
        ("paragraphs", f"{counts['paragraphs']:,}, {counts['texts']:,} different"),
        ("shortest", f"{shape.min_chars} code points"),
        ("bands", f"{shape.bands} of {shape.rows} rows"),
        ("keys", f"{keys:,} bytes, {each:,} a paragraph"),
        ("texts", f"{texts:,} bytes" if shape.with_text else "none: findings are estimates"),
        ("digest", digest),
    ]
    print_lines("\n".join(f"{name:<11} {value}" for name, value in rows), sys.stdout)
    return 0


def _index_path(name: str) -> Path:
    if not name or "\0" in name:
        raise UsageError("the index needs a name.")
    return Path(name)


def _opened(inputs: InputOptions, run: RunOptions, messages: Messages, *, label: str, skip: Path) -> _Reading:
    """The documents of the inputs, read as every command reads them, and cleaned of nothing."""
    scene = set_scene(inputs, RuleOptions())
    found = collected(scene, inputs.stdin_filename, force_exclude=inputs.force_exclude)
    found = replace(found, inputs=tuple(each for each in found.inputs if Path(each.path) != skip))
    refuse_nothing(scene, found, asked=bool(inputs.paths) or inputs.files_from is not None)
    session = Session(
        scene, Ruleset(()), Decisions(), limits_of(scene.settings)[0], frozenset(info.id for info in BUILTINS)
    )
    setup = setup_for(session)
    content = read_stdin(messages, setup.max_bytes) if scene.paths == (STDIN,) else None
    account = Account()
    finished = run_tasks(
        tasks_for(found, content=content), setup, account, run, messages, label=label, bar_allowed=True
    )
    documents = (done.result.document for done in finished if done.result is not None)
    return _Reading(scene, found, account, documents)


def _say_waiting(messages: Messages, path: Path) -> None:
    messages.error(f"{path}: another process is writing; waiting until it is done")


def _say_counts(messages: Messages, path: Path) -> None:
    with KnownIndex(path) as known:
        counts = known.counts()
    messages.say(
        f"{path}: {count_words(counts['paragraphs'], 'paragraph')} of {count_words(counts['documents'], 'document')}"
    )


def _ended(opened: _Reading, messages: Messages) -> int:
    tell_failures(opened.account, messages)
    return opened.account.exit_code(findings=False)


#: The commands below `index`.
COMMANDS: Mapping[str, Callable[..., int]] = {
    "build": build,
    "add": add,
    "remove": remove,
    "query": query,
    "stats": stats,
}
