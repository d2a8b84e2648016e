"""Whom anything recorded lately touches, once for all provinces that keep folded rows (docs/adr/0016).

Caches, so unlogged, and made anew: what was kept is folded again.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registry", "0012_settled")]

    operations = [
        migrations.RunSQL(
            """
            create unlogged table registry_sweep (
                one boolean primary key default true check (one),
                number bigint not null,
                known_at timestamptz not null,
                marks jsonb not null
            );
            create unlogged table registry_touched (
                sweep bigint not null,
                person_id bigint not null,
                unit_id bigint,
                at timestamptz not null
            );
            create unlogged table registry_unsettled (
                area_id bigint not null,
                person_id bigint not null,
                primary key (area_id, person_id)
            );
            delete from registry_settling;
            alter table registry_settling drop column marks;
            alter table registry_settling add column sweep bigint not null default 0;
            """,
            """
            alter table registry_settling drop column sweep;
            alter table registry_settling add column marks jsonb not null default '{}';
            drop table registry_unsettled;
            drop table registry_touched;
            drop table registry_sweep;
            """,
        )
    ]
