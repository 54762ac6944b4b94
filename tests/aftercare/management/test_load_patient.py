"""What a patient took along can be loaded again: the same rows, the same pictures, and no way in for anybody."""

import io
import json
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from PIL import Image

from clinic.models import AuditEvent, AuditLink, Patient, PatientAccess, Practitioner, User, VisitType
from clinic.people import audit_chain
from clinic.privacy import own_data, own_data_file
from procedures.models import Procedure
from procedures.records import images, seals, signing
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
KEPT = {AuditEvent, AuditLink, PatientAccess}


@pytest.fixture
def folder(settings, tmp_path):
    settings.IMAGES_DIR = tmp_path / "images"
    return settings.IMAGES_DIR


@pytest.fixture
def patient(folder):
    """Treated, with a picture and an answer afterwards; somebody else wrote about the same visit's messages."""
    factories.protocol()
    draft = factories.draft()
    drawn = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(drawn, "PNG")
    images.add(draft, [ContentFile(drawn.getvalue(), name="a.png")], by=factories.user(), at=NOW)
    plan = signing.sign(draft, by=factories.user(name="Dr Signing"), at=NOW).care_plan
    plan.symptom_checks.create(patient=plan.patient, outcome="red", own_words="It hurts")
    factories.prescription(plan)
    return plan.patient


def taken_along(patient, path):
    with path.open("wb") as out:
        own_data_file.write(patient, out, at=NOW)
    return json.loads(zipfile.ZipFile(path).read("data.json"))


def forget_everything(folder):
    """As in a database that never knew this patient, nor who treated."""
    seals.lift()
    for model in own_data._own_models() - KEPT:
        model._base_manager.all()._raw_delete("default")
    Practitioner.objects.all()._raw_delete("default")
    VisitType.objects.all()._raw_delete("default")
    for path in folder.glob("*.*"):
        path.unlink()
    seals.seal(None, using="default")


def test_it_loads_again_as_it_was(patient, folder, tmp_path):
    file = tmp_path / "mine.zip"
    before = taken_along(patient, file)
    pictures = {path.name for path in folder.glob("*.png")}
    forget_everything(folder)

    call_command("load_patient", file, verbosity=0)

    after = taken_along(Patient.objects.get(pk=patient.pk), tmp_path / "again.zip")
    assert after["rows"] == before["rows"]
    assert after["around"] == before["around"]
    assert {path.name for path in folder.glob("*.png")} == pictures
    assert not Practitioner.objects.get().is_active


def test_a_loaded_record_is_sealed(patient, folder, tmp_path):
    taken_along(patient, tmp_path / "mine.zip")
    forget_everything(folder)

    call_command("load_patient", tmp_path / "mine.zip", verbosity=0)

    with pytest.raises(Exception, match="signed record"):
        Procedure.objects.update(note="Something else")


def test_what_is_here_is_never_written_over(patient, tmp_path):
    taken_along(patient, tmp_path / "mine.zip")
    Patient.objects.filter(pk=patient.pk).update(given_name="Changed")

    with pytest.raises(CommandError, match="is here already"):
        call_command("load_patient", tmp_path / "mine.zip", verbosity=0)

    assert Patient.objects.get().given_name == "Changed"


def test_what_stands_around_must_be_the_same(patient, folder, tmp_path):
    taken_along(patient, tmp_path / "mine.zip")
    forget_everything(folder)
    number = patient.appointments.model.visit_type.field.related_model
    assert number is VisitType
    kind = json.loads(zipfile.ZipFile(tmp_path / "mine.zip").read("data.json"))
    (row,) = [one for one in kind["around"] if one["model"] == "clinic.visittype"]
    factories.visit_type(pk=row["pk"], name="Something else")

    with pytest.raises(CommandError, match="Something else"):
        call_command("load_patient", tmp_path / "mine.zip", verbosity=0)

    assert list(Patient.objects.all()) == []


def test_who_is_not_known_here_cannot_sign_in(patient, folder, tmp_path):
    taken_along(patient, tmp_path / "mine.zip")
    forget_everything(folder)
    signer = User.objects.get(name="Dr Signing")
    known = set(User.objects.exclude(pk=signer.pk).values_list("pk", flat=True))
    audit_chain.lift(using="default")
    AuditLink.objects.all()._raw_delete("default")
    AuditEvent.objects.filter(by=signer)._raw_delete("default")
    audit_chain.install(None, using="default")
    User.objects.filter(pk=signer.pk)._raw_delete("default")

    call_command("load_patient", tmp_path / "mine.zip", verbosity=0)

    loaded = User.objects.exclude(pk__in=known).get()
    assert (loaded.name, loaded.is_active, loaded.has_usable_password()) == ("Dr Signing", False, False)


@pytest.mark.parametrize("words", ["", "{}", '{"format": "clinic-patient", "version": 99}'])
def test_another_file_is_refused(tmp_path, words):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("data.json", words)

    with pytest.raises(CommandError, match="file"):
        call_command("load_patient", tmp_path / "other.zip", verbosity=0)
