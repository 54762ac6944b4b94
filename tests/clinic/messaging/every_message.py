"""Every message that patients get, as it is planned for every kind of person.

The clinic's name, its address on the net and the numbers of the rows are as long as a large clinic's.
"""

from datetime import date, timedelta

from django.utils import timezone

from aftercare.models import CareCheck
from aftercare.symptoms import check_times
from clinic.messaging import addressees
from clinic.models import Message, Patient
from clinic.models.purposes import PURPOSES
from clinic.scheduling import visit_answers
from tests import factories

ADULT, CHILD = date(1980, 2, 29), date(2019, 5, 4)
PHONE = "+37061234567"
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
    """(purpose, what its message says by each channel) of every message with words of its own."""
    has_namesake = addressees.has_namesake(patient, PHONE)
    about = _about(patient)
    for purpose in PURPOSES:
        if purpose.topic:
            letter = factories.letter(purpose, context=about, due_at=timezone.now())
            yield purpose, letter.words(patient, has_namesake=has_namesake)


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
    visit.calendar_sequence = 12
    link = max(visit_answers.link_of(visit), check_times.link_of(check), key=len)
    written = {"words": "Please bring the letter of your doctor at home on Monday. Thank you!"}
    return {"plan": plan, "appointment": visit, "was_at": now, "link": link, **written}
