"""People who sign in, and what their browser shows of it."""

import re
import time

from allauth.mfa.totp.internal.auth import TOTP, hotp_value

from clinic.models import Message, User

SIGN_IN = "/accounts/login/code/"
CODE_PAGE = "/accounts/login/code/confirm/"
WORK = "/accounts/login/"
PASSWORD = "four words put together"
APP_KEY = "JBSWY3DPEHPK3PXP"


def ask_for_code(client, email="", **more):
    """To an e-mail address, or to a `phone`."""
    return client.post(SIGN_IN, {"email": email, **more})


def sign_in_by_code(client, **address):
    """With the newest code that went to this `email` or `phone`."""
    ask_for_code(client, **address)
    return client.post(CODE_PAGE, {"code": code_in(newest_code_mail())})


def sent_code():
    return code_in(Message.objects.get())


def newest_code_mail():
    return Message.objects.filter(purpose="sign-in").latest("pk")


def code_in(message):
    return re.search(r"(?<!\d)\d{6}(?!\d)", message.body)[0]


def signed_in(client):
    """Whose session it is; None if nobody is signed in."""
    return User.objects.filter(pk=client.session.get("_auth_user_id")).first()


def with_app(user):
    """`user`, who has set up an app for codes."""
    TOTP.activate(user, APP_KEY)
    return user


def app_code(*, steps=0, key=APP_KEY):
    """What the app with this key shows now, or that many half minutes later."""
    return f"{hotp_value(key, int(time.time()) // 30 + steps):06}"
