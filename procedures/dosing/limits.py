"""Which dose limits are in force: a version is proposed with its source, and applies once a physician has signed it."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib import references
from procedures.dosing import bounds
from procedures.models import DoseLimit, DosePeriod, DoseProfile, Drug, DrugKind

TRIAMCINOLONE = "triamcinolone"  # what steroids are compared with
PERIODS = {
    DrugKind.LOCAL_ANAESTHETIC: [DosePeriod.PROCEDURE, DosePeriod.DAY],
    DrugKind.STEROID: [DosePeriod.PROCEDURE, DosePeriod.REGION, DosePeriod.YEAR],
}
FAR_ABOVE = 10**6


@dataclass(frozen=True)
class LimitKey:
    """What one limit is for; at most one version of each is in force."""

    profile: DoseProfile
    drug: Drug
    with_adrenaline: bool
    period: DosePeriod

    @classmethod
    def of(cls, limit):
        return cls(limit.profile, limit.drug, limit.with_adrenaline, limit.period)

    @property
    def versions(self):
        return DoseLimit.objects.filter(**vars(self))


def sign_limit(limit, *, by, at):
    """Sign a limit as the physician `by`, which puts it in force; the version in force before is replaced.

    Signing a signed one again changes nothing. Raises MoveNotAllowed for a version older than the one in force, and
    for whatever `signing_refusal` says.
    """
    key = LimitKey.of(limit)
    with transaction.atomic():
        versions = list(key.versions.select_for_update().order_by("version"))
        limit = next(each for each in versions if each.pk == limit.pk)
        if limit.is_signed:
            return limit
        if any(each.is_signed and each.version > limit.version for each in versions):
            raise MoveNotAllowed(_("A newer version of this limit has been signed. Propose a new one instead."))
        if sentence := signing_refusal(limit, by=by):
            raise MoveNotAllowed(sentence)
        key.versions.in_force().update(replaced_at=at)
        limit.signed_by, limit.signed_at = by, at
        limit.save(update_fields=["signed_by", "signed_at"])
    return limit


def signing_refusal(limit, *, by):
    """Why this physician cannot put this limit in force, in a sentence; "" when they can.

    Who proposed it is not who signs it; its source can be looked up; it is within the bound of the program.
    """
    if limit.proposed_by_id == by.pk:
        return _("You proposed this limit. Another physician reads its source and signs it.")
    if limit.proposed_by_id is None and limit.version > 1:
        return _("Nobody knows any more who proposed this limit. Propose it anew.")
    return references.refusal_of(limit.source) or bound_refusal(limit)


def bound_refusal(limit):
    """Why this limit allows more than any source read for the program, in a sentence; "" when it does not."""
    if limit.period != DosePeriod.PROCEDURE:
        return ""
    bound = bounds.of(limit.drug_id, with_adrenaline=limit.with_adrenaline)
    if bound is None:
        return _("No source for the most of %(drug)s is known to the program, so no limit of it can be signed.") % {
            "drug": limit.drug
        }
    is_above = (limit.max_mg or 0) > bound.max_mg or (limit.mg_per_kg or 0) > (bound.mg_per_kg or FAR_ABOVE)
    most = {"drug": limit.drug, "mg": f"{bound.max_mg:f}", "rate": f"{bound.mg_per_kg or 0:f}", "source": bound.source}
    if not is_above:
        return ""
    if bound.mg_per_kg is None:
        return _("No limit of %(drug)s for one visit is above %(mg)s mg, whoever signs it: %(source)s") % most
    return _("No limit of %(drug)s is above %(rate)s mg/kg or %(mg)s mg, whoever signs it: %(source)s") % most


def propose_limit(key, *, numbers, source, by, at):
    """Write the next version of the limit that a LimitKey names, not in force yet, as the proposal of `by`.

    `numbers` are `mg_per_kg` (of body weight), `max_mg` or both. Raises DomainError for the field that is wrong: a
    `drug` that has no limits of this profile, a `period` that it does not have, a `source` that nobody can look up,
    `max_mg` above the bound of the program.
    """
    _refuse_unfit(key)
    if sentence := references.refusal_of(source):
        raise DomainError(sentence, field="source")
    numbers = numbers | {"source": source}
    if sentence := bound_refusal(DoseLimit(**vars(key), **numbers)):
        raise DomainError(sentence, field="max_mg" if numbers.get("max_mg") else "mg_per_kg")
    with transaction.atomic():
        newest = max((each.version for each in key.versions.select_for_update()), default=0)
        return DoseLimit.objects.create(**vars(key), **numbers, version=newest + 1, proposed_by=by, proposed_at=at)


def _refuse_unfit(key):
    if key.profile.kind != key.drug.kind or key.drug.kind not in PERIODS:
        raise DomainError(_("This profile has no limits for such drugs."), field="drug")
    if key.period not in PERIODS[key.drug.kind]:
        raise DomainError(_("Such drugs have no limit for this time."), field="period")
    if key.drug.kind == DrugKind.STEROID and key.period != DosePeriod.PROCEDURE and key.drug.pk != TRIAMCINOLONE:
        raise DomainError(_("For more than one visit all steroids count together, as triamcinolone."), field="drug")
