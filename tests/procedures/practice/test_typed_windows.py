"""Each window of a record saves for itself; what differs between two of them stands side by side."""

import pytest

from clinic.models import Role
from procedures.models import Procedure, TypedRecord
from procedures.records import signing
from tests import factories
from tests.factories import at
from tests.procedures.practice.record_pages import address_of, any_muscle, drug_row, site_row, typed
from tests.web import as_, main_words

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 10:42"), tick=False)]

SECOND_SITE = (
    "Gastrocnemius · calf, right, Guidance: By touch, Gauge (G): 25, Length (mm): 38, Depth (mm): 15, "
    "Twitch: Seen, I said the side and the spot aloud, and the patient agreed: yes"
)


def autosave(client, visit, *rows, **changes):
    return client.post(address_of(visit, "practice-record-typed"), typed(visit, *rows, **changes))


def drop(client, visit, **sent):
    return client.post(address_of(visit, "practice-record-typed-drop"), sent, follow=True)


def compared(answer):
    """What stands beside the form: (label, in the other window, on this page)."""
    return [
        (each.label, each.there, each.here) for other in answer.context["windows"].beside for each in other.differences
    ]


def shown_note(answer):
    return answer.context["forms"].record["note"].value()


def notes():
    return sorted(TypedRecord.objects.values_list("data__note", flat=True))


def test_windows_do_not_write_over_each_other(client, visit):
    autosave(client, visit, page="one", note="first")
    autosave(client, visit, page="two", note="second")
    autosave(client, visit, page="one", note="first and more", turn="1")

    assert notes() == ["first and more", "second"]


def test_what_comes_late_changes_nothing(client, visit):
    autosave(client, visit, page="one", note="later", turn="2")
    answer = autosave(client, visit, page="one", note="earlier", turn="1")

    assert (answer.json(), notes()) == ({"saved_at": "10:42"}, ["later"])


def test_window_goes_on_where_another_stopped(client, visit, time_machine):
    autosave(client, visit, page="one", note="first", turn="3")
    shown = client.get(address_of(visit)).context
    autosave(client, visit, page=shown["page"], goes_on=shown["windows"].goes_on, note="first, more")

    assert notes() == ["first, more"]


def test_window_that_typed_on_meanwhile_is_kept(client, visit):
    autosave(client, visit, page="one", note="first", turn="3")
    shown = client.get(address_of(visit)).context
    autosave(client, visit, page="one", note="first, still typing", turn="4")
    autosave(client, visit, page=shown["page"], goes_on=shown["windows"].goes_on, note="the second window")

    assert notes() == ["first, still typing", "the second window"]


def test_other_windows_words_stand_beside_mine(client, visit, time_machine):
    second = site_row(1, muscle=any_muscle().pk, side="right", depth_mm="15")
    autosave(client, visit, page="one", note="the other", drugs__0__volume_ml="4,0", sites__0__depth_mm="22")
    time_machine.move_to(at("2026-03-02 10:50"), tick=False)
    autosave(client, visit, second, page="two", note="mine", pain_before="0", **{"sites-TOTAL_FORMS": 2})

    answer = client.get(address_of(visit))

    assert shown_note(answer) == "mine"
    assert compared(answer) == [
        ("Site 1, Depth (mm)", "22", "20"),
        ("Site 2", "", SECOND_SITE),
        ("Pain before", "7", "0"),
        ("Note, only for physicians", "the other", "mine"),
    ]
    assert "In another window you typed something else, until 10:42 (Mon 2 Mar)." in main_words(answer)


def test_window_with_the_same_words_is_not_mentioned(client, visit):
    autosave(client, visit, page="one", drugs__0__volume_ml="4.00")
    autosave(client, visit, page="two", drugs__0__volume_ml="4")

    assert compared(client.get(address_of(visit))) == []


def test_reader_goes_on_with_the_other_windows_words_or_drops_them(client, visit):
    autosave(client, visit, page="one", note="the other")
    autosave(client, visit, page="two", note="mine")
    other = TypedRecord.objects.get(page="one")

    taken = client.get(address_of(visit), {"typed": other.pk})
    dropped = drop(client, visit, goes_on=taken.context["windows"].beside[0].mark)

    assert (shown_note(taken), shown_note(dropped), notes()) == ("the other", "the other", ["the other"])


def test_saved_draft_is_shown_and_what_another_window_typed_before_stands_beside_it(client, visit):
    autosave(client, visit, page="other", note="typed elsewhere")
    client.post(address_of(visit), typed(visit, page="mine", note="saved", draft="1"))

    answer = client.get(address_of(visit))
    taken = client.get(address_of(visit), {"typed": TypedRecord.objects.get().pk})

    assert (shown_note(answer), shown_note(taken)) == ("saved", "typed elsewhere")
    assert compared(answer) == [("Note, only for physicians", "typed elsewhere", "saved")]
    assert compared(taken) == [("Note, only for physicians", "saved", "typed elsewhere")]
    assert taken.context["seen"] == signing.version(Procedure.objects.get())


def test_refusal_of_another_draft_shows_its_words_beside_mine(client, visit, physician):
    factories.draft(visit, once={"note": "the colleague's"})
    changes = {"note": "mine", "seen": "", "draft": "1"}

    refused = client.post(address_of(visit), typed(visit, drug_row(lot="LX2"), page="mine", **changes))

    assert refused.status_code == 409
    assert Procedure.objects.get().note == "the colleague's"
    assert ("Note, only for physicians", "the colleague's", "mine") in compared(refused)
    assert "The record was saved in another window. Compare the two:" in main_words(refused)
    assert "the colleague&#x27;s" in refused.content.decode()


def test_nobody_sees_or_drops_what_a_colleague_typed(client, visit):
    autosave(client, visit, page="one", note="mine")
    row = TypedRecord.objects.get()
    colleague = as_(factories.user(Role.PHYSICIAN))

    answer = colleague.get(address_of(visit), {"typed": row.pk})
    drop(colleague, visit, page="one", goes_on="one 0")

    assert shown_note(answer) in (None, "")
    assert compared(answer) == []
    assert notes() == ["mine"]


def test_only_the_newest_windows_are_kept(client, visit):
    for number in range(8):
        autosave(client, visit, page=f"p{number}", note=f"n{number}")

    assert notes() == ["n2", "n3", "n4", "n5", "n6", "n7"]


def test_what_waited_on_a_device_keeps_its_time(client, visit):
    autosave(client, visit, page="one", note="newest", turn="9")
    autosave(client, visit, page="two", note="an hour ago", age="3600")
    autosave(client, visit, page="one", note="older than what arrived", age="60", turn="3")

    answer = client.get(address_of(visit))

    assert shown_note(answer) == "newest"
    assert "until 9:42 (Mon 2 Mar)" in main_words(answer) or "until 09:42 (Mon 2 Mar)" in main_words(answer)
