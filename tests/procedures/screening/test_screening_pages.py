"""The safety questions and the pain marks as each person meets them."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from clinic.models import AuditAction, AuditEvent, Role, WorkItem
from procedures.models import BodyArea, PainReport, Screening, ScreeningQuestion
from procedures.screening import pain_reports, safety_questions
from procedures.screening.safety_questions import GivenAnswer
from tests import factories
from tests.web import text

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture(autouse=True)
def world(time_machine):
    time_machine.move_to(NOW, tick=False)
    call_command("loaddata", "regions", "body_areas", "screening_questions", "illness_questions", verbosity=0)


def injection(patient, starts_at="2026-03-02 10:00", **fields):
    kind = factories.visit_type(name="Block")
    factories.definition(visit_type=kind)
    doctor = fields.pop("practitioner", None) or factories.practitioner(hours=None)
    return factories.appointment(
        starts_at=factories.at(starts_at), practitioner=doctor, visit_type=kind, patient=patient, **fields
    )


def typed(**changes):
    data = {f"{q.pk}-answer": "no" if q.amber_answer == "yes" else "yes" for q in ScreeningQuestion.objects.all()}
    changes = {name.replace("__", "-"): value for name, value in changes.items()}
    return data | {"weight_kg": "72,5 kg", "height_cm": "168"} | changes


def test_a_patient_answers_at_home(client, me):
    visit = injection(me)

    response = client.post(reverse("my-screening", args=[me.pk]), typed(), follow=True)

    given = Screening.objects.get()
    assert (given.appointment, given.outcome) == (visit, "green")
    assert str(me.measurements.get().weight_kg) == "72.5"
    assert "You are ready." in text(response)
    assert "Wednesday 1 April" in text(response)
    assert AuditEvent.objects.filter(patient=me, what="safety answers", action=AuditAction.CREATE).exists()


def test_amber_is_said_calmly_and_with_a_phone_number(client, me, settings):
    injection(me)

    response = client.post(reverse("my-screening", args=[me.pk]), typed(**{"diabetes-answer": "yes"}), follow=True)

    assert "A doctor will look at your answers before your visit. You do not need to do anything." in text(response)
    assert settings.CLINIC_PHONE in text(response)


def test_what_is_missing_is_said_at_its_question_and_nothing_typed_is_lost(client, me):
    sent = typed(**{"diabetes-answer": "yes", "diabetes-more": "Tablets <b>only</b>", "weight_kg": "700"})
    del sent["driver-answer"]

    response = client.post(reverse("my-screening", args=[me.pk]), sent)

    html = text(response)
    kept = Screening.objects.get()
    assert (response.status_code, kept.is_complete, kept.answers.count()) == (200, False, 16)
    assert "We have kept what you told us. A doctor looks at it. Please answer the rest, too." in html
    assert 'href="#id_driver-answer_0"' in html
    assert 'href="#id_weight_kg"' in html
    assert "Tablets &lt;b&gt;only&lt;/b&gt;" in html
    assert 'value="yes" id="id_diabetes-answer_0" checked' in html
    assert 'value="700"' in html


@pytest.mark.parametrize(
    ("weight", "error"),
    [("", "Write your weight, or choose"), ("heavy", "from 20 to 250"), ("19", "from 20 to 250"), ("NaN", "from 20")],
)
def test_who_knows_the_weight_writes_it(client, me, weight, error):
    response = client.post(reverse("my-screening", args=[me.pk]), typed(weight_kg=weight))

    assert error in text(response)
    assert not Screening.objects.exists()


def test_who_does_not_know_the_weight_need_not_write_it(client, me):
    client.post(reverse("my-screening", args=[me.pk]), typed(**{"body-size-answer": "unknown", "weight_kg": ""}))

    assert Screening.objects.get().outcome == "amber"
    assert not me.measurements.exists()


@pytest.mark.parametrize("name", ["my-screening", "my-screening-thanks", "my-where-it-hurts"])
def test_nobody_answers_for_a_stranger(client, me, name):
    stranger = factories.patient()

    answers = [client.get(reverse(name, args=[stranger.pk])), client.post(reverse(name, args=[stranger.pk]), typed())]

    assert [answer.status_code for answer in answers] == [404, 405 if name.endswith("thanks") else 404]
    assert not Screening.objects.exists()


@pytest.mark.parametrize(
    ("starts_at", "is_asked"), [("2026-03-20 10:00", True), ("2026-03-31 10:00", True), ("2026-04-10 10:00", False)]
)
def test_own_pages_ask_for_answers_that_can_still_hold_at_the_visit(client, me, starts_at, is_asked):
    injection(me, starts_at)

    html = text(client.get(reverse("my")))

    assert ("Answer the safety questions" in html) is is_asked


def test_own_pages_ask_nothing_for_a_consultation_or_once_it_is_answered(client, me):
    factories.appointment(starts_at=factories.at("2026-03-03 10:00"), patient=me)
    assert "Before your injection" not in text(client.get(reverse("my")))

    injection(me)
    client.post(reverse("my-screening", args=[me.pk]), typed())

    html = text(client.get(reverse("my")))
    assert "We have your answers. They are good until Wednesday 1 April." in html
    assert "Answer the safety questions" not in html


# Desk and physicians


def test_the_desk_sees_green_or_amber_and_asks_in_the_patients_words(client):
    visit = injection(factories.patient())
    client.force_login(factories.user(Role.DESK))
    page = reverse("desk-appointment", args=[visit.pk])
    assert "not answered" in text(client.get(page))

    sent = typed(patient=visit.patient_id) | {"numbing-allergy-answer": "yes", "numbing-allergy-more": "a rash once"}
    response = client.post(reverse("desk-screening", args=[visit.pk]), sent, follow=True)

    assert response.redirect_chain[-1][0] == page
    assert "amber: a physician looks at it" in text(response)
    assert "a rash once" not in text(response)
    assert Screening.objects.get().appointment == visit
    assert "a rash once" in text(client.get(reverse("desk-screening", args=[visit.pk])))
    item = WorkItem.objects.get()
    work = text(client.get(reverse("desk-work")))
    assert item.what_to_say in work
    assert f"/desk/work/{item.pk}/tomorrow/" in work
    assert ">Done" not in work
    assert client.post(reverse("desk-work-done", args=[item.pk])).status_code == 409


def test_answers_for_another_patient_than_the_page_was_shown_for_are_refused(client):
    visit, other = injection(factories.patient()), factories.patient()
    client.force_login(factories.user(Role.DESK))

    response = client.post(reverse("desk-screening", args=[visit.pk]), typed(patient=other.pk))

    assert (response.status_code, Screening.objects.count()) == (409, 0)


def test_a_physician_finds_what_waits_looks_and_decides(client):
    doctor, patient = factories.colleague(name="Dr Looking"), factories.patient(given_name="Ona")
    visit = injection(patient, practitioner=doctor)
    answers = {q.pk: GivenAnswer("no" if q.amber_answer == "yes" else "yes") for q in ScreeningQuestion.objects.all()}
    answers["blood-thinner"] = GivenAnswer("yes", "apixaban")
    given = safety_questions.answer(
        patient, answers, by=factories.user(), at=NOW - timedelta(hours=1), appointment=visit
    )
    client.force_login(doctor.user)
    address = reverse("practice-screening", args=[patient.pk])
    assert f'href="{address}"' in text(client.get(reverse("practice")))
    html = text(client.get(reverse("practice-visit", args=[visit.pk])))
    assert html.index("Blood thinner</strong> yes: apixaban") < html.index("Safety answers")
    assert "ASRA 2018" in html

    empty = client.post(address, {"screening": given.pk, "note": " "})
    response = client.post(address, {"screening": given.pk, "note": "Superficial only."}, follow=True)

    assert "Write what you decided." in text(empty)
    assert "Superficial only." in text(response)
    assert "Waiting for you" not in text(client.get(reverse("practice")))


def test_a_review_of_another_patients_answers_is_refused(client):
    doctor = factories.colleague(name="Dr Looking")
    client.force_login(doctor.user)
    answers = {q.pk: GivenAnswer("unknown") for q in ScreeningQuestion.objects.all()}
    one, other = (
        safety_questions.answer(factories.patient(), answers, by=factories.user(), at=NOW - timedelta(hours=1))
        for _n in "12"
    )

    address = reverse("practice-screening", args=[one.patient_id])
    response = client.post(address, {"screening": other.pk, "note": "Fine."})

    assert response.status_code == 409
    assert not Screening.objects.exclude(reviewed_at=None).exists()


def test_all_six_warnings_stand_on_clinical_pages_unknown_as_unknown(client):
    doctor = factories.colleague(name="Dr Looking")
    visit = injection(factories.patient(), practitioner=doctor, status="arrived")
    client.force_login(doctor.user)

    for name in ("practice-visit", "practice-record"):
        html = text(client.get(reverse(name, args=[visit.pk])))
        kinds = ("Allergy", "Blood thinner", "Pregnancy", "Fainting", "Lung disease", "Diabetes")
        for kind in kinds:
            assert f'<strong>{kind}</strong> unknown <span class="alert-age">never asked</span>' in html


# Where it hurts


def told(**changes):
    return {"areas": ["temple-left", "shoulder-top-right"], "score": "7", "qualities": ["dull"]} | changes


def test_a_patient_marks_where_it_hurts_and_the_physician_sees_it(client, me):
    doctor = factories.colleague(name="Dr Looking")
    visit = injection(me, practitioner=doctor)

    client.post(reverse("my-where-it-hurts", args=[me.pk]), told(own_words="At work", causes=["posture"]))
    client.force_login(doctor.user)
    html = text(client.get(reverse("practice-visit", args=[visit.pk])))

    assert "<strong>7 of 10</strong>" in html
    assert "Top of the right shoulder; Left temple" in html
    assert "bad posture" in html
    assert "“At work”" in html
    assert html.count('class="body-area is-felt" data-area="shoulder-top-right"') == 1
    client.force_login(factories.user(Role.DESK))
    assert "At work" not in text(client.get(reverse("desk-appointment", args=[visit.pk])))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"areas": []}, "Mark at least one place where it hurts."),
        ({"score": ""}, "Choose a number from 0 to 10."),
        ({"score": "11"}, "Choose a number from 0 to 10."),
        ({"areas": ["nowhere"]}, "Choose places from the picture or from the list."),
        ({"causes": ["magic"]}, "magic"),
    ],
)
def test_marks_that_make_no_sense_come_back_with_what_was_typed(client, me, changes, error):
    response = client.post(reverse("my-where-it-hurts", args=[me.pk]), told(own_words="Since May") | changes)

    assert error in text(response)
    assert "Since May" in text(response)
    assert not PainReport.objects.exists()


def test_telling_again_keeps_what_was_told_before(client, me):
    client.post(reverse("my-where-it-hurts", args=[me.pk]), told())

    html = text(client.get(reverse("my-where-it-hurts", args=[me.pk])))
    assert 'value="temple-left" id="id_areas_' in html
    client.post(reverse("my-where-it-hurts", args=[me.pk]), told(areas=["calf-left"], score="3"))

    assert [report.score for report in PainReport.objects.all()] == [3, 7]
    assert [area.pk for area in pain_reports.latest(me).areas.all()] == ["calf-left"]


def test_every_area_is_in_the_picture_and_in_the_list(client, me):
    html = text(client.get(reverse("my-where-it-hurts", args=[me.pk])))

    for area in BodyArea.objects.all():
        assert f'data-area="{area.pk}"' in html
        assert f'name="areas" value="{area.pk}"' in html
    paired = BodyArea.objects.exclude(side="middle")
    assert sorted(a.pk.removesuffix("-left") for a in paired.filter(side="left")) == sorted(
        a.pk.removesuffix("-right") for a in paired.filter(side="right")
    )
