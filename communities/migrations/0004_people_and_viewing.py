"""Why a role ended; who looked at the portal as which role."""

import django.db.models.deletion
from django.db import migrations, models

from core.history import append_only_sql


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_acting_confirmed"),
        ("communities", "0003_settings_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="rolegrant",
            name="end_reason",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="收回原因"),
        ),
        migrations.CreateModel(
            name="Viewing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("resident", "居民"),
                            ("grid_worker", "网格员"),
                            ("dispatcher", "派单员"),
                            ("community_staff", "社区工作者"),
                            ("community_head", "社区书记"),
                            ("street_official", "街道干部"),
                            ("district_official", "县（市、区）干部"),
                            ("city_admin", "市级管理员"),
                            ("area_admin", "辖区管理员"),
                            ("call_back", "回访员"),
                            ("secretary", "书记"),
                            ("auditor", "审计员"),
                            ("org_staff", "组织经办人"),
                            ("org_lead", "组织负责人"),
                        ],
                        max_length=20,
                        verbose_name="以什么岗位",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="开始")),
                ("until", models.DateTimeField(verbose_name="最晚到")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="communities.area",
                        verbose_name="辖区",
                    ),
                ),
                (
                    "viewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="viewings",
                        to="accounts.person",
                        verbose_name="谁查看",
                    ),
                ),
            ],
            options={
                "verbose_name": "以岗位身份查看",
                "verbose_name_plural": "以岗位身份查看",
            },
        ),
        migrations.CreateModel(
            name="ViewingEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="结束")),
                (
                    "viewing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="end", to="communities.viewing"
                    ),
                ),
            ],
            options={
                "verbose_name": "结束查看",
                "verbose_name_plural": "结束查看",
            },
        ),
        migrations.AddConstraint(
            model_name="viewing",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("at"))), name="viewing_ends_later"
            ),
        ),
        migrations.RunSQL(*append_only_sql("communities_viewing")),
        migrations.RunSQL(*append_only_sql("communities_viewingend")),
    ]
