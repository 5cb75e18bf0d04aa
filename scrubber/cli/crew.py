"""What worker processes do, and what is done in this process when one of them dies.

A worker holds nothing that is not in its files or its results: the next one can take its place.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.process import BaseProcess
from pathlib import Path

from scrubber.cli.work import Done, Setup, Task, Worker
from scrubber.errors import Failure
from scrubber.store.pending import put_back

#: Exit code of a worker whose parent is gone; nobody asks for it.
_ORPHANED = 1

_worker: Worker | None = None


def start(setup: Setup) -> None:
    """Make this process ready for `work`. A worker process leaves Ctrl-C to its parent, and goes when that is gone."""
    global _worker
    leave_interrupts()
    _worker = Worker(setup)


def leave_interrupts() -> None:
    """In a worker process, leave Ctrl-C to the parent, and go when that is gone; elsewhere change nothing."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=_outlived, args=(parent,), daemon=True).start()


def _outlived(parent: BaseProcess) -> None:
    """End this process when `parent` was killed: nobody would ever tell it to. Outputs are whole or absent even so."""
    parent.join()
    os._exit(_ORPHANED)


def work(task: Task) -> Done:
    """Handle one input in a process that `start` has made ready."""
    if _worker is None:
        raise RuntimeError("work() before start()")
    return _worker(task)


def begin_again(setup: Setup, task: Task) -> None:
    """Make an input ready to be handled once more, after the worker that had it died: as it was before."""
    if setup.destination == "in-place" and setup.store is not None and task.input.path:
        put_back(setup.store, [Path(task.input.path)])


def lost(setup: Setup, task: Task) -> Done:
    """What an input comes to that takes down every process it is given to."""
    message = "took down the process that worked on it, time and again; most likely memory ran out."
    hint = "Split it, or set limits.max-bytes lower."
    return Worker(setup).failed(task, Failure(task.input.id, task.input.name, message, hint))
