"""Which rows of the catalogue are clinical: each package registers its own, and nothing here knows one by name."""

from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps

from clinic.lib.registry import Registry


@dataclass(frozen=True)
class ClinicalModel:
    """`code` is the label of the model in small letters; `children` are models whose rows belong to its rows.

    `fixed` takes a row, and gives the names of its fields that cannot be changed (any more): records rely on them.
    """

    code: str
    children: tuple
    fixed: Callable

    @property
    def model(self):
        return apps.get_model(self.code)


CLINICAL_MODELS = Registry("clinical model")


def register(model, *, children, fixed):
    return CLINICAL_MODELS.register(ClinicalModel(model._meta.label_lower, children, fixed))
