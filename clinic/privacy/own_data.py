"""Everything the clinic keeps about one patient, found by the keys that lead to the patient.

Nobody lists it: what is added to the app belongs to it by itself. Owners register what is different about a model.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from clinic.lib.registry import Registry
from clinic.models import AppointmentStatus, MessageCategory, MessageStatus, Patient
from clinic.models.messages import UNSENT
from clinic.people import identifiers


def everything(rows):
    return rows


def no_files(row):
    return []


def nothing_sealed(row):
    return {}


@dataclass(frozen=True)
class OwnRows:
    """What is special about the rows of one model. `code` is its label: "clinic.message".

    `given` leaves out rows that the patient does not get yet; with a `why_not` the patient gets none of them.
    `files(row)` are pairs of the name under which a file of the row is stored, and its path. `opened(row)` is what the
    database has only sealed, by its label.
    """

    code: str
    label: str = ""
    given: Callable = everything
    files: Callable = no_files
    why_not: str = ""
    opened: Callable = nothing_sealed


OWN_ROWS = Registry("kind of own data")


def special(model):
    return OWN_ROWS.find(model._meta.label_lower) or OwnRows(model._meta.label_lower)


def entries(patient):
    """The patient's own row, and those of entries that were merged into it."""
    found, new = [], [patient]
    while new:
        found += new
        new = list(Patient.objects.filter(merged_into__in=new).order_by("pk"))
    return found


def rows_of(patient, *, given_only=True):
    """Each row about the patient, by model: a dictionary of lists, the models in the order of their packages.

    A row that hangs on two others is found once; one that names another patient is not followed. With `given_only` it
    is what the patient gets, else all there is.
    """
    people = entries(patient)
    found, new = {Patient: {row.pk: row for row in people}}, {Patient: people}
    while new:
        model, parents = new.popitem()
        for child, rows in _below(model, parents, people, given_only=given_only):
            known = found.setdefault(child, {})
            fresh = [row for row in rows if row.pk not in known]
            if fresh:
                known |= {row.pk: row for row in fresh}
                new.setdefault(child, []).extend(fresh)
        for parent, rows in _taken_along(model, parents):
            found.setdefault(parent, {}).update({row.pk: row for row in rows})
    return {model: list(rows.values()) for model, rows in sorted(found.items(), key=_place) if rows}


def leads_to_patient(model):
    """Whether rows of this model are somebody's own: they name a patient, or hang on what does."""
    return model in _own_models()


@cache
def _own_models():
    found, new = {Patient}, {Patient}
    while new:
        below = {relation.related_model for model in new for relation in model._meta.related_objects}
        new = below - found
        found |= new
    taken_along = {apps.get_model(label)._meta.get_field(name).related_model for label, (name,) in SHARED.items()}
    return found | taken_along


def _place(item):
    model = item[0]
    return [config.label for config in apps.get_app_configs()].index(model._meta.app_label), model is not Patient


def _below(model, parents, people, *, given_only):
    """The rows that point to these, by model."""
    for relation in model._meta.related_objects:
        child = relation.related_model
        if relation.many_to_many or child is Patient or (given_only and special(child).why_not):
            continue
        rows = child._base_manager.filter(**{f"{relation.field.name}__in": parents})
        if model is not Patient and _names_a_patient(child):
            rows = rows.filter(patient__in=people)
        yield child, (special(child).given(rows) if given_only else rows).order_by("pk")


def _names_a_patient(model):
    return any(field.name == "patient" and field.related_model is Patient for field in model._meta.fields)


def _taken_along(model, rows):
    """What the patient shares with others only through a row in between: the SMS that somebody said is about them."""
    for relation in model._meta.fields:
        if relation.is_relation and relation.name in SHARED.get(model._meta.label_lower, ()):
            yield relation.related_model, [getattr(row, relation.name) for row in rows]


# Of this package, what belongs to the record.
ABOUT_HEALTH = {"clinic.patientalert", "clinic.bodymeasurement"}
SHARED = {"clinic.incomingpatient": ("incoming",)}


def _that_left(rows):
    """A code is its reader's secret, and what is still to be sent may never be."""
    return rows.exclude(status__in=[*UNSENT, MessageStatus.SENDING]).exclude(category=MessageCategory.CODE)


def _without_codes(rows):
    return rows.exclude(category=MessageCategory.CODE)


def _real_visits(rows):
    return rows.exclude(status__in=[AppointmentStatus.PENDING, AppointmentStatus.EXPIRED])


def _of_real_visits(rows):
    return rows.filter(appointment__patient=F("entry__patient"))


def _decided(rows):
    return rows.filter(until=None)


def _number(details):
    if not details.identifier_kind:
        return {}
    return {str(details.get_identifier_kind_display()): identifiers.number_of(details)}


OWN_ROWS.register(OwnRows("clinic.message", _("What we wrote to you"), given=_that_left))
OWN_ROWS.register(OwnRows("clinic.archivedmessage", _("What we wrote to you earlier"), given=_without_codes))
OWN_ROWS.register(OwnRows("clinic.appointment", _("Visits"), given=_real_visits))
OWN_ROWS.register(OwnRows("clinic.waitlistoffer", _("Times we kept for you"), given=_of_real_visits))
OWN_ROWS.register(OwnRows("clinic.incomingpatient", given=_decided))


OWN_ROWS.register(OwnRows("clinic.patientcontact", _("How we reach you")))
OWN_ROWS.register(OwnRows("clinic.patientalert", _("What we asked to keep you safe")))
OWN_ROWS.register(OwnRows("clinic.bodymeasurement", _("Weight and height")))
OWN_ROWS.register(OwnRows("clinic.appointmentstatuschange", _("What became of your visits")))
OWN_ROWS.register(OwnRows("clinic.messageattempt", _("Each try to send")))
OWN_ROWS.register(OwnRows("clinic.incomingmessage", _("What you wrote to us")))
OWN_ROWS.register(OwnRows("clinic.workitem", _("What we had to do for you")))
OWN_ROWS.register(OwnRows("clinic.dataremoval", _("What we removed")))
OWN_ROWS.register(OwnRows("clinic.patientdetails", _("Your file"), opened=_number))
OWN_ROWS.register(OwnRows("clinic.patientchange", _("What we put right")))
OWN_ROWS.register(OwnRows("clinic.auditevent", why_not="is a page of its own: who opened the record"))
OWN_ROWS.register(OwnRows("clinic.patientaccess", why_not="is about other people's accounts"))
