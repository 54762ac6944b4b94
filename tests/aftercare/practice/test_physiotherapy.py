"""The pages of physiotherapy: the physiotherapist's, the desk's, the patient's and the manager's."""

import pytest

from aftercare.models import (
    ExercisePrescription,
    PhysiotherapyAssessment,
)
from aftercare.physiotherapy import answers
from clinic.models import AuditEvent, Role
from tests import factories
from tests.aftercare.physiotherapy.referral_pages import NOW, address_of, assessment_data, signs_in
from tests.factories import at
from tests.web import words

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at(NOW), tick=False)]


# The referral


def test_physiotherapist_sees_what_was_done_and_nothing_that_the_physician_noted(client, physiotherapist, referral):
    shown = words(client.get(address_of("practice-referral", referral.pk)))

    assert "Top shoulder muscle, right" in shown
    assert "Gentle movement only until Friday 6 March, 11:00" in shown
    assert "A needle went near the lung. Until Friday 6 March, 11:00" in shown
    assert "7 before, 3 after 10 minutes" in shown
    assert "not booked 6 days left" in shown
    assert shown.index("Allergy") < shown.index("After the injection")
    assert "Secretive remark" not in shown
    assert AuditEvent.objects.filter(patient=referral.patient, by=physiotherapist.user, action="R").count() == 1


def test_physician_reads_the_referral_but_neither_assesses_nor_assigns(client, referral):
    signs_in(client, Role.PHYSICIAN)

    assert "Write the assessment" not in words(client.get(address_of("practice-referral", referral.pk)))
    for name in ("assess", "exercises", "answer"):
        assert client.get(address_of(f"practice-referral-{name}", referral.pk)).status_code == 403


def test_lists_part_what_is_to_come_seen_answered_and_assessed(client, physiotherapist, referral):
    def shown():
        lists = ("open", "seen", "answered", "done")
        counts = (client.get(address_of("practice-referrals"), {"list": each}).context["page"] for each in lists)
        return [len(each) for each in counts]

    assert shown() == [1, 0, 0, 0]
    answers.decline(referral, why="", by=physiotherapist.user, at=at(NOW))
    assert shown() == [0, 0, 1, 0]
    client.post(address_of("practice-referral-assess", referral.pk), assessment_data(referral))
    assert shown() == [0, 0, 0, 1]


# The assessment


def test_assessment_keeps_pain_ranges_causes_and_therapies(client, physiotherapist, referral):
    data = assessment_data(
        referral,
        **{"neck-rotation-left": "60", "neck-rotation-right": "45", "neck-rotation-right-hurts": "on"},
        **{"cause-posture": "part", "cause-posture-advice": "Screen higher.", "jaw-opening-middle": "42"},
        **{"therapy-1-kind": "heat", "therapy-1-words": "15 minutes a day", "findings": "Softer.", "plan": "Again."},
    )

    answer = client.post(address_of("practice-referral-assess", referral.pk), data)

    assert answer["Location"] == address_of("practice-referral", referral.pk)
    written = PhysiotherapyAssessment.objects.get()
    assert [(row.movement, row.side, row.extent, row.is_painful) for row in written.ranges.all()] == [
        ("neck-rotation", "left", 60, False),
        ("neck-rotation", "right", 45, True),
        ("jaw-opening", "middle", 42, False),
    ]
    causes = {review.cause: (review.finding, review.advice) for review in written.causes.all()}
    assert (len(causes), causes["posture"], causes["sleep"]) == (8, ("part", "Screen higher."), ("not", ""))
    assert [(row.kind, row.words) for row in written.other_therapies.all()] == [("heat", "15 minutes a day")]
    assert (written.pain_now, written.findings, written.assessed_by) == (4, "Softer.", physiotherapist.user)
    shown = words(client.get(address_of("practice-referral", referral.pk)))
    assert "neck: turn , right: 45°, it hurts" in shown


def test_movements_of_the_injected_region_come_first(client, physiotherapist, referral):
    form = client.get(address_of("practice-referral-assess", referral.pk)).context["form"]

    assert [row["movement"].value for row in form.proposed_rows()][:4] == [
        *("neck-flexion", "neck-extension", "neck-rotation", "neck-side"),
    ]
    assert len(form.proposed_rows()) + len(form.other_rows()) == 21


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"pain_now": ""}, "Choose a number from 0 to 10."),
        ({"neck-rotation-left": "200"}, "Write a whole number from 0 to 180."),
        ({"neck-rotation-left": "wide"}, "Write a whole number from 0 to 180."),
        ({"neck-rotation-left-hurts": "on"}, "It hurts: write how far it goes, too."),
        ({"cause-sleep": ""}, "Say whether it is part of it."),
        ({"therapy-0-kind": "heat"}, "Write what, and how often."),
        ({"therapy-0-words": "Often"}, "Choose the kind of therapy."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, physiotherapist, referral, wrong, sentence):
    data = assessment_data(referral, findings="Long words.", **{"knee-flexion-left": "120"}) | wrong

    answer = client.post(address_of("practice-referral-assess", referral.pk), data)

    shown = answer.content.decode()
    assert (answer.status_code, sentence in shown, "data-error-summary" in shown) == (200, True, True)
    assert ("Long words." in shown, 'value="120"' in shown) == (True, True)
    assert PhysiotherapyAssessment.objects.count() == 0


