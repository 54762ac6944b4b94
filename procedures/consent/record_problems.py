"""What a record still lacks of plan and consent before it may be signed: a yes, and being what was agreed to."""

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from procedures import reasons
from procedures.consent import consents, replies, signers, wording
from procedures.models import ProcedurePlan, Side
from procedures.problems import Problem


def problems(procedure):
    """No valid consent that was confirmed on the day; a record that differs from what the patient agreed to."""
    plans = ProcedurePlan.objects.prefetch_related("sites__muscle").select_related("definition")
    plan = plans.filter(appointment=procedure.appointment_id).first()
    sentence = _no_consent(procedure, plan)
    if sentence and (asked := reasons.unanswered(sentence, procedure.no_consent_reason)):
        url = reverse("practice-visit", args=[procedure.appointment_id]) + "#consent"
        yield Problem(asked, "record", "no_consent_reason", url=url)
    if plan and (found := differences(procedure, plan)):
        sentence = _("The record is not what was planned: %(differences)s. Correct what is wrong, or write why.")
        if asked := reasons.unanswered(sentence % {"differences": "; ".join(found)}, procedure.differs_reason):
            yield Problem(asked, "record", "differs_reason")


def _no_consent(procedure, plan):
    if plan is None:
        return _("This visit has no plan, so the patient has agreed to nothing in writing. Write why.")
    consent = consents.standing(plan)
    if consent is None:
        if no := replies.standing_no(plan):
            sentence = _(
                "The patient said no on %(when)s. Talk about it, and let it be signed, or write when they said yes."
            )
            return sentence % {"when": date_format(timezone.localtime(no.said_at), "j F Y, H:i")}
        if plan.consents.exists():
            return _("The consent was taken back, or ended when the plan changed. Let it be signed, or write why not.")
        return _("The patient has not signed the consent. Let it be signed, or write why not.")
    if sentence := signers.unknown(consent):
        return sentence
    if wording.thinner(consent.patient) and not wording.thinner(consent.patient, until=consent.signed_at):
        return _(
            "The patient takes a blood thinner, and the consent was signed before that was known. "
            "Say what it changes, and write what the patient said, or let it be signed again."
        )
    if not consents.was_said_on(consent, procedure.performed_on):
        return _("The patient has not said yes again on the day. Ask and confirm it, or write why not.")
    return ""


def differences(procedure, plan):
    """Each difference between the record and the plan, in words: "Piriformis: planned left, recorded right"."""
    sites = list(procedure.sites.select_related("muscle"))
    found = []
    if procedure.definition_id != plan.definition_id:
        found.append(_difference(_("procedure"), plan.definition, procedure.definition))
    if sites:
        found += _site_differences(plan.sites.all(), sites)
        found += _guidance_differences(plan, sites)
    found += _steroid_differences(procedure, plan)
    return found


def _difference(what, planned, recorded):
    words = {"what": what, "planned": planned, "recorded": recorded}
    return _("%(what)s: planned %(planned)s, recorded %(recorded)s") % words


def _site_differences(planned, recorded):
    names = {_muscle(site): site.clinical_muscle for site in (*planned, *recorded)}
    for muscle, name in names.items():
        was, now = _sides(planned, muscle), _sides(recorded, muscle)
        if was != now:
            yield _difference(name, _listed(was), _listed(now))


def _muscle(site):
    """One that is not in the list is known by its words only."""
    return site.muscle_id, site.which_muscle.strip().lower()


def _sides(sites, muscle):
    return {site.side for site in sites if _muscle(site) == muscle}


def _listed(sides):
    return _(" and ").join(str(side.label) for side in Side if side in sides) or _("not at all")


def _guidance_differences(plan, sites):
    other = [site for site in sites if site.guidance != plan.guidance]
    if other:
        names = ", ".join(dict.fromkeys(site.muscle.clinical_name for site in other))
        yield _difference(names, plan.get_guidance_display(), other[0].get_guidance_display())


def _steroid_differences(procedure, plan):
    steroids = wording.steroids_of(procedure)
    if bool(steroids) == plan.with_steroid:
        return
    if steroids:
        yield _difference(_("medicine"), _("no steroid"), ", ".join(steroids))
    elif procedure.drugs.exists():
        yield _difference(_("medicine"), _("a steroid"), _("no steroid"))
