"""What a record cannot contain, or cannot be signed with: each sentence is at its field."""

import pytest

from procedures.models import DrugAdministration, Guidance, LungRisk, Procedure
from tests import factories
from tests.factories import at
from tests.procedures.practice.record_pages import address_of, any_muscle, errors, site_row, typed, values
from tests.web import words

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 10:20"), tick=False)]
VOLUME = "Write the volume in mL, from 0.01 to 100, with at most two decimals. For example: 1.5"


NEAR_LUNG = "Gastrocnemius lies near the lung. Use ultrasound, or write why not."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sites-0-muscle": ""}, ("id_sites-0-muscle", "Choose the muscle.")),
        ({"sites-0-muscle": "no-such"}, None),
        ({"sites-0-side": ""}, ("id_sites-0-side_0", "Choose left, right or middle.")),
        ({"sites-0-needle_gauge": ""}, ("id_sites-0-needle_gauge", "Write the gauge of the needle.")),
        ({"sites-0-needle_gauge": "17"}, ("id_sites-0-needle_gauge", "The gauge is a number from 18 to 34.")),
        ({"sites-0-needle_length_mm": "121"}, ("id_sites-0-needle_length_mm", "The length is from 10 to 120 mm.")),
        ({"drugs-0-preparation": ""}, ("id_drugs-0-preparation", "Choose the product.")),
        ({"drugs-0-volume_ml": "0"}, ("id_drugs-0-volume_ml", VOLUME)),
        ({"drugs-0-volume_ml": "101"}, ("id_drugs-0-volume_ml", VOLUME)),
        ({"drugs-0-volume_ml": "1.234"}, ("id_drugs-0-volume_ml", VOLUME)),
        ({"drugs-0-volume_ml": "NaN"}, ("id_drugs-0-volume_ml", VOLUME)),
        ({"drugs-0-lot": " "}, ("id_drugs-0-lot", "Write the lot number.")),
        ({"drugs-0-expires_on": ""}, ("id_drugs-0-expires_on", "Write the day until which it may be used.")),
        (
            {"drugs-0-expires_on": "2026-03-01"},
            ("id_drugs-0-expires_on", "This lot expired on 1 Mar 2026. Use another lot."),
        ),
        (
            {"drugs-0-expires_on": "9999-12-31"},
            ("id_drugs-0-expires_on", "Please check the year. No lot can be used for so long."),
        ),
        ({"pain_before": "11"}, ("id_pain_before_0", "Choose a number from 0 to 10.")),
        ({"pain_after": "-1"}, ("id_pain_after_0", "Choose a number from 0 to 10.")),
        ({"definition": ""}, ("id_definition", "Choose the procedure.")),
        ({"performed_by": ""}, ("id_performed_by", "Choose the physician who did it.")),
    ],
)
@pytest.mark.parametrize("button", ["draft", "review"])
def test_what_no_record_can_hold_is_refused_at_its_field_and_stays_typed(client, visit, button, changes, expected):
    page = client.post(address_of(visit), typed(visit, changes) | {button: "1"})

    assert [expected or errors(page)[0]] == errors(page)
    assert page.context["forms"].record["note"].value() == "all well"
    for name, value in changes.items():
        part, _, rest = name.partition("-")
        if rest:
            assert values(page, part)[0][rest.partition("-")[2]] == value
    assert Procedure.objects.count() == 0


def test_lot_may_be_used_on_its_last_day(client, visit):
    client.post(address_of(visit), typed(visit, drugs__0__expires_on="2026-03-02", draft="1"))

    assert DrugAdministration.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sites-0-muscle": "", "sites-0-side": "", "sites-0-needle_gauge": ""}, "Add at least one injection site."),
        ({"drugs-TOTAL_FORMS": "0"}, "Add at least one drug, with its lot and expiry date."),
        ({"pain_before": ""}, "Choose the pain before, from 0 to 10."),
        ({"pain_after": ""}, "Choose the pain 10 minutes after, from 0 to 10."),
    ],
)
def test_review_asks_for_what_signing_needs_and_keeps_the_draft(client, visit, changes, expected):
    whole = typed(visit, changes) | {"review": "1"}
    if not whole["sites-0-muscle"]:
        whole = {name: value for name, value in whole.items() if not name.startswith("sites-0-")}

    page = client.post(address_of(visit), whole)

    assert expected in words(page)
    assert Procedure.objects.get().note == "all well"


def test_muscle_near_the_lung_asks_for_ultrasound_or_a_reason_at_its_own_row(client, visit):
    lung = factories.muscle(latin="m. gastrocnemius", lung_risk=LungRisk.YES).pk
    second = site_row(1, muscle=lung) | {"sites-TOTAL_FORMS": 2}

    page = client.post(address_of(visit), typed(visit, second, review="1"))
    answer = client.post(
        address_of(visit),
        typed(
            visit, second, {"sites-1-no_ultrasound_reason": "Pinched away", "seen": page.context["seen"]}, review="1"
        ),
    )

    assert errors(page) == [("id_sites-1-no_ultrasound_reason", NEAR_LUNG)]
    assert answer["Location"] == address_of(visit, "practice-record-review")


def test_ultrasound_without_credential_is_refused_at_the_guidance(client, visit, physician):
    guided = site_row(muscle=any_muscle().pk, guidance=Guidance.ULTRASOUND)

    page = client.post(address_of(visit), typed(visit, guided, review="1"))

    sentence = f"{physician} has no valid ultrasound credential for that day. Change the guidance or the physician."
    assert errors(page) == [("id_sites-0-guidance", sentence)]


def test_record_may_be_written_for_another_physician_but_not_for_a_physiotherapist(client, visit):
    colleague, other = factories.practitioner(hours=None), factories.physiotherapist(hours=None)

    refused = client.post(address_of(visit), typed(visit, performed_by=other.pk, draft="1"))
    client.post(address_of(visit), typed(visit, performed_by=colleague.pk, draft="1"))

    assert [field for field, _sentence in errors(refused)] == ["id_performed_by"]
    assert Procedure.objects.get().performed_by == colleague


def test_broken_row_counts_are_an_error_on_the_page(client, visit):
    answer = client.post(address_of(visit), typed(visit, sites__TOTAL_FORMS="many", draft="1"))

    assert answer.status_code == 200
    assert "Part of this page did not reach us. Nothing was saved." in words(answer)
    assert "ManagementForm" not in words(answer)
    assert Procedure.objects.count() == 0
