"""Rows that are one person's own: a line of the bell, a choice, a token, a session, a draft, a filter kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


class OwnRows(models.QuerySet):  # type: ignore[type-arg]
    """Rows of a model whose `user` is the one person they are shown to (docs/adr/0012)."""

    def visible_to(self, user: AbstractBaseUser | int | None) -> Self:
        """Those of this person (or of the account of this key); none for nobody."""
        return self.filter(user=user) if user is not None else self.none()
