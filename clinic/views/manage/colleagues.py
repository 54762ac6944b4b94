"""Who works here: invited, changed and ended by the manager, with what each may do in plain words."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.errors import DomainError
from clinic.forms.manage.colleagues import ColleagueNameForm, EndForm, InvitationForm, NewRoleForm
from clinic.messaging import colleague_letters
from clinic.models import Employment, Invitation, Role, User
from clinic.people import employment, invitations, rights
from clinic.views.shared.fresh_sign_in import fresh_sign_in_required

SEE, CHANGE = "clinic.view_employment", "clinic.change_employment"
form_page = require_http_methods(["GET", "HEAD", "POST"])


@permission_required(SEE, raise_exception=True)
@require_safe
def colleagues(request):
    """Those who work here now, who was asked to, and who did."""
    now = timezone.now()
    open_invitations = list(Invitation.objects.open().select_related("invited_by"))
    mails = colleague_letters.mails_of(open_invitations)
    for invitation in open_invitations:
        invitation.mail, invitation.may_be_used = mails.get(invitation.pk), invitation.is_good(at=now)
    current = Employment.objects.current(at=now).values("user")
    once = User.objects.exclude(employments=None).exclude(pk__in=current)
    context = {
        "people": _with_roles(User.objects.filter(pk__in=current), at=now),
        "left": once.distinct().order_by("name", "email"),
        "invitations": open_invitations,
        "roles": rights.of_roles(Role),
    }
    return render(request, "manage/people/colleagues.html", context)


def _with_roles(users, *, at):
    """Each with `employed`: the employments that give rights now."""
    people = {user.pk: user for user in users.order_by("name", "email")}
    for user in people.values():
        user.employed = []
    for row in Employment.objects.current(at=at).filter(user__in=people):
        people[row.user_id].employed.append(row)
    return list(people.values())


@permission_required(CHANGE, raise_exception=True)
@form_page
@fresh_sign_in_required
def invite(request):
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invitations.invite(form.colleague, by=request.user, at=timezone.now())
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            asked = _("%(name)s is invited. The link goes to %(email)s.")
            messages.success(request, asked % {"name": invitation.name, "email": invitation.email})
            return redirect("manage-colleagues")
    return render(request, "manage/people/invite.html", {"form": form, "roles": rights.of_roles(Role)})


@permission_required(CHANGE, raise_exception=True)
@require_POST
@fresh_sign_in_required
def invite_again(request, pk):
    invitation = get_object_or_404(Invitation, pk=pk)
    invitations.send_again(invitation, at=timezone.now())
    sent = _("A new link goes to %(email)s. The one before is of no use any more.")
    messages.success(request, sent % {"email": invitation.email})
    return redirect("manage-colleagues")


@permission_required(CHANGE, raise_exception=True)
@require_POST
def withdraw_invitation(request, pk):
    invitation = get_object_or_404(Invitation, pk=pk)
    invitations.withdraw(invitation, at=timezone.now())
    messages.success(request, _("The invitation of %(name)s is taken back.") % {"name": invitation.name})
    return redirect("manage-colleagues")


@permission_required(SEE, raise_exception=True)
@require_safe
def colleague(request, pk):
    """What one person works as, since when and until when, and what that lets them do."""
    return _page(request, _colleague(pk))


@permission_required(CHANGE, raise_exception=True)
@require_POST
@fresh_sign_in_required
def add_role(request, pk):
    person = _colleague(pk)
    form = NewRoleForm(request.POST, held=person.roles)
    if not form.is_valid():
        return _page(request, person, role_form=form)
    started = employment.start(person, form.cleaned_data["role"], at=timezone.now(), by=request.user)
    works = _("%(name)s works here as %(role)s from now on.")
    messages.success(request, works % {"name": person, "role": started.get_role_display()})
    return redirect("manage-colleague", pk)


@permission_required(CHANGE, raise_exception=True)
@require_POST
def rename(request, pk):
    person = _colleague(pk)
    form = ColleagueNameForm(request.POST)
    if not form.is_valid():
        return _page(request, person, name_form=form)
    employment.rename(person, form.cleaned_data["name"], by=request.user)
    messages.success(request, _("The name is changed."))
    return redirect("manage-colleague", pk)


@permission_required(CHANGE, raise_exception=True)
@form_page
@fresh_sign_in_required
def end(request, pk, employed):
    """Says first what ends; then it ends, now or with the last day."""
    person = _colleague(pk)
    row = get_object_or_404(person.employments.to_end(at=timezone.now()), pk=employed)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            employment.end(row, at=now, by=request.user, why=form.cleaned_data["why"], until=form.until)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _ended(row, at=now))
            return redirect("manage-colleagues")
    context = {"person": person, "employed": row, "form": form, "roles": rights.of_roles([Role(row.role)])}
    return render(request, "manage/people/end.html", context)


def _ended(row, *, at):
    words = {"name": row.user, "role": row.get_role_display()}
    if row.until <= at:
        return _("%(name)s works here as %(role)s no more.") % words
    words["day"] = timezone.localdate(row.until - timedelta(microseconds=1))
    return _("%(name)s works here as %(role)s until the evening of %(day)s.") % words


def _colleague(pk):
    """Somebody who works here or did; accounts of patients have no page."""
    return get_object_or_404(User.objects.exclude(employments=None).distinct(), pk=pk)


def _page(request, person, *, role_form=None, name_form=None):
    now = timezone.now()
    free = [role for role in Role if role not in person.roles]
    context = {
        "person": person,
        "now": now,
        "employments": person.employments.select_related("started_by", "ended_by").order_by("-since", "-pk"),
        "current": [row.pk for row in person.employment_now],
        "roles": rights.of_roles(person.roles) if person.roles else [],
        "role_form": role_form or (NewRoleForm(held=person.roles) if free and person.roles else None),
        "name_form": name_form or ColleagueNameForm(initial={"name": person.name}),
    }
    return render(request, "manage/people/colleague.html", context)
