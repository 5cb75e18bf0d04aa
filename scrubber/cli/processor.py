"""What numpy should not do on this processor; said when numpy is about to be imported.

AMD's Zen 4 has AVX-512, but writes the picked lanes of a register to memory in microcode, which numpy's sorts for
AVX-512 do at every step: they take four times as long there as those for AVX2 (numpy/x86-simd-sort, issue 6).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

_PROCESSORS = "/proc/cpuinfo"
_READ_BYTES = 4096
#: Of family 25 Zen 4 has AVX-512, Zen 3 has not.
_SLOW = (b"AuthenticAMD", b"cpu family\t: 25\n", b" avx512f ")
_VARIABLE = "NPY_DISABLE_CPU_FEATURES"


def spare_slow_sorts(processors: str = _PROCESSORS) -> None:
    """Let numpy, if it is ever imported, know of such a processor, unless the user has told it what not to do.

    `processors` is a file as Linux shows them; without it nothing is done. Results are the same either way.
    """
    if _VARIABLE in os.environ:
        return
    try:
        with open(processors, "rb", buffering=0) as stream:  # noqa: PTH123  pathlib is not needed at start-up
            told = stream.read(_READ_BYTES)
    except OSError:
        return
    if all(sign in told for sign in _SLOW):
        sys.meta_path.insert(0, _BeforeNumpy())


class _BeforeNumpy:
    """Asked for a module before it is looked for; finds none, but sets numpy's variable for this process and its workers."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> None:
        if name == "numpy":
            sys.meta_path.remove(self)
            os.environ[_VARIABLE] = features_of(_numpy_version())


def _numpy_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("numpy")
    except PackageNotFoundError:
        return ""


def features_of(version: str) -> str:
    """What a version of numpy calls its code for AVX-512; it warns of names that it does not know.

    >>> features_of("2.4.6"), features_of("2.3.0"), features_of("")
    ('X86_V4', 'AVX512_SKX', '')
    """
    numbers = [int(part) for part in version.split(".")[:2] if part.isdecimal()]
    if len(numbers) < 2:
        return ""
    return "X86_V4" if numbers >= [2, 4] else "AVX512_SKX"
