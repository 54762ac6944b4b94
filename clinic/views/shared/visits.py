"""The visits that the person asking may see, with the people and places that every page names."""

from clinic.models import Appointment


def visible_visits(request):
    """For colleagues: the visits of every patient this colleague may see, without holds."""
    return Appointment.objects.visible_to(request.user).for_people().with_people_and_places()


def own_visits(request):
    """On a patient's own pages: those of the patients this account may act for, whoever is signed in."""
    return Appointment.objects.acted_for_by(request.user).for_people().with_people_and_places()
