"""Every pair in the queue of what both belong to by now: a list asks for its unit, and some were older than moves."""

from django.db import migrations

FOLLOW = """
update registry_double set unit_id = by_now.unit_id
from (
    select pair.id, case when sa.commune_id = sb.commune_id then sa.commune_id
        when sa.province_id = sb.province_id then sa.province_id end as unit_id
    from registry_double pair
    join registry_whereabouts a on a.person_id = pair.first_id
        and a.since <= current_date and (a.until is null or a.until > current_date)
    join geography_standing sa on sa.unit_id = a.unit_id and sa.valid @> current_date
    join registry_whereabouts b on b.person_id = pair.second_id
        and b.since <= current_date and (b.until is null or b.until > current_date)
    join geography_standing sb on sb.unit_id = b.unit_id and sb.valid @> current_date
    where pair.status <> 'MERGED'
) by_now
where registry_double.id = by_now.id and registry_double.unit_id is distinct from by_now.unit_id
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0017_withdrawn")]

    operations = [migrations.RunSQL(FOLLOW, migrations.RunSQL.noop)]
