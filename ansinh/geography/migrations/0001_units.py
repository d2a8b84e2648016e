import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.constraints
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [("db", "0001_roles_and_extensions")]

    operations = [
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.TextField(verbose_name='mã')),
                ('version', models.SmallIntegerField(verbose_name='lần dùng mã')),
                ('level', models.TextField(choices=[('PROVINCE', 'cấp tỉnh'), ('DISTRICT', 'cấp huyện'), ('COMMUNE', 'cấp xã')], verbose_name='cấp')),
                ('kind', models.TextField(verbose_name='loại')),
                ('name', models.TextField(verbose_name='tên')),
                ('folded', models.TextField(verbose_name='tên không dấu')),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='hiệu lực')),
                ('legal_basis', models.TextField(blank=True, verbose_name='căn cứ')),
            ],
            options={
                'verbose_name': 'đơn vị hành chính',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['folded'], name='unit_folded_trgm', opclasses=['gin_trgm_ops'])],
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='unit_version_once_per_code'), django.contrib.postgres.constraints.ExclusionConstraint(deferrable=django.db.models.constraints.Deferrable['IMMEDIATE'], expressions=[('code', '='), ('valid', '&&')], name='one_unit_per_code_and_day'), models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='unit_valid_on_some_day'), models.CheckConstraint(condition=models.Q(models.Q(('code__regex', '^[0-9]{2}$'), ('level', 'PROVINCE')), models.Q(('code__regex', '^[0-9]{3}$'), ('level', 'DISTRICT')), models.Q(('code__regex', '^[0-9]{5}$'), ('level', 'COMMUNE')), _connector='OR'), name='code_length_tells_the_level')],
            },
        ),
        migrations.CreateModel(
            name='Standing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='trong thời gian')),
                ('commune', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='geography.unit', verbose_name='xã')),
                ('district', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='geography.unit', verbose_name='huyện')),
                ('former_province', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='geography.unit', verbose_name='tỉnh trước 1/7/2025')),
                ('province', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='geography.unit', verbose_name='tỉnh')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='geography.unit', verbose_name='nơi đăng ký')),
            ],
            options={
                'verbose_name': 'nơi thuộc về',
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('unit', '='), ('valid', '&&')], name='one_standing_per_unit_and_day'), models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='standing_on_some_day')],
            },
        ),
        migrations.CreateModel(
            name='UnitChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on_date', models.DateField(verbose_name='từ ngày')),
                ('kind', models.TextField(choices=[('WHOLE', 'toàn bộ'), ('PART', 'một phần diện tích và dân số'), ('PEOPLE', 'một phần diện tích, toàn bộ dân số'), ('AREA', 'một phần diện tích, không có dân'), ('RENAME', 'đổi tên'), ('KIND', 'đổi loại hình')], verbose_name='cách thay đổi')),
                ('confirmed', models.BooleanField(verbose_name='đã xác nhận')),
                ('legal_basis', models.TextField(blank=True, verbose_name='căn cứ')),
                ('new', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='geography.unit', verbose_name='đơn vị mới')),
                ('old', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='geography.unit', verbose_name='đơn vị cũ')),
            ],
            options={
                'verbose_name': 'thay đổi đơn vị hành chính',
                'constraints': [models.UniqueConstraint(fields=('old', 'new'), name='one_change_from_unit_to_unit')],
            },
        ),
    ]
