from procedures.models.anatomy import BodyRegion, LungRisk, Muscle
from procedures.models.catalogue import Guidance, ProcedureDefinition
from procedures.models.drugs import Drug, DrugKind, Preparation
from procedures.models.records import (
    Addendum,
    DrugAdministration,
    InjectionSite,
    PainMoment,
    PainScore,
    Procedure,
    ProcedureStatus,
    Side,
)
from procedures.models.risks import Risk, Urgency

__all__ = [
    "Addendum",
    "BodyRegion",
    "Drug",
    "DrugAdministration",
    "DrugKind",
    "Guidance",
    "InjectionSite",
    "LungRisk",
    "Muscle",
    "PainMoment",
    "PainScore",
    "Preparation",
    "Procedure",
    "ProcedureDefinition",
    "ProcedureStatus",
    "Risk",
    "Side",
    "Urgency",
]
