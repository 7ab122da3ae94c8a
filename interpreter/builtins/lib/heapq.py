"""Heaps in lists: the smallest item is always the first."""

from _heapq import (
    heapify, heapify_max, heappop, heappop_max, heappush, heappush_max, heappushpop,
    heappushpop_max, heapreplace, heapreplace_max,
)

__all__ = [
    "heappush", "heappop", "heapify", "heapreplace", "merge", "nlargest", "nsmallest",
    "heappushpop", "heappush_max", "heappop_max", "heapify_max", "heapreplace_max",
    "heappushpop_max",
]


def merge(*iterables, key=None, reverse=False):
    """Yield the items of sorted iterables in order."""
    heap = []
    direction = -1 if reverse else 1
    make = heapify_max if reverse else heapify
    replace = heapreplace_max if reverse else heapreplace
    drop = heappop_max if reverse else heappop
    for order, iterable in enumerate(iterables):
        step = iter(iterable).__next__
        try:
            item = step()
        except StopIteration:
            continue
        rank = item if key is None else key(item)
        heap.append([rank, order * direction, item, step])
    make(heap)
    while len(heap) > 1:
        try:
            while True:
                entry = heap[0]
                yield entry[2]
                item = entry[3]()
                entry[2] = item
                entry[0] = item if key is None else key(item)
                replace(heap, entry)
        except StopIteration:
            drop(heap)
    if heap:
        _, _, item, step = heap[0]
        yield item
        while True:
            try:
                item = step()
            except StopIteration:
                return
            yield item


def nsmallest(n, iterable, key=None):
    """The n smallest items, in order."""
    if n == 1:
        nothing = object()
        found = min(iterable, default=nothing, key=key)
        return [] if found is nothing else [found]
    return sorted(iterable, key=key)[:n] if n > 0 else []


def nlargest(n, iterable, key=None):
    """The n largest items, the largest first."""
    if n == 1:
        nothing = object()
        found = max(iterable, default=nothing, key=key)
        return [] if found is nothing else [found]
    return sorted(iterable, key=key, reverse=True)[:n] if n > 0 else []
