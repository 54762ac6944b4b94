"""What is typed in a record is saved as it is typed, shown again, and deleted once the record is saved."""

import pytest

from clinic.models import AuditEvent, Role
from procedures.models import Procedure, TypedRecord
from procedures.records import signing
from tests import factories
from tests.factories import at
from tests.procedures.practice.record_pages import address_of, blank_row, sign, typed, values
from tests.web import words

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 10:42"), tick=False)]


def autosave(client, visit, *rows, **changes):
    return client.post(address_of(visit, "practice-record-typed"), typed(visit, *rows, **changes))


def test_what_was_typed_is_saved_and_shown_again_unchecked(client, visit):
    answer = autosave(client, visit, note="half a", drugs__0__volume_ml="4,", pain_before="")

    page = client.get(address_of(visit))

    assert answer.json() == {"saved_at": "10:42"}
    assert "This is what you typed at 10:42 (Mon 2 Mar), not yet checked." in words(page)
    assert page.context["forms"].record["note"].value() == "half a"
    assert values(page, "drugs")[0]["volume_ml"] == "4,"
    assert values(page, "sites")[0]["side"] == "left"
    assert page["Cache-Control"] == "no-store, private"
    assert Procedure.objects.count() == 0


def test_newest_words_count_and_it_is_noted_once(client, visit, physician):
    autosave(client, visit, note="one")
    autosave(client, visit, note="two")

    assert TypedRecord.objects.get().data["note"] == "two"
    assert list(AuditEvent.objects.about_patients().values_list("action", "what")) == [("C", "typed record")]


def test_character_that_postgresql_cannot_keep_is_left_out(client, visit):
    answer = autosave(client, visit, {"a\0b": "c\0d"}, note="half\0 a", seen="\0v")

    row = TypedRecord.objects.get()
    assert answer.json() == {"saved_at": "10:42"}
    assert (row.data["note"], row.data["ab"], row.seen) == ("half a", "cd", "v")


def test_buttons_and_secrets_are_not_saved(client, visit):
    autosave(client, visit, csrfmiddlewaretoken="secret", review="1", fill="a=b", page="p1", seen="v1")

    row = TypedRecord.objects.get()
    assert {"csrfmiddlewaretoken", "review", "fill", "page", "seen", "patient"} & row.data.keys() == {"patient"}
    assert row.seen == "v1"


@pytest.mark.parametrize("button", ["draft", "review"])
def test_it_is_gone_once_the_draft_is_saved_and_what_comes_late_is_left_out(client, visit, button):
    autosave(client, visit, page="this-page")
    client.post(address_of(visit), typed(visit, page="this-page", **{button: "1"}))

    late = autosave(client, visit, page="this-page")
    other = autosave(client, visit, page="other-page")

    assert (late.json(), other.json()) == ({"saved_at": ""}, {"saved_at": "10:42"})
    assert TypedRecord.objects.count() == 1


def test_it_stays_while_the_form_has_errors(client, visit):
    autosave(client, visit, note="saved")

    client.post(address_of(visit), typed(visit, drugs__0__lot="", draft="1"))

    assert TypedRecord.objects.get().data["note"] == "saved"


def test_it_is_dropped_by_its_button(client, visit):
    client.post(address_of(visit), typed(visit, note="saved", draft="1"))
    autosave(client, visit, note="typed since", seen=signing.version(Procedure.objects.get()))
    shown = client.get(address_of(visit)).context

    sent = {"page": shown["page"], "goes_on": shown["windows"].goes_on}
    answer = client.post(address_of(visit, "practice-record-typed-drop"), sent, follow=True)

    assert shown["forms"].record["note"].value() == "typed since"
    assert answer.context["forms"].record["note"].value() == "saved"
    assert "not yet checked" not in words(answer)
    assert TypedRecord.objects.count() == 0


def test_everybody_has_their_own(client, visit):
    autosave(client, visit, note="mine")
    client.force_login(factories.user(Role.PHYSICIAN))

    assert "not yet checked" not in words(client.get(address_of(visit)))


@pytest.mark.repeated_queries_allowed
def test_signing_leaves_nothing_typed_and_a_signed_record_keeps_nothing(client, visit):
    draft = factories.draft(visit)
    autosave(client, visit)
    sign(client, draft)

    answer = autosave(client, visit)

    assert answer.status_code == 409
    assert answer.json() == {"refusal": "This record is signed and cannot be changed. Write a note below it instead."}
    assert TypedRecord.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"patient": "0"}, "This page was opened for another patient."),
        ({"note": "x" * 70_000}, "This is too much to be kept while you type. Press “Save draft”."),
    ],
)
def test_what_cannot_be_saved_is_told(client, visit, changes, sentence):
    answer = autosave(client, visit, **changes)

    assert (answer.status_code, answer.json()) == (409, {"refusal": sentence})
    assert TypedRecord.objects.count() == 0


def test_empty_rows_stay_editable_when_shown_again(client, visit):
    autosave(client, visit, blank_row(0), {"drugs-TOTAL_FORMS": "many"})

    answer = client.get(address_of(visit))

    assert answer.status_code == 200
    assert all(row["side"] in ("", None) for row in values(answer, "sites"))
