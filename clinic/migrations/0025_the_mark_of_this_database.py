import time

from django.db import migrations


def make(apps, schema_editor):
    """From the first day on, so that also a backup from before the first delivery knows which database it is of."""
    marks = apps.get_model("clinic", "DeliveryMark").objects.using(schema_editor.connection.alias)
    marks.get_or_create(pk=1, defaults={"number": int(time.time() * 1000)})


class Migration(migrations.Migration):

    dependencies = [
        ("clinic", "0024_what_people_write"),
    ]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
