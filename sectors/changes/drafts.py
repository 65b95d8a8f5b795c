"""The life of a draft of the map: begun, led back and forth, looked at, given up; `drawing` draws its sectors."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from accounts.models import User
from ogcapi.geojson import FieldError, Refused
from sectors.changes.drawing import Rows, held, step
from sectors.drafting import Stacks, stacks
from sectors.models import DraftStep, DraftVerb, Edition, Post, Territory
from sectors.moments import PARIS
from sectors.scope import scope_of

_CODE: Final = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*", re.ASCII)
LONGEST_CODE: Final = 40
LONGEST_NOTE: Final = 300
_COPY: Final = """
INSERT INTO sectors_sector (edition_id, code, name, kind, commune_id, post_id, priority, area, source)
SELECT %(draft)s, code, name, kind, commune_id, post_id, priority, area, source
FROM sectors_sector WHERE edition_id = %(model)s ORDER BY id
"""


@transaction.atomic
def begin(
    *, by: User, territory: int, at: datetime, code: str = "", note: str = "", model: int | None = None
) -> Edition:
    """The new draft of this territory, with the sectors of the edition `model` of it, or empty.

    code: how the edition will be called; the next free one of the year where none is given. Raises
    Territory.DoesNotExist where this person draws none of it, Edition.DoesNotExist for a model of elsewhere, and
    Refused: 409 `code_taken`, 422 `invalid_code`, `too_long`.
    """
    mine = Territory.objects.filter(pk__in=scope_of(by, at).over("draw_edition"))
    # Two that are begun at once are given two codes.
    place = mine.select_for_update(of=("self",), no_key=True).get(pk=territory)
    _check_words(code, note)
    source = None if model is None else Edition.objects.get(pk=model, territory=place)
    draft = Edition(territory=place, code=code or _free_code(place, at), note=note)
    _store(draft)
    if source is not None:
        with connection.cursor() as cursor:
            cursor.execute(_COPY, {"draft": draft.pk, "model": source.pk})
    DraftStep.objects.create(
        edition=draft, number=0, verb=DraftVerb.BEGIN, at=at, author=by, note="" if source is None else source.code
    )
    _log(by, "edition.begin", draft)
    return draft


@transaction.atomic
def rename(*, by: User, edition: int, code: str, note: str, at: datetime) -> Edition:
    """The draft under this code and with this note; its sectors and its steps stay. Raises as `begin` and `undo`."""
    draft = held(by=by, edition=edition, at=at)
    _check_words(code, note)
    draft.code, draft.note = code or draft.code, note
    _store(draft)
    _log(by, "edition.rename", draft)
    return draft


@transaction.atomic
def undo(*, by: User, edition: int, seen: int, at: datetime) -> Edition:
    """The draft as it was before its last step that stands.

    Raises Refused (409): `changed_meanwhile`, `nothing_to_undo`, `post_gone`, and as `drawing.held`.
    """
    return _led(by, edition, seen, at, DraftVerb.UNDO)


@transaction.atomic
def redo(*, by: User, edition: int, seen: int, at: datetime) -> Edition:
    """The draft with the step that was undone last. Raises as `undo`: `nothing_to_redo`."""
    return _led(by, edition, seen, at, DraftVerb.REDO)


@transaction.atomic
def abandon(*, by: User, edition: int, seen: int, at: datetime) -> Edition:
    """The draft, given up: it stays with its steps, and nobody draws in it any more. Raises as `undo`."""
    draft = at_number(held(by=by, edition=edition, at=at), seen)
    draft.abandoned_at = at
    draft.save(update_fields=["abandoned_at", "updated_at"])
    _log(by, "edition.abandon", draft)
    return draft


@transaction.atomic
def mark_checked(*, by: User, edition: int, seen: int, at: datetime) -> Edition:
    """The draft, found sound as it stands at this number. Raises as `undo`."""
    draft = at_number(held(by=by, edition=edition, at=at), seen)
    draft.checked_number = seen
    draft.save(update_fields=["checked_number", "updated_at"])
    _log(by, "edition.check", draft)
    return draft


def stacks_of(draft: Edition) -> Stacks:
    """What may be undone and done again in this draft. One query."""
    return stacks(draft.steps.order_by("number").values_list("number", "verb"))


def _check_words(code: str, note: str) -> None:
    """Nothing, or Refused (422): an edition is not called so."""
    if code and (len(code) > LONGEST_CODE or not _CODE.fullmatch(code)):
        message = _("Write at most 40 letters, digits, hyphens and underscores.")
        raise Refused([FieldError("code", "invalid_code", message)], status=422)
    if len(note) > LONGEST_NOTE:
        raise Refused([FieldError("note", "too_long", _("At most 300 characters."))], status=422)


def _store(draft: Edition) -> None:
    """The row, or Refused (409): editions of all territories have codes of their own."""
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError:
        raise Refused([FieldError("code", "code_taken", _("Another edition has this code."))], status=409) from None


def _led(by: User, edition: int, seen: int, at: datetime, verb: DraftVerb) -> Edition:
    draft = at_number(held(by=by, edition=edition, at=at), seen)
    found = stacks_of(draft)
    numbers = found.undo if verb is DraftVerb.UNDO else found.redo
    if not numbers:
        code, message = _NOTHING[verb]
        raise Refused([FieldError("", code, message)], status=409)
    done = draft.steps.get(number=numbers[-1])
    before, after = _rows(done.before), _rows(done.after)
    if verb is DraftVerb.UNDO:
        before, after = after, before
    _check_posts(after)
    step(draft, by=by, at=at, verb=verb, before=before, after=after)
    return draft


_NOTHING: Final[dict[DraftVerb, tuple[str, Any]]] = {
    DraftVerb.UNDO: ("nothing_to_undo", _("There is nothing to undo in this draft.")),
    DraftVerb.REDO: ("nothing_to_redo", _("There is nothing to do again in this draft.")),
}


def _rows(kept: dict[str, Any]) -> Rows:
    return {int(key): row for key, row in kept.items()}


def _check_posts(after: Rows) -> None:
    """Nothing, or Refused: a post that answered for one of these sectors is no more."""
    wanted = {row["post_id"] for row in after.values() if row is not None}
    if Post.objects.filter(pk__in=wanted).count() < len(wanted):
        raise Refused([FieldError("", "post_gone", _("A post of these sectors is no more."))], status=409)


def at_number(draft: Edition, seen: int) -> Edition:
    """The draft, where it is as it was seen; else Refused (409) `changed_meanwhile`."""
    if draft.number != seen:
        message = _("The draft was changed meanwhile: look at it as it stands now.")
        raise Refused([FieldError("version", "changed_meanwhile", message)], status=409)
    return draft


def _free_code(territory: Territory, at: datetime) -> str:
    """The next code of the year: `05-2026-02`."""
    start = f"{territory.code}-{at.astimezone(PARIS):%Y}-"
    taken = set(Edition.objects.filter(code__startswith=start).values_list("code", flat=True))
    return next(code for code in (f"{start}{number:02d}" for number in range(1, len(taken) + 2)) if code not in taken)


def _log(by: User, operation: str, draft: Edition) -> None:
    log_access(user=by, operation=operation, reference=f"edition:{draft.code}", territory=draft.territory.code)
