"""The waitlist: a time that somebody gave back is held for the first patient it suits, then for the next.

An offer is a hold of 30 minutes, made for one patient, with a message. It expires like any hold: its time is free
immediately, and the next beat offers it to the next patient.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.errors import ConsultationFirst, MoveNotAllowed, NotWaiting, TimeTaken
from clinic.lib.lost_races import lost_races_raise
from clinic.messaging import outbox, quiet_hours
from clinic.messaging.letters import Letter
from clinic.models import (
    Appointment,
    AppointmentStatus,
    Practitioner,
    VisitType,
    WaitlistEntry,
    WaitlistOffer,
    WaitlistStatus,
)
from clinic.scheduling import availability, booking_locks, message_purposes
from clinic.scheduling.wishes import Search, Wish

OFFER_MINUTES = 30
CALL_DAYS_BEFORE = 2  # a patient who was offered nothing is phoned this long before the last day
MAX_ASKED = 50  # a freed time is tried on at most this many people, in the order in which they joined


def join(patient, visit_type, suitable, *, at, by=None):
    """Put a patient on the waitlist for one kind of visit, or change what is `suitable`. Returns the entry.

    Raises ConsultationFirst.
    """
    if not booking_locks.has_required_consultation(patient, visit_type):
        raise ConsultationFirst
    with transaction.atomic():
        booking_locks.lock(patient=patient)
        entry, _is_new = WaitlistEntry.objects.current().update_or_create(
            patient=patient,
            visit_type=visit_type,
            defaults=suitable.fields,
            create_defaults=suitable.fields | {"added_by": by, "created_at": at},
        )
        entry.practitioners.set(suitable.practitioners)
    return entry


def leave(entry, *, at):
    """Take the patient off the list; a time that was held for them goes to the next. Repeating it changes nothing."""
    if offer := entry.offers.filter(is_open=True).select_related("appointment__practitioner").first():
        _end_offer(offer, WaitlistStatus.LEFT, at=at)
    WaitlistEntry.objects.current().filter(pk=entry.pk).update(status=WaitlistStatus.LEFT)
    worklist.settle(work_kinds.WAITLIST, waitlist_entry=entry, note=_("no longer waiting"), at=at)


def leave_duplicate_entries(duplicate, into, *, at):
    """After a merge a person waits once for each kind of visit: the waitlist entry of `into` stays."""
    wished = into.waitlist_entries.current().values("visit_type")
    for entry in duplicate.waitlist_entries.current().filter(visit_type__in=wished):
        leave(entry, at=at)


def hold_for(entry, *, at):
    """The hold for this waitlist entry, for `booking.confirm`; one that was taken already is returned again.

    Raises NotWaiting when nothing is held for it at `at`.
    """
    offer = entry.offers.select_related("appointment").last()
    if (
        offer is None
        or offer.offered_at > at
        or not (offer.appointment.is_live_hold(at=at) or offer.appointment.status == AppointmentStatus.BOOKED)
    ):
        raise NotWaiting
    return offer.appointment


def note_booked(appointment, *, at):
    """The patient took what was offered, or found a time on the days of the entry: called where a visit is booked.

    Call it in the transaction of the booking.
    """
    if offer := WaitlistOffer.objects.filter(appointment=appointment, is_open=True).first():
        _close(offer, WaitlistStatus.BOOKED)
    day = timezone.localdate(appointment.starts_at)
    entries = WaitlistEntry.objects.current().filter(earliest_on__lte=day, latest_on__gte=day)
    entries = entries.filter(patient=appointment.patient, visit_type=appointment.visit_type)
    if fulfilled := list(entries.values_list("pk", flat=True)):
        WaitlistEntry.objects.filter(pk__in=fulfilled).update(status=WaitlistStatus.BOOKED)
        # What was held for them is free immediately; the next beat offers it to others, under locks not taken here.
        held = Appointment.objects.live_holds(at=at).filter(waitlist_offer__entry__in=fulfilled)
        held.filter(waitlist_offer__is_open=True).update(held_until=at)
        worklist.settle(work_kinds.WAITLIST, waitlist_entry__in=fulfilled, note=_("a visit is booked"), at=at)


@dataclass(frozen=True)
class FreedTime:
    """What a visit that no longer takes place has left free."""

    practitioner: Practitioner
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, appointment):
        return cls(appointment.practitioner, appointment.starts_at, appointment.ends_at)


def offer_freed_time(freed, *, at, freed_by=None, offered_at=None):
    """Hold a freed time for the people on the list it suits, the first of them first.

    `freed_by` is the patient whose visit it was: they do not want it. They hear of it `offered_at` (now if None): until
    then it is only held, and `take_back_offers` can take it back.

    Call it in the transaction that freed the time, with its practitioner locked. In quiet hours an offer lasts until
    30 minutes after their end, because nobody is woken for it. Returns the offers.
    """
    offered_at = offered_at or at
    until = quiet_hours.outside(offered_at) + timedelta(minutes=OFFER_MINUTES)
    offers = []
    for entry in _candidates(freed, freed_by=freed_by):
        if start := next((start for start in _open_starts(entry, freed, at=at) if start > until), None):
            wish = Wish(entry.visit_type, freed.practitioner, start)
            offers.append(_offer(entry, wish, offered_at=offered_at, until=until, at=at))
    return [offer for offer in offers if offer is not None]


def take_back_offers(freed, *, at):
    """The time is not free after all: who has not heard of it never will, and waits as before.

    Call it in the transaction that takes the time again, with its practitioner locked.
    """
    rows = WaitlistOffer.objects.filter(is_open=True, offered_at__gt=at).select_related("appointment")
    rows = rows.filter(appointment__practitioner=freed.practitioner, appointment__starts_at__lt=freed.ends_at)
    for offer in rows.filter(appointment__ends_at__gt=freed.starts_at):
        if offer.appointment.status == AppointmentStatus.PENDING:
            offer.appointment.expire()
        _close(offer, WaitlistStatus.WAITING)
        outbox.withdraw(offer.appointment.messages.all(), reason=_("the time is not free after all"), at=at)
        offer.delete()


def advance_offers(*, at):
    """End the expired offers and offer their times to the next; end entries whose last day has passed."""
    open_ones = WaitlistOffer.objects.filter(is_open=True).select_related("appointment__practitioner")
    for offer in open_ones:
        if not offer.appointment.is_live_hold(at=at):
            _end_offer(offer, WaitlistStatus.WAITING, at=at)
    WaitlistEntry.objects.waiting().filter(latest_on__lt=timezone.localdate(at)).update(status=WaitlistStatus.EXPIRED)


def _candidates(freed, *, freed_by):
    day = timezone.localdate(freed.starts_at)
    kinds = VisitType.objects.for_patients().filter(role=freed.practitioner.role)
    entries = WaitlistEntry.objects.waiting().not_offered_between(freed.starts_at, freed.ends_at)
    entries = entries.filter(earliest_on__lte=day, latest_on__gte=day, visit_type__in=kinds)
    entries = entries.exclude(patient=freed_by) if freed_by else entries
    entries = entries.select_related("visit_type", "patient").prefetch_related("practitioners")
    return list(entries.select_for_update(of=["self"], no_key=True, skip_locked=True)[:MAX_ASKED])


def _open_starts(entry, freed, *, at):
    """Open starts that suit this entry, of visits that would use what was freed."""
    search = Search(entry.visit_type, at, freed.practitioner.pk)
    for time in availability.open_times(search, first_day=timezone.localdate(freed.starts_at), days=1):
        if time.starts_at < freed.ends_at and time.ends_at > freed.starts_at and entry.fits(time):
            yield time.starts_at


def _offer(entry, wish, *, offered_at, until, at):
    """The offer, or None when this patient cannot have that time."""
    try:
        booking_locks.refuse_double_booking(entry.patient, wish)
        place = booking_locks.open_place(wish, at=at)
    except TimeTaken:
        return None
    held = {"status": AppointmentStatus.PENDING, "held_until": until, "held_by": f"waitlist:{entry.pk}"}
    appointment = booking_locks.create(wish, place, at=at, **held)
    offer = entry.offers.create(appointment=appointment, offered_at=offered_at)
    WaitlistEntry.objects.filter(pk=entry.pk).update(status=WaitlistStatus.OFFERED)
    letter = Letter(
        message_purposes.WAITLIST_OFFER,
        cause=offer.pk,
        context={"appointment": appointment},
        appointment=appointment,
        due_at=offered_at,
        not_after=until,
    )
    outbox.schedule_for(entry.patient, letter)
    return offer


def _end_offer(offer, status, *, at):
    """Release what was held, and offer it to the next. Nothing happens if it was taken meanwhile."""
    appointment = offer.appointment
    with lost_races_raise(MoveNotAllowed), transaction.atomic():
        booking_locks.lock(Practitioner(pk=appointment.practitioner_id))
        if not WaitlistOffer.objects.filter(pk=offer.pk, is_open=True).exists():
            return
        appointment.refresh_from_db()
        if appointment.status == AppointmentStatus.PENDING:
            appointment.expire()
        _close(offer, status)
        outbox.withdraw_about(appointment, reason=_("the offer is over"), at=at)
        offer_freed_time(FreedTime.of(appointment), at=at)


def _close(offer, status):
    WaitlistOffer.objects.filter(pk=offer.pk).update(is_open=False)
    WaitlistEntry.objects.filter(pk=offer.entry_id, status=WaitlistStatus.OFFERED).update(status=status)


# Calls


def open_calls(*, at):
    """Phone those who wait, were offered nothing and have two days left; not those who stopped or have longer."""
    today = timezone.localdate(at)
    soon = today + timedelta(days=CALL_DAYS_BEFORE)
    waiting = WaitlistEntry.objects.waiting().filter(latest_on__range=(today, soon), offers=None)
    worklist.open_all(_call(entry, at=at) for entry in waiting.select_related("patient", "visit_type"))
    over = ~Q(status=WaitlistStatus.WAITING) | Q(latest_on__lt=today) | Q(latest_on__gt=soon)
    asked = worklist.find(work_kinds.WAITLIST).requested().values("waitlist_entry")
    needless = WaitlistEntry.objects.filter(over, pk__in=asked)
    worklist.settle(work_kinds.WAITLIST, waitlist_entry__in=needless, note=_("no longer waiting"), at=at)


def _call(entry, *, at):
    """One per last day: a patient who extends it and waits without success again is phoned again."""
    what_to_say = _(
        "Waits for: %(visit)s, until %(day)s, and no time came free. Offer a time, or ask about later days."
    )
    return worklist.new(
        work_kinds.WAITLIST,
        cause=entry.pk,
        occasion=str(entry.latest_on),
        patient=entry.patient,
        waitlist_entry=entry,
        what_to_say=what_to_say % {"visit": entry.visit_type, "day": date_format(entry.latest_on, "l j F")},
        due_at=at,
    )
