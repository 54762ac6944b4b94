"""The ways out: files."""

import stat
from dataclasses import replace

import pytest

from clinic.messaging.channels import Outgoing, TemporaryFailure
from clinic.messaging.channels.files import FileChannel
from tests.factories import NOW

LETTER = Outgoing(key="visit:1:email", address="rasa@mail.example", subject="Your visit", body="Iki pirmadienio, ąčę.")


def test_file_channel_writes_one_file_for_a_key_however_often(tmp_path):
    channel = FileChannel(tmp_path / "new" / "email")

    references = {channel.send(LETTER) for _ in range(3)}

    [path] = (tmp_path / "new" / "email").iterdir()
    assert [path.name] == sorted(references) == channel.find(LETTER, since=NOW)
    assert path.read_text() == (
        "To: rasa@mail.example\nSubject: Your visit\nKey: visit:1:email\n\nIki pirmadienio, ąčę."
    )


def test_file_channel_keeps_keys_apart_that_look_alike(tmp_path):
    channel = FileChannel(tmp_path)
    keys = ["a:b", "a-b", "A:B", "../../a", "a" * 200, "a" * 201]

    for key in keys:
        channel.send(Outgoing(key=key, address="a@mail.example", subject="", body=key))

    assert len(list(tmp_path.iterdir())) == len(keys)


def test_file_channel_files_are_for_their_owner_only(tmp_path):
    FileChannel(tmp_path).send(LETTER)

    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o600]


def test_file_channel_finds_nothing_that_was_not_sent(tmp_path):
    assert FileChannel(tmp_path / "nowhere").find(LETTER, since=NOW) == []


def test_file_channel_says_later_when_it_cannot_write(tmp_path):
    (tmp_path / "email").write_text("in the way")

    with pytest.raises(TemporaryFailure):
        FileChannel(tmp_path / "email").send(LETTER)


def test_file_channel_writes_the_calendar_file_beside_the_look(tmp_path):
    invitation = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

    reference = FileChannel(tmp_path / "email", looks_folder=tmp_path / "looks").send(
        replace(LETTER, calendar=invitation)
    )

    path = (tmp_path / "looks" / reference).with_suffix(".ics")
    assert "mailto:rasa@mail.example" in path.read_text().replace("\n ", "")
