import django.contrib.postgres.indexes
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

import clinic.models.patients

BATCH = 5_000


def fill_in_names(apps, schema_editor):
    Patient = apps.get_model("clinic", "Patient")
    field = Patient._meta.get_field("search_name")
    rows = Patient.objects.using(schema_editor.connection.alias)
    batch = []
    for patient in rows.only("given_name", "family_name").order_by("pk").iterator(chunk_size=BATCH):
        field.pre_save(patient, add=False)
        batch.append(patient)
        if len(batch) == BATCH:
            rows.bulk_update(batch, ["search_name"], batch_size=500)
            batch = []
    rows.bulk_update(batch, ["search_name"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("clinic", "0001_initial")]

    operations = [
        TrigramExtension(),
        migrations.AddField(
            model_name="patient",
            name="search_name",
            field=clinic.models.patients.SearchNameField(default="", editable=False),
        ),
        migrations.RunPython(fill_in_names, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="patient",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_name"], name="patient_search_name", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.RemoveIndex(model_name="patientcontact", name="clinic_pati_value_975b8b_idx"),
        migrations.AddIndex(
            model_name="patientcontact",
            index=models.Index(fields=["value"], name="contact_value_begins", opclasses=["varchar_pattern_ops"]),
        ),
    ]
