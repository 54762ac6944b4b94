"""Photos of people: the manager adds one, nothing of the file but its pixels is stored, and the old one is deleted."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from tests import factories
from tests.clinic.lib.hostile_images import REFUSED, SECRET, exif
from tests.clinic.manage.test_catalogue import form_of
from tests.web import NOT_FOUND, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.PHOTOS_DIR = tmp_path / "photos"
    return settings.PHOTOS_DIR


@pytest.fixture
def person():
    return factories.practitioner(hours=None)


def photograph(size=(900, 1200), **how):
    data = io.BytesIO()
    Image.new("RGB", size, "#c9a27e").save(data, "JPEG", **how)
    return data.getvalue()


def send(client, person, data, name="me.jpg", **more):
    address = reverse("admin:clinic_practitioner_change", args=[person.pk])
    form = form_of(client.get(address))
    form.pop("photo", None)
    response = client.post(address, form | {"photo": SimpleUploadedFile(name, data)} | more)
    person.refresh_from_db()
    return response


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_photo_is_written_anew_as_a_square_in_two_sizes(client, manager, person, folder):
    response = send(client, person, photograph(exif=exif()))

    assert response.status_code == 302
    assert names(folder) == sorted([person.photo.name, person.photo.name.replace(".jpg", ".small.jpg")])
    for path in folder.iterdir():
        image = Image.open(path)
        assert (image.format, image.size) in [("JPEG", (560, 560)), ("JPEG", (192, 192))]
        assert image.getexif() == {}
        assert SECRET not in path.read_bytes()


def test_anybody_sees_the_photo_and_may_keep_it(client, manager, person, folder):
    send(client, person, photograph())
    client.logout()

    page = client.get(person.get_absolute_url()).content.decode()
    cards = client.get(reverse("people")).content.decode()

    for html, name in ((page, person.photo.name), (cards, person.photo.name.replace(".jpg", ".small.jpg"))):
        answer = client.get(re.search(r'<img [^>]*src="([^"]+)"', html)[1])
        assert b"".join(answer.streaming_content) == (folder / name).read_bytes()
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert "immutable" in answer.headers["Cache-Control"]


def test_new_photo_takes_the_place_of_the_old(client, manager, person, folder, django_capture_on_commit_callbacks):
    send(client, person, photograph())
    before = names(folder)

    with django_capture_on_commit_callbacks(execute=True):
        send(client, person, photograph(size=(400, 300)))

    assert len(names(folder)) == 2
    assert set(names(folder)) & set(before) == set()


def test_photo_can_be_taken_away(client, manager, person, folder, django_capture_on_commit_callbacks):
    send(client, person, photograph())
    address = reverse("admin:clinic_practitioner_change", args=[person.pk])
    form = form_of(client.get(address))
    form.pop("photo", None)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, form | {"photo-clear": "on"})

    person.refresh_from_db()
    assert not person.photo
    assert names(folder) == []
    assert "portrait-initials" in client.get(person.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (photograph(size=(199, 900)), "It is too small."),
        (b"no picture", "It is not a PNG, JPEG or WebP picture."),
        (REFUSED[next(iter(REFUSED))](), "."),
    ],
    ids=["small", "text", "hostile"],
)
def test_what_is_no_fit_picture_is_refused_at_the_field(client, manager, person, folder, data, words):
    response = send(client, person, data)

    assert response.status_code == 200
    assert words in response.context["adminform"].form.errors["photo"][0]
    assert names(folder) == []


def test_too_large_a_file_is_refused_in_a_sentence(client, manager, person, folder, settings):
    settings.UPLOAD_MAX_BYTES = 1000

    response = send(client, person, photograph())

    assert "larger than 20 MB" in response.context["adminform"].form.errors["photo"][0]
    assert not person.photo


@pytest.mark.parametrize("name", ["0" * 32 + ".jpg", "secret_key", "..%2Fsecret_key", "x.jpg"])
def test_only_photos_are_given_out(client, folder, name):
    folder.mkdir()
    (folder / "secret_key").write_text("secret")
    (folder / "x.jpg").write_text("secret")

    assert refusal(client.get(f"/people/photos/{name}")) == NOT_FOUND
