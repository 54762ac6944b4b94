"""Two dangers that were asked about but set no warning do so now, also where patients answered lately."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

VALID_FOR = timedelta(days=30)
KINDS = {"infection": ["infection"], "bleeding": ["bleeding"], "illness": ["heart", "liver", "kidney", "epilepsy"]}
LISTS = {"numbing-allergy": "anaesthetics", "other-allergy": "others"}
STATES = {"yes": "present", "no": "absent", "unknown": "unknown"}
NAMES = {
    "lidocaine": "lignocaine, xylocaine, lidokain",
    "bupivacaine": "marcaine, bupivakain",
    "ropivacaine": "naropin, ropivakain",
    "mepivacaine": "carbocaine, scandicain, mepivakain",
    "procaine": "novocain, novokain, prokain",
    "methylprednisolone": "methylprednisolone, depo-medrol, metilprednizolon",
    "triamcinolone": "triamcinolone, kenalog, triamcinolon",
    "dexamethasone": "dexamethasone, decadron, deksametazon"
}
# Draft: plain anatomy, a clinician confirms it.
HARD_TO_PRESS = ["pterygoid_lat", "scalenes", "subclavius", "pect_minor", "subscapularis"]
HARD_TO_PRESS += ["multifidus_lum", "quadratus_l", "iliopsoas", "glut_min", "piriformis"]


def set_the_kinds(apps, schema_editor):
    questions = apps.get_model("procedures", "ScreeningQuestion").objects
    for slug in ("infection", "bleeding"):
        questions.filter(pk=slug, alert_kind="").update(alert_kind=slug)
    for slug, name in LISTS.items():
        questions.filter(pk=slug).update(allergy_list=name)
    for slug, names in NAMES.items():
        apps.get_model("procedures", "Drug").objects.filter(pk=slug, also_called="").update(also_called=names)
    apps.get_model("procedures", "Muscle").objects.filter(pk__in=HARD_TO_PRESS).update(is_hard_to_press=True)


def warn_of_what_was_answered(apps, schema_editor):
    """Answers that still hold; "yes" to the question about four illnesses leaves open which it is."""
    alerts = apps.get_model("clinic", "PatientAlert").objects
    answers = apps.get_model("procedures", "ScreeningAnswer").objects.select_related("screening")
    lately = answers.filter(question__in=list(KINDS), screening__answered_at__gt=timezone.now() - VALID_FOR)
    alerts.bulk_create(
        (
            alerts.model(
                patient_id=answer.screening.patient_id,
                kind=kind,
                state="unknown" if answer.answer == "yes" and len(KINDS[answer.question_id]) > 1 else STATES[answer.answer],
                detail=answer.detail,
                noted_at=answer.screening.answered_at,
                noted_by_id=answer.screening.answered_by_id,
            )
            for answer in lately.iterator()
            for kind in KINDS[answer.question_id]
        ),
        batch_size=5000,
    )


class Migration(migrations.Migration):

    dependencies = [
        ("procedures", "0017_allergies_and_warnings"),
    ]

    operations = [
        migrations.RunPython(set_the_kinds, migrations.RunPython.noop),
        migrations.RunPython(warn_of_what_was_answered, migrations.RunPython.noop),
    ]
