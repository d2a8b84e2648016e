"""The trail is written once: the application's role may add to it and read it, nothing else."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_accounts"), ("db", "0001_roles_and_extensions")]

    operations = [
        migrations.RunSQL(
            "revoke update, delete, truncate on accounts_entry from ansinh_app",
            "grant update, delete on accounts_entry to ansinh_app",
        )
    ]
