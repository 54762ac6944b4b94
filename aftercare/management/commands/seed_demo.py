"""`manage.py seed_demo`: a fictitious clinic with twelve weeks of visits around today."""

from random import Random

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from aftercare.demo import (
    bookings,
    consents,
    doses,
    files,
    health,
    letters,
    packs,
    pain_diary,
    people,
    physiotherapy,
    places,
    received,
    records,
    scale,
    signing,
    staff,
    stages,
    symptom_checks,
    visits,
)
from aftercare.demo.appointment_book import AppointmentBook
from aftercare.demo.demo_clinic import DemoClinic
from aftercare.demo.moments import Moment
from clinic.models import Appointment, Message, Patient, VisitType
from procedures.models import Procedure

SEED = 20_260
FIXTURES = [
    *("visit_types", "visit_reminders", "symptom_words", "pages", "glossary", "synonyms", "the_clinic"),
    *("regions", "body_areas", "muscles", "pain_patterns", "further_muscles", "muscle_geometry"),
    *("allergy_substances", "drugs", "risks", "site_risks", "procedures", "dry_needling", "procedure_questions"),
    *("screening_questions", "illness_questions"),
    *(
        "dose_limits",
        "steroid_limits",
        "clinic_rules",
        "warning_rules",
        "complication_advice",
        "exercise_rules",
        "depth_hints",
    ),
    *("site_sets", "consent_texts"),
    *("protocols", "exercises", "further_exercises", "symptom_questions"),
]


class Command(BaseCommand):
    help = "Fills an empty database with a fictitious clinic: people, visits, records and messages around today."

    def add_arguments(self, parser):
        parser.add_argument("--scale", type=int, default=1, help="400 more patients and 600 more visits for each step")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are patients already")

    def handle(self, *, scale, if_empty, **options):
        if scale < 1:
            raise CommandError("--scale is a whole number from 1 on.")
        with transaction.atomic():
            if not Patient.objects.exists():
                self.seed(scale)
            elif not if_empty:
                raise CommandError(
                    "There are patients in this database already. The demo clinic is only for an empty one."
                )

    def seed(self, factor):
        moment = Moment(timezone.now())
        call_command("loaddata", *FIXTURES, verbosity=0)
        write_clinic(moment, Random(SEED))
        if factor > 1:
            scale.scale_up(factor, moment, self.stdout.write)
        self.stdout.write(f"Demo clinic of {moment.today}: {summary()}.")


def summary():
    counted = {"patients": Patient, "visits": Appointment, "records": Procedure, "messages": Message}
    return ", ".join(f"{model.objects.count():,} {name}" for name, model in counted.items())


def write_clinic(moment, chance, *, is_busy=True):
    """First in memory, then into the database, in the order of dependencies.

    With `is_busy=False` there are only the few patients who show each stage.
    """
    team = staff.employ(moment)
    rooms, machines = places.furnish()
    hours = places.open_hours(team, moment)
    stages.prepare_hours(hours, team, moment)
    places.close_sometimes(team, hours, moment)
    places.save_hours(hours, team)
    book = AppointmentBook(hours, rooms, machines, {each.slug: each for each in VisitType.objects.all()})
    everybody = people.People(chance, moment)
    stage = stages.write_stages(book, team, everybody, moment)
    if is_busy:
        visits.Receptionist(book, everybody, moment, chance).fill(team)
    everybody.save()
    people.give_access(stage.yesterday.patient)
    bookings.save(book.visits, team, moment)
    write_aftercare(DemoClinic(book.visits, stage, team, moment), chance, is_busy=is_busy)


def write_aftercare(clinic, chance, *, is_busy):
    all_visits, team, moment = clinic.visits, clinic.team, clinic.moment
    shelf = records.Shelf.read()
    injected = records.write_records(all_visits, shelf, chance)
    health.write_health(clinic)
    doses.sign_limits(team, moment)
    packs.name_packs(team, moment)
    doses.weigh(injected, chance=Random(SEED))
    consents.write_consents(clinic, injected, shelf)
    records.close_old_records(clinic, injected, shelf, chance=Random(SEED))
    bookings.remind(all_visits, moment)
    signing.sign_live_records(clinic, injected)
    physiotherapy.write(clinic, Random(SEED))
    symptom_checks.write(clinic)
    pain_diary.write_diary(moment)
    if is_busy:
        some_weeks_ago = [visit for visit in injected if records.LIVE_DAYS < (moment.today - visit.day).days < 30]
        letters.write_letters(all_visits, some_weeks_ago, moment)
        received.write(clinic)
        files.write(clinic)
