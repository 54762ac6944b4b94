"""Which dose limits are in force: a version is proposed with its source, and applies once a physician has signed it."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.errors import DomainError, MoveNotAllowed
from procedures.models import DoseLimit, DosePeriod, DoseProfile, Drug, DrugKind


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

    Signing a signed one again changes nothing. Raises MoveNotAllowed for a version older than the one in force.
    """
    key = LimitKey.of(limit)
    with transaction.atomic():
        versions = list(key.versions.select_for_update().order_by("version"))
        limit = next(each for each in versions if each.pk == limit.pk)
        if limit.is_signed:
            return limit
        if any(each.is_signed and each.version > limit.version for each in versions):
            raise MoveNotAllowed(_("A newer version of this limit has been signed. Propose a new one instead."))
        key.versions.in_force().update(replaced_at=at)
        limit.signed_by, limit.signed_at = by, at
        limit.save(update_fields=["signed_by", "signed_at"])
    return limit


def propose_limit(key, *, source, mg_per_kg=None, max_mg=None):
    """Write the next version of the limit that a LimitKey names, not in force yet.

    `mg_per_kg` (of body weight) or `max_mg` may be None, not both. Raises DomainError for the field `drug`
    when it is no local anaesthetic: no source gives others a limit here.
    """
    if key.drug.kind != DrugKind.LOCAL_ANAESTHETIC:
        raise DomainError(_("Only local anaesthetics have dose limits here."), field="drug")
    with transaction.atomic():
        newest = max((each.version for each in key.versions.select_for_update()), default=0)
        return DoseLimit.objects.create(
            **vars(key), mg_per_kg=mg_per_kg, max_mg=max_mg, source=source, version=newest + 1
        )
