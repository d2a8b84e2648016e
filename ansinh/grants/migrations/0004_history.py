"""Every change of a decision or a grant is kept by the database."""

from django.db import migrations

from ansinh.db import schema


class Migration(migrations.Migration):
    dependencies = [("grants", "0003_tallies"), ("db", "0002_changes")]

    operations = [
        schema.keep_history("grants_decision"),
        schema.keep_history("grants_grant"),
        schema.keep_history("grants_level", key="grant_id, decided_at, from_month"),
        schema.keep_history("grants_legalground"),
        schema.keep_history("grants_holding", key="grant_id, from_month"),
        schema.keep_history("grants_hold"),
        schema.keep_history("grants_recipient", key="grant_id, from_month"),
        schema.keep_history("grants_recovery"),
    ]
