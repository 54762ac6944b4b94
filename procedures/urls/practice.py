"""What physicians do, below /practice/: plan, record, doses, pictures, lots."""

from django.urls import path

from procedures.views.practice import (
    autosave,
    consents,
    doses,
    images,
    lots,
    packs,
    plans,
    record,
    screening,
    second_person,
    voiding,
)

urlpatterns = [
    path("patients/<int:pk>/screening/", screening.answers, name="practice-screening"),
    path("visits/<int:pk>/plan/", plans.plan, name="practice-plan"),
    path("visits/<int:pk>/consent/confirm/", consents.confirm, name="practice-consent-confirm"),
    path("visits/<int:pk>/consent/withdraw/", consents.withdraw, name="practice-consent-withdraw"),
    path("visits/<int:pk>/seen/", record.seen, name="practice-seen"),
    path("visits/<int:pk>/record/", record.record, name="practice-record"),
    path("visits/<int:pk>/record/typed/", autosave.keep, name="practice-record-typed"),
    path("visits/<int:pk>/record/typed/drop/", autosave.drop, name="practice-record-typed-drop"),
    path("visits/<int:pk>/record/review/", record.review, name="practice-record-review"),
    path("visits/<int:pk>/record/addenda/", record.addenda, name="practice-record-addenda"),
    path("visits/<int:pk>/record/doses/", doses.typed_doses, name="practice-record-doses"),
    path("visits/<int:pk>/record/second-person/", second_person.look, name="practice-record-second-person"),
    path("dose-limits/", doses.dose_limits, name="practice-dose-limits"),
    path("dose-limits/propose/", doses.propose_dose_limit, name="practice-dose-limits-propose"),
    path("dose-limits/<int:pk>/sign/", doses.sign_dose_limit, name="practice-dose-limit-sign"),
    path("visits/<int:pk>/record/void/", voiding.void, name="practice-record-void"),
    path("visits/<int:pk>/record/void/agree/", voiding.agree, name="practice-record-void-agree"),
    path("visits/<int:pk>/record/void/keep/", voiding.keep, name="practice-record-void-keep"),
    path("visits/<int:pk>/record/voided/<int:record>/", voiding.voided, name="practice-record-voided"),
    path("visits/<int:pk>/record/images/", images.gallery, name="practice-record-images"),
    path("visits/<int:pk>/record/images/<int:image>/", images.picture, name="practice-record-image"),
    path("visits/<int:pk>/record/images/<int:image>/small/", images.thumbnail, name="practice-record-image-thumbnail"),
    path("visits/<int:pk>/record/images/<int:image>/remove/", images.remove, name="practice-record-image-remove"),
    path("packs/", packs.packs, name="practice-packs"),
    path("packs/read/", packs.read, name="practice-pack-read"),
    path("packs/<int:pk>/confirm/", packs.confirm, name="practice-pack-confirm"),
    path("packs/<int:pk>/end/", packs.end, name="practice-pack-end"),
    path("lots/", lots.lots, name="practice-lots"),
    path("lots/list.csv", lots.lots_csv, name="practice-lots-csv"),
]
