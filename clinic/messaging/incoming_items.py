"""The work items that an SMS from somebody opens: for the desk, for physicians too, or to say whom it is about."""

from django.conf import settings
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.messaging import watches
from clinic.models import TakenFor

OF_WORDS = [work_kinds.SMS_RED, work_kinds.SMS_SYMPTOM, work_kinds.SMS_WORDS]


def open_for(incoming, patients, *, is_answered, at):
    """For the patient it is about; with none or several, for somebody to say who that is, and to call if it is red."""
    if len(patients) == 1:
        return open_about(incoming, patients, is_answered=is_answered, at=at)
    worklist.open(
        work_kinds.SMS_WHOSE,
        cause=incoming.pk,
        incoming=incoming,
        what_to_say=_whose_to_say(patients),
        due_at=at,
    )
    if incoming.is_red:
        _open(work_kinds.SMS_RED, incoming, None, _red_to_say(is_answered), at=at)
    return None


def open_about(incoming, patients, *, is_answered, at):
    """One for each of these patients. Again for the same patient it is to be done again."""
    for patient in patients:
        kind = _kind(incoming, patient, at=at)
        what_to_say = _red_to_say(is_answered) if incoming.is_red else _words_to_say(is_answered)
        _open(kind, incoming, patient, what_to_say, at=at)


def open_for_stop(incoming, patients, *, at):
    """A word that ends the reminders may mean a visit: "cancel"."""
    what_to_say = _(
        "This word ended the reminders, and the provider blocks our SMS now. It may mean a visit. Call and ask."
    )
    for patient in patients:
        _open(work_kinds.SMS_WORDS, incoming, patient, what_to_say, at=at)


def open_ones(incoming, **about):
    """Those about this SMS that are still to be done."""
    return worklist.find(*OF_WORDS, cause=incoming.pk, **about).requested()


def _open(kind, incoming, patient, what_to_say, *, at):
    worklist.open(
        kind,
        again=True,
        cause=incoming.pk,
        occasion=str(patient.pk) if patient else "",
        patient=patient,
        incoming=incoming,
        what_to_say=what_to_say,
        due_at=at,
    )


def _kind(incoming, patient, *, at):
    if incoming.is_red:
        return work_kinds.SMS_RED
    if incoming.taken_for == TakenFor.SYMPTOM and watches.is_watched(patient, at=at):
        return work_kinds.SMS_SYMPTOM
    return work_kinds.SMS_WORDS


def _whose_to_say(patients):
    if patients:
        return _("Several patients have this number. Read the SMS and say whom it is about.")
    return _("Nobody here has this number. Read the SMS: give it to a patient, or say that it is nobody's.")


def _red_to_say(is_answered):
    if is_answered:
        sentence = _(
            "It sounds of an emergency. Our answer said: call %(number)s. Phone now and ask whether help has come. "
            "Tell a physician at once."
        )
    else:
        sentence = _(
            "It sounds of an emergency, and our answer does not go by SMS now. Phone at once. Emergency: %(number)s. "
            "Tell a physician."
        )
    return sentence % {"number": settings.EMERGENCY_NUMBER}


def _words_to_say(is_answered):
    if is_answered:
        return _("Read the SMS and answer. We said that a person reads it in opening hours.")
    return _("Read the SMS and answer.")
