"""What is done again and again about records and their pictures."""

from django.conf import settings

from clinic.models.chores import CHORES, Chore
from procedures.records import picture_trash, record_checks, unsigned

DAY = 24 * 60 * 60  # seconds

CHORES.register(Chore("open-unsigned-records", 10 * settings.BEAT_SECONDS, unsigned.open_overdue_items))
CHORES.register(Chore("tidy-pictures", 10 * settings.BEAT_SECONDS, picture_trash.tidy))
CHORES.register(Chore("seal-older-records", 10 * settings.BEAT_SECONDS, record_checks.seal_older))
CHORES.register(Chore("look-at-signed-records", DAY, record_checks.look))
