"""Asks: a service asks the owner of a session to move it, to swap it, or to cancel it. Accepting does it.

Whoever may place, but does not own the session, asks; the owner's organisers or coordinator accept or refuse;
the asker can take it back. Accepting goes through `placement.apply`: when the sessions stand elsewhere
by now, it is refused and the ask stays open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from core.secrets.digest import digest, require_seen
from enrollment.domain.locking import lock_facts
from planner.models import Ask
from planner.scheduling.asks import ask_letters
from planner.scheduling.asks.lists import asks_of
from planner.scheduling.asks.wanted_changes import as_json, changes_of, versions_seen
from planner.scheduling.placement.audience_counts import AudienceCounts, told_by
from planner.scheduling.placement.session_changes import Change, Outcome, Refused
from planner.scheduling.placement.writer import apply, preview
from planner.scheduling.rules.known_conflicts import told
from prisons.access import Access, Right, access_for
from prisons.domain.records import audit
from prisons.models import ChangeSet, Organisation, Prison, Todo, User
from sessions.models import Cancellation, GroupSession

TODO = "ask"
State = Ask.State


def ask_to_move(
    session: GroupSession,
    change: Change,
    *,
    by: User,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Ask:
    """Ask the owner to put the session there. Raises as `_ask` does."""
    return _ask(session, [change], by=by, now=now, access=access)


def ask_to_cancel(
    session: GroupSession,
    reason: str,
    *,
    by: User,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Ask:
    """Ask the owner to let it not take place. Raises PlannerError `no_reason` (422), or as `_ask` does."""
    if reason not in set(Cancellation.Reason.values) - {Cancellation.Reason.CLOSURE.value}:
        raise PlannerError("no_reason", _("Choose why it should not take place."), status=422)
    change = Change(session.pk, state=GroupSession.State.CANCELLED, reason=reason)
    return _ask(session, [change], by=by, now=now, access=access)


def ask_to_swap(
    session: GroupSession,
    own: GroupSession,
    *,
    by: User,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Ask:
    """Ask the owner to change places with an own session: each takes the other's room and start.

    Raises PlannerError `nothing_to_swap` (422), or as `_ask` does.
    """
    if own.room_id is None or session.room_id is None or not own.is_live or own.pk == session.pk:
        raise PlannerError("nothing_to_swap", _("Only two sessions with a room can swap."), status=422)
    changes = [_in_place_of(session, own), _in_place_of(own, session)]
    return _ask(session, changes, by=by, now=now, access=access, swap_with=own)


def _in_place_of(session: GroupSession, other: GroupSession) -> Change:
    """There and then, for as long as it lasts itself."""
    assert session.starts_at and session.ends_at and other.starts_at  # noqa: S101 - a room needs a time
    length = session.ends_at - session.starts_at
    return Change(session.pk, other.room_id, other.starts_at, other.starts_at + length)


def _ask(
    session: GroupSession,
    changes: Sequence[Change],
    *,
    by: User,
    now: dt.datetime | None,
    access: Access | None,
    swap_with: GroupSession | None = None,
) -> Ask:
    """Write the ask, tell the owner's people, and give them something to do.

    Whether people of that group can come then is looked at when the owner accepts: the asker may not know.
    Raises Refused (409) when another rule forbids it anyway, PlannerError `yours`, `asked_already`, `past`,
    `not_live` (409), `may_not_ask` (403).
    """
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(session.prison_id, now=now)
        access = access or access_for(by, prison, now=now)
        asking = _asking_service(access, swap_with)
        owner = session.series.activity.organisation
        _refuse_pointless(session, swap_with, access, now)
        if Ask.objects.filter(session=session, from_organisation=asking, state=State.OPEN).exists():
            raise PlannerError(
                "asked_already", _("You have asked something for this session already. Take that back first.")
            )
        hard = [one for one in told(access, preview(prison, changes, now=now)) if one.is_hard]
        if hard:
            raise Refused(hard)
        touched = [session, *([swap_with] if swap_with else [])]
        ask = Ask.objects.create(
            prison=prison,
            from_organisation=asking,
            to_organisation=owner,
            session=session,
            swap_with=swap_with,
            changes=[as_json(change, one) for change, one in zip(changes, touched, strict=True)],
            versions={str(one.pk): one.version for one in touched},
            asked_by=by,
            asked_at=now,
        )
        audit.record(prison, by, "ask", ask, now=now)
        _give_to_do(ask, by, now)
        ask_letters.post_ask(ask, now=now)
    return ask


def _asking_service(access: Access | None, swap_with: GroupSession | None) -> Organisation:
    """For which service somebody asks: that of the own session, else the first for which they act."""
    if access is None or not access.has(Right.PLACE):
        raise PlannerError("may_not_ask", _("Your role does not include planning."), status=403)
    if swap_with is not None:
        own = swap_with.series.activity.organisation
        if access.may_change(own):
            return own
        raise PlannerError("may_not_ask", _("You can offer only your own session."), status=403)
    acting = [m.organisation for m in access.memberships if m.organisation_id in access.organisation_ids]
    if not acting or acting[0] is None:
        raise PlannerError("may_not_ask", _("You act for no service here."), status=403)
    return acting[0]


def _refuse_pointless(
    session: GroupSession, swap_with: GroupSession | None, access: Access | None, now: dt.datetime
) -> None:
    if access is not None and access.may_change(session.series.activity.organisation):
        raise PlannerError("yours", _("This is yours: you can change it yourself."))
    for one in (session, swap_with):
        if one is not None and not one.is_live:
            raise PlannerError("not_live", _("It is cancelled. There is nothing to ask."))
        if one is not None and one.starts_at is not None and clock.today(one.starts_at) < clock.today(now):
            raise PlannerError("past", _("That day is over. What took place cannot be changed."))


def accept(
    ask: Ask,
    *,
    by: User,
    accept_soft: bool = False,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Outcome:
    """Do what was asked. `seen` is the digest of what accepting would do, as it was shown.

    Raises NotAsShown (409), PlannerError `answered` (409), `not_yours` (403), `stale` (409) when the sessions
    stand elsewhere by now, or what `apply` raises; then nothing is changed and the ask stays open.
    """
    now = now or clock.now()
    with transaction.atomic():
        prison, ask, access = _open(ask, by, now, access)
        _require(ask, access, ask.to_organisation)
        shown_now = digest_of(ask, told_by(prison, changes_of(ask)))
        outcome = apply(
            prison,
            changes_of(ask),
            by=by,
            verb="accept_ask",
            now=now,
            seen=versions_seen(ask),
            accept_soft=accept_soft,
            access=for_both(ask, access),
            facts={"ask": ask.pk},
        )
        require_seen(seen, shown_now)  # after what says who was faster
        _answer(ask, State.ACCEPTED, by, now, outcome.change_set)
        ask_letters.post_answer(ask, act=outcome.change_set, now=now)
    return outcome


def digest_of(ask: Ask, told: AudienceCounts) -> str:
    """Of what accepting it would do, and whom that tells."""
    return digest("accept_ask", ask.pk, ask.state, ask.changes, ask.versions, told)


def refuse(ask: Ask, *, by: User, now: dt.datetime | None = None, access: Access | None = None) -> Ask:
    """Say no. Raises PlannerError `answered` (409), `not_yours` (403)."""
    now = now or clock.now()
    with transaction.atomic():
        _prison, ask, access = _open(ask, by, now, access)
        _require(ask, access, ask.to_organisation)
        _answer(ask, State.REFUSED, by, now)
        ask_letters.post_answer(ask, now=now)
    return ask


def take_back(ask: Ask, *, by: User, now: dt.datetime | None = None, access: Access | None = None) -> Ask:
    """The asker needs it no longer. Raises PlannerError `answered` (409), `not_yours` (403)."""
    now = now or clock.now()
    with transaction.atomic():
        _prison, ask, access = _open(ask, by, now, access)
        _require(ask, access, ask.from_organisation)
        _answer(ask, State.TAKEN_BACK, by, now)
    return ask


def reopen(change_set: ChangeSet, *, by: User, now: dt.datetime) -> None:
    """An acceptance was undone: the ask waits for its answer again. For use under the prison's lock."""
    ask = of(change_set)
    if ask is None or ask.state != State.ACCEPTED:
        return
    sessions = GroupSession.objects.filter(pk__in=[int(pk) for pk in ask.versions])
    ask.versions = {str(pk): version for pk, version in sessions.values_list("pk", "version")}
    ask.state, ask.answered_by, ask.answered_at = State.OPEN, None, None
    ask.save(update_fields=["versions", "state", "answered_by", "answered_at"])
    audit.record(ask.prison, by, "reopen_ask", ask, fields=["state"], now=now)
    _give_to_do(ask, by, now)


