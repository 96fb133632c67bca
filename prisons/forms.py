"""The shape of what people type about roles, invitations, accounts and tokens."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from core.web.forms import DateInput, PlainForm, PlainTexts
from prisons.access import SIDE_OF_ROLE, Access, Right, Side
from prisons.domain.people.memberships import ROLES_OF_THE_PRISON
from prisons.domain.records import audit
from prisons.models import Invitation, Letters, Membership, Organisation, Role, User
from prisons.seen_forms import look_again
from prisons.support import SupportReason
from prisons.words.verbs import words_for

LANGUAGES = [("nl", "Nederlands"), ("fr", "Français"), ("en", "English")]


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent with POST, be it empty; None (an unbound form) for any other request."""
    return request.POST if request.method == "POST" else None


def offer(form: forms.Form, name: str, rows: QuerySet) -> forms.ModelChoiceField:
    """Makes these rows the choices of a field, and gives the field back."""
    field = cast(forms.ModelChoiceField, form.fields[name])
    field.queryset = rows
    return field


def roles_to_give(access: Access) -> frozenset[str]:
    """The roles of the sides that this person appoints for."""
    sides = {Side.SERVICES} if access.has(Right.MANAGE_PEOPLE) else set()
    if access.has(Right.APPOINT):
        sides.add(Side.PRISON)
    return frozenset(role for role, side in SIDE_OF_ROLE.items() if side in sides)


class RoleForm(PlainForm):
    """A role and the organisation that it goes with, as far as this person may give it."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=forms.RadioSelect)
    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("The prison itself (liaison)"),
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = cast(forms.ChoiceField, self.fields["role"])
        self.may_give = roles_to_give(access)
        role.choices = [choice for choice in Role.choices if choice[0] in self.may_give]
        role.initial = next(iter(self.may_give)) if len(self.may_give) == 1 else None
        organisations = Organisation.objects.filter(prisons=access.prison)
        if not access.user.is_superuser:
            organisations = organisations.filter(authority__in=access.authorities)
        field = offer(self, "organisation", organisations)
        if self.may_give.isdisjoint(ROLES_OF_THE_PRISON):
            field.required, field.empty_label = True, _("Choose an organisation")
        if self.may_give <= ROLES_OF_THE_PRISON:
            del self.fields["organisation"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "organisation" not in self.fields:
            return data | {"organisation": None}
        role, organisation = data.get("role"), data.get("organisation")
        if role and "organisation" in data and (organisation is None) != (role in ROLES_OF_THE_PRISON):
            self.add_error(
                "organisation",
                _("A liaison belongs to the prison itself; every other role to an organisation."),
            )
        return data


class OrganisationForm(PlainTexts, forms.ModelForm):
    """A service or partner: added by a coordinator of its authority, changed by its own people."""

    class Meta:
        model = Organisation
        fields = ["name", "short_name", "kind", "authority", "language"]

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not access.user.is_superuser:
            mine = [choice for choice in Organisation.Authority.choices if choice[0] in access.authorities]
            cast(forms.ChoiceField, self.fields["authority"]).choices = mine
            if self.instance.pk and self.instance.authority not in access.authorities:
                del self.fields["authority"]


class KnownOrganisationForm(PlainForm):
    """An organisation that works in another prison already."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Organisation.objects.exclude(prisons=access.prison)
        if not access.user.is_superuser:
            rows = rows.filter(authority__in=access.authorities)
        self.has_choices = bool(offer(self, "organisation", rows).queryset)


class InviteForm(RoleForm):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    full_name = forms.CharField(label=_("Name"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language of the letter"), choices=LANGUAGES)

    field_order = ["email", "full_name", "language", "role", "organisation"]


class GiveRoleForm(RoleForm):
    user = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none())
    ends_on = forms.DateField(label=_("Until and including"), required=False, widget=DateInput())

    field_order = ["user", "role", "organisation", "ends_on"]

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, access=access, **kwargs)
        here = Membership.objects.in_prison(access.prison).filter(role__in=self.may_give)
        members = User.objects.filter(pk__in=here.values("user"), is_active=True)
        offer(self, "user", members)


class EndForm(PlainForm):
    """The last day of a role; `is_confirmed` is asked only where nobody would be left to coordinate."""

    ends_on = forms.DateField(
        label=_("Until and including"),
        required=False,
        widget=DateInput(),
        help_text=_("Empty: without end. Feeds and tokens of the role end with it."),
    )
    is_confirmed = forms.BooleanField(
        label=_("Yes, I am sure, although nobody else has this role"), required=False
    )

    def __init__(self, *args: Any, asks_to_confirm: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_to_confirm:
            del self.fields["is_confirmed"]


class EndNowForm(EndForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["ends_on"]


class NewcomerForm(PlainForm):
    """Who an invited person is, and the password of the new account."""

    full_name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Your language"), choices=LANGUAGES)
    password = forms.CharField(
        label=_("Password"),
        max_length=4096,
        strip=False,
        help_text=_("At least 10 characters. Not your name, not only digits, no word that everybody uses."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class AccountForm(PlainForm):
    full_name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Your language"), choices=LANGUAGES)
    letters = forms.ChoiceField(
        label=_("Letters about changes"),
        choices=Letters.choices,
        help_text=_("What changes within two days is told at once in any case."),
    )

    def __init__(self, *args: Any, hears_of_changes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not hears_of_changes:
            del self.fields["letters"]


class LetterFilter(PlainForm):
    """The letters of one day, of the state that was chosen."""

    on = forms.DateField(label=_("Day"), required=False, widget=DateInput())
    state = forms.CharField(required=False, widget=forms.HiddenInput)


class TokenForm(PlainForm):
    membership = forms.ModelChoiceField(
        label=_("It may do what I may as"), queryset=Membership.objects.none(), empty_label=None
    )
    name = forms.CharField(
        label=_("What it is for"), max_length=80, help_text=_("So that you know later which one to end.")
    )

    def __init__(self, *args: Any, memberships: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = offer(self, "membership", Membership.objects.filter(pk__in=[each.pk for each in memberships]))
        field.choices = [(each.pk, role_in_words(each)) for each in memberships]


class SupportForm(PlainForm):
    why = forms.ChoiceField(label=_("Why"), choices=[("", "–"), *SupportReason.choices])


class AuditFilter(PlainForm):
    """Whose acts, which act, on which day. Unusable values filter nothing and say so."""

    by = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), required=False, empty_label=_("Everybody")
    )
    verb = forms.ChoiceField(label=_("Act"), required=False)
    on = forms.DateField(label=_("Day"), required=False, widget=DateInput())

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "by", User.objects.filter(pk__in=audit.actors_in(access.prison)))
        verbs = sorted((words_for(code), code) for code in audit.verbs_in(access.prison))
        choices = [("", _("Every act")), *((code, words) for words, code in verbs)]
        cast(forms.ChoiceField, self.fields["verb"]).choices = choices


def role_in_words(row: Membership | Invitation) -> str:
    """Role, organisation and prison in one line."""
    parts = [row.get_role_display(), row.organisation.short_name if row.organisation else "", row.prison.name]
    return " · ".join(str(part) for part in parts if part)


def add_refusal(form: forms.BaseForm, messages: Any, field: str | None = None) -> None:
    """Shows what a domain function refused on the form that asked for it."""
    if isinstance(messages, PlannerError):
        look_again(form, messages)
    form.add_error(field, messages if isinstance(messages, ValidationError) else str(messages))
