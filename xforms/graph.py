"""The order in which fields are worked out, settled once a form: what a field reads comes before it."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush


def order(reads: Sequence[frozenset[int]]) -> list[int]:
    """Sorts fields so that each comes after all it reads; among free choices document order stays.

    Args:
        reads: By field index, the indices of the fields whose value or relevance it reads.

    Raises:
        CycleError: Some fields read each other; it carries one such ring.
    """
    waiting = [len(read) for read in reads]
    readers: list[list[int]] = [[] for _ in reads]
    for index, read in enumerate(reads):
        for source in read:
            readers[source].append(index)
    free = [index for index, count in enumerate(waiting) if count == 0]
    heapify(free)
    sorted_indices: list[int] = []
    while free:
        index = heappop(free)
        sorted_indices.append(index)
        for reader in readers[index]:
            waiting[reader] -= 1
            if waiting[reader] == 0:
                heappush(free, reader)
    if len(sorted_indices) < len(reads):
        raise CycleError(_ring(reads, {index for index, count in enumerate(waiting) if count}))
    return sorted_indices


class CycleError(Exception):
    """Fields read each other. ``ring`` holds their indices, each reading the next and the last the first."""

    def __init__(self, ring: list[int]) -> None:
        super().__init__(f"cycle of {len(ring)} fields")
        self.ring = ring


def _ring(reads: Sequence[frozenset[int]], stuck: set[int]) -> list[int]:
    """Walks from any stuck field to a stuck field it reads until one comes back: that stretch is a ring."""
    walked: list[int] = []
    index = min(stuck)
    while index not in walked:
        walked.append(index)
        index = min(reads[index] & stuck)
    return walked[walked.index(index) :]
