"""Letters are kept for ever: the newest of a prison, those that have not left and those that still hold words have
an index each."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("prisons", "0001_tables")]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["prison", "-created_at"], name="letter_newest"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", True)),
                fields=["prison", "state"],
                name="letter_unsent",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("body_text", ""), _negated=True), fields=["sent_at"], name="letter_words"
            ),
        ),
    ]
