from django.urls import path

from procedures.views import doses, images, lots, practice, screening, typed, voiding

urlpatterns = [
    path("patients/<int:pk>/screening/", screening.answers, name="practice-screening"),
    path("visits/<int:pk>/seen/", practice.seen, name="practice-seen"),
    path("visits/<int:pk>/record/", practice.record, name="practice-record"),
    path("visits/<int:pk>/record/typed/", typed.keep, name="practice-record-typed"),
    path("visits/<int:pk>/record/typed/drop/", typed.drop, name="practice-record-typed-drop"),
    path("visits/<int:pk>/record/review/", practice.review, name="practice-record-review"),
    path("visits/<int:pk>/record/addenda/", practice.addenda, name="practice-record-addenda"),
    path("visits/<int:pk>/record/doses/", doses.typed_doses, name="practice-record-doses"),
    path("visits/<int:pk>/record/second-person/", doses.second_person, name="practice-record-second-person"),
    path("dose-limits/", doses.dose_limits, name="practice-dose-limits"),
    path("dose-limits/propose/", doses.propose_dose_limit, name="practice-dose-limits-propose"),
    path("dose-limits/<int:pk>/sign/", doses.sign_dose_limit, name="practice-dose-limit-sign"),
    path("visits/<int:pk>/record/void/", voiding.void, name="practice-record-void"),
    path("visits/<int:pk>/record/void/agree/", voiding.agree, name="practice-record-void-agree"),
    path("visits/<int:pk>/record/void/keep/", voiding.keep, name="practice-record-void-keep"),
    path("visits/<int:pk>/record/voided/<int:record>/", voiding.voided, name="practice-record-voided"),
    path("visits/<int:pk>/record/images/", images.images, name="practice-record-images"),
    path("visits/<int:pk>/record/images/<int:image>/", images.picture, name="practice-record-image"),
    path("visits/<int:pk>/record/images/<int:image>/small/", images.thumbnail, name="practice-record-image-thumbnail"),
    path("visits/<int:pk>/record/images/<int:image>/remove/", images.remove, name="practice-record-image-remove"),
    path("lots/", lots.lots, name="practice-lots"),
    path("lots/list.csv", lots.lots_csv, name="practice-lots-csv"),
]
