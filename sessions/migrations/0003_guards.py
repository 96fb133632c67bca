"""Lay the guards: a room or a worker in two places at once is impossible from the first row on."""

from django.db import migrations

from sessions import guards


class Migration(migrations.Migration):
    dependencies = [("group_sessions", "0002_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: guards.lay(editor.connection),
            lambda apps, editor: guards.lift(editor.connection),
        )
    ]
