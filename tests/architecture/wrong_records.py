"""The wrong records and pictures that the matrix of addresses needs, and with them what colleagues do."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from procedures.records import images, voiding
from procedures.records.voiding import Said
from tests import factories
from tests.architecture import at_work
from tests.clinic.lib import hostile_images


def made(procedure, physician, *, by):
    """A signed record that somebody wants to void, one that was voided, a draft with a picture: by address."""
    now, of_patient = timezone.now(), {"patient": procedure.patient, "practitioner": physician}
    voiding.ask(procedure, Said("Wrong.", "nobody"), by=factories.user(), at=now)
    before = factories.signed(starts_at=now - timedelta(hours=8), signed_at=now - timedelta(hours=7), **of_patient)
    voiding.agree(voiding.ask(before, Said("Wrong.", "nobody"), by=by, at=now), by=factories.user(), at=now)
    draft = factories.draft(starts_at=now - timedelta(hours=1), **of_patient)
    file = SimpleUploadedFile("picture.png", hostile_images.saved())
    (picture,), _refused = images.add(draft, [file], by=by, at=now)
    record, pictures = {"pk": procedure.appointment_id}, {"pk": draft.appointment_id}
    return {
        **at_work.arguments(procedure.patient, procedure),
        **{f"practice-record-void{act}": record for act in ("", "-agree", "-keep")},
        "practice-record-pdf": {"pk": before.appointment_id, "record": before.pk},
        "practice-record-voided": {"pk": before.appointment_id, "record": before.pk},
        "practice-record-images": pictures,
        **{f"practice-record-image{part}": pictures | {"image": picture.pk} for part in ("", "-thumbnail", "-remove")},
    }
