"""Interval arithmetic on whole seconds since 1970 (UTC).

An interval is a half-open pair `(start, end)`, a set of them a sorted list without overlaps. A *window* is a closed
pair `(first, last)` of instants at which a visit of the required length may start.
"""

from bisect import bisect_left, bisect_right


def merged(intervals):
    """Sorted, with overlapping and touching intervals made one."""
    ordered = sorted(intervals)
    if not ordered:
        return []
    result = []
    first, last = ordered[0]
    for start, end in ordered:
        if start > last:
            result.append((first, last))
            first, last = start, end
        elif end > last:
            last = end
    result.append((first, last))
    return result


def subtracted(free, busy):
    """What is left of `free` without `busy`; both sorted and without overlaps."""
    result = []
    for start, end in free:
        for taken_from, taken_until in busy:
            if taken_until <= start:
                continue
            if taken_from >= end:
                break
            if taken_from > start:
                result.append((start, taken_from))
            start = max(start, taken_until)
        if start < end:
            result.append((start, end))
    return result


def overlaps(intervals, wanted):
    """Does the half-open `wanted` overlap any of these (merged) intervals?"""
    index = bisect_right(intervals, (wanted[0], float("inf")))
    before = index > 0 and intervals[index - 1][1] > wanted[0]
    return before or (index < len(intervals) and intervals[index][0] < wanted[1])


def touching(intervals, wanted):
    """Those of the sorted, disjoint intervals or windows that touch `wanted`."""
    first, last = wanted
    return intervals[bisect_left(intervals, first, key=_end) : bisect_right(intervals, last, key=_start)]


def _start(interval):
    return interval[0]


def _end(interval):
    return interval[1]


def start_windows(free, length):
    """Closed windows of the starts from which `length` fits into one free interval."""
    return [(start, end - length) for start, end in free if end - start >= length]


def union(windows):
    """The union of closed windows."""
    return merged(windows)


def intersection(left, right):
    """The intersection of two sorted lists of closed windows."""
    result, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        first, last = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if first <= last:
            result.append((first, last))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return result


def grid(windows, *, origin, step):
    """The instants `origin + k * step` that are in one of the windows."""
    return [
        start
        for first, last in windows
        for start in range(origin + -(-(first - origin) // step) * step, last + 1, step)
    ]
