from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("prisons", "0002_letters_of_years")]

    operations = [
        migrations.AddField(
            model_name="prison",
            name="people_version",
            field=models.PositiveIntegerField(default=1, editable=False),
        )
    ]
