from django.db import migrations, models

import clinic.models.photos


class Migration(migrations.Migration):

    dependencies = [
        ("clinic", "0011_the_days_after"),
    ]

    operations = [
        migrations.AddField(
            model_name="practitioner",
            name="photo",
            field=models.ImageField(
                blank=True, storage=clinic.models.photos.storage, upload_to="", verbose_name="photo"
            ),
        ),
    ]
