"""The visits that whoever asks may see, with the people and places that every page names."""

from clinic.models import Appointment


def visible_visits(request):
    """A colleague's: those of everybody whom this colleague may see. Nobody's holds."""
    return Appointment.objects.visible_to(request.user).for_people().with_people_and_places()


def own_visits(request):
    """On a patient's own pages: those of the patients for whom this account may act, whoever looks."""
    return Appointment.objects.acted_for_by(request.user).for_people().with_people_and_places()
