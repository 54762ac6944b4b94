from aftercare.models.assessments import (
    CauseFinding,
    CauseReview,
    Movement,
    OtherTherapy,
    OtherTherapyKind,
    PhysiotherapyAssessment,
    RangeOfMotion,
)
from aftercare.models.exercises import Exercise, ExerciseDone, ExerciseKind, ExercisePrescription, ExerciseReport
from aftercare.models.pain_diary import PainDiaryEntry
from aftercare.models.physiotherapy import ReferralAnswer, ServiceRequest, ServiceRequestStatus
from aftercare.models.plans import CarePlan
from aftercare.models.protocols import AftercareProtocol, Asks, ProtocolCheck
from aftercare.models.symptom_checks import (
    CareCheck,
    SymptomAnswer,
    SymptomCheck,
    SymptomLevel,
    SymptomQuestion,
)

__all__ = [
    "AftercareProtocol",
    "Asks",
    "CareCheck",
    "CarePlan",
    "CauseFinding",
    "CauseReview",
    "Exercise",
    "ExerciseDone",
    "ExerciseKind",
    "ExercisePrescription",
    "ExerciseReport",
    "Movement",
    "OtherTherapy",
    "OtherTherapyKind",
    "PainDiaryEntry",
    "PhysiotherapyAssessment",
    "ProtocolCheck",
    "RangeOfMotion",
    "ReferralAnswer",
    "ServiceRequest",
    "ServiceRequestStatus",
    "SymptomAnswer",
    "SymptomCheck",
    "SymptomLevel",
    "SymptomQuestion",
]
