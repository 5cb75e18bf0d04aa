"""Rule files and bundled sets in, one `Ruleset` out.

A source is a bundled name, a `.toml` file or a folder of them; later ones win. A file may build on others
(`extends`), switch their rules off (`disable`) and change them (`[[override]]`). All mistakes of all files are
collected and raised at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from scrubber.rules.entries import entry_name, read_late
from scrubber.rules.ruleset import Ruleset
from scrubber.rules.selection import select_rules
from scrubber.rules.sources import RuleSource, bundled_folder, bundled_names, bundled_sources, named_sources

__all__ = ["DEFAULT_RULESETS", "bundled_folder", "bundled_names", "load_rules", "select_rules"]

#: The bundled sets in force where no rules are named: those of them that exist.
DEFAULT_RULESETS = ("core", "zh", "en", "ja", "ko", "ru", "de", "fr", "es", "pt", "it")


def load_rules(
    sources: Sequence[str | Path] = (),
    *,
    root: Path | None = None,
    bundled: Path | None = None,
    examples: bool = True,
    late: Callable[[Callable[[], Ruleset]], Ruleset] | None = None,
) -> Ruleset:
    """All rules of the sources (none: `DEFAULT_RULESETS`), in the order in which they were loaded.

    A string is a bundled name if there is one, else a path; a `Path` is a path. `root` is the folder that `extends`
    must not leave (default: the folder of each source), `bundled` stands in for `bundled_folder()`. Raises
    `UsageError` for a source that does not exist and `RuleFileError` with all mistakes. Whether a source itself may
    lie outside the root is for the caller to say: a person's command line may, a configuration file may not. Without
    `examples` those of the rules may be missing, which loads faster.
    O(size of the files); much less where the same files were loaded before (`cache.py`).
    """
    bundled = bundled_folder() if bundled is None else bundled
    names = bundled_names(bundled)
    if not sources:
        sources = [name for name in DEFAULT_RULESETS if name in names]
    files = [
        file
        for source in sources
        for file in (
            bundled_sources(bundled, source)
            if isinstance(source, str) and source in names
            else named_sources(Path(source), root, names)
        )
    ]
    name = entry_name(files, bundled)
    if late is not None:
        known = read_late(name, lambda: late(lambda: _read(name, files, root, bundled, examples)))
        if known is not None:
            return known
    return _read(name, files, root, bundled, examples)


def _read(name: str, files: Sequence[RuleSource], root: Path | None, bundled: Path, examples: bool) -> Ruleset:
    """The rules of some files, as they were loaded before, or loaded now."""
    from scrubber.rules.cache import read_entry, write_entry

    known = read_entry(name, examples)
    if known is not None:
        return known
    from scrubber.rules.loading import Loader

    loader = Loader(root, bundled, bundled_names(bundled))
    for file in files:
        loader.load(file)
    ruleset = loader.result()
    write_entry(name, ruleset, loader.read)
    return ruleset
