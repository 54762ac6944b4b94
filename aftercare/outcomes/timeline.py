"""Everything that is known of a patient's care in the clinic, on one timeline."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from aftercare.models import CarePlan, PainDiaryEntry, PhysiotherapyAssessment, SymptomCheck
from aftercare.outcomes.pain_charts import PainPoint
from clinic.models import Appointment
from procedures.models import Consent, InjectionSite, PainReport, Procedure, Screening


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `thing` is the row that it is about; each `kind` has a partial with its words."""

    at: datetime
    kind: str
    thing: object
    records: tuple = ()

    @property
    def partial(self):
        return f"practice/outcomes/timeline/_{self.kind}.html"

    @property
    def is_injected(self):
        return any(record.is_true_as_written for record in self.records)


def entries_of(patient, *, user):
    """Newest first: visits with their records, safety answers, pain reports, consents, aftercare; as `user` may see."""
    found = [
        *_visits(patient, user),
        *(Entry(each.answered_at, "screening", each) for each in _of(Screening, patient, user)),
        *(
            Entry(each.told_at, "pain_report", each)
            for each in _of(PainReport, patient, user).prefetch_related("areas__region")
        ),
        *(Entry(each.told_at, "pain_diary", each) for each in _pain_diary(patient, user)),
        *(Entry(each.answered_at, "symptom_check", each) for each in _symptoms(patient, user)),
        *_consents(patient, user),
        *(Entry(each.assessed_at, "assessment", each) for each in _assessments(patient, user)),
        *(Entry(each.starts_at, "care_plan", each) for each in _care_plans(patient, user)),
    ]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _of(model, patient, user):
    return model.objects.visible_to(user).filter(patient=patient)


def _visits(patient, user):
    records = {}
    for record in _records(patient, user):
        records.setdefault(record.appointment_id, []).append(record)
    visits = Appointment.objects.visible_to(user).filter(patient=patient).for_people().with_people_and_places()
    for visit in visits:
        yield Entry(visit.starts_at, "visit", visit, records=tuple(records.get(visit.pk, ())))


def _records(patient, user):
    return _of(Procedure, patient, user).with_all_parts().select_related("void_request__injected_visit__patient")


def _assessments(patient, user):
    return _of(PhysiotherapyAssessment, patient, user).select_related("assessed_by").prefetch_related("causes")


def _consents(patient, user):
    for consent in _of(Consent, patient, user).select_related("plan__definition", "withdrawn_by"):
        yield Entry(consent.signed_at, "consent", consent)
        if consent.withdrawn_at:
            yield Entry(consent.withdrawn_at, "consent_ended", consent)


def _pain_diary(patient, user):
    return _of(PainDiaryEntry, patient, user).select_related("care_plan")


def _symptoms(patient, user):
    return (
        _of(SymptomCheck, patient, user)
        .select_related("followed_up_by", "adds_to")
        .prefetch_related("answers__question")
    )


def _care_plans(patient, user):
    return _of(CarePlan, patient, user).standing().select_related("referral__appointment")


def pain_points(patient, *, user):
    """Before and after each injection, and as reported at home."""
    signed = _of(Procedure, patient, user).true_as_written().prefetch_related("pain_scores")
    points = [PainPoint(record.performed_on, record.pain_before, record.pain_after) for record in signed]
    points += [
        PainPoint(timezone.localdate(told_at), told=score)
        for told_at, score in _of(PainReport, patient, user).values_list("told_at", "score")
    ]
    points += last_of_each_day(_of(PainDiaryEntry, patient, user))
    return sorted(points, key=lambda point: point.on)


def pain_points_of(plan):
    """Before and after the injection of this plan, and each day's latest diary entry."""
    record = plan.procedure
    told = last_of_each_day(plan.pain_entries.all())
    if record.pain_before is None and record.pain_after is None:
        return told
    return [PainPoint(record.performed_on, record.pain_before, record.pain_after), *told]


def last_of_each_day(entries):
    by_day = {timezone.localdate(entry.told_at): entry.score for entry in sorted(entries, key=lambda e: e.told_at)}
    return [PainPoint(day, told=score) for day, score in by_day.items()]


def felt_and_injected(patient, *, user):
    """Where it was last felt (body areas), and each muscle and side that ever got a needle, once."""
    report = _of(PainReport, patient, user).prefetch_related("areas__region").first()
    sites = InjectionSite.objects.filter(procedure__in=_of(Procedure, patient, user).true_as_written())
    once = {(site.muscle_id, site.side): site for site in sites.select_related("muscle__region")}
    return (list(report.areas.all()) if report else []), list(once.values())
