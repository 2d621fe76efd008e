"""Who changed which setting, from what to what; a trigger keeps these rows as they were written."""

import django.db.models.deletion
from django.db import migrations, models

from core.history import append_only_sql


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_opening_log_kept"),
        ("communities", "0002_tree_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="SettingChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=60, verbose_name="哪一项")),
                ("before", models.JSONField(null=True, verbose_name="之前")),
                ("after", models.JSONField(null=True, verbose_name="之后")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="communities.area",
                        verbose_name="辖区",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.person",
                        verbose_name="修改人",
                    ),
                ),
            ],
            options={
                "verbose_name": "设置的修改",
                "verbose_name_plural": "设置的修改",
                "indexes": [models.Index(fields=["subject", "-id"], name="settingchange_subject")],
            },
        ),
        migrations.RunSQL(*append_only_sql("communities_settingchange")),
    ]
