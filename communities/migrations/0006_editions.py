"""Changes of areas, switches, calendar, duty hours and organisations write editions."""

from django.db import migrations

from core.reference import noted

TABLES = (
    "communities_area", "communities_moduleswitch", "communities_calendarday", "communities_dutyhours",
    "communities_organisation", "communities_organisation_areas",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("communities", "0005_stand_ins"), ("core", "0006_editions")]
    operations = [migrations.RunSQL(*noted(*TABLES))]
