"""People, requests, attendance, slips and lists, as of the first release. Guards and triggers are laid after every migrate."""

import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.database.folded_field


class Migration(migrations.Migration):
    replaces = [
        ("enrollment", "0001_initial"),
        ("enrollment", "0002_initial"),
        ("enrollment", "0003_absences_consents_and_corrections"),
        ("enrollment", "0004_list_versions"),
        ("enrollment", "0005_roster_drafts"),
        ("enrollment", "0006_letter_of_a_transfer"),
        ("enrollment", "0007_slip_of_a_restored_session"),
        ("enrollment", "0008_distribution_and_families"),
        ("enrollment", "0009_sheet_drafts"),
        ("enrollment", "0010_folded_names"),
        ("enrollment", "0011_merges"),
        ("enrollment", "0012_notes_taken_back"),
        ("enrollment", "0013_indexes_of_what_is_open"),
        ("enrollment", "0014_roster_of_which_file"),
        ("enrollment", "0015_note_before_change"),
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
            name="Enrollment",
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
                            ("requested", "requested"),
                            ("awaiting", "awaiting the prison"),
                            ("placed", "placed"),
                            ("waiting", "on the waiting list"),
                            ("declined", "declined"),
                            ("withdrawn", "withdrawn"),
                            ("ended", "ended"),
                        ],
                        default="requested",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("full", "no place before the series ends"),
                            ("requirement", "a requirement is not met"),
                            ("unit", "not for this living unit"),
                            ("prison", "decided by the prison"),
                            ("cannot", "it cannot be arranged"),
                            ("series_ended", "the series has ended"),
                            ("dropped_out", "dropped out"),
                            ("left", "left the prison"),
                            ("other_group", "placed in another group"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("waiting_since", models.DateTimeField(blank=True, null=True)),
                ("hand_position", models.IntegerField(blank=True, null=True)),
                ("placed_from", models.DateField(blank=True, null=True)),
                ("placed_until", models.DateField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrollments",
                        to="group_sessions.series",
                    ),
                ),
            ],
            options={
                "ordering": ["series", "participant__last_name"],
            },
        ),
        migrations.CreateModel(
            name="EnrollmentStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("verb", models.CharField(max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "requested"),
                            ("awaiting", "awaiting the prison"),
                            ("placed", "placed"),
                            ("waiting", "on the waiting list"),
                            ("declined", "declined"),
                            ("withdrawn", "withdrawn"),
                            ("ended", "ended"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=20)),
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
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="enrollment.enrollment",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Headcount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("people", models.PositiveSmallIntegerField(verbose_name="people")),
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
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="headcount",
                        to="group_sessions.groupsession",
                    ),
                ),
            ],
            options={
                "ordering": ["session"],
            },
        ),
        migrations.CreateModel(
            name="ListRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "movement_slips",
                    models.BooleanField(default=False, verbose_name="a movement slip for each person"),
                ),
                (
                    "prison",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="list_rules",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "list rules",
                "ordering": ["prison"],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kept_id", models.BigIntegerField(db_index=True)),
                ("gone_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("twice", "entered twice by mistake"),
                            ("spelling", "the name was spelled differently"),
                            ("number", "came back with another number"),
                            ("roster", "stands twice in the prison's own list"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "image",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="merges",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("last_name", models.CharField(max_length=80, verbose_name="name")),
                ("first_name", models.CharField(blank=True, max_length=80, verbose_name="first name")),
                (
                    "language",
                    models.CharField(
                        choices=[("nl", "Nederlands"), ("fr", "Français")],
                        default="nl",
                        max_length=2,
                        verbose_name="language of replies",
                    ),
                ),
                (
                    "third_language",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("en", "English"),
                            ("ar", "العربية"),
                            ("es", "Español"),
                            ("ro", "Română"),
                            ("sq", "Shqip"),
                            ("tr", "Türkçe"),
                            ("ru", "Русский"),
                        ],
                        max_length=2,
                        verbose_name="also in",
                    ),
                ),
                (
                    "name_key",
                    core.database.folded_field.FoldedField(
                        db_index=True, how="key", of=["last_name", "first_name"]
                    ),
                ),
                (
                    "name_words",
                    core.database.folded_field.FoldedField(how="words", of=["last_name", "first_name"]),
                ),
                ("anonymised_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "ordering": ["last_name", "first_name", "pk"],
                "indexes": [models.Index(fields=["last_name", "first_name"], name="participant_by_name")],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("paper", "on paper"), ("spoken", "spoken"), ("terminal", "terminal")],
                        default="paper",
                        max_length=8,
                        verbose_name="how it came",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("entered", "entered"), ("parked", "parked"), ("unreadable", "unreadable")],
                        default="entered",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="received on")),
                ("entered_at", models.DateTimeField()),
                ("entry_key", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ("made_person", models.BooleanField(default=False, editable=False)),
                ("taken_back_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("before_change", models.JSONField(blank=True, editable=False, null=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="prisons.prison"
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="enrollment.participant",
                    ),
                ),
            ],
            options={
                "ordering": ["-entered_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="LevelHeld",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("nl", "Dutch"), ("fr", "French")], max_length=2, verbose_name="language"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("A1", "A1"), ("A2", "A2"), ("B1", "B1"), ("B2", "B2"), ("C1", "C1")],
                        max_length=2,
                        verbose_name="level",
                    ),
                ),
                ("found_on", models.DateField(verbose_name="found on")),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="levels",
                        to="enrollment.participant",
                    ),
                ),
            ],
            options={
                "ordering": ["-found_on"],
            },
        ),
        migrations.CreateModel(
            name="Intake",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("done_on", models.DateField(verbose_name="done on")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="intakes",
                        to="prisons.organisation",
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="intakes",
                        to="enrollment.participant",
                    ),
                ),
            ],
            options={
                "ordering": ["-done_on"],
            },
        ),
        migrations.CreateModel(
            name="FixedBlock",
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
                        choices=[("work", "work"), ("visit", "visit"), ("school", "school")],
                        max_length=8,
                        verbose_name="what",
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
                ("valid_from", models.DateField(verbose_name="from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="until and including")),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fixed_blocks",
                        to="prisons.prison",
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fixed_blocks",
                        to="enrollment.participant",
                    ),
                ),
            ],
            options={
                "ordering": ["participant", "weekday", "starts"],
            },
        ),
        migrations.CreateModel(
            name="FamilyVisit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "adults",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(20)],
                        verbose_name="adults",
                    ),
                ),
                (
                    "children",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(20)],
                        verbose_name="children",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="family_visits",
                        to="group_sessions.groupsession",
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="family_visits",
                        to="enrollment.participant",
                    ),
                ),
            ],
            options={
                "ordering": ["session", "participant"],
            },
        ),
        migrations.AddField(
            model_name="enrollment",
            name="participant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrollments",
                to="enrollment.participant",
            ),
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("given_on", models.DateField(verbose_name="given on")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="prisons.organisation",
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="enrollment.participant",
                    ),
                ),
            ],
            options={
                "ordering": ["-given_on"],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "mark",
                    models.CharField(
                        choices=[
                            ("present", "present"),
                            ("excused", "excused"),
                            ("declined_self", "did not want to come (said by the person)"),
                            ("declined_staff", "did not want to come (said by staff)"),
                            ("not_brought", "not brought"),
                            ("elsewhere", "elsewhere"),
                            ("left", "left the prison"),
                            ("cancelled", "session cancelled"),
                        ],
                        max_length=16,
                        verbose_name="mark",
                    ),
                ),
                ("adults", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="adults")),
                (
                    "children",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="children"),
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
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="group_sessions.groupsession",
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="enrollment.participant",
                    ),
                ),
            ],
            options={
                "ordering": ["session", "participant__last_name"],
            },
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until and including")),
                ("is_correction", models.BooleanField(default=False, verbose_name="correction of the past")),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="absences",
                        to="prisons.prison",
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="absences",
                        to="enrollment.participant",
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on"],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="name of the post or desk")),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="posts", to="prisons.prison"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Handout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sheet",
                    models.CharField(
                        choices=[
                            ("overview", "overview of the day, with the counts"),
                            ("movements", "movement list"),
                            ("sheets", "attendance sheets"),
                            ("gate", "gate list"),
                            ("cancelled", "what does not take place"),
                            ("changes", "page of changes"),
                            ("slips", "movement slips"),
                        ],
                        max_length=10,
                        verbose_name="list",
                    ),
                ),
                (
                    "copies",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(20),
                        ],
                        verbose_name="copies",
                    ),
                ),
                (
                    "rooms",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Counts for attendance sheets.",
                        related_name="+",
                        to="rooms.room",
                        verbose_name="of these rooms (none ticked: all)",
                    ),
                ),
                (
                    "units",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Counts for movement list, movement slips and page of changes.",
                        related_name="+",
                        to="prisons.unit",
                        verbose_name="of these living units (none ticked: all)",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="handouts",
                        to="enrollment.post",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "wish_domain",
                    models.CharField(
                        blank=True,
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
                ("wish_title", models.CharField(blank=True, max_length=120, verbose_name="what")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "to decide"),
                            ("decided", "decided"),
                            ("withdrawn", "withdrawn"),
                            ("unreadable", "unreadable"),
                            ("left", "left before the answer"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="received on")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "activity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="group_sessions.activity",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="enrollment.note",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="prisons.organisation",
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="enrollment.participant",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="prisons.prison",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="group_sessions.series",
                    ),
                ),
            ],
            options={
                "ordering": ["received_on", "pk"],
            },
        ),
        migrations.AddField(
            model_name="enrollment",
            name="request",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="enrollment",
                to="enrollment.request",
            ),
        ),
        migrations.CreateModel(
            name="RosterDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("lines", models.JSONField(default=list)),
                ("problems", models.JSONField(default=list)),
                ("loose", models.JSONField(default=list)),
                ("file_name", models.CharField(blank=True, max_length=120)),
                ("counts", models.JSONField(default=dict)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "change_set",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="roster_draft",
                        to="prisons.changeset",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roster_drafts",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Separation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until and including")),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="enrollment.participant",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="enrollment.participant",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="separations",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SheetDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("lines", models.JSONField(default=list)),
                ("made_of", models.CharField(max_length=16)),
                ("ignores_columns", models.BooleanField(default=False)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sheet_drafts",
                        to="group_sessions.groupsession",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Skip",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skips",
                        to="enrollment.enrollment",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skips",
                        to="group_sessions.groupsession",
                    ),
                ),
            ],
            options={
                "ordering": ["session"],
            },
        ),
        migrations.CreateModel(
            name="Slip",
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
                            ("placed", "you have a place"),
                            ("waiting", "you are on the waiting list"),
                            ("declined", "you have no place"),
                            ("noted", "your wish is noted"),
                            ("withdrawn", "you are no longer enrolled"),
                            ("ended", "your place has ended"),
                            ("moved", "the time or room has changed"),
                            ("cancelled", "a session does not take place"),
                            ("restored", "a session takes place after all"),
                            ("card", "please tick what you ask for"),
                            ("ask_there", "whom to ask in the other prison"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=12)),
                ("language", models.CharField(default="nl", max_length=2)),
                ("third_language", models.CharField(blank=True, max_length=2)),
                ("facts", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("printed_at", models.DateTimeField(blank=True, null=True)),
                ("handed_out_at", models.DateTimeField(blank=True, null=True)),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
                (
                    "enrollment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slips",
                        to="enrollment.enrollment",
                    ),
                ),
                (
                    "handed_out_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slips",
                        to="enrollment.participant",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slips", to="prisons.prison"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slips",
                        to="enrollment.request",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Stay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cell", models.CharField(blank=True, max_length=12, verbose_name="cell")),
                (
                    "register_number",
                    models.CharField(blank=True, max_length=20, verbose_name="register number"),
                ),
                ("walks_with_badge", models.BooleanField(default=False, verbose_name="walks with a badge")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until and including")),
                ("is_correction", models.BooleanField(default=False, verbose_name="correction of the past")),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stays",
                        to="enrollment.participant",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stays", to="prisons.prison"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stays",
                        to="prisons.unit",
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="CutOff",
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
                ("at", models.TimeField(verbose_name="lists close at")),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cut_offs",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["weekday"],
                "constraints": [
                    models.UniqueConstraint(fields=("prison", "weekday"), name="cut_off_once_per_weekday"),
                    models.CheckConstraint(
                        condition=models.Q(("weekday__range", (1, 7))), name="cut_off_on_a_weekday"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField(verbose_name="day")),
                ("number", models.PositiveSmallIntegerField(default=1)),
                ("made_at", models.DateTimeField()),
                ("facts", models.JSONField(null=True)),
                ("digest", models.CharField(max_length=64)),
                ("printed_at", models.DateTimeField(blank=True, null=True)),
                ("handed_over_at", models.DateTimeField(blank=True, null=True)),
                (
                    "handed_over_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "printed_by",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="list_versions",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["-on", "-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("prison", "on", "number"), name="list_version_once_per_day"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["prison", "state", "received_on"], name="note_by_state"),
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["prison", "entered_by", "-entered_at", "-id"], name="note_by_hand"),
        ),
        migrations.AddConstraint(
            model_name="levelheld",
            constraint=models.UniqueConstraint(
                fields=("participant", "language"), name="one_level_per_language"
            ),
        ),
        migrations.AddConstraint(
            model_name="intake",
            constraint=models.UniqueConstraint(
                fields=("participant", "organisation"), name="one_intake_per_service"
            ),
        ),
        migrations.AddConstraint(
            model_name="fixedblock",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gt", models.F("starts"))), name="fixed_block_ends_after_it_starts"
            ),
        ),
        migrations.AddConstraint(
            model_name="familyvisit",
            constraint=models.UniqueConstraint(
                fields=("session", "participant"), name="family_visit_once_per_person_and_session"
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                fields=("participant", "organisation"), name="one_consent_per_service"
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(
                fields=("session", "participant"), name="one_mark_per_person_and_session"
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="person_absence_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_on__isnull", True)),
                fields=("prison", "participant"),
                name="one_open_absence_per_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(fields=("prison", "name"), name="post_name_once_per_prison"),
        ),
        migrations.AddConstraint(
            model_name="handout",
            constraint=models.CheckConstraint(
                condition=models.Q(("copies__range", (1, 20))), name="handout_of_some_copies"
            ),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["prison", "state", "received_on"], name="request_by_age"),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("series__isnull", False),
                    ("activity__isnull", False),
                    models.Q(
                        models.Q(("wish_domain", ""), _negated=True),
                        models.Q(("wish_title", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="request_asks_for_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "decided"), _negated=True),
                    ("decided_at__isnull", False),
                    _connector="OR",
                ),
                name="decided_request_has_its_time",
            ),
        ),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(fields=["series", "state"], name="enrollment_by_state"),
        ),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["requested", "awaiting", "placed", "waiting"])),
                fields=("series", "participant"),
                name="one_live_enrollment_per_person_and_series",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "waiting"), _negated=True),
                    ("waiting_since__isnull", False),
                    _connector="OR",
                ),
                name="who_waits_has_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "placed"), _negated=True),
                    ("placed_from__isnull", False),
                    _connector="OR",
                ),
                name="who_is_placed_has_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="separation",
            constraint=models.CheckConstraint(
                condition=models.Q(("other__gt", models.F("one"))), name="separation_lower_id_first"
            ),
        ),
        migrations.AddConstraint(
            model_name="separation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_on__isnull", True)),
                fields=("prison", "one", "other"),
                name="separation_once_while_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="skip",
            constraint=models.UniqueConstraint(
                fields=("enrollment", "session"), name="one_skip_per_person_and_session"
            ),
        ),
        migrations.AddIndex(
            model_name="slip",
            index=models.Index(fields=["prison", "printed_at"], name="slip_by_batch"),
        ),
        migrations.AddIndex(
            model_name="slip",
            index=models.Index(
                condition=models.Q(("handed_out_at__isnull", True), ("replaced_at__isnull", True)),
                fields=["prison"],
                name="slip_on_the_desk",
            ),
        ),
        migrations.AddIndex(
            model_name="stay",
            index=models.Index(fields=["prison", "register_number"], name="stay_by_number"),
        ),
        migrations.AddIndex(
            model_name="stay",
            index=models.Index(fields=["prison", "ends_on"], name="stay_by_end"),
        ),
        migrations.AddIndex(
            model_name="stay",
            index=models.Index(fields=["prison", "starts_on"], name="stay_by_start"),
        ),
        migrations.AddConstraint(
            model_name="stay",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True), models.Q(("register_number", ""), _negated=True)
                ),
                fields=("prison", "register_number"),
                name="register_number_once_among_open_stays",
            ),
        ),
        migrations.AddConstraint(
            model_name="stay",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_on__isnull", True)),
                fields=("prison", "participant"),
                name="one_open_stay_per_prison",
            ),
        ),
        migrations.AddConstraint(
            model_name="stay",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="stay_ends_after_it_starts",
            ),
        ),
    ]
