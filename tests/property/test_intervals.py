"""The interval arithmetic against an oracle that counts minutes one by one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.lib.intervals import grid, intersection, merged, overlaps, start_windows, subtracted, union
from clinic.scheduling.diary import Diary

pytestmark = pytest.mark.once

DAY = 60  # a short "day", so that intervals meet, touch and swallow each other often

intervals = st.lists(
    st.tuples(st.integers(0, DAY), st.integers(1, 20)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=6
)
lengths = st.integers(1, 15)
windows = st.lists(
    st.tuples(st.integers(0, DAY), st.integers(0, 20)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=6
).map(union)


def minutes_of(intervals):
    return {minute for start, end in intervals for minute in range(start, end)}


def starts_of(windows):
    return {start for first, last in windows for start in range(first, last + 1)}


@given(intervals)
def test_merged_covers_the_same_minutes(some):
    assert minutes_of(merged(some)) == minutes_of(some)


@given(intervals)
def test_merged_is_sorted_and_leaves_a_gap_between_any_two(some):
    found = merged(some)

    assert [later for earlier, later in pairwise(found) if later[0] <= earlier[1]] == []


@given(intervals, intervals)
def test_subtracted_leaves_exactly_the_other_minutes(free, busy):
    left = subtracted(merged(free), merged(busy))

    assert minutes_of(left) == minutes_of(free) - minutes_of(busy)
    assert left == merged(left)


@given(intervals, st.integers(0, DAY), lengths)
def test_overlaps_says_whether_a_minute_is_shared(some, start, length):
    wanted = (start, start + length)

    answer = overlaps(merged(some), wanted)

    assert answer == bool(minutes_of(some) & minutes_of([wanted]))


@given(intervals, lengths)
def test_start_windows_hold_each_start_whose_minutes_are_all_free(free, length):
    found = start_windows(merged(free), length)

    open_minutes = minutes_of(free)
    assert starts_of(found) == {
        start for start in range(2 * DAY) if minutes_of([(start, start + length)]) <= open_minutes
    }


@given(windows, windows)
def test_crossed_holds_the_starts_of_both(left, right):
    assert starts_of(intersection(left, right)) == starts_of(left) & starts_of(right)


@given(windows, windows)
def test_merged_holds_the_starts_of_either(left, right):
    assert starts_of(union(left + right)) == starts_of(left) | starts_of(right)


@given(windows, st.integers(0, DAY), st.integers(1, 30))
def test_grid_holds_each_start_that_is_a_whole_number_of_steps_away(some, origin, step):
    found = grid(some, origin=origin, step=step)

    assert found == sorted(start for start in starts_of(some) if (start - origin) % step == 0)


@given(st.lists(intervals, min_size=1, max_size=3), lengths)
def test_some_room_is_free_where_one_of_them_is_for_the_whole_length(taken, length):
    diary = Diary(length=length, step=1, people={}, needs_room=True, needs_machine=False, rooms=list(range(len(taken))))
    diary.blocks[1] = [(0, DAY)]
    for room, busy in enumerate(taken):
        diary.busy["room", room] = busy

    found = {start for start in diary.starts(1)}

    assert found == {
        start
        for start in range(DAY - length + 1)
        if any(not minutes_of([(start, start + length)]) & minutes_of(busy) for busy in taken)
    }
    assert [start for start in found if diary.place(start) is None] == []


@given(
    st.integers(1, 2).flatmap(lambda n: st.lists(intervals, min_size=n, max_size=n)),
    st.integers(1, 2).flatmap(lambda n: st.lists(intervals, min_size=n, max_size=n)),
    intervals,
    lengths,
)
def test_a_start_needs_the_person_a_room_and_a_machine_at_once(rooms, machines, person, length):
    diary = Diary(
        length=length,
        step=1,
        people={},
        needs_room=True,
        needs_machine=True,
        rooms=list(range(len(rooms))),
        machines=list(range(len(machines))),
    )
    diary.blocks[1] = [(0, DAY)]
    diary.busy["practitioner", 1] = person
    for kind, all_taken in (("room", rooms), ("machine", machines)):
        for key, busy in enumerate(all_taken):
            diary.busy[kind, key] = busy

    def is_open(start):
        wanted = minutes_of([(start, start + length)])
        free = [any(not wanted & minutes_of(busy) for busy in kind) for kind in (rooms, machines, [person])]
        return all(free)

    assert diary.starts(1) == [start for start in range(DAY - length + 1) if is_open(start)]
