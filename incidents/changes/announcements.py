"""An administrator announces something on the first pages of a territory, changes it and takes it off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from accounts.models import User
from incidents.changes.given import no
from incidents.models import Announcement
from incidents.models.announcement import LONGEST_ANNOUNCEMENT
from incidents.refusals import OF_A_SERVICE, check_content, check_filled, check_length
from sectors.changes.administering import administered
from sectors.models import Territory

LONGEST: Final = timedelta(days=366)


class Words(TypedDict):
    """What is announced, to whom, and from which day to which."""

    audience: str
    text_fr: str
    text_en: str
    since: date
    until: date


@transaction.atomic
def announce(*, by: User, territory: Territory, **said: Unpack[Words]) -> Announcement:
    """The new announcement, in the access log too. Raises as `change_announcement` does."""
    made = Announcement(territory=territory)
    _save(by, made, said, "announcement.write")
    return made


@transaction.atomic
def change_announcement(*, by: User, announcement: Announcement, **said: Unpack[Words]) -> None:
    """The announcement says this from now on.

    Raises NotAllowed for who does not administer the territory; Refused (422) with the member: `required`, `too_long`,
    `order`, `placeholder_left`, `personal_data`.
    """
    _save(by, announcement, said, "announcement.edit")


@transaction.atomic
def withdraw_announcement(*, by: User, announcement: Announcement) -> None:
    """The announcement is gone. Raises NotAllowed."""
    administered(by, timezone.now(), announcement.territory)
    key = announcement.pk
    announcement.delete()
    _log(by, "announcement.withdraw", key, announcement.territory)


def _save(by: User, row: Announcement, said: Words, operation: str) -> None:
    at = timezone.now()
    administered(by, at, row.territory)
    row.audience, row.since, row.until = said["audience"], said["since"], said["until"]
    row.text_fr, row.text_en = said["text_fr"].strip(), said["text_en"].strip()
    if not row.text_fr:
        no(422, "text_fr", "required", _("Fill in this field."))
    for name, text in (("text_fr", row.text_fr), ("text_en", row.text_en)):
        check_length(text, LONGEST_ANNOUNCEMENT, field=name)
        check_filled(text, field=name)
        check_content(text, None, at, field=name, but=OF_A_SERVICE)
    if row.until < row.since:
        no(422, "until", "order", _("The last day comes after the first."))
    if row.until - row.since > LONGEST:
        no(422, "until", "too_long", _("Choose a year at most."))
    row.save()
    _log(by, operation, row.pk, row.territory)


def _log(by: User, operation: str, key: int, territory: Territory) -> None:
    log_access(user=by, operation=operation, reference=f"announcement:{key}", territory=territory.code)
