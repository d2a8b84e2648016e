"""What is known of a province's people, folded and kept until something changes (docs/adr/0016).

A cache, so unlogged: a server that was killed forgets it and folds anew. Secret facts are never in it.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registry", "0011_homes_by_unit")]

    operations = [
        migrations.RunSQL(
            """
            create unlogged table registry_settling (
                area_id bigint primary key,
                first date not null,
                known_at timestamptz not null,
                layout text not null,
                marks jsonb not null
            );
            create unlogged table registry_settled (
                area_id bigint not null,
                person_id bigint not null,
                unit_id bigint not null,
                born date,
                sex varchar(1) not null,
                w0 bigint not null,
                w1 bigint not null,
                kin integer not null,
                supporter_id bigint,
                last date not null,
                later bigint not null,
                primary key (area_id, person_id)
            );
            """,
            "drop table registry_settled; drop table registry_settling;",
        )
    ]
