"""One table of a rule file in, one typed rule out.

Which keys a rule may hold, of which type and within which bounds, is asked of `schema.keys_of`; a new kind or
key needs nothing here. What stands here is what a schema of single keys cannot say: keys of which one must be
there, forms that could never match. Every mistake is noted at its place; a rule with one is no rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scrubber.model.finding import Action, Confidence, RuleInfo
from scrubber.rules.examples import read_examples
from scrubber.rules.regex import check_pattern, fold_plain
from scrubber.rules.schema import KINDS, MATCH_FORMS, Key, Match, Rule, defaults_of, keys_of
from scrubber.rules.sources import is_slug
from scrubber.rules.toml_cells import Cell, nearest, shown
from scrubber.rules.toml_check import Checker
from scrubber.rules.words import Words, expand, listed, note_unknown
from scrubber.text.lines import line_bounds
from scrubber.text.wording import Wording

#: Keys of every rule beside those of its kind.
COMMON_KEYS = ("id", "kind", "title", "why", "aliases", "example")

#: Keys of which a rule of that kind needs one or more.
ONE_NEEDED: Mapping[str, tuple[str, ...]] = {
    "licence": ("wording", "match"),
    "between": ("end", "entry"),
    "listing": ("entry", "label", "params.truncated"),
}

_SLUG_DOC = 'Use lower-case letters, digits and "-", as in "share-bar".'


def read_slug(check: Checker, table: Cell, key: str, what: str) -> str | None:
    """The slug under a key that must be there."""
    cell = table.table().get(key)
    if cell is None:
        check.missing(table, key, what)
        return None
    name = check.string(cell)
    if name is not None and not is_slug(name):
        check.note(cell.wrong(f"{shown(name)} cannot be {'an id' if key == 'id' else 'a name'}.", _SLUG_DOC))
        return None
    return name


def leaves_of(
    check: Checker, table: Cell, keys: Sequence[str], what: str, common: Sequence[str] = ()
) -> dict[str, Cell]:
    """The cells of a table by dotted path, for the paths in `keys`; any other key is noted. O(cells)."""
    found: dict[str, Cell] = {}
    waiting = [("", table)]
    while waiting:
        prefix, inner = waiting.pop()
        for name, cell in inner.table().items():
            path = prefix + name
            if path in keys:
                found[path] = cell
            elif prefix or path not in common:
                if any(key.startswith(path + ".") for key in keys):
                    if check.table(cell):
                        waiting.append((path + ".", cell))
                else:
                    check.note(cell.wrong_key(f"unknown key {shown(path)} in {what}.", _near_key(path, keys, common)))
    return found


def _near_key(path: str, keys: Sequence[str], common: Sequence[str]) -> str:
    """Where a key of that name belongs; else the kinds that have it; else the nearest known key."""
    last = path.rpartition(".")[2]
    for key in keys:
        if key.rpartition(".")[2] == last:
            return f'It is "{key}" here.'
    kinds = [kind for kind, cls in KINDS.items() if path in keys_of(cls)]
    if kinds:
        return f"Kinds that have it: {', '.join(kinds)}."
    tables = [key.partition(".")[0] for key in keys]
    return nearest(path, (*keys, *tables, *common)) or nearest(last, keys)


def read_kind(check: Checker, table: Cell) -> type[Rule] | None:
    """The record of the rule's kind."""
    cell = table.table().get("kind")
    if cell is None:
        check.missing(table, "kind", "a rule")
        return None
    kind = check.string(cell)
    if kind is None or kind in KINDS:
        return KINDS[kind] if kind is not None else None
    hint = nearest(kind, KINDS) or f"Kinds are {', '.join(KINDS)}."
    check.note(cell.wrong(f"unknown kind {shown(kind)}.", hint))
    return None


