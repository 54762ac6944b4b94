"""What is done again and again about the days after."""

from aftercare.care_plans import missing_messages
from aftercare.physiotherapy import unticked
from clinic.models.chores import CHORES, Chore

HOUR = 3600

CHORES.register(Chore("open-unticked-exercises", HOUR, unticked.tell_the_physiotherapists))
CHORES.register(Chore("reconcile-messages", HOUR, missing_messages.tell_the_desk))
