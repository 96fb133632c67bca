"""Reply slips: printed in batches, folded so that only name and cell show, handed out, printed again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.dates import clock
from core.dates.clock import BRUSSELS
from core.dates.weeks import Week
from core.errors import PlannerError
from core.paper import unprintable_names
from core.paper.answering import shown_pdf
from core.web import address
from enrollment.domain.participants import people
from enrollment.domain.participants.person import occupied_of
from enrollment.domain.requests import counts
from enrollment.domain.slips import reply_slips, slip_batches, slip_text
from enrollment.domain.slips.reply_slips import BatchLine
from enrollment.exports.slip_pages import SlipPage, slip_pages
from enrollment.models import Participant, Slip
from enrollment.models.requests import SlipQuerySet
from enrollment.views.shared import find_person
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import Activity


def _ticked(request: PrisonRequest, rows: SlipQuerySet) -> SlipQuerySet:
    """`slip=` narrows what is printed or handed out; without one everything is meant."""
    ids = address.numbers(request.GET.getlist("slip") + request.POST.getlist("slip"))
    return rows.filter(pk__in=ids) if ids else rows


@prison_view(Right.ENTER_REQUESTS)
def slip_print(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """What would be printed now, to look at; posted, it becomes one batch."""
    wanted = _ticked(request, counts.own_slips(request.access))
    if request.method == "POST":
        batch = slip_batches.print_batch(prison, wanted, by=request.user)
        if batch is None:
            messages.info(request, _("There is nothing left to print: somebody has printed these slips."))
            return redirect(_desk(prison))
        return redirect("enrollment:slip_batch", prison.slug, batch.key)
    pages = _pages(prison, slip_batches.not_printed(wanted))
    context = {"pages": pages, "unprintable": unprintable_names(str(page.person) for page in pages)}
    return render(request, "enrollment/slip_print.html", context)


@prison_view(Right.ENTER_REQUESTS)
def slip_batch(request: PrisonRequest, prison: Prison, key: int) -> HttpResponse:
    """One batch: its PDF, its slips in the order of the walk, and what must come out of the pile."""
    rows = _batch(request, key)
    lines = reply_slips.batch(prison, rows)
    context = {
        "key": key,
        "printed_at": slip_batches.moment_of(key),
        "lines": [line for line in lines if not _is_replaced(line.slip)],
        "replaced": [line for line in lines if _is_replaced(line.slip)],
        "to_hand_out": sum(line.slip.is_on_the_desk for line in lines),
        "unprintable": unprintable_names(str(line.slip.participant) for line in lines),
    }
    return render(request, "enrollment/slip_batch.html", context)


def _is_replaced(slip: Slip) -> bool:
    return slip.replaced_at is not None and slip.handed_out_at is None


def _batch(request: PrisonRequest, key: int) -> SlipQuerySet:
    """The slips of the batch that are the user's; 404 when there are none."""
    rows = slip_batches.of_key(counts.own_slips(request.access), key)
    if not rows.exists():
        raise Http404
    return rows


@prison_view(Right.ENTER_REQUESTS)
def slip_file(request: PrisonRequest, prison: Prison, key: int) -> HttpResponse:
    """The batch as one PDF, as often as the printer needs it; `slip=` prints some of it again."""
    rows = _ticked(request, _batch(request, key)).exclude(replaced_at__isnull=False, handed_out_at=None)
    pages, made_at = _pages(prison, rows), slip_batches.moment_of(key)
    if not pages:
        messages.info(request, _("Nothing of this batch is left to print: later answers have replaced it."))
        return redirect("enrollment:slip_batch", prison.slug, key)
    return _pdf(pages, slip_batches.name_of(made_at), made_at)


def _pdf(pages: Sequence[SlipPage], name: str, made_at: dt.datetime) -> HttpResponse:
    return shown_pdf(slip_pages(pages, made_at=made_at), name.removesuffix(".pdf"))


def _pages(prison: Prison, rows: SlipQuerySet) -> list[SlipPage]:
    """A sheet per slip, in the order of the walk."""
    lines = reply_slips.batch(prison, rows)
    has_cards = any(line.slip.kind == Slip.Kind.CARD for line in lines)
    offer = slip_text.offer_of(prison) if has_cards else ()
    return [_printed(line, offer) for line in lines]


