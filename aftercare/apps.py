from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AftercareConfig(AppConfig):
    name = "aftercare"

    def ready(self):
        from aftercare import chores, menus, message_purposes, receivers, work_kinds  # noqa: F401 - registering them is their import's effect
        from aftercare.care_plans import own_data, sealed_protocols, watch  # noqa: F401 - the same
        from aftercare.permissions import ROLE_PERMISSIONS
        from aftercare.physiotherapy import sealed_prescriptions  # noqa: F401 - the same
        from clinic.permissions import give_permissions_to_roles
        from clinic.website.page_cache import track_changes_of

        post_migrate.connect(give_permissions_to_roles(ROLE_PERMISSIONS), sender=self, weak=False)
        post_migrate.connect(track_changes_of([self.get_model("AftercareProtocol")]), sender=self, weak=False)
