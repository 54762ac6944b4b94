"""A plan says itself whether it has ended: a void record may be of an injection that took place."""

from django.db import migrations, models
from django.db.models.functions import Now


def end_those_of_void_records(apps, schema_editor):
    """Until now every void record ended its plan."""
    plans = apps.get_model("aftercare", "CarePlan").objects.using(schema_editor.connection.alias)
    plans.filter(procedure__status="entered-in-error").update(ended_at=Now())


class Migration(migrations.Migration):
    dependencies = [
        ("aftercare", "0006_sleeper_stretch"),
        ("procedures", "0007_whether_it_was_injected"),
    ]

    operations = [
        migrations.AddField(
            model_name="careplan",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(end_those_of_void_records, migrations.RunPython.noop),
    ]
