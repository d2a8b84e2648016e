"""What was decided of pairs before opinions were kept, as their first opinion."""

from django.db import migrations

GIVEN = """
insert into registry_opinion (pair_id, kind, reason, by_id, at)
select id, status, why, decided_by_id, decided_at from registry_double
where status <> 'OPEN' order by decided_at, id
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0014_opinions")]

    operations = [migrations.RunSQL(GIVEN, migrations.RunSQL.noop)]
