"""A post passes from one holder to the next: a note, what is open, a letter, and a receipt. No clock is touched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_lazy

from accounts.changes import log_access
from accounts.retention import Rule
from incidents.changes.given import no
from incidents.models import Incident, Succession
from incidents.notices_of_succession import owe_succession
from incidents.refusals import OF_A_SERVICE, check_content, check_length
from incidents.workflow import OPEN
from sectors.atlas.directory import HELD_BY_PEOPLE
from sectors.gaps import Stay, turns
from sectors.models import Holding, Post

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_NOTE: Final = 2000
# How long after leaving one may still write, and how long before it is asked for.
AFTERWARDS: Final = timedelta(days=14)
BEFOREHAND: Final = timedelta(days=60)
# A worker that stood still for longer tells nobody of what passed before.
_LOOKED_BACK: Final = timedelta(days=7)
_KEPT: Final = timedelta(days=365)


def may_write(user: User, at: datetime) -> QuerySet[Holding]:
    """The times at posts for whose end this person may leave a note: those of now, to come, or over for a few days."""
    lately = DateTimeTZRange(at - AFTERWARDS, None)
    return Holding.objects.filter(user=user, validity__overlap=lately, post__kind__in=HELD_BY_PEOPLE)


@transaction.atomic
def write_note(*, by: User, post: Post, note: str, at: datetime) -> Succession:
    """The note that whoever comes next at this post is given: one a person and change of hands, written until received.

    Raises PermissionDenied for who neither holds the post nor left it lately; Refused (422): `required`, `too_long`,
    `personal_data`; 409 `received` once it was.
    """
    if not may_write(by, at).filter(post=post).exists():
        raise PermissionDenied
    note = note.strip()
    if not note:
        no(422, "note", "required", gettext_lazy("Write something."))
    check_length(note, LONGEST_NOTE, field="note")
    check_content(note, None, at, field="note", but=OF_A_SERVICE)
    # The same note sent twice is one.
    Post.objects.select_for_update(of=("self",), no_key=True).get(pk=post.pk)
    own = Succession.objects.select_for_update(of=("self",)).filter(post=post, from_user=by, from_post=None)
    holds = Holding.objects.in_force(at).filter(post=post, user=by).exists()
    row = own.filter(at__isnull=True).first() if holds else own.filter(at__gt=at - AFTERWARDS).first()
    if row is None:
        row = own.filter(at__isnull=True).first() or Succession(post=post, from_user=by)
    if row.received_at is not None:
        no(409, "note", "received", gettext_lazy("It was received already: write to your successor."))
    row.note, row.written_at = note, at
    row.save()
    _log(by, "succession.note", post)
    return row


def pass_on(*, at: datetime) -> int:
    """How many posts changed hands since they were last looked at: each change is told once, to who comes.

    Where nobody comes, the desk that answers in the meantime is told.
    """
    since = at - _LOOKED_BACK
    near = Q(validity__startswith__range=(since, at)) | Q(validity__endswith__range=(since, at))
    posts = Post.objects.filter(kind__in=HELD_BY_PEOPLE, pk__in=Holding.objects.filter(near).values("post_id"))
    return sum(_passed(post, since, at) for post in posts.order_by("pk"))


@transaction.atomic
def _passed(post: Post, since: datetime, at: datetime) -> int:
    # Two workers at once tell it once.
    Post.objects.select_for_update(of=("self",), no_key=True).get(pk=post.pk)
    held = Holding.objects.filter(post=post, user__is_active=True).select_related("user").order_by("pk")
    stays = [Stay(row.user, row.validity.lower, row.validity.upper, row.stand_in) for row in held]
    told = set(Succession.objects.filter(post=post, from_post=None, at__gte=since).values_list("at", flat=True))
    count = 0
    # What begins at this very moment counts: one moment more is looked at.
    for before, after in pairwise(turns(stays, since, at + timedelta(microseconds=1))):
        left = before.stay.who if before.stay else None
        come = after.stay.who if after.stay else None
        if left == come or after.since in told:
            continue
        pending = Succession.objects.filter(post=post, from_user=left, at__isnull=True, from_post=None)
        row = (pending.first() if left else None) or Succession(post=post, from_user=left)
        row.at, row.to_user, row.concerns = after.since, come, list(open_at(post).values_list("reference", flat=True))
        row.save()
        if row.note or row.concerns or left:
            owe_succession(row, at)
        count += 1
    return count


def open_at(post: Post) -> QuerySet[Incident]:
    """What is open at this post, and what its desk was given for it while nobody held it, what is due first before."""
    meanwhile = Q(co_reader_posts__contains=[post.pk], reason__has_key="vacant")
    rows = Incident.objects.filter(Q(post=post) | meanwhile, status__in=sorted(OPEN), merged_into__isnull=True)
    return rows.order_by("due_on", "pk")


@transaction.atomic
def receive(*, by: User, row: Succession, posts: Sequence[int], at: datetime) -> Succession:
    """That whoever comes has read what is passed on; saying so again changes nothing.

    posts: those that the person holds now. Raises PermissionDenied for anybody else.
    """
    rows = Succession.objects.select_for_update(of=("self",)).select_related("post__territory")
    held: Succession = rows.get(pk=row.pk)
    if held.post_id not in posts or held.at is None or held.from_user_id == by.pk:
        raise PermissionDenied
    if held.received_at is None:
        held.received_at, held.received_by = at, by
        held.save(update_fields=["received_at", "received_by"])
        _log(by, "succession.receive", held.post)
    return held


def _log(by: User, operation: str, post: Post) -> None:
    log_access(user=by, operation=operation, reference=f"post:{post.code}", territory=post.territory.code)


def _overdue(at: datetime, using: str) -> QuerySet[Any]:
    before = at - _KEPT
    return Succession.objects.using(using).filter(Q(at__lt=before) | Q(at__isnull=True, written_at__lt=before))


SUCCESSION: Final = Rule(
    code="succession",
    what=gettext_lazy("Handover of a post: note, list of references, who left and who received"),
    why=gettext_lazy("Whoever takes a post up looks things up for some months."),
    kept=lambda: gettext("one year after the change"),
    overdue=_overdue,
    territory="post__territory__code",
)
