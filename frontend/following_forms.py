"""What a reporter says of their own concern afterwards: a message, whether it is settled, why it is reopened."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.acting_forms import PhotosField, ToReferent, Words
from frontend.read_over import SpokenForm
from incidents.models.remark import LONGEST_REMARK
from incidents.words import SETTLED


class ReplyForm(SpokenForm):
    """A message to the desk."""

    text = ToReferent(rows=4, max_length=LONGEST_REMARK)
    photo = PhotosField()


class RatingForm(SpokenForm):
    """Whether it is settled."""

    answer = forms.ChoiceField(
        choices=list(SETTLED.items()),
        widget=forms.RadioSelect,
        label=_("Is it settled?"),
        error_messages={"required": _("Say whether it is settled."), "invalid_choice": _("Say whether it is settled.")},
    )
    comment = Words(rows=3, required=False, label=_("What remains, or what helped"))


class ReopenForm(SpokenForm):
    """Why it is reopened."""

    reason = Words(
        rows=3,
        label=_("Why you reopen it"),
        missing=_("Say why you reopen it."),
        help_text=_("The référent takes it up again, with what was said so far."),
    )
