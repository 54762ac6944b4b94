"""How a patient wants to hear from the clinic: on their own page when signed in, or by the link in a reminder."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.forms.shared.preferences import form_for
from clinic.messaging import conversations, preferences, sms_numbers, stop_links
from clinic.models import Patient, PreferenceSource
from clinic.people import namesakes
from clinic.views.shared import audit


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request, token):
    """Shows one question, for whom, and its button. A mail program's one click stops them, and is answered without a
    redirect (RFC 8058).
    """
    found = stop_links.LINK.find(token)
    if found is None:
        raise Http404
    (patient, made_on), now = found, timezone.now()
    audit.read(request, patient, "preferences and messages")
    if sentence := stop_links.LINK.why_not(patient, made_on, at=now):
        context = {"sentence": sentence, "patient": patient}
        return render(request, "my/messaging/expired_stop_link.html", context, status=410)
    if request.method == "POST":
        stop_links.stop(patient, made_on, at=now)
        if "List-Unsubscribe" not in request.POST:
            return redirect("reminders", token)
    are_stopped = preferences.preference_of(patient).opted_out_at is not None
    context = {
        "are_stopped": are_stopped,
        "patient": patient,
        "is_blocked": bool(sms_numbers.blocked_of(patient)),
        "our_number": sms_numbers.our_number(),
    }
    return render(request, "my/messaging/reminders.html", context)


@require_safe
def own(request):
    patients = namesakes.tell_apart(_own(request))
    return _page(request, [(patient, form_for(patient)) for patient in patients])


@require_POST
def choose_own(request, pk):
    patient = get_object_or_404(_own(request), pk=pk)
    form = form_for(patient, request.POST)
    if not form.is_valid():
        forms = [
            (other, form if other == patient else form_for(other)) for other in namesakes.tell_apart(_own(request))
        ]
        return _page(request, forms, failed=form)
    preferences.choose(
        patient, by=request.user, source=PreferenceSource.OWN_PAGE, at=timezone.now(), **form.cleaned_data
    )
    messages.success(request, _("We keep to that from now on."))
    return redirect("my-messages")


def _page(request, forms, failed=None):
    status = 200 if failed is None else 422
    audit.read_each(request, [patient.pk for patient, _form in forms], "preferences and messages")
    rows = [
        (patient, form, conversations.written_by(patient), bool(sms_numbers.blocked_of(patient)))
        for patient, form in forms
    ]
    context = {"forms": rows, "failed": failed, "our_number": sms_numbers.our_number()}
    return render(request, "my/messaging/messages.html", context, status=status)


def _own(request):
    return Patient.objects.acted_for_by(request.user).living().filter(merged_into=None).prefetch_related("contacts")
