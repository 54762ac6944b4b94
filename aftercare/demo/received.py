"""SMS that the demo's people wrote: answered, waiting, about symptoms, from a shared phone, from nobody we know."""

from datetime import timedelta

from aftercare.models import CarePlan
from clinic.messaging import conversations, incoming
from clinic.messaging.channels import registry
from clinic.messaging.conversations import Answer
from clinic.messaging.incoming import Sms
from clinic.models import ContactSystem, Message, MessageChannel, MessageStatus, Patient, WorkItem

UNKNOWN = "+37069900001"
CALLED = "Called back: no breathlessness, sore where the needle was. Told when to call 112; looked at today, all well."
MORNING = timedelta(hours=26)  # yesterday, about this time


def write(clinic):
    """In the order in which they came; what was answered automatically has gone out. None where no SMS can leave."""
    if not registry.is_set_up(MessageChannel.SMS):
        return
    moment, team = clinic.moment, clinic.team
    asks, thanks, late, mother, *_others = _with_phone(clinic)
    treated = _in_the_days_after(clinic)
    if treated:
        red = _from(treated, "Sore at the chest since yesterday. Is that normal?", moment.now - MORNING)
        _end(red, by=team.physicians[0].user, note=CALLED, at=moment.now - MORNING + timedelta(minutes=12))
        _from(treated, "Much better today, only a little sore 👍", moment.now - timedelta(minutes=50))
    answered = _from(asks, "Can I bring my daughter to the visit? Is there a place to wait?", moment.now - MORNING)
    _answer(asks, answered, "Of course. The waiting room has toys and a quiet corner.", team.desk, moment)
    _from(thanks, "Ačiū! Iki penktadienio.", moment.now - timedelta(hours=2))
    _from(late, "I cannot come on Friday. Is there another time next week?", moment.now - timedelta(minutes=25))
    _share_phone(mother)
    _from(mother, "We are 10 minutes late, sorry", moment.now - timedelta(minutes=15))
    _receive(UNKNOWN, "Hello, do you also treat knees?", moment.now - timedelta(minutes=40))


def _with_phone(clinic):
    """People who are in none of the stages, the first four of those with a phone of their own."""
    stage = clinic.stages
    shown = [visit.patient.pk for visit in (stage.yesterday, stage.late, stage.just_signed, stage.here)]
    return list(_reached_by_phone().exclude(pk__in=shown).exclude(care_plans__isnull=False).order_by("pk")[:4])


def _in_the_days_after(clinic):
    """Somebody whose injection was days ago, with a phone; None if there is nobody."""
    plans = CarePlan.objects.standing().filter(starts_at__lt=clinic.moment.now - timedelta(days=2))
    shown = [clinic.stages.late.patient.pk]
    recent = plans.filter(starts_at__gt=clinic.moment.now - timedelta(days=12)).exclude(patient__in=shown)
    return _reached_by_phone().filter(pk__in=recent.values("patient")).order_by("pk").first()


def _reached_by_phone():
    return Patient.objects.filter(contacts__system=ContactSystem.PHONE, contacts__until=None)


def _share_phone(mother):
    """Somebody without a phone is reached by hers."""
    child = Patient.objects.exclude(contacts__system=ContactSystem.PHONE).order_by("pk").first()
    if child:
        child.contacts.create(system=ContactSystem.PHONE, value=mother.phone)


def _from(patient, words, at):
    return _receive(patient.phone, words, at)


def _receive(number, words, at):
    """As the provider hands it over. Its reference is its number and moment, so that each run is the same."""
    sms = incoming.receive(Sms(number, words, f"demo {number} {at:%Y%m%d%H%M}"), at=at)
    WorkItem.objects.filter(incoming=sms).update(created_at=at)
    _have_gone_out(Message.objects.filter(cause=sms.pk, purpose__in=["help-is-there", "we-have-it"]))
    return sms


def _answer(patient, sms, words, user, moment):
    at = sms.received_at + timedelta(hours=1)
    written = Answer(words, MessageChannel.SMS, token=f"{sms.pk:020x}", seen=sms.pk)
    answer = conversations.answer(patient, written, by=user, at=at)
    WorkItem.objects.filter(incoming=sms).update(ended_at=at)
    _have_gone_out(Message.objects.filter(pk=answer.pk))


def _end(sms, *, by, note, at):
    for item in WorkItem.objects.filter(incoming=sms).requested():
        item.complete(by=by, note=note)
    WorkItem.objects.filter(incoming=sms).update(ended_at=at)


def _have_gone_out(messages):
    for message in messages:
        at = message.due_at
        message.attempts.create(at=at, result=MessageStatus.ACCEPTED, detail="demo")
        Message.objects.filter(pk=message.pk).update(
            status=MessageStatus.ACCEPTED,
            created_at=at,
            tries=1,
            call_started_at=at,
            ended_at=at + timedelta(seconds=2),
            provider_reference="demo",
        )
