"""What a record must say before it may be signed: where, with what, how it went, and that the patient agreed."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import CredentialKind
from procedures import reasons
from procedures.models import ComplicationKind, Guidance, PainMoment, Side
from procedures.problems import Problem
from procedures.records import geometry

# "Do not needle both sides of the chest in one session": http://acts.co.za/allied-health-professions-act-1982/
# bn121_5_1_thorax.php (5.1); both lungs collapsed after both trapezius muscles (fcep.org case report, 2023).
ONE_SIDE = [{Side.LEFT}, {Side.RIGHT}]


def problems(procedure):
    """Each thing that is missing, a `Problem` with its place in the record."""
    sites = list(procedure.sites.select_related("muscle"))
    return [
        *_another_day(procedure),
        *_empty_parts(procedure, sites, list(procedure.drugs.all())),
        *_missing_of_sites(sites),
        *geometry.problems(procedure, sites),
        *_lung_problems(sites),
        *_both_sides_of_the_chest(procedure, sites),
        *_credential_problems(procedure, sites),
        *_missing_pain(procedure),
        *_missing_afterwards(procedure),
        *_complications(procedure),
    ]


def _another_day(procedure):
    if procedure.performed_on != procedure.appointment.on:
        sentence = _("The visit was moved to another day after this was written. Look at it, then save it again.")
        yield Problem(sentence, "record")


def _empty_parts(procedure, sites, drugs):
    if not sites:
        yield Problem(_("Add at least one injection site."), "sites", "muscle")
    if drugs and not procedure.definition.uses_drugs:
        sentence = _("%(procedure)s is done without a drug. Remove the drug, or choose another procedure.")
        yield Problem(sentence % {"procedure": procedure.definition}, "drugs", "preparation", row=drugs[0])
    if not drugs and procedure.definition.uses_drugs:
        yield Problem(_("Add at least one drug, with its lot and expiry date."), "drugs", "preparation")


def _missing_of_sites(sites):
    for site in sites:
        if site.depth_mm is None:
            yield Problem(_("Write how deep the needle went, in mm."), "sites", "depth_mm", row=site)
        if not site.twitch:
            yield Problem(_("Say whether the muscle twitched."), "sites", "twitch", row=site)
        if not site.is_confirmed:
            sentence = _("Stop before you inject: say the side and the spot aloud. Tick it when the patient agreed.")
            yield Problem(sentence, "sites", "is_confirmed", row=site)


def _lung_problems(sites):
    for site in sites:
        if not (site.muscle.has_lung_risk and site.guidance == Guidance.LANDMARK):
            continue
        sentence = _("%(muscle)s lies near the lung. Use ultrasound, or write why not.")
        sentence %= {"muscle": site.muscle.clinical_name}
        if asked := reasons.unanswered(sentence, site.no_ultrasound_reason):
            yield Problem(asked, "sites", "no_ultrasound_reason", row=site)


def _both_sides_of_the_chest(procedure, sites):
    """A needle in the middle may reach either lung, so beside any other it counts as both sides."""
    sides = [site.side for site in sites if site.muscle.has_lung_risk]
    if len(sides) > 1 and set(sides) not in ONE_SIDE:
        sentence = _(
            "Needles near the lung on the left and on the right in one visit: both lungs may be hurt at once. "
            "The advice is one side a visit (South African rule 5.1 for needling the thorax). "
            "Take one side out, or write why both."
        )
        if asked := reasons.unanswered(sentence, procedure.both_sides_reason, grave=True):
            yield Problem(asked, "record", "both_sides_reason")


def _credential_problems(procedure, sites):
    """One for the whole record: it is reported at the first guided site."""
    guided = next((site for site in sites if site.guidance == Guidance.ULTRASOUND), None)
    on = procedure.performed_on
    if guided is None or procedure.performed_by.has_credential(CredentialKind.ULTRASOUND, on=on):
        return
    sentence = _("%(name)s has no valid ultrasound credential for that day. Change the guidance or the physician.")
    yield Problem(sentence % {"name": procedure.performed_by}, "sites", "guidance", row=guided)


def _missing_pain(procedure):
    moments = set(procedure.pain_scores.values_list("moment", flat=True))
    if PainMoment.BEFORE not in moments:
        yield Problem(_("Choose the pain before, from 0 to 10."), "record", "pain_before")
    if PainMoment.AFTER not in moments:
        yield Problem(_("Choose the pain 10 minutes after, from 0 to 10."), "record", "pain_after")


def _missing_afterwards(procedure):
    if procedure.needles_in is None:
        yield Problem(_("Write how many needles you used."), "record", "needles_in")
    if procedure.needles_out is None:
        yield Problem(_("Count the needles after the last one, and write how many there are."), "record", "needles_out")
    if procedure.observation_minutes is None:
        yield Problem(_("Write for how many minutes you watched the patient."), "record", "observation_minutes")


def _complications(procedure):
    kinds = list(procedure.complications.values_list("kind", flat=True))
    if procedure.had_complications is None:
        yield Problem(_("Say whether anything went wrong."), "record", "had_complications")
    elif procedure.had_complications and not kinds:
        yield Problem(_("Choose what happened, and write what was done."), "complications", "kind")
    elif kinds and not procedure.had_complications:
        sentence = _("You said that nothing went wrong, but something is written. Say yes, or remove it.")
        yield Problem(sentence, "record", "had_complications")
    yield from _uncounted_needles(procedure, kinds)


def _uncounted_needles(procedure, kinds):
    used, out = procedure.needles_in, procedure.needles_out
    if None in (used, out) or used == out or ComplicationKind.NEEDLE in kinds:
        return
    sentence = ngettext(
        "%(used)s needle was used and %(out)s counted. Count again, or say that something went wrong: "
        "“needle broken or missing”.",
        "%(used)s needles were used and %(out)s counted. Count again, or say that something went wrong: "
        "“needle broken or missing”.",
        used,
    )
    yield Problem(sentence % {"used": used, "out": out}, "record", "needles_out")
