"""Prisons, people and what is recorded of them, as of the first release. Guards and triggers are laid after every migrate."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("prisons", "0001_initial"),
        ("prisons", "0002_files_of_jobs"),
        ("prisons", "0003_next_cut_off"),
        ("prisons", "0004_letters_of_users"),
        ("prisons", "0005_announcements"),
        ("prisons", "0006_letters_wait"),
        ("prisons", "0007_who_looked"),
        ("prisons", "0008_submissions"),
        ("prisons", "0009_upkeep"),
        ("prisons", "0010_audit_indexes"),
        ("prisons", "0011_reading_indexes"),
        ("prisons", "0012_building_names"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=160, unique=True, verbose_name="name")),
                ("short_name", models.CharField(max_length=40, unique=True, verbose_name="short name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("service", "service"), ("partner", "partner")],
                        default="service",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "authority",
                    models.CharField(
                        choices=[
                            ("flemish", "Flemish Community"),
                            ("french", "French Community"),
                            ("common", "Common Community Commission"),
                        ],
                        max_length=8,
                        verbose_name="authority",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("nl", "Dutch"), ("fr", "French"), ("en", "English")],
                        default="nl",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
            ],
            options={
                "ordering": ["short_name"],
            },
        ),
        migrations.CreateModel(
            name="Upkeep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True)),
                ("ran_at", models.DateTimeField()),
                ("held_at", models.DateTimeField(blank=True, null=True)),
                ("why", models.CharField(blank=True, max_length=200)),
                ("allowed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail address")),
                ("full_name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                (
                    "language",
                    models.CharField(
                        choices=[("nl", "Nederlands"), ("fr", "Français"), ("en", "English")],
                        default="nl",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "letters",
                    models.CharField(
                        choices=[("now", "at once"), ("daily", "once a day"), ("never", "not at all")],
                        default="daily",
                        max_length=5,
                        verbose_name="letters about changes",
                    ),
                ),
                ("is_staff", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                ("date_joined", models.DateTimeField(auto_now_add=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "ordering": ["full_name", "email"],
            },
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kept",
                    models.CharField(
                        choices=[("acts", "what was done"), ("readings", "what was looked at")], max_length=8
                    ),
                ),
                ("first_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("rows", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["kept", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("kept", "first_id"), name="audit_sealed_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ChangeSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("verb", models.CharField(max_length=40)),
                ("facts", models.JSONField(default=dict)),
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
                    "undone_by",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="undoes",
                        to="prisons.changeset",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ChangeImage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(max_length=60)),
                ("object_id", models.BigIntegerField()),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "change_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="images",
                        to="prisons.changeset",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("task", models.CharField(blank=True, max_length=120)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("facts", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("stopped", "stopped"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("done_steps", models.PositiveIntegerField(default=0)),
                ("all_steps", models.PositiveIntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="JobFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("content_type", models.CharField(max_length=100)),
                ("content", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("right", models.CharField(blank=True, max_length=40)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="file", to="prisons.job"
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at"],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("coordinator", "community coordinator"),
                            ("organiser", "organiser"),
                            ("liaison", "liaison"),
                            ("worker", "facilitator"),
                            ("auditor", "auditor"),
                        ],
                        max_length=12,
                        verbose_name="role",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until and including")),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="prisons.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["user__full_name", "role"],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="what it is for")),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                ("created_at", models.DateTimeField()),
                ("last_used_on", models.DateField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to="prisons.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Prison",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(unique=True, verbose_name="short name in addresses")),
                ("name_nl", models.CharField(max_length=80, verbose_name="name in Dutch")),
                ("name_fr", models.CharField(max_length=80, verbose_name="name in French")),
                (
                    "unit_label_nl",
                    models.CharField(
                        default="leefeenheid", max_length=40, verbose_name="word for a living unit in Dutch"
                    ),
                ),
                (
                    "unit_label_fr",
                    models.CharField(
                        default="unité de vie", max_length=40, verbose_name="word for a living unit in French"
                    ),
                ),
                (
                    "number_label_nl",
                    models.CharField(
                        default="opsluitingsnummer",
                        max_length=40,
                        verbose_name="word for the register number in Dutch",
                    ),
                ),
                (
                    "number_label_fr",
                    models.CharField(
                        default="numéro d'écrou",
                        max_length=40,
                        verbose_name="word for the register number in French",
                    ),
                ),
                (
                    "asks_agreement",
                    models.BooleanField(default=False, verbose_name="the prison agrees on who takes part"),
                ),
                (
                    "separates_populations",
                    models.BooleanField(default=True, verbose_name="men and women are never in one group"),
                ),
                (
                    "badge_walkers_apart",
                    models.BooleanField(
                        default=False, verbose_name="people who walk with a badge do not count as movements"
                    ),
                ),
                (
                    "promise_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="days within which every request is answered",
                    ),
                ),
                (
                    "turnaround_minutes",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="minutes between two sessions in a room"
                    ),
                ),
                ("roster_as_of", models.DateTimeField(blank=True, null=True, verbose_name="cells as of")),
                ("rules_version", models.PositiveIntegerField(default=1, editable=False)),
                ("plan_version", models.PositiveIntegerField(default=1, editable=False)),
                ("next_cut_off_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ["name_nl"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("promise_days__gte", 1)), name="prison_promise_is_a_day_or_more"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="organisation",
            name="prisons",
            field=models.ManyToManyField(
                blank=True, related_name="organisations", to="prisons.prison", verbose_name="works in"
            ),
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("to_email", models.EmailField(max_length=254)),
                ("kind", models.CharField(max_length=40)),
                ("language", models.CharField(default="nl", max_length=2)),
                ("subject", models.CharField(max_length=200)),
                ("body_text", models.TextField()),
                ("body_html", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("claimed", "being sent"),
                            ("sent", "sent"),
                            ("failed", "failed"),
                            ("unknown", "not known whether it arrived"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("leaves_at", models.DateTimeField(blank=True, null=True)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "change_set",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="letters",
                        to="prisons.changeset",
                    ),
                ),
                (
                    "to_user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.AddField(
            model_name="membership",
            name="prison",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="prisons.prison"
            ),
        ),
        migrations.AddField(
            model_name="job",
            name="prison",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="jobs",
                to="prisons.prison",
            ),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("coordinator", "community coordinator"),
                            ("organiser", "organiser"),
                            ("liaison", "liaison"),
                            ("worker", "facilitator"),
                            ("auditor", "auditor"),
                        ],
                        max_length=12,
                        verbose_name="role",
                    ),
                ),
                ("full_name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("language", models.CharField(default="nl", max_length=2, verbose_name="language")),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="prisons.organisation",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.AddField(
            model_name="changeset",
            name="prison",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="change_sets", to="prisons.prison"
            ),
        ),
        migrations.CreateModel(
            name="Building",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name_nl",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="name in Dutch"),
                ),
                (
                    "name_fr",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="name in French"),
                ),
                (
                    "name_en",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="name in English"),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="buildings",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                ("verb", models.CharField(max_length=40)),
                ("model", models.CharField(max_length=60)),
                ("object_id", models.BigIntegerField(null=True)),
                ("fields", models.JSONField(default=list)),
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
                    "change_set",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audit_entries",
                        to="prisons.changeset",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audit_entries",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "audit entries",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Announcement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text_nl", models.TextField(max_length=600, verbose_name="text in Dutch")),
                ("text_fr", models.TextField(max_length=600, verbose_name="text in French")),
                ("text_en", models.TextField(blank=True, max_length=600, verbose_name="text in English")),
                ("roles", models.JSONField(blank=True, default=list, verbose_name="for these roles")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until and including")),
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
                    "organisations",
                    models.ManyToManyField(blank=True, related_name="+", to="prisons.organisation"),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="announcements",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="user",
            name="last_prison",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="prisons.prison",
            ),
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("verb", models.CharField(max_length=40)),
                ("page", models.CharField(max_length=80)),
                ("object_id", models.BigIntegerField(null=True)),
                ("person_id", models.BigIntegerField(null=True)),
                ("people", models.TextField(blank=True)),
                ("is_masked", models.BooleanField(default=False)),
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
                    "prison",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.UUIDField()),
                ("said", models.CharField(max_length=32)),
                ("at", models.DateTimeField(db_index=True)),
                ("location", models.CharField(blank=True, max_length=500)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Todo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("facts", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("due_on", models.DateField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="prisons.organisation",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="todos", to="prisons.prison"
                    ),
                ),
            ],
            options={
                "ordering": ["created_at"],
            },
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=12, verbose_name="code")),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="name")),
                (
                    "regime",
                    models.CharField(
                        choices=[
                            ("open", "open regime"),
                            ("half", "half-open regime"),
                            ("closed", "closed regime"),
                        ],
                        default="half",
                        max_length=8,
                        verbose_name="regime",
                    ),
                ),
                (
                    "population",
                    models.CharField(
                        choices=[("men", "men"), ("women", "women"), ("mixed", "men and women")],
                        default="men",
                        max_length=8,
                        verbose_name="population",
                    ),
                ),
                (
                    "target_group",
                    models.CharField(
                        choices=[
                            ("remand", "on remand"),
                            ("sentenced", "sentenced"),
                            ("interned", "interned"),
                        ],
                        default="sentenced",
                        max_length=12,
                        verbose_name="target group",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="units",
                        to="prisons.building",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="units", to="prisons.prison"
                    ),
                ),
            ],
            options={
                "ordering": ["prison", "code"],
            },
        ),
        migrations.CreateModel(
            name="Dismissal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dismissals",
                        to="prisons.announcement",
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("announcement", "user"), name="announcement_put_away_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("user", "prison", "organisation", "role"),
                name="membership_once_per_organisation_and_role",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("organisation__isnull", True)),
                fields=("user", "prison", "role"),
                name="membership_once_per_role_of_the_prison",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="membership_ends_after_it_starts",
            ),
        ),
        migrations.AddIndex(
            model_name="changeset",
            index=models.Index(fields=["prison", "-at"], name="changeset_latest"),
        ),
        migrations.AddConstraint(
            model_name="building",
            constraint=models.UniqueConstraint(
                fields=("prison", "name"), name="building_name_once_per_prison"
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["prison", "-at", "-id"], name="audit_of_a_prison"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["prison", "by", "-at", "-id"], name="audit_of_a_person"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["prison", "verb", "-at", "-id"], name="audit_of_an_act"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["prison", "id"], name="audit_newest"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["model", "object_id"], name="audit_of_a_row"),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="announcement_ends_after_it_starts",
            ),
        ),
        migrations.AddIndex(
            model_name="reading",
            index=models.Index(fields=["prison", "-at"], name="reading_of_a_prison"),
        ),
        migrations.AddIndex(
            model_name="reading",
            index=models.Index(fields=["person_id", "-at"], name="reading_of_a_person"),
        ),
        migrations.AddIndex(
            model_name="reading",
            index=models.Index(fields=["prison", "by", "-at"], name="reading_by_a_person"),
        ),
        migrations.AddIndex(
            model_name="reading",
            index=models.Index(
                condition=models.Q(("verb", "use_feed")),
                fields=["object_id", "-at"],
                name="reading_of_a_feed",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(fields=("token", "said", "by"), name="submission_once"),
        ),
        migrations.AddIndex(
            model_name="todo",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True)), fields=["prison"], name="todo_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.UniqueConstraint(fields=("prison", "code"), name="unit_code_once_per_prison"),
        ),
    ]
