from django.db import migrations, models
from django.db.models import Q

LEVELS = {"": [], "_street": ["street"], "_community": ["community"]}
LISTS = {
    "open": ("due_at", Q(closed_at__isnull=True)),
    "in": ("reported_at", None),
    "out": ("closed_at", ~Q(closed_at__isnull=True)),
    "done": ("result_at", Q(result_in_time__isnull=False)),
}


class Migration(migrations.Migration):
    dependencies = [("grievances", "0005_wall")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=[*place, moment, "id"], name=f"case_{name}{level}", condition=condition),
        )
        for name, (moment, condition) in LISTS.items()
        for level, place in LEVELS.items()
    ]
