"""Every change of a payroll and its sums is kept by the database; lines and postings never change at all."""

from django.db import migrations

from ansinh.db import schema


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_ledger"), ("db", "0002_changes")]

    operations = [
        schema.keep_history("payments_account"),
        schema.keep_history("payments_settlement"),
        schema.keep_history("payments_payroll"),
        schema.keep_history("payments_roll"),
        schema.keep_history("payments_grouptotal"),
        schema.keep_history("payments_receivable"),
    ]
