"""A colleague is invited: a link that works once, and an account that works here from then on."""

from datetime import timedelta

import pytest

from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import AccessRelation, Invitation, Message, PatientAccess, Practitioner, Role, User
from clinic.models.purposes import PURPOSES
from clinic.people import employment, invitations
from clinic.people.invitations import Colleague
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
PASSWORD = "calm-warm-plain-2026"


def invited(role=Role.DESK, *, email="nora@clinic.example", **fields):
    asked = Colleague("Nora Lindt", email, role, **fields)
    return invitations.invite(asked, by=factories.user(Role.MANAGER, name="Nadia"), at=NOW)


def accepted(invitation, *, sending=1, at=NOW):
    return invitations.accept(invitation, sending=sending, password=PASSWORD, at=at)


def test_invitation_is_mailed_with_its_link():
    invitation = invited()

    mail = Message.objects.get()
    assert (mail.address, mail.subject) == ("nora@clinic.example", "Your account at Linden Pain Clinic")
    assert invitations.LINK.address_for(invitation.pk, 1) in mail.body
    assert User.objects.filter(email=mail.address).count() == 0


def test_accepted_it_makes_an_account_that_works_here():
    invitation = invited()

    user = accepted(invitation)

    assert (user.roles, user.name, user.check_password(PASSWORD)) == ([Role.DESK], "Nora Lindt", True)
    assert user.employments.get().started_by == invitation.invited_by


@pytest.mark.parametrize("role", [Role.PHYSICIAN, Role.PHYSIOTHERAPIST])
def test_who_treats_patients_gets_a_place_among_the_people(role):
    user = accepted(invited(role))

    assert (user.practitioner.name, user.practitioner.role, user.treats_as) == ("Nora Lindt", role, user.practitioner)


def test_who_stands_among_the_people_already_gets_the_account():
    person = factories.physiotherapist()

    user = accepted(invited(Role.PHYSIOTHERAPIST, practitioner=person))

    assert user.treats_as == person
    assert Practitioner.objects.count() == 1


def test_patient_who_is_hired_keeps_the_account():
    patient = factories.patient()
    account = factories.user(email="Nora@clinic.example".lower())
    PatientAccess.objects.create(user=account, patient=patient, relation=AccessRelation.SELF)

    user = accepted(invited())

    assert (user, user.roles) == (account, [Role.DESK])
    assert list(user.patient_access.values_list("patient", flat=True)) == [patient.pk]


def test_who_comes_back_is_the_same_person():
    user = accepted(invited(Role.PHYSICIAN))
    person = user.practitioner
    employment.end(user.employments.get(), at=NOW)
    Practitioner.objects.update(is_active=False)

    again = User.objects.get(pk=accepted(invited(Role.PHYSICIAN)).pk)

    assert (again, again.treats_as, again.employments.count()) == (user, person, 2)


@pytest.mark.parametrize("case", ["used", "withdrawn", "newer", "old"])
def test_link_works_once_and_while_it_is_good(case):
    invitation, at = invited(), NOW
    if case == "used":
        accepted(invitation)
    elif case == "withdrawn":
        invitations.withdraw(invitation, at=NOW)
    elif case == "newer":
        invitations.send_again(invitation, at=NOW)
    else:
        at = NOW + timedelta(days=7)
    before = User.objects.count()

    with pytest.raises(DomainError):
        accepted(invitation, at=at)
    assert User.objects.count() == before


def test_link_that_is_sent_again_is_good():
    invitation = invited()
    invitations.send_again(invitation, at=NOW)

    assert accepted(invitation, sending=2).roles == [Role.DESK]
    with pytest.raises(MoveNotAllowed):
        invitations.send_again(invitation, at=NOW)


def test_mail_of_an_invitation_that_was_taken_back_does_not_go_out():
    invitation, over = invited(), PURPOSES.get("invitation").over
    message = Message.objects.get()
    assert over([message], at=NOW) == {}

    invitations.withdraw(invitation, at=NOW)

    assert list(over([message], at=NOW)) == [message.pk]


@pytest.mark.parametrize("email", ["nora@clinic.example", "NORA@clinic.example"])
def test_nobody_is_invited_twice_or_while_working_here(email):
    first = invited()
    with pytest.raises(DomainError, match="open invitation"):
        invited(email=email)
    accepted(first)

    with pytest.raises(DomainError, match="works here already"):
        invited(email=email)
    assert Invitation.objects.count() == 1
