"""Pain in one tap: on the aftercare page, and by the link of a message, which accepts one number."""

import re
from datetime import UTC, date, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from aftercare.models import Asks, SymptomCheck
from aftercare.symptoms import check_times, pain_diary
from clinic.models import Role, WorkItem
from tests import factories
from tests.aftercare.my.plan_pages import question, see, void
from tests.web import heading, main_words, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(factories.at("2026-03-02 12:00"), tick=False)]
NOON = factories.at("2026-03-02 12:00").astimezone(UTC)


@pytest.fixture
def plan(client):
    patient = factories.patient(given_name="Ana")
    sign_in(client, patient)
    return factories.care_plan(patient=patient, signed_at=NOON, pain=(7, 3))


def tap(client, plan, score, token="page-1"):
    return client.post(reverse("my-aftercare-pain", args=[plan.pk]), {"score": score, "request_token": token})


def test_one_tap_notes_the_pain_and_shows_what_has_changed(client, plan, later):
    later(days=3)
    answers = [tap(client, plan, 4), tap(client, plan, 4)]

    page = see(client, plan)

    assert [answer["Location"] for answer in answers] == [f"{plan.get_absolute_url()}#pain"] * 2
    assert [entry.told_by for entry in plan.pain_entries.all()] == [plan.patient.access.get().user]
    assert "Your pain went from 7 to 4: that is a change that people notice." in main_words(page)
    chart = page.content.decode().partition('class="pain-chart"')[2].partition("</svg>")[0]
    assert set(re.findall(r'class="pain-chart-(band|own|before|told-line)"', chart)) == {
        *("band", "own", "before", "told-line")
    }


@pytest.mark.parametrize("score", ["", "11", "-1", "much"])
def test_what_is_no_number_changes_nothing(client, plan, score):
    answer = tap(client, plan, score)

    assert (answer.status_code, plan.pain_entries.count()) == (409, 0)
    assert "Choose a number from 0 to 10." in main_words(answer)


def test_number_leads_on_to_the_questions_that_wait(client, plan, later):
    later(days=3)
    check = question(plan)
    before = see(client, plan)
    tap(client, plan, 4)

    check.refresh_from_db()
    page = see(client, plan)

    assert heading(before) == "How are you today?"
    assert "One number, then a few short questions." in main_words(before)
    assert check.pain_entry.score == 4
    assert "Go on to a few short questions" in main_words(page)


# Pain by the link in a message


def link(check):
    return reverse("care-check-pain", args=[check_times.LINK.token_for(check.pk)])


def test_link_takes_one_number_and_only_the_browser_that_gave_it_sees_the_chart(client, plan, later, time_machine):
    later(days=3)
    check = question(plan)
    client.logout()

    answer = client.post(link(check), {"score": 4}, follow=True)
    again = client.post(link(check), {"score": 4}, follow=True)

    assert [answer.redirect_chain[-1][0], again.redirect_chain[-1][0]] == [link(check)] * 2
    assert "Your pain went from 7 to 4" in main_words(answer)
    assert "Ana" not in answer.content.decode()
    assert [(entry.score, entry.told_by) for entry in plan.pain_entries.all()] == [(4, None)]
    time_machine.shift(60)
    client.cookies.clear()
    for stranger in (client.get(link(check)), client.post(link(check), {"score": 4})):
        assert "Your pain went" not in main_words(client.get(stranger["Location"], follow=True))


@pytest.fixture
def questions_of_day_three(client, plan, later):
    """The check, the address of its page for somebody who is not signed in, and the questions there."""
    call_command("loaddata", "symptom_questions", verbosity=0)
    later(days=3)
    check = question(plan)
    client.logout()
    address = reverse("care-check", args=[check_times.LINK.token_for(check.pk)])
    return check, address, client.get(address).context["form"].questions


def test_what_was_chosen_before_the_number_is_there_again_and_goes_with_the_answers(client, questions_of_day_three):
    check, address, fields = questions_of_day_three
    chosen = {fields[0].pk: "green", "request_token": "page-1"}

    client.post(link(check), chosen | {"score": 4}, follow=True)
    page = client.get(address)

    assert {name: page.context["form"][name].value() for name in chosen} | {"request_token": "page-1"} == chosen
    assert len(re.findall(r'<input type="radio"[^>]* checked', page.content.decode())) == 1
    client.post(address, {each.pk: "green" for each in fields})
    assert "chosen-symptoms" not in client.session


