"""The desk writes a patient's file, corrects name and birth date, and everybody sees what everybody must know."""

import pytest
from django.test import Client

from clinic.models import AuditEvent, Patient, PatientDetails, Role
from clinic.people import corrections, identifiers
from tests import factories
from tests.clinic.desk.visits import a_visit
from tests.factories import at
from tests.web import NOT_YOURS, as_, main_words, refusal, text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 12:00"), tick=False)]
DEAF = "Deaf in the left ear"


def address_of(patient, page="file"):
    return f"/desk/patients/{patient.pk}/{page}/"


def names(patient, **more):
    said = {"given_name": patient.given_name, "family_name": patient.family_name, "birth_date": "29.2.1980"}
    return said | {"reason": "Married.", "seen": corrections.version(patient)} | more


def file(patient, **more):
    return {"seen": corrections.version(patient), "must_know": DEAF, "sex": "female"} | more


def test_file_is_written_and_shown(page, ona):
    said = file(ona, language="lt", needs_interpreter="on", kin="Jonas, the husband", kin_phone="+370 612 00000")
    said |= {"identifier_kind": "passport", "identifier_number": "LT 12345678", "address": "12 Elm\r\nVilnius"}

    answer = page.post(address_of(ona), said, follow=True)

    shown = main_words(answer)
    words = [
        "The file is changed.",
        DEAF,
        "female",
        "Lithuanian",
        "needs an interpreter",
        "Jonas, the husband",
        "passport",
    ]
    assert [word for word in words if word not in shown] == []
    assert "12345678" not in shown
    assert 'value="LT 12345678"' in text(page.get(address_of(ona)))
    assert identifiers.number_of(PatientDetails.objects.get(patient=ona)) == "LT 12345678"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"identifier_number": "LT 12345678"}, "Choose on which document the number stands."),
        ({"identifier_kind": "passport"}, "Write the number, or choose “none”."),
        ({"identifier_kind": "passport", "identifier_number": "-"}, "Write the number with figures or letters."),
        ({"must_know": "x" * 201}, "at most 200 characters"),
        ({"sex": "?"}, "Select a valid choice."),
    ],
)
def test_file_that_cannot_be_is_refused_at_its_field(page, ona, wrong, sentence):
    answer = page.post(address_of(ona), file(ona, **wrong))

    assert (answer.status_code, sentence in text(answer)) == (422, True)
    assert Patient.objects.get(pk=ona.pk).must_know is None


def test_number_whose_key_is_gone_stays(page, ona, settings):
    settings.IDENTIFIER_KEYS = ["old"]
    page.post(address_of(ona), file(ona, identifier_kind="passport", identifier_number="LT 1"))
    settings.IDENTIFIER_KEYS = ["new"]

    shown = text(page.get(address_of(ona)))
    page.post(address_of(ona), file(ona, identifier_kind="passport", must_know="Else"))
    settings.IDENTIFIER_KEYS = ["new", "old"]

    assert "its key is not here" in shown
    assert identifiers.number_of(PatientDetails.objects.get(patient=ona)) == "LT 1"


def test_name_is_corrected_with_a_reason_and_the_old_one_is_still_found(page, ona):
    answer = page.post(address_of(ona, "name"), names(ona, family_name="Nauja"), follow=True)

    assert text(answer).count("Called before: Ona Petrauskienė") == 1
    assert [word in main_words(answer) for word in ("Ona Nauja", "Family name", "Married.")] == [True] * 3
    assert "Ona Nauja" in main_words(page.get("/desk/patients/", {"q": "petrauskiene"}))


def test_name_is_not_corrected_without_a_reason(page, ona):
    answer = page.post(address_of(ona, "name"), names(ona, family_name="Nauja", reason=" \u200b"))

    assert (answer.status_code, "Write why it is changed" in text(answer)) == (422, True)
    assert str(Patient.objects.get(pk=ona.pk)) == "Ona Petrauskienė"


def test_two_colleagues_do_not_overwrite_each_other(page, ona):
    mine, theirs = names(ona, family_name="Mine"), names(ona, family_name="Theirs")
    page.post(address_of(ona, "name"), theirs)

    answer = page.post(address_of(ona, "name"), mine)

    assert (answer.status_code, "Somebody else has changed this file" in text(answer)) == (409, True)
    assert str(Patient.objects.get(pk=ona.pk)) == "Ona Theirs"

    page.post(address_of(ona, "name"), mine | {"seen": answer.context["form"]["seen"].value()})
    assert str(Patient.objects.get(pk=ona.pk)) == "Ona Mine"


