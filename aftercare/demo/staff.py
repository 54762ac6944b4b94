"""The people who work at the demo clinic, and the accounts of the demo's sign-in page."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aftercare.demo import portraits
from clinic.models import Credential, CredentialKind, Practitioner, PractitionerRole, Role, User

HIRED = datetime(2024, 1, 8, tzinfo=UTC)
PHYSICIANS = [
    (
        "Dr Ieva Brandt",
        "physician@demo.example",
        "English, Lithuanian, German",
        "I treat pain in the neck, the shoulders and the head. I often look with ultrasound first.",
    ),
    (
        "Dr Samuel Okeke",
        "second-physician@demo.example",
        "English, French",
        "I treat backs and hips. You can see me on Saturdays, too. We find out what sets your pain off.",
    ),
    (
        "Dr Lina Haddad",
        "lina.haddad@example.org",
        "English, Arabic, Lithuanian",
        "I treat shoulders, arms and old injuries. I take time to hear how it began.",
    ),
    (
        "Dr Tomas Vilkaitis",
        "tomas.vilkaitis@example.org",
        "Lithuanian, English, Polish",
        "I see people whose pain has lasted for months. We also talk about sleep and stress.",
    ),
]
PHYSIOTHERAPISTS = [
    (
        "Mia Lindgren",
        "physiotherapist@demo.example",
        "English, Swedish, Lithuanian",
        "I help with necks and backs. If you sit at a desk all day, we look at that, too.",
    ),
    (
        "Jonas Kovač",
        "jonas.kovac@example.org",
        "English, Lithuanian, Croatian",
        "I help with hips and legs. We plan how you get back to sport, step by step.",
    ),
]


@dataclass
class Team:
    """`physicians[0]` and `physiotherapists[0]` are those of the demo's sign-in page."""

    desk: User
    physicians: list[Practitioner]
    physiotherapists: list[Practitioner]

    @property
    def everybody(self):
        return [*self.physicians, *self.physiotherapists]


def employ(moment):
    """Accounts, practitioners and credentials. Nobody has a password: the demo signs in with one click."""
    team = Team(
        desk=account("desk@demo.example", "Rita Salem", Role.DESK),
        physicians=[practitioner(PractitionerRole.PHYSICIAN, *words) for words in PHYSICIANS],
        physiotherapists=[practitioner(PractitionerRole.PHYSIOTHERAPIST, *words) for words in PHYSIOTHERAPISTS],
    )
    portraits.add_portraits(team.everybody)
    account("manager@demo.example", "Nadia Weber", Role.MANAGER)
    Credential.objects.bulk_create(credentials(team, moment.today))
    return team


def account(email, name, role=None, **fields):
    user, is_new = User.objects.update_or_create(email=email, defaults={"name": name, **fields})
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    if role:
        user.employments.get_or_create(role=role, until=None, defaults={"since": HIRED})
    return user


def practitioner(role, name, email, languages, about):
    return Practitioner.objects.create(
        user=account(email, name, Role(role.value)), name=name, role=role, languages=languages, about=about
    )


def credentials(team, today):
    """Two are valid, one of them for a few months only; the third ended last year; the fourth never had one."""
    first, second, third, _none = team.physicians
    terms = [(first, -800, 660), (second, -980, -250), (second, -249, 115), (third, -1200, -370)]
    return [
        Credential(
            practitioner=person,
            kind=CredentialKind.ULTRASOUND,
            valid_from=today + timedelta(days=first_day),
            valid_to=today + timedelta(days=last_day),
        )
        for person, first_day, last_day in terms
    ]