def read_rule(
    check: Checker, table: Cell, set_name: str, defaults: Mapping[str, Cell], declared_at: str, proven: bool = False
) -> Rule | None:
    """The rule that `table` declares, or None where a mistake was noted.

    `defaults` are the cells of the file's `[defaults]` by dotted path; they count where the rule leaves a key
    out and its kind has it. `proven` patterns are not tested again. O(size of the table).
    """
    noted = len(check.mistakes)
    cells = table.table()
    rule_id = read_slug(check, table, "id", "a rule")
    cls = read_kind(check, table)
    title = _read_title(check, table)
    why = check.string(cells["why"], empty=True) if "why" in cells else ""
    aliases = _read_aliases(check, cells["aliases"], set_name) if "aliases" in cells else ()
    examples = read_examples(check, cells["example"]) if "example" in cells else ()
    values = read_values(check, table, cls, defaults, proven) if cls is not None else {}
    if cls is None:
        known = {path.partition(".")[0] for each in KINDS.values() for path in keys_of(each)}
        check.unknown_keys(table, (*COMMON_KEYS, *sorted(known)), "a rule")
    if cls is None or rule_id is None or title is None or why is None or len(check.mistakes) > noted:
        return None
    info = RuleInfo(f"{set_name}/{rule_id}", cls.kind, title, why.strip(), declared_at)
    return cls(info=info, examples=examples, aliases=aliases, **values)


def read_values(
    check: Checker, table: Cell, cls: type[Rule], defaults: Mapping[str, Cell], proven: bool
) -> dict[str, Any]:
    """Values of the fields that the kind declares, as far as table or defaults give them."""
    keys = keys_of(cls)
    own = leaves_of(check, table, tuple(keys), f"a {cls.kind} rule", COMMON_KEYS)
    cells = {path: cell for path, cell in defaults.items() if path in keys} | own
    values: dict[str, Any] = {"action": _read_action(check, cls, own.get("action"), defaults.get("action"))}
    fold = "loose"
    if "fold" in cells:
        fold = check.choice(cells["fold"], keys["fold"][1].choices) or fold
    ordinary = defaults_of(cls)
    for path, (name, key) in keys.items():
        if path in cells and path != "action":
            value = read_value(check, cells[path], key, fold, proven)
            if value is not None:
                values[name] = Confidence.from_word(value) if isinstance(ordinary[name], Confidence) else value
        elif key.required and path not in cells:
            check.missing(table, path, f"a {cls.kind} rule")
    needed = ONE_NEEDED.get(cls.kind, ())
    if needed and not any(path in cells and values.get(keys[path][0], True) for path in needed):
        check.note(table.wrong(f"a {cls.kind} rule needs {_or(needed)}."))
    if "wording" in values:
        _check_wordings(check, cells["wording"])
    return values


def _or(keys: Sequence[str]) -> str:
    quoted = [f'"{key}"' for key in keys]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]


def read_value(check: Checker, cell: Cell, key: Key, fold: str, proven: bool = False) -> Any:
    """One value as `key` wants it, or None where a mistake was noted."""
    match key.type:
        case "match":
            return read_match(check, cell, fold, proven)
        case "strings":
            return _read_strings(check, cell, key)
        case "string":
            return check.string(cell)
        case "integer":
            return check.integer(cell, key.least, key.most)
        case "share":
            return check.share(cell, key.least, key.most)
        case "boolean":
            return check.boolean(cell)
        case "choice":
            return check.choice(cell, key.choices)
    raise ValueError(f"schema key {key.path} has the unknown type {key.type}")


def _read_strings(check: Checker, cell: Cell, key: Key) -> tuple[str, ...] | None:
    read = check.strings(cell)
    if read is None:
        return None
    for text, item in read:
        if key.choices and text not in key.choices:
            check.note(item.wrong(f"{shown(text)} is not one of {', '.join(key.choices)}.", nearest(text, key.choices)))
    if key.required and not cell.value:
        check.note(cell.wrong(f'"{key.path}" must not be empty.'))
    return tuple(text for text, _ in read)


def _read_action(check: Checker, cls: type[Rule], own: Cell | None, default: Cell | None) -> Action:
    """What findings of the rule ask for. What keeps has no choice, what replaces may only flag instead."""
    ordinary = cls.default_action
    cell = own if own is not None else default
    word = check.choice(cell, keys_of(cls)["action"][1].choices) if cell is not None else None
    if cell is None or word is None:
        return ordinary
    if ordinary is Action.KEEP or (ordinary is Action.REPLACE and word == "remove"):
        if own is not None:
            may = "has no action." if ordinary is Action.KEEP else 'replaces: its action is left out, or "flag".'
            check.note(own.wrong_key(f"a {cls.kind} rule {may}"))
        return ordinary
    return Action(word)


