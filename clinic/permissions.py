"""What each role may do. Each package lists its own; `migrate` writes the lists into the groups."""

from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

from clinic.models import Role

CATALOGUE = ["practitioner", "credential", "room", "ultrasoundmachine", "visittype", "workinghours", "timeoff"]
CATALOGUE += ["visitreminder", "closure", "page", "pagesection", "glossaryterm", "synonyms", "symptomwords"]

HOURS = ["workinghours", "timeoff", "closure", "room", "ultrasoundmachine"]

SEE_EVERYBODY = ["clinic.view_any_patient", "clinic.view_schedule"]
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
    Role.PHYSICIAN: [*SEE_EVERYBODY, "clinic.view_incomingmessage"],
    Role.PHYSIOTHERAPIST: SEE_EVERYBODY,
    Role.MANAGER: [
        *SEE_EVERYBODY,
        "clinic.search_audit_trail",
        "clinic.view_employment",
        "clinic.change_employment",
        "clinic.remove_data",
        "clinic.view_message",
        "clinic.view_workitem",
        "clinic.view_patientaccess",
        *(f"clinic.{verb}_{name}" for name in CATALOGUE for verb in ("view", "add", "change", "delete")),
    ],
}


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
