"""What the clinic itself asks people to do: about visits, the waitlist and messages."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.models import AppointmentStatus, MessageStatus
from clinic.models.work_kinds import WORK_KINDS, EndedBy, Step, WorkKind, each


def move_the_visit(item):
    """For the desk, while there is something to move."""
    if item.appointment is None or item.appointment.status != AppointmentStatus.BOOKED:
        return []
    return [Step(_("Move the visit"), reverse("desk-move", args=[item.appointment_id]))]


def settle_the_visit(item):
    """Besides: tell the patient, with others who are affected."""
    together = f"{reverse('desk-affected')}#visit-{item.appointment_id}"
    return [*move_the_visit(item), Step(_("All affected visits"), together)] if item.appointment_id else []


def booking_address(item, visit_type):
    """Where the desk books such a visit for the patient of a work item."""
    return f"{reverse('desk-book-patient', args=[item.patient_id])}?visit_type={visit_type.slug}"


@each
def offer_a_time(item):
    if item.waitlist_entry is None:
        return []
    return [Step(_("Offer a time"), booking_address(item, item.waitlist_entry.visit_type))]


@each
def read_and_answer(item):
    if item.patient_id:
        return [Step(_("Read and answer"), reverse("desk-patient-messages", args=[item.patient_id]))]
    return say_whom(item)


def say_whom(item):
    return [Step(_("Say whom it is about"), reverse("desk-incoming", args=[item.cause]))]


@each
def read_and_follow_up(item):
    return [Step(_("Read and follow up"), reverse("practice-received", args=[item.cause]))]


@each
def compare_the_two(item):
    return [Step(_("Look at both"), reverse("desk-merge", args=[item.occasion, item.cause]))]


# Two entries that may be one person. `cause`: the newer, `occasion`: the older.
SAME_PERSON = WORK_KINDS.register(
    WorkKind("same_person", _("The same person?"), is_for_the_dead=True, desk_steps=compare_the_two)
)
# A message ended and may not have arrived. `cause`: the message, `occasion`: how it ended.
MESSAGE_NOT_SENT = WORK_KINDS.register(WorkKind("message", _("A message did not arrive")))
# Safety advice cannot go by any channel; the fields are the same.
SAFETY_CALL = WORK_KINDS.register(
    WorkKind(
        "safety_call",
        _("Call now: safety advice did not arrive"),
        is_urgent=True,
        needs_a_note=True,
        is_read_out=True,
    )
)
UNDELIVERED = (MESSAGE_NOT_SENT, SAFETY_CALL)
# A message could not be addressed: `purpose`, `cause`, `occasion` and `sequence` are those it would have had.
MESSAGE_NOWHERE = WORK_KINDS.register(WorkKind("message_nowhere", _("A message did not arrive")))
# A message should exist and does not; the fields are the same.
MESSAGE_MISSING = WORK_KINDS.register(WorkKind("message_missing", _("A message did not arrive")))
# `cause`: the visit, `sequence`: its time, which is no longer possible; or, `occasion` "after-all", possible again.
VISIT_AFFECTED = WORK_KINDS.register(
    WorkKind("visit_affected", _("A visit needs another time"), desk_steps=each(settle_the_visit))
)
# `cause`: the waitlist entry, `occasion`: its last day.
WAITLIST = WORK_KINDS.register(WorkKind("waitlist", _("Waiting, and no time came free"), desk_steps=offer_a_time))
# `cause`: the visit, `sequence`: its time, `occasion`: why, "no-answer" or "must-move".
NO_ANSWER = WORK_KINDS.register(
    WorkKind("no_answer", _("Nobody knows whether the patient comes"), desk_steps=each(move_the_visit))
)


@each
def cancel_the_visit(item):
    return [Step(_("Cancel the visit"), reverse("desk-cancel", args=[item.appointment_id]))]


# `cause`: the visit. Its patient has died.
VISIT_OF_DECEASED = WORK_KINDS.register(
    WorkKind("visit_deceased", _("A visit of somebody who has died"), is_for_the_dead=True, desk_steps=cancel_the_visit)
)
# Somebody answered a mail, to where bounces go. `cause`: our mail, or the patient; `occasion`: the answer's own number.
MAIL_RED = WORK_KINDS.register(
    WorkKind(
        "mail_red",
        _("Urgent: an e-mail that sounds of an emergency"),
        is_for_the_dead=True,
        ended_by=EndedBy.EITHER,
        is_urgent=True,
        needs_a_note=True,
        desk_steps=read_and_answer,
    )
)
MAIL_WORDS = WORK_KINDS.register(
    WorkKind("mail", _("An e-mail from a patient"), is_for_the_dead=True, desk_steps=read_and_answer)
)
# `occasion`: the day. Mail came back, or was written, that nobody here knows.
MAIL_STRANGE = WORK_KINDS.register(WorkKind("mail_strange", _("Mail from somebody we do not know")))
# Somebody wrote an SMS. `cause`: the SMS, `occasion`: the patient ("" until somebody has said who that is).
SMS_RED = WORK_KINDS.register(
    WorkKind(
        "sms_red",
        _("Urgent: an SMS that sounds of an emergency"),
        is_for_the_dead=True,
        ended_by=EndedBy.EITHER,
        is_urgent=True,
        needs_a_note=True,
        desk_steps=read_and_answer,
        practice_steps=read_and_follow_up,
    )
)
SMS_SYMPTOM = WORK_KINDS.register(
    WorkKind(
        "sms_symptom",
        _("An SMS about symptoms in the days after"),
        is_for_the_dead=True,
        ended_by=EndedBy.EITHER,
        needs_a_note=True,
        desk_steps=read_and_answer,
        practice_steps=read_and_follow_up,
    )
)
SMS_WORDS = WORK_KINDS.register(
    WorkKind("sms", _("An SMS from a patient"), is_for_the_dead=True, desk_steps=read_and_answer)
)
# Several patients have its number, or nobody. `cause`: the SMS.
SMS_WHOSE = WORK_KINDS.register(WorkKind("sms_whose", _("An SMS: whom is it about?"), desk_steps=each(say_whom)))


@each
def open_the_patient(item):
    return [Step(_("Open the patient"), reverse("desk-patient", args=[item.patient_id]))]


@each
def decide_on_removal(item):
    """The manager decides; the desk sees that it waits."""
    return [Step(_("What would be removed"), reverse("manage-removal", args=[item.patient_id]))]


# What patients ask for about their data. `cause`: the patient, `occasion`: which time.
DATA_WRONG = WORK_KINDS.register(
    WorkKind("data_wrong", _("A patient says that data are wrong"), needs_a_note=True, desk_steps=open_the_patient)
)
DATA_REMOVAL = WORK_KINDS.register(
    WorkKind("data_removal", _("A patient asks to remove data"), needs_a_note=True, desk_steps=decide_on_removal)
)


@each
def look_at_messages(item):
    return [Step(_("Look at the messages"), f"{reverse('desk-messages')}?state={MessageStatus.UNKNOWN}")]


# A backup was put back. `cause`: when it was taken, in seconds since 1970, `occasion`: what has to be looked at.
RESTORED = WORK_KINDS.register(
    WorkKind("restored", _("A backup was put back"), desk_steps=look_at_messages, is_about_nobody=True)
)
# No more codes to sign in go out by SMS today. `cause`: the day.
SMS_CODES_SPENT = WORK_KINDS.register(WorkKind("sms_codes_spent", _("Too many codes by SMS"), is_about_nobody=True))


@each
def look_at_access(item):
    return [Step(_("Who may see this patient"), reverse("desk-access", args=[item.patient_id]))]


# Somebody who was told of an access says that it is wrong, and it has ended. `cause`: the access.
ACCESS_OBJECTED = WORK_KINDS.register(
    WorkKind("access_objected", _("Somebody must not see a patient"), needs_a_note=True, desk_steps=look_at_access)
)


@each
def look_at_booking_requests(item):
    return [Step(_("Look at them"), reverse("desk-booking-requests"))]


# Somebody who is not known here booked, and no code of ours gets there. `cause`: the visit.
BOOKING_UNPROVED = WORK_KINDS.register(WorkKind("booking_unproved", _("Booked online: is it real?")))
# Many such bookings, or many that wait for a code. `cause`: the day.
BOOKING_FLOOD = WORK_KINDS.register(
    WorkKind(
        "booking_flood",
        _("Many bookings that nobody proved"),
        desk_steps=look_at_booking_requests,
        is_about_nobody=True,
    )
)
# A visit of a child, and nobody is known who decides for it. `cause`: the patient.
GUARDIAN_UNKNOWN = WORK_KINDS.register(
    WorkKind("guardian_unknown", _("Who decides for this child?"), desk_steps=look_at_access)
)
# The guardians' access has ended. `cause`: the patient.
OF_AGE = WORK_KINDS.register(WorkKind("of_age", _("A patient is of age now"), desk_steps=look_at_access))


@each
def review_the_access(item):
    return [Step(_("Look at it"), reverse("manage-emergency-review", args=[item.cause]))]


# Somebody opened a patient who is not in their care. `cause`: the emergency access.
EMERGENCY_ACCESS = WORK_KINDS.register(
    WorkKind(
        "emergency_access",
        _("A patient was opened in an emergency: was it right?"),
        ended_by=EndedBy.MANAGER,
        desk_steps=review_the_access,
    )
)


@each
def decide_on_the_change(item):
    return [Step(_("Look at it"), reverse("practice-approval", args=[item.cause]))]


# Somebody proposed other clinical words or numbers. `cause`: the change.
CLINICAL_CHANGE = WORK_KINDS.register(
    WorkKind(
        "clinical_change",
        _("Clinical words or numbers wait for approval"),
        ended_by=EndedBy.PHYSICIAN,
        practice_steps=decide_on_the_change,
        is_about_nobody=True,
    )
)
