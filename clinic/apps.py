from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ClinicConfig(AppConfig):
    name = "clinic"

    def ready(self):
        from clinic import checks, receivers  # noqa: F401 - registering them is their import's effect
        from clinic.permissions import ROLE_PERMISSIONS, give_permissions_to_roles
        from clinic.timetable import note_changes

        post_migrate.connect(give_permissions_to_roles(ROLE_PERMISSIONS), sender=self, weak=False)
        post_migrate.connect(note_changes, sender=self)
