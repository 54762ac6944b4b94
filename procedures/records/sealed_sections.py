"""What stood around a record at its signature, and is sealed with it: the dose, the warnings, the consent."""

from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.approvals import versions
from procedures.consent import consents
from procedures.dosing import record_dose
from procedures.dosing.dose_meter import DoseRefused
from procedures.models import ProcedurePlan
from procedures.records import sealed_facts, sealed_parts, signing
from procedures.records.sealed_content import SECTIONS, Section
from procedures.records.sealed_words import DOSE, block, pairs, words
from procedures.screening import safety_questions

PLACES = Decimal("0.001")


# The dose against the limits of then


def dose_facts(procedure):
    """The verdict, each drug with its limit, and what was given before; None if no dose could be reckoned."""
    found = _meter(procedure)
    if found is None:
        return None
    return {
        "verdict": found.verdict.value,
        "total": sealed_facts.plain(found.total.quantize(PLACES)),
        "rows": [_row_facts(row) for row in found.rows],
        "before": [_before_facts(given) for given in record_dose.earlier(procedure, at=procedure.signed_at)],
    }


def dose_blocks(procedure):
    found = _meter(procedure)
    said = pairs(procedure, sorted(DOSE))
    if found is None:
        return [block(_("Dose"), said)]
    columns = [_("Drug"), _("Now (mg)"), _("Before (mg)"), _("Limit (mg)"), _("Share"), _("Source of the limit")]
    rows = [_row_words(row) for row in found.rows if row.is_anaesthetic]
    said += [(_("All together"), f"{words(found.shown_total)}, {found.verdict.label}")] if rows else []
    before = record_dose.earlier(procedure, at=procedure.signed_at)
    listed = [[given.drug, given.why, words(given.counts)] for given in before]
    return [
        block(_("Dose"), said, columns=columns if rows else [], rows=rows),
        block(_("Given before"), columns=[_("Drug"), _("When and why"), _("Counted")], rows=listed),
    ]


def _meter(procedure):
    try:
        return record_dose.of_record(procedure, at=procedure.signed_at)
    except DoseRefused:
        return None


def _row_facts(row):
    return {
        "drug": {"key": row.drug.pk, "is": str(row.drug)},
        "with_adrenaline": row.with_adrenaline,
        **{name: sealed_facts.plain(getattr(row, name)) for name in ("volume_ml", "mg", "earlier_mg")},
        "most_mg": sealed_facts.plain(row.ceiling.mg) if row.ceiling else None,
        "limit": sealed_facts.of_row(row.ceiling.limit) if row.ceiling else None,
    }


def _row_words(row):
    limit = row.ceiling and row.ceiling.limit
    name = _("%(drug)s with adrenaline") % {"drug": row.drug} if row.with_adrenaline else str(row.drug)
    version = _("version %(number)s: %(source)s") % {"number": limit.version, "source": limit.source} if limit else ""
    most = words(row.ceiling.mg) if limit else _("none signed")
    return [name, words(row.mg), words(row.earlier_mg), most, words(row.shown_share), version]


def _before_facts(given):
    about = {"key": given.drug.pk, "is": str(given.drug)}
    return {"drug": about, "counts": bool(given.counts), "why": str(given.why)}


# The warnings that were read, with what answers each


def warning_facts(procedure):
    return [[warning.field, str(warning.sentence)] for warning in signing.warnings(procedure)]


def warning_blocks(procedure):
    rows = [[warning.sentence, getattr(procedure, warning.field)] for warning in signing.warnings(procedure)]
    return [block(_("Warnings and answers"), columns=[_("Warning"), _("Answer")], rows=rows)]


# The consent, by the hash of its words, and the safety answers


def consent_facts(procedure):
    consent, answers = _consent_of(procedure), safety_questions.answered_for(procedure.appointment)
    signed = sealed_facts.of_row(consent) if consent else {}
    signed.pop("words", None)  # the row keeps them, and their hash stands here
    return {"consent": signed, "answers": sealed_facts.of_row(answers) if answers else {}}


def consent_blocks(procedure):
    consent = _consent_of(procedure)
    if consent is None:
        return []
    said = [
        (_("Signed by"), consent.signed_name),
        (_("Signed at"), words(consent.signed_at)),
        (_("Said again on the day"), words(consent.confirmed_at)),
        (_("Version of the wording"), consent.text.version),
        (_("SHA-256 of what was read"), consent.words_sha256),
    ]
    return [block(_("Consent"), [(label, value) for label, value in said if value])]


def _consent_of(procedure):
    plan = ProcedurePlan.objects.filter(appointment=procedure.appointment_id).first()
    return consents.standing(plan) if plan else None


# Which versions of the catalogue it was taken from


def catalogue_facts(procedure):
    return [
        {"model": each.model, "row": each.row, "version": each.number, "sha256": each.sha256}
        for each in _versions(procedure)
    ]


def _versions(procedure):
    return versions.of_rows(sealed_parts.pointed_to(procedure), at=procedure.signed_at)


SECTIONS.register(Section("dose", dose_facts, dose_blocks))
SECTIONS.register(Section("warnings", warning_facts, warning_blocks))
SECTIONS.register(Section("consent", consent_facts, consent_blocks))
SECTIONS.register(Section("catalogue", catalogue_facts, lambda procedure: []))
