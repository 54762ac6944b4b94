"""The pages of doses: the meter while typing, the second person, the clinic's limits, and what was done before."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from clinic.models import Role, WorkItem
from procedures import second_person
from procedures.forms.practice.doses import DoseForm
from procedures.models import DepthHint, Drug, Preparation, Procedure, SecondApproval
from procedures.templatetags.doses import dose_meter
from tests import factories
from tests.procedures.dosing.dosed_records import seen_of
from tests.web import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def limits():
    factories.dose_limit()


@pytest.fixture
def over(visit, limits):
    """A saved draft of the signed-in physician's visit, 250 mg of 200 mg; the second physician is signed in."""
    record = factories.draft(visit, drugs=[factories.drug(volume_ml=Decimal(25))])
    doses = {"dose_profile": factories.dose_profile(), "weight_kg": 70, "weight_on": record.performed_on}
    Procedure.objects.filter(pk=record.pk).update(**doses)
    record = Procedure.objects.get(pk=record.pk)
    second_person.update_task(record, at=timezone.now())
    return record


@pytest.fixture
def colleague(client, over):
    person = factories.colleague(name="Dr Second")
    client.force_login(person.user)
    return person


def typed(volume="10", **changes):
    usual = {"dose_profile": "B_UK_IE", "weight_kg": "70", "weight_on": "2026-03-02", "dose_cut_percent": "0"}
    return usual | {"drugs-0-preparation": "lidocaine-1", "drugs-0-volume_ml": volume} | changes


def meter(client, visit, **changes):
    response = client.post(reverse("practice-record-doses", args=[visit.pk]), typed(**changes))
    assert response.status_code == 200
    return words(response)


# While typing


def test_meter_adds_up_what_is_typed_and_writes_nothing(client, visit, limits):
    page = meter(client, visit)

    assert "Within the limits : 0.500 of 1" in page
    assert "100 mg of 200 mg (at most 200 mg)" in page
    assert "Label of the tests, 2026" in page
    assert Procedure.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"volume": "18"}, "Near the limit : 0.900 of 1"),
        ({"volume": "20.01"}, "Over the limit : 1.001 of 1. A second physician has to give a reason."),
        ({"volume": "10", "weight_kg": "40"}, "100 mg of 180 mg (4.5 mg/kg × 40 kg)"),
        ({"volume": "10,5", "dose_cut_percent": "20"}, "105 mg of 160 mg (at most 200 mg, less 20 %)"),
        ({"drugs-1-preparation": "lidocaine-1", "drugs-1-volume_ml": "4"}, "140 mg of 200 mg"),
        ({"drugs-0-DELETE": "on"}, "No local anaesthetic, so no limit."),
        ({"volume": ""}, "One drug is not finished and not counted"),
        ({"volume": "-1"}, "Nothing is reckoned yet. Volume “-1”: It has to be more than 0."),
        ({"volume": "0,00"}, "Volume “0,00”: It has to be more than 0."),
        ({"volume": "ten"}, "Volume “ten”: It is no number: write digits, such as 1.5."),
        ({"volume": "10.123"}, "Volume “10.123”: It has 3 decimals; 2 are the most."),
        ({"volume": "100.01"}, "Volume “100.01”: 100 is the most."),
        ({"volume": "1e3"}, "Volume “1e3”: Write all its digits, without the letter e."),
        ({"volume": ".5"}, "Volume “.5”: Write the zero before the point: 0.5"),
        ({"volume": "5."}, "Volume “5.”: Write what comes after the point, or leave the point out."),
        ({"volume": "1.000,5"}, "Volume “1.000,5”: Write one point at most, and nothing between thousands."),
        ({"volume": "12"}, "Lidocaine 1 %: 12 mL at one site; about 2 mL is usual. Is the decimal point right?"),
        ({"weight_kg": "80", "height_cm": ""}, "80 kg, and no height is known"),
        ({"weight_kg": "0"}, "Nothing is reckoned yet. Weight (kg): Write the weight in kg, from 20 to 250"),
        ({"weight_kg": ""}, "Nothing is reckoned yet. Write the patient's weight."),
        ({"weight_on": "2025-11-01"}, "This weight is more than 90 days old."),
        ({"dosing_weight_kg": "71"}, "never above the patient's own weight"),
        ({"weight_kg": "120", "dosing_weight_kg": "40"}, "With the real weight of 120 kg it would be 0.500"),
        ({"weight_kg": "120", "height_cm": "176"}, "consider 68 kg as the weight for the dose"),
        ({"dose_profile": ""}, "Choose the profile of dose limits."),
    ],
)
def test_meter_says_what_and_why(client, visit, limits, changes, sentence):
    assert sentence in meter(client, visit, **changes).replace("&#x27;", "'")