def of(change_set: ChangeSet) -> Ask | None:
    """The ask whose acceptance this act was."""
    pk = change_set.facts.get("ask")
    return asks_of(change_set.prison).filter(pk=pk).first() if pk else None


def for_both(ask: Ask, access: Access) -> Access:
    """In a swap the asker's own session moves too: they agreed by asking, so the owner may move it."""
    if ask.swap_with is None or ask.swap_with.series.activity.organisation_id != ask.from_organisation_id:
        return access
    return replace(access, organisation_ids=access.organisation_ids | {ask.from_organisation_id})


def _open(ask: Ask, by: User, now: dt.datetime, access: Access | None) -> tuple[Prison, Ask, Access]:
    """The ask as it is now, under the prison's lock. Raises PlannerError `answered`, `not_yours`."""
    prison = lock_facts(ask.prison_id, now=now)
    access = access or access_for(by, prison, now=now)
    fresh = asks_of(prison).get(pk=ask.pk)
    if fresh.state != State.OPEN:
        raise PlannerError(
            "answered",
            _("This has been answered already: %(answer)s. Nothing was changed."),
            answer=fresh.get_state_display(),
        )
    if access is None:
        raise PlannerError("not_yours", _("This belongs to another service."), status=403)
    return prison, fresh, access


def may_answer(ask: Ask, access: Access) -> bool:
    """Whoever may change the session: its service, and the coordinator of its authority."""
    return access.has(Right.PLACE) and access.may_change(ask.to_organisation)


