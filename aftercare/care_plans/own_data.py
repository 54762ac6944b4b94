"""What the days after are called when patients take their data along."""

from django.utils.translation import gettext_lazy as _

from clinic.privacy.own_data import OWN_ROWS, OwnRows

for code, label in (
    ("careplan", _("The days after")),
    ("carecheck", _("When we asked how you are")),
    ("symptomcheck", _("How you were")),
    ("symptomanswer", _("Your answers about it")),
    ("paindiaryentry", _("Your pain diary")),
    ("servicerequest", _("Referrals to physiotherapy")),
    ("physiotherapyassessment", _("What the physiotherapist found")),
    ("rangeofmotion", _("How far you could move")),
    ("exerciseprescription", _("Your exercises")),
    ("exercisedone", _("Exercises you ticked")),
    ("exercisereport", _("What you said about exercises")),
):
    OWN_ROWS.register(OwnRows(f"aftercare.{code}", label))
