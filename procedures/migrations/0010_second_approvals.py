from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    dependencies = [
        ("procedures", "0009_what_records_pointed_to"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint("doseoverride", "dose_override_has_a_reason"),
        migrations.RemoveConstraint("doseoverride", "dose_override_once"),
        migrations.RenameModel("DoseOverride", "SecondApproval"),
        migrations.RenameField("secondapproval", "dose_version", "version"),
        migrations.AlterField(
            "secondapproval",
            "procedure",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="second_approvals", to="procedures.procedure"),
        ),
        migrations.AlterField(
            "secondapproval",
            "share",
            models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True, verbose_name="share of the limit"),
        ),
        migrations.AddField("secondapproval", "kind", models.CharField(db_default="dose", default="dose", max_length=20)),
        migrations.AddField(
            "secondapproval",
            "sentence",
            models.CharField(blank=True, db_default="", default="", max_length=500, verbose_name="what was allowed"),
        ),
        migrations.AddConstraint(
            "secondapproval",
            models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="second_approval_has_a_reason"),
        ),
        migrations.AddConstraint(
            "secondapproval",
            models.UniqueConstraint(fields=("procedure", "kind", "version", "by"), name="second_approval_once"),
        ),
    ]
