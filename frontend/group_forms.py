"""What is said when a group works on a problem or meets: lengths and choices; the rules are in `changes`."""

from __future__ import annotations

import math
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from frontend.acting_forms import ActForm, Words
from frontend.days import DayField
from frontend.forms import DegreesField
from partnership import words
from partnership.models import Phase
from partnership.models.action import LONGEST_DETAILS
from partnership.models.diagnosis import LONGEST_DIAGNOSIS
from partnership.models.problem import LONGEST_TEXT, LONGEST_TITLE

# Corners of a circle that is drawn around a point, and how long a degree of latitude is.
_CORNERS: Final = 24
_DEGREE_M: Final = 111_320
_MOST_DRAWN: Final = 200
_CHOOSE: Final = _("Choose one of the list.")
_DAY: Final = _("Choose a day.")

Ring = tuple[tuple[float, float], ...]


class Line(forms.CharField):
    """One line of text."""

    def __init__(self, label: Any, *, max_length: int = LONGEST_TITLE, **options: Any) -> None:
        errors = {"required": _("Write something.")}
        super().__init__(label=label, max_length=max_length, error_messages=errors, **options)


class Choice(forms.ChoiceField):
    """One of a list, which the form may be given later."""

    def __init__(self, label: Any, choices: Any = (), **options: Any) -> None:
        shown = [("", _("Choose")), *choices]
        errors = {"required": _CHOOSE, "invalid_choice": _CHOOSE}
        super().__init__(label=label, choices=shown, error_messages=errors, **options)


class Day(DayField):
    """A day that must be given."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label=label, required=True, **options)
        self.error_messages["required"] = _DAY


class Tick(forms.BooleanField):
    """Kept out of what leaves for the local council."""

    def __init__(self) -> None:
        super().__init__(required=False, label=_("Confidential: kept out of what is sent to the CLSPD"))


class Drawn(forms.Field):
    """The corners that somebody set on the map: `lon lat, lon lat, …`, written by the page's script."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Ring:
        """The closed ring; () for none. ValidationError for what no map writes."""
        if not value:
            return ()
        try:
            corners = [tuple(float(number) for number in corner.split()) for corner in str(value).split(",")]
            pairs = tuple((lon, lat) for lon, lat in corners)
        except ValueError:
            pairs = ()
        if not 3 <= len(pairs) <= _MOST_DRAWN or not all(abs(x) <= 180 and abs(y) <= 90 for x, y in pairs):
            raise ValidationError(_("Set three corners at least, around the place."), "invalid")
        return (*pairs, pairs[0])


class PlacedForm(ActForm):
    """Where it is: drawn on the map, or around a point; nothing where that is left to the concerns."""

    drawn = Drawn(required=False)
    lat = DegreesField(bound=90, required=False, label=_("Latitude"))
    lon = DegreesField(bound=180, required=False, label=_("Longitude"))
    radius = forms.IntegerField(
        required=False,
        min_value=20,
        max_value=2000,
        label=_("How far around it, in metres"),
        error_messages={
            "min_value": _("Between 20 and 2,000 metres."),
            "max_value": _("Between 20 and 2,000 metres."),
            "invalid": _("Write a number of metres."),
        },
    )

    def clean(self) -> dict[str, Any]:
        """What was said, with `polygons` in place of the four fields."""
        cleaned = super().clean()
        lat, lon, radius = cleaned.pop("lat", None), cleaned.pop("lon", None), cleaned.pop("radius", None)
        drawn = cleaned.pop("drawn", ())
        if (lat is None) != (lon is None) and not self.errors:
            missing = "lat" if lat is None else "lon"
            self.add_error(missing, _("The latitude is missing.") if lat is None else _("The longitude is missing."))
        if drawn:
            cleaned["polygons"] = ((drawn,),)
        elif lat is not None and lon is not None:
            cleaned["polygons"] = ((circle(lon, lat, radius or 100),),)
        return cleaned


def circle(lon: float, lat: float, radius_m: int) -> Ring:
    """The closed ring, in degrees, of the corners so far around a point."""
    up = radius_m / _DEGREE_M
    aside = up / max(0.01, math.cos(math.radians(lat)))
    turns = (2 * math.pi * corner / _CORNERS for corner in range(_CORNERS))
    corners = tuple((lon + aside * math.cos(turn), lat + up * math.sin(turn)) for turn in turns)
    return (*corners, corners[0])


