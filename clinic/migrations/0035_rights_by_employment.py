"""What gave rights beside the employment goes: groups and permissions of accounts, and two marks."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clinic", "0034_employment")]

    operations = [
        migrations.RemoveField(model_name="user", name=name)
        for name in ("groups", "user_permissions", "is_staff", "is_superuser")
    ]
