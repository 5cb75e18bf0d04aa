"""What numpy should not do on this processor; to be said before numpy is first imported.

AMD's Zen 4 has AVX-512, but writes the picked lanes of a register to memory in microcode, which numpy's sorts for
AVX-512 do at every step: they take four times as long there as those for AVX2 (numpy/x86-simd-sort, issue 6).
"""

from __future__ import annotations

import os

_PROCESSORS = "/proc/cpuinfo"
_READ_BYTES = 512
#: AuthenticAMD, family 25: Zen 3, which has no AVX-512, and Zen 4.
_SLOW = (b"AuthenticAMD", b"cpu family\t: 25\n")
_VARIABLE = "NPY_DISABLE_CPU_FEATURES"
#: What numpy calls it: from 2.4 on, and before.
_FEATURES = "X86_V4 AVX512_SKX"


def spare_slow_sorts(processors: str = _PROCESSORS) -> None:
    """Set numpy's environment variable for this process and its workers, if it is such a processor and nobody has set it.

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
        os.environ[_VARIABLE] = _FEATURES
