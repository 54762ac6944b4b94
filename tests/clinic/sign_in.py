"""People who sign in, and what their browser shows of it."""

import re
from datetime import date

from django.contrib.auth.models import Group
from django.utils import timezone

from clinic.models import Message, Role, User
from clinic.people import registration
from clinic.people.registration import Newcomer

SIGN_IN = "/accounts/login/code/"
CODE_PAGE = "/accounts/login/code/confirm/"
WORK = "/accounts/login/"
PASSWORD = "four words put together"


def booked_patient():
    newcomer = Newcomer("Ona", "Petraitė", date(1980, 3, 27), email="ona@example.org")
    return registration.register(newcomer, at=timezone.now())


def colleague_at_the_desk():
    user = User.objects.create_user("rasa@clinic.example", PASSWORD, name="Rasa")
    user.groups.add(Group.objects.get(name=Role.DESK))
    return user


def ask_for_code(client, email, **more):
    return client.post(SIGN_IN, {"email": email, **more})


def sent_code():
    return code_in(Message.objects.get())


def code_in(message):
    return re.search(r"^\d{6}$", message.body, re.MULTILINE)[0]


def signed_in(client):
    """Whose session it is; None if nobody is signed in."""
    return User.objects.filter(pk=client.session.get("_auth_user_id")).first()
