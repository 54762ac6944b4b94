from clinic.models.account_contacts import AccountContact
from clinic.models.appointment_changes import AppointmentStatusChange
from clinic.models.appointment_states import AppointmentStatus, PatientAnswer
from clinic.models.appointments import Appointment
from clinic.models.audit import AuditAction, AuditEvent, AuditLink
from clinic.models.booking_requests import BookingRequest
from clinic.models.catalogue_versions import CatalogueVersion
from clinic.models.channel_pauses import ChannelPause
from clinic.models.chores import ChoreRun
from clinic.models.clinical_changes import ChangeVerb, ClinicalChange
from clinic.models.emergency_access import EmergencyAccess
from clinic.models.employment import TREATING_ROLES, Employment, Role
from clinic.models.guardians import Guardian
from clinic.models.health import AlertKind, AlertState, BodyMeasurement, PatientAlert
from clinic.models.incoming_messages import IncomingMessage, IncomingPatient, TakenFor, Whose
from clinic.models.invitations import Invitation
from clinic.models.messages import Message, MessageAttempt, MessageCategory, MessageChannel, MessageStatus
from clinic.models.pages import GlossaryTerm, Page, PageSection
from clinic.models.patient_access import AccessEnd, AccessProof, AccessRelation, PatientAccess
from clinic.models.patient_details import IdentifierKind, PatientChange, PatientDetails
from clinic.models.patients import (
    ContactSystem,
    Patient,
    PatientContact,
    PatientsRowsQuerySet,
    Sex,
)
from clinic.models.preferences import MessagePreference, PreferenceSource
from clinic.models.reminders import VisitReminder
from clinic.models.removals import DataRemoval, RemovalKind
from clinic.models.schedules import BookableBy, Closure, Room, TimeOff, UltrasoundMachine, VisitType, WorkingHours
from clinic.models.sessions import BrowserSession
from clinic.models.shared_values import SharedValue
from clinic.models.sms_numbers import BlockedBy, SmsNumber
from clinic.models.staff import Credential, CredentialKind, Practitioner, PractitionerRole
from clinic.models.symptom_words import SymptomWords, WordLevel
from clinic.models.unsent_forms import UnsentForm
from clinic.models.users import User
from clinic.models.versions import TimetableVersion, WordsVersion
from clinic.models.waitlist import WaitlistEntry, WaitlistOffer, WaitlistStatus
from clinic.models.watch import DeliveryMark, Heartbeat
from clinic.models.words import Synonyms
from clinic.models.worklist import WorkItem, WorkItemStatus

__all__ = [
    "TREATING_ROLES",
    "AccessEnd",
    "AccessProof",
    "AccessRelation",
    "AccountContact",
    "AlertKind",
    "AlertState",
    "Appointment",
    "AppointmentStatus",
    "AppointmentStatusChange",
    "AuditAction",
    "AuditEvent",
    "AuditLink",
    "BlockedBy",
    "BodyMeasurement",
    "BookableBy",
    "BookingRequest",
    "BrowserSession",
    "CatalogueVersion",
    "ChangeVerb",
    "ChannelPause",
    "ChoreRun",
    "ClinicalChange",
    "Closure",
    "ContactSystem",
    "Credential",
    "CredentialKind",
    "DataRemoval",
    "DeliveryMark",
    "EmergencyAccess",
    "Employment",
    "GlossaryTerm",
    "Guardian",
    "Heartbeat",
    "IdentifierKind",
    "IncomingMessage",
    "IncomingPatient",
    "Invitation",
    "Message",
    "MessageAttempt",
    "MessageCategory",
    "MessageChannel",
    "MessagePreference",
    "MessageStatus",
    "Page",
    "PageSection",
    "Patient",
    "PatientAccess",
    "PatientAlert",
    "PatientAnswer",
    "PatientChange",
    "PatientContact",
    "PatientDetails",
    "PatientsRowsQuerySet",
    "Practitioner",
    "PractitionerRole",
    "PreferenceSource",
    "RemovalKind",
    "Role",
    "Room",
    "Sex",
    "SharedValue",
    "SmsNumber",
    "SymptomWords",
    "Synonyms",
    "TakenFor",
    "TimeOff",
    "TimetableVersion",
    "UltrasoundMachine",
    "UnsentForm",
    "User",
    "VisitReminder",
    "VisitType",
    "WaitlistEntry",
    "WaitlistOffer",
    "WaitlistStatus",
    "Whose",
    "WordLevel",
    "WordsVersion",
    "WorkItem",
    "WorkItemStatus",
    "WorkingHours",
]
