from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from clinic.lib import demo_guard

# What the public pages are made of, by the names of the models
PUBLIC_MODELS = ["Page", "PageSection", "GlossaryTerm", "Synonyms", "VisitType", "Practitioner", "Credential"]
PUBLIC_MODELS += ["WorkingHours", "TimeOff", "Closure", "Room", "UltrasoundMachine"]


class ClinicConfig(AppConfig):
    name = "clinic"

    def ready(self):
        demo_guard.refuse_to_start()
        from clinic import audit_kinds, checks, chores, menus, message_purposes, receivers, work_kinds  # noqa: F401 - registering them is their import's effect
        from clinic.approvals import versions
        from clinic.people import audit_chain
        from clinic.permissions import ROLE_PERMISSIONS, give_permissions_to_roles
        from clinic.scheduling import booking_locks, reminders_of_a_day  # noqa: F401 - register refusals, and what messages are for
        from clinic.scheduling.timetable import install_change_triggers
        from clinic.website import page_cache

        post_migrate.connect(give_permissions_to_roles(ROLE_PERMISSIONS), sender=self, weak=False)
        post_migrate.connect(install_change_triggers, sender=self)
        pre_migrate.connect(audit_chain.lift, sender=self)
        post_migrate.connect(audit_chain.install, sender=self)
        pre_migrate.connect(versions.lift, sender=self)
        post_migrate.connect(versions.install, sender=self)
        public_models = [self.get_model(name) for name in PUBLIC_MODELS]
        post_migrate.connect(page_cache.track_changes_of(public_models), sender=self, weak=False)
