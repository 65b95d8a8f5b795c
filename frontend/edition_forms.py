"""What somebody types about an edition of the map: how it is called, from which one it begins, from which day on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from frontend.acting_forms import Words
from frontend.days import DayField
from frontend.read_over import SpokenForm
from incidents.refusals import check_content
from ogcapi.geojson import Refused
from sectors.changes.drafts import LONGEST_CODE, LONGEST_NOTE
from sectors.map_files import SYSTEMS
from sectors.models import Edition


class NameForm(SpokenForm):
    """How a draft is called, and what it is for."""

    code = forms.CharField(
        required=False,
        max_length=LONGEST_CODE,
        label=_("Code"),
        help_text=_("Letters, digits, hyphens and underscores."),
        error_messages={"max_length": _("Write at most 40 letters, digits, hyphens and underscores.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = Words(
        rows=2,
        required=False,
        max_length=LONGEST_NOTE,
        label=_("What it is for"),
        help_text=_("One sentence that others understand in two years: why the map changes."),
    )

    def clean_note(self) -> str:
        """What certainly is of a person is refused."""
        note = str(self.cleaned_data["note"])
        try:
            check_content(note, None, timezone.now(), field="note")
        except Refused as refused:
            raise forms.ValidationError([str(each.message) for each in refused.errors], "personal_data") from None
        return note


class BeginForm(NameForm):
    """The same, and the edition whose sectors it begins with: asked by its code; `model` becomes its key, or None."""

    field_order = ("model", "code", "note")
    model = forms.TypedChoiceField(
        required=False,
        empty_value=None,
        label=_("Begin with"),
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )

    def __init__(self, data: Any = None, *, models: Sequence[tuple[Edition, str]], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["code"].help_text = _("Letters, digits, hyphens and underscores. Left empty, the next of the year.")
        field = self.fields["model"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        field.choices = [*((each.code, told) for each, told in models), ("", _("no sector: an empty map"))]
        field.coerce = {each.code: each.pk for each, _told in models}.__getitem__


class ImportForm(forms.Form):
    """A file of sectors, its coordinate system, and what it calls what."""

    file = forms.FileField(
        label=_("File of the sectors"),
        help_text=_("GeoJSON, GeoPackage of one layer, or a zip with one Shapefile. 20 MB at most."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,.gpkg,.zip,application/geo+json"}),
    )
    epsg = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        label=_("Coordinate system"),
        choices=[("", _("as the file says")), *((code, f"EPSG:{code} – {name}") for code, name in SYSTEMS.items())],
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )
    keep = forms.BooleanField(required=False, label=_("Keep the sectors of the draft that the file does not name"))

    def __init__(self, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(data, files, **options)
        for name, label in _COLUMNS.items():
            self.fields[name] = forms.CharField(
                required=False, max_length=80, label=label, widget=forms.TextInput(attrs={"autocomplete": "off"})
            )

    @property
    def asked_first(self) -> list[forms.BoundField]:
        """The fields of every file."""
        return [self[name] for name in ("file", "epsg", "keep")]

    @property
    def asked_more(self) -> list[forms.BoundField]:
        """What the file calls what, where it is not as here."""
        return [self[name] for name in _COLUMNS]

    @property
    def columns(self) -> dict[str, str]:
        """What the file calls any of `importing.NAMED`."""
        given = {name.removeprefix("column_"): self.cleaned_data.get(name, "").strip() for name in _COLUMNS}
        return {name: column for name, column in given.items() if column}


_COLUMNS: Final = {
    "column_code": _("Column of the code of the sector"),
    "column_name": _("Column of its name"),
    "column_kind": _("Column of its kind"),
    "column_post": _("Column of the code of the post that answers"),
    "column_commune": _("Column of the INSEE code of the commune"),
    "column_priority": _("Column of the priority"),
}


class StartForm(forms.Form):
    """The day from which a draft would be in force."""

    start_on = DayField(
        label=_("It would be in force from"), required=True, help_text=_("Tomorrow at the earliest, at midnight.")
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["start_on"].error_messages["required"] = _("Choose a day.")


class ApproveForm(forms.Form):
    """That one has looked before one approves."""

    looked = forms.BooleanField(
        label=_("I have looked at the preview: the sectors and the concerns may change hands on this day."),
        error_messages={"required": _("Say that you have looked at the preview.")},
    )
