"""What patients, the desk, physicians and managers see of physiotherapy."""

from datetime import date, timedelta

import pytest

from aftercare.models import (
    ExerciseDone,
    ReferralAnswer,
    ServiceRequest,
)
from clinic.models import AccessRelation, PatientAccess, Role, WorkItem
from tests import factories
from tests.aftercare.physiotherapy.referral_pages import NOW, address_of, assessment_data, signs_in
from tests.approvals import approve_all
from tests.factories import at
from tests.web import words

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at(NOW), tick=False)]


# The patient


def test_patient_reads_todays_and_later_exercises_in_plain_words_and_ticks_one(client, account, referral):
    gentle = factories.prescription(referral.care_plan, starts_at=at("2026-03-04 12:00"))
    late = factories.prescription(
        referral.care_plan, exercise=factories.exercise(slug="x02"), starts_at=at("2026-03-06 11:00")
    )

    answer = client.get(address_of("my-exercises"))
    shown = words(answer)
    assert "1 exercise to do." in shown
    assert "From Friday 6 March, 11:00." in shown
    assert "sharp pain, pain like a shock, or pain that spreads" in shown
    assert shown.index("Pendulum") < shown.index("These begin later") < shown.index("Ear to shoulder")

    refused = client.post(address_of("my-exercise-done", late.pk))
    for _press in range(2):
        client.post(address_of("my-exercise-done", gentle.pk))
    assert (refused.status_code, list(ExerciseDone.objects.values_list("prescription", "on", "ticked_by"))) == (
        409,
        [(gentle.pk, date(2026, 3, 5), account.pk)],
    )
    assert "All done for today." in words(client.get(address_of("my-exercises")))
    client.post(address_of("my-exercise-undone", gentle.pk))
    assert ExerciseDone.objects.count() == 0


def test_family_sees_each_ones_exercises_and_strangers_nothing(client, account, referral):
    mine = factories.prescription(referral.care_plan)
    child = factories.patient(given_name="Kind")
    other = factories.signed(patient=child, starts_at=at("2026-03-04 12:00"), signed_at=at("2026-03-04 12:30"))
    theirs = factories.prescription(other.care_plan)
    assert client.post(address_of("my-exercise-done", theirs.pk)).status_code == 404
    assert "Kind" not in words(client.get(address_of("my-exercises")))

    PatientAccess.objects.create(user=account, patient=child, relation=AccessRelation.FAMILY)

    shown = words(client.get(address_of("my-exercises")))
    assert ("Rasa Example: today" in shown, "Kind Example: today" in shown) == (True, True)
    assert client.post(address_of("my-exercise-done", mine.pk)).status_code == 302


def test_exercises_ask_the_database_as_often_for_five_as_for_one(
    client, account, referral, django_assert_max_num_queries
):
    def count():
        with django_assert_max_num_queries(100) as queries:
            client.get(address_of("my-exercises"))
        return len(queries)

    factories.prescription(referral.care_plan)
    one = count()
    for key in ("x01", "x02", "x03", "x04"):
        factories.prescription(referral.care_plan, exercise=factories.exercise(slug=key))

    assert count() == one


def test_patient_says_elsewhere_and_takes_it_back(client, account, referral):
    booking_page, answer_page = (
        address_of("my-physiotherapy", referral.pk),
        address_of("my-physiotherapy-answer", referral.pk),
    )
    assert answer_page in client.get(booking_page).content.decode()

    missing = client.post(answer_page, {"answer": "elsewhere", "where": "Near home"})
    far = client.post(answer_page, {"answer": "elsewhere", "elsewhere_on": "2027-03-06", "where": "Near home"})
    assert "Choose the day of your visit there." in words(missing)
    assert "Choose a day between your treatment and three months from now." in words(far)
    assert "Near home" in far.content.decode()
    client.post(answer_page, {"answer": "elsewhere", "elsewhere_on": "2026-03-06", "where": "Near home"})

    referral.refresh_from_db()
    assert (referral.answer, referral.elsewhere_on, referral.answer_note) == (
        ReferralAnswer.ELSEWHERE,
        date(2026, 3, 6),
        "Near home",
    )
    shown = client.get(booking_page)
    assert "You told us: you go somewhere else, on Friday 6 March." in words(shown)
    client.post(address_of("my-physiotherapy-take-back", referral.pk))
    referral.refresh_from_db()
    assert referral.answer == ""


# The desk


def test_desk_notes_the_answer_from_its_work_and_sees_nothing_clinical(client, referral):
    desk = signs_in(client, Role.DESK)
    factories.physiotherapy()
    WorkItem.objects.update(due_at=at(NOW) - timedelta(hours=1))
    address = address_of("desk-physiotherapy", referral.patient_id)
    assert address in client.get(address_of("desk-work")).content.decode()

    shown = words(client.get(address))
    client.post(address_of("desk-referral-answer", referral.pk), {"answer": "declined", "why": "Feels well"})

    assert ("Not booked, and not answered." in shown, "shoulder" in shown) == (True, False)
    referral.refresh_from_db()
    assert (referral.answer, referral.answer_note, referral.answered_by) == ("declined", "Feels well", desk)
    assert "“Feels well”" in words(client.get(address))
    client.post(address_of("desk-referral-take-back", referral.pk))
    assert ServiceRequest.objects.unbooked().get() == referral


# The share


@pytest.mark.parametrize("role", [Role.MANAGER, Role.PHYSICIAN])
def test_share_is_shown_with_its_counts_and_without_names(client, referral, role):
    signs_in(client, role)
    ServiceRequest.objects.update(due_on=date(2026, 3, 4), answer="elsewhere", elsewhere_on=date(2026, 3, 4))

    answer = client.get(address_of("practice-outcomes"))

    shown = words(answer)
    assert "100 % of the last twelve months: 1 of 1 patients" in shown
    assert 'aria-label="1 of 1 kept"' in answer.content.decode()
    assert "Rasa" not in shown


def test_share_is_closed_to_others_and_empty_at_first(client):
    signs_in(client, Role.DESK)
    assert client.get(address_of("practice-outcomes")).status_code == 403
    signs_in(client, Role.MANAGER)

    assert "Nothing to count yet" in words(client.get(address_of("practice-outcomes")))


def test_manager_changes_an_exercises_words_if_they_are_plain_but_not_its_kind(client, referral):
    signs_in(client, Role.MANAGER)
    address = address_of("admin:aftercare_exercise_change", "x05")
    form = client.get(address).context["adminform"].form
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    data |= {"muscles": ["rhomboids"], "kind": "gentle"}
    hard = "Physiological retraction of both scapulae necessitates concentrated simultaneous contraction continuously."

    refused = client.post(address, data | {"how": hard})
    client.post(address, data | {"how": "Sit tall.\nLet go."})
    approve_all()

    exercise = form.instance
    exercise.refresh_from_db()
    assert "hard to read" in words(refused)
    assert (exercise.how.splitlines(), exercise.kind) == (["Sit tall.", "Let go."], "strength")
    assert client.get(address_of("admin:aftercare_exercise_add")).status_code == 403


def test_assessment_stands_on_the_physicians_time_line(client, physiotherapist, referral):
    client.post(
        address_of("practice-referral-assess", referral.pk), assessment_data(referral, **{"cause-sleep": "part"})
    )
    signs_in(client, Role.PHYSICIAN)

    shown = words(client.get(address_of("practice-history", referral.patient_id)))

    assert "Physiotherapist's assessment: pain 4 of 10" in shown
    assert "Causes: too little sleep;" in shown
