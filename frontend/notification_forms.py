"""How a person wishes to be told, as they choose it."""

from __future__ import annotations

from datetime import time
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from messaging.channels import texts_leave
from messaging.models import Mail, Preference

_TIMES: Final = ("%H:%M", "%H:%M:%S", "%Hh%M", "%Hh", "%H")
MAILS: Final = (
    (Mail.AT_ONCE, _("At once, one e-mail for each piece of news")),
    (Mail.DAILY, _("Once a day, in one e-mail at 7:30 a.m.")),
    (Mail.NEVER, _("No e-mail")),
)


class HourInput(forms.TimeInput):
    """The browser's field for a time of day."""

    input_type = "time"

    def format_value(self, value: Any) -> str | None:
        """Hours and minutes; None for what is no time."""
        if isinstance(value, time):
            return value.strftime("%H:%M")
        try:
            found = forms.TimeField(required=False, input_formats=_TIMES).clean(value)
        except ValidationError:
            return None
        return found.strftime("%H:%M") if found else None


def _hour(label: Any) -> forms.TimeField:
    return forms.TimeField(
        required=False,
        label=label,
        widget=HourInput,
        input_formats=_TIMES,
        error_messages={"invalid": _("Write a time such as 20:30.")},
    )


class NotificationForm(forms.Form):
    """The ways by which news of concerns comes, and the hours in which none does."""

    language = forms.ChoiceField(
        label=_("Language of what is sent to me"),
        choices=settings.LANGUAGES,
        help_text=_("E-mails, text messages and the lines of the bell; the pages keep the language chosen at the top."),
    )
    mail = forms.ChoiceField(label=_("By e-mail"), choices=MAILS)
    bell = forms.BooleanField(required=False, label=_("By the bell at the top of every page"))
    sms = forms.BooleanField(required=False, label=_("By a text message besides"))
    quiet_from = _hour(_("Quiet hours, from"))
    quiet_until = _hour(_("until"))

    def __init__(self, data: Any = None, *, user: User, **options: Any) -> None:
        kept = Preference.objects.visible_to(user).first() or Preference()
        initial = {name: getattr(kept, name) for name in ("mail", "bell", "sms", "quiet_from", "quiet_until")}
        super().__init__(data, initial={"language": user.language, **initial}, **options)
        self.fields["quiet_from"].help_text = _("Nothing is sent in these hours: it waits for their end.")
        if not (texts_leave() and user.phone):
            del self.fields["sms"]

    def clean(self) -> dict[str, Any]:
        """Some way is left, and the quiet hours have a beginning and another end."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("mail") == Mail.NEVER and not cleaned.get("bell"):
            self.add_error(
                "bell", ValidationError(_("Without an e-mail, keep the bell: you would not be told."), "none")
            )
        start, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if not self.errors and (start is None) != (end is None):
            missing = "quiet_until" if end is None else "quiet_from"
            self.add_error(missing, ValidationError(_("Give both ends of the quiet hours, or neither."), "half"))
        elif not self.errors and start is not None and start == end:
            self.add_error(
                "quiet_until", ValidationError(_("Quiet hours end at another time than they begin."), "same")
            )
        return {"sms": False, **cleaned}
