"""What each role may do, in rights and in words. Each package lists its own; `migrate` writes them into the groups."""

from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _

from clinic.models import Role
from clinic.people import rights

CATALOGUE = ["practitioner", "credential", "room", "ultrasoundmachine", "visittype", "workinghours", "timeoff"]
CATALOGUE += ["visitreminder", "closure", "page", "pagesection", "glossaryterm", "synonyms", "symptomwords"]

HOURS = ["workinghours", "timeoff", "closure", "room", "ultrasoundmachine"]

SEE_EVERYBODY = ["clinic.view_any_patient", "clinic.view_schedule"]
SEE_OWN = ["clinic.view_patients_in_care", "clinic.view_schedule", "clinic.open_in_emergency"]
ROLE_PERMISSIONS = {
    Role.DESK: [
        *SEE_EVERYBODY,
        "clinic.check_in_appointment",
        "clinic.book_for_patients",
        "clinic.change_patient",
        "clinic.view_message",
        "clinic.change_message",
        "clinic.view_incomingmessage",
        "clinic.change_incomingmessage",
        "clinic.view_workitem",
        "clinic.change_workitem",
        "clinic.view_patientaccess",
        "clinic.change_patientaccess",
        *(f"clinic.{verb}_{name}" for name in HOURS for verb in ("view", "add", "change", "delete")),
    ],
    Role.PHYSICIAN: [*SEE_EVERYBODY, "clinic.view_incomingmessage", "clinic.approve_clinical_change"],
    Role.PHYSIOTHERAPIST: SEE_OWN,
    Role.MANAGER: [
        *SEE_EVERYBODY,
        "clinic.search_audit_trail",
        "clinic.view_employment",
        "clinic.change_employment",
        "clinic.remove_data",
        "clinic.review_emergency_access",
        "clinic.view_message",
        "clinic.view_workitem",
        "clinic.view_patientaccess",
        *(f"clinic.{verb}_{name}" for name in CATALOGUE for verb in ("view", "add", "change", "delete")),
    ],
}


def each(names, *verbs):
    """The permissions of these verbs for each of these models of `clinic`."""
    return [f"clinic.{verb}_{name}" for name in names for verb in verbs]


ALL = ("view", "add", "change", "delete")
rights.register(_("See a list of visits on a day"), "clinic.view_schedule")
rights.register(_("See every patient's name, birth date, addresses and visits"), "clinic.view_any_patient")
rights.register(_("See only patients who have a visit or a referral to them"), "clinic.view_patients_in_care")
rights.register(
    _("Open another patient in an emergency, for a written reason that is reviewed"), "clinic.open_in_emergency"
)
rights.register(_("Review who opened patients in an emergency"), "clinic.review_emergency_access")
rights.register(_("Check patients in, and note who did not come"), "clinic.check_in_appointment")
rights.register(
    _("Book, move and cancel visits for patients, register people and join entries"), "clinic.book_for_patients"
)
rights.register(_("Correct names, birth dates, addresses and the rest of a patient's file"), "clinic.change_patient")
rights.register(_("Read what the clinic sends to patients"), "clinic.view_message")
rights.register(_("Write to patients, send messages again and correct addresses"), "clinic.change_message")
rights.register(_("Read what any patient writes to the clinic"), "clinic.view_incomingmessage")
rights.register(_("Say which patient a message is about"), "clinic.change_incomingmessage")
rights.register(
    _("Approve clinical words and numbers, by name and time: before that no change is in force"),
    "clinic.approve_clinical_change",
)
rights.register(
    _("Decide which data of a patient are removed on request, and see what the law keeps"), "clinic.remove_data"
)
rights.register(_("See who may act for a patient"), "clinic.view_patientaccess")
rights.register(_("Let somebody act for a patient after seeing them, and end it"), "clinic.change_patientaccess")
rights.register(_("Search who read and changed what, and signed in"), "clinic.search_audit_trail")
rights.register(_("See what the desk has to do"), "clinic.view_workitem")
rights.register(_("Do and put off what the desk has to do"), "clinic.change_workitem")
rights.register(_("Change hours, absences, closed days, rooms and machines"), *each(HOURS, *ALL))
rights.register(
    _("Change who is shown to patients, kinds of visit, reminders and the words of the public pages"),
    *each([name for name in CATALOGUE if name not in HOURS], *ALL),
)
rights.register(
    _("Invite colleagues, change what they may do, and end it"), "clinic.view_employment", "clinic.change_employment"
)


def give_permissions_to_roles(table):
    """A `post_migrate` receiver that makes the groups, and gives them this package's permissions of `table` only."""

    def receive(sender, using, **kwargs):
        create_permissions(sender, verbosity=0, using=using)
        for role, labels in table.items():
            group, _is_new = Group.objects.using(using).get_or_create(name=role)
            codenames = [label.partition(".")[2] for label in labels]
            own = Permission.objects.using(using).filter(content_type__app_label=sender.label)
            group.permissions.remove(*own.exclude(codename__in=codenames))
            group.permissions.add(*own.filter(codename__in=codenames))

    return receive
