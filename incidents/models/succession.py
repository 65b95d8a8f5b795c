"""A post passes from hand to hand: what is open there, and a note of who leaves for who comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import User
from sectors.models import Post

if TYPE_CHECKING:
    from sectors.scope import Scope


class SuccessionQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Questions about what was passed on."""

    def visible_to(self, scope: Scope) -> Self:
        """Those of the posts held now, and those that the person left or took up."""
        own = models.Q(from_user__in=scope.author) | models.Q(to_user__in=scope.author)
        return self.filter(own | models.Q(post__in=scope.posts))

    def to_receive(self, scope: Scope) -> Self:
        """What came to the posts held now from others, and nobody has said that it arrived."""
        return self.passed().filter(post__in=scope.posts, received_at=None).exclude(from_user__in=scope.author)

    def notes_of(self, user: User) -> Self:
        """The notes that this person keeps for who comes next."""
        return self.filter(from_user=user, at=None)

    def last_of(self, user: User, post: int) -> Succession | None:
        """What this person left at this post, or keeps for who comes next there: the latter first."""
        found: Succession | None = self.filter(post=post, from_user=user, from_post=None).order_by("-at").first()
        return found

    def passed(self) -> Self:
        """Those whose moment has come."""
        return self.filter(at__isnull=False)


class Succession(models.Model):
    """One change of hands of a post. A note is written before or after; `at` is null until the moment has come.

    `from_user` or `to_user` is null where nobody held the post before, or nobody does after. `from_post` is set where
    the concerns came from another post, because a commune passed from one service to another.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="successions")
    from_post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+", null=True)
    from_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    note = models.TextField(blank=True)
    written_at = models.DateTimeField(null=True)
    at = models.DateTimeField(null=True)
    # References of what was open at the post at that moment.
    concerns = ArrayField(models.CharField(max_length=9), default=list)
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints = (
            models.UniqueConstraint(
                fields=["post", "at", "from_post"], name="succession_once", nulls_distinct=False,
                condition=models.Q(at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["post", "from_user"], name="succession_one_note", condition=models.Q(at__isnull=True)
            ),
            models.CheckConstraint(
                name="succession_received_after",
                condition=models.Q(received_at__isnull=True)
                | models.Q(at__isnull=False, received_by__isnull=False, received_at__gte=models.F("at")),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.post_id} {self.at}"
