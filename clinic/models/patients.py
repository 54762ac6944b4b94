"""Patients, how to reach them, and who may act for them."""

import unicodedata
from datetime import date
from functools import reduce
from operator import or_

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.errors import PatientMerged
from clinic.models.care import WAYS_INTO_CARE

OF_AGE = 18
LETTERS_WITHOUT_PARTS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})


def plain_words(text):
    """The words of a name in small letters without accents; the two halves of a double-barrelled name are two words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c) and c not in "'’")
    return letters.translate(LETTERS_WITHOUT_PARTS).split()


def short_name(given_name, family_name):
    """The first name and the first letter of the family name: enough for the family, little for a stranger.

    The only name of somebody who has one is that.
    """
    if not given_name:
        return family_name
    initial = next((letter for letter in family_name if letter.isalnum()), family_name[:1])
    return f"{given_name} {initial.upper()}."


class SearchNameField(models.TextField):
    """The patient's names, also those of before, as they are searched: each word with a space before it.

    Every kind of save updates it.
    """

    def pre_save(self, model_instance, add):
        names = (model_instance.given_name, model_instance.family_name, model_instance.former_names or "")
        words = plain_words(" ".join(names))
        value = "".join(f" {word}" for word in words)
        setattr(model_instance, self.attname, value)
        return value


class Sex(models.TextChoices):
    """HL7 FHIR R4 AdministrativeGender, for the questions that depend on it. Empty while nobody has asked."""

    FEMALE = "female", _("female")
    MALE = "male", _("male")
    OTHER = "other", _("other: every question is asked")


class PatientQuerySet(models.QuerySet):
    def called(self, words):
        """Those with a part of the name that begins with each of these `plain_words`, in any order."""
        rows = self
        for word in words:
            rows = rows.filter(search_name__contains=f" {word}")
        return rows

    def lock(self, *pks):
        """Lock these patients until the transaction ends, by their key, and return into whom each was merged (or None).

        No key lock: rows that only point at a patient (a message, a visit) are written without waiting for this lock.
        """
        rows = self.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")
        return list(rows.values_list("merged_into", flat=True))

    def lock_unmerged(self, pk):
        """One act for a patient after the other. Raises PatientMerged for an entry that was merged into another."""
        if any(self.lock(pk)):
            raise PatientMerged

    def living(self):
        return self.filter(died_on=None)

    def visible_to(self, user):
        if user.has_perm("clinic.view_any_patient"):
            return self.open_to(user)
        if user.has_perm("clinic.view_patients_in_care"):
            return self.open_to(user).in_care_of(user)
        return self.acted_for_by(user)

    def open_to(self, user):
        """Without those whose data are locked: only who decides on removals sees them."""
        return self if user.has_perm("clinic.remove_data") else self.filter(locked_at=None)

    def locked(self):
        """Their data were removed on request, but for what the law keeps."""
        return self.filter(locked_at__isnull=False)

    def in_care_of(self, user):
        """Those whom this account treats, by any of the ways that the packages know; nobody for who treats nobody."""
        if user.treats_as is None:
            return self.none()
        return self.filter(reduce(or_, (Q(pk__in=way.patients(user)) for way in WAYS_INTO_CARE)))

    def acted_for_by(self, user):
        """Those for whom this account may act: the patient's own pages show no others, whoever is signed in.

        None while a colleague is at work, also if they are a patient here, too: as that they come by a code.
        """
        if not user.is_authenticated or user.is_colleague:
            return self.none()
        access = Patient._meta.get_field("access").related_model  # PatientAccess, which knows this model
        return self.filter(pk__in=access.objects.current().filter(user=user).values("patient"))


class Patient(models.Model):
    """A person the clinic treats. Names and birth date describe; only the key identifies.

    Whoever has one name only has it as the family name, as passports do (ICAO Doc 9303). Columns that came later are
    null where nobody has written anything: so that they are added to a million rows without rewriting them.
    """

    given_name = models.CharField(_("first name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100)
    birth_date = models.DateField(_("birth date"))
    former_names = models.TextField(null=True, blank=True, editable=False)  # noqa: DJ001 - see above
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, null=True, blank=True)  # noqa: DJ001 - see above
    must_know = models.CharField(  # noqa: DJ001 - see above
        _("what everybody must know"), max_length=200, null=True, blank=True
    )
    died_on = models.DateField(_("died on"), null=True, blank=True)
    search_name = SearchNameField(default="", editable=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    created_at = models.DateTimeField(auto_now_add=True)
    # Removed as `clinic.people.removal` says: nobody reads what the law keeps, or nothing is left.
    locked_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ["family_name", "given_name", "pk"]
        permissions = [
            ("view_any_patient", "Can see every patient's name, birth date and contacts"),
            ("remove_data", "Can have a patient's data removed, and sees what is locked"),
            ("view_patients_in_care", "Can see the patients whom they treat"),
        ]
        indexes = [
            models.Index(fields=["family_name", "given_name"]),
            models.Index(fields=["birth_date"]),
            # The words that follow a space: an index of trigrams on PostgreSQL, an ordinary one on SQLite.
            GinIndex(fields=["search_name"], opclasses=["gin_trgm_ops"], name="patient_search_name"),
            models.Index(fields=["locked_at"], condition=Q(locked_at__isnull=False), name="patient_locked"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(family_name=""), name="patient_has_a_family_name"),
            models.CheckConstraint(condition=Q(sex__in=Sex.values), name="patient_sex_is_known"),
            models.CheckConstraint(condition=~Q(merged_into=models.F("pk")), name="patient_not_merged_into_itself"),
        ]

    def __str__(self):
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def called(self):
        """How this person is spoken to: by the first name, or by the only one."""
        return self.given_name or self.family_name

    @property
    def language(self):
        """The code of the language that the patient speaks, as the file has it; "" while nobody has asked."""
        return getattr(getattr(self, "details", None), "language", "")

    @property
    def is_deceased(self):
        """Nothing is sent any more, and nobody calls."""
        return self.died_on is not None

    @property
    def short_name(self):
        """As messages and the pages behind their links name this person."""
        return short_name(self.given_name, self.family_name)

    def is_child(self, on):
        """Not of age on that day: a parent reads what we write."""
        return on < self.of_age_on

    @property
    def of_age_on(self):
        """The day on which this person is 18; born on 29 February, 1 March."""
        born = self.birth_date
        try:
            return born.replace(year=born.year + OF_AGE)
        except ValueError:
            return date(born.year + OF_AGE, 3, 1)

    @property
    def preferred_contact(self):
        """Where messages go: e-mail if there is one, because it costs nothing and has room; else the phone."""
        contacts = sorted(self.contacts.all(), key=lambda c: (c.system != ContactSystem.EMAIL, c.pk))
        return next((contact for contact in contacts if contact.until is None), None)

    @property
    def phone(self):
        return next((c.value for c in self.contacts.all() if c.system == ContactSystem.PHONE and c.until is None), "")

    @property
    def email(self):
        return next((c.value for c in self.contacts.all() if c.system == ContactSystem.EMAIL and c.until is None), "")


class PatientsRowsQuerySet(models.QuerySet):
    """Rows that belong to one patient each. Anyone with the permission `seen_with` sees those of whom they see."""

    seen_with = None

    def visible_to(self, user):
        if not user.has_perm(self.seen_with):
            return self.acted_for_by(user)
        if user.has_perm("clinic.view_any_patient"):
            return self.open_to(user)
        return self.open_to(user).filter(patient__in=Patient.objects.in_care_of(user))

    def open_to(self, user):
        """Without those of patients whose data are locked: only who decides on removals sees them."""
        return self if user.has_perm("clinic.remove_data") else self.exclude(patient__in=Patient.objects.locked())

    def acted_for_by(self, user):
        """Those of the patients for whom this account may act, whoever is signed in."""
        return self.filter(patient__in=Patient.objects.acted_for_by(user))


class ContactSystem(models.TextChoices):
    """HL7 FHIR R4 ContactPointSystem, those that this clinic uses."""

    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("phone")


class PatientContact(models.Model):
    """One address at which a patient is reached. A family may share it, so it never identifies anybody."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="contacts")
    system = models.CharField(max_length=10, choices=ContactSystem)
    value = models.CharField(max_length=254)
    # Anyone who proves control of an address that a booking was made with may act for its patient.
    was_booked_with = models.BooleanField(default=False)
    since = models.DateTimeField(default=timezone.now, editable=False)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["value"], opclasses=["varchar_pattern_ops"], name="contact_value_begins"),
            # Whose address it is, in any case: asked for each code, by anybody.
            models.Index(Upper("value"), name="contact_value_any_case"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(value=""), name="contact_has_a_value"),
            models.CheckConstraint(condition=Q(system__in=ContactSystem.values), name="contact_system_is_known"),
        ]

    def __str__(self):
        return self.value

    @property
    def place(self):
        """Equal for two that lead to one place."""
        return self.system, self.value.lower()

    @property
    def is_email(self):
        return self.system == ContactSystem.EMAIL

    @property
    def is_phone(self):
        return self.system == ContactSystem.PHONE
