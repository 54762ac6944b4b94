"""Which product is in a pack: named by whoever first signs a record with such a pack, confirmed by somebody else."""

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from clinic import worklist
from clinic.errors import DomainError, MoveNotAllowed
from procedures import work_kinds
from procedures.models import DrugAdministration, PackCode
from procedures.problems import Problem
from procedures.records import pack_scans


def known():
    """GTIN -> the standing PackCode, confirmed or not, with its product."""
    return {code.gtin: code for code in PackCode.objects.standing().select_related("preparation", "named_by")}


def problems(procedure):
    """A confirmed pack holds another product than the record says: one Problem for each such drug."""
    scanned = [drug for drug in procedure.drugs.select_related("preparation") if drug.gtin]
    if not scanned:
        return
    codes = known()
    for drug in scanned:
        code = codes.get(drug.gtin)
        if code and code.is_confirmed and code.preparation_id != drug.preparation_id:
            yield Problem(wrong_product(code, drug.preparation), "drugs", "preparation", row=drug)


def wrong_product(code, chosen):
    sentence = _("The pack that was scanned is %(scanned)s. Here stands %(chosen)s. Look at the pack, and correct one.")
    return sentence % {"scanned": code.preparation, "chosen": chosen}


def pack_of(gtin, lot):
    """A scanned pack and its lot in one text, for another lot may come from another maker. "" for none."""
    return f"{gtin}:{lot}" if gtin else ""


def gtin_in(pack, *, lot):
    """The GTIN of a `pack_of`; "" if another lot was typed since, for then nobody has scanned it."""
    gtin, _colon, scanned_lot = pack.partition(":")
    return pack_scans.gtin_of(gtin) if scanned_lot in ("", lot.strip().upper()) else ""


def said(gtin, code, *, chosen=None):
    """What a reader must know about a scanned pack: a sentence, and whether it contradicts the `chosen` product.

    `code` is its standing PackCode, None for a pack that nobody knows.
    """
    if code is None:
        return _("Pack %(gtin)s is new here: choose its product. Somebody else confirms it later.") % {
            "gtin": gtin
        }, False
    if chosen is not None and chosen != code.preparation:
        return wrong_product(code, chosen), True
    words = (
        _("Scanned: %(product)s.")
        if code.is_confirmed
        else _("Scanned: %(product)s, as %(name)s says. Nobody else has confirmed it: compare it with the label.")
    )
    return words % {"product": code.preparation, "name": code.named_by}, False


def name(gtin, preparation, *, by, at):
    """Say which product is in the packs with this number; it counts once somebody else has confirmed it.

    Whoever has named it may name it anew. Raises DomainError for the field `gtin` when it is no GTIN (its check digit
    is wrong), or a colleague has named it already.
    """
    digits = pack_scans.gtin_of(gtin)
    if not digits:
        raise DomainError(_("This is not the number of a pack: one of its digits is wrong."), field="gtin")
    with transaction.atomic():
        standing = PackCode.objects.standing().select_for_update().filter(gtin=digits).first()
        if standing and (standing.is_confirmed or standing.named_by_id != by.pk):
            sentence = _("This pack is known already, as %(product)s. If that is wrong, say so there first.")
            raise DomainError(sentence % {"product": standing.preparation}, field="gtin")
        if standing:
            _end(standing, by=by, at=at)
        code = PackCode.objects.create(gtin=digits, preparation=preparation, named_by=by, named_at=at)
        _open_item(code, at=at)
    return code


def name_new(procedure, *, at):
    """The record is signed: its packs that nobody had named are what the record says."""
    for drug in procedure.drugs.exclude(gtin="").select_related("preparation"):
        said = {"preparation": drug.preparation, "named_by": procedure.signed_by, "named_at": at}
        code, is_new = PackCode.objects.standing().get_or_create(gtin=drug.gtin, defaults=said)
        if is_new:
            _open_item(code, at=at)


def confirm(code, *, by, at):
    """Raises MoveNotAllowed for whoever has named it, and once it has ended. Repeating it changes nothing."""
    with transaction.atomic():
        code = _standing(code)
        if code.is_confirmed:
            return code
        if code.named_by_id == by.pk:
            raise MoveNotAllowed(_("You have named this pack yourself. Somebody else has to look at it."))
        code.confirmed_by, code.confirmed_at = by, at
        code.save(update_fields=["confirmed_by", "confirmed_at"])
        worklist.settle(work_kinds.PACK_NAMED, cause=code.pk, note=_("the pack is confirmed"), at=at)
    return code


def end(code, *, by, at):
    """It is another product: the next who scans the pack is asked again. Raises MoveNotAllowed once it has ended."""
    with transaction.atomic():
        code = _standing(code)
        _end(code, by=by, at=at)
    return code


def _standing(code):
    code = PackCode.objects.select_for_update().get(pk=code.pk)
    if code.ended_at:
        raise MoveNotAllowed(_("This has been taken back meanwhile."))
    return code


def _end(code, *, by, at):
    code.ended_by, code.ended_at = by, at
    code.save(update_fields=["ended_by", "ended_at"])
    worklist.settle(work_kinds.PACK_NAMED, cause=code.pk, note=_("it is another product"), at=at)


def _open_item(code, *, at):
    sentence = _("%(name)s says that the pack %(gtin)s is %(product)s. Somebody else has to look at such a pack.")
    what = sentence % {"name": code.named_by, "gtin": code.gtin, "product": code.preparation}
    worklist.open(work_kinds.PACK_NAMED, cause=code.pk, what_to_say=what, due_at=at)


def listed():
    """All standing codes, each with how many `records` name the pack, and how many `others` of them another product."""
    codes = list(PackCode.objects.standing().select_related("preparation", "named_by", "confirmed_by"))
    given = DrugAdministration.objects.filter(gtin__in=[code.gtin for code in codes]).order_by()
    counted = {}
    for gtin, preparation, records in given.values_list("gtin", "preparation").annotate(
        Count("procedure", distinct=True)
    ):
        counted.setdefault(gtin, {})[preparation] = records
    for code in codes:
        of_code = counted.get(code.gtin, {})
        code.records = sum(of_code.values())
        code.others = code.records - of_code.get(code.preparation_id, 0)
    return sorted(codes, key=lambda code: (code.is_confirmed, str(code.preparation), code.gtin))
