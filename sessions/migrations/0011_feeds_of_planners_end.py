"""Feeds that a planner made for a facilitator, before such a feed hung on the planner's role, come to an end.

They showed other prisons with real titles and outlived the role. Whose own a feed is says the record of who made it.
"""

from django.db import migrations
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now


def end_them(apps, schema_editor):
    Feed = apps.get_model("group_sessions", "Feed")
    AuditEntry = apps.get_model("prisons", "AuditEntry")
    own = AuditEntry.objects.filter(
        verb="create_feed", model="group_sessions.feed", object_id=OuterRef("pk"), by=OuterRef("worker__user")
    )
    rows = Feed.objects.filter(kind="worker", membership=None, revoked_at=None, is_demo=False)
    ended = rows.filter(~Exists(own)).values("pk")
    Feed.objects.filter(pk__in=list(ended.values_list("pk", flat=True))).update(revoked_at=Now())


class Migration(migrations.Migration):
    dependencies = [
        ("group_sessions", "0010_folded_titles"),
        ("prisons", "0008_submissions"),
    ]

    operations = [migrations.RunPython(end_them, migrations.RunPython.noop)]