def _require(ask: Ask, access: Access, organisation: Organisation) -> None:
    if not access.has(Right.PLACE) or not access.may_change(organisation):
        raise PlannerError("not_yours", _("Only %(owner)s can answer this."), status=403, owner=organisation)


def _answer(ask: Ask, state: str, by: User, now: dt.datetime, change_set: ChangeSet | None = None) -> None:
    ask.state, ask.answered_by, ask.answered_at = state, by, now
    ask.save(update_fields=["state", "answered_by", "answered_at"])
    verb = {State.ACCEPTED: "accept_ask", State.REFUSED: "refuse_ask"}.get(State(state), "take_back_ask")
    audit.record(ask.prison, by, verb, ask, fields=["state"], change_set=change_set, now=now)
    Todo.objects.in_prison(ask.prison_id).filter(kind=TODO, facts__ask=ask.pk, done_at__isnull=True).update(
        done_at=now, done_by=by
    )


def _give_to_do(ask: Ask, by: User, now: dt.datetime) -> None:
    todo = Todo.objects.create(
        prison=ask.prison,
        organisation=ask.to_organisation,
        kind=TODO,
        facts={"ask": ask.pk},
        created_at=now,
        due_on=clock.today(ask.session.starts_at) if ask.session.starts_at else None,
    )
    audit.record(ask.prison, by, "tell", todo, now=now)
