from django.db import migrations

import sessions.models.offer


def fill(apps, schema_editor):
    """The day of the week of each series: that of its first date."""
    series = apps.get_model("group_sessions", "Series").objects
    rows = list(series.only("starts_on"))
    for row in rows:
        row.weekday = row.starts_on.isoweekday()
    series.bulk_update(rows, ["weekday"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("group_sessions", "0012_pattern_end")]

    operations = [
        migrations.AddField(
            model_name="series",
            name="weekday",
            field=sessions.models.offer.PatternDay(),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
