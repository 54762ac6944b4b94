"""Which product is in a pack: one person says it, another confirms it; no record that says otherwise is signed."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import Role, WorkItem
from procedures.models import PackCode, Preparation
from procedures.records import pack_codes, signing
from tests import factories
from tests.factories import NOW
from tests.web import REFUSED, as_, main_words, refusal

pytestmark = pytest.mark.django_db
GTIN, OTHER = "04006381333931", "00000096385074"


@pytest.fixture
def lidocaine():
    return factories.drug().preparation


@pytest.fixture
def saline():
    return Preparation.objects.create(slug="saline", name="Saline 0.9 %", drug=factories.drug().preparation.drug)


def named(preparation, *, by=None):
    return pack_codes.name(GTIN, preparation, by=by or factories.user(Role.PHYSICIAN), at=NOW)


def confirmed(preparation):
    return pack_codes.confirm(named(preparation), by=factories.user(Role.MANAGER), at=NOW)


def draft_with(preparation, gtin=GTIN):
    factories.protocol()
    visit = factories.arrived()
    return factories.draft(visit, drugs=[factories.drug(preparation=preparation, gtin=gtin)])


def wrong(procedure):
    return [problem.sentence for problem in pack_codes.problems(procedure)]


def test_who_signs_with_a_pack_that_nobody_knows_names_it_and_somebody_is_asked_to_confirm(lidocaine):
    draft = draft_with(lidocaine)
    signer = factories.user(Role.PHYSICIAN)

    signing.sign(draft, by=signer, at=NOW)

    code = PackCode.objects.get()
    assert (code.gtin, code.preparation, code.named_by, code.is_confirmed) == (GTIN, lidocaine, signer, False)
    assert GTIN in WorkItem.objects.get(kind="pack_named").what_to_say


def test_second_person_confirms_and_the_task_ends(lidocaine):
    code = named(lidocaine)

    pack_codes.confirm(code, by=factories.user(Role.MANAGER), at=NOW)

    assert PackCode.objects.get().is_confirmed
    assert not WorkItem.objects.get(kind="pack_named").is_requested


def test_nobody_confirms_what_they_named_themselves(lidocaine):
    code = named(lidocaine)

    with pytest.raises(MoveNotAllowed):
        pack_codes.confirm(code, by=code.named_by, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        PackCode.objects.update(confirmed_by=code.named_by, confirmed_at=NOW)


def test_record_with_another_product_than_the_confirmed_pack_cannot_be_signed(lidocaine, saline):
    confirmed(saline)
    draft = draft_with(lidocaine)

    with pytest.raises(DomainError) as refused:
        signing.sign(draft, by=factories.user(Role.PHYSICIAN), at=NOW)

    assert f"The pack that was scanned is Saline 0.9 %. Here stands {lidocaine}." in str(refused.value)


@pytest.mark.parametrize("gtin", ["", OTHER])
def test_other_packs_and_what_was_typed_by_hand_are_not_held_against_it(lidocaine, saline, gtin):
    confirmed(saline)

    assert wrong(draft_with(lidocaine, gtin=gtin)) == []


def test_what_nobody_has_confirmed_stops_nobody(lidocaine, saline):
    named(saline)

    assert wrong(draft_with(lidocaine)) == []


def test_pack_that_was_named_wrongly_is_asked_about_again(lidocaine, saline):
    pack_codes.end(confirmed(saline), by=factories.user(Role.PHYSICIAN), at=NOW)

    assert wrong(draft_with(lidocaine)) == []
    assert named(lidocaine).gtin == GTIN
    assert PackCode.objects.standing().get().preparation == lidocaine


def test_colleague_cannot_name_it_anew_but_who_named_it_can(lidocaine, saline):
    code = named(saline)

    with pytest.raises(DomainError) as refused:
        named(lidocaine)

    assert "known already, as Saline 0.9 %" in str(refused.value)
    assert named(lidocaine, by=code.named_by).preparation == lidocaine


def test_number_with_a_wrong_digit_is_refused(lidocaine):
    with pytest.raises(DomainError) as refused:
        pack_codes.name("04006381333932", lidocaine, by=factories.user(), at=NOW)

    assert refused.value.field == "gtin"


def test_page_says_who_named_what_and_in_how_many_records_it_stands(lidocaine, saline):
    draft_with(lidocaine)
    code = named(saline)
    manager = as_(factories.user(Role.MANAGER))

    waiting = main_words(manager.get(reverse("practice-packs")))
    manager.post(reverse("practice-pack-confirm", args=[code.pk]))
    known = main_words(manager.get(reverse("practice-packs")))

    assert f"{GTIN} Saline 0.9 % {code.named_by}, 2 Mar 2026 – 1 , 1 says another product Confirm" in waiting
    assert "No pack is waiting." in known
    assert PackCode.objects.get().is_confirmed


def test_page_names_a_pack_that_was_scanned_there(lidocaine):
    user = factories.user(Role.MANAGER)
    sent = {"gtin": f"]d201{GTIN}1727123110AB", "preparation": lidocaine.pk}

    answer = as_(user).post(reverse("practice-packs"), sent, follow=True)

    assert "somebody else than you" in main_words(answer)
    assert refusal(as_(user).post(reverse("practice-pack-confirm", args=[PackCode.objects.get().pk]))) == REFUSED
    assert "one of its digits is missing or wrong" in main_words(
        as_(user).post(reverse("practice-packs"), sent | {"gtin": "123"})
    )
