"""Whoever tells of one grant's holder at the same time as somebody else waits for them."""

from django.db import migrations

WAITS = """
create or replace function grants_holding_until() returns trigger language plpgsql as $$
begin
    -- Whoever tells of the same grant at once waits, and then sees this row.
    perform from grants_grant g
    where g.id in (
        select w.grant_id from written w
        join grants_holding kept on kept.grant_id = w.grant_id and kept.from_month <> w.from_month)
    order by g.id for no key update;
    update grants_holding h set until_month = span.next
    from (
        select kept.grant_id, kept.from_month,
            lead(kept.from_month) over (partition by kept.grant_id order by kept.from_month) as next
        from grants_holding kept where kept.grant_id in (select grant_id from written)
    ) span
    where h.grant_id = span.grant_id and h.from_month = span.from_month
        and h.until_month is distinct from span.next;
    return null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("grants", "0008_holdings_until")]
    operations = [migrations.RunSQL(WAITS, migrations.RunSQL.noop)]