def test_meter_without_a_signed_limit_calculates_nothing(client, visit):
    limit = factories.dose_limit("procaine", signed=False)
    Preparation.objects.create(slug="procaine", drug=limit.drug, name="Procaine 1 %", mg_per_ml=10)

    page = meter(client, visit, **{"drugs-0-preparation": "procaine"})

    assert "No signed limit is in force for Procaine: nobody can tell what is too much." in page
    assert "Over the limit" in page


def test_meter_takes_whatever_a_browser_sends(client, visit, limits):
    """Broken fields, keys that are no rows, hundreds of rows: an answer each time, never an error."""
    for changes in (
        {"drugs-0-preparation": "nothing"},
        {"drugs-x-preparation": "lidocaine-1", "drugs--1-preparation": "lidocaine-1"},
        {f"drugs-{n}-preparation": "lidocaine-1" for n in range(300)},
        {"weight_on": "9999-99-99", "dose_profile": "'\x00", "dose_cut_percent": "1e9", "height_cm": "NaN"},
        {"volume": "1e400"},
        {"volume": "\u0661"},
    ):
        assert "Dose" in meter(client, visit, **changes)
    assert Procedure.objects.count() == 0


def test_meter_of_a_saved_draft_is_there_without_a_script(over):
    shown = dose_meter(over.appointment, over)["shown"]

    assert (shown.meter.verdict, shown.meter.shown_total) == ("over", Decimal("1.250"))


# Weight and profile of a record


def test_dose_form_begins_with_the_newest_weight_unless_it_is_too_old(visit, limits):
    patient, on = visit.patient, visit.on
    patient.measurements.create(weight_kg=Decimal("70.5"), height_cm=170, measured_on=on - timedelta(days=91))

    old = DoseForm.initial_of(visit)
    patient.measurements.create(weight_kg=Decimal("68.0"), height_cm=170, measured_on=on - timedelta(days=3))
    new = DoseForm.initial_of(visit)

    assert ("weight_kg" in old, old["height_cm"], old["dose_profile"].pk) == (False, 170, "B_UK_IE")
    assert (str(new["weight_kg"]), new["weight_on"]) == ("68", on - timedelta(days=3))


def test_dose_form_keeps_a_new_weight_with_the_patient(visit, limits):
    by = factories.user()
    form = DoseForm({"weight_kg": "68,5", "height_cm": "171"}, appointment=visit)

    assert form.is_valid()
    form.remember(by=by)

    assert form.doses["weight_on"] == visit.on
    assert list(visit.patient.measurements.values_list("weight_kg", "height_cm", "measured_on", "noted_by")) == [
        (Decimal("68.5"), 171, visit.on, by.pk)
    ]


# A second person


def test_second_physician_sees_the_dose_and_gives_a_reason(client, over, colleague):
    address = reverse("practice-record-second-person", args=[over.appointment_id])

    page = client.get(address)
    seen = seen_of(over)
    answer = client.post(
        address, {"reason": "Small steps over an hour, monitored.", "patient": over.patient_id, "seen": seen}
    )

    assert "Lidocaine 1 % 25 mL = 250 mg" in words(page)
    assert "1.250 of 1" in words(page)
    assert str(over.patient) in words(page)
    assert answer.url == reverse("practice")
    assert SecondApproval.objects.get().by == colleague.user
    assert [item.status for item in WorkItem.objects.all()] == ["completed"]


