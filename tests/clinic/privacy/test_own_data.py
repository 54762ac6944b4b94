"""What a patient takes along: everything about them, nothing about others."""

import io
import json
import zipfile

import pytest

from clinic.models import User
from clinic.people import merging
from clinic.privacy import own_data_file
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def taken_along(patient):
    """The names in the zip, its JSON and its page."""
    out = io.BytesIO()
    own_data_file.write(patient, out, at=NOW)
    archive = zipfile.ZipFile(out)
    return archive.namelist(), json.loads(archive.read("data.json")), archive.read("index.html").decode()


def models_in(data):
    return {row["model"] for row in data["rows"]}


def test_all_that_was_done_is_in_it():
    plan = factories.care_plan(signed_at=NOW)

    _names, data, page = taken_along(plan.patient)

    assert {"clinic.patient", "clinic.patientcontact", "clinic.appointment", "clinic.patientalert"} <= models_in(data)
    assert {"procedures.procedure", "procedures.injectionsite", "procedures.drugadministration"} <= models_in(data)
    assert {"procedures.consent", "procedures.screening", "aftercare.careplan"} <= models_in(data)
    assert "aftercare.servicerequest" in models_in(data)
    assert [row["fields"]["family_name"] for row in data["rows"] if row["model"] == "clinic.patient"] == ["Example"]
    assert {"procedures.muscle", "clinic.visittype", "procedures.preparation"} <= {
        row["model"] for row in data["around"]
    }
    assert "Lidocaine 1 %" in page
    assert "Treatments" in page


def test_nobody_elses_row_is_in_it():
    mine, other = (
        factories.care_plan(signed_at=NOW).patient,
        factories.patient(family_name="Stranger", phone="+37061111111"),
    )
    factories.message(patient=other)

    _names, data, page = taken_along(mine)

    assert "Stranger" not in json.dumps(data) + page
    assert "+37061111111" not in json.dumps(data) + page


def test_addresses_of_those_who_work_here_are_not_in_it():
    plan = factories.care_plan(signed_at=NOW)
    emails = set(User.objects.values_list("email", flat=True)) - {plan.patient.email}

    _names, data, page = taken_along(plan.patient)

    assert [email for email in emails if email in json.dumps(data) + page] == []


def test_a_draft_is_not_in_it_yet():
    record = factories.draft()

    _names, data, _page = taken_along(record.patient)

    assert "procedures.procedure" not in models_in(data)
    assert "procedures.injectionsite" not in models_in(data)


def test_what_was_merged_is_in_it():
    patient, double = factories.patient(), factories.patient(given_name="Raza", phone="+37061222222")
    merging.merge(double, patient, by=factories.user(), at=NOW, reason="the same")

    _names, data, _page = taken_along(patient)

    assert "Raza" in json.dumps(data)
    assert "+37061222222" in json.dumps(data)


def test_codes_and_what_waits_to_be_sent_are_not_in_it():
    patient = factories.patient()
    factories.message(patient=patient, status="delivered", body="It was sent")
    factories.message(patient=patient, body="It waits")

    _names, data, _page = taken_along(patient)

    assert [row["fields"]["body"] for row in data["rows"] if row["model"] == "clinic.message"] == ["It was sent"]


def test_what_hangs_on_their_visit_and_names_somebody_else_is_not_in_it():
    visit = factories.appointment(starts_at=NOW)
    about = {"kind": "waitlist", "due_at": NOW, "appointment": visit}
    visit.patient.work_items.create(key="mine", what_to_say="Call me", **about)
    factories.patient().work_items.create(key="theirs", what_to_say="Call them", **about)

    _names, data, page = taken_along(visit.patient)

    assert [row["fields"]["what_to_say"] for row in data["rows"] if row["model"] == "clinic.workitem"] == ["Call me"]
    assert "Call them" not in page
