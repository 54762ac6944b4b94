"""Which dose limits are in force: a version is proposed with its source, and applies once a physician has signed it."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.errors import DomainError, MoveNotAllowed
from procedures.models import DoseLimit, DosePeriod, DrugKind


@dataclass(frozen=True)
class LimitKey:
    """What one limit is for; at most one version of each is in force."""

    profile_id: str
    drug_id: str
    with_adrenaline: bool
    period: DosePeriod

    @classmethod
    def of(cls, limit):
        return cls(limit.profile_id, limit.drug_id, limit.with_adrenaline, limit.period)

    @property
    def versions(self):
        return DoseLimit.objects.filter(**vars(self))


def sign_limit(limit, *, by, at):
    """Sign a limit as the physician `by`, which puts it in force; the version in force before is replaced.

    Signing a signed one again changes nothing. Raises MoveNotAllowed for a version older than the one in force.
    """
    with transaction.atomic():
        versions = list(LimitKey.of(limit).versions.select_for_update().order_by("version"))
        limit = next(each for each in versions if each.pk == limit.pk)
        if limit.is_signed:
            return limit
        if any(each.is_signed and each.version > limit.version for each in versions):
            raise MoveNotAllowed(_("A newer version of this limit has been signed. Propose a new one instead."))
        LimitKey.of(limit).versions.in_force().update(replaced_at=at)
        limit.signed_by, limit.signed_at = by, at
        limit.save(update_fields=["signed_by", "signed_at"])
    return limit


def propose_limit(*, profile, drug, with_adrenaline, period, mg_per_kg, max_mg, source):
    """Write the next version of a limit (mg per kg of body weight, mg at most; one may be None), not in force yet.

    Raises DomainError for the field `drug` when it is no local anaesthetic: no source gives others a limit here.
    """
    if drug.kind != DrugKind.LOCAL_ANAESTHETIC:
        raise DomainError(_("Only local anaesthetics have dose limits here."), field="drug")
    key = LimitKey(profile.pk, drug.pk, with_adrenaline, period)
    with transaction.atomic():
        newest = max((each.version for each in key.versions.select_for_update()), default=0)
        return DoseLimit.objects.create(
            **vars(key), mg_per_kg=mg_per_kg, max_mg=max_mg, source=source, version=newest + 1
        )


def new_version(limit, *, source, mg_per_kg=None, max_mg=None):
    """The next version of this limit, to be signed; see `propose_limit`."""
    return propose_limit(
        profile=limit.profile,
        drug=limit.drug,
        with_adrenaline=limit.with_adrenaline,
        period=limit.period,
        mg_per_kg=mg_per_kg,
        max_mg=max_mg,
        source=source,
    )
