from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("prisons", "0001_tables")]

    operations = [
        migrations.AddField(
            model_name="prison",
            name="people_version",
            field=models.PositiveIntegerField(default=1, editable=False),
        )
    ]
