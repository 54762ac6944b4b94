"""What the tests of the record's pages type, and how they read the answer."""

import re

from django.urls import reverse

from procedures.records import signing
from tests import factories

MANAGEMENT = {
    f"{part}-{name}_FORMS": number
    for part in ("sites", "drugs", "complications")
    for name, number in (("TOTAL", 1), ("INITIAL", 0), ("MIN_NUM", 0), ("MAX_NUM", 12))
}


def address_of(visit, name="practice-record"):
    return reverse(name, args=[visit.pk])


def site_row(number=0, **changes):
    row = {"side": "left", "guidance": "landmark", "needle_gauge": "25", "needle_length_mm": "38"}
    row |= {"depth_mm": "20", "twitch": "seen", "is_confirmed": "on"}
    return {f"sites-{number}-{name}": value for name, value in (row | changes).items() if value is not None}


def blank_row(number):
    """A row with only its initial values."""
    row = dict.fromkeys(["muscle", "side", "depth_mm", "twitch", "is_confirmed"], "")
    came_with = {"guidance": "landmark", "needle_gauge": "25", "needle_length_mm": "38"}
    return site_row(number, **row) | {f"initial-sites-{number}-{name}": value for name, value in came_with.items()}


def drug_row(number=0, **changes):
    row = {"preparation": "lidocaine-1", "volume_ml": "4", "lot": "LX1", "expires_on": "2028-01-31"}
    return {f"drugs-{number}-{name}": value for name, value in (row | changes).items() if value is not None}


def typed(visit, *rows, **changes):
    """A whole record as the browser sends it; `rows` go on top, `changes` on top of them."""
    definition = visit.visit_type.procedure_definitions.first()
    whole = MANAGEMENT | {"seen": "", "definition": definition.pk, "performed_by": visit.practitioner_id}
    whole |= {"pain_before": "7", "pain_after": "3", "note": "all well", "no_consent_reason": "Signed on paper."}
    whole |= {"observation_minutes": "20", "needles_in": "2", "needles_out": "2", "had_complications": "no"}
    whole |= {"weight_kg": "70", "weight_on": "", "dose_profile": factories.dose_profile().pk}
    whole |= {"patient": visit.patient_id} | site_row(muscle=any_muscle().pk) | drug_row()
    for row in rows:
        whole |= row
    return whole | {name.replace("__", "-"): value for name, value in changes.items()}


def any_muscle():
    return factories.muscle(name="calf", latin="m. gastrocnemius")


def errors(response):
    """What the error summary says: (field it leads to, sentence)."""
    links = r'<li>\s*<a href="#(?P<field>[^"]+)"><span>[^<]*</span> (?P<sentence>[^<]+)</a>\s*</li>'
    return [found.groups() for found in re.finditer(links, response.content.decode())]


def values(response, part):
    """The values in the fields of a part's rows, by name; a chosen option or radio counts as its value."""
    html = response.content.decode().replace(" selected", "").partition("<form")[2]
    forms = response.context["forms"]
    assert html
    return [{name: form[name].value() for name in form.fields if name != "DELETE"} for form in getattr(forms, part)]


def sign(client, procedure, **changes):
    shown = {"patient": procedure.patient_id, "seen": signing.reading(procedure)}
    return client.post(address_of(procedure.appointment, "practice-record-review"), shown | changes)
