from django.apps import AppConfig
from django.db.models.signals import post_migrate

# What the public pages are made of, by the names of the models
SAID_IN_PUBLIC = ["Page", "PageSection", "GlossaryTerm", "Synonyms", "VisitType", "Practitioner", "Credential"]
SAID_IN_PUBLIC += ["WorkingHours", "TimeOff", "Closure", "Room", "UltrasoundMachine"]


class ClinicConfig(AppConfig):
    name = "clinic"

    def ready(self):
        from clinic import checks, receivers  # noqa: F401 - registering them is their import's effect
        from clinic.permissions import ROLE_PERMISSIONS, give_permissions_to_roles
        from clinic.scheduling.timetable import note_changes
        from clinic.website import page_cache

        post_migrate.connect(give_permissions_to_roles(ROLE_PERMISSIONS), sender=self, weak=False)
        post_migrate.connect(note_changes, sender=self)
        said_in_public = [self.get_model(name) for name in SAID_IN_PUBLIC]
        post_migrate.connect(page_cache.note_changes_of(said_in_public), sender=self, weak=False)
