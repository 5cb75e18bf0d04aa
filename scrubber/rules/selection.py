"""Which rules a person means: ids, globs and old names.

A glob speaks of full ids (`core/*`). What means no rule at all is refused, with the nearest id: a typing error in
`--ignore` must not leave a rule on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from scrubber.errors import UsageError
from scrubber.rules.ruleset import Ruleset
from scrubber.rules.toml_cells import nearest, shown


def ids_meant(glob: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """Ids of the rules whose id or alias the glob matches. `names` leads from each of these names to the id.

    >>> ids_meant("core/*", {"core/share-bar": "core/share-bar", "core/share": "core/share-bar", "zh/x": "zh/x"})
    ('core/share-bar',)
    """
    if not any(mark in glob for mark in "*?["):
        return (names[glob],) if glob in names else ()
    return tuple(dict.fromkeys(rule_id for name, rule_id in names.items() if fnmatchcase(name, glob)))


def nearest_id(name: str, known: Iterable[str]) -> str:
    """`Did you mean "x"?` for the full id that was meant: one with the same bare id, else the closest.

    >>> nearest_id("share-bar", ("core/share-bar", "zh/share-bars"))
    'Did you mean "core/share-bar"?'
    """
    known = tuple(known)
    bare = name.rpartition("/")[2]
    same = next((rule_id for rule_id in known if rule_id.rpartition("/")[2] == bare), None)
    return f'Did you mean "{same}"?' if same else nearest(name, known)


def digest_of(parts: Iterable[str]) -> str:
    """SHA-256 over some strings, in order. Each one's length goes in, so that no two lists run together."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(f"{len(raw)}:".encode())
        digest.update(raw)
    return digest.hexdigest()


def select_rules(ruleset: Ruleset, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> Ruleset:
    """The rules that a glob of `select` means (all, where there is none) and no glob of `ignore`, in their order.

    Raises `UsageError` for a glob that means no rule. The digest changes where a rule is left out. O(rules x globs).
    """
    names = {rule_id: rule_id for rule_id in ruleset.ids}
    for alias, rule_id in ruleset.aliases.items():
        names.setdefault(alias, rule_id)
    chosen = _ids_of(select, names, "--select") if select else set(names.values())
    chosen -= _ids_of(ignore, names, "--ignore")
    left = [rule_id for rule_id in ruleset.ids if rule_id in chosen]
    if len(left) == len(ruleset.ids):
        return ruleset
    aliases = {alias: rule_id for alias, rule_id in ruleset.aliases.items() if rule_id in chosen}
    return ruleset.only(chosen, digest_of(("selection", ruleset.digest, *left)), aliases)


def _ids_of(globs: Sequence[str], names: Mapping[str, str], option: str) -> set[str]:
    found: set[str] = set()
    for glob in globs:
        meant = ids_meant(glob, names)
        if not meant:
            hint = nearest_id(glob, names) or "`scrubber rules list` shows all ids."
            raise UsageError(f"{option} {shown(glob)} means no rule.", hint=hint)
        found.update(meant)
    return found
