"""Who begins and ends to work here. The rights of a colleague follow from it at once, and end with it at once."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit_kinds
from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import Employment, Role, User
from clinic.people import auditing, second_factors


def start(user, role, *, at, by=None):
    """`user` works here as `role` from `at` on; nothing changes for whoever does already. Returns the Employment.

    Sessions that this account had as a patient end, because colleagues sign in by password. So do its passkeys: they
    were made where nobody knew that they would open the work.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        employment = user.employments.filter(role=role, until=None).first()
        if employment is None:
            if not user.employments.current(at=at).exists():
                second_factors.forget(user)
            employment = user.employments.create(role=role, since=at, started_by=by)
            what = _("works here as: %(role)s") % {"role": employment.get_role_display()}
            auditing.noted(audit_kinds.ROLE_CHANGED, by=by, user=user, what=what)
    user.forget_employment()
    return employment


def rename(user, name, *, by):
    """Nothing changes for a person who is called so already. To patients a practitioner's own row says the name."""
    if user.name == name:
        return
    with transaction.atomic():
        what = _("name changed from %(name)s") % {"name": user.name}
        User.objects.filter(pk=user.pk).update(name=name)
        auditing.noted(audit_kinds.ROLE_CHANGED, by=by, user=user, what=what)
    user.name = name


def end(employment, *, at, by=None, why="", until=None):
    """It gives no rights from `until` (`at`, unless told otherwise) on, and the sessions of its account end then.

    Raises MoveNotAllowed for one that has ended, and DomainError where nobody would be left who can employ people.
    """
    until = max(until or at, at)
    with transaction.atomic():
        if employment.role == Role.MANAGER:
            _refuse_without_managers(employment, at=at)
        row = Employment.objects.select_for_update().to_end(at=at).filter(pk=employment.pk).first()
        if row is None:
            raise MoveNotAllowed
        row.until, row.ended_by, row.why_ended = max(until, row.since), by, why
        row.save(update_fields=["until", "ended_by", "why_ended"])
        auditing.noted(audit_kinds.ROLE_CHANGED, by=by, user=row.user, what=_in_words(row))
        employment.until = row.until
        _forget(employment.user, is_over=until <= at)


def _forget(user, *, is_over):
    """The password goes with the last employment: who comes back chooses a new one."""
    user.forget_employment()
    if is_over and not user.is_colleague:
        user.set_unusable_password()
        user.save(update_fields=["password"])


def _in_words(employment):
    words = _("works here as: %(role)s until %(day)s")
    return words % {"role": employment.get_role_display(), "day": timezone.localdate(employment.until)}


def _refuse_without_managers(last, *, at):
    """All are locked in one order, so that of two who end each other the second is refused."""
    managers = Employment.objects.select_for_update(of=["self"]).select_related("user").covering(at)
    managers = managers.filter(role=Role.MANAGER, until=None).order_by("pk")
    if not [other for other in managers if other.user_id != last.user_id and other.user.is_active]:
        raise DomainError(_("Somebody has to manage the clinic. Let another person become manager first."))
