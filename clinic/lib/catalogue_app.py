from django.contrib.admin.apps import AdminConfig


class CatalogueConfig(AdminConfig):
    """Django's admin as the clinic's catalogue, with its own site."""

    default_site = "clinic.lib.catalogue_site.CatalogueSite"
