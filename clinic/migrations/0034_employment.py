"""Who works here gets a row for each role: until now the groups of an account said so, and nothing ended them."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

ROLES = ["desk", "physician", "physiotherapist", "manager"]


def employ(apps, schema_editor):
    """Everybody who is in a role's group, since the account was made; who stood above the groups is a manager."""
    User, Employment = apps.get_model("clinic", "User"), apps.get_model("clinic", "Employment")
    for role in ROLES:
        holds = models.Q(groups__name=role)
        if role == "manager":
            holds |= models.Q(is_superuser=True)
        people = User.objects.filter(holds).distinct().values_list("pk", "date_joined")
        Employment.objects.bulk_create(Employment(user_id=pk, role=role, since=since) for pk, since in people)


def put_back_into_groups(apps, schema_editor):
    """Those who work here now; managers may open the catalogue."""
    Group, Employment = apps.get_model("auth", "Group"), apps.get_model("clinic", "Employment")
    now = django.utils.timezone.now()
    left = models.Q(user__practitioner__is_active=False, role__in=["physician", "physiotherapist"])
    current = Employment.objects.filter(models.Q(until=None) | models.Q(until__gt=now), since__lte=now).exclude(left)
    for employment in current.select_related("user"):
        employment.user.groups.add(Group.objects.get_or_create(name=employment.role)[0])
        if employment.role == "manager":
            employment.user.is_staff = True
            employment.user.save(update_fields=["is_staff"])


def to_user(**options):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, **options)


class Migration(migrations.Migration):
    dependencies = [("clinic", "0033_patients_file"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.CreateModel(
            name="Employment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("desk", "Front desk"),
                            ("physician", "Physician"),
                            ("physiotherapist", "Physiotherapist"),
                            ("manager", "Manager"),
                        ],
                        max_length=20,
                        verbose_name="works as",
                    ),
                ),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("why_ended", models.CharField(blank=True, max_length=300, verbose_name="why it ends")),
                ("ended_by", to_user(blank=True, null=True, related_name="+")),
                ("started_by", to_user(blank=True, null=True, related_name="+")),
                ("user", to_user(related_name="employments")),
            ],
            options={
                "ordering": ["since", "pk"],
                "default_permissions": ["view", "change"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ROLES)), name="employment_role_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                        name="employment_ends_after_it_begins",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)),
                        fields=("user", "role"),
                        name="one_open_employment_per_person_and_role",
                    ),
                ],
            },
        ),
        migrations.RunPython(employ, put_back_into_groups),
    ]
