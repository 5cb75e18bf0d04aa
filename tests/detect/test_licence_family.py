"""Licences of one family: the record names the one that the line names."""

from __future__ import annotations

import pytest

from scrubber.engine.clean import Cleaner
from scrubber.model import Document

BODY = (
    "The ferry returned at noon, and the harbour office said that all services would run again on Monday.\n"
    "Passengers who had waited at the pier since the early morning said that they were glad to go home.\n"
)


@pytest.mark.parametrize(
    ("name", "spdx"),
    [
        ("Attribution", "CC-BY-4.0"),
        ("Attribution-ShareAlike", "CC-BY-SA-4.0"),
        ("Attribution-NonCommercial-ShareAlike", "CC-BY-NC-SA-4.0"),
    ],
)
def test_one_licence_is_recorded_and_it_is_the_right_one(bundled: Cleaner, name: str, spdx: str) -> None:
    line = f"This work is licensed under a Creative Commons {name} 4.0 International License."
    result = bundled.clean(Document("d", BODY + line + "\n"))
    assert result.text == BODY
    assert [verdict.finding.rights for verdict in result.plan.verdicts if verdict.finding.rights] == [spdx]
