"""Who may act for a patient: as what, how that was proved, and why it ended."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccessRelation(models.TextChoices):
    """What somebody who may act for a patient is to them."""

    SELF = "self", _("the patient")
    FAMILY = "family", _("a family member")
    GUARDIAN = "guardian", _("a parent or guardian")
    LEGAL = "legal", _("a legal representative")
    HELPER = "helper", _("somebody the patient trusts")


class AccessProof(models.TextChoices):
    """How it was proved that this account may act for the patient."""

    CODE = "code", _("a code to an address that was booked with")
    BOOKED = "booked", _("booked for somebody new while signed in")
    DOCUMENT = "document", _("I saw an identity document")
    PAPERS = "papers", _("I saw an identity document, and papers that give this right")
    KNOWN = "known", _("I know the person, and saw them here")


class AccessEnd(models.TextChoices):
    """Why nobody acts by it any more."""

    DESK = "desk", _("taken back at the desk")
    PATIENT = "patient", _("taken back by the patient or who acts for them")
    OBJECTION = "objection", _("somebody who was told of it objected")
    ADDRESS = "address", _("the address is not the patient's any more")
    MERGE = "merge", _("two entries were joined, and this account could open one of them only")
    MERGED = "merged", _("the entry was joined with another")
    ANEW = "anew", _("given anew")
    AGE = "age", _("the child is of age")
    EXPIRED = "expired", _("the day until which it was given has passed")
