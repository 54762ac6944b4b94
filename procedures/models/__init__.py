from procedures.models.anatomy import BodyArea, BodyRegion, BodyView, DepthHint, LungRisk, Muscle, PainPattern, Side
from procedures.models.catalogue import PICTURES, Guidance, ProcedureDefinition, ProcedureQuestion
from procedures.models.consent import Consent, ConsentText
from procedures.models.drugs import ClinicRule, DoseLimit, DosePeriod, DoseProfile, Drug, DrugKind, Preparation
from procedures.models.images import UltrasoundImage
from procedures.models.injections import DrugAdministration, InjectionSite, Twitch
from procedures.models.plans import PlannedSite, ProcedurePlan, SiteSet, SiteSetItem
from procedures.models.records import (
    Addendum,
    Complication,
    ComplicationKind,
    PainMoment,
    PainScore,
    Procedure,
    ProcedureStatus,
    TypedRecord,
)
from procedures.models.risks import Frequency, Risk, Urgency
from procedures.models.screening import (
    Answer,
    PainCause,
    PainQuality,
    PainReport,
    PainTrigger,
    Screening,
    ScreeningAnswer,
    ScreeningOutcome,
    ScreeningQuestion,
)
from procedures.models.second_person import DoseOverride, VoidRequest

__all__ = [
    "PICTURES",
    "Addendum",
    "Answer",
    "BodyArea",
    "BodyRegion",
    "BodyView",
    "ClinicRule",
    "Complication",
    "ComplicationKind",
    "Consent",
    "ConsentText",
    "DepthHint",
    "DoseLimit",
    "DoseOverride",
    "DosePeriod",
    "DoseProfile",
    "Drug",
    "DrugAdministration",
    "DrugKind",
    "Frequency",
    "Guidance",
    "InjectionSite",
    "LungRisk",
    "Muscle",
    "PainCause",
    "PainMoment",
    "PainPattern",
    "PainQuality",
    "PainReport",
    "PainScore",
    "PainTrigger",
    "PlannedSite",
    "Preparation",
    "Procedure",
    "ProcedureDefinition",
    "ProcedurePlan",
    "ProcedureQuestion",
    "ProcedureStatus",
    "Risk",
    "Screening",
    "ScreeningAnswer",
    "ScreeningOutcome",
    "ScreeningQuestion",
    "Side",
    "SiteSet",
    "SiteSetItem",
    "Twitch",
    "TypedRecord",
    "UltrasoundImage",
    "Urgency",
    "VoidRequest",
]
