"""Rule files, opened one after the other into one `Ruleset`, with every mistake of all of them.

`load.py` says which files; this module reads them. A file may build on others (`extends`), switch their rules off
(`disable`) and change them (`[[override]]`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from scrubber.errors import Mistake, RuleFileError
from scrubber.rules.entries import RuleFile
from scrubber.rules.parse import read_defaults, read_rule, read_slug
from scrubber.rules.schema import Rule, Ruleset, RuleSetInfo
from scrubber.rules.selection import digest_of, ids_meant, nearest_id
from scrubber.rules.sources import RuleSource, bundled_sources, extended_source
from scrubber.rules.toml_cells import Cell, TomlFile, open_toml, shown
from scrubber.rules.toml_check import Checker
from scrubber.rules.words import read_words

#: Files that extend files that extend files: no deeper than this.
MAX_EXTENDS_DEPTH = 16

_TOP_KEYS = ("ruleset", "words", "defaults", "override", "rule")
_HEAD_KEYS = ("name", "version", "description", "extends", "disable")
_FIXED_BY_RULE = ("id", "kind", "aliases")


class _Declared(Struct, frozen=True):
    """A rule in force, with what is needed to make it anew under an override."""

    rule: Rule
    table: Cell
    defaults: dict[str, Cell]
    set_name: str
    source: RuleSource


class Loader(Struct):
    root: Path | None
    bundled: Path
    names: tuple[str, ...]
    check: Checker = field(default_factory=Checker)
    declared: dict[str, _Declared] = field(default_factory=dict)
    #: Files that have been loaded, each with all files that it builds on.
    built_on: dict[Path, frozenset[Path]] = field(default_factory=dict)
    chain: list[RuleSource] = field(default_factory=list)
    order: dict[str, int] = field(default_factory=dict)
    infos: list[RuleSetInfo] = field(default_factory=list)
    disabled: list[str] = field(default_factory=list)
    overridden: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    #: Files that were read, in that order.
    read: list[RuleFile] = field(default_factory=list)
    #: Whether something that was to be loaded is missing: then an unknown id may be no mistake of its own.
    incomplete: bool = False

    def result(self) -> Ruleset:
        """The rules in force. Raises `RuleFileError` if there was any mistake."""
        if self.check.mistakes:
            raise RuleFileError(self._sorted_mistakes())
        rules = tuple(declared.rule for declared in self.declared.values())
        files = [part for info in self.infos for part in (info.name, info.digest)]
        changes = ["disabled", *self.disabled, "overridden", *self.overridden, "in force", *self.declared]
        digest = digest_of(["ruleset 1", *files, *changes])
        return Ruleset(rules, tuple(self.infos), digest, self._aliases(rules), tuple(self.warnings))

    def _sorted_mistakes(self) -> tuple[Mistake, ...]:
        """Each mistake once: files in the order in which they were opened, then by line and column."""

        def place(mistake: Mistake) -> tuple[int, int, int]:
            where = mistake.where
            return (self.order.get(where.path, -1), where.line or 0, where.column or 0)

        return tuple(sorted(dict.fromkeys(self.check.mistakes), key=place))

    def _aliases(self, rules: Iterable[Rule]) -> dict[str, str]:
        aliases: dict[str, str] = {}
        for rule in rules:
            for alias in rule.aliases:
                if alias in self.declared:
                    self.warnings.append(f"{rule.id} has the alias {alias}, but a rule of that id is in force.")
                else:
                    aliases[alias] = rule.id
        return aliases

    def load(self, source: RuleSource) -> None:
        """Load one file, after those that it extends. A file that is loaded already is not loaded again."""
        if source.resolved in self.built_on:
            return
        self.order.setdefault(source.path, len(self.order))
        read = open_toml(source.file, source.path, quotable=source.quotable)
        if isinstance(read, Mistake):
            self.check.note(read)
            self.incomplete = True
            self.built_on[source.resolved] = frozenset()
            return
        self.read.append(RuleFile(str(source.file.absolute()), read.sha256))
        top = Cell.root(read)
        self.check.unknown_keys(top, _TOP_KEYS, "a rule file")
        cells = top.table()
        self.chain.append(source)
        name = self._load_head(read, cells.get("ruleset"), source)
        self.chain.pop()
        if "words" in cells:
            self.check.words[source.path] = read_words(self.check, cells["words"])
        if "override" in cells:
            self._override(cells["override"])
        defaults = read_defaults(self.check, cells["defaults"]) if "defaults" in cells else {}
        if "rule" in cells:
            self._declare(cells["rule"], name, defaults, source)

    def _load_head(self, read: TomlFile, head: Cell | None, source: RuleSource) -> str | None:
        """The `[ruleset]` table: loads what it extends, disables what it names, and returns the set's name."""
        check = self.check
        self.built_on[source.resolved] = frozenset()
        if head is None or not check.table(head):
            if head is None:
                check.note(Cell.root(read).wrong("a rule file needs a [ruleset] table with a name."))
            return None
        check.unknown_keys(head, _HEAD_KEYS, "[ruleset]")
        cells = head.table()
        name = read_slug(check, head, "name", "[ruleset]")
        texts = {key: check.string(cells[key], empty=True) for key in ("version", "description") if key in cells}
        for entry, cell in (check.strings(cells["extends"]) or ()) if "extends" in cells else ():
            self._extend(entry, cell, source)
        if "disable" in cells:
            self._disable(cells["disable"])
        if name is not None:
            version, description = texts.get("version") or "", texts.get("description") or ""
            self.infos.append(RuleSetInfo(name, version, description, source.path, read.sha256))
        return name

    def _extend(self, entry: str, cell: Cell, source: RuleSource) -> None:
        if entry in self.names:
            targets = bundled_sources(self.bundled, entry)
        else:
            found = extended_source(entry, cell, source, self.names)
            if isinstance(found, Mistake):
                self.check.note(found)
                self.incomplete = True
                return
            targets = (found,)
        for target in targets:
            chain = [open_file.resolved for open_file in self.chain]
            if target.resolved in chain:
                circle = [open_file.path for open_file in self.chain[chain.index(target.resolved) :]]
                self.check.note(cell.wrong(f"this goes round in a circle: {' > '.join([*circle, target.path])}."))
            elif len(chain) >= MAX_EXTENDS_DEPTH:
                self.check.note(cell.wrong(f"files extend each other more than {MAX_EXTENDS_DEPTH} deep."))
            else:
                self.load(target)
                below = self.built_on[target.resolved] | {target.resolved}
                self.built_on[source.resolved] |= below

    def _names_in_force(self) -> dict[str, str]:
        """Ids and aliases of the rules so far, each with the id that it means."""
        names = {rule_id: rule_id for rule_id in self.declared}
        for rule_id, declared in self.declared.items():
            for alias in declared.rule.aliases:
                names.setdefault(alias, rule_id)
        return names

    def _unknown(self, cell: Cell, name: str, known: Iterable[str]) -> None:
        """Note that no rule has this id; but not where mistakes in other files may be the reason."""
        if self.incomplete or any(mistake.where.path != cell.file.path for mistake in self.check.mistakes):
            return
        known = tuple(known)
        hint = nearest_id(name, known)
        if not known:
            hint = 'No rules come before this file: name their set in "extends".'
        self.check.note(cell.wrong(f"no rule {shown(name)} comes before this file.", hint))

    def _disable(self, cell: Cell) -> None:
        names = self._names_in_force()
        for glob, item in self.check.strings(cell) or ():
            meant = ids_meant(glob, names)
            if not meant and not ids_meant(glob, dict.fromkeys(self.disabled, "")):
                self._unknown(item, glob, names)
            for rule_id in meant:
                if self.declared.pop(rule_id, None) is not None:
                    self.disabled.append(rule_id)

    def _override(self, cell: Cell) -> None:
        check, names = self.check, self._names_in_force()
        for table in check.tables(cell, "override"):
            cells = table.table()
            if "rule" not in cells:
                check.missing(table, "rule", "an override")
                continue
            wanted = check.string(cells["rule"])
            fixed = [key for key in _FIXED_BY_RULE if key in cells]
            for key in fixed:
                check.note(cells[key].wrong_key(f'"{key}" cannot be overridden.', "Disable the rule, write another."))
            if wanted is None or fixed:
                continue
            if wanted in names:
                self._remake(names[wanted], table.without("rule"))
            elif wanted in self.disabled:
                check.note(cells["rule"].wrong(f"{shown(wanted)} is disabled, so there is nothing to override."))
            else:
                self._unknown(cells["rule"], wanted, names)

    def _remake(self, rule_id: str, change: Cell) -> None:
        declared = self.declared[rule_id]
        table = declared.table.under(change)
        place = declared.rule.info.declared_at
        rule = read_rule(self.check, table, declared.set_name, declared.defaults, place)
        if rule is not None:
            self.declared[rule_id] = replace(declared, rule=rule, table=table)
            self.overridden.append(rule_id)

    def _declare(self, cell: Cell, name: str | None, defaults: dict[str, Cell], source: RuleSource) -> None:
        """Read the rules of one file and put them in force."""
        check = self.check
        tables: dict[str, Cell] = {}
        rules: list[tuple[Rule, Cell]] = []
        for table in check.tables(cell, "rule"):
            rule = read_rule(check, table, name or "unnamed", defaults, table.declared_at, source.proven)
            id_cell = table.table().get("id")
            if id_cell is not None and isinstance(id_cell.value, str):
                first = tables.setdefault(id_cell.value, table)
                if first is not table:
                    check.note(id_cell.wrong(f"{shown(id_cell.value)} is the id of another rule (line {first.line})."))
                    continue
            if rule is not None:
                rules.append((rule, table))
        taken = {f"{name}/{rule_id}": table.line for rule_id, table in tables.items()}
        for rule, table in rules:
            for alias, item in zip(rule.aliases, _array(table, "aliases"), strict=True):
                if alias in taken:
                    check.note(item.wrong(f"{shown(alias)} is already taken (line {taken[alias]})."))
                taken[alias] = table.line
            if name is not None:
                self._put_in_force(_Declared(rule, table, defaults, name, source))

    def _put_in_force(self, added: _Declared) -> None:
        rule_id, source = added.rule.id, added.source
        before = self.declared.pop(rule_id, None)
        if before is not None:
            place = before.rule.info.declared_at
            siblings = source.folder and before.source.folder == source.folder
            if siblings and before.source.resolved not in self.built_on[source.resolved]:
                self.check.note(added.table.wrong(f"{rule_id} is already declared at {place}."))
            else:
                self.warnings.append(f"{rule_id} of {place} is replaced by that of {added.rule.info.declared_at}.")
        self.declared[rule_id] = added


def _array(table: Cell, key: str) -> tuple[Cell, ...]:
    cells = table.table()
    return cells[key].items() if key in cells else ()
