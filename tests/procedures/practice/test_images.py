"""The pages of ultrasound pictures: several at once, one bad file loses no others, and who may see them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEvent, Role
from procedures.models import UltrasoundImage
from procedures.records import signing
from procedures.records.signing import Entered
from tests import factories
from tests.clinic.lib.hostile_images import HTML, saved, speckle
from tests.web import NOT_FOUND, as_, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


@pytest.fixture
def draft(physician):
    return factories.draft(factories.arrived(practitioner=physician, starts_at=timezone.now() - timedelta(hours=1)))


def address_of(draft, name="practice-record-images", **more):
    return reverse(name, kwargs={"pk": draft.appointment_id} | more)


def file(name, data=None):
    """The type that the browser claims is not trusted."""
    return SimpleUploadedFile(name, saved(speckle()) if data is None else data, content_type="image/png")


def send(client, draft, *files, **more):
    return client.post(address_of(draft), {"patient": draft.patient_id, "files": list(files)} | more)


def test_several_pictures_are_added_at_once(client, draft):
    answer = send(client, draft, file("one.png"), file("two.jpg", saved(form="JPEG")))

    assert (answer.status_code, UltrasoundImage.objects.filter(procedure=draft).count()) == (302, 2)
    assert AuditEvent.objects.filter(what="ultrasound pictures added", patient=draft.patient).count() == 1


def test_bad_files_are_named_with_their_reason_and_lose_no_others(client, draft):
    too_large = file("huge.png", saved() + b"\0" * (20 * 1024 * 1024))

    answer = send(client, draft, file("bad<b>.png", HTML), too_large, file("empty.png", b""), file("good.png"))

    text = answer.content.decode()
    assert (answer.status_code, UltrasoundImage.objects.count()) == (400, 1)
    assert "bad&lt;b&gt;.png</strong>: It is not a PNG, JPEG or WebP picture." in text
    assert "huge.png</strong>: It is larger than 20 MB." in text
    assert "empty.png</strong>: The file is empty." in text


def test_caption_and_site_stay_when_a_file_is_refused(client, draft):
    send(client, draft, file("one.png"))
    image, site = UltrasoundImage.objects.get(), draft.sites.get()
    data = {f"picture-{image.pk}-caption": "Needle tip", f"picture-{image.pk}-site": site.pk}

    send(client, draft, file("bad.png", b"no"), **data)

    image.refresh_from_db()
    assert (image.caption, image.site) == ("Needle tip", site)


def test_site_of_another_record_is_refused(client, draft):
    other = factories.draft(factories.arrived(starts_at=factories.at("2026-03-05 10:00")))
    send(client, draft, file("one.png"))
    image = UltrasoundImage.objects.get()

    send(client, draft, **{f"picture-{image.pk}-caption": "x", f"picture-{image.pk}-site": other.sites.get().pk})

    image.refresh_from_db()
    assert (image.caption, image.site) == ("", None)


def test_pictures_stay_with_their_site_when_the_draft_is_saved_again(client, draft):
    send(client, draft, file("one.png"))
    image = UltrasoundImage.objects.get()
    send(client, draft, **{f"picture-{image.pk}-caption": "Tip", f"picture-{image.pk}-site": draft.sites.get().pk})

    old = draft.sites.get()
    again = factories.site(muscle=old.muscle, side=old.side)
    once = factories.answers(draft.appointment)
    signing.write_draft(draft.appointment, Entered(once, sites=[again], drugs=[factories.drug()], pain={}))

    image.refresh_from_db()
    assert (image.site, image.caption) == (draft.sites.get(), "Tip")


def test_removing_and_what_was_sent_for_another_patient(client, draft):
    send(client, draft, file("one.png"))
    remove = address_of(draft, "practice-record-image-remove", image=UltrasoundImage.objects.get().pk)

    assert client.post(remove, {"patient": draft.patient_id + 1}).status_code == 409
    assert (
        client.post(address_of(draft), {"patient": draft.patient_id + 1, "files": [file("two.png")]}).status_code == 409
    )
    assert UltrasoundImage.objects.count() == 1
    assert client.post(remove, {"patient": draft.patient_id}).status_code == 302
    assert UltrasoundImage.objects.count() == 0


@pytest.mark.parametrize("name", ["practice-record-image", "practice-record-image-thumbnail"])
def test_picture_is_shown_as_a_picture_and_noted(client, draft, name):
    send(client, draft, file("one.png"))
    image = UltrasoundImage.objects.get()

    answer = client.get(address_of(draft, name, image=image.pk))

    assert answer["Content-Type"] in ("image/png", "image/jpeg")
    assert answer["Content-Disposition"].startswith('inline; filename="ultrasound-')
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store, private")
    assert b"".join(answer.streaming_content)[:4] in (b"\x89PNG", b"\xff\xd8\xff\xe0")
    assert AuditEvent.objects.filter(patient=draft.patient, what="ultrasound picture", action="R").count() == 1


@pytest.mark.parametrize("who", [Role.DESK, Role.PHYSIOTHERAPIST, Role.MANAGER, "patient", None])
def test_nobody_else_sees_a_picture(client, draft, who):
    send(client, draft, file("one.png"))
    image = UltrasoundImage.objects.get()
    stranger = Client() if who is None else as_(factories.user(None if who == "patient" else who))
    if who == "patient":
        factories.account_of(draft.patient)

    for name in ("practice-record-image", "practice-record-image-thumbnail"):
        assert stranger.get(address_of(draft, name, image=image.pk)).status_code in (302, 403)
    assert stranger.get(address_of(draft)).status_code in (302, 403)
    assert AuditEvent.objects.filter(action="R").count() == 0


def test_picture_of_another_visit_is_not_found_there(client, draft):
    other = factories.draft(factories.arrived(starts_at=factories.at("2026-03-05 10:00")))
    send(client, draft, file("one.png"))
    image = UltrasoundImage.objects.get()

    answer = client.get(address_of(other, "practice-record-image", image=image.pk))

    assert refusal(answer) == NOT_FOUND
    assert not AuditEvent.objects.filter(patient=other.patient).exists()


def test_signed_record_shows_its_pictures_and_takes_no_more(client, draft, physician):
    factories.protocol()
    send(client, draft, file("one.png"))
    image = UltrasoundImage.objects.get()
    review = client.get(address_of(draft, "practice-record-review")).content.decode()
    signing.sign(draft, by=physician.user, at=timezone.now())

    shown = address_of(draft, "practice-record-image-thumbnail", image=image.pk)
    signed = client.get(address_of(draft, "practice-record")).content.decode()

    assert (shown in review, shown in signed) == (True, True)
    assert send(client, draft, file("two.png")).status_code == 302
    assert UltrasoundImage.objects.count() == 1


def test_without_a_record_the_page_says_what_to_do(client, physician):
    visit = factories.arrived(practitioner=physician)

    assert "save it once" in client.get(reverse("practice-record-images", args=[visit.pk])).content.decode()


def test_pages_that_ask_for_no_files_take_none(client, draft):
    """They would be on the disk of the web server until the request ends."""
    answer = client.post(
        address_of(draft, "practice-record-review"), {"patient": draft.patient_id, "files": [file("x.png")]}
    )

    assert dict(answer.wsgi_request.FILES) == {}
