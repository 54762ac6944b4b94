from django.db import migrations


def it_is_not_for_subscapularis(apps, schema_editor):
    """The sleeper stretch turns the arm inwards, which slackens the muscle that turns it inwards."""
    exercise = apps.get_model("aftercare", "Exercise")
    exercise.muscles.through.objects.filter(exercise="x08", exercise__name="Sleeper", muscle="subscapularis").delete()


class Migration(migrations.Migration):
    dependencies = [("aftercare", "0005_exercise_reports"), ("procedures", "0002_the_record_a_physician_trusts")]

    operations = [migrations.RunPython(it_is_not_for_subscapularis, migrations.RunPython.noop)]