class SpeakingForm(ActForm):
    """Said in the name of an organisation: asked only of who belongs to several in the group."""

    partner = Choice(_("In the name of"))

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        if len(options.get("choices", {}).get("partner", ())) < 2:
            del self.fields["partner"]


class ProposeForm(PlacedForm):
    """A problem for a group: what goes wrong, where, how often."""

    post = Choice(_("For which group"), required=False, help_text=_("Without one: that of the place."))
    title = Line(_("In one line"), help_text=_("A place and what goes wrong there, never a person."))
    family = Choice(_("Of what kind"))
    recurrence = Choice(_("How it comes back"), words.RECURRENCES.items())
    description = Words(
        rows=5, max_length=LONGEST_TEXT, required=False, label=_("What happens, since when, for whom"),
        help_text=_("The members of the group read it. Places and facts, never persons."),
    )  # fmt: skip
    incidents = Line(
        _("Concerns to put in it"), required=False, max_length=400,
        help_text=_("Their references, with commas. Without a drawing, the problem is where they are."),
    )  # fmt: skip
    confidential = Tick()

    def __init__(self, data: Any = None, *, runs: bool = False, **options: Any) -> None:
        super().__init__(data, **options)
        if len(options.get("choices", {}).get("post", ())) < 2:
            del self.fields["post"]
        if not runs:
            del self.fields["incidents"], self.fields["confidential"]


class RetainForm(PlacedForm):
    """How it comes back, and where it is: by its concerns if nothing is said."""

    recurrence = Choice(_("How it comes back"), words.RECURRENCES.items(), required=False)


class WhyForm(ActForm):
    """A reason."""

    reason = Words(rows=3, label=_("Why"), missing=_("Give a reason."))


class MayWhyForm(ActForm):
    """A word, if one likes."""

    reason = Words(rows=2, required=False, label=_("In a few words"))


class ElsewhereForm(WhyForm):
    """To which post the problem goes, and why."""

    to_post = Choice(_("To whom"))


class StopForm(ActForm):
    """Why the clock stands still, and until when."""

    reason = Choice(_("Why the clock stands still"), words.SUSPENSION_REASONS.items())
    until = DayField(label=_("Until"), help_text=_("Without a day: for as long as is allowed."))


class ContributeForm(SpeakingForm):
    """What an organisation brings to the diagnosis."""

    phase = Choice(_("To which part"), Phase.choices)
    text = Words(
        rows=5, max_length=LONGEST_TEXT, label=_("What you know of it"), missing=_("Write something."),
        help_text=_("The members of the group read it. Places and facts, never persons."),
    )  # fmt: skip


class DiagnoseForm(ActForm):
    """The text that the partners sign."""

    text = Words(
        rows=10, max_length=LONGEST_DIAGNOSIS, label=_("The shared diagnosis"), missing=_("Write something."),
        help_text=_("A new version: the partners are asked to sign it, and those before are kept."),
    )  # fmt: skip


class SignForm(SpeakingForm):
    """One signs the last version."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class GiveForm(ActForm):
    """One thing to do, for one organisation, by a day."""

    title = Line(_("What is to be done"))
    owner = Choice(_("By whom"))
    due_on = Day(_("By which day"))
    details = Words(rows=3, max_length=LONGEST_DETAILS, required=False, label=_("Details"))
    confidential = Tick()


class GiveAgainForm(ActForm):
    """To whom it goes instead, and by which day."""

    owner = Choice(_("By whom"))
    due_on = DayField(label=_("By which day"), help_text=_("Without one the day stays."))


class CharterForm(ActForm):
    """What binds the group."""

    text = Words(
        rows=12, max_length=LONGEST_TEXT, label=_("The charter of the group"), missing=_("Write something."),
        help_text=_("All members read it. A new version holds at once, and those before are kept."),
    )  # fmt: skip


class JoinForm(ActForm):
    """More concerns for the problem."""

    incidents = Line(_("References of the concerns"), max_length=400, help_text=_("With commas between them."))


class TakeOutForm(ActForm):
    """Which concern is not of it after all."""

    incident = Choice(_("Which concern"))
