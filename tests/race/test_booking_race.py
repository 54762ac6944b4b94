"""Many people want one time at one moment: real threads with connections of their own. Prints how long they took."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from threading import Barrier, Event

import pytest
from django.conf import settings
from django.db import connection, transaction

from clinic.models import Appointment, Message, Patient, Role, User
from clinic.models.appointment_states import HOLDS_TIME
from clinic.scheduling import booking, booking_locks, cancellations
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)

NINE = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


def at_once(acts, *, threads):
    """Runs the acts, `threads` at a time, all starting together. Returns their answers, refusals and errors."""
    start = Barrier(threads)

    def work(own):
        connection.ensure_connection()  # as in a web worker, which keeps its own
        start.wait()
        try:
            return [timed(act) for act in own]
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        results = [result for part in pool.map(work, (acts[n::threads] for n in range(threads))) for result in part]
    answers, seconds = zip(*results, strict=True)
    print_percentiles(seconds)
    return answers


def timed(act):
    begun = time.perf_counter()
    try:
        answer = act()
    except Exception as error:
        answer = error
    return answer, time.perf_counter() - begun


def print_percentiles(seconds):
    ordered = sorted(seconds)
    p50, p99 = (ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.5, 0.99))
    print(f"\n{connection.vendor}: {len(ordered)} acts, p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")


def overlapping_pairs():
    """For each resource the pairs of visits that hold time and overlap."""
    visits = list(Appointment.objects.filter(status__in=HOLDS_TIME))
    return [
        (resource, one.pk, other.pk)
        for resource in ("practitioner_id", "room_id", "ultrasound_machine_id", "patient_id")
        for one, other in product(visits, visits)
        if one.pk < other.pk and getattr(one, resource) is not None
        if getattr(one, resource) == getattr(other, resource)
        if one.starts_at < other.ends_at and other.starts_at < one.ends_at
    ]


def kinds(answers):
    return Counter(type(answer).__name__ for answer in answers)


def contest(*, threads, times):
    """Everybody wants each of the times, in an order of their own, of two doctors who share two rooms."""
    factories.room(), factories.room()
    doctors = [factories.practitioner(hours=("09:00", "23:00")) for _ in range(2)]
    visit_type = factories.visit_type()
    wishes = [(doctors[n % 2], NINE + timedelta(minutes=30 * (n // 2))) for n in range(times)]
    acts = []
    for turn, browser in product(range(times), range(threads)):
        doctor, starts_at = wishes[(turn + browser) % times]
        token = f"token-{browser:03}-{turn:03}"
        wish = Wish(visit_type, doctor, starts_at, request_token=token)
        # A browser of its own for each: otherwise the next hold would release the last.
        acts.append(partial(booking.hold, wish, held_by=token, at=NOW))
    return at_once(acts, threads=threads)


def held_once(answers, *, threads, times):
    taken = Counter(Appointment.objects.filter(status="pending").values_list("practitioner_id", "starts_at"))
    assert kinds(answers) == {"Appointment": times, "TimeTaken": (threads - 1) * times}
    assert (len(taken), set(taken.values())) == (times, {1})
    assert overlapping_pairs() == []


@pytest.mark.postgresql
def test_hold_gives_each_of_25_times_to_one_of_20_rivals():
    answers = contest(threads=20, times=25)

    held_once(answers, threads=20, times=25)


@pytest.mark.sqlite_only
def test_hold_gives_each_of_10_times_to_one_of_8_rivals():
    answers = contest(threads=8, times=10)

    held_once(answers, threads=8, times=10)


def same_act(act, *, times):
    threads = 20 if connection.vendor == "postgresql" else 8
    return at_once([act] * times, threads=threads)


def wish(token=None):
    factories.room()
    doctor, visit_type = factories.practitioner(), factories.visit_type()
    return Wish(visit_type, doctor, NINE, request_token=token)


def test_hold_sent_50_times_at_once_is_one_row_and_50_equal_answers():
    act = partial(booking.hold, wish("token-0001"), held_by="browser", at=NOW)

    answers = same_act(act, times=50)

    assert kinds(answers) == {"Appointment": 50}
    assert len({answer.pk for answer in answers}) == 1
    assert Appointment.objects.count() == 1


def test_book_sent_50_times_at_once_is_one_visit_and_one_message():
    act = partial(booking.book, wish("token-0001"), patient=factories.patient(), at=NOW)

    answers = same_act(act, times=50)

    assert (kinds(answers), Appointment.objects.count(), Message.objects.count()) == ({"Appointment": 50}, 1, 1)


def test_confirm_sent_50_times_at_once_makes_one_patient():
    held = booking.hold(wish("token-0001"), held_by="browser", at=NOW)

    def confirm():
        return booking.confirm(Appointment.objects.get(pk=held.pk), at=NOW, newcomer=factories.newcomer())

    answers = same_act(confirm, times=50)

    assert kinds(answers) == {"Appointment": 50}
    assert (Patient.objects.count(), User.objects.count(), Message.objects.count()) == (1, 1, 1)


def test_cancel_sent_20_times_at_once_tells_the_patient_once():
    visit = booking.book(wish(), patient=factories.patient(), at=NOW)
    visits = [Appointment.objects.get(pk=visit.pk) for _ in range(20)]

    answers = at_once([partial(cancellations.cancel, each, at=NOW) for each in visits], threads=8)

    assert kinds(answers) == {"NoneType": 20}
    assert Message.objects.filter(purpose="visit-cancelled").count() == 1


def test_book_gives_one_patient_one_of_many_visits_at_a_time():
    patient, visit_type = factories.patient(), factories.visit_type()
    wishes = [Wish(visit_type, factories.practitioner(), NINE) for _ in range(8)]
    for _ in wishes:
        factories.room()

    acts = [partial(booking.book, each, at=NOW, patient=patient) for each in wishes]
    answers = at_once(acts, threads=8)

    assert kinds(answers) == {"Appointment": 1, "TimeTaken": 7}
    assert overlapping_pairs() == []


def test_book_and_cancel_of_one_patient_never_block_each_other():
    """Both change the patient, the referral and the messages, each in its own order."""
    factories.protocol()
    patient = factories.patient()
    factories.signed(signed_at=NOW, patient=patient)
    factories.room()
    visit_type, physiotherapist = factories.physiotherapy(), factories.physiotherapist()
    times = [NINE + timedelta(days=1, minutes=30 * n) for n in range(12)]
    wishes = [Wish(visit_type, physiotherapist, starts_at) for starts_at in times]
    visits = [booking.book(wish, patient=patient, at=NOW) for wish in wishes[:6]]

    cancels = [partial(cancellations.cancel, visit, at=NOW) for visit in visits]
    books = [partial(booking.book, wish, patient=patient, at=NOW) for wish in wishes[6:]]
    answers = at_once([act for pair in zip(cancels, books, strict=True) for act in pair], threads=6)

    assert kinds(answers) == {"NoneType": 6, "Appointment": 6}
    assert Appointment.objects.filter(status="booked").count() == 6


@pytest.mark.postgresql
def test_who_comes_too_late_or_again_does_not_queue_for_the_locks():
    same = wish("token-0001")
    held = booking.hold(same, held_by="browser", at=NOW)
    locked, done = Event(), Event()

    def keep_the_lock():
        with transaction.atomic():
            booking_locks.lock(same.practitioner)
            locked.set()
            done.wait(timeout=60)
        connection.close()

    with ThreadPoolExecutor(1) as rival:
        rival.submit(keep_the_lock)
        assert locked.wait(timeout=10)
        again, _seconds = timed(partial(booking.hold, same, held_by="browser", at=NOW))
        other = replace(same, request_token="token-0002")
        refusal, seconds = timed(partial(booking.hold, other, held_by="another", at=NOW))
        done.set()

    assert (again, kinds([refusal]), len(refusal.alternatives)) == (held, {"TimeTaken": 1}, 3)
    assert seconds < settings.LOCK_TIMEOUT_SECONDS / 2


@pytest.mark.postgresql
def test_who_waits_too_long_for_another_is_told_so(client):
    visit = factories.arrived()
    Appointment.objects.filter(pk=visit.pk).update(status="booked")
    client.force_login(factories.user(Role.DESK))
    held, answered = Event(), Event()

    def keep_it():
        with transaction.atomic():
            Appointment.objects.select_for_update().get(pk=visit.pk)
            held.set()
            answered.wait(20)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(keep_it)
        held.wait(20)
        try:
            answer = client.post(f"/desk/appointments/{visit.pk}/check-in/")
        finally:
            answered.set()

    assert answer.status_code == 409
    assert "Load the page again to see where it stands now." in answer.content.decode()
