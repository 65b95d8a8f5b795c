"""What is typed about the sectors of a draft: their words, their positions, the line that splits one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend import outlines

Choices = Sequence[tuple[str, Any]]
_CHOOSE: Final = _("Choose one of the list.")


class Choice(forms.ChoiceField):
    """One of a list, which the page gives."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label=label, error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE}, **options)


class Name(forms.CharField):
    """How a sector is called."""

    def __init__(self) -> None:
        super().__init__(label=_("Name"), max_length=160, error_messages={"required": _("Write a name.")})


class Code(forms.CharField):
    """What programs, addresses and files call it."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Code"),
            max_length=80,
            help_text=_("Lower-case letters, digits and hyphens: centre-nord. It stays through all editions."),
            error_messages={"required": _("Write a code.")},
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )


class Outline(forms.CharField):
    """An area, a position on each line; `clean` gives it as a MultiPolygon in EPSG:4326."""

    def __init__(self, rows: int = 8) -> None:
        super().__init__(
            label=_("Positions of the border"),
            widget=forms.Textarea(attrs={"rows": rows, "spellcheck": "false", "class": "num"}),
            help_text=_("Longitude, then latitude, one position on each line. A blank line begins another ring."),
            error_messages={"required": _("Write three positions at least, one on each line.")},
        )

    def to_python(self, value: Any) -> Any:
        """The area; "" for nothing."""
        text = super().to_python(value)
        return outlines.area(text) if text else text


class Line(forms.CharField):
    """A line, a position on each line of text; `clean` gives its positions."""

    def __init__(self, label: Any, help_text: Any, *, required: bool = True) -> None:
        super().__init__(
            label=label,
            required=required,
            help_text=help_text,
            widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "num"}),
            error_messages={"required": _("Write two positions at least, one on each line.")},
        )

    def clean(self, value: Any) -> Any:
        """The positions; () for nothing. ValidationError where there is one alone."""
        text = super().clean(value)
        found = outlines.positions(text) if text else []
        if text and len(set(found)) < 2:
            raise forms.ValidationError(self.error_messages["required"], "short")
        return tuple(found)


class Offered(forms.Form):
    """A form of the page: `choices` are what its lists offer, by the names of the fields."""

    def __init__(self, data: Any = None, *, choices: dict[str, Choices], **options: Any) -> None:
        super().__init__(data, **options)
        for name, offered in choices.items():
            field = self.fields.get(name)
            if isinstance(field, forms.ChoiceField):
                field.choices = offered


class AddForm(Offered):
    """A sector that the draft does not have yet."""

    code, name = Code(), Name()
    kind, post = Choice(_("Kind")), Choice(_("Who answers for it"))
    commune = forms.CharField(
        label=_("INSEE code of the commune"),
        required=False,
        max_length=5,
        help_text=_("The checker then says what lies outside it."),
    )
    outline = Outline()


class SectorForm(Offered):
    """The sector as it is to be."""

    name = Name()
    kind, post = Choice(_("Kind")), Choice(_("Who answers for it"))
    outline = Outline(rows=10)


class SplitForm(Offered):
    """One sector becomes two."""

    sector = Choice(_("Sector to split"))
    line = Line(
        _("Line to cut along"),
        _("Longitude, then latitude, one position on each line: from one side of the sector to the other."),
    )
    code, name = Code(), Name()
    post = Choice(_("Who answers for the new one"))


class MergeForm(Offered):
    """Two sectors become one."""

    sector = Choice(_("Sector that stays"))
    other = Choice(_("Sector that goes into it"))
