"""The text of a consent, composed from the plan: only what applies to this patient and this visit.

A heading on a line of its own, then its paragraphs and points; an empty line ends a part.
"""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from procedures.models import DrugKind, Guidance, LungRisk, Risk, Side


@dataclass(frozen=True)
class Part:
    heading: str
    body: str


def write(plan, text):
    """The whole text for this plan, from one version of the pieces (a ConsentText)."""
    parts = _parts(plan, text, list(plan.sites.select_related("muscle")))
    bodies = [(part.heading, _without_blank_lines(part.body)) for part in parts]
    return "\n\n".join(f"{heading}\n{body}" for heading, body in bodies if body)


def _without_blank_lines(body):
    return "\n".join(line.strip() for line in body.splitlines() if line.strip())


def read(words):
    """The parts of a text that `write` wrote."""
    for part in words.split("\n\n"):
        heading, _line, body = part.partition("\n")
        yield Part(heading, body)


def _parts(plan, text, sites):
    near_lung = any(site.muscle.lung_risk != LungRisk.NO for site in sites)
    risks = _risks(near_lung=near_lung, with_steroid=plan.with_steroid, with_drugs=plan.definition.uses_drugs)
    guided = plan.guidance == Guidance.ULTRASOUND
    yield Part(_("Who and what"), _who_and_what(plan, text))
    yield Part(_("What it may bring"), text.benefit)
    yield Part(_("Where the needle goes"), _points(_site_in_words(site) for site in sites))
    yield Part(_("What we inject"), _drugs(plan, text))
    yield Part(_("How we find the spot"), _guidance(plan, text))
    yield Part(_("Near your lung"), text.near_lung if near_lung else "")
    yield Part(_("What can go wrong"), _points(f"{risk.name}: {risk.meaning} {risk.how_common}" for risk in risks))
    yield Part(_("What else you can do"), text.alternatives)
    yield Part(_("Pictures"), text.images if guided else "")
    yield Part(_("You decide"), text.your_right)
    yield Part(_("Where this comes from"), _points(_sources(text, risks)))


def _who_and_what(plan, text):
    patient = plan.patient
    names = {
        "patient": patient,
        "born": date_format(patient.birth_date, "j F Y"),
        "procedure": plan.definition,
        "physician": plan.appointment.practitioner,
    }
    who = _("This is for %(patient)s, born %(born)s.") % names
    what = _("It is about this treatment: %(procedure)s.") % names
    by = _("%(physician)s plans to do it. If another doctor does it, we tell you first.") % names
    return f"{who} {what} {by}\n{text.what_happens}"


def _site_in_words(site):
    words = {
        Side.LEFT: _("%(muscle)s, on the left"),
        Side.RIGHT: _("%(muscle)s, on the right"),
        Side.MIDDLE: _("%(muscle)s, in the middle"),
    }[site.side]
    return words % {"muscle": site.muscle.name}


def _drugs(plan, text):
    if not plan.definition.uses_drugs:
        return _("Nothing. A thin needle alone goes into the knot.")
    numbing = _("Numbing medicine. It puts a small area to sleep for a while.")
    return f"{numbing}\n{text.off_label_steroid}" if plan.with_steroid else numbing


def _guidance(plan, text):
    found = text.with_ultrasound if plan.guidance == Guidance.ULTRASOUND else text.by_touch
    return f"{found}\n" + _("Why: %(reason)s") % {"reason": plan.guidance_reason}


def _risks(*, near_lung, with_steroid, with_drugs):
    """Only those that apply: near the lung, for a steroid if there is one, for a drug if anything is injected."""
    wanted = Q(only_near_lung=False) if not near_lung else Q()
    wanted &= Q(only_with_steroid=False) if not with_steroid else Q()
    wanted &= Q(only_with_drugs=False) if not with_drugs else Q()
    return list(Risk.objects.filter(wanted))


def _sources(text, risks):
    yield _("Words of consent, version %(version)s. %(source)s") % {"version": text.version, "source": text.source}
    yield from (f"{risk.name}: {risk.source}" for risk in risks if risk.source)


def _points(lines):
    return "\n".join(f"- {line}" for line in lines)


def steroids_of(procedure):
    """Names of the steroids that a record lists."""
    given = procedure.drugs.of_kind(DrugKind.STEROID).select_related("preparation")
    return list(dict.fromkeys(drug.preparation.name for drug in given))
