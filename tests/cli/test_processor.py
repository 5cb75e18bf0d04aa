"""numpy's sorts for AVX-512 are switched off where the processor runs them slowly, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

VARIABLE = "NPY_DISABLE_CPU_FEATURES"
SCRIPT = f"""
import os, sys
from scrubber.cli.processor import spare_slow_sorts
spare_slow_sorts(sys.argv[1])
print("{VARIABLE}" in os.environ)
import numpy
print(os.environ.get("{VARIABLE}", "none"), numpy.sort(numpy.arange(9)[::-1]).tolist() == list(range(9)))
"""


def told(vendor: str, family: int, flag: str = "avx512f") -> bytes:
    lines = ("processor\t: 0", f"vendor_id\t: {vendor}", f"cpu family\t: {family}", f"flags\t\t: avx2 {flag} sha_ni")
    return "".join(f"{line}\n" for line in lines).encode()


def said(processors: Path, **more: str) -> list[str]:
    """What a new process says: whether the variable is set at once, what it holds with numpy, and whether numpy sorts.

    Warnings are errors there, but numpy may say that this very processor has no such code to switch off.
    """
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE} | more
    command = [
        sys.executable,
        "-W",
        "error",
        "-W",
        "ignore::ImportWarning",
        "-W",
        "ignore::RuntimeWarning",
        "-c",
        SCRIPT,
    ]
    done = subprocess.run([*command, str(processors)], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize(
    ("shown", "spared"),
    [
        (told("AuthenticAMD", 25), True),
        (told("AuthenticAMD", 25, "avx"), False),
        (told("AuthenticAMD", 26), False),
        (told("GenuineIntel", 6), False),
    ],
)
def test_only_where_it_is_slow_and_only_with_numpy(shown: bytes, spared: bool, tmp_path: Path) -> None:
    processors = tmp_path / "cpuinfo"
    processors.write_bytes(shown)
    before, held, sorts = said(processors)
    assert (before, held != "none", sorts) == ("False", spared, "True")


def test_what_somebody_set_stays(tmp_path: Path) -> None:
    processors = tmp_path / "cpuinfo"
    processors.write_bytes(told("AuthenticAMD", 25))
    assert said(processors, **{VARIABLE: "AVX512_ICL"})[1] == "AVX512_ICL"


def test_without_the_file_nothing_is_done(tmp_path: Path) -> None:
    assert said(tmp_path / "none")[1] == "none"
