"""The signed record as a PDF: the same bytes each time, with the hash, the notes and a void on it."""

import hashlib
import io

import pytest
from django.urls import reverse

from clinic.models import AuditEvent
from procedures.models import RecordSeal
from procedures.records import record_pdf, sealed_content, signing, voiding
from procedures.records.voiding import Said
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

# Of `WRITTEN` below. If it changes, the library draws otherwise: every PDF that was given away has other bytes now.
KNOWN = "42043ab57e1582e95df5e1e5662e6ef11771081ce617a7ead14c858531f3abf0"
WRITTEN = {
    "language": "en",
    "words": [
        {"heading": "Record", "pairs": [["Patient", "Rūta Ąžuolaitė"]], "columns": [], "rows": []},
        {"heading": "Where", "pairs": [], "columns": ["Muscle", "Side"], "rows": [["Trapezius", "left"]]},
        {"heading": "Note", "pairs": [["Note", "Tender band.\n" * 90]], "columns": [], "rows": []},
    ],
}


@pytest.fixture
def record():
    factories.protocol()
    return factories.signed(signed_at=NOW, once={"note": "Tender band, ąčęėįšųūž."})


def written():
    text = sealed_content.canonical(WRITTEN)
    return RecordSeal(number=1, of="signature", content=text, sha256=sealed_content.digest(text), made_at=NOW)


def pdf_of(record):
    return record_pdf.drawn(record.seals.all())


def test_the_same_seals_give_the_same_bytes_years_later(time_machine, record):
    first = pdf_of(record)

    time_machine.move_to("2046-01-01 12:00Z")

    assert pdf_of(record) == first
    assert record.seals.get().sha256.encode() not in first  # it is drawn, in letters of the font


def test_library_draws_as_it_did():
    assert hashlib.sha256(record_pdf.drawn([written()])).hexdigest() == KNOWN


def test_notes_and_a_void_stand_on_it(record):
    alone = pdf_of(record)
    signing.amend(record, text="He called.", by=factories.user(), at=NOW)
    with_note = pdf_of(record)
    request = voiding.ask(record, Said("Wrong patient was written.", "nobody"), by=factories.user(), at=NOW)
    voiding.agree(request, by=factories.user(), at=NOW)

    assert len({alone, with_note, pdf_of(record)}) == 3


def test_physician_saves_it_and_the_audit_trail_says_so(client, record):
    client.force_login(factories.user("physician"))
    address = reverse("practice-record-pdf", args=[record.appointment_id, record.pk])

    answer = client.get(address)

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="record-{record.pk}.pdf"'
    assert io.BytesIO(answer.content).read(5) == b"%PDF-"
    assert AuditEvent.objects.filter(patient=record.patient, what="procedure record, as a file").exists()


def test_draft_is_no_file(client):
    draft = factories.draft()
    client.force_login(factories.user("physician"))

    answer = client.get(reverse("practice-record-pdf", args=[draft.appointment_id, draft.pk]))

    assert [answer.status_code, draft.seals.count()] == [404, 0]
