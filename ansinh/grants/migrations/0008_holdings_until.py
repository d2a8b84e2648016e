"""A holding knows the month it lasts until, so that who holds a grant is read from its row alone."""

from django.db import migrations, models

UNTIL = """
create function grants_holding_until() returns trigger language plpgsql as $$
begin
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
create trigger grants_holding_until after insert on grants_holding
    referencing new table as written for each statement execute function grants_holding_until();
"""

KNOWN_ALREADY = """
alter table grants_holding disable trigger user;
update grants_holding h set until_month = span.next
from (
    select grant_id, from_month, lead(from_month) over (partition by grant_id order by from_month) as next
    from grants_holding
) span
where h.grant_id = span.grant_id and h.from_month = span.from_month and span.next is not null;
alter table grants_holding enable trigger user;
"""


class Migration(migrations.Migration):
    dependencies = [("grants", "0007_proposals")]
    operations = [
        migrations.AddField("holding", "until_month", models.DateField(editable=False, null=True)),
        migrations.RunSQL(KNOWN_ALREADY),
        migrations.AddConstraint(
            "holding",
            models.CheckConstraint(
                condition=models.Q(("until_month__gt", models.F("from_month"))), name="grants_holding_lasts"
            ),
        ),
        migrations.RunSQL(
            UNTIL, "drop trigger grants_holding_until on grants_holding; drop function grants_holding_until()"
        ),
    ]
