from django.db import migrations

import core.database.folded_field


def fill(apps, schema_editor):
    for name in ("Participant",):
        core.database.folded_field.fill(apps.get_model("enrollment", name))


class Migration(migrations.Migration):
    dependencies = [
        ("enrollment", "0009_sheet_drafts"),
    ]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="name_key",
            field=core.database.folded_field.FoldedField(
                db_index=True, how="key", of=["last_name", "first_name"]
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="name_words",
            field=core.database.folded_field.FoldedField(how="words", of=["last_name", "first_name"]),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
