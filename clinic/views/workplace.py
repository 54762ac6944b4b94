from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from clinic.context_processors import workplaces


@require_safe
def workplace(request):
    """Where signing in leads: the first workplace this person may enter."""
    doors = workplaces(request.user)
    return redirect(doors[0]["url"] if doors else "home")
