"""The JSON Schema of rule files says what the loader says: what loads is valid, and mistakes are named at their place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scrubber.errors import RuleFileError
from scrubber.rules.json_schema import rule_file_schema
from scrubber.rules.load import bundled_folder, load_rules
from scrubber.rules.parse import ONE_NEEDED
from scrubber.rules.schema import KINDS, Key, keys_of
from scrubber.rules.sources import is_slug

REPOSITORY = Path(__file__).resolve().parents[2]
SCHEMA = rule_file_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
HEAD = '[ruleset]\nname = "seed"\n'


def mistakes(text: str) -> list[tuple[str, str]]:
    """Where the schema finds something wrong in a rule file, and what."""
    errors = VALIDATOR.iter_errors(tomllib.loads(text))
    return sorted((".".join(map(str, error.absolute_path)), error.message) for error in errors)


def rule(body: str, kind: str = "line") -> str:
    """A file with one rule."""
    return f'{HEAD}[[rule]]\nid = "a"\nkind = "{kind}"\ntitle = "A"\n{body}'


def test_it_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", sorted(bundled_folder().rglob("*.toml")), ids=lambda file: file.stem)
def test_every_bundled_rule_file_is_valid(file: Path) -> None:
    assert mistakes(file.read_text("utf-8")) == []


def test_the_documented_rule_file_is_valid() -> None:
    page = (REPOSITORY / "docs" / "rule-files.md").read_text("utf-8")
    assert mistakes(page.partition("```toml\n")[2].partition("```")[0]) == []


def test_it_is_the_same_each_time() -> None:
    program = "import json; from scrubber.rules.json_schema import rule_file_schema as s; print(json.dumps(s()))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert {json.dumps(SCHEMA).encode() + b"\n"} == {line.replace(b"\r\n", b"\n") for line in printed}


def tables(schema: Any) -> Iterator[dict[str, Any]]:
    """All tables inside the schema."""
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from tables(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from tables(inner)


def test_editors_find_what_they_can_read() -> None:
    for table in tables(SCHEMA):
        assert "$ref" not in table or len(table) == 1, "taplo reads nothing beside a $ref"
        assert not {"allOf", "$defs", "const", "unevaluatedProperties", "dependentRequired"} & table.keys()
    keys = SCHEMA["properties"]["rule"]["items"]["properties"]
    for kind, cls in KINDS.items():
        for path, (_, key) in keys_of(cls).items():
            outer, _, inner = path.partition(".")
            shown = keys[outer]["properties"][inner] if inner else keys[outer]
            assert key.doc in shown["description"], f"{kind}: {path} is not explained where completion looks"


# --- what loads is valid ---------------------------------------------------------------------------------------------


def values_of(cls: Any, path: str, key: Key) -> list[str]:
    """Values of a key as TOML, at its bounds and of each choice."""
    match key.type:
        case "match":
            return ['{ equals = ["x"], starts = ["x"], ends = ["x"], contains = ["x"], regex = ["^x$"] }']
        case "strings":
            return [json.dumps(list(key.choices) or ["some {words}"])]
        case "string":
            return ['"CC0-1.0"']
        case "integer":
            return [str(key.least or 0), str(10**9 if key.most is None else key.most)]
        case "share":
            return [str((key.least or 0) / 1000), str((key.most or 1000) / 1000)]
        case "boolean":
            return ["true", "false"]
    choices = list(key.choices)
    if path == "action":
        choices = {"keep": [], "fix": ["flag"]}.get(cls.kind, choices)
    return [f'"{choice}"' for choice in choices]


def kind_cases() -> Iterator[tuple[str, str, str]]:
    for kind, cls in KINDS.items():
        keys = keys_of(cls)
        needed = {path: values_of(cls, path, key)[0] for path, (_, key) in keys.items() if key.required}
        if kind in ONE_NEEDED:
            needed[ONE_NEEDED[kind][0]] = values_of(cls, ONE_NEEDED[kind][0], keys[ONE_NEEDED[kind][0]][1])[0]
        for path, (_, key) in keys.items():
            for value in values_of(cls, path, key):
                body = "".join(f"{name} = {text}\n" for name, text in (needed | {path: value}).items())
                yield kind, f"{path} = {value[:20]}", rule(body, kind)


@pytest.mark.parametrize(
    ("kind", "name", "text"), [pytest.param(*case, id=" ".join(case[:2])) for case in kind_cases()]
)
def test_every_key_of_every_kind_is_known(tmp_path: Path, kind: str, name: str, text: str) -> None:
    (tmp_path / "seed.toml").write_text(text, "utf-8")
    assert len(load_rules([tmp_path / "seed.toml"]).rules) == 1
    assert mistakes(text) == []


LICENCE = '[[rule]]\nid = "a"\nkind = "licence"\ntitle = "A"\n'


@pytest.mark.parametrize(
    "text",
    [
        HEAD + 'version = ""\ndescription = "x"\nextends = ["core"]\ndisable = ["core/*"]\n',
        HEAD + '[words]\nx = ["a", "b"]\n' + rule('match.regex = ["<<x>>"]\n').removeprefix(HEAD),
        HEAD + '[defaults]\nconfidence = "certain"\nlimits.max-lines = 3\n',
        HEAD + '[defaults]\nwording = ["Free {x}"]\n' + LICENCE,
        HEAD + "[defaults]\nparams.truncated = true\n" + LICENCE.replace("licence", "listing"),
        HEAD + 'extends = ["core"]\n[[override]]\nrule = "core/near-duplicate"\nparams.threshold = 0.9\ntitle = "B"\n',
        rule('match.equals = ["x"]\nwhy = ""\naliases = ["b", "set/b"]\n'),
        rule('match.equals = ["x"]\n[[rule.example]]\nname = "n"\ntext = "x"\nclean = ""\nknown-gap = true\n'),
        rule('do = ["spaces"]\naction = "flag"\n', "fix"),
        rule('end.equals = ["x"]\nlimits = { max-lines = 1, max-share = 1 }\n', "head"),
    ],
)
def test_what_loads_is_valid(tmp_path: Path, text: str) -> None:
    (tmp_path / "seed.toml").write_text(text, "utf-8")
    load_rules([tmp_path / "seed.toml"])
    assert mistakes(text) == []


@pytest.mark.parametrize("name", ["a", "a-1", "0", "A", "-a", "a b", "", "é"])
def test_names_are_those_of_the_loader(name: str) -> None:
    valid = not mistakes(f'[ruleset]\nname = "{name}"\n')
    assert valid is is_slug(name)


# --- mistakes --------------------------------------------------------------------------------------------------------

LINE = 'match.equals = ["x"]\n'


@pytest.mark.parametrize(
    ("text", "place", "part"),
    [
        ('[rule-set]\nname = "x"\n', "", "'rule-set' was unexpected"),
        ("[words]\n", "", "'ruleset' is a required property"),
        (HEAD + "colour = 1\n", "ruleset", "'colour' was unexpected"),
        (rule(LINE + "colour = 1\n"), "rule.0", "'colour' was unexpected"),
        (rule(LINE + "limits.max-chrs = 1\n"), "rule.0.limits", "'max-chrs' was unexpected"),
        (rule('match.equal = ["x"]\n'), "rule.0.match", "'equal' was unexpected"),
        (rule("match = {}\n"), "rule.0.match", "{}"),
        (rule(""), "rule.0", "'match' is a required property"),
        (rule('match.equals = "x"\n'), "rule.0.match.equals", "'x' is not of type 'array'"),
        (rule("match.equals = [3]\n"), "rule.0.match.equals.0", "3 is not of type 'string'"),
        (rule('match.equals = [" "]\n'), "rule.0.match.equals.0", "does not match"),
        (rule(LINE + 'limits.max-chars = "9"\n'), "rule.0.limits.max-chars", "'9' is not of type 'integer'"),
        (rule(LINE + "limits.max-chars = 0\n"), "rule.0.limits.max-chars", "0 is less than the minimum"),
        (rule(LINE + "limits = 9\n"), "rule.0.limits", "9 is not of type 'object'"),
        (rule(LINE + 'start.equals = ["x"]\n'), "rule.0", "'start' was unexpected"),
        (rule(LINE + "limits.max-lines = 3\n"), "rule.0.limits", "'max-lines' was unexpected"),
        (rule(LINE + "params.record = true\n"), "rule.0", "'params' was unexpected"),
        (rule('start.equals = ["x"]\nlimits.max-share = 1.5\n', "tail"), "rule.0.limits.max-share", "1.5 is greater"),
        (rule(LINE, "lin"), "rule.0.kind", "'lin' is not one of"),
        (rule(LINE + 'where = "top"\n'), "rule.0.where", "'top' is not one of"),
        (rule(LINE + 'where = "above-title"\n', "licence"), "rule.0.where", "'above-title' is not one of"),
        (rule(LINE + 'action = "remove"\n', "keep"), "rule.0", "'action' was unexpected"),
        (rule('do = ["spaces"]\naction = "remove"\n', "fix"), "rule.0.action", "'remove' is not one of"),
        (rule("do = []\n", "fix"), "rule.0.do", "[]"),
        (rule('params.keep = "cleanest"\n', "neardup"), "rule.0.params.keep", "'cleanest' is not one of"),
        (rule('start.equals = ["x"]\n', "between"), "rule.0", "is not valid under any"),
        (rule("", "licence"), "rule.0", "is not valid under any"),
        (rule("params.truncated = false\n", "listing"), "rule.0", "is not valid under any"),
        (HEAD + '[defaults]\nmatch.equals = ["x"]\n', "defaults", "'match' was unexpected"),
        (HEAD + '[[override]]\nrule = "core/x"\nkind = "line"\n', "override.0", "'kind' was unexpected"),
        (HEAD + "[[override]]\nparams.threshold = 0.9\n", "override.0", "'rule' is a required property"),
        (rule(LINE + '[[rule.example]]\nname = "n"\ntext = "x"\n'), "rule.0.example.0", "is not valid under any"),
        (
            rule(LINE + '[[rule.example]]\nname = "n"\ntext = "x"\nremoves = [0]\n'),
            "rule.0.example.0.removes.0",
            "0 is less than the minimum",
        ),
        (
            rule(LINE + '[[rule.example]]\nname = "n"\ntext = "x"\nremoves = [1, 1]\n'),
            "rule.0.example.0.removes",
            "non-unique",
        ),
    ],
)
def test_a_mistake_is_named_once_and_does_not_load_either(tmp_path: Path, text: str, place: str, part: str) -> None:
    found = mistakes(text)
    assert any(where == place and part in message for where, message in found)
    assert len(set(found)) == len(found)
    (tmp_path / "seed.toml").write_text(text, "utf-8")
    with pytest.raises(RuleFileError):
        load_rules([tmp_path / "seed.toml"])
