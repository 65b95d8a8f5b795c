"""Words that are read over before they are sent, where they may designate a person: on every form that says some."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from frontend.forms import text_mark
from frontend.texts import marked
from incidents.screening import FindingKind, screen


class SpokenForm(forms.Form):
    """A form whose texts are screened: what may be of a person is asked about once, and may then be sent.

    What certainly is, is refused by the change itself. A field that is asked about has `marked`, its text in pieces,
    and `text_mark`, what the box that confirms this very text holds; parts/any_field.html shows both.
    """

    # What this writer may say all the same.
    may_say: ClassVar[frozenset[FindingKind]] = frozenset()

    def clean(self) -> dict[str, Any]:
        """What was said; an error on each text that may designate a person and was not read again."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name, field in self.fields.items():
            text = cleaned.get(name)
            # What is read from a text into something else, such as a number, is no text any more.
            if not isinstance(field, forms.CharField) or not isinstance(text, str) or not text:
                continue
            found = [each for each in screen(text) if each.kind not in self.may_say]
            if not found or any(each.certain for each in found):
                continue
            mark = text_mark(text)
            confirmed = self.data.get(f"{self.add_prefix(name)}-read_again") == mark
            for shown, value in (("marked", marked(text, found)), ("text_mark", mark), ("confirmed", confirmed)):
                setattr(field, shown, value)
            if not confirmed:
                again = _("Read your text again: it may designate a person.")
                self.add_error(name, ValidationError(again, "read_again"))
        return cleaned
