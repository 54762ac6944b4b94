import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0003_what_people_ask")]

    operations = [
        migrations.CreateModel(
            name="PainPattern",
            fields=[
                (
                    "muscle",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="pain_pattern",
                        serialize=False,
                        to="procedures.muscle",
                        verbose_name="muscle",
                    ),
                ),
                (
                    "felt_in",
                    models.ManyToManyField(
                        related_name="+", to="procedures.bodyarea", verbose_name="where its pain is felt"
                    ),
                ),
                (
                    "lies_in",
                    models.ManyToManyField(
                        related_name="+", to="procedures.bodyarea", verbose_name="where the muscle lies"
                    ),
                ),
            ],
            options={
                "verbose_name": "where a muscle's pain is felt",
                "verbose_name_plural": "where each muscle's pain is felt",
                "ordering": ["muscle"],
            },
        ),
    ]
