"""The demo clinic's patients and how to reach them."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password

from aftercare.demo.names import FAMILY_NAMES, GIVEN_NAMES
from aftercare.demo.staff import account
from clinic.models import AccessRelation, ContactSystem, Patient, PatientAccess, PatientContact, User

# The people of the stages (see `stages`), by name and year of birth.
ANA = ("Ana", "Silva", 1987)
DOMAINS = ("example.org", "example.net", "example.com")
DEMO_ADDRESS = "patient@demo.example"
FIRST_PHONE = 37060000000


class People:
    """Makes patients one after the other; `save` writes them all."""

    def __init__(self, chance, moment):
        self.chance = chance
        self.moment = moment
        self.patients = []
        self.names = set()

    def meet(self):
        """A new patient, as yet unsaved. No two have the same name."""
        given, family = self.chance.choice(GIVEN_NAMES), self.chance.choice(FAMILY_NAMES)
        if (given, family) in self.names:
            return self.meet()
        age_days = int(self.chance.triangular(18, 88, 47) * 365.25)
        return self.add(given, family, self.moment.today - timedelta(days=age_days))

    def add(self, given_name, family_name, birth_date):
        self.names.add((given_name, family_name))
        patient = Patient(given_name=given_name, family_name=family_name, birth_date=birth_date)
        self.patients.append(patient)
        return patient

    def save(self):
        Patient.objects.bulk_create(self.patients)
        PatientContact.objects.bulk_create(
            contact for number, patient in enumerate(self.patients) for contact in self.contacts(number, patient)
        )
        # As after a booking: the person who reads mail at this address may ask for a code.
        no_password = make_password(None)
        User.objects.bulk_create(
            User(email=self.address(number), password=no_password) for number in range(len(self.patients)) if number % 6
        )

    def contacts(self, number, patient):
        """Nearly everybody has e-mail, most a phone; some only a phone."""
        since = self.moment.now - timedelta(days=70)
        mail, phone = ContactSystem.EMAIL, ContactSystem.PHONE
        if number % 6:
            yield PatientContact(
                patient=patient, system=mail, value=self.address(number), was_booked_with=True, since=since
            )
        if number % 8 != 1:
            yield PatientContact(patient=patient, system=phone, value=f"+{FIRST_PHONE + number}", since=since)

    def address(self, number):
        return f"patient.{number}@{DOMAINS[number % 3]}"


def give_access(patient):
    """The patient of the demo's sign-in page: an account that acts for herself, with its own address."""
    user = account(DEMO_ADDRESS, str(patient))
    PatientAccess.objects.create(user=user, patient=patient, relation=AccessRelation.SELF)
    patient.contacts.filter(system=ContactSystem.EMAIL).delete()
    patient.contacts.create(system=ContactSystem.EMAIL, value=DEMO_ADDRESS, was_booked_with=True)
