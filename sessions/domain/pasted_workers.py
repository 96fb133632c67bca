"""Facilitators as lines of a spreadsheet; whoever has an address can be invited, when that was ticked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from babel import Locale
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import PlannerError
from core.tables import cells
from core.tables.pasted import PastedColumn
from core.words.folding import fold
from core.words.languages import OWN_NAMES
from prisons.domain.people import invitations
from prisons.domain.validity import require_valid
from prisons.models import Organisation, Prison, Role, User
from rooms.domain.pasting import Made
from sessions.domain import workers
from sessions.models import Worker


@dataclass(frozen=True)
class WorkerLines:
    prison: Prison
    by: User
    language: str
    services: tuple[Organisation, ...] = ()
    """The reader's own: with only one, it is meant where none is named."""
    invites: bool = False
    code = "workers"
    columns = (
        PastedColumn(
            "name",
            gettext_lazy("Name"),
            "naam|volledige naam|lesgever|begeleider|familienaam|achternaam|nom|nom complet|intervenant|"
            "nom de famille|name|full name|last name|facilitator",
            True,
        ),
        PastedColumn(
            "email",
            gettext_lazy("E-mail"),
            "e-mail|email|mail|mailadres|e-mailadres|adresse e-mail|courriel|e-mail address",
        ),
        PastedColumn(
            "phone",
            gettext_lazy("Telephone"),
            "telefoon|tel|gsm|telefoonnummer|téléphone|tél|numéro de téléphone|phone|telephone|mobile",
        ),
        PastedColumn(
            "services",
            gettext_lazy("Works for"),
            "dienst|organisatie|werkt voor|service|organisation|travaille pour|works for",
        ),
        PastedColumn("languages", gettext_lazy("Languages"), "talen|taal|langue|langues|language|languages"),
        PastedColumn(
            "permitted_until",
            gettext_lazy("Permission until"),
            "toegelaten tot|permis jusqu'au|toelating|toelating tot|toelating tot en met|toegang tot|geldig tot|"
            "autorisation|autorisation jusqu'au|autorisé jusqu'au|valable jusqu'au|permission|permission until|"
            "permitted until|valid until",
        ),
        PastedColumn("first_name", gettext_lazy("First name"), "voornaam|prénom|first name|given name"),
        PastedColumn("is_interpreter", gettext_lazy("Interpreter"), "tolk|interprète|interpreter"),
    )

    def make(self, values: Mapping[str, str]) -> Made:
        name = " ".join(part for part in (values.get("first_name", ""), values["name"]) if part)
        email = values.get("email", "").strip().lower()
        if not name:
            raise PlannerError("name_missing", _("The name is missing."), 422)
        _require_address(email)
        services = self._services(values.get("services", ""))
        if workers.found_here(self.prison, name, email):
            return Made(name)
        until = cells.day(values.get("permitted_until", ""))
        spoken, remarks = spoken_in(values.get("languages", ""))
        fields = {
            "name": name,
            "email": email,
            "phone": values.get("phone", ""),
            "languages": spoken,
            "language": next((code for code in spoken if code in ("nl", "fr", "en")), self.language),
            "is_interpreter": cells.is_yes(values.get("is_interpreter", "")),
        }
        require_valid(Worker(**fields), exclude=["languages", "name_words"])
        added = workers.add_worker(
            self.prison,
            fields,
            {"needs_permission": True, "permitted_until": until},
            by=self.by,
            organisations=services,
        )
        rows: list[Model] = (
            [added.access, *added.services] if added.was_known else [added.worker, added.access]
        )
        said, invited = self._invited(added.worker, services) if self.invites and email else ("", None)
        facts = [email, ", ".join(str(service) for service in services), _permission(until)]
        if invited is not None:
            rows.append(invited)
            facts.append(_("is invited by mail"))
        return Made(name, tuple(rows), tuple(filter(None, facts)), tuple(filter(None, (*remarks, said))))

    def _services(self, cell: str) -> list[Organisation]:
        if not cell:
            return list(self.services) if len(self.services) == 1 else []
        here: dict[str, Organisation] = {}
        for service in Organisation.objects.filter(prisons=self.prison):
            here |= {fold(service.name): service, fold(service.short_name): service}
        if fold(cell) in here:
            return [here[fold(cell)]]
        found = []
        for item in cells.items(cell):
            if fold(item) not in here:
                words = _("No service “%(name)s” works here. Add it under People and rights first.")
                raise PlannerError("unknown_service", words, 422, name=item)
            found.append(here[fold(item)])
        return found

    def _invited(self, worker: Worker, services: list[Organisation]) -> tuple[str, Any]:
        """The invitation, or the sentence that says why there is none; the facilitator is added all the same."""
        if not services:
            return _("Not invited: it is not said for which service."), None
        try:
            made, _link = invitations.invite(
                self.prison,
                email=worker.email,
                role=Role.WORKER,
                organisation=services[0],
                by=self.by,
                full_name=worker.name,
                language=worker.language,
            )
        except PlannerError as error:
            return _("Not invited: %(why)s") % {"why": error}, None
        return "", made


def _require_address(email: str) -> None:
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise PlannerError(
                "no_address", _("“%(text)s” is no e-mail address."), 422, text=email[:80]
            ) from error


def spoken_in(cell: str) -> tuple[list[str], list[str]]:
    """The codes of the languages, and a sentence for each that nobody knows."""
    known = _known_languages()
    wanted = [
        item for part in cells.items(cell) for item in ([part] if fold(part) in known else part.split())
    ]
    words = _("“%(name)s” is no known language and was left out.")
    found = list(dict.fromkeys(known[fold(item)] for item in wanted if fold(item) in known))
    return found, [words % {"name": item} for item in wanted if fold(item) and fold(item) not in known]


@lru_cache(maxsize=1)
def _known_languages() -> dict[str, str]:
    """How a language is written: its code, as its speakers call it, and in each language of the pages."""
    readers = [Locale.parse(code).languages for code, _label in settings.LANGUAGES]
    return {
        fold(name): code
        for code, own in OWN_NAMES.items()
        for name in (code, own, *(names.get(code, "") for names in readers))
        if name
    }


def _permission(until: Any) -> str:
    return _("permission until %(day)s") % {"day": f"{until:%d/%m/%Y}"} if until else _("no permission yet")
