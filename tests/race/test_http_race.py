"""Many browsers want one time at one moment: real HTTP against two web workers on PostgreSQL. Prints how long it took.

CHAOS=full makes it long.
"""

import http.client
import json
import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from urllib.parse import urlencode

import psycopg
import pytest
from django.utils import timezone

pytestmark = [pytest.mark.chaos, pytest.mark.once]

CLIENTS = 20
TIMES = 100 if os.environ.get("CHAOS") == "full" else 30
VISIT_TYPE = "consultation"
FAR_FROM_THE_OTHER_TESTS = timedelta(days=30)
CSRF = "x" * 32
OVERLAPS = """
    SELECT count(*) FROM clinic_appointment one JOIN clinic_appointment other ON one.id < other.id
    AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at
    AND (one.practitioner_id = other.practitioner_id OR one.room_id = other.room_id
         OR one.ultrasound_machine_id = other.ultrasound_machine_id OR one.patient_id = other.patient_id)
    WHERE one.status IN ('pending', 'booked', 'arrived', 'fulfilled')
    AND other.status IN ('pending', 'booked', 'arrived', 'fulfilled')
"""
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@pytest.fixture
def open_times(running_clinic):
    """Starts that do not overlap each other, so that all of them can be booked."""
    first_day = timezone.localdate() + FAR_FROM_THE_OTHER_TESTS
    question = urlencode({"visit_type": VISIT_TYPE, "from": first_day.isoformat(), "days": 50})
    web = http.client.HTTPConnection("127.0.0.1", running_clinic.port, timeout=30)
    web.request("GET", f"/book/times.json?{question}")
    free_from, chosen = None, []
    for found in json.loads(web.getresponse().read())["times"]:
        starts_at = datetime.fromisoformat(found["starts_at"])
        if free_from is None or starts_at >= free_from:
            chosen.append((found["practitioner"], found["starts_at"]))
            free_from = starts_at + timedelta(minutes=found["minutes"])
    return chosen


def post_hold(port, place, practitioner, starts_at, token):
    """Status, address of the next page and seconds. Without a session cookie each request is a browser of its own."""
    wish = urlencode({"practitioner": practitioner, "starts_at": starts_at, "request_token": token})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={CSRF}",
        "X-CSRFToken": CSRF,
    }
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(place, 0))
    begun = time.perf_counter()
    web.request("POST", f"/book/{VISIT_TYPE}/hold/", wish, headers)
    answer = web.getresponse()
    answer.read()
    web.close()
    return answer.status, answer.getheader("Location"), time.perf_counter() - begun


def look_at_times(port):
    """As everybody does before choosing one."""
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    web.request("GET", f"/book/{VISIT_TYPE}/")
    assert web.getresponse().status == 200
    web.close()


def at_once(port, wishes_of_each):
    """Every client, each from a place of its own, posts its requests one after the other, all starting together."""
    start = Barrier(len(wishes_of_each))

    def work(number, wishes):
        look_at_times(port)
        start.wait()
        return [post_hold(port, f"127.0.1.{number}", *wish) for wish in wishes]

    with ThreadPoolExecutor(len(wishes_of_each)) as pool:
        numbers = range(1, len(wishes_of_each) + 1)
        answers = [answer for own in pool.map(work, numbers, wishes_of_each) for answer in own]
    ordered = sorted(seconds for _status, _location, seconds in answers)
    p50, p99 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.99))
    print(f"\n{len(ordered)} holds over HTTP, p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")
    return answers


def ask(clinic, question, *values):
    with psycopg.connect(clinic.env["DATABASE_URL"]) as connection:
        return connection.execute(question, values).fetchall()


def test_each_contested_time_goes_to_one_of_20_browsers(running_clinic, open_times):
    contested = open_times[:TIMES]
    wishes = [
        [(*contested[(turn + client) % TIMES], f"race-{client:03}-{turn:03}") for turn in range(TIMES)]
        for client in range(CLIENTS)
    ]

    answers = at_once(running_clinic.port, wishes)

    held = ask(
        running_clinic, "SELECT practitioner_id, starts_at FROM clinic_appointment WHERE request_token ~ '^race-'"
    )
    assert len(contested) == TIMES
    assert Counter(status for status, *_ in answers) == {303: TIMES, 409: TIMES * (CLIENTS - 1)}
    assert sorted(held) == sorted((person, datetime.fromisoformat(starts_at)) for person, starts_at in contested)
    assert ask(running_clinic, OVERLAPS) == [(0,)]
    assert ask(running_clinic, DEADLOCKS) == [(0,)]


def test_50_identical_posts_are_one_hold_and_50_equal_answers(running_clinic, open_times):
    wish = (*open_times[-1], "identical-0001")

    answers = at_once(running_clinic.port, [[wish]] * 50)

    assert {(status, location) for status, location, _seconds in answers} == {
        (303, f"/book/{VISIT_TYPE}/identical-0001/details/")
    }
    assert ask(running_clinic, "SELECT count(*) FROM clinic_appointment WHERE request_token = 'identical-0001'") == [
        (1,)
    ]
