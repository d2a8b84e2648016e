import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0001_lists'),
    ]

    operations = [
        migrations.CreateModel(
            name='Kept',
            fields=[
                ('of', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='imports.import')),
                ('depends', models.TextField(verbose_name='dựa trên')),
                ('rows', models.BinaryField(verbose_name='các dòng')),
            ],
            options={
                'verbose_name': 'kết luận đã giữ',
            },
        ),
        # Of each row it is told later whose it was: that it stays on its page, no index has to be touched.
        migrations.RunSQL(
            "alter table imports_line set (fillfactor = 80)", "alter table imports_line reset (fillfactor)"
        ),
    ]
