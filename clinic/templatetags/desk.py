"""How the desk's pages show a state, and how much is to be done."""

from datetime import timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException

from clinic import menus, worklist
from clinic.forms.desk import booking
from clinic.messaging import epoch, outages, sms_segments
from clinic.models import AppointmentStatus, MessageChannel, MessageStatus, TakenFor, WorkItem, WorkItemStatus
from clinic.views.shared import audit

register = template.Library()

VISIT_TONES = {
    AppointmentStatus.BOOKED: "note",
    AppointmentStatus.ARRIVED: "go",
    AppointmentStatus.NOSHOW: "stop",
}
TONE_ICONS = {"note": "info", "go": "check", "stop": "stop", "wait": "clock", "quiet": "dot"}
MESSAGE_TONES = {
    MessageStatus.PUT_OFF: "wait",
    MessageStatus.SENDING: "note",
    MessageStatus.ACCEPTED: "go",
    MessageStatus.DELIVERED: "go",
    MessageStatus.EXPIRED: "stop",
    MessageStatus.DEAD: "stop",
    MessageStatus.UNKNOWN: "stop",
}


@register.filter
def visit_tone(visit):
    return VISIT_TONES.get(visit.status, "quiet")


@register.filter
def board_tone(visit, now):
    """The tone of a visit in the columns; one that should have begun without its patient is late."""
    return "wait" if _is_late(visit, now) else visit_tone(visit)


@register.filter
def board_icon(visit, now):
    return TONE_ICONS[board_tone(visit, now)]


def _is_late(visit, now):
    return visit.is_booked and visit.starts_at <= now


@register.filter
def closed_in_words(closure):
    """That the clinic is closed, from when until when."""
    bounds = {"from": closure.starts_at, "until": closure.ends_at}
    words = {name: date_format(timezone.localtime(at), "l j F, H:i") for name, at in bounds.items()}
    return _("The clinic is closed from %(from)s until %(until)s.") % words


@register.filter
def message_tone(status):
    """The tone of a message's state, for a message or one of its attempts."""
    return MESSAGE_TONES.get(status, "quiet")


@register.filter
def sms_length(message):
    """What an SMS is paid as (`clinic.messaging.sms_segments.Length`); None for an e-mail, and for a secret text."""
    is_counted = message.channel == MessageChannel.SMS and not message.is_text_secret
    return sms_segments.length_of(message.body) if is_counted else None


@register.filter
def incoming_tone(incoming):
    """The tone of what an SMS from somebody was taken for."""
    return {TakenFor.RED: "stop", TakenFor.SYMPTOM: "wait"}.get(incoming.taken_for, "quiet")


@register.filter
def work_tone(item):
    return {WorkItemStatus.REQUESTED: "wait", WorkItemStatus.COMPLETED: "go"}.get(item.status, "quiet")


@register.filter
def is_by_day_of(visit, now):
    """Its day is today or has passed: a patient cannot arrive before that day."""
    return visit.on <= timezone.localdate(now)


@register.filter
def at_visit(path, visit):
    """The same page, at the row of this visit: the day stays where it was scrolled to."""
    return f"{path}#visit-{visit.pk}"


@register.filter
def without_spaces(text):
    """A phone number as a `tel:` link needs it."""
    return "".join(text.split())


@register.filter
def readable_phone(number):
    """With gaps, as people read it out: +370 612 34567. A number without its country code stays as it is."""
    try:
        return PhoneNumber.from_string(number).as_international if number.startswith("+") else number
    except NumberParseException:
        return number


@register.filter
def time_value(open_time):
    """An open time as the forms of the desk send it."""
    return booking.time_value(open_time)


@register.inclusion_tag("components/worklist/_urgent.html")
def urgent_work(request):
    """Patients who were told to get help now, until somebody has followed it up: for desk and physicians."""
    user = request.user
    items = WorkItem.objects.visible_to(user).urgent().order_by("due_at", "pk")
    items = items.select_related("patient", "incoming").prefetch_related("patient__contacts")
    audit.saw_each(request, [item.patient_id for item in items], "what is urgent")
    context = {"may_read": user.has_perm("clinic.view_incomingmessage")}
    if is_for_desk := user.has_perm("clinic.view_workitem"):  # the desk writes the follow-up into the work item
        return context | {"items": items, "is_for_desk": is_for_desk}
    return context | {"items": worklist.add_steps(items, door="practice"), "is_for_desk": is_for_desk}


@register.inclusion_tag("desk/messaging/_outages.html")
def message_outages(user):
    """What keeps messages from going out now, for those who may see messages."""
    if not user.has_perm("clinic.view_message"):
        return {}
    now = timezone.now()
    late = outages.oldest_due(at=now)
    return {
        "outages": [{"channel": channel.label, "since": since} for channel, since in outages.down().items()],
        "late_minutes": late // timedelta(minutes=1) if late > outages.LATE_AFTER else 0,
        "is_restored": epoch.restored_state() is not None,
        "now": now,
    }


@register.simple_tag(takes_context=True)
def due_work_count(context):
    """How many things a person at the desk has to do now."""
    return menus.due_work(context["request"].user)
