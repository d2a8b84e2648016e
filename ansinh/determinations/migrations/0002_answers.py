"""The answers, by month; and that what the law answered is never changed."""

from datetime import date

from django.db import migrations

from ansinh.db.schema import make_month_partitions, revoke_changes

# No foreign key to the person: millions of rows are written from the register itself, in one statement.
TABLE = """
    create table determinations_answer (
        month date not null,
        run_id bigint not null,
        person_id bigint not null,
        no integer not null,
        primary key (run_id, person_id, month)
    ) partition by range (month)
"""


class Migration(migrations.Migration):
    dependencies = [("determinations", "0001_runs"), ("db", "0001_roles_and_extensions")]

    operations = [
        migrations.RunSQL(TABLE, "drop table determinations_answer"),
        migrations.RunSQL(
            "create index answer_by_person on determinations_answer (person_id)", "drop index answer_by_person"
        ),
        make_month_partitions("determinations_answer", date(2021, 1, 1), date(2030, 12, 1)),
        revoke_changes("determinations_run"),
        revoke_changes("determinations_outcome"),
        revoke_changes("determinations_outcomeentitlement"),
        revoke_changes("determinations_answer"),
    ]
