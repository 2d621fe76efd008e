from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grievances", "0003_erasing")]

    operations = [
        migrations.AddField(
            model_name="dispatchrule",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name="第几版"),
        ),
    ]
