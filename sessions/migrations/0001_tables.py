"""Activities, series, sessions, facilitators and calendar feeds, as of the first release. Guards and triggers are laid after every migrate."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.database.folded_field
import sessions.models.offer


class Migration(migrations.Migration):
    replaces = [
        ("group_sessions", "0001_initial"),
        ("group_sessions", "0002_initial"),
        ("group_sessions", "0003_guards"),
        ("group_sessions", "0004_feed_tags_and_rules"),
        ("group_sessions", "0005_letters_of_workers"),
        ("group_sessions", "0006_copied_series"),
        ("group_sessions", "0007_stored_events"),
        ("group_sessions", "0008_counts_as_work"),
        ("group_sessions", "0009_prison_feeds"),
        ("group_sessions", "0010_folded_titles"),
        ("group_sessions", "0011_feeds_of_planners_end"),
        ("group_sessions", "0012_pattern_end"),
        ("group_sessions", "0013_pattern_day"),
    ]

    initial = True

    dependencies = [
        ("prisons", "0001_tables"),
        ("prisons", "__first__"),
        ("rooms", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Activity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "domain",
                    models.CharField(
                        choices=[
                            ("work", "work"),
                            ("education", "education"),
                            ("health", "health"),
                            ("family", "family"),
                            ("culture", "culture"),
                            ("sport", "sport"),
                            ("housing", "housing"),
                            ("mediation", "restorative mediation"),
                            ("mental_health", "mental health"),
                            ("addiction", "addiction"),
                            ("language", "language"),
                            ("administration", "administration"),
                        ],
                        max_length=16,
                        verbose_name="life domain",
                    ),
                ),
                ("title_nl", models.CharField(blank=True, max_length=120, verbose_name="title in Dutch")),
                ("title_fr", models.CharField(blank=True, max_length=120, verbose_name="title in French")),
                ("title_en", models.CharField(blank=True, max_length=120, verbose_name="title in English")),
                (
                    "title_words",
                    core.database.folded_field.FoldedField(
                        how="words", of=["title_nl", "title_fr", "title_en"]
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activities",
                        to="prisons.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "activities",
                "ordering": ["title_nl", "title_fr", "title_en"],
            },
        ),
        migrations.CreateModel(
            name="FeedRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shows_room", models.BooleanField(default=False, verbose_name="the feed names the room")),
                (
                    "shows_number",
                    models.BooleanField(
                        default=False, verbose_name="the feed says how many people are expected"
                    ),
                ),
                (
                    "has_prison_feed",
                    models.BooleanField(
                        default=False, verbose_name="there may be a calendar of all sessions of the prison"
                    ),
                ),
                (
                    "gate_minutes",
                    models.PositiveSmallIntegerField(
                        default=20, verbose_name="minutes before the start at which to be at the gate"
                    ),
                ),
                (
                    "entrance_nl",
                    models.CharField(blank=True, max_length=120, verbose_name="entrance in Dutch"),
                ),
                (
                    "entrance_fr",
                    models.CharField(blank=True, max_length=120, verbose_name="entrance in French"),
                ),
                (
                    "bring_nl",
                    models.CharField(blank=True, max_length=200, verbose_name="what to bring, in Dutch"),
                ),
                (
                    "bring_fr",
                    models.CharField(blank=True, max_length=200, verbose_name="what to bring, in French"),
                ),
                ("call", models.CharField(blank=True, max_length=120, verbose_name="whom to call")),
                (
                    "prison",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feed_rules",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "feed rules",
            },
        ),
        migrations.CreateModel(
            name="GroupSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("week_on", models.DateField()),
                ("pattern_on", models.DateField(blank=True, null=True)),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="starts at")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="ends at")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "draft"), ("published", "published"), ("cancelled", "cancelled")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="group_sessions",
                        to="prisons.prison",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="group_sessions",
                        to="rooms.room",
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Cancellation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("worker", "facilitator not available"),
                            ("training", "training of staff"),
                            ("room", "room not available"),
                            ("not_needed", "not needed"),
                            ("prison", "decided by the prison"),
                            ("closure", "no activities"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                (
                    "was_state",
                    models.CharField(
                        choices=[("draft", "draft"), ("published", "published"), ("cancelled", "cancelled")],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
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
                        related_name="cancellations",
                        to="rooms.closure",
                    ),
                ),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cancellation",
                        to="group_sessions.groupsession",
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True,
                        help_text="Tells groups apart: 1, beginners, Tuesday.",
                        max_length=40,
                        verbose_name="group",
                    ),
                ),
                ("list_code", models.CharField(max_length=8)),
                (
                    "list_name",
                    models.CharField(
                        blank=True,
                        help_text="Neutral: it must not betray why somebody comes.",
                        max_length=80,
                        verbose_name="name on lists",
                    ),
                ),
                ("label_words", core.database.folded_field.FoldedField(how="words", of=["label"])),
                ("list_name_words", core.database.folded_field.FoldedField(how="words", of=["list_name"])),
                (
                    "places",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(500),
                        ],
                        verbose_name="places",
                    ),
                ),
                (
                    "is_drop_in",
                    models.BooleanField(default=False, verbose_name="drop-in: counted, without enrolment"),
                ),
                (
                    "counts_as_work",
                    models.BooleanField(
                        default=False,
                        verbose_name="counts as work: hours per participant are handed in each month",
                    ),
                ),
                ("languages", models.JSONField(blank=True, default=list, verbose_name="languages")),
                (
                    "min_level",
                    models.CharField(
                        blank=True,
                        choices=[("A1", "A1"), ("A2", "A2"), ("B1", "B1"), ("B2", "B2"), ("C1", "C1")],
                        max_length=2,
                        verbose_name="language level at least",
                    ),
                ),
                (
                    "level_language",
                    models.CharField(
                        blank=True,
                        choices=[("nl", "Dutch"), ("fr", "French")],
                        max_length=2,
                        verbose_name="in",
                    ),
                ),
                ("needs_intake", models.BooleanField(default=False, verbose_name="intake done")),
                (
                    "waiting_order",
                    models.CharField(
                        choices=[
                            ("first_come", "first come, first served"),
                            ("first_timers", "first-timers first"),
                        ],
                        default="first_come",
                        max_length=12,
                        verbose_name="order of the waiting list",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="first date")),
                ("start_time", models.TimeField(verbose_name="starts at")),
                (
                    "duration_minutes",
                    models.PositiveSmallIntegerField(
                        default=90,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(720),
                        ],
                        verbose_name="minutes",
                    ),
                ),
                (
                    "weeks",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(500),
                        ],
                        verbose_name="number of weeks",
                    ),
                ),
                (
                    "every_weeks",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "week"), (2, "two weeks")], default=1, verbose_name="every"
                    ),
                ),
                (
                    "runs_on_holidays",
                    models.BooleanField(default=False, verbose_name="also on public holidays"),
                ),
                ("weekday", sessions.models.offer.PatternDay()),
                ("pattern_ends_on", sessions.models.offer.PatternEnd()),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="series",
                        to="group_sessions.activity",
                    ),
                ),
                (
                    "copied_from",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="copies",
                        to="group_sessions.series",
                    ),
                ),
                (
                    "default_room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="rooms.room",
                        verbose_name="usual room",
                    ),
                ),
                (
                    "needs_features",
                    models.ManyToManyField(
                        blank=True,
                        related_name="series",
                        to="rooms.feature",
                        verbose_name="the room must have",
                    ),
                ),
                (
                    "needs_followed",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="group_sessions.activity",
                        verbose_name="followed before",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="series",
                        to="prisons.prison",
                    ),
                ),
                (
                    "units",
                    models.ManyToManyField(
                        blank=True,
                        related_name="series",
                        to="prisons.unit",
                        verbose_name="for these units (none ticked: all)",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "series",
                "ordering": ["activity__title_nl", "label", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="what")),
                (
                    "count",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="how many",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "permission asked"),
                            ("granted", "granted"),
                            ("refused", "refused"),
                        ],
                        default="asked",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "granted_until",
                    models.DateField(blank=True, null=True, verbose_name="until and including"),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="materials",
                        to="group_sessions.series",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="groupsession",
            name="series",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="group_sessions",
                to="group_sessions.series",
            ),
        ),
        migrations.CreateModel(
            name="SkippedDate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField(verbose_name="date")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("holiday", "public holiday"),
                            ("closure", "no activities"),
                            ("organiser", "not planned by the service"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skipped_dates",
                        to="group_sessions.series",
                    ),
                ),
            ],
            options={
                "ordering": ["on"],
            },
        ),
        migrations.CreateModel(
            name="StoredEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("variant", models.CharField(max_length=8)),
                ("facts", models.TextField()),
                ("sequence", models.PositiveIntegerField()),
                ("revision", models.PositiveIntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
                ("body", models.BinaryField()),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stored_events",
                        to="group_sessions.groupsession",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="terms", to="prisons.prison"
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on"],
            },
        ),
        migrations.AddField(
            model_name="series",
            name="term",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="series",
                to="group_sessions.term",
            ),
        ),
        migrations.CreateModel(
            name="Waiver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=32)),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
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
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waivers",
                        to="group_sessions.groupsession",
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("name_words", core.database.folded_field.FoldedField(how="words", of=["name"])),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telephone")),
                (
                    "language",
                    models.CharField(default="nl", max_length=2, verbose_name="language of messages"),
                ),
                ("languages", models.JSONField(blank=True, default=list, verbose_name="languages spoken")),
                ("is_interpreter", models.BooleanField(default=False, verbose_name="interpreter")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "letters",
                    models.CharField(
                        choices=[("now", "at once"), ("daily", "once a day"), ("never", "not at all")],
                        default="now",
                        max_length=5,
                        verbose_name="letters about changes",
                    ),
                ),
                (
                    "organisations",
                    models.ManyToManyField(blank=True, related_name="workers", to="prisons.organisation"),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="worker",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="SessionWorker",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("leader", "facilitator"),
                            ("substitute", "substitute"),
                            ("interpreter", "interpreter"),
                        ],
                        default="leader",
                        max_length=12,
                        verbose_name="part",
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=8, verbose_name="language")),
                ("starts_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("ends_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("live", models.BooleanField(default=True, editable=False)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="session_workers",
                        to="group_sessions.groupsession",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="session_workers",
                        to="group_sessions.worker",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SeriesWorker",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="usual_workers",
                        to="group_sessions.series",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usual_series",
                        to="group_sessions.worker",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Feed",
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
                            ("worker", "sessions of a facilitator"),
                            ("series", "sessions of a series"),
                            ("room", "sessions in a room"),
                            ("organisation", "sessions of a service"),
                            ("prison", "all sessions of a prison"),
                        ],
                        max_length=12,
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("language", models.CharField(default="nl", max_length=2, verbose_name="language")),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                ("created_at", models.DateTimeField()),
                ("last_used_on", models.DateField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("tag", models.CharField(blank=True, editable=False, max_length=64)),
                ("tag_since", models.DateTimeField(blank=True, editable=False, null=True)),
                ("tag_stamp", models.BigIntegerField(default=0, editable=False)),
                ("tag_seen_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "membership",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feeds",
                        to="prisons.membership",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feeds",
                        to="prisons.organisation",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feeds",
                        to="prisons.prison",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feeds",
                        to="rooms.room",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feeds",
                        to="group_sessions.series",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feeds",
                        to="group_sessions.worker",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="WorkerAbsence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="absences",
                        to="group_sessions.worker",
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at"],
            },
        ),
        migrations.CreateModel(
            name="WorkerAccess",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("needs_permission", models.BooleanField(default=True, verbose_name="needs a permission")),
                (
                    "permitted_until",
                    models.DateField(blank=True, null=True, verbose_name="permission until and including"),
                ),
                ("warned_until", models.DateField(blank=True, editable=False, null=True)),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="worker_accesses",
                        to="prisons.prison",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="accesses",
                        to="group_sessions.worker",
                    ),
                ),
            ],
            options={
                "ordering": ["worker__name"],
            },
        ),
        migrations.CreateModel(
            name="WorkerWish",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Monday"),
                            (2, "Tuesday"),
                            (3, "Wednesday"),
                            (4, "Thursday"),
                            (5, "Friday"),
                            (6, "Saturday"),
                            (7, "Sunday"),
                        ],
                        verbose_name="day",
                    ),
                ),
                ("starts", models.TimeField(verbose_name="from")),
                ("ends", models.TimeField(verbose_name="until")),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="wishes",
                        to="group_sessions.worker",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "worker wishes",
                "ordering": ["weekday", "starts"],
            },
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(("title_en", ""), ("title_fr", ""), ("title_nl", ""), _negated=True),
                name="activity_has_a_title_in_some_language",
            ),
        ),
        migrations.AddIndex(
            model_name="groupsession",
            index=models.Index(fields=["room", "starts_at"], name="session_by_room"),
        ),
        migrations.AddIndex(
            model_name="groupsession",
            index=models.Index(fields=["prison", "starts_at"], name="session_by_prison"),
        ),
        migrations.AddIndex(
            model_name="groupsession",
            index=models.Index(fields=["prison", "week_on"], name="session_by_week"),
        ),
        migrations.AddConstraint(
            model_name="groupsession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ends_at__isnull", True), ("starts_at__isnull", True)),
                    ("ends_at__gt", models.F("starts_at")),
                    _connector="OR",
                ),
                name="session_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="groupsession",
            constraint=models.CheckConstraint(
                condition=models.Q(("room__isnull", True), ("starts_at__isnull", False), _connector="OR"),
                name="session_in_a_room_has_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="groupsession",
            constraint=models.UniqueConstraint(
                fields=("series", "pattern_on"), name="one_session_per_date_of_the_pattern"
            ),
        ),
        migrations.AddConstraint(
            model_name="skippeddate",
            constraint=models.UniqueConstraint(fields=("series", "on"), name="skipped_date_once_per_series"),
        ),
        migrations.AddConstraint(
            model_name="storedevent",
            constraint=models.UniqueConstraint(
                fields=("session", "variant"), name="event_once_per_session_and_variant"
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.UniqueConstraint(fields=("prison", "name"), name="term_name_once_per_prison"),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="term_ends_after_it_starts"
            ),
        ),
        migrations.AddIndex(
            model_name="series",
            index=models.Index(fields=["prison", "starts_on"], name="series_by_start"),
        ),
        migrations.AddIndex(
            model_name="series",
            index=models.Index(fields=["prison", "pattern_ends_on"], name="series_by_end"),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.UniqueConstraint(
                fields=("prison", "list_code"), name="list_code_once_per_prison"
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(("places__gte", 1)), name="series_has_a_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(("weeks__range", (1, 500))), name="series_of_at_most_500_weeks"
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.UniqueConstraint(fields=("session", "code"), name="waiver_once_per_rule"),
        ),
        migrations.AddIndex(
            model_name="sessionworker",
            index=models.Index(fields=["worker", "starts_at"], name="session_worker_by_worker"),
        ),
        migrations.AddConstraint(
            model_name="sessionworker",
            constraint=models.UniqueConstraint(fields=("session", "worker"), name="worker_once_per_session"),
        ),
        migrations.AddConstraint(
            model_name="seriesworker",
            constraint=models.UniqueConstraint(
                fields=("series", "worker"), name="usual_worker_once_per_series"
            ),
        ),
        migrations.AddConstraint(
            model_name="workerabsence",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="absence_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="workeraccess",
            constraint=models.UniqueConstraint(
                fields=("worker", "prison"), name="worker_access_once_per_prison"
            ),
        ),
        migrations.AddConstraint(
            model_name="workerwish",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gt", models.F("starts"))), name="wish_ends_after_it_starts"
            ),
        ),
    ]
