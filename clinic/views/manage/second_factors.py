"""What each colleague proves besides a password, and beginning anew for whoever has lost it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.errors import DomainError
from clinic.forms.manage.second_factors import ResetForm
from clinic.models import Employment, User
from clinic.people import second_factors as factors
from clinic.views.shared import audit
from clinic.views.shared.fresh_sign_in import fresh_sign_in_required


def _colleagues():
    here = Employment.objects.current(at=timezone.now())
    return User.objects.filter(pk__in=here.values("user")).order_by("name", "email")


@permission_required("clinic.change_employment", raise_exception=True)
@require_safe
def second_factors(request):
    return render(request, "manage/people/second_factors.html", {"colleagues": factors.state_of(_colleagues())})


@permission_required("clinic.change_employment", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def reset(request, pk):
    colleague = get_object_or_404(_colleagues(), pk=pk)
    form = ResetForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        try:
            factors.reset(colleague, why=form.cleaned_data["why"], at=timezone.now(), **audit.asker(request))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, _("%(name)s sets it up anew at the next sign-in.") % {"name": colleague})
            return redirect("manage-second-factors")
    return render(request, "manage/people/reset.html", {"colleague": colleague, "form": form}, status=status)
