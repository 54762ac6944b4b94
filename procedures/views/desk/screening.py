"""The safety questions, read aloud at the desk or by a physician."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.errors import MoveNotAllowed
from clinic.views.shared import audit
from clinic.views.shared.visits import visible_visits
from procedures.forms.shared.screening import ScreeningForm
from procedures.models import Screening
from procedures.screening import safety_questions
from procedures.views.shared import screening_answers
from procedures.views.shared.consent_pages import home_of


@permission_required("procedures.add_screening", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request, pk):
    """The desk or a physician reads the questions aloud, as patients see them."""
    visit = get_object_or_404(visible_visits(request), pk=pk)
    now = timezone.now()
    form = ScreeningForm(request.POST if request.method == "POST" else None, patient=visit.patient)
    if request.method == "POST":
        _refuse_other_patient(request, visit.patient)
    if form.is_valid():
        given = screening_answers.keep(request, visit.patient, form, appointment=visit, at=now)
        messages.success(request, _sentence_for_desk(given))
        return redirect(home_of(request, visit))
    if form.is_worrying:
        screening_answers.keep_part(request, visit.patient, form, appointment=visit, at=now)
        messages.info(request, _("What was answered is kept. A physician looks at it. Ask the rest, too."))
    audit.read(request, visit.patient, "safety answers")
    given = Screening.objects.visible_to(request.user).filter(patient=visit.patient).first()
    context = {
        "visit": visit,
        "form": form,
        "screening": given,
        "holds_until": given and safety_questions.valid_until(given),
        "is_valid": safety_questions.is_valid(given, at=now),
        "back": home_of(request, visit),
    }
    return render(request, "desk/screening/ask.html", context)


def _refuse_other_patient(request, patient):
    if request.POST.get("patient") != str(patient.pk):
        raise MoveNotAllowed(_("This page was opened for another patient. Nothing was changed."))


def _sentence_for_desk(given):
    if given.needs_review:
        return _("The answers are kept. A physician looks at them; the visit stays as it is booked.")
    return _("The answers are kept. Nothing needs a physician before the visit.")
