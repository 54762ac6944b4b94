"""Kinds of visit and their open times, as pages and as JSON."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from tests import factories
from tests.web import heading

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(factories.NOW, tick=False)]


def test_visit_types_lists_what_patients_may_book(client, consultation):
    factories.visit_type(name="Team meeting", bookable_by="desk")

    page = client.get(reverse("book")).content.decode()

    assert ("Consultation" in page, "Team meeting" in page) == (True, False)


def test_visit_types_without_any_says_what_to_do(client):
    assert "Please call us" in client.get(reverse("book")).content.decode()


def test_times_shows_the_next_free_one_in_words(client, consultation, doctor):
    page = client.get(consultation.get_absolute_url()).content.decode()

    assert f"Monday 2 March, 09:00, with {doctor.name}" in page


@pytest.mark.parametrize(
    "question", ["from=2026-02-30", "from=x", "practitioner=999", "practitioner=x", "from=9999-12-31"]
)
def test_times_survives_questions_that_make_no_sense(client, consultation, question):
    answer = client.get(f"{consultation.get_absolute_url()}?{question}")

    assert answer.status_code == 200
    assert heading(answer) == heading(client.get(consultation.get_absolute_url()))


def test_search_engines_may_list_the_open_times_whose_form_sets_a_cookie(client, consultation, doctor):
    answer = client.get(consultation.get_absolute_url())

    assert ("csrftoken" in answer.cookies, answer.get("X-Robots-Tag")) == (True, None)


def test_times_json_gives_offset_minutes_and_person(client, consultation, doctor):
    question = urlencode({"visit_type": "consultation", "from": "2026-03-02", "days": 1})

    answer = client.get(f"{reverse('book-times-json')}?{question}").json()

    assert answer["times"][0] == {
        "starts_at": "2026-03-02T09:00:00+02:00",
        "minutes": 30,
        "practitioner": doctor.pk,
        "practitioner_name": doctor.name,
    }
    assert len(answer["times"]) == 16


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"days": 63}, "days"),
        ({"days": 0}, "days"),
        ({"from": "2026-02-30"}, "from"),
        ({"from": "9999-12-31"}, "from"),
        ({"practitioner": "x"}, "practitioner"),
        ({"visit_type": ""}, "visit_type"),
    ],
)
def test_times_json_says_which_part_of_the_question_is_wrong(client, consultation, change, field):
    question = {"visit_type": "consultation", "from": "2026-03-02", "days": 1} | change

    answer = client.get(f"{reverse('book-times-json')}?{urlencode(question)}")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_times_asks_the_database_as_often_for_many_visits_as_for_none(
    client, consultation, doctor, django_assert_max_num_queries
):
    client.get(consultation.get_absolute_url())
    for hour in range(9, 16):
        factories.appointment(
            starts_at=factories.at(f"2026-03-03 {hour:02}:00"), practitioner=doctor, visit_type=consultation
        )

    with django_assert_max_num_queries(6):
        client.get(f"{reverse('book-times-json')}?visit_type=consultation&from=2026-03-02&days=62")
