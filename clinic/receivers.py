from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import (
    authentication_step_completed,
    login_code_rejected,
    password_changed,
    password_reset,
    password_set,
    user_logged_in,
)
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth import signals as sessions
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone

from clinic import audit_kinds
from clinic.lib.client_address import client_address
from clinic.messaging import access_letters, account_letters, attributions, colleague_letters
from clinic.models import GlossaryTerm, User
from clinic.people import auditing, guardians, same_person, second_factors
from clinic.scheduling import deaths, visit_reminders, waitlist
from clinic.signals import (
    access_granted,
    appointment_booked,
    appointment_cancelled,
    appointment_moved,
    colleague_invited,
    merge_begins,
    patient_corrected,
    patients_merged,
    second_factor_reset,
)
from clinic.views.shared import screen_locks
from clinic.website import glossary


@receiver(sessions.user_logged_in)
def remember_where(sender, request, user, **kwargs):
    screen_locks.begin(request)


@receiver(authentication_step_completed)
def unlock_the_screen(sender, request, **kwargs):
    if kwargs.get("reauthenticated"):
        request.session.see(at=timezone.now())


@receiver(sessions.user_logged_in)
def note_sign_in(sender, request, user, **kwargs):
    auditing.noted(audit_kinds.SIGNED_IN, by=user, address=client_address(request))


@receiver(sessions.user_logged_out)
def note_sign_out(sender, request, user, **kwargs):
    if user is not None:
        auditing.noted(audit_kinds.SIGNED_OUT, by=user, address=client_address(request))


@receiver(sessions.user_login_failed)
def note_wrong_password(sender, credentials, request=None, **kwargs):
    tried = User.objects.filter(email__iexact=credentials.get("email") or "").first()
    where = {"by": getattr(request, "user", None), "address": client_address(request)} if request else {}
    auditing.noted(audit_kinds.SIGN_IN_FAILED, user=tried, what="password", **where)


@receiver(login_code_rejected)
def note_wrong_code(sender, request, user, **kwargs):
    auditing.noted(audit_kinds.SIGN_IN_FAILED, user=user, address=client_address(request), what="code")


@receiver([password_changed, password_reset, password_set])
def note_new_password(sender, request, user, **kwargs):
    """After "Forgotten password?" nobody is signed in: by whoever had the link."""
    auditing.noted(audit_kinds.PASSWORD_CHANGED, by=request.user, user=user, address=client_address(request))


@receiver(authenticator_added)
def count_what_was_set_up(sender, request, user, authenticator, **kwargs):
    """Whoever sets it up proves it at the same time, in this browser."""
    if authenticator.type in second_factors.MAIN:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


@receiver(authenticator_added)
@receiver(authenticator_removed)
@receiver(authenticator_reset)
def note_second_factor(sender, request, user, authenticator, signal, **kwargs):
    done = {authenticator_added: "added", authenticator_removed: "removed", authenticator_reset: "made anew"}[signal]
    what = f"{authenticator.type}: {done}"
    auditing.noted(audit_kinds.SECOND_FACTOR, by=user, user=user, address=client_address(request), what=what)


@receiver(second_factor_reset)
def tell_of_reset(sender, user, by, at, **kwargs):
    account_letters.tell_of_change(user, "mfa/email/reset", at=at, by=by)


@receiver(authentication_failed)
def note_wrong_second_factor(sender, request, user, **kwargs):
    auditing.noted(audit_kinds.SIGN_IN_FAILED, user=user, address=client_address(request), what="second factor")


@receiver(user_logged_in)
def know_the_browser(sender, request, user, **kwargs):
    """Its tries to sign in are counted apart from those of strangers."""
    request.has_signed_in_as = getattr(request, "has_signed_in_as", None) or [user.email or ""]


@receiver(access_granted)
def tell_who_knows_the_patient(sender, given, at, **kwargs):
    access_letters.tell_of_access(given, at=at)
    guardians.note_known(given, at=at)


@receiver([appointment_booked, appointment_moved])
def plan_reminders(sender, appointment, at, **kwargs):
    visit_reminders.plan(appointment, at=at)


@receiver(appointment_booked)
def ask_whether_it_is_the_same_person(sender, appointment, at, **kwargs):
    same_person.look(appointment.patient, appointment=appointment, at=at)


@receiver(appointment_booked)
def ask_who_decides_for_a_child(sender, appointment, at, **kwargs):
    guardians.ask(appointment, at=at)


@receiver(patient_corrected)
def follow_a_death(sender, patient, fields, at, **kwargs):
    if "died_on" in fields:
        deaths.follow(patient, at=at)


@receiver(patient_corrected)
def ask_again_whether_it_is_the_same_person(sender, patient, at, **kwargs):
    same_person.look(patient, at=at)


@receiver(appointment_cancelled)
def withdraw_reminders(sender, appointment, at, **kwargs):
    visit_reminders.withdraw(appointment, at=at)
    deaths.settle_visit(appointment, at=at)


@receiver(colleague_invited)
def mail_the_link(sender, invitation, at, **kwargs):
    colleague_letters.invite(invitation, at=at)


@receiver(merge_begins)
def leave_duplicate_entries(sender, duplicate, into, at, **kwargs):
    waitlist.leave_duplicate_entries(duplicate, into, at=at)


@receiver(merge_begins)
def settle_whether_they_are_the_same_person(sender, duplicate, at, **kwargs):
    same_person.settle_merged(duplicate, at=at)


@receiver(patients_merged)
def follow_the_death_of_either(sender, patient, at, **kwargs):
    patient.refresh_from_db(fields=["died_on"])
    if patient.is_deceased:
        deaths.follow(patient, at=at)


@receiver(patients_merged)
def ask_about_the_one_that_stays(sender, patient, at, **kwargs):
    same_person.look(patient, at=at)


@receiver(patients_merged)
def settle_shared_numbers(sender, patient, at, **kwargs):
    attributions.settle_shared(patient, at=at)


post_save.connect(glossary.forget, sender=GlossaryTerm)
post_delete.connect(glossary.forget, sender=GlossaryTerm)
