"""People of one family who are called the same: a list to choose from shows no two alike."""

from collections import Counter

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.models import Patient
from clinic.models.patients import plain_words


def tell_apart(patients):
    """Give each of these patients a `label`: the name, and where two would be alike what parts them. Returns a list."""
    patients = list(patients)
    for patient in patients:
        patient.label = str(patient)
    for what in (_born, _known_since, _in_a_row(patients)):
        counts = Counter(patient.label.casefold() for patient in patients)
        for patient in [each for each in patients if counts[each.label.casefold()] > 1]:
            patient.label = f"{patient.label}, {what(patient)}"
    return patients


def same(newcomer, *, among):
    """The one of `among` (a QuerySet) who has this newcomer's name and birth date; None if there is none."""
    names = _names(newcomer)
    born = among.filter(birth_date=newcomer.birth_date, merged_into=None).order_by("pk")
    return next((patient for patient in born if _names(patient) == names), None)


def acted_for(account, newcomer):
    """The same among the patients for whom this account (None for nobody signed in) may act."""
    return same(newcomer, among=Patient.objects.acted_for_by(account).living()) if account else None


def _names(person):
    return plain_words(f"{person.given_name} {person.family_name}")


def _born(patient):
    return _("born %(day)s") % {"day": date_format(patient.birth_date, "j F Y")}


def _known_since(patient):
    return _("with us since %(day)s") % {"day": date_format(timezone.localdate(patient.created_at), "j F Y")}


def _in_a_row(patients):
    places = {patient.pk: place for place, patient in enumerate(sorted(patients, key=lambda each: each.pk), start=1)}
    return lambda patient: _("entry %(number)d") % {"number": places[patient.pk]}
