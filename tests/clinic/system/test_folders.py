"""Folders with what patients told us are for their owner only, also if they were there before the clinic."""

import stat

import pytest

from clinic.checks import folders_are_closed
from clinic.settings import folders


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("was", [None, 0o755, 0o777, 0o750])
def test_folder_is_closed_also_if_it_was_there(tmp_path, was):
    path = tmp_path / "data"
    if was:
        path.mkdir()
        path.chmod(was)

    assert mode(folders.closed(str(path))) == 0o700


def test_what_is_more_than_the_clinics_is_left_as_it_is(tmp_path, monkeypatch):
    shared, home = tmp_path / "shared", tmp_path / "homes" / "me"
    shared.mkdir()
    shared.chmod(0o1777)
    home.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))

    folders.closed(shared)
    folders.closed(home.parent)

    assert (mode(shared), mode(home.parent)) == (0o1777, 0o755)


def test_one_that_could_not_be_closed_is_told(tmp_path, settings):
    for name in ("DATA_DIR", "IMAGES_DIR", "PHOTOS_DIR"):
        setattr(settings, name, folders.closed(tmp_path / name))
    assert folders_are_closed(None) == []

    settings.IMAGES_DIR.chmod(0o755)

    assert [str(settings.IMAGES_DIR) in warning.msg for warning in folders_are_closed(None)] == [True]
