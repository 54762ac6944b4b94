from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.website import navigation


@require_safe
def workplace(request):
    """Where people go after signing in: the first workplace this person may enter."""
    doors = navigation.workplaces(request.user)
    if not doors:
        messages.warning(request, _("You have no workplace here yet. Please ask the manager to add you to the people."))
    return redirect(doors[0].url if doors else "home")
