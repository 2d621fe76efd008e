"""Changes of categories and dispatch rules write editions."""

from django.db import migrations

from core.reference import noted


class Migration(migrations.Migration):
    dependencies = [("grievances", "0012_shift"), ("core", "0006_editions")]
    operations = [migrations.RunSQL(*noted("grievances_category", "grievances_dispatchrule"))]