def test_what_was_chosen_with_a_number_that_is_refused_is_there_again_by_the_way_back(client, questions_of_day_three):
    """In a second tab, or by the browser's way back to a page that still shows the numbers."""
    check, address, fields = questions_of_day_three
    client.post(link(check), {"score": 4})

    refused = client.post(link(check), {"score": 6, fields[0].pk: "green"})

    assert (refused.status_code, f'href="{address}"' in refused.content.decode()) == (410, True)
    assert client.get(address).context["form"][fields[0].pk].value() == "green"
    client.post(address, {each.pk: "green" for each in fields})
    assert address not in client.post(link(check), {"score": 6}).content.decode()


@pytest.mark.parametrize(("told", "outcome"), [({"allergy": "red"}, "red"), ({"own_words": "Tired"}, "amber")])
@pytest.mark.parametrize("numbers", [[4], [4, 6]])  # the second is refused
def test_what_worries_is_saved_with_the_number_that_was_tapped(client, questions_of_day_three, told, outcome, numbers):
    check, address, _fields = questions_of_day_three

    sent = [client.post(link(check), told | {"score": score}) for score in numbers]

    assert {answer["Location"] for answer in sent} == {address}
    assert [saved.outcome for saved in SymptomCheck.objects.all()] == [outcome]
    assert WorkItem.objects.filter(kind=f"symptom_{outcome}").count() == 1
    assert check.pain_entry.score == 4
    assert client.get(address).context["form"].adds_to == SymptomCheck.objects.get()


def test_enter_key_below_the_numbers_sends_the_answers_and_no_number(client, plan, later):
    call_command("loaddata", "symptom_questions", verbosity=0)
    later(days=3)

    shown = client.get(reverse("care-check", args=[check_times.LINK.token_for(question(plan).pk)])).content.decode()

    buttons = re.findall(r'<button type="submit"[^>]* form="symptoms"[^>]*>', shown)
    assert len(buttons) == 12
    assert ["formaction" in button for button in buttons] == [False, *[True] * 11]


def test_another_number_by_a_used_link_gets_a_sentence_and_the_way_to_sign_in(client, plan, later):
    later(days=3)
    check = question(plan)
    client.logout()
    client.post(link(check), {"score": 4})

    answer = client.post(link(check), {"score": 2})

    assert answer.status_code == 410
    assert "You have told us a number here already. For a new one, sign in." in main_words(answer)
    assert f'href="{plan.get_absolute_url()}"' in answer.content.decode()
    assert [entry.score for entry in plan.pain_entries.all()] == [4]


@pytest.mark.parametrize(("hours", "status"), [(-1, 410), (0, 302), (47, 302), (48, 410)])
def test_link_is_good_from_its_moment_until_its_end(client, plan, later, hours, status):
    check = question(plan, due_at=NOON + timedelta(days=3))
    later(days=3, hours=hours)
    client.logout()

    assert client.post(link(check), {"score": 4}).status_code == status
    assert plan.pain_entries.count() == (status == 302)


def test_link_of_a_voided_record_takes_nothing(client, plan, later):
    later(days=3)
    check = question(plan)
    void(plan.procedure)

    assert client.post(link(check), {"score": 4}).status_code == 410
    assert plan.pain_entries.count() == 0


def test_forged_link_and_one_that_asks_about_the_breath_are_not_found(client, plan, later):
    later(days=3)
    good = link(question(plan))
    forged = good.replace("/check/", "/check/9")
    breath = link(question(plan, Asks.BREATHING))

    assert [client.post(address, {"score": 4}).status_code for address in (forged, breath)] == [404, 404]
    assert plan.pain_entries.count() == 0


def test_desk_never_sees_the_numbers_and_physicians_do(client, plan, later):
    pain_diary.add_entry(plan, score=4, at=later(days=3))
    seen = {}

    for role, name in ((Role.DESK, "desk-patient"), (Role.PHYSICIAN, "practice-history")):
        client.force_login(factories.user(role))
        seen[role] = "Pain told at home: 4 of 10" in main_words(client.get(reverse(name, args=[plan.patient_id])))

    assert seen == {Role.DESK: False, Role.PHYSICIAN: True}
    assert plan.pain_entries.visible_to(factories.user(Role.DESK)).count() == 0
    assert date(2026, 3, 5) == timezone.localdate(plan.pain_entries.get().told_at)