def test_review_says_that_a_reason_stands_and_asks_again_when_the_dose_changes(client, over, colleague):
    address = reverse("practice-record-review", args=[over.appointment_id])
    second_person.approve(over, by=colleague.user, reason="Small steps over an hour, monitored.", seen=seen_of(over))
    client.force_login(over.performed_by.user)

    allowed = words(client.get(address))
    over.drugs.update(volume_ml=Decimal(30))
    changed = words(client.get(address))

    sentences = ["A second physician gave a reason for this dose.", "A second physician has to give a reason."]
    assert [sentence in allowed for sentence in sentences] == [True, False]
    assert [sentence in changed for sentence in sentences] == [False, True]


def test_second_physicians_day_leads_to_the_dose_and_the_desk_sees_no_drug(client, over, colleague):
    day = client.get(reverse("practice")).content.decode()
    client.force_login(factories.user(Role.DESK))
    desk = words(client.get(reverse("desk-work")))

    assert reverse("practice-record-second-person", args=[over.appointment_id]) in day
    assert "A second physician is needed" in desk
    assert not any(word in desk.lower() for word in ("lidocaine", "250", "dose"))


def test_dose_that_changed_meanwhile_and_another_patient_are_a_409(client, over, colleague):
    address = reverse("practice-record-second-person", args=[over.appointment_id])
    sent = {"reason": "Small steps over an hour, monitored.", "patient": over.patient_id, "seen": seen_of(over)}

    other = client.post(address, sent | {"patient": factories.patient().pk})
    over.drugs.update(volume_ml=Decimal(30))
    changed = client.post(address, sent)

    assert [other.status_code, changed.status_code, SecondApproval.objects.count()] == [409, 409, 0]


def test_missing_reason_is_said_at_its_field(client, over, colleague):
    address = reverse("practice-record-second-person", args=[over.appointment_id])

    page = client.post(address, {"reason": "\u200b", "patient": over.patient_id, "seen": seen_of(over)})

    assert page.context["form"].errors == {"reason": ["Write why this is right for this patient."]}
    assert SecondApproval.objects.count() == 0


def test_author_sees_that_another_physician_is_needed(client, over):
    address = reverse("practice-record-second-person", args=[over.appointment_id])

    page = client.get(address)
    answer = client.post(address, {"reason": "Mine.", "patient": over.patient_id, "seen": seen_of(over)})

    assert "You did this procedure yourself." in words(page)
    assert "Allow this" not in words(page)
    assert (answer.status_code, SecondApproval.objects.count()) == (409, 0)


# The catalogue


def test_percentage_typed_as_mg_per_ml_is_refused_in_the_catalogue(client, over):
    manager = factories.user(Role.MANAGER, is_staff=True)
    client.force_login(manager)
    product = {"slug": "x", "drug": "lidocaine", "name": "X", "is_active": "on"}

    answers = [
        client.post(reverse("admin:procedures_preparation_add"), product | {"mg_per_ml": strength})
        for strength in ("0.25", "", "20.001", "20")
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 302]
    assert "1 to 20 is" in str(answers[0].context["adminform"].form.errors["mg_per_ml"])


# What was done before


def test_visit_page_tells_what_was_done_before_and_how_deep(client, visit, over):
    call_command("loaddata", "clinic_rules", verbosity=0)
    muscle = over.sites.first().muscle
    DepthHint.objects.create(muscle=muscle, bmi_below=25, hint="Skin to rib 2 cm.", source="Somebody 2014")
    visit.patient.measurements.create(weight_kg=70, height_cm=175, measured_on=visit.on)
    earlier = visit.starts_at - timedelta(hours=2)
    sites, drugs = [factories.site(muscle=muscle)], [water()]
    before = factories.signed(
        signed_at=timezone.now(), starts_at=earlier, patient=visit.patient, sites=sites, drugs=drugs
    )
    Procedure.objects.filter(pk=over.pk).update(performed_on=visit.on)

    page = words(client.get(reverse("practice-visit", args=[visit.pk])))

    assert before.performed_on == visit.on
    assert "Neck: the last session was 0 days ago; the clinic waits 6 weeks." in page
    assert "For a BMI of 22.9." in page
    assert "Skin to rib 2 cm. Somebody 2014" in page


def water():
    substance = Drug.objects.create(slug="saline", name="Saline", kind="other")
    return factories.drug(preparation=Preparation.objects.create(slug="saline", drug=substance, name="Saline"))
