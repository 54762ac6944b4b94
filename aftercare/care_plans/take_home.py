"""What a patient takes home after an injection, in plain words: muscles, medicines, what to expect, when to call."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import formats

from clinic.models import GlossaryTerm
from procedures.models import DrugKind, Procedure, ProcedureStatus

TERM_OF = {DrugKind.LOCAL_ANAESTHETIC: "local-anaesthetic", DrugKind.STEROID: "steroid"}


@dataclass(frozen=True)
class Medicine:
    """One product over all sites; `mg` is None where it has no strength (saline)."""

    name: str
    mg: Decimal | None
    volume_ml: Decimal
    meaning: str
    is_steroid: bool
    is_numbing: bool

    @property
    def amount(self):
        """With as many decimals as it has: 17.5, not 17.500."""
        return formats.number_format(self.volume_ml.normalize() if self.mg is None else self.mg.normalize())


def record_of(appointment):
    """The record to show for this visit: the signed one; a void one if there is no other; else None."""
    records = Procedure.objects.filter(appointment=appointment).exclude(status=ProcedureStatus.DRAFT)
    records = records.select_related(
        *("definition", "performed_by", "patient", "care_plan__referral__appointment", "void_request")
    )
    records = records.prefetch_related("sites__muscle", "drugs__preparation__drug")
    return min(records, key=lambda record: (not record.is_signed, -record.pk), default=None)


def medicines_of(procedure):
    """Each product once, with its mg and mL added up over the sites, and what it does."""
    meanings = dict(GlossaryTerm.objects.filter(slug__in=TERM_OF.values()).values_list("slug", "meaning"))
    by_product = {}
    for given in procedure.drugs.all():
        by_product.setdefault(given.preparation, []).append(given)
    return [_medicine(product, given, meanings) for product, given in by_product.items()]


def _medicine(product, given, meanings):
    kind = product.drug.kind
    return Medicine(
        name=product.drug.name,
        mg=None if product.mg_per_ml is None else sum(each.volume_ml * product.mg_per_ml for each in given),
        volume_ml=sum(each.volume_ml for each in given),
        meaning=meanings.get(TERM_OF.get(kind), ""),
        is_steroid=kind == DrugKind.STEROID,
        is_numbing=kind == DrugKind.LOCAL_ANAESTHETIC,
    )
