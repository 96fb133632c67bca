"""Rooms, slots, hours, holidays and closures, as of the first release. Guards and triggers are laid after every migrate."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("rooms", "0001_initial"), ("rooms", "0002_origin"), ("rooms", "0003_room_names")]

    initial = True

    dependencies = [
        ("prisons", "0001_tables"),
        ("prisons", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Feature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(unique=True)),
                ("name_nl", models.CharField(max_length=60, verbose_name="name in Dutch")),
                ("name_fr", models.CharField(max_length=60, verbose_name="name in French")),
                ("name_en", models.CharField(max_length=60, verbose_name="name in English")),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Room",
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
                    "capacity",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)], verbose_name="capacity"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "building",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rooms",
                        to="prisons.building",
                    ),
                ),
                (
                    "features",
                    models.ManyToManyField(
                        blank=True, related_name="rooms", to="rooms.feature", verbose_name="features"
                    ),
                ),
                (
                    "inside_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rooms",
                        to="prisons.unit",
                        verbose_name="inside the living unit",
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rooms", to="prisons.prison"
                    ),
                ),
                (
                    "reachable_from",
                    models.ManyToManyField(
                        blank=True,
                        related_name="reachable_rooms",
                        to="prisons.unit",
                        verbose_name="units that can reach it (none ticked: all)",
                    ),
                ),
            ],
            options={
                "ordering": ["building__name", "name"],
            },
        ),
        migrations.CreateModel(
            name="Closure",
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
                            ("strike", "strike"),
                            ("lockdown", "lockdown"),
                            ("works", "works"),
                            ("reduced", "reduced regime"),
                            ("other", "other"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=120, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("announced", "announced"),
                            ("confirmed", "confirmed"),
                            ("lifted", "lifted"),
                        ],
                        default="announced",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                ("decide_by", models.DateTimeField(blank=True, null=True, verbose_name="decision by")),
                ("group", models.UUIDField(blank=True, editable=False, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "announced_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closures",
                        to="prisons.prison",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closures",
                        to="prisons.unit",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closures",
                        to="rooms.room",
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at"],
            },
        ),
        migrations.CreateModel(
            name="RoomHours",
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
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="hours", to="rooms.room"
                    ),
                ),
            ],
            options={
                "ordering": ["weekday", "starts"],
            },
        ),
        migrations.CreateModel(
            name="SoftBand",
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
                            ("school_nl", "Flemish school holidays"),
                            ("school_fr", "French-speaking school holidays"),
                            ("ramadan", "Ramadan"),
                            ("other", "other"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("name_nl", models.CharField(max_length=80, verbose_name="name in Dutch")),
                ("name_fr", models.CharField(max_length=80, verbose_name="name in French")),
                ("name_en", models.CharField(max_length=80, verbose_name="name in English")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                ("origin", models.CharField(blank=True, editable=False, max_length=120)),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="soft_bands",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["starts_on"],
            },
        ),
        migrations.CreateModel(
            name="TimeSlot",
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
                ("valid_from", models.DateField(verbose_name="in force from")),
                (
                    "valid_to",
                    models.DateField(blank=True, null=True, verbose_name="in force until and including"),
                ),
                (
                    "max_people",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="people who can be brought"
                    ),
                ),
                (
                    "max_movements",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="movements (one per session and living unit)"
                    ),
                ),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="time_slots",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["weekday", "starts"],
            },
        ),
        migrations.CreateModel(
            name="UnitHours",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("yard", "yard"),
                            ("visit", "visit"),
                            ("meal", "meal"),
                            ("other", "not free"),
                        ],
                        max_length=8,
                        verbose_name="what",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="hours", to="prisons.unit"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "unit hours",
                "ordering": ["unit", "weekday", "starts"],
            },
        ),
        migrations.CreateModel(
            name="Holiday",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField(verbose_name="date")),
                ("name_nl", models.CharField(max_length=80, verbose_name="name in Dutch")),
                ("name_fr", models.CharField(max_length=80, verbose_name="name in French")),
                ("name_en", models.CharField(max_length=80, verbose_name="name in English")),
                ("origin", models.CharField(blank=True, editable=False, max_length=120)),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holidays",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["on"],
                "constraints": [
                    models.UniqueConstraint(fields=("prison", "on"), name="holiday_once_per_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="RemovedOrigin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("origin", models.CharField(max_length=120)),
                (
                    "prison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="removed_origins",
                        to="prisons.prison",
                    ),
                ),
            ],
            options={
                "ordering": ["origin"],
                "constraints": [
                    models.UniqueConstraint(fields=("prison", "origin"), name="removed_origin_once")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.UniqueConstraint(fields=("prison", "name"), name="room_name_once_per_prison"),
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.CheckConstraint(
                condition=models.Q(("capacity__gte", 1)), name="room_holds_at_least_one"
            ),
        ),
        migrations.AddIndex(
            model_name="closure",
            index=models.Index(fields=["prison", "starts_at"], name="closure_by_start"),
        ),
        migrations.AddConstraint(
            model_name="closure",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="closure_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="closure",
            constraint=models.CheckConstraint(
                condition=models.Q(("room__isnull", True), ("unit__isnull", True), _connector="OR"),
                name="closure_of_a_room_or_a_unit_or_all",
            ),
        ),
        migrations.AddConstraint(
            model_name="roomhours",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gt", models.F("starts"))), name="room_hours_end_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="roomhours",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday__range", (1, 7))), name="room_hours_on_a_weekday"
            ),
        ),
        migrations.AddConstraint(
            model_name="softband",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="band_ends_after_it_starts"
            ),
        ),
        migrations.AddConstraint(
            model_name="softband",
            constraint=models.UniqueConstraint(
                fields=("prison", "kind", "starts_on"), name="band_once_per_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="timeslot",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gt", models.F("starts"))), name="slot_ends_after_it_starts"
            ),
        ),
        migrations.AddConstraint(
            model_name="timeslot",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday__range", (1, 7))), name="slot_on_a_weekday"
            ),
        ),
        migrations.AddConstraint(
            model_name="timeslot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="slot_valid_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="unithours",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gt", models.F("starts"))), name="unit_hours_end_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="unithours",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday__range", (1, 7))), name="unit_hours_on_a_weekday"
            ),
        ),
    ]
