import datetime as dt

from django.db import migrations, models

import sessions.models.offer


def fill(apps, schema_editor):
    """The day on which the pattern of each series is past."""
    series = apps.get_model("group_sessions", "Series").objects
    rows = list(series.only("starts_on", "weeks"))
    for row in rows:
        row.pattern_ends_on = row.starts_on + dt.timedelta(weeks=row.weeks)
    series.bulk_update(rows, ["pattern_ends_on"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("group_sessions", "0011_feeds_of_planners_end"),
        ("prisons", "0008_submissions"),
        ("rooms", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="series",
            name="pattern_ends_on",
            field=sessions.models.offer.PatternEnd(),
        ),
        migrations.AddIndex(
            model_name="series",
            index=models.Index(fields=["prison", "pattern_ends_on"], name="series_by_end"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
