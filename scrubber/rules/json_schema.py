"""A JSON Schema of rule files, made from the schema of the kinds so that it cannot drift from it.

It is written in draft-07 and keeps to what editors do with it. Taplo (and Even Better TOML, which is built on it)
promises draft-04, validates `if`, `then` and `else` of draft-07, and completes and explains keys from `properties`
alone: it looks neither into `then` nor beside a `$ref`, and an `allOf` hides the table around it. So a rule's table
lists the keys of all kinds with what they mean, and a chain of `if` and `else` says which of them its kind takes.

Refuses to repeat what only the loader can know: whether RE2 takes a pattern, whether a rule that is disabled exists,
whether a form has anything left once it is folded. What loads is valid here; not all that is valid here loads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from scrubber.model.finding import Action, Confidence
from scrubber.rules.examples import EXAMPLE_KEYS
from scrubber.rules.parse import COMMON_KEYS, ONE_NEEDED
from scrubber.rules.schema import KINDS, MATCH_FORMS, Key, Match, Rule, defaults_of, keys_of
from scrubber.rules.toml_check import MAX_INTEGER

DRAFT = "http://json-schema.org/draft-07/schema#"

Schema = dict[str, Any]

#: What `sources.is_slug` accepts, as a pattern.
_SLUG = "^[a-z0-9][a-z0-9-]*$"
_FULL_ID = "^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)?$"
#: A string with something in it; the loader refuses blank ones.
_TEXT: Schema = {"type": "string", "pattern": "\\S"}

_FORM_DOCS: Mapping[str, str] = {
    "equals": "The whole line is one of these.",
    "starts": "The line starts with one of these.",
    "ends": "The line ends with one of these.",
    "contains": "The line holds one of these.",
    "regex": "One of these RE2 patterns is found in the line. The last resort.",
}


def rule_file_schema() -> Schema:
    """The schema of a whole rule file, as `json.dumps` takes it. Equal calls give equal results, in equal order."""
    return {
        "$schema": DRAFT,
        "title": "Scrubber rule file",
        "description": "One [ruleset] and any number of [[rule]]. See docs/rule-files.md.",
        "type": "object",
        "additionalProperties": False,
        "required": ["ruleset"],
        "properties": {
            "ruleset": _ruleset(),
            "words": _words(),
            "defaults": _table(_nested(_defaults()), "Values for rules of this file that leave them out."),
            "override": {
                "description": "Changes to inherited rules.",
                "type": "array",
                "items": _override(),
            },
            "rule": {
                "description": "The rules.",
                "type": "array",
                "items": _rule(),
            },
        },
        # What one of several keys must say may also stand in [defaults].
        "if": {"properties": {"defaults": {"not": {"anyOf": [_says(path) for path in _needs_from_defaults()]}}}},
        "then": {"properties": {"rule": {"items": _needs(_needs_from_defaults())}}},
        "definitions": {name: _texts({"description": doc}) for name, doc in _FORM_DOCS.items()},
    }


def _ruleset() -> Schema:
    properties: Schema = {
        "name": _slug("Name of the set: the first half of its rules' ids."),
        "version": {"type": "string", "description": "Version of the set."},
        "description": {"type": "string", "description": "What the set is for."},
        "extends": _texts({"description": "Bundled sets, or paths of .toml files relative to this one."}),
        "disable": _texts({"description": "Globs over full ids of rules that come before this file."}),
    }
    return _table(properties, "The rule set that this file declares.") | {"required": ["name"]}


def _words() -> Schema:
    return {
        "description": "Word lists; <<name>> stands for any item of a list above.",
        "type": "object",
        "additionalProperties": False,
        "patternProperties": {_SLUG: _texts({"description": "Fragments of regexes."})},
    }


def _slug(doc: str) -> Schema:
    return {"type": "string", "pattern": _SLUG, "description": doc}


def _texts(more: Mapping[str, Any]) -> Schema:
    return {**more, "type": "array", "items": _TEXT}


def _table(properties: Mapping[str, Any], doc: str = "") -> Schema:
    described = {"description": doc} if doc else {}
    return {**described, "type": "object", "additionalProperties": False, "properties": dict(properties)}


# --- rules -----------------------------------------------------------------------------------------------------------


def _rule() -> Schema:
    """The table of one rule: the keys of all kinds, and a chain that asks for the kind."""
    # Which keys are unknown is said once, at the end of the chain or by the kind.
    known = {**_common(), **_nested(_of_any_kind(), closed=False)}
    chain = _closed({path: {} for path in _of_any_kind()})
    for kind, cls in reversed(tuple(KINDS.items())):
        chain = {
            "if": {"required": ["kind"], "properties": {"kind": {"enum": [kind]}}},
            "then": _of_kind(cls),
            "else": chain,
        }
    return {"type": "object", "required": ["id", "kind", "title"], "properties": known, **chain}


def _common() -> Schema:
    """Keys of every rule that its kind says nothing about."""
    properties: Schema = {
        "id": _slug("Name of the rule within its set."),
        "kind": {
            "description": "What the rule does.",
            "enum": list(KINDS),
            "x-taplo": {"docs": {"enumValues": [_summary(cls) for cls in KINDS.values()]}},
        },
        "title": {**_TEXT, "description": "What it finds, in one line."},
        "why": {"type": "string", "description": "Why the text is no content, in a sentence."},
        "aliases": {
            "description": "Old ids of the rule.",
            "type": "array",
            "items": {"type": "string", "pattern": _FULL_ID},
        },
        "example": {
            "description": "Texts with what the rule must make of them: one that it cuts, one that it leaves alone.",
            "type": "array",
            "items": _example(),
        },
    }
    return {name: properties[name] for name in COMMON_KEYS}


def _example() -> Schema:
    properties: Schema = {
        "name": {**_TEXT, "description": "What the example shows."},
        "text": {**_TEXT, "description": "The text before."},
        "removes": {
            "description": "Numbers (from 1) of the lines that go, blank ones not counted; [] means: no change.",
            "type": "array",
            "items": {"type": "integer", "minimum": 1},
            "uniqueItems": True,
        },
        "clean": {"type": "string", "description": "The text after, where line numbers cannot say it."},
        "known-gap": {"type": "boolean", "description": "It must fail for now; the run fails once it passes."},
    }
    table = _table({name: properties[name] for name in EXAMPLE_KEYS})
    return {**table, "required": ["name", "text"], "oneOf": [{"required": ["removes"]}, {"required": ["clean"]}]}


def _of_kind(cls: type[Rule]) -> Schema:
    """Which keys a rule of one kind may and must hold, where that is not said of all kinds alike."""
    shared = _of_any_kind()
    own = {path: _key_schema(cls, name, key) for path, (name, key) in keys_of(cls).items()}
    if cls.default_action is Action.KEEP:
        del own["action"]
    schema = _closed({path: {} if _rest(schema) == _rest(shared[path]) else schema for path, schema in own.items()})
    needed = [path for path, (_, key) in keys_of(cls).items() if key.required]
    if needed:
        schema["required"] = needed
    one_of = ONE_NEEDED.get(cls.kind, ())
    if one_of and not set(one_of) & _allowed_in_defaults().keys():
        schema["anyOf"] = [_says(path) for path in one_of]
    return schema


def _rest(schema: Schema) -> Schema:
    """What a schema asks for, without what it tells people."""
    return {name: value for name, value in schema.items() if name not in ("description", "default")}


def _needs_from_defaults() -> list[str]:
    """Keys of `ONE_NEEDED` that [defaults] may give."""
    allowed = _allowed_in_defaults()
    return [path for paths in ONE_NEEDED.values() for path in paths if path in allowed]


def _needs(paths: Sequence[str]) -> Schema:
    """For each kind that needs one of several keys, some of them in `paths`: that it has one."""
    chain: Schema = {}
    for kind, one_of in ONE_NEEDED.items():
        if set(one_of) & set(paths):
            asked = {"required": ["kind"], "properties": {"kind": {"enum": [kind]}}}
            chain = {"if": asked, "then": {"anyOf": [_says(path) for path in one_of]}, "else": chain}
    return chain


def _says(path: str) -> Schema:
    """A table that says something under a dotted path. A switch says something when it is on."""
    table, _, inner = path.partition(".")
    if not inner:
        return {"required": [table]}
    on = {inner: {"enum": [True]}} if _of_any_kind()[path].get("type") == "boolean" else {}
    return {"required": [table], "properties": {table: {"required": [inner], "properties": on}}}


def _override() -> Schema:
    """The table of one override: which rule, and any key of any kind but those that make it that rule."""
    common = _common()
    properties = {
        "rule": {**_TEXT, "description": "Full id of the rule to change."},
        **{name: common[name] for name in ("title", "why", "example")},
        **_nested(_of_any_kind()),
    }
    return {**_table(properties), "required": ["rule"]}


def _allowed_in_defaults() -> dict[str, Key]:
    """Keys that some kind has and can do without, and no forms: what `parse.read_defaults` takes."""
    return {
        path: key
        for cls in KINDS.values()
        for path, (_, key) in keys_of(cls).items()
        if key.type != "match" and not key.required
    }


def _defaults() -> dict[str, Schema]:
    allowed = _allowed_in_defaults()
    return {path: schema for path, schema in _of_any_kind().items() if path in allowed}


# --- keys ------------------------------------------------------------------------------------------------------------


def _of_any_kind() -> dict[str, Schema]:
    """The keys of all kinds by dotted path; what differs between kinds is as wide as the widest."""
    found: dict[str, list[tuple[str, Schema]]] = {}
    for kind, cls in KINDS.items():
        for path, (name, key) in keys_of(cls).items():
            found.setdefault(path, []).append((kind, _key_schema(cls, name, key)))
    return {path: _merged(schemas) for path, schemas in found.items()}


def _merged(schemas: Sequence[tuple[str, Schema]]) -> Schema:
    """One schema for a key that several kinds have."""
    first = schemas[0][1]
    if all(schema == first for _, schema in schemas):
        return first
    merged = dict(first)
    docs: dict[str, list[str]] = {}
    for kind, schema in schemas:
        docs.setdefault(schema["description"], []).append(kind)
    if len(docs) > 1:
        merged["description"] = "\n\n".join(f"{', '.join(kinds)}: {doc}" for doc, kinds in docs.items())
    for bound, widest in (("minimum", min), ("maximum", max)):
        if bound in first:
            merged[bound] = widest(schema[bound] for _, schema in schemas)
    if "enum" in first:
        merged["enum"] = list(dict.fromkeys(word for _, schema in schemas for word in schema["enum"]))
    if any(schema.get("default") != first.get("default") for _, schema in schemas):
        merged.pop("default", None)
    return merged


def _key_schema(cls: type[Rule], name: str, key: Key) -> Schema:
    """The schema of one key of one kind."""
    described: Schema = {"description": key.doc}
    default = _default(cls, name, key)
    if default is not None:
        described["default"] = default
    match key.type:
        case "match":
            forms = {form: {"$ref": f"#/definitions/{form}"} for form in MATCH_FORMS}
            return {**_table(forms, key.doc), "minProperties": 1}
        case "strings":
            items = {"enum": list(key.choices)} if key.choices else _TEXT
            filled = {"minItems": 1} if key.required else {}
            return {**described, "type": "array", "items": items, **filled}
        case "string":
            return {**described, **_TEXT}
        case "integer":
            least, most = key.least or 0, MAX_INTEGER if key.most is None else key.most
            return {**described, "type": "integer", "minimum": least, "maximum": most}
        case "share":
            low, high = key.least or 0, 1000 if key.most is None else key.most
            return {**described, "type": "number", "minimum": low / 1000, "maximum": high / 1000}
        case "boolean":
            return {**described, "type": "boolean"}
        case "choice":
            return {**described, "enum": _choices(cls, key)}
    raise ValueError(f"schema key {key.path} has the unknown type {key.type}")


def _choices(cls: type[Rule], key: Key) -> list[str]:
    """The words that the loader takes: what replaces cannot be told to remove."""
    words = list(key.choices)
    if key.path == "action" and cls.default_action is Action.REPLACE:
        words.remove(Action.REMOVE.value)
    return words


def _default(cls: type[Rule], name: str, key: Key) -> Any:
    """What counts where the key is left out, as a rule file would write it; None where there is nothing to write."""
    value = defaults_of(cls)[name]
    if key.required or isinstance(value, Match) or value == ():
        return None
    if key.path == "action":
        return cls.default_action.value if cls.default_action.value in key.choices else None
    if isinstance(value, Confidence):
        return value.word
    if key.type == "share":
        return float(Decimal(value).scaleb(-3))
    return list(value) if isinstance(value, tuple) else value


def _nested(schemas: Mapping[str, Schema], *, closed: bool = True) -> Schema:
    """Schemas by dotted path as properties of nested tables. `closed` tables take no other key."""
    properties: Schema = {}
    for path, schema in schemas.items():
        outer, _, inner = path.partition(".")
        if inner:
            only = {"additionalProperties": False} if closed else {}
            properties.setdefault(outer, {"type": "object", **only, "properties": {}})["properties"][inner] = schema
        else:
            properties[outer] = schema
    return properties


def _closed(schemas: Mapping[str, Schema]) -> Schema:
    """A rule's table with these keys and those of every rule, and no other. What each must be is said elsewhere."""
    properties = {**{name: {} for name in COMMON_KEYS}, **_nested(schemas)}
    for table in {path.partition(".")[0] for path in schemas if "." in path}:
        del properties[table]["type"]
    return {"additionalProperties": False, "properties": properties}


def _summary(cls: type[Rule]) -> str:
    """The first sentence of what a kind says of itself."""
    return " ".join((cls.__doc__ or "").split("\n\n")[0].split())
