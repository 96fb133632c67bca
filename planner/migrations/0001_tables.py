"""Asks, notices, proposals and what else combines all, as of the first release. Guards and triggers are laid after every migrate."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("planner", "0001_initial"),
        ("planner", "0002_initial"),
        ("planner", "0003_made_up_sessions"),
        ("planner", "0004_notices"),
        ("planner", "0005_proposals"),
        ("planner", "0006_emergency_pack"),
        ("planner", "0007_notices_of_staff"),
        ("planner", "0008_letters_wait"),
        ("planner", "0009_proposal_per_prison"),
        ("planner", "0010_closure_calls"),
    ]

    initial = True

    dependencies = [
        ("group_sessions", "0001_tables"),
        ("prisons", "0001_tables"),
        ("prisons", "__first__"),
        ("rooms", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("changes", models.JSONField(default=list)),
                ("versions", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("accepted", "accepted"),
                            ("refused", "refused"),
                            ("taken_back", "taken back"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "from_organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asks_sent",
                        to="prisons.organisation",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="asks", to="prisons.prison"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asks",
                        to="group_sessions.groupsession",
                    ),
                ),
                (
                    "swap_with",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="group_sessions.groupsession",
                    ),
                ),
                (
                    "to_organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asks_received",
                        to="prisons.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at"],
            },
        ),
        migrations.CreateModel(
            name="EmergencyPack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_on", models.BooleanField(default=False, verbose_name="write it every evening")),
                ("sealed_passphrase", models.TextField(blank=True)),
                ("passphrase_at", models.DateTimeField(blank=True, null=True)),
                ("tried_at", models.DateTimeField(blank=True, null=True)),
                ("written_at", models.DateTimeField(blank=True, null=True)),
                ("file_name", models.CharField(blank=True, max_length=120)),
                ("failure", models.CharField(blank=True, max_length=40)),
                (
                    "prison",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="emergency_pack",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["prison"],
            },
        ),
        migrations.CreateModel(
            name="MadeUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "instead",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="makes_up",
                        to="group_sessions.groupsession",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="prisons.prison"
                    ),
                ),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="made_up",
                        to="group_sessions.groupsession",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "made up",
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation_ids", models.JSONField(default=list)),
                (
                    "aim",
                    models.CharField(
                        choices=[
                            ("repair", "mend with the fewest moves"),
                            ("fresh", "propose from nothing"),
                            ("by_hand", "made by hand"),
                        ],
                        max_length=8,
                        verbose_name="aim",
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("tray", "only what waits in the tray"),
                            ("mine", "sessions of my service that are not published"),
                            ("drafts", "every session that is not published"),
                            ("series", "these series, published or not"),
                            ("all", "everything, published or not"),
                        ],
                        default="tray",
                        max_length=8,
                        verbose_name="what may move",
                    ),
                ),
                ("series_ids", models.JSONField(default=list)),
                ("first_on", models.DateField(verbose_name="first day")),
                ("last_on", models.DateField(verbose_name="last day")),
                ("is_weekly", models.BooleanField(default=False)),
                (
                    "preset",
                    models.CharField(
                        choices=[
                            ("calm", "keep things calm"),
                            ("spread", "spread over the week"),
                            ("movements", "few movements"),
                        ],
                        default="calm",
                        max_length=9,
                        verbose_name="what matters",
                    ),
                ),
                ("weights", models.JSONField(default=dict)),
                ("seconds", models.PositiveSmallIntegerField(default=60, verbose_name="seconds")),
                ("seed", models.PositiveIntegerField(default=1)),
                ("what_if", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("stopped", "stopped"),
                            ("done", "ready"),
                            ("accepted", "accepted"),
                            ("partly", "partly accepted"),
                            ("discarded", "discarded"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("cost", models.PositiveIntegerField(blank=True, null=True)),
                ("bound", models.PositiveIntegerField(blank=True, null=True)),
                ("left_out", models.PositiveIntegerField(blank=True, null=True)),
                ("by_rule", models.JSONField(default=dict)),
                ("outcome", models.JSONField(default=dict)),
                ("draft", models.JSONField(default=list)),
                ("plan_version", models.PositiveIntegerField(default=0)),
                ("rules_version", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closure",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="rooms.closure",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="prisons.job",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ProposalLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sessions", models.JSONField(default=list)),
                (
                    "outcome",
                    models.CharField(
                        choices=[("placed", "placed"), ("moved", "moved"), ("left_out", "left out")],
                        max_length=8,
                    ),
                ),
                ("on", models.DateField(blank=True, null=True)),
                ("weekday", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("starts", models.TimeField(blank=True, null=True)),
                ("minutes", models.PositiveSmallIntegerField(default=0)),
                ("was_on", models.DateField(blank=True, null=True)),
                ("was_weekday", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("was_starts", models.TimeField(blank=True, null=True)),
                ("skipped", models.JSONField(default=list)),
                ("why", models.JSONField(default=dict)),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("open", "not entered yet"),
                            ("entered", "entered"),
                            ("partly", "entered in part"),
                            ("asked", "asked of its owner"),
                            ("refused", "not possible any more"),
                            ("dropped", "taken out by hand"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("refusals", models.JSONField(default=list)),
                (
                    "change_set",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="prisons.changeset",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="planner.proposal",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="rooms.room",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="group_sessions.series",
                    ),
                ),
                (
                    "was_room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="rooms.room",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="StaffNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("changes", "sessions have changed"),
                            ("closure", "no activities"),
                            ("permission", "a permission ends soon"),
                        ],
                        max_length=10,
                    ),
                ),
                ("facts", models.JSONField(default=dict)),
                ("is_urgent", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "change_set",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="prisons.changeset",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="prisons.message",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="staff_notices",
                        to="prisons.prison",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ClosureCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("announced", "announced"),
                            ("confirmed", "confirmed"),
                            ("lifted", "lifted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="calls", to="rooms.closure"
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closure_calls",
                        to="group_sessions.worker",
                    ),
                ),
            ],
            options={
                "ordering": ["at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("closure", "worker", "state"), name="called_once_per_state"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("published", "new"),
                            ("moved", "other time or place"),
                            ("cancelled", "cancelled"),
                            ("restored", "takes place again"),
                            ("added", "you lead it now"),
                            ("removed", "somebody else leads it"),
                            ("doubtful", "may not take place"),
                            ("certain", "takes place after all"),
                        ],
                        max_length=10,
                    ),
                ),
                ("was_starts_at", models.DateTimeField(blank=True, null=True)),
                ("is_urgent", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("called_at", models.DateTimeField(blank=True, null=True)),
                (
                    "called_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "change_set",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="prisons.changeset",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="prisons.message",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="prisons.prison",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="group_sessions.groupsession",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="group_sessions.worker",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "pk"],
                "indexes": [models.Index(fields=["worker", "message"], name="notice_to_tell")],
            },
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "running")), fields=("prison",), name="one_proposal_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_on__gte", models.F("first_on"))), name="proposal_ends_after_start"
            ),
        ),
        migrations.AddIndex(
            model_name="staffnotice",
            index=models.Index(fields=["user", "message"], name="staff_notice_to_tell"),
        ),
    ]
