import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0003_checkup")]

    operations = [
        migrations.CreateModel(
            name="FigureDelta",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40)),
                ("day", models.DateField()),
                (
                    "places",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("dimension", models.CharField(blank=True, max_length=40)),
                ("n", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="FigureDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40)),
                ("place", models.BigIntegerField()),
                ("dimension", models.CharField(blank=True, max_length=40)),
                ("day", models.DateField()),
                ("n", models.IntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("place", "key", "dimension", "day"), include=("n",), name="figureday_once"
                    )
                ],
            },
        ),
    ]
