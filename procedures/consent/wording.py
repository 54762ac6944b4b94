"""The text of a consent, composed from the plan: only what applies to this patient and this visit.

A heading on a line of its own, then its paragraphs and points; an empty line ends a part.
"""

from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.models import AlertKind, AlertState
from procedures.consent import drawings
from procedures.models import DrugKind, Guidance, LungRisk, Risk, Side, sha256_of_consent


@dataclass(frozen=True)
class Part:
    """One heading with what stands below it; `picture` and `people` (of its lines, by name) are drawn beside it."""

    heading: str
    body: str
    picture: object = None
    people: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """What one patient reads for one plan: the words, what is drawn (JSON), and the language of both."""

    words: str
    drawn: str
    language: str

    @property
    def sha256(self):
        return sha256_of_consent(self.words, self.drawn)


def write(plan, text):
    """The whole consent for this plan, from one version of the pieces (a ConsentText).

    The catalogue has one language, the clinic's, and so has a consent, whatever the reader's browser asks for.
    """
    sites = list(plan.sites.select_related("muscle").prefetch_related("muscle__site_risks"))
    with translation.override(settings.LANGUAGE_CODE):
        risks = _risks(plan, sites)
        parts = _parts(plan, text, sites, risks)
        bodies = [(part.heading, _without_blank_lines(part.body)) for part in parts]
        words = "\n\n".join(f"{heading}\n{body}" for heading, body in bodies if body)
    return Written(words, drawings.write(sites, risks), settings.LANGUAGE_CODE)


def _without_blank_lines(body):
    return "\n".join(line.strip() for line in body.splitlines() if line.strip())


def read(words, drawn=""):
    """The parts of a text that `write` wrote, with what is drawn."""
    picture, people = drawings.picture(drawn), drawings.people(drawn)
    for part in words.split("\n\n"):
        heading, _line, body = part.partition("\n")
        is_where = heading == where_heading()
        yield Part(heading, body, picture=picture if is_where else None, people=people)


def where_heading():
    return _("Where the needle goes")


def _is_near_lung(sites):
    return any(site.muscle.lung_risk != LungRisk.NO for site in sites)


def _parts(plan, text, sites, risks):
    guided = plan.guidance == Guidance.ULTRASOUND
    yield Part(_("Who and what"), _who_and_what(plan, text))
    yield Part(_("What it may bring"), text.benefit)
    yield Part(where_heading(), _points(_site_in_words(site) for site in sites))
    yield Part(_("What we inject"), _drugs(plan, text))
    yield Part(_("How we find the spot"), _guidance(plan, text))
    yield Part(_("Near your lung"), text.near_lung if _is_near_lung(sites) else "")
    yield Part(_("What lies close to the needle"), _points(_close_by(sites)))
    yield Part(_("Your blood thinner"), _thinner(plan.patient, text))
    yield Part(_("What can go wrong"), _points(f"{risk.name}: {risk.meaning} {risk.how_common}" for risk in risks))
    yield Part(_("What else you can do"), text.alternatives if plan.definition.uses_drugs else text.alternatives_dry)
    yield Part(_("Pictures"), text.images if guided else "")
    yield Part(_("You decide"), text.your_right)
    yield Part(_("Where this comes from"), _points(_sources(text, risks, sites)))


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
    happens = text.what_happens if plan.definition.uses_drugs else text.what_happens_dry
    return f"{who} {what} {by}\n{happens}"


def _site_in_words(site):
    words = {
        Side.LEFT: _("%(muscle)s, on the left"),
        Side.RIGHT: _("%(muscle)s, on the right"),
        Side.MIDDLE: _("%(muscle)s, in the middle"),
    }[site.side]
    return words % {"muscle": site.plain_muscle}


def _close_by(sites):
    """Each muscle once, with what lies close to it and can be hurt."""
    for name, muscle in {site.plain_muscle: site.muscle for site in sites}.items():
        if told := " ".join(risk.meaning for risk in muscle.site_risks.all()):
            yield f"{name}: {told}"


def thinner(patient, *, until=None):
    """The latest word about a blood thinner (until an instant, or ever) if the patient takes one, else None."""
    said = patient.alerts.filter(kind=AlertKind.BLOOD_THINNER)
    last = (said.filter(noted_at__lte=until) if until else said).first()
    return last if last and last.state == AlertState.PRESENT else None


def _thinner(patient, text):
    """What a blood thinner changes, with its name as the patient gave it; "" for who takes none, as far as is known."""
    last = thinner(patient)
    if last is None:
        return ""
    told = _("You told us: %(medicine)s.") % {"medicine": last.detail.rstrip(".")} if last.detail else ""
    return f"{told}\n{text.on_thinner}"


def _drugs(plan, text):
    if not plan.definition.uses_drugs:
        return _("Nothing. A thin needle alone goes into the knot.")
    numbing = _("Numbing medicine. It puts a small area to sleep for a while.")
    return f"{numbing}\n{text.off_label_steroid}" if plan.with_steroid else numbing


def _guidance(plan, text):
    found = text.with_ultrasound if plan.guidance == Guidance.ULTRASOUND else text.by_touch
    return f"{found}\n" + _("Why: %(reason)s") % {"reason": plan.guidance_reason}


def _risks(plan, sites):
    """Only those that apply: near the lung, of a medicine if one is injected, and of a steroid if there is one."""
    wanted = Q() if _is_near_lung(sites) else Q(only_near_lung=False)
    wanted &= Q() if plan.with_steroid else Q(only_with_steroid=False)
    wanted &= Q() if plan.definition.uses_drugs else Q(only_with_drugs=False)
    return list(Risk.objects.filter(wanted))


def _sources(text, risks, sites):
    yield _("Words of consent, version %(version)s. %(source)s") % {"version": text.version, "source": text.source}
    yield from (f"{risk.name}: {risk.source}" for risk in risks if risk.source)
    close = dict.fromkeys(risk for site in sites for risk in site.muscle.site_risks.all())
    yield from (f"{risk.name}: {risk.source}" for risk in close)


def _points(lines):
    return "\n".join(f"- {line}" for line in lines)


def steroids_of(procedure):
    """Names of the steroids that a record lists."""
    given = procedure.drugs.of_kind(DrugKind.STEROID).select_related("preparation")
    return list(dict.fromkeys(drug.preparation.name for drug in given))
