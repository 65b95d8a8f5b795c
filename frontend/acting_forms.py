"""What a référent or the direction says when they act on a concern: lengths and choices; the rules are in `changes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from frontend.days import DayField
from frontend.read_over import SpokenForm
from incidents.refusals import OF_A_SERVICE
from incidents.words import DEEDS, HANDOVERS, SUSPENSION_REASONS

Choices = Sequence[tuple[str, Any]]
LONGEST_REASON = 500
LONGEST_ANSWER = 4000
MOST_CHOICES = 300
_TOO_LONG = _("Keep to %(limit_value)s characters: there are %(show_value)s.")


class Words(forms.CharField):
    """Several lines of text, with one sentence for what is missing."""

    def __init__(self, *, rows: int, missing: Any = "", **options: Any) -> None:
        errors = {"required": missing, "max_length": _TOO_LONG}
        options.setdefault("max_length", LONGEST_REASON)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), error_messages=errors, **options)


class InEnglish(Words):
    """The English of a text that is asked for in French, and that nobody has to translate."""

    def __init__(self, *, rows: int, max_length: int, label: Any) -> None:
        super().__init__(
            rows=rows,
            required=False,
            max_length=max_length,
            label=label,
            help_text=_("Left empty, the French one serves."),
        )


class ToReferent(Words):
    """What somebody writes to the référent: of their concern, or of anything else."""

    def __init__(self, *, rows: int, max_length: int) -> None:
        super().__init__(
            rows=rows,
            max_length=max_length,
            label=_("Your message"),
            missing=_("Write your message."),
            help_text=_("The référent reads it. Describe the place and the problem, never a person."),
        )


class Typed(forms.CharField):
    """A code, for a choice among more than anybody reads through; what there is not, `changes` refuses."""

    def __init__(self, choice: forms.ChoiceField) -> None:
        super().__init__(
            max_length=80,
            label=choice.label,
            required=choice.required,
            error_messages={"required": choice.error_messages["required"]},
            help_text=_("There are too many to list: type the code of the post."),
        )


class PhotosField(forms.FileField):
    """Where photos are joined: shown by parts/photos.html, and read with `incidents.uploads.pictures_joined`."""

    def __init__(self) -> None:
        super().__init__(required=False, label=_("Add photos"))


class ActForm(SpokenForm):
    """Nothing to say. `choices` are what fields of these names offer."""

    may_say = OF_A_SERVICE

    def __init__(
        self, data: Any = None, *, choices: Mapping[str, Choices] = MappingProxyType({}), **options: Any
    ) -> None:
        super().__init__(data, **options)
        for name, offered in choices.items():
            chosen = self.fields.get(name)
            if isinstance(chosen, forms.ChoiceField):
                if len(offered) > MOST_CHOICES:
                    self.fields[name] = Typed(chosen)
                else:
                    chosen.choices = [("", _("Choose")), *offered]


class AnswerForm(ActForm):
    """The answer to the reporter, begun from a standard one where there is any."""

    standard = forms.ChoiceField(required=False, label=_("Begin from a standard answer"))
    answer = Words(
        rows=7,
        max_length=LONGEST_ANSWER,
        label=_("Your answer"),
        missing=_("Write the answer."),
        help_text=_("The reporter reads it at once. Say what was seen, what was done and what comes next."),
    )


class PublicReasonForm(ActForm):
    """A reason that the reporter reads."""

    reason = Words(
        rows=3, label=_("Reason"), missing=_("Give a reason."), help_text=_("The reporter reads this sentence.")
    )


class SuspendForm(ActForm):
    """Why the clock stands still, and until when."""

    reason = forms.ChoiceField(
        label=_("Why the clock stands still"),
        choices=[("", _("Choose")), *SUSPENSION_REASONS.items()],
        error_messages={"required": _("Choose a reason of the list.")},
    )
    until = DayField(
        label=_("Until"), help_text=_("Without a day: for as long as is allowed. The reporter sees why and until when.")
    )


class ToPostForm(ActForm):
    """To whom the concern goes, and why."""

    to_post = forms.ChoiceField(label=_("To whom"), error_messages={"required": _("Choose who takes it.")})
    reason = Words(
        rows=3,
        label=_("Why"),
        missing=_("Give a reason."),
        help_text=_("For example: the noise comes from the economic area. Its receiver reads it."),
    )


class RefuseForm(ActForm):
    """Why an offer is refused."""

    reason = Words(rows=3, label=_("Why you refuse"), missing=_("Give a reason."))
    out_of_sector = forms.BooleanField(required=False, label=_("The place is not in my sector"))


class HandOverForm(ActForm):
    """To whom outside the concern is told, and why."""

    to = forms.ChoiceField(
        label=_("Handed over to"),
        choices=[("", _("Choose")), *HANDOVERS.items()],
        error_messages={"required": _("Choose who takes it.")},
    )
    recipient = forms.CharField(
        label=_("Service"),
        max_length=160,
        help_text=_("A service by its name, and no person."),
        error_messages={"required": _("Name the service that receives it."), "max_length": _TOO_LONG},
    )
    reason = Words(rows=3, label=_("Why"), missing=_("Give a reason."))


class AcknowledgeForm(ActForm):
    """Who outside says that the concern has arrived."""

    to = forms.ChoiceField(
        label=_("Who acknowledged"),
        choices=[("", _("Choose")), *HANDOVERS.items()],
        error_messages={"required": _("Say who acknowledged.")},
    )
    note = Words(rows=2, required=False, label=_("What they said"))


class RemarkForm(ActForm):
    """A word to the reporter."""

    text = Words(
        rows=4,
        max_length=LONGEST_ANSWER,
        label=_("Your message"),
        missing=_("Write something."),
        help_text=_("The reporter reads it at once, and may write back. It does not answer the concern."),
    )
    photo = PhotosField()


class NoteForm(ActForm):
    """A note among the desk."""

    text = Words(
        rows=3,
        max_length=LONGEST_ANSWER,
        label=_("Internal – never shown"),
        missing=_("Write something."),
        help_text=_("Read by the référents and the direction alone. Places and facts, never persons."),
    )


class DeedForm(ActForm):
    """What was done about it, and when."""

    deed = forms.ChoiceField(
        label=_("What was done"),
        choices=[("", _("Choose")), *DEEDS.items()],
        error_messages={"required": _("Choose what was done."), "invalid_choice": _("Choose one of the list.")},
    )
    done_on = DayField(label=_("On which day"), required=True, initial=timezone.localdate)
    text = Words(
        rows=3,
        max_length=LONGEST_ANSWER,
        label=_("In a few words"),
        missing=_("Say in a few words what was done."),
        help_text=_("Read by the référents and the direction alone. Places and facts, never persons."),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["done_on"].error_messages["required"] = _("Choose a day.")


class MergeForm(ActForm):
    """Which concern tells of the same thing."""

    other = forms.ChoiceField(label=_("The same as, near here"), required=False)
    reference = forms.CharField(
        label=_("Or its reference"),
        required=False,
        max_length=20,
        help_text=_("Wherever and whenever it was reported, where you answer for it too: for example K7Q2-84MX."),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        if not options.get("choices", {}).get("other"):
            del self.fields["other"]
            self.fields["reference"].label = _("Reference of the other concern")

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        cleaned = super().clean()
        chosen, typed = cleaned.get("other"), cleaned.get("reference")
        if not self.errors and bool(chosen) == bool(typed):
            missing = _("Choose the concern that tells of the same thing.")
            self.add_error("other" if "other" in self.fields else "reference", missing)
        return cleaned


class SeparateForm(ActForm):
    """Why a concern is on its own again."""

    reason = Words(rows=2, required=False, label=_("Why"))