def _printed(line: BatchLine, offer: tuple[Activity, ...]) -> SlipPage:
    slip = line.slip
    series = slip_text.series_of(slip)
    coming = slip_text.coming_dates(series) if series and slip.kind == Slip.Kind.PLACED else ()
    texts = [
        slip_text.write(slip, language, coming=coming, offer=offer)
        for language in filter(None, (slip.language, slip.third_language))
    ]
    return SlipPage(slip.participant, line.stay, texts[0], texts[1] if len(texts) > 1 else None)


@prison_view(Right.ENTER_REQUESTS)
@require_POST
def slip_hand_out(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Marks as handed out what is ticked, or a whole batch; without either nothing."""
    mine, key = counts.to_hand_out(request.access), address.number(request.POST.get("batch"))
    ids = address.numbers(request.POST.getlist("slip"))
    rows = mine.filter(pk__in=ids) if key is None else slip_batches.of_key(mine, key)
    number = reply_slips.hand_out(prison, list(rows.values_list("pk", flat=True)), by=request.user)
    sentence = ngettext("%(number)s slip is handed out.", "%(number)s slips are handed out.", number)
    undo_url = "" if key is None else reverse("enrollment:batch_take_back", args=[prison.slug, key])
    messages.success(request, sentence % {"number": number}, extra_tags=undo_url if number else "")
    if key is not None and not request.POST.get("list"):
        return redirect("enrollment:slip_batch", prison.slug, key)
    return redirect(_desk(prison))


def _desk(prison: Prison) -> str:
    return f"{reverse('enrollment:request_list', args=[prison.slug])}?tab=hand_out"


@prison_view(Right.ENTER_REQUESTS)
@require_POST
def slip_take_back(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """It was marked as handed out by mistake."""
    slip = get_object_or_404(Slip.objects.in_prison(prison), pk=pk, handed_out_by=request.user)
    try:
        reply_slips.take_back_handing_out(slip, by=request.user)
        messages.success(request, _("The slip lies on the desk again."))
    except PlannerError as error:
        messages.error(request, str(error))
    return redirect(_desk(prison))


@prison_view(Right.ENTER_REQUESTS)
@require_POST
def batch_take_back(request: PrisonRequest, prison: Prison, key: int) -> HttpResponse:
    """The whole batch was marked as handed out by mistake."""
    rows = _batch(request, key).filter(handed_out_by=request.user)
    try:
        number = reply_slips.take_back_batch(prison, list(rows.values_list("pk", flat=True)), by=request.user)
        sentence = ngettext(
            "%(number)s slip lies on the desk again.", "%(number)s slips lie on the desk again.", number
        )
        messages.success(request, sentence % {"number": number})
    except PlannerError as error:
        messages.error(request, str(error))
    return redirect("enrollment:slip_batch", prison.slug, key)


@prison_view(Right.ENTER_REQUESTS)
def week_slip(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The week of a person, on request, in the person's languages: own service's groups by name."""
    person, is_next = find_person(prison, pk), request.GET.get("week") == "next"
    this = Week.from_date(clock.today())
    page = _week(request, person, this.next if is_next else this)
    if request.GET.get("as") == "pdf":
        monday = (this.next if is_next else this).monday
        made_at = dt.datetime.combine(monday, dt.time(), BRUSSELS)
        return _pdf([page], f"slip-{monday}.pdf", made_at)
    unprintable = unprintable_names([str(person)])
    context = {"person": person, "pages": [page], "is_next": is_next, "unprintable": unprintable}
    return render(request, "enrollment/week_slip.html", context)


def _week(request: PrisonRequest, person: Participant, week: Week) -> SlipPage:
    texts = []
    for language in filter(None, (person.language, person.third_language)):
        with translation.override(language):  # a title has a name per language
            meetings = [(each.starts_at, each.title) for each in occupied_of(request.access, person, week)]
        texts.append(slip_text.write_week(language, meetings))
    stay = people.stay_of(person, request.prison, clock.today())
    return SlipPage(person, stay, texts[0], texts[1] if len(texts) > 1 else None)
