"""Why the clinic itself writes to people, besides what its rooms write about: `clinic.scheduling.message_purposes`."""

from clinic.models import MessageCategory
from clinic.models.purposes import PURPOSES, Purpose

SIGN_IN = PURPOSES.register(Purpose("sign-in", MessageCategory.CODE))