@pytest.mark.parametrize("name", ["file", "name"])
def test_reading_a_file_is_in_the_trail_and_the_manager_cannot_change_it(page, desk, ona, name):
    page.get(address_of(ona, name))
    manager = as_(factories.user(Role.MANAGER))

    assert AuditEvent.objects.filter(patient=ona, by=desk, action="R", what="file").count() == 1
    assert [refusal(ask(address_of(ona, name))) for ask in (manager.get, manager.post)] == [NOT_YOURS] * 2


def test_what_everybody_must_know_stands_wherever_the_patient_does(page, ona):
    Patient.objects.filter(pk=ona.pk).update(must_know=DEAF)
    doctor = factories.colleague()
    visit = a_visit(patient=ona, practitioner=doctor, when="2026-03-02 14:00")
    pages = ["/desk/", "/desk/?view=practitioners", "/desk/day-sheet/", "/desk/patients/?q=ona"]
    pages += [visit.get_absolute_url()]
    pages += [f"/desk/patients/{ona.pk}/{part}" for part in ("", "book/", "messages/", "physiotherapy/")]

    assert [DEAF in main_words(page.get(address)) for address in pages] == [True] * len(pages)
    for address in ("/practice/", f"/practice/visits/{visit.pk}/", f"/practice/patients/{ona.pk}/messages/"):
        assert DEAF in main_words(as_(doctor.user).get(address)), address
    assert DEAF not in text(Client().get("/"))


def test_needed_interpreter_stands_at_the_visit(page, ona):
    doctor = factories.colleague()
    visit = a_visit(patient=ona, practitioner=doctor)
    page.post(address_of(ona), file(ona, language="pl", needs_interpreter="on"))

    shown = [page.get(visit.get_absolute_url()), as_(doctor.user).get(f"/practice/visits/{visit.pk}/")]

    assert ["Needs an interpreter: Polish" in main_words(answer) for answer in shown] == [True, True]


def death(patient, **more):
    return {"died_on": "1.3.2026", "reason": "Her daughter called.", "seen": corrections.version(patient)} | more


def test_death_is_written_shown_everywhere_and_taken_back(page, ona):
    visit = a_visit(patient=ona)

    shown = page.post(address_of(ona, "death"), death(ona), follow=True)

    assert "Died on 1 March 2026" in main_words(shown)
    pages = [visit.get_absolute_url(), "/desk/work/"]
    assert ["Died on 1 March 2026" in main_words(page.get(address)) for address in pages] == [True] * 2
    assert ["has died" in main_words(page.get(address)) for address in ("/desk/", "/desk/patients/?q=ona")] == [
        True
    ] * 2
    assert f'href="/desk/patients/{ona.pk}/book/"' not in text(page.get(f"/desk/patients/{ona.pk}/"))

    lives = {"reason": "It was her mother.", "seen": corrections.version(ona)}
    shown = page.post(address_of(ona, "death/mistake"), lives, follow=True)
    assert "Died on 1 March 2026" not in main_words(shown).partition("What was changed")[0]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"died_on": ""}, "Write the day."),
        ({"died_on": "3.3.2026"}, "Please check the year"),
        ({"died_on": "1.1.1970"}, "This day is before the birth date."),
        ({"reason": ""}, "Write from whom you know it."),
    ],
)
def test_death_that_cannot_be_is_refused(page, ona, wrong, sentence):
    answer = page.post(address_of(ona, "death"), death(ona, **wrong))

    assert (answer.status_code, sentence in text(answer)) == (422, True)
    assert Patient.objects.get(pk=ona.pk).died_on is None


def test_cancelling_for_somebody_who_died_promises_no_message(page, ona):
    visit = a_visit(patient=ona)
    page.post(address_of(ona, "death"), death(ona))

    asked = text(page.get(f"/desk/appointments/{visit.pk}/cancel/"))
    done = page.post(f"/desk/appointments/{visit.pk}/cancel/", {"reason": "died"}, follow=True)

    assert "The patient has died: nobody is written to." in asked
    assert "is cancelled. Nobody is written to." in text(done)


def test_family_of_somebody_who_died_is_spared_on_its_own_page(ona):
    factories.protocol()
    account = factories.account_of(ona)
    a_visit(patient=ona, when="2026-03-05 15:00")
    Patient.objects.filter(pk=ona.pk).update(died_on="2026-03-01")

    shown = main_words(as_(account).get("/my/"))

    assert ("Hello" in shown, "Ona Petrauskienė" in shown) == (False, True)
