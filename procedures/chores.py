"""What is done again and again about records and their pictures."""

from django.conf import settings

from clinic.models.chores import CHORES, Chore
from procedures.records import picture_trash, unsigned

CHORES.register(Chore("open-unsigned-records", 10 * settings.BEAT_SECONDS, unsigned.open_overdue_items))
CHORES.register(Chore("tidy-pictures", 10 * settings.BEAT_SECONDS, picture_trash.tidy))
