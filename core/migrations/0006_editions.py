"""Changes of reference data write editions, so that readers know when to read again."""

from django.db import migrations, models

NOTE = """
CREATE FUNCTION core_note_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_edition ("table") VALUES (TG_TABLE_NAME);
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0005_job")]

    operations = [
        migrations.CreateModel(
            name="EditionRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=63)),
            ],
            options={"db_table": "core_edition"},
        ),
        migrations.RunSQL(NOTE, "DROP FUNCTION core_note_edition();"),
    ]
