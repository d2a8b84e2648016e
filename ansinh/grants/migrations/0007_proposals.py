"""Decisions that officers ask for wait for who signs: what they were about, and what became of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ansinh.db.schema import revoke_changes


class Migration(migrations.Migration):

    dependencies = [
        ('determinations', '0002_answers'),
        ('geography', '0001_units'),
        ('grants', '0006_handovers'),
        ('registry', '0013_touched'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('at', models.DateTimeField()),
                ('note', models.TextField(blank=True, db_default='')),
                ('people', models.IntegerField()),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('follows', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grants.proposal')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='determinations.run')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='geography.unit')),
            ],
        ),
        migrations.CreateModel(
            name='ProposalEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('SIGNED', 'đã ký'), ('RETURNED', 'trả lại'), ('WITHDRAWN', 'đã rút')], max_length=9)),
                ('reason', models.TextField(blank=True, db_default='')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decision', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grants.decision')),
                ('proposal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grants.proposal')),
            ],
        ),
        migrations.CreateModel(
            name='ProposalItem',
            fields=[
                ('pk', models.CompositePrimaryKey('proposal', 'person', 'slot', blank=True, editable=False, primary_key=True, serialize=False)),
                ('slot', models.CharField(max_length=16)),
                ('kind', models.CharField(max_length=24)),
                ('granted_category', models.CharField(max_length=12, null=True)),
                ('granted_vnd', models.IntegerField(null=True)),
                ('lawful_category', models.CharField(max_length=12, null=True)),
                ('lawful_vnd', models.IntegerField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.person')),
                ('proposal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grants.proposal')),
            ],
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(models.F('unit'), models.OrderBy(models.F('id'), descending=True), name='proposal_by_unit'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('month__isnull', True), ('month__day', 1), _connector='OR'), name='grants_proposal_of_a_month'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('people__gt', 0)), name='grants_proposal_about_somebody'),
        ),
        migrations.AddConstraint(
            model_name='proposalevent',
            constraint=models.UniqueConstraint(fields=('proposal', 'kind'), name='grants_proposal_each_event_once'),
        ),
        migrations.AddConstraint(
            model_name='proposalevent',
            constraint=models.UniqueConstraint(models.F('proposal'), condition=models.Q(('kind__in', ('SIGNED', 'WITHDRAWN'))), name='grants_proposal_ends_once'),
        ),
        migrations.AddConstraint(
            model_name='proposalevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision__isnull', False), ('kind', 'SIGNED')), models.Q(models.Q(('kind', 'SIGNED'), _negated=True), ('decision__isnull', True)), _connector='OR'), name='grants_proposal_signed_with_a_decision'),
        ),
        migrations.AddConstraint(
            model_name='proposalevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'RETURNED'), ('reason', ''), _negated=True), name='grants_proposal_sent_back_for_a_reason'),
        ),
        revoke_changes("grants_proposal"),
        revoke_changes("grants_proposalitem"),
        revoke_changes("grants_proposalevent"),
    ]
