"""Every message that patients get, as it is planned for every kind of person.

The clinic's name, its address on the net and the numbers of the rows are as long as a large clinic's.
"""

from copy import copy
from datetime import date, timedelta

from django.utils import timezone

from aftercare.models import CareCheck
from aftercare.symptoms import check_times
from clinic.messaging import addressees
from clinic.models import AccessRelation, Message, Patient
from clinic.models.purposes import PURPOSES
from clinic.scheduling import reminders_of_a_day, visit_answers
from tests import factories

ADULT, CHILD = date(1980, 2, 29), date(2019, 5, 4)
PHONE = "+37061234567"
LATER = timedelta(hours=2)
LARGE = {
    "CLINIC_NAME": "Saulės Centre for Pain and Movement",
    "SITE_URL": "https://visits.saules.example",
    "CLINIC_PHONE": "+370 5 200 00 00",
}
# given name, family name, born, and another who is reached at the same place.
PEOPLE = {
    "adult": ("Rasa", "Example", ADULT, None),
    "child": ("Jonas", "Petraitis", CHILD, None),
    "two children on one phone": ("Jonas", "Petraitis", CHILD, ("Ieva", "Petraitytė", CHILD)),
    "father and son of one name": ("Jonas", "Petraitis", CHILD, ("Jonas", "Petraitis", ADULT)),
    "long name": ("Maximiliana-Konstantina Aleksandra Wilhelmina von Hohenstaufen", "Featherstonehaugh", ADULT, None),
    "right-to-left name": ("محمد", "الأحمد", ADULT, None),
    "right-to-left child": ("שירן", "כהן", CHILD, None),
    "Cyrillic name": ("Николай", "Щербаков", ADULT, None),
    "Lithuanian letters": ("Žygimantė", "Ąžuolaitytė-Šuščienė", ADULT, None),
    "a name that tries things": ("D'Arcy & <Co>\u2019", "O\u2019Neill", ADULT, None),
}


def person(who):
    """The patient of that kind, with an e-mail address and a phone."""
    *names, other = PEOPLE[who]
    patient = _born(*names)
    if other:
        _born(*other)
    return patient


def words_for(patient):
    """(code, what its message says by each channel) of every message with words of its own."""
    has_namesake = addressees.has_namesake(patient, PHONE)
    others = list(Patient.objects.filter(contacts__value=PHONE).exclude(pk=patient.pk))
    about = _about(patient)
    namesakes = {*others, patient} if has_namesake else set()
    yield "visits-reminder", _of_a_day(about["appointment"], [*others, patient][0], namesakes)
    for purpose in PURPOSES:
        if purpose.topic:
            letter = factories.letter(purpose, context=about, due_at=timezone.now())
            yield purpose.code, letter.words(patient, has_namesake=has_namesake)


def _of_a_day(visit, whose, namesakes):
    """What a reminder of two visits says; the second is two hours later."""
    second = copy(visit)
    second.patient, second.starts_at, second.ends_at = whose, visit.starts_at + LATER, visit.ends_at + LATER
    return reminders_of_a_day.words_about(visit, [visit, second], namesakes=namesakes, due_at=timezone.now())


def _born(given_name, family_name, birth_date):
    patient = factories.patient(given_name=given_name, family_name=family_name, phone=PHONE)
    Patient.objects.filter(pk=patient.pk).update(birth_date=birth_date)
    patient.refresh_from_db()
    return patient


def _about(patient):
    """Its rows have the long numbers of a clinic with ten million messages; they are not saved so."""
    now = timezone.now()
    plan = factories.care_plan(patient=patient, signed_at=now)
    Message.objects.all().delete()
    visit, check = plan.procedure.appointment, CareCheck()
    visit.held_until = now + timedelta(hours=2)
    patient.pk = visit.pk = plan.pk = check.pk = 12_345_678
    visit.calendar_sequence, visit.patient = 12, patient
    link = max(visit_answers.link_of(visit), check_times.link_of(check), key=len)
    written = {"words": "Please bring the letter of your doctor at home on Monday. Thank you!"}
    access = {"who": AccessRelation.HELPER.label, "account": "o…@mail.example"}
    return {"plan": plan, "appointment": visit, "was_at": now, "link": link, **written, **access}
