"""What is signed stays as it was signed, in the database too: triggers refuse what no act does.

They protect against mistakes in code, imports and manual SQL, on SQLite and on PostgreSQL alike, and ensure that
nothing incomplete is signed. They do not stop the owner of the database, who can drop a trigger as well as a table;
nor, on SQLite, a foreign program's INSERT OR REPLACE over another unique key (our own connections fire the triggers
for that too). While `migrate` runs they are off: SQLite cannot rebuild a table that a trigger names.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db import connections, transaction
from django.db.models import Model

from clinic.lib.registry import Registry
from clinic.models import DataRemoval, IncomingMessage, Patient, PatientChange, RemovalKind
from procedures.dosing import limit_seals
from procedures.models import (
    Addendum,
    BodyDrawing,
    Complication,
    Consent,
    ConsentReply,
    ConsentText,
    DoseLimit,
    DrugAdministration,
    Guidance,
    InjectionSite,
    LungRisk,
    Muscle,
    PainMoment,
    PainScore,
    Procedure,
    ProcedureDefinition,
    ProcedureStatus,
    RecordSeal,
    Screening,
    ScreeningAnswer,
    SecondApproval,
    Side,
    UltrasoundImage,
    VoidRequest,
)
from procedures.records import seal_triggers, sealed_parts

DRAFT, SIGNED, VOID = (status.value for status in ProcedureStatus)
PARTS = [InjectionSite, DrugAdministration, PainScore, Complication, UltrasoundImage]
PARTS += [SecondApproval]  # a second person's reason given after the signature would justify it too late
WRITTEN_ONCE = [Addendum, RecordSeal, SecondApproval, ScreeningAnswer]
# Of an SMS that somebody wrote: what it was taken for, and whose a person says it is.
DECIDED_LATER = ["taken_up_at", "taken_for", "whose", "decided_at", "decided_by_id"]
INSERT, UPDATE, DELETE = "INSERT", "UPDATE", "DELETE"


@dataclass(frozen=True)
class Rule:
    """The database refuses to do `event` to a row of `model` when `refuse_when` holds, in SQL that both understand."""

    model: type[Model]
    event: str
    refuse_when: str
    why: str


@dataclass(frozen=True)
class Owner:
    """A package above with rows that stay as they were used; `rules()` gives its Rules."""

    code: str
    rules: Callable


OWNERS = Registry("owner of sealed rows")


def table(model):
    return model._meta.db_table


def changed(model, *, but):
    """SQL: any column was changed, except those that may be."""
    columns = [field.column for field in model._meta.concrete_fields if field.column not in but]
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


def another_patient():
    """SQL: the row went to another patient, and not to the one into whom its patient was merged."""
    merged = f"SELECT 1 FROM {table(Patient)} WHERE id = OLD.patient_id AND merged_into_id = NEW.patient_id"  # noqa: S608 - names from our own code
    return f"(OLD.patient_id <> NEW.patient_id AND NOT EXISTS ({merged}))"


def exists(model, condition):
    return f"EXISTS (SELECT 1 FROM {table(model)} AS part WHERE {condition})"  # noqa: S608 - names from our own code


def time_is_over(patient):
    """SQL: the time for which the law keeps the record of this patient (SQL for the key) is over, and it is deleted."""
    removed = f"gone.patient_id = {patient} AND gone.kind = '{RemovalKind.OVER}'"
    return f"EXISTS (SELECT 1 FROM {table(DataRemoval)} AS gone WHERE {removed})"  # noqa: S608 - names from our own code


def of_its(model, key):
    """SQL: the patient of the row of `model` (a record, a set of answers) that a deleted row hangs on."""
    return f"(SELECT whole.patient_id FROM {table(model)} AS whole WHERE whole.id = OLD.{key})"  # noqa: S608 - the same


OF_ITS_RECORD = of_its(Procedure, "procedure_id")


def rules():
    yield from _of_the_record()
    yield from _of_its_parts()
    yield from _at_signing()
    yield from _of_what_is_written_once()
    yield from _of_what_people_signed()
    yield _of_wordings_in_use()
    for owner in OWNERS:
        yield from owner.rules()


def _of_the_record():
    agreed = exists(VoidRequest, "part.procedure_id = OLD.id AND part.agreed_at IS NOT NULL")
    voided = f"OLD.status = '{SIGNED}' AND NEW.status = '{VOID}' AND {agreed}"
    changes = [
        changed(Procedure, but=["status", "patient_id"]),
        another_patient(),
        f"(OLD.status <> NEW.status AND NOT ({voided}))",
    ]
    sealed = f"OLD.status <> '{DRAFT}'"
    yield Rule(Procedure, UPDATE, f"{sealed} AND ({' OR '.join(changes)})", "a signed record is not changed")
    deleted = f"{sealed} AND NOT {time_is_over('OLD.patient_id')}"
    yield Rule(Procedure, DELETE, deleted, "a signed record is not deleted")
    yield Rule(Procedure, INSERT, f"NEW.status <> '{DRAFT}'", "a record begins as a draft")
    not_signed = f"NEW.status NOT IN ('{DRAFT}', '{SIGNED}')"
    yield Rule(Procedure, UPDATE, f"OLD.status = '{DRAFT}' AND {not_signed}", "a draft is not voided")


def _of_its_parts():
    for model in PARTS:
        for event, rows in ((INSERT, ["NEW"]), (UPDATE, ["OLD", "NEW"]), (DELETE, ["OLD"])):
            sealed = [exists(Procedure, f"part.id = {row}.procedure_id AND part.status <> '{DRAFT}'") for row in rows]
            refused = " OR ".join(sealed)
            if event == DELETE:
                refused = f"({refused}) AND NOT {time_is_over(OF_ITS_RECORD)}"
            yield Rule(model, event, refused, "parts of a signed record stay as they are")


def _at_signing():
    """The least a record must say. The act requires more (`completeness.problems`), and says so in sentences."""
    own = "part.procedure_id = NEW.id"
    by_touch = f"part.guidance = '{Guidance.LANDMARK}' AND trim(part.no_ultrasound_reason) = ''"
    near_lung = f"SELECT slug FROM {table(Muscle)} WHERE lung_risk <> '{LungRisk.NO}'"  # noqa: S608 - names from our own code
    without_middle = f"SELECT slug FROM {table(Muscle)} WHERE NOT has_middle"  # noqa: S608 - names from our own code
    uses_drugs = f"(SELECT uses_drugs FROM {table(ProcedureDefinition)} WHERE id = NEW.definition_id)"  # noqa: S608 - the same
    missing = {
        "a site": f"NOT {exists(InjectionSite, own)}",
        "a confirmed site with its depth": exists(
            InjectionSite, f"{own} AND (NOT part.is_confirmed OR part.depth_mm IS NULL)"
        ),
        "a reason near the lung": exists(InjectionSite, f"{own} AND {by_touch} AND part.muscle_id IN ({near_lung})"),
        "a side that the muscle has": exists(
            InjectionSite, f"{own} AND part.side = '{Side.MIDDLE}' AND part.muscle_id IN ({without_middle})"
        ),
        "why a needle was in to its hub": "trim(NEW.geometry_reason) = '' AND "
        + exists(InjectionSite, f"{own} AND part.depth_mm >= part.needle_length_mm"),
        "a drug": f"{uses_drugs} AND NOT {exists(DrugAdministration, own)}",
        "a procedure with drugs": f"NOT {uses_drugs} AND {exists(DrugAdministration, own)}",
        "a lot that has not expired": exists(
            DrugAdministration, f"{own} AND (trim(part.lot) = '' OR part.expires_on < NEW.performed_on)"
        ),
        **{
            f"the pain {moment}": "NOT " + exists(PainScore, f"{own} AND part.moment = '{moment}'")
            for moment in PainMoment.values
        },
        "the minutes of observation": "NEW.observation_minutes IS NULL",
        "the needles": "NEW.needles_in IS NULL OR NEW.needles_out IS NULL",
        "whether anything went wrong": "NEW.had_complications IS NULL",
        "what went wrong": f"NEW.had_complications AND NOT {exists(Complication, own)}",
        "that something went wrong": f"NOT NEW.had_complications AND {exists(Complication, own)}",
        "what it was": " OR ".join(f"NEW.{column} = ''" for column in sealed_parts.columns_to_fill(Procedure)),
        "which muscle it was": exists(InjectionSite, f"{own} AND ({sealed_parts.unsealed(InjectionSite)})"),
        "what the product was": exists(DrugAdministration, f"{own} AND ({sealed_parts.unsealed(DrugAdministration)})"),
        "who signed, and when": "NEW.signed_at IS NULL OR NEW.signed_by_id IS NULL",
    }
    signing = f"OLD.status = '{DRAFT}' AND NEW.status = '{SIGNED}'"
    for what, condition in missing.items():
        yield Rule(Procedure, UPDATE, f"{signing} AND ({condition})", f"the record does not say {what}")


def _of_what_is_written_once():
    for model in WRITTEN_ONCE:
        yield Rule(model, UPDATE, changed(model, but=[]), "this is written once")
        whole = of_its(Screening, "screening_id") if model is ScreeningAnswer else OF_ITS_RECORD
        yield Rule(model, DELETE, f"NOT {time_is_over(whole)}", "this is written once")
    yield Rule(RecordSeal, INSERT, _is_no_next_seal(), "seals are of signed records, and follow each other")
    kept = f"{changed(PatientChange, but=['patient_id'])} OR {another_patient()}"
    yield Rule(PatientChange, UPDATE, kept, "what a file said before stays as it was")
    # ... or its words are removed as a whole, with the number, when their time is over.
    kept = changed(IncomingMessage, but=[*DECIDED_LATER, "number", "body"])
    removed = "NEW.number = '' AND NEW.body = ''"
    altered = f"(OLD.number <> NEW.number OR OLD.body <> NEW.body) AND NOT ({removed})"
    yield Rule(IncomingMessage, UPDATE, f"{kept} OR ({altered})", "a received SMS stays as it came")
    yield Rule(IncomingMessage, DELETE, "1 = 1", "a received SMS stays as it came")


def _is_no_next_seal():
    """SQL: the seal is of a draft, or is not the next of its record."""
    before = f"(SELECT count(*) FROM {table(RecordSeal)} AS part WHERE part.procedure_id = NEW.procedure_id)"  # noqa: S608 - names from our own code
    is_draft = exists(Procedure, f"part.id = NEW.procedure_id AND part.status = '{DRAFT}'")
    return f"NEW.number <> {before} + 1 OR {is_draft}"


def _of_what_people_signed():
    """Consents, safety answers, limits and voids: what was signed stays, and each next step is possible only once."""
    confirming = ["confirmed_at", "confirmed_by_id", "signer_seen_at", "signer_seen_by_id"]
    confirming += ["withdrawn_at", "withdrawn_by_id"]
    kept = f"{changed(Consent, but=[*confirming, 'patient_id'])} OR {another_patient()}"
    once_withdrawn = f"OLD.withdrawn_at IS NOT NULL AND ({changed(Consent, but=['patient_id'])})"
    yield Rule(Consent, UPDATE, f"{kept} OR {once_withdrawn}", "a consent keeps its words")
    yield Rule(Consent, DELETE, f"NOT {time_is_over('OLD.patient_id')}", "a consent keeps its words")

    kept = f"{changed(ConsentReply, but=['patient_id'])} OR {another_patient()}"
    yield Rule(ConsentReply, UPDATE, kept, "what a patient said stays as it was said")
    yield Rule(
        ConsentReply, DELETE, f"NOT {time_is_over('OLD.patient_id')}", "what a patient said stays as it was said"
    )

    for event in (UPDATE, DELETE):
        yield Rule(BodyDrawing, event, "1 = 1", "what consents were signed under stays as it was drawn")

    review = ["reviewed_at", "reviewed_by_id", "review_note"]
    kept = f"{changed(Screening, but=[*review, 'patient_id'])} OR {another_patient()}"
    yield Rule(Screening, UPDATE, kept, "answers are given again, not changed")
    kept = f"NOT {time_is_over('OLD.patient_id')}"
    yield Rule(Screening, DELETE, kept, "answers are given again, not changed")

    yield from (Rule(DoseLimit, *refused) for refused in limit_seals.refused(changed=partial(changed, DoseLimit)))

    kept = changed(VoidRequest, but=["agreed_at", "agreed_by_id"])
    yield Rule(VoidRequest, INSERT, "NEW.agreed_at IS NOT NULL", "first one asks, then another agrees")
    yield Rule(VoidRequest, INSERT, "NEW.injected = ''", "it says whether it was injected")
    yield Rule(VoidRequest, UPDATE, f"OLD.agreed_at IS NOT NULL OR {kept}", "what two people agreed on stays")
    kept = f"OLD.agreed_at IS NOT NULL AND NOT {time_is_over(OF_ITS_RECORD)}"
    yield Rule(VoidRequest, DELETE, kept, "what two people agreed on stays")


def _of_wordings_in_use():
    used = exists(Consent, "part.text_id = OLD.id")
    kept = f"{used} AND ({changed(ConsentText, but=['is_current'])})"
    return Rule(ConsentText, UPDATE, kept, "a wording in use gets a new version")


# The triggers


def seal(sender, using, **kwargs):
    """A `post_migrate` receiver that makes the triggers."""
    connection = connections[using]
    by_table = {}
    for rule in rules():
        by_table.setdefault(table(rule.model), []).append(rule)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if not {*by_table, table(DataRemoval)} <= set(connection.introspection.table_names(cursor)):
            return  # migrated back to before this trigger
        seal_triggers.drop(connection, cursor, by_table)
        seal_triggers.make(connection, cursor, by_table, locking={table(model) for model in PARTS})


def lift(sender=None, using="default", **kwargs):
    """A `pre_migrate` receiver that takes the triggers away; `seal` puts them back."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        seal_triggers.drop(connection, cursor, {table(rule.model) for rule in rules()})


def missing_triggers(using="default"):
    """The names of those that the database does not have, or has switched off."""
    return seal_triggers.missing(connections[using], Counter(table(rule.model) for rule in rules()))
