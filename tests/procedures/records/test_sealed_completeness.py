"""The database signs nothing incomplete: asked 5,000 times, and compared with the same rules written a second time.

PostgreSQL takes many times as long: it is asked 1,500 times, 5,000 in the long form (CHAOS=full).
"""

import os
import random
from datetime import date, timedelta

import pytest
from django.db import connection

from clinic.models import Appointment, AppointmentStatus
from procedures.models import (
    Complication,
    ComplicationKind,
    DrugAdministration,
    InjectionSite,
    PainScore,
    Procedure,
)
from procedures.records import sealed_parts
from tests import factories
from tests.factories import NOW
from tests.procedures.records.sealed_records import refused, sql, written

pytestmark = pytest.mark.django_db


class Fuzz:
    """Drafts of all kinds, most of them incomplete. `says` names what is missing, by rules written a second time."""

    ROUNDS = 5_000 if connection.vendor == "sqlite" or os.environ.get("CHAOS") == "full" else 1_500

    def __init__(self):
        self.chance = random.Random(20_260)
        self.physician = factories.practitioner(hours=None)
        self.definition = factories.definition()
        self.product = factories.drug().preparation
        self.muscles = [factories.muscle(lung_risk=risk) for risk in ("no", "no", "upper", "yes")]
        self.patient = factories.patient()
        self.missing = {}

    def pick(self, right, *wrong):
        """Mostly right values: otherwise every record would lack a lot, and a missing check would go unnoticed."""
        return right if self.chance.random() < 0.94 else self.chance.choice(wrong)

    def write(self):
        visits = Appointment.objects.bulk_create(
            Appointment(
                starts_at=NOW + timedelta(hours=number),
                ends_at=NOW + timedelta(hours=number, minutes=30),
                practitioner=self.physician,
                visit_type=self.definition.visit_type,
                patient=self.patient,
                status=AppointmentStatus.FULFILLED,
            )
            for number in range(self.ROUNDS)
        )
        drafts = Procedure.objects.bulk_create([self.record(visit) for visit in visits])
        parts = {InjectionSite: [], DrugAdministration: [], PainScore: [], Complication: []}
        for draft in drafts:
            self.missing[draft.pk] = {
                *self.about_the_record(draft),
                *self.sites(draft, parts),
                *self.drugs(draft, parts),
                *self.pain(draft, parts),
                *self.complications(draft, parts),
            }
        for model, rows in parts.items():
            model.objects.bulk_create(rows, batch_size=2_000)
        sealed_parts.seal(Procedure.objects.all())
        return drafts

    def record(self, visit):
        return Procedure(
            appointment=visit,
            patient=self.patient,
            definition=self.definition,
            performed_by=self.physician,
            performed_on=visit.on,
            observation_minutes=self.pick(15, None),
            needles_in=self.pick(2, None),
            needles_out=self.pick(2, None),
            had_complications=self.pick(self.chance.choice([True, False]), None),
        )

    def about_the_record(self, draft):
        names = ("observation_minutes", "needles_in", "needles_out", "had_complications")
        return [name for name in names if getattr(draft, name) is None]

    def sites(self, draft, parts):
        sites = [
            factories.site(
                procedure=draft,
                muscle=self.chance.choice(self.muscles),
                guidance=self.chance.choice(["landmark", "ultrasound"]),
                depth_mm=self.pick(20, None),
                is_confirmed=self.pick(True, False),
                no_ultrasound_reason=self.pick("Flat angle.", "", "  "),
            )
            for _ in range(self.pick(self.chance.randint(1, 3), 0))
        ]
        parts[InjectionSite] += sites
        if not sites:
            yield "site"
        for site in sites:
            if not site.is_confirmed or site.depth_mm is None:
                yield "site unsaid"
            if site.muscle.has_lung_risk and site.guidance == "landmark" and not site.no_ultrasound_reason.strip():
                yield "lung"

    def drugs(self, draft, parts):
        drugs = [
            DrugAdministration(
                procedure=draft,
                preparation=self.product,
                volume_ml=2,
                lot=self.pick("A1", "   "),
                expires_on=self.pick(draft.performed_on, draft.performed_on - timedelta(days=1)),
                given_on=date(2026, 1, 1),  # as an import may contain
            )
            for _ in range(self.pick(self.chance.randint(1, 2), 0))
        ]
        parts[DrugAdministration] += drugs
        if not drugs:
            yield "drug"
        for drug in drugs:
            if not drug.lot.strip() or drug.expires_on < draft.performed_on:
                yield "lot"

    def pain(self, draft, parts):
        for moment in ("before", "after"):
            if self.pick(True, False):
                parts[PainScore].append(PainScore(procedure=draft, moment=moment, score=self.chance.randint(0, 10)))
            else:
                yield f"pain {moment}"

    def complications(self, draft, parts):
        kinds = ComplicationKind.values if self.pick(bool(draft.had_complications), not draft.had_complications) else []
        parts[Complication] += [Complication(procedure=draft, kind=kind, what_was_done="Helped.") for kind in kinds[:1]]
        if draft.had_complications is not None and draft.had_complications != bool(kinds):
            yield "complications"


def test_database_signs_no_incomplete_record_and_every_complete_one():
    fuzz = Fuzz()
    drafts = fuzz.write()
    sign = "UPDATE procedures_procedure SET status = 'signed', signed_at = %s, signed_by_id = %s WHERE id = %s"
    by, wrong = factories.user().pk, []

    for draft in drafts:
        if refused(sign, NOW, by, draft.pk) != bool(fuzz.missing[draft.pk]):
            wrong.append((draft.pk, fuzz.missing[draft.pk]))

    assert wrong == []
    alone = {next(iter(missing)) for missing in fuzz.missing.values() if len(missing) == 1}
    assert len(alone) == 12  # each was the only thing missing somewhere, so each check was asked on its own
    complete = sum(not missing for missing in fuzz.missing.values())
    assert 0.2 < complete / len(drafts) < 0.6


@pytest.mark.parametrize("fields", [{"signed_by_id": None}, {"signed_at": None}])
def test_signature_says_who_and_when(fields):
    written()
    who = {"signed_by_id": factories.user().pk, "signed_at": NOW} | fields

    assert refused(
        "UPDATE procedures_procedure SET status = 'signed', signed_at = %s, signed_by_id = %s",
        who["signed_at"],
        who["signed_by_id"],
    )


def test_record_begins_as_a_draft_and_a_draft_is_not_voided():
    written()

    assert refused(
        "UPDATE procedures_procedure SET status = 'entered-in-error', signed_at = created_at, signed_by_id = 1"
    )
    assert sql("DELETE FROM procedures_ultrasoundimage") == 1
