"""Profiles of the fuzz targets: `pytest tests/fuzz --hypothesis-profile=fuzz-ci` (or `fuzz-long`). See README.md."""

from __future__ import annotations

import os
from datetime import timedelta

from hypothesis import HealthCheck, settings

#: An example that takes longer hangs, or nearly: inputs have a few kilobytes, and are handled in some milliseconds.
_HANGS = timedelta(seconds=10)

_CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

settings.register_profile(
    "fuzz-ci", derandomize=True, max_examples=400, deadline=_HANGS, suppress_health_check=_CALM, database=None
)
settings.register_profile(
    "fuzz-long",
    max_examples=int(os.environ.get("SCRUBBER_FUZZ_EXAMPLES", "50000")),
    deadline=_HANGS,
    suppress_health_check=_CALM,
)
