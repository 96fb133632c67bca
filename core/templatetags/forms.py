"""Template tags of forms: a field's widget with the right class, its kind, its errors by name."""

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.safestring import SafeString

register = template.Library()

CHOICE_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.filter
def widget(field: BoundField) -> SafeString:
    """The field's input with the look of the product; Django adds the ties to help and errors itself."""
    attrs: dict[str, Any] = {
        "class": f"{css_class(field)} {field.field.widget.attrs.get('class', '')}".strip()
    }
    if field.errors and not is_group(field):
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


@register.filter
def without_placeholder(field: BoundField) -> BoundField:
    """The field whose widget does not repeat its label as a grey word inside."""
    field.field.widget.attrs.pop("placeholder", None)
    return field


@register.filter
def is_narrow(filters: forms.BaseForm) -> bool:
    """Whether a bar of filters hides more than it does at first: empty fields and first choices hide nothing."""
    return any(_narrows(filters[name]) for name in filters.fields)


def _narrows(field: BoundField) -> bool:
    value = field.form.data.get(field.html_name)
    choices = getattr(field.field, "choices", None)
    return (
        bool(value)
        and str(value) != str(field.initial)
        and (choices is None or value != str(next(iter(choices), ("",))[0]))
    )


@register.filter
def is_optional(field: BoundField) -> bool:
    """Whether the label says so: not of what may be given in one of two ways (`says_optional = False`)."""
    return not field.field.required and getattr(field.field, "says_optional", True)


@register.filter
def is_group(field: BoundField) -> bool:
    """A set of radio buttons or check boxes: needs a fieldset and a legend."""
    return isinstance(field.field.widget, CHOICE_GROUPS)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """One check box: its label stands to the right of it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def choice_input(choice: BoundWidget) -> SafeString:
    """The radio button or check box of one choice, without its label."""
    choice.data["attrs"]["class"] = "form-check-input"
    return choice.tag()


def css_class(field: BoundField) -> str:
    """Bootstrap's class for this widget."""
    shown = field.field.widget
    if isinstance(shown, (forms.CheckboxInput, *CHOICE_GROUPS)):
        return "form-check-input"
    return "form-select" if isinstance(shown, forms.Select) else "form-control"
