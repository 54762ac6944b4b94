"""The last days' records, signed by the same acts that the app uses, in the order in which it happened."""

from datetime import timedelta

from django.db.models import F

from aftercare import message_purposes
from aftercare.demo.records import followers, is_live
from aftercare.physiotherapy import reminders
from clinic.models import Message, MessageAttempt, MessageStatus, WorkItem
from procedures.records import signing


def sign_live_records(clinic, injected):
    booked, stages, moment = followers(clinic.visits), clinic.stages, clinic.moment
    for visit in sorted((visit for visit in injected if is_live(visit, moment)), key=lambda v: v.appointment.ends_at):
        sign(visit, stages, moment)
        if follower := booked.get(visit):
            book_physiotherapy(visit, follower)
    waiting = Message.objects.filter(status=MessageStatus.WAITING, due_at__lte=moment.now)
    accept(waiting.exclude(pk__in=of_procedure(stages.just_signed).values("pk")))


# What a physician of the demo answers to what speaks against an injection
ANSWERS = {
    "alerts_reason": "Talked over with the patient, who wants it now; short needle, watched for 30 minutes",
    "repeat_reason": "The pain is back as it was before; physiotherapy alone did not help this time",
    "weight_reason": "Weighed again today on the same scales",
    "steroid_reason": "Worked for months after the last session; talked over with the patient",
    "volume_reason": "Two bands in a large muscle, half of it into each",
    "geometry_reason": "Seen on ultrasound all the way, the tip stayed in the muscle",
}


def sign(visit, stages, moment):
    at = min(visit.appointment.ends_at - timedelta(minutes=5), moment.now - timedelta(minutes=2))
    if visit is stages.just_signed:
        at = moment.now - timedelta(hours=1)
    answer_warnings(visit.procedure)
    visit.procedure = signing.sign(visit.procedure, by=visit.appointment.practitioner.user, at=at)
    of_procedure(visit).update(created_at=at)
    WorkItem.objects.filter(appointment=visit.appointment).update(created_at=at)


def answer_warnings(procedure):
    asked = {warning.field for warning in signing.warnings(procedure)} & ANSWERS.keys()
    for field in asked:
        setattr(procedure, field, getattr(procedure, field) or ANSWERS[field])
    procedure.save(update_fields=asked)


def book_physiotherapy(visit, follower):
    """What was sent before the booking stays sent, what was still due is withdrawn."""
    at = max(follower.booked_at, visit.procedure.signed_at + timedelta(minutes=1))
    accept(of_procedure(visit).filter(status=MessageStatus.WAITING, due_at__lte=at))
    reminders.physiotherapy_booked(follower.appointment, at=at)


def of_procedure(visit):
    return Message.objects.filter(**message_purposes.about(visit.procedure))


def accept(messages):
    """They were sent when they were due, at the first try."""
    sent = list(messages.values_list("pk", "due_at"))
    Message.objects.filter(pk__in=[pk for pk, _due_at in sent]).update(
        status=MessageStatus.ACCEPTED,
        tries=1,
        call_started_at=F("due_at"),
        ended_at=F("due_at"),
        provider_reference="demo",
    )
    MessageAttempt.objects.bulk_create(
        MessageAttempt(message_id=pk, at=due_at, result=MessageStatus.ACCEPTED, detail="demo") for pk, due_at in sent
    )
