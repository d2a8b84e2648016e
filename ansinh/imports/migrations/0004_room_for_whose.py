from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0003_poverty_lists'),
    ]

    operations = [
        # All rows of a list are told whose they are when it is written: with room for a second version of
        # each, they stay on their page and no index is touched. Without it the table grows as much.
        migrations.RunSQL(
            "alter table imports_line set (fillfactor = 50)", "alter table imports_line set (fillfactor = 80)"
        ),
    ]
