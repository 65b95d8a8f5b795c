"""What an administrator types, read into values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from frontend import words
from frontend.days import DayField
from sectors.changes.administering import Place
from sectors.mandates import REFERENT
from sectors.models import Commune, Partner, PartnerKind, PartnershipGroup, Post, Role, Territory
from sectors.moments import paris_midnight

_PHONE: Final = re.compile(r"\+?[0-9][0-9 .()/-]{4,28}")
_EVERYWHERE: Final = (Role.ADMINISTRATOR, Role.DIRECTOR, Role.AUDITOR)


class IdentityForm(forms.Form):
    """Who somebody is, at work."""

    name = forms.CharField(max_length=120, label=_("Name"), error_messages={"required": _("Write the name.")})
    phone = forms.CharField(required=False, max_length=30, label=_("Professional phone"))
    language = forms.ChoiceField(choices=settings.LANGUAGES, label=_("Language of the messages"))

    def clean_phone(self) -> str:
        """The number as typed. ValidationError for what is none."""
        phone: str = self.cleaned_data["phone"].strip()
        if phone and not _PHONE.fullmatch(phone):
            raise ValidationError(_("Write a phone number such as 04 92 00 00 00."), "invalid")
        return phone


class RoleForm(forms.Form):
    """A role, over what, and on which dates."""

    role = forms.ChoiceField(label=_("Role"), error_messages={"required": _("Choose a role.")})
    stand_in = forms.BooleanField(required=False, label=_("As stand-in of the holder of the post"))
    start = DayField(label=_("From"), help_text=_("Expected format: dd/mm/yyyy. Left empty: from now on."))
    end = DayField(label=_("Last day"), help_text=_("Left empty: without an end."))

    def __init__(self, data: Any = None, *, territories: Sequence[int], **options: Any) -> None:
        super().__init__(data, **options)
        self._places = _places(territories)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 - declared above
        groups: dict[str, list[tuple[str, str]]] = {}
        for value, (code, _place, label) in self._places.items():
            groups.setdefault(words.word(words.ROLES, code), []).append((value, label))
        role.choices = [("", _("Choose")), *groups.items()]

    def clean(self) -> dict[str, Any]:
        """`code` and `over` for the role, `begins` and `ends` as moments; dates in order, none of them past."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        now, today = timezone.now(), timezone.localdate()
        cleaned["code"], cleaned["over"], _label = self._places[cleaned["role"]]
        start, end = cleaned["start"] or today, cleaned["end"]
        if start < today:
            self.add_error(
                "start", ValidationError(_("The past is not rewritten: choose today or a later day."), "past")
            )
        if end and end < max(start, today):
            self.add_error("end", ValidationError(_("The last day comes before the first."), "order"))
        if cleaned["stand_in"] and cleaned["code"] != REFERENT:
            self.add_error("stand_in", ValidationError(_("Only a post of référent has a stand-in."), "stand_in"))
        cleaned["begins"] = now if start == today else paris_midnight(start)
        cleaned["ends"] = after(end) if end else None
        return cleaned


class EndForm(forms.Form):
    """When a role ends."""

    end = DayField(label=_("Last day"), help_text=_("Left empty: it ends now."))

    def clean_end(self) -> date | None:
        """Today or later. ValidationError for a day that is past."""
        end: date | None = self.cleaned_data["end"]
        if end and end < timezone.localdate():
            raise ValidationError(_("The past is not rewritten: choose today or a later day."), "past")
        return end


class MotiveForm(forms.Form):
    """Why: kept in the access log."""

    motive = forms.CharField(
        min_length=5,
        max_length=200,
        label=_("Motive"),
        help_text=_("Kept in the access log, with your name."),
        error_messages={"required": _("Say why."), "min_length": _("Say why in five characters or more.")},
    )


def after(day: date) -> datetime:
    """The end of this day in Paris."""
    return paris_midnight(day + timedelta(days=1))


def _places(territories: Sequence[int]) -> dict[str, tuple[str, Place, str]]:
    """By the form's value, the role, what it is over, and how that is called. Four queries."""
    keys = list(territories)
    found: dict[str, tuple[str, Place, str]] = {}
    english = get_language() == "en"
    for territory in Territory.objects.filter(pk__in=keys):
        for role in _EVERYWHERE:
            label = territory.name_en if english else territory.name_fr
            found[f"{role}:{territory.code}"] = (role, territory, f"{words.word(words.ROLES, role)} – {label}")
    for post in Post.objects.filter(territory_id__in=keys).order_by("kind", "label_fr"):
        found[f"{REFERENT}:{post.code}"] = (REFERENT, post, words.label(post))
    for partner in Partner.objects.filter(territory_id__in=keys).order_by("name"):
        found[f"partner:{partner.code}"] = (Role.PARTNER, partner, partner.name)
    communes = Commune.objects.filter(territory_id__in=keys).only("code", "name", "territory").order_by("name")
    for commune in communes.select_related("territory"):
        found[f"mayor:{commune.code}"] = (Role.MAYOR, commune, commune.name)
    return found


class PartnerForm(forms.Form):
    """An organisation: its name, what it is, and the groups to which it belongs."""

    name = forms.CharField(max_length=160, label=_("Name"), error_messages={"required": _("Write the name.")})
    kind = forms.ChoiceField(label=_("Kind of organisation"), error_messages={"required": _("Choose a kind.")})
    groups = forms.ModelMultipleChoiceField(
        queryset=PartnershipGroup.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Partnership groups"),
    )

    def __init__(self, data: Any = None, *, territory: Territory, **options: Any) -> None:
        super().__init__(data, **options)
        self._territory = territory
        kind, groups = self.fields["kind"], self.fields["groups"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - declared above
        assert isinstance(groups, forms.ModelMultipleChoiceField)  # noqa: S101 - declared above
        kind.choices = [("", _("Choose")), *PartnerKind.choices]
        groups.to_field_name = "code"
        groups.queryset = PartnershipGroup.objects.filter(territory=self._territory).order_by("name")

    def clean(self) -> dict[str, Any]:
        """With `territory`, the one of the groups."""
        return {**(super().clean() or {}), "territory": self._territory}
