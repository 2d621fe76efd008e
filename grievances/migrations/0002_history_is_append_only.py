"""A trigger refuses to change or delete a step of a case."""

from django.db import migrations

from core.history import append_only_sql

FORWARD, BACKWARD = append_only_sql("grievances_casehistory")


class Migration(migrations.Migration):
    dependencies = [("grievances", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