def test_sent_twice_makes_one_and_another_tab_is_told(client, physiotherapist, referral):
    address = address_of("practice-referral-assess", referral.pk)
    for _press in range(2):
        client.post(address, assessment_data(referral))

    other = client.post(address, assessment_data(referral, token="assess-token-2", findings="From the other tab"))

    assert "Another assessment was written since you opened this page." in words(other)
    assert "From the other tab" in other.content.decode()
    written = PhysiotherapyAssessment.objects.get()
    again = {field.html_name: field.value() for field in other.context["form"] if field.html_name == "seen"}
    client.post(address, assessment_data(referral, token="assess-token-2", seen=again["seen"]))
    assert (again["seen"], PhysiotherapyAssessment.objects.count()) == (written.pk, 2)


def test_page_of_another_patient_is_refused(client, physiotherapist, referral):
    data = assessment_data(referral) | {"patient": factories.patient().pk}

    assert client.post(address_of("practice-referral-assess", referral.pk), data).status_code == 409
    assert PhysiotherapyAssessment.objects.count() == 0


def test_next_assessment_begins_with_the_causes_of_the_last(client, physiotherapist, referral):
    data = assessment_data(referral, **{"cause-stress": "part", "cause-stress-advice": "Breathe out slowly."})
    client.post(address_of("practice-referral-assess", referral.pk), data)

    form = client.get(address_of("practice-referral-assess", referral.pk)).context["form"]

    assert (form["cause-stress"].value(), form["cause-stress-advice"].value()) == ("part", "Breathe out slowly.")
    assert form["pain_now"].value() is None


# The exercises


def orders(referral, **ticked):
    """`x02={"is_shown": "on"}` prescribes it, with its usual dose."""
    data = {"patient": referral.patient_id}
    for key, more in ticked.items():
        data |= {f"{key}-{name}": value for name, value in ({"is_wanted": "on", "dose": "5 times"} | more).items()}
    return data


def test_exercises_are_proposed_for_the_injected_muscle_with_the_reason_and_when_not(client, physiotherapist, referral):
    answer = client.get(address_of("practice-referral-exercises", referral.pk))

    assert [row["exercise"].pk for row in answer.context["form"].proposed_rows()] == ["x02"]
    shown = words(answer)
    assert "Ear to shoulder for the top shoulder muscle, right" in shown
    assert "Not when: Your neck was hurt, or you feel dizzy." in shown
    assert "Stretching and strengthening begin on Friday 6 March, 11:00" in shown


def test_what_is_ticked_is_assigned_at_once(client, physiotherapist, referral):
    data = orders(referral, x02={"is_shown": "on"}, x09={"dose": "3 rounds"})

    answer = client.post(address_of("practice-referral-exercises", referral.pk), data)

    assert answer.status_code == 302
    rows = {row.exercise_id: row for row in ExercisePrescription.objects.all()}
    assert {key: factories.civil(row.starts_at) for key, row in rows.items()} == {"x02": "2026-03-06 11:00", "x09": NOW}
    assert (rows["x09"].dose, rows["x02"].technique_shown_by) == ("3 rounds", physiotherapist.user)


def test_one_refusal_assigns_nothing_and_keeps_what_was_typed(client, physiotherapist, referral):
    data = orders(
        referral,
        x02={"dose": "My own dose"},
        x05={"is_shown": "on", "starts_on": "2026-03-05"},
        x09={"dose": "Three rounds"},
    )

    answer = client.post(address_of("practice-referral-exercises", referral.pk), data)

    form = answer.context["form"]
    assert form.errors == {
        "x02-is_shown": ["Show how it is done first, then tick that you did."],
        "x05-starts_on": ["Not before Friday 6 March, 11:00: no heavy lifting until then."],
    }
    assert all(dose in answer.content.decode() for dose in ("My own dose", "Three rounds"))
    assert ExercisePrescription.objects.count() == 0


def test_search_finds_by_muscle_and_keeps_what_is_ticked(client, physiotherapist, referral):
    data = orders(referral, x16={"is_shown": "on"}) | {"q": "buttock", "search": "1"}

    answer = client.post(address_of("practice-referral-exercises", referral.pk), data)

    found = [row["exercise"].pk for row in answer.context["form"].other_rows() if row["is_found"]]
    assert (found, ExercisePrescription.objects.count()) == (["x11", "x13", "x15", "x16"], 0)
    assert answer.context["form"]["x16-is_wanted"].value()


def test_exercise_is_ended_by_its_button_and_only_of_this_patient(client, physiotherapist, referral):
    row = factories.prescription(referral.care_plan)
    other = factories.signed(
        patient=factories.patient(), starts_at=at("2026-03-04 12:00"), signed_at=at("2026-03-04 12:30")
    )

    wrong = client.post(address_of("practice-prescription-end", other.care_plan.referral.pk, row.pk))
    client.post(address_of("practice-prescription-end", referral.pk, row.pk))

    row.refresh_from_db()
    assert (wrong.status_code, row.ended_by) == (404, physiotherapist.user)


def test_page_that_was_used_for_another_referral_is_refused_once_and_keeps_what_was_written(
    client, physiotherapist, referral
):
    record = factories.signed(starts_at=at("2026-03-04 14:30"), signed_at=at("2026-03-04 15:00"))
    other = record.care_plan.referral
    client.post(address_of("practice-referral-assess", referral.pk), assessment_data(referral))
    address = address_of("practice-referral-assess", other.pk)

    refused = client.post(address, assessment_data(other, findings="Shoulder hardly moves"))

    assert (refused.status_code, other.assessments.count()) == (200, 0)
    assert "This page was used for another referral already." in words(refused)
    assert "Shoulder hardly moves" in words(refused)
    token = refused.context["form"]["request_token"].value()
    again = client.post(address, assessment_data(other, token=token, findings="Shoulder hardly moves"))
    assert again.status_code == 302
    assert other.assessments.get().findings == "Shoulder hardly moves"
