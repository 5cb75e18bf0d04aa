"""Many items in order: in this process, or in a pool of workers with back-pressure. Results do not depend on which."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

Item = TypeVar("Item")
Result = TypeVar("Result")

#: So many items a worker are in flight at once; more would only hold memory.
_IN_FLIGHT_PER_WORKER = 4
#: Items that bring their bytes with them wait until all those in flight together are lighter than this.
_MOST_IN_FLIGHT_BYTES = 64_000_000


def run_in_order(
    items: Iterable[Item],
    work: Callable[[Item], Result],
    *,
    jobs: int = 1,
    prepare: Callable[[], None] | None = None,
    weigh: Callable[[Item], int] | None = None,
) -> Iterator[Result]:
    """`work(item)` for every item, in the order of the items, whatever the number of workers.

    With `jobs` > 1, `work`, `prepare` and items must be picklable; `prepare` is called once in each worker. Whoever
    stops iterating stops the run: items in flight are finished, no further one is begun. Memory: a few items a worker,
    and of those that `weigh` (in bytes) says are heavy so many less.
    """
    if jobs <= 1:
        if prepare is not None:
            prepare()
        for item in items:
            yield work(item)
        return
    from concurrent.futures import ProcessPoolExecutor

    pool = ProcessPoolExecutor(max_workers=jobs, initializer=prepare)
    waiting: deque[tuple[Future[Result], int]] = deque()
    heavy = 0
    try:
        for item in items:
            weight = weigh(item) if weigh is not None else 0
            while waiting and (len(waiting) >= jobs * _IN_FLIGHT_PER_WORKER or heavy + weight > _MOST_IN_FLIGHT_BYTES):
                future, lighter = waiting.popleft()
                heavy -= lighter
                yield future.result()
            heavy += weight
            waiting.append((pool.submit(work, item), weight))
        while waiting:
            yield waiting.popleft()[0].result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
