"""What was typed on a concern's page and not sent: it stands in its form again, until it is sent from there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest

from accounts.sessions import ENDED
from frontend import drafts, people
from incidents.models import KeptDraft
from incidents.models.remark import LONGEST_REMARK
from incidents.screening import screen

# In a session, also after its sign-in (`settings.SESSION_SURVIVORS`): whose words, on which concern, in which form.
_SLOT: Final = "typed"
_MOST_FIELDS: Final = 12
_LONGEST_NAME: Final = 60
_OF_THE_FORM: Final = frozenset({"csrfmiddlewaretoken", "insert", "preview", "triage"})


def hold(request: HttpRequest, reference: str, form: str) -> None:
    """Keeps what somebody sends whose sign-in has just ended; no text that certainly names a person."""
    owner = request.session.get(ENDED)
    if isinstance(owner, int):
        given = {name: text for name, text in request.POST.items() if name not in _OF_THE_FORM}
        _keep(request, owner, reference, form, {name: str(text) for name, text in given.items()})


def carry(request: HttpRequest, reference: str, form: str, given: Mapping[str, str], draft: str) -> None:
    """Keeps the words of the draft of this key for a form of the concern's page; the draft goes when they are sent."""
    _keep(request, people.user(request).pk, reference, form, given, draft)


def _keep(
    request: HttpRequest, owner: int, reference: str, form: str, given: Mapping[str, str], draft: str = ""
) -> None:
    fields = {
        name: text[:LONGEST_REMARK].replace("\0", "")
        for name, text in list(given.items())[:_MOST_FIELDS]
        if len(name) <= _LONGEST_NAME and not any(found.certain for found in screen(text[:LONGEST_REMARK]))
    }
    if any(text.strip() for text in fields.values()):
        request.session[_SLOT] = {
            "owner": owner, "reference": reference, "form": form, "fields": fields, "draft": draft,
        }  # fmt: skip


def of(request: HttpRequest, reference: str) -> tuple[str, dict[str, str]] | None:
    """The name of the form and what this person had typed in it on this concern. A query where a draft was carried."""
    kept = request.session.get(_SLOT)
    if not kept or (kept["owner"], kept["reference"]) != (request.user.pk, reference):
        return None
    if kept["draft"] and not KeptDraft.objects.visible_to(request.user.pk).filter(key=kept["draft"]).exists():
        # Sent or thrown away meanwhile.
        del request.session[_SLOT]
        return None
    return kept["form"], kept["fields"]


def sent(request: HttpRequest, reference: str) -> None:
    """Forgets what was kept for this concern, and the draft it came from unless photos wait in it."""
    kept = request.session.get(_SLOT)
    if not kept or kept["reference"] != reference:
        return
    del request.session[_SLOT]
    draft = drafts.read(request)
    if draft.key == kept["draft"] and not draft.photos:
        drafts.drop(request, draft)
