"""What stands open in each unit, counted when the law is asked and when a decision is made."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('determinations', '0002_answers'),
        ('geography', '0001_units'),
        ('grants', '0002_what_never_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('at', models.DateTimeField()),
                ('people', models.IntegerField()),
                ('no_number', models.IntegerField()),
                ('year_only', models.IntegerField()),
                ('coming', models.IntegerField()),
                ('entitled_not_granted', models.IntegerField()),
                ('no_longer_entitled', models.IntegerField()),
                ('level_differs', models.IntegerField()),
                ('conversion', models.IntegerField()),
                ('cannot_tell', models.IntegerField()),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='determinations.run')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='geography.unit')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('month__isnull', True), ('month__day', 1), _connector='OR'), name='grants_tally_of_a_month'), models.UniqueConstraint(fields=('unit', 'month'), name='grants_tally_once_per_unit_and_month')],
            },
        ),
    ]
