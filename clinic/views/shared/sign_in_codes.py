"""A code to an e-mail address or a phone: who gets one, how often it may be typed, and what it opens.

Nobody can tell from the answer whether an address is known here: the same is done for an unknown one, and taken back.
"""

from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from django.conf import settings
from django.contrib.auth import load_backend
from django.db import transaction
from django.utils import timezone

from clinic.models import ContactSystem, MessageChannel, User
from clinic.people import access, account_contacts

NOBODY = -1  # the key of no account: asked about when an address is unknown, so that it takes as long
CODE_BACKEND = "clinic.accounts.CodeBackend"
NEW_ADDRESS = "new_address"  # in the session: a code for an address that an account shall have, too
TRIES = settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS
SECONDS = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT


@dataclass(frozen=True)
class Address:
    """Where a code goes: an e-mail address in small letters, or a phone as E.164 writes it."""

    system: str
    value: str

    @classmethod
    def of(cls, *, email="", phone=""):
        return cls(ContactSystem.EMAIL, email.lower()) if email else cls(ContactSystem.PHONE, phone)

    @property
    def channel(self):
        return MessageChannel.EMAIL if self.system == ContactSystem.EMAIL else MessageChannel.SMS

    @property
    def as_state(self):
        """As django-allauth keeps it in the session."""
        return {"email" if self.system == ContactSystem.EMAIL else "phone": self.value}


def is_known(address):
    """Whether this address opens anything: somebody signs in with it as a patient, or was booked with it.

    As many queries for an address that nobody has.
    """
    found = account_contacts.account_at(address.system, address.value)
    account = found or User(pk=NOBODY)
    works_here, acts = account.is_colleague, account.patient_access.current().exists()
    was_booked_with = access.opening(system=address.system, value__iexact=address.value).exists()
    return account.is_active and (was_booked_with or acts or (found is not None and not works_here))


def send(address, code, *, counts=True):
    """Plan the message; what does not count is planned and taken back at once."""
    with transaction.atomic():
        get_adapter().send_code(address, code)
        transaction.set_rollback(not counts)


class SignInCode(LoginCodeVerificationProcess):
    """The code of a browser that is not signed in. The account is found, or made, when its code is typed."""

    @classmethod
    def begin(cls, request, address, *, counts):
        """Send a code, or only pretend to. Returns the process."""
        login = Login(email=address.as_state.get("email"), phone=address.as_state.get("phone"))
        login.state["stages"] = {"current": LoginByCodeStage.key}
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.state.update(cls.initial_state(user=None, **address.as_state), initiated_by_user=True)
        process, code = cls(stage), get_adapter(request).generate_login_code()
        process.state["code"] = code if counts else ""
        send(address, code, counts=counts)
        process.persist()
        return process

    @classmethod
    def resume(cls, stage):
        return cls(stage).abort_if_invalid()

    @classmethod
    def of(cls, request):
        """The code that this browser waits for; None if there is none, or its time is over."""
        stage = None if request.user.is_authenticated else LoginStageController.enter(request, LoginByCodeStage.key)
        return stage and cls.resume(stage)

    @property
    def address(self):
        return Address.of(email=self.state.get("email", ""), phone=self.state.get("phone", ""))

    @property
    def user(self):
        """The account that the code opens; None if it is still to be made, or the address is unknown."""
        return account_contacts.account_at(self.address.system, self.address.value)

    def finish(self, redirect_url=None):
        """Sign in: as a patient, also somebody who works here. Returns the answer that leads on."""
        account = prove(self.address, at=timezone.now())
        user = load_backend(CODE_BACKEND).get_user(account.pk)
        user.backend = CODE_BACKEND
        self.request.has_signed_in_as = [self.address.value]
        record_authentication(self.request, user, method="code", **self.address.as_state)
        return perform_login(self.request, Login(user=user, redirect_url=redirect_url))


@transaction.atomic
def prove(address, *, at):
    """Whoever asked has typed the code that went to this address: returns the account, which has what it opens."""
    account = access.account_for(address.system, address.value)
    account_contacts.prove(account, address.system, address.value, at=at)
    access.grant_after_proof(account, address.system, address.value)
    return account


class NewAddressCode(AbstractCodeVerificationProcess):
    """The code for an address that somebody who is signed in wants to sign in with, too."""

    def __init__(self, request, state):
        self.request = request
        super().__init__(max_attempts=TRIES, timeout=SECONDS, state=state, user=request.user)

    @classmethod
    def begin(cls, request, address):
        process = cls(request, cls.initial_state(user=request.user, **address.as_state))
        process.state["code"] = get_adapter(request).generate_login_code()
        send(address, process.state["code"])
        process.persist()

    @classmethod
    def of(cls, request):
        state = request.session.get(NEW_ADDRESS)
        return state and cls(request, state).abort_if_invalid()

    @property
    def address(self):
        return Address.of(email=self.state.get("email", ""), phone=self.state.get("phone", ""))

    def finish(self, *, at):
        """Raises MoveNotAllowed for an address by which a colleague signs in to work."""
        self.abort()
        with transaction.atomic():
            account_contacts.prove(self.request.user, self.address.system, self.address.value, at=at)
            access.grant_after_proof(self.request.user, self.address.system, self.address.value)

    def send(self):
        """Nothing is sent twice: who got no code asks for another."""

    def persist(self):
        self.request.session[NEW_ADDRESS] = self.state

    def abort(self):
        self.request.session.pop(NEW_ADDRESS, None)
