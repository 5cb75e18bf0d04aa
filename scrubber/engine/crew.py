"""Worker processes, and what becomes of an item whose process dies. Imported where there is more than one worker."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Generic, TypeVar

from msgspec import Struct

Item = TypeVar("Item")
Result = TypeVar("Result")

#: So often an item is tried alone when its worker has died: one death may be an accident, also of the second worker.
_TRIALS_ALONE = 2


class Waiting(Struct, Generic[Item, Result]):
    """An item in flight, and what it will come to."""

    item: Item
    future: Future[Result]
    weight: int


class Crew(Generic[Item, Result]):
    """Worker processes, others in their place when they die, and the items that they have in hand."""

    def __init__(
        self,
        work: Callable[[Item], Result],
        jobs: int,
        prepare: Callable[[], None] | None,
        again: Callable[[Item], None] | None,
        lost: Callable[[Item], Result] | None,
    ) -> None:
        self._work, self._jobs, self._prepare, self._again, self._lost = work, jobs, prepare, again, lost
        self.waiting: deque[Waiting[Item, Result]] = deque()
        self._pool = self._pool_of(jobs)

    def _pool_of(self, jobs: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(max_workers=jobs, initializer=self._prepare)

    def begin(self, item: Item, weight: int) -> None:
        """Hand an item to the workers."""
        try:
            future = self._pool.submit(self._work, item)
        except BrokenProcessPool as error:
            # It is found out about when the result is asked for, like all others in flight.
            future = Future()
            future.set_exception(error)
        self.waiting.append(Waiting(item, future, weight))

    def next_result(self) -> Result:
        """The result of the first item that waits, which is taken off. Raises what its work raised."""
        try:
            result = self.waiting[0].future.result()
        except BrokenProcessPool:
            if self._lost is None:
                raise
            self._recover(self._lost)
            result = self.waiting[0].future.result()
        self.waiting.popleft()
        return result

    def _recover(self, lost: Callable[[Item], Result]) -> None:
        """Try what went down with the workers one by one, and hire new ones."""
        self._pool.shutdown(wait=True)
        for each in self.waiting:
            for trial in range(_TRIALS_ALONE + 1):
                if not _died(each.future):
                    break
                if self._again is not None:
                    self._again(each.item)
                if trial < _TRIALS_ALONE:
                    each.future = self._alone(each.item)
                else:
                    each.future = Future()
                    each.future.set_result(lost(each.item))
        self._pool = self._pool_of(self._jobs)

    def _alone(self, item: Item) -> Future[Result]:
        """What an item comes to in a process of its own. Raises `BrokenProcessPool` where not even an idle one lives."""
        with self._pool_of(1) as pool:
            pool.submit(_stand_ready).result()
            return pool.submit(self._work, item)

    def close(self) -> None:
        """Wait for what the workers have in hand, and let them go."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _stand_ready() -> None:
    """What a worker can do if it can do anything."""


def _died(future: Future[Result]) -> bool:
    """Whether the process died that had it in hand. Waits for the future."""
    return isinstance(future.exception(), BrokenProcessPool)
