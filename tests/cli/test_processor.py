"""numpy's sorts for AVX-512 are switched off where the processor runs them slowly, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scrubber.cli.processor import spare_slow_sorts

VARIABLE = "NPY_DISABLE_CPU_FEATURES"


def told(vendor: str, family: int) -> bytes:
    return f"processor\t: 0\nvendor_id\t: {vendor}\ncpu family\t: {family}\nmodel\t\t: 17\n".encode()


@pytest.mark.parametrize(
    ("vendor", "family", "spared"),
    [("AuthenticAMD", 25, True), ("AuthenticAMD", 26, False), ("GenuineIntel", 6, False)],
)
def test_only_where_it_is_slow(
    vendor: str, family: int, spared: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.delenv(VARIABLE)
    processors = tmp_path / "cpuinfo"
    processors.write_bytes(told(vendor, family))
    spare_slow_sorts(str(processors))
    assert (VARIABLE in os.environ) is spared


def test_what_somebody_set_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "AVX512_ICL")
    processors = tmp_path / "cpuinfo"
    processors.write_bytes(told("AuthenticAMD", 25))
    spare_slow_sorts(str(processors))
    assert os.environ[VARIABLE] == "AVX512_ICL"


def test_without_the_file_nothing_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.delenv(VARIABLE)
    spare_slow_sorts(str(tmp_path / "none"))
    assert VARIABLE not in os.environ
