from django.db import migrations

import core.database.folded_field


def fill(apps, schema_editor):
    for name in ("Activity", "Series", "Worker"):
        core.database.folded_field.fill(apps.get_model("group_sessions", name))


class Migration(migrations.Migration):
    dependencies = [
        ("group_sessions", "0009_prison_feeds"),
    ]

    operations = [
        migrations.AddField(
            model_name="activity",
            name="title_words",
            field=core.database.folded_field.FoldedField(
                how="words", of=["title_nl", "title_fr", "title_en"]
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="label_words",
            field=core.database.folded_field.FoldedField(how="words", of=["label"]),
        ),
        migrations.AddField(
            model_name="series",
            name="list_name_words",
            field=core.database.folded_field.FoldedField(how="words", of=["list_name"]),
        ),
        migrations.AddField(
            model_name="worker",
            name="name_words",
            field=core.database.folded_field.FoldedField(how="words", of=["name"]),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
