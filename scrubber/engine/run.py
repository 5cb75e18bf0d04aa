"""Many items in order: in this process, or in a pool of workers with back-pressure. Results do not depend on which.

A worker that dies is replaced, and the item that kills every worker is told apart from those that were only beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

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
    again: Callable[[Item], None] | None = None,
    lost: Callable[[Item], Result] | None = None,
) -> Iterator[Result]:
    """`work(item)` for every item, in the order of the items, whatever the number of workers.

    With `jobs` > 1, `work`, `prepare` and items must be picklable; `prepare` is called once in each worker. Whoever
    stops iterating stops the run: items in flight are finished, no further one is begun. Memory: a few items a worker,
    and of those that `weigh` (in bytes) says are heavy so many less.

    A worker that is killed takes its item with it. Each item in flight that has no result is then tried alone in a
    process of its own, after `again(item)` in this one. One whose process dies with it there, too, twice, comes to
    `lost(item)`; new workers take what follows. Without `lost`, or where workers die before they have anything to do,
    `BrokenProcessPool` is raised.
    """
    if jobs <= 1:
        if prepare is not None:
            prepare()
        for item in items:
            yield work(item)
        return
    from scrubber.engine.crew import Crew

    crew = Crew(work, jobs, prepare, again, lost)
    heavy = 0
    try:
        for item in items:
            weight = weigh(item) if weigh is not None else 0
            waiting = crew.waiting
            while waiting and (len(waiting) >= jobs * _IN_FLIGHT_PER_WORKER or heavy + weight > _MOST_IN_FLIGHT_BYTES):
                heavy -= waiting[0].weight
                yield crew.next_result()
            heavy += weight
            crew.begin(item, weight)
        while crew.waiting:
            yield crew.next_result()
    finally:
        crew.close()
