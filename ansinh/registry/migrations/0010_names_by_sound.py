from django.db import migrations, models

import ansinh.registry.models.people

SOUNDING = """
create function sounding(folded text) returns text language sql immutable strict parallel safe as $$
    select translate(replace(regexp_replace(folded, '\\mn(?![gh])', 'l', 'g'), 'h', ''), 'ys', 'ix')
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0009_transfers'),
    ]

    operations = [
        migrations.RunSQL(SOUNDING, "drop function sounding(text)"),
        migrations.RemoveIndex(
            model_name='person',
            name='person_by_folded_name',
        ),
        migrations.RemoveIndex(
            model_name='person',
            name='person_by_given_name',
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index('folded', 'born', name='person_by_folded_name'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index('given_folded', 'born', name='person_by_given_name'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(ansinh.registry.models.people.Sounding('folded'), models.F('born'), name='person_by_sound'),
        ),
    ]
