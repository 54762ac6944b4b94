"""Every message, for every kind of person: it says whose visit it is and not why, fits two SMS, and leads somewhere."""

import re

import pytest

from clinic.message_purposes import FROM_THE_DESK
from clinic.messaging import addressees, preferences, sms_segments
from clinic.models import MessageChannel
from tests.clinic.messaging.every_message import LARGE, PEOPLE, PHONE, person, words_for

PREVIEW = 90  # letters of a mail that a lock screen shows below its subject
# What a stranger who sees the screen must not learn.
WHY = r"inject|trigger|block|needle|physio|therap|diagnos|muscle|knot|anaesth|lidocain|consult|ultraso|doctor|chest"


@pytest.fixture(autouse=True)
def large_clinic(settings):
    for name, value in LARGE.items():
        setattr(settings, name, value)


@pytest.fixture(params=PEOPLE)
def patient(request, db):
    return person(request.param)


def told(patient):
    """(code, subject, body of the mail, SMS) of every message that we word ourselves."""
    for code, words in words_for(patient):
        if code == FROM_THE_DESK.code:
            continue
        subject, body = preferences.split_words(words[MessageChannel.EMAIL], MessageChannel.EMAIL)
        yield code, subject, body, words[MessageChannel.SMS]


def test_every_message_says_whose_visit_it_is_and_not_why(patient):
    secrets = [patient.family_name, patient.email, f"{patient.birth_date:%Y-%m-%d}", "Trigger point block"]

    for code, subject, body, sms in told(patient):
        mail, note = (addressees.words_for(patient, channel) for channel in MessageChannel)
        assert mail["name"] in subject, code
        assert note["name"] in sms, code
        assert (mail["given_name"] in body.replace(mail["name"], "")) or mail["name"] in body, code
        for seen_by_strangers in (subject, f"{subject} {body[:PREVIEW]}", sms.replace("Saules Centre for Pain", "")):
            assert re.findall(WHY, seen_by_strangers, re.I) == [], code
            assert [secret for secret in secrets if secret in seen_by_strangers] == [], code


def test_every_sms_fits_two_segments_and_has_no_letter_that_doubles_its_price(patient):
    lengths = {code: sms_segments.length_of(sms) for code, _subject, _body, sms in told(patient)}

    assert {code: length for code, length in lengths.items() if length.segments > 2 or length.is_unicode} == {}


def test_every_message_is_one_subject_and_addresses_that_lead_somewhere(patient):
    for code, subject, body, sms in told(patient):
        assert 0 < len(subject) <= 200, code
        assert body.startswith("Hello"), code
        for text in (body, sms):
            assert re.findall(r"\n\n\n|  |[{}%]|None|[.][.?!]", text) == [], code
            addresses = re.findall(r"\S*/\S*", text)
            assert {address for address in addresses if not address.startswith(LARGE["SITE_URL"] + "/")} == set(), code


@pytest.mark.parametrize("who", PEOPLE)
def test_every_message_about_a_child_speaks_to_a_parent(who, db):
    patient = person(who)
    is_child = patient.birth_date.year > 2010

    for code, subject, _body, sms in told(patient):
        speaks_to_the_patient = bool(re.search(r"\b(your visit|you may lift|how are you)\b", f"{subject} {sms}", re.I))
        assert not (is_child and speaks_to_the_patient), code


def test_year_of_birth_is_told_only_where_it_is_needed(patient):
    born = f"born {patient.birth_date.year}"
    has_namesake = addressees.has_namesake(patient, PHONE)

    for code, subject, body, sms in told(patient):
        assert [born in text for text in (subject, body, sms)] == [has_namesake] * 3, code


def test_two_who_would_be_called_the_same_at_one_phone_are_told_apart(db):
    patient = person("father and son of one name")

    for code, subject, _body, sms in told(patient):
        assert ("Jonas P. (born 2019)" in subject, "Jonas P. (born 2019)" in sms) == (True, True), code


def test_name_from_right_to_left_keeps_its_dots_to_itself(db):
    patient = person("right-to-left name")

    assert addressees.words_for(patient, "email")["name"] == "\u2068محمد ا.\u2069"
    assert addressees.words_for(patient, "sms")["name"] == "Mhmd L."
