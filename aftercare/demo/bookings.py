"""Writes the appointment book into the database: appointments, and who moved them when."""

from datetime import timedelta

from django.db.models import prefetch_related_objects

from aftercare.demo import complaints
from clinic.models import Appointment, AppointmentStatus, AppointmentStatusChange, PatientAnswer
from clinic.scheduling import visit_reminders

S = AppointmentStatus
ANSWERS = [*[PatientAnswer.COMING] * 4, "", *[PatientAnswer.COMING] * 4, PatientAnswer.MUST_MOVE]


def save(visits, team, moment):
    visits.sort(key=lambda visit: (visit.appointment.starts_at, visit.appointment.practitioner.pk))
    for number, visit in enumerate(visits):
        visit.appointment.patient = visit.patient
        visit.booked_at = visit.booked_at or min(visit.appointment.starts_at, moment.now) - timedelta(days=5)
        visit.appointment.reason = complaints.of(str(visit.patient)).words if number % 3 == 0 else ""
        visit.appointment.calendar_sequence = int(visit.status == S.CANCELLED)
    appointments = Appointment.objects.bulk_create(visit.appointment for visit in visits)
    for visit in visits:
        visit.appointment.created_at = visit.booked_at
    Appointment.objects.bulk_update(appointments, ["created_at"], batch_size=300)
    AppointmentStatusChange.objects.bulk_create(
        change for visit in visits for change in changes(visit.appointment, visit.booked_at, team, moment)
    )


def remind(visits, moment):
    """Reminders of what is booked, as booking plans them; some of those who were reminded have answered."""
    ahead = [visit for visit in visits if visit.status == S.BOOKED and visit.appointment.starts_at > moment.now]
    prefetch_related_objects([visit.patient for visit in ahead], "contacts")
    for visit in ahead:
        visit_reminders.plan(visit.appointment, at=visit.booked_at)
    soon = [visit.appointment for visit in ahead if visit.appointment.starts_at < moment.now + timedelta(days=2)]
    for number, appointment in enumerate(soon):
        answer = ANSWERS[number % len(ANSWERS)]
        if answer and visit_reminders.messages_of(appointment).filter(due_at__lt=moment.now).exists():
            appointment.patient_answer, appointment.answered_at = answer, moment.now - timedelta(minutes=9)
    Appointment.objects.bulk_update(soon, ["patient_answer", "answered_at"])


def changes(appointment, booked_at, team, moment):
    """Booked by the patient, moved by the desk, ended by the practitioner who saw the patient."""
    starts_at, status = appointment.starts_at, appointment.status
    came_at = min(starts_at - timedelta(minutes=6), moment.now - timedelta(minutes=4))
    steps = [("", S.BOOKED, booked_at, None)]
    if status in (S.ARRIVED, S.FULFILLED):
        steps.append((S.BOOKED, S.ARRIVED, came_at, team.desk))
    if status == S.FULFILLED:
        seen_at = min(appointment.ends_at, moment.now - timedelta(minutes=2))
        steps.append((S.ARRIVED, S.FULFILLED, seen_at, appointment.practitioner.user))
    if status == S.NOSHOW:
        steps.append((S.BOOKED, S.NOSHOW, starts_at + timedelta(minutes=20), team.desk))
    if status == S.CANCELLED:
        halfway = booked_at + (starts_at - booked_at) / 2
        steps.append((S.BOOKED, S.CANCELLED, halfway, None))
    for before, after, at, by in steps:
        yield AppointmentStatusChange(appointment=appointment, from_status=before, to_status=after, at=at, by=by)
