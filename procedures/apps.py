from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

# The models that public pages are built from
PUBLIC_MODELS = ["BodyRegion", "Muscle", "ProcedureDefinition", "Risk", "ProcedureQuestion", "BodyArea", "PainPattern"]
PUBLIC_MODELS += ["PainPattern_lies_in", "PainPattern_felt_in"]


class ProceduresConfig(AppConfig):
    name = "procedures"

    def ready(self):
        from clinic.permissions import give_permissions_to_roles
        from clinic.website.page_cache import track_changes_of
        from procedures import chores, errors, menus, receivers, work_kinds  # noqa: F401 - registering them is their import's effect
        from procedures.dosing import dose_problems, record_steroids  # noqa: F401 - the same
        from procedures.permissions import ROLE_PERMISSIONS
        from procedures.records import own_data, sealed_sections  # noqa: F401 - the same
        from procedures.records.seals import lift, seal
        from procedures.screening import record_warnings  # noqa: F401 - the same

        post_migrate.connect(give_permissions_to_roles(ROLE_PERMISSIONS), sender=self, weak=False)
        public_models = [self.get_model(name) for name in PUBLIC_MODELS]
        post_migrate.connect(track_changes_of(public_models), sender=self, weak=False)
        pre_migrate.connect(lift, sender=self)
        post_migrate.connect(seal, sender=self)
