"""What is typed about who holds a post."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from frontend.acting_forms import Words
from frontend.days import DayField
from frontend.read_over import SpokenForm
from frontend.sealed import hidden
from frontend.views.administration.forms import after
from frontend.words import label
from incidents.changes.successions import LONGEST_NOTE
from incidents.refusals import OF_A_SERVICE
from sectors.mandates import accounts_of
from sectors.models import Commune, Holding, Post, PostKind
from sectors.moments import paris_midnight


class EntrustForm(forms.Form):
    """Who takes a post, as its holder or as a stand-in, and on which days."""

    person = forms.ChoiceField(label=_("Person"), error_messages={"required": _("Choose a person.")})
    stand_in = forms.BooleanField(required=False, label=_("As stand-in, during the absence of who holds the post"))
    start = DayField(label=_("First day"), help_text=_("Expected format: dd/mm/yyyy. Left empty: from now on."))
    end = DayField(label=_("Last day"), help_text=_("Left empty: without an end. A stand-in needs a last day."))

    def __init__(self, data: Any = None, *, post: Post, by: User, **options: Any) -> None:
        super().__init__(data, **options)
        self._post = post
        # Nobody gives themselves a role.
        accounts = accounts_of([post.territory_id]).filter(is_active=True).exclude(pk=by.pk).order_by("name", "email")
        self._people = {hidden(user.pk): user for user in accounts}
        person = self.fields["person"]
        assert isinstance(person, forms.ChoiceField)  # noqa: S101 - declared above
        person.choices = [("", _("Choose")), *((key, f"{user} – {user.email}") for key, user in self._people.items())]

    def clean(self) -> dict[str, Any]:
        """`person` as the account, `begins` and `ends` as moments; days in order, none of them past."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        now, today = timezone.now(), timezone.localdate()
        start, end = cleaned["start"] or today, cleaned["end"]
        if start < today:
            past = _("The past is not rewritten: choose today or a later day.")
            self.add_error("start", ValidationError(past, "past"))
        if end and end < max(start, today):
            self.add_error("end", ValidationError(_("The last day comes before the first."), "order"))
        if cleaned["stand_in"] and not end:
            self.add_error("end", ValidationError(_("Until when? Choose the last day of the absence."), "required"))
        cleaned["person"] = self._people[cleaned["person"]]
        cleaned["begins"] = now if start == today else paris_midnight(start)
        cleaned["ends"] = after(end) if end else None
        return cleaned

    def overlap(self, code: str) -> str:
        """Who holds the post on some of these days, and from when to when; "" where this is not why it was refused."""
        if code not in {"post_held", "given_already"}:
            return ""
        asked = self.cleaned_data
        dates = DateTimeTZRange(asked["begins"], asked["ends"], "[)")
        held = Holding.objects.filter(post=self._post, stand_in=asked["stand_in"], validity__overlap=dates)
        row = held.select_related("user").order_by("validity").first()
        if row is None:
            return ""
        facts = {"person": str(row.user), "first": _day(row.validity.lower)}
        if row.validity.upper is None:
            said = gettext("%(person)s has it from %(first)s on, without an end. End their time first.")
        else:
            facts["last"] = _day(row.validity.upper - timedelta(microseconds=1))
            said = gettext("%(person)s has it from %(first)s to %(last)s. Choose other days, or end their time first.")
        return said % facts


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment).date(), "DATE_FORMAT")


class NoteForm(SpokenForm):
    """What somebody who leaves a post wants the next holder to know."""

    may_say = OF_A_SERVICE
    note = Words(
        rows=8,
        max_length=LONGEST_NOTE,
        label=_("Note for whoever comes next"),
        missing=_("Write something."),
        help_text=_("Appointments, what was promised, whom to call at which service. Places and problems, no persons."),
    )


class CompetenceForm(forms.Form):
    """Which commune passes to which post, from which day on."""

    commune = forms.ChoiceField(label=_("Commune"), error_messages={"required": _("Choose a commune.")})
    post = forms.ChoiceField(label=_("Passes to"), error_messages={"required": _("Choose a post.")})
    start_on = DayField(
        required=True,
        label=_("From"),
        help_text=_("Expected format: dd/mm/yyyy. It begins at midnight."),
    )

    def __init__(self, data: Any = None, *, territory: int, **options: Any) -> None:
        super().__init__(data, **options)
        communes = Commune.objects.filter(territory_id=territory).defer("area", "area_m").order_by("name")
        answering = (PostKind.DESK, PostKind.GENDARMERIE)
        posts = Post.objects.filter(territory_id=territory, kind__in=answering).select_related("unit")
        self._communes = {each.code: each for each in communes}
        self._posts = {each.code: each for each in posts.order_by("label_fr")}
        self._choose("commune", [(code, f"{each.name} ({code})") for code, each in self._communes.items()])
        self._choose("post", [(code, f"{label(each)} – {each.unit.name}") for code, each in self._posts.items()])
        self.fields["start_on"].error_messages["required"] = _("Choose a day.")

    def _choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [("", _("Choose")), *choices]

    def clean(self) -> dict[str, Any]:
        """`commune` and `post` as rows."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        return {
            **cleaned,
            "commune": self._communes[cleaned["commune"]],
            "post": self._posts[cleaned["post"]],
        }
