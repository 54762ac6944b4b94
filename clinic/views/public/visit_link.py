"""The link in a reminder: "I come", or "I must move it". Anyone with the link sees this: no whole name, no reason."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic.messaging import preferences
from clinic.models import PatientAnswer
from clinic.scheduling import moved_visits, obstacles, reminders_of_a_day, visit_answers
from clinic.views.shared import audit


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request, token):
    """Shows for whom, day, hour, person and place, with two buttons; the POST saves the answer."""
    found = visit_answers.LINK.find(token)
    if found is None:
        raise Http404
    appointment, sequence = found
    now = timezone.now()
    if sentence := visit_answers.LINK.why_not(appointment, sequence, at=now):
        audit.read(request, appointment.patient, "visit")
        context = {"sentence": sentence, "patient": appointment.patient}
        return render(request, "public/scheduling/expired_link.html", context, status=410)
    answer = request.POST.get("answer")
    if request.method == "POST" and answer in PatientAnswer.values:
        visit_answers.answer(appointment, answer, sequence=sequence, at=now, **audit.asker(request))
        return redirect("visit", token)
    audit.read(request, appointment.patient, "visit")
    obstacles.mark([appointment], at=now)
    others = reminders_of_a_day.others_told_with(appointment)
    for other in others:
        audit.read(request, other.patient, "visit")
    context = {
        "appointment": appointment,
        "others": [(other, visit_answers.link_of(other)) for other in others],
        "may_move": moved_visits.may_be_moved_by_patient(appointment, at=now),
        "may_sign_in": bool(preferences.contacts_by_channel(appointment.patient)),
    }
    return render(request, "public/scheduling/visit_link.html", context)
