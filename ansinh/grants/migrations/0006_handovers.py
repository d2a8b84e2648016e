"""Grants that another commune pays since their person moved there, by its decision."""

import django.db.models.deletion
from django.db import migrations, models

import ansinh.db.periods
from ansinh.db import schema

ITEMS = """
create or replace view grants_decisionitem as
    select g.decision_id, g.id as grant_id, g.person_id,
        case when o.id is null then 'START' else 'CONVERT' end as action,
        coalesce(lower(g.months), (select min(l.from_month) from grants_level l where l.grant_id = g.id)) as month,
        o.id as replaces_id
    from grants_grant g
    left join grants_grant o
        on o.person_id = g.person_id and o.slot = g.slot and o.ended_by_id = g.decision_id and o.id <> g.id
        and coalesce(upper(o.months), (select min(l.from_month) from grants_level l where l.grant_id = o.id))
            = coalesce(lower(g.months), (select min(l.from_month) from grants_level l where l.grant_id = g.id))
    union all
    select l.decision_id, l.grant_id, g.person_id, 'LEVEL', min(l.from_month), null
    from grants_level l
    join grants_grant g on g.id = l.grant_id and g.decision_id <> l.decision_id
    group by l.decision_id, l.grant_id, g.person_id
    union all
    select g.ended_by_id, g.id, g.person_id, 'STOP', e.month, null
    from grants_grant g
    cross join lateral (
        select coalesce(upper(g.months), (select min(l.from_month) from grants_level l where l.grant_id = g.id))
    ) as e(month)
    where g.ended_by_id is not null and not exists (
        select from grants_grant n
        where n.person_id = g.person_id and n.slot = g.slot and n.decision_id = g.ended_by_id and n.id <> g.id
            and coalesce(lower(n.months), (select min(l.from_month) from grants_level l where l.grant_id = n.id))
                = e.month
    )
    union all
    select h.decision_id, h.grant_id, g.person_id, 'MOVE', h.from_month, null
    from grants_handover h
    join grants_grant g on g.id = h.grant_id
"""


class Migration(migrations.Migration):
    dependencies = [("grants", "0005_by_person")]

    operations = [
        migrations.AlterField(
            model_name="decision",
            name="kind",
            field=models.CharField(
                choices=[
                    ("TAKEN_OVER", "Quyết định có trước, tiếp nhận theo danh sách"),
                    ("ADJUST", "Hưởng, điều chỉnh, thôi hưởng"),
                    ("SUSPEND", "Tạm dừng"),
                    ("RESUME", "Chi trả lại sau tạm dừng"),
                    ("RECOVER", "Thu hồi"),
                    ("MOVE", "Chi trả tiếp cho người chuyển đến"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "decision",
                        "grant",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("from_month", models.DateField()),
                ("stopped_by", models.TextField(blank=True, db_default="")),
                (
                    "decision",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grants.decision",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grants.grant"
                    ),
                ),
                (
                    "left",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="geography.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    ansinh.db.periods.first_of_month(
                        "from_month", name="grants_handover_from_a_month"
                    )
                ],
            },
        ),
        schema.revoke_changes("grants_handover"),
        schema.keep_history("grants_handover", key="decision_id, grant_id"),
        migrations.RunSQL(
            "create trigger grants_handover_append_only before update or delete on grants_handover "
            "for each statement execute function grants_append_only()"
        ),
        migrations.RunSQL(ITEMS),
    ]