def read_match(check: Checker, cell: Cell, fold: str, proven: bool = False) -> Match | None:
    """A table of forms. A plain form must leave something after folding, a regex must please RE2."""
    if not check.table(cell, "a table of " + ", ".join(MATCH_FORMS)):
        return None
    noted = len(check.mistakes)
    words = check.words.get(cell.file.path, {})
    check.unknown_keys(cell, MATCH_FORMS, "a table of forms")
    forms: dict[str, tuple[str, ...]] = {}
    for name, inner in cell.table().items():
        read = check.strings(inner) if name in MATCH_FORMS else None
        found: list[str] = []
        for text, item in read or ():
            note_unknown(check, item, text, words)
            if name == "regex":
                found.append(_read_regex(check, item, text, fold, words, proven))
                continue
            for form in listed(text, words):
                if "\n" in form or "\r" in form:
                    check.note(item.wrong(_HOLDS_LINE_END))
                elif not fold_plain(form, fold):
                    check.note(item.wrong("nothing is left of this form once it is folded, so it cannot match."))
                found.append(form)
        forms[name] = tuple(found)
    match = Match(**forms) if len(check.mistakes) == noted else None
    if match is not None and not match:
        check.note(cell.wrong("this table has no forms.", f"Give it one of {', '.join(MATCH_FORMS)}."))
    return match or None


_HOLDS_LINE_END = "this form holds a line end, but a rule sees one line at a time."


def _read_regex(check: Checker, cell: Cell, text: str, fold: str, words: Words, proven: bool) -> str:
    """A regex with its word lists filled in; what RE2 does not like is noted at its place."""
    expanded = expand(text, words)
    if "\n" in expanded.text or "\r" in expanded.text:
        check.note(cell.wrong(_HOLDS_LINE_END))
        return expanded.text
    problem = None if proven else check_pattern(expanded.text, fold)
    if problem is not None:
        message = problem.message.rstrip(".") + "."
        place = min(expanded.written_offset(problem.offset), len(text))
        check.note(cell.wrong(message, problem.hint, offset=place))
    return expanded.text


def _check_wordings(check: Checker, cell: Cell) -> None:
    for text, item in check.strings(cell) or ():
        if not Wording.of(text).fixed:
            check.note(item.wrong("this wording has no words beside its slots."))


def _read_title(check: Checker, table: Cell) -> str | None:
    cell = table.table().get("title")
    if cell is None:
        check.missing(table, "title", "a rule")
        return None
    title = check.string(cell)
    if title is not None and len(line_bounds(title.strip())) > 1:
        check.note(cell.wrong("a title is one line.", 'Put the rest into "why".'))
        return None
    return title.strip() if title is not None else None


def _read_aliases(check: Checker, cell: Cell, set_name: str) -> tuple[str, ...]:
    """Old ids in full; bare ones are of the same set."""
    aliases: list[str] = []
    for text, item in check.strings(cell) or ():
        parts = text.split("/")
        if len(parts) > 2 or not all(is_slug(part) for part in parts):
            check.note(item.wrong(f"{shown(text)} cannot be an id.", 'Write "old-id" or "set/old-id".'))
        else:
            aliases.append(text if len(parts) == 2 else f"{set_name}/{text}")
    return tuple(aliases)


def read_defaults(check: Checker, table: Cell) -> dict[str, Cell]:
    """The cells of `[defaults]` by dotted path: keys that some kind has and can do without, and no forms.

    A value must suit one kind at least here; each rule that takes it asks again. O(cells x kinds).
    """
    keys: dict[str, list[Key]] = {}
    for cls in KINDS.values():
        for path, (_, key) in keys_of(cls).items():
            if key.type != "match" and not key.required:
                keys.setdefault(path, []).append(key)
    if not check.table(table):
        return {}
    suited: dict[str, Cell] = {}
    for path, cell in leaves_of(check, table, tuple(keys), "[defaults]").items():
        tries: list[Checker] = []
        for key in keys[path]:
            tries.append(Checker())
            if read_value(tries[-1], cell, key, "loose") is not None:
                suited[path] = cell
                break
        else:
            check.mistakes.extend(tries[0].mistakes)
    return suited
