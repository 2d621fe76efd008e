"""Conditions and the catch-all of dispatch rules, trials of changed rules, and doors."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION grievances_keep_catch_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.is_catch_all THEN
            RAISE EXCEPTION 'the catch-all stays' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.is_catch_all AND NOT (NEW.is_catch_all AND NEW.area_id = OLD.area_id) THEN
        RAISE EXCEPTION 'the catch-all stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.is_catch_all AND EXISTS (
        SELECT 1 FROM communities_area WHERE id = NEW.area_id AND parent_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the catch-all is at the root' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grievances_keep_catch_all BEFORE INSERT OR UPDATE OR DELETE ON grievances_dispatchrule
    FOR EACH ROW EXECUTE FUNCTION grievances_keep_catch_all();
"""
BACKWARD = """
DROP TRIGGER grievances_keep_catch_all ON grievances_dispatchrule;
DROP FUNCTION grievances_keep_catch_all();
"""


def catch_alls(apps, schema_editor):
    """Each city that exists gets its catch-all: the dispatcher of the case's community."""
    rules = apps.get_model("grievances", "DispatchRule")
    for city in apps.get_model("communities", "Area").objects.filter(parent=None, kind="city"):
        rules.objects.create(area=city, role="dispatcher", order=32_000, is_catch_all=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_acting_confirmed"),
        ("communities", "0004_people_and_viewing"),
        ("grievances", "0010_work"),
    ]

    operations = [
        migrations.CreateModel(
            name="Door",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="编码")),
                ("name", models.CharField(max_length=20, verbose_name="名称")),
                ("matter", models.CharField(max_length=60, verbose_name="什么事")),
                ("words", models.CharField(max_length=300, verbose_name="怎么说")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="电话")),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                ("is_danger", models.BooleanField(default=False, verbose_name="危急时拨打")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="顺序")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
            ],
            options={
                "verbose_name": "专门渠道",
                "verbose_name_plural": "专门渠道",
                "ordering": ("order", "id"),
            },
        ),
        migrations.CreateModel(
            name="RuleTrial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("said", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("last_at", models.DateTimeField(blank=True, null=True)),
                ("last_id", models.BigIntegerField(default=0)),
                ("cases", models.PositiveIntegerField(default=0)),
                ("moves", models.JSONField(default=list)),
                ("first", models.JSONField(default=list)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "规则试算",
                "verbose_name_plural": "规则试算",
            },
        ),
        migrations.AddField(
            model_name="dispatchrule",
            name="hours",
            field=models.CharField(
                blank=True, choices=[("in", "工作时间"), ("out", "非工作时间")], max_length=3, verbose_name="什么时间"
            ),
        ),
        migrations.AddField(
            model_name="dispatchrule",
            name="is_catch_all",
            field=models.BooleanField(default=False, editable=False, verbose_name="兜底"),
        ),
        migrations.AddField(
            model_name="dispatchrule",
            name="tier",
            field=models.CharField(
                blank=True,
                choices=[("small", "小事"), ("large", "大事"), ("hard", "难事")],
                max_length=8,
                verbose_name="分级",
            ),
        ),
        migrations.AddField(
            model_name="dispatchrule",
            name="urgency",
            field=models.CharField(
                blank=True, choices=[("normal", "一般"), ("urgent", "紧急")], max_length=8, verbose_name="紧急程度"
            ),
        ),
        migrations.AddField(
            model_name="dispatchrule",
            name="broken_since",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="dispatchrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_catch_all", False),
                    models.Q(
                        ("at_once", False),
                        ("category__isnull", True),
                        ("hours", ""),
                        ("is_active", True),
                        ("tier", ""),
                        ("urgency", ""),
                    ),
                    _connector="OR",
                ),
                name="rule_catch_all_plain",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatchrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_catch_all", True)), fields=("area",), name="rule_one_catch_all"
            ),
        ),
        migrations.AddField(
            model_name="door",
            name="categories",
            field=models.ManyToManyField(
                blank=True, related_name="doors", to="grievances.category", verbose_name="这些类别都到这里"
            ),
        ),
        migrations.AddField(
            model_name="ruletrial",
            name="area",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="communities.area"
            ),
        ),
        migrations.AddField(
            model_name="ruletrial",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.person"
            ),
        ),
        migrations.AddField(
            model_name="ruletrial",
            name="rule",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grievances.dispatchrule"
            ),
        ),
        migrations.AddIndex(
            model_name="ruletrial",
            index=models.Index(condition=models.Q(("finished_at__isnull", True)), fields=["id"], name="trial_open"),
        ),
        migrations.RunPython(catch_alls, migrations.RunPython.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
