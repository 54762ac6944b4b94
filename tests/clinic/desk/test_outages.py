"""The desk sees that messages wait: what is down, since when, and that nothing is lost."""

from datetime import timedelta

import pytest

from clinic.messaging import epoch
from clinic.models import ChannelPause, Role
from tests import factories
from tests.factories import NOW
from tests.web import as_, main_words

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
WAIT = "Messages wait, and nothing is lost: they go out by themselves once this is over. Is something urgent? Call."


def pause(name, **ago):
    ChannelPause.objects.create(name=name, since=NOW - timedelta(**ago), until=NOW)


@pytest.mark.parametrize("path", ["/desk/", "/desk/messages/", "/desk/patients/", "/desk/work/"])
def test_every_page_of_the_desk_says_since_when_mail_is_down(page, path):
    pause("email-files", minutes=48)

    assert f"E-mail has been down since 06:12 {WAIT}" in main_words(page.get(path))


def test_outage_since_another_day_says_the_day(page):
    pause("sms-files", days=1)

    assert "SMS has been down since 1 March, 07:00" in main_words(page.get("/desk/"))


def test_nothing_is_said_while_a_second_way_out_carries_the_messages(page, settings):
    settings.EMAIL_URL, settings.EMAIL_URL_2 = "smtp://one.example:25", "smtp://two.example:25"
    pause("smtp", minutes=48)

    assert "been down" not in main_words(page.get("/desk/"))


@pytest.mark.parametrize(("minutes", "says"), [(5, False), (12, True)])
def test_messages_that_are_late_are_told(page, minutes, says):
    factories.message(due_at=NOW - timedelta(minutes=minutes))

    assert (f"Messages are {minutes} minutes late {WAIT}" in main_words(page.get("/desk/"))) == says


def test_data_from_a_backup_hold_all_messages(page):
    epoch.mark(at=NOW)
    epoch.hold(at=NOW)
    pause("email-files", minutes=48)
    factories.message(due_at=NOW - timedelta(minutes=12))

    words = main_words(page.get("/desk/"))

    assert words.count("No message goes out The data come from a backup.") == words.count(WAIT) == 1
    assert "minutes late" not in words


def test_who_sees_no_messages_is_not_told():
    pause("email-files", minutes=48)
    therapist = factories.colleague(Role.PHYSIOTHERAPIST)

    assert "been down" not in main_words(as_(therapist.user).get("/practice/"))
