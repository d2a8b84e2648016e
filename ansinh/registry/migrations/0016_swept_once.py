"""A sweep remembers which changes it saw, so that the next one does not read them again (docs/adr/0016)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registry", "0015_opinions_given")]

    operations = [
        migrations.RunSQL(
            """
            alter table registry_sweep add column saw pg_snapshot;
            alter table registry_sweep add column xid xid8;
            alter table registry_sweep add column cluster bigint not null default 0;
            """,
            """
            alter table registry_sweep drop column saw;
            alter table registry_sweep drop column xid;
            alter table registry_sweep drop column cluster;
            """,
        )
    ]
