from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.views.shared.unsent_pages import go_on_url
from clinic.website import navigation


@require_safe
def workplace(request):
    """Where people go after signing in: on with a form that was not sent, or the first workplace they may enter."""
    if unsent := go_on_url(request):
        return redirect(unsent)
    doors = navigation.workplaces(request.user)
    if not doors:
        messages.warning(request, _("You have no workplace here yet. Please ask the manager to add you to the people."))
    return redirect(doors[0].url if doors else "home")
