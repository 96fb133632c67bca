"""The seals find out what the guards could not stop: a row changed, taken out, slipped in; a seal made anew."""

import datetime as dt
import json
import logging
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from prisons.domain.records import audit, readings, seals
from prisons.guards import audit_guards
from prisons.models import AuditEntry, AuditSeal, Reading

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
NOON = dt.datetime(2026, 11, 23, 11, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def three_hours(haren, organiser_anna, settings, tmp_path):
    """Three hours, each with two rows of each kind and a seal."""
    settings.DATA_DIR = tmp_path
    for hour in range(3):
        for minute in range(2):
            at = NOON + hour * HOUR + minute * dt.timedelta(minutes=1)
            audit.record(haren, organiser_anna, "invite", haren, fields=["role"], now=at)
            readings.record("see", "page", prison_id=haren.pk, by=organiser_anna, people={1, 2}, now=at)
        seals.seal_all(now=NOON + (hour + 1) * HOUR)


def tamper(change):
    """As somebody who owns the database would."""
    audit_guards.lift(connection)
    change()
    audit_guards.lay(connection)


def verdict_of(kept, lines=()):
    return next(verdict for verdict in seals.verify(lines) if verdict.kept == kept)


def test_an_untouched_audit_is_whole_from_its_first_row_on(three_hours):
    for kept in AuditSeal.Kept.values:
        verdict = verdict_of(kept)
        assert (verdict.is_whole, verdict.seals, verdict.rows, verdict.unsealed) == (True, 3, 6, 0)
        assert verdict.whole_since == NOON


def middle(model):
    return model.objects.order_by("pk")[2]


@pytest.mark.parametrize("model", [AuditEntry, Reading])
def test_a_changed_row_breaks_its_hour_and_no_other(three_hours, model):
    kept = "acts" if model is AuditEntry else "readings"
    tamper(lambda: model.objects.filter(pk=middle(model).pk).update(verb="nothing"))
    verdict = verdict_of(kept)
    assert not verdict.is_whole and len(verdict.faults) == 1 and "changed" in verdict.faults[0]
    assert verdict.whole_since == NOON + 2 * HOUR  # since the broken seal was made


def test_a_row_taken_out_is_counted(three_hours):
    tamper(lambda: middle(AuditEntry).delete())
    assert "2 rows were sealed, 1 are there" in verdict_of("acts").faults[0]


def test_every_column_is_under_the_seal():
    for model, fields in seals._FIELDS.values():
        columns = {field.attname for field in model._meta.concrete_fields}
        assert columns == {"id" if field == "pk" else field for field in fields}


def test_a_seal_taken_away_is_missed(three_hours):
    tamper(lambda: AuditSeal.objects.filter(kept="acts").order_by("pk")[1].delete())
    assert "a seal before this one is missing" in verdict_of("acts").faults[0]


def test_who_makes_all_seals_anew_is_found_out_by_the_file_that_left(three_hours, settings):
    lines = (settings.DATA_DIR / seals.FILE).read_text().splitlines()
    assert len(lines) == 6 and (settings.DATA_DIR / seals.FILE).stat().st_mode & 0o077 == 0

    def forge():
        AuditEntry.objects.filter(pk=middle(AuditEntry).pk).update(verb="nothing")
        AuditSeal.objects.filter(kept="acts").delete()
        seals._seal("acts", NOON + 4 * HOUR)

    tamper(forge)
    assert verdict_of("acts").is_whole  # by itself it looks whole
    verdict = verdict_of("acts", lines)
    assert not verdict.is_whole and verdict.whole_since is None


def test_the_end_cut_off_is_found_out_too(three_hours, settings):
    lines = (settings.DATA_DIR / seals.FILE).read_text().splitlines()

    def cut():
        last = AuditSeal.objects.filter(kept="acts").order_by("-pk").first()
        AuditEntry.objects.filter(pk__gte=last.first_id).delete()
        last.delete()

    tamper(cut)
    assert not verdict_of("acts", lines).is_whole


def test_seals_leave_the_machine_in_the_log(haren, caplog, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    audit.record(haren, None, "invite", haren, now=NOON)
    with caplog.at_level(logging.WARNING, "tempo.seals"):
        [seal] = seals.seal_all(now=NOON)
    assert json.loads(caplog.messages[-1].removeprefix("audit seal ")) == json.loads(seals.line_of(seal))
    assert seals.seal_all(now=NOON + HOUR) == []  # nothing new: no seal, and no line twice
    assert len((tmp_path / seals.FILE).read_text().splitlines()) == 1


def test_the_command_says_from_when_on_it_is_whole(three_hours, settings):
    out = StringIO()
    call_command("verify_audit", "--seals", settings.DATA_DIR / seals.FILE, stdout=out)
    assert (
        "acts: whole from 2026-11-23 11:00 UTC on (6 rows under 3 seals, 0 not sealed yet)" in out.getvalue()
    )
    tamper(lambda: AuditEntry.objects.order_by("-pk")[:1].get().delete())
    out = StringIO()
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_audit", stdout=out)
    assert "BROKEN acts" in out.getvalue() and "the newest seal is broken" in out.getvalue()


def test_many_rows_are_verified_quickly(haren, organiser_anna, settings, tmp_path):
    """A million within 20 s is measured by `make bench`; here twenty thousand at the same pace, with room."""
    settings.DATA_DIR = tmp_path
    Reading.objects.bulk_create(
        [
            Reading(prison=haren, by=organiser_anna, at=NOON, verb="see", page="page", people=f" {number} 1 ")
            for number in range(20_000)
        ],
        batch_size=1000,
    )
    seals.seal_all(now=NOON)
    begun = time.process_time()
    assert verdict_of("readings").is_whole
    assert time.process_time() - begun < 1.0
